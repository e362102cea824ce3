"""One file of places: memory-mapped, so that it opens in a millisecond whatever its size, and its form.

A file is a JSON header and flat arrays. A name is found by the 8-byte BLAKE2b hash of its normalised form: the hash's
first bits say in which short run of the sorted ``keys`` it stands, the entry beside it names the row, or where in
``postings`` its rows begin, the more prominent first. A row is one record of fixed length (``RECORD``) and a piece of
``text``. Nothing is parsed when opening. ``gazetteer_writer`` makes such files.
"""

from __future__ import annotations

import bisect
import hashlib
import json
import mmap
import struct
import zlib
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mapper.errors import GazetteerError
from mapper.text import INITIALS

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

# The digit before the line end is the version of the form.
MAGIC = b"MAPGAZ3\n"
_FAMILY = MAGIC[:6]
# Magic, length of the header, its digest.
PREFIX = len(MAGIC) + 4 + 32
LEVELS = "SAB"
_KINDS: dict[int, Literal["B", "H", "I", "Q"]] = {1: "B", 2: "H", 4: "I", 8: "Q"}
# A row: position in millionths of a degree, people, CRC-32 of the id, numbers of country and kind, numbers of units,
# radius in metres, where its text begins (low and high part) and how long it is, number of the source. What ranking
# reads stands first.
RECORD = {"lat": "i", "lon": "i", "population": "I", "mark": "I", "country": "H", "code": "H", "admin1": "I",
          "admin2": "I", "radius": "I", "text_low": "I", "text_length": "H", "text_high": "B",
          "source": "B"}  # fmt: skip
_RECORD = struct.Struct("<" + "".join(RECORD.values()))
WIDTH = _RECORD.size
_FIGURES = struct.Struct("<" + "".join(RECORD.values())[:6])
_SHORTS, _COUNTRY_AT = WIDTH // 2, struct.calcsize("<" + "".join(RECORD.values())[:4]) // 2
# Set in a row's source when it has a polygon or line.
HAS_AREA = 0x80
# A name: its row (or where its postings begin), how many it has, class of ambiguity, prominence.
ENTRY = {"at": "I", "count": "H", "level": "B", "prominence": "B"}
_ENTRY = struct.Struct("<" + "".join(ENTRY.values()))
# A posting is a row, and in its first bit whether the row goes by that name itself.
OWN, ROW = 0x8000_0000, 0x7FFF_FFFF
# A name that hundreds of hamlets share: the most prominent are enough to choose from.
_MOST_ROWS = 40


def key_hash(key: str) -> int:
    """The 64-bit hash under which a normalised name is filed."""
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=8).digest(), "little")


def numpy_kind(form: dict[str, str]) -> npt.DTypeLike:
    """``RECORD`` or ``ENTRY`` as numpy reads it."""
    return [(name, f"<u{struct.calcsize(k)}" if k.isupper() else f"<i{struct.calcsize(k)}") for name, k in form.items()]


class _Hashes:
    """Finds a hash in a column in which they are sorted: ``runs`` says where those with the same first bits begin."""

    def __init__(self, raw: mmap.mmap, runs: memoryview[int], start: int, width: int) -> None:
        self._raw, self._runs, self._start, self._width = raw, runs, start, width
        self._shift = 64 - (len(runs) - 2).bit_length()  # one run for each of the first bits, and the end
        self._mask = (1 << 8 * width) - 1

    def find(self, wanted: int) -> int:
        """Its place in the column, -1 where it is not."""
        width, start, run = self._width, self._start, wanted >> self._shift
        at, end = start + width * self._runs[run], start + width * self._runs[run + 1]
        sought = (wanted & self._mask).to_bytes(width, "little")
        while (at := self._raw.find(sought, at, end)) >= 0:
            if (at - start) % width == 0:
                return (at - start) // width
            at += 1  # the end of one hash and the beginning of the next
        return -1


class Table:
    """The places of one file. Make one with ``Table.open()``; rows are numbered from 0."""

    def __init__(self, file: Path, raw: mmap.mmap, header: dict[str, Any]) -> None:
        self.file, self.header, self._raw = file, header, raw
        self._view = memoryview(raw)
        self.count = int(header["rows"])
        arrays = header["arrays"]
        self._names = _Hashes(raw, self._column("runs", 4), arrays["keys"][0], 8)
        self._firsts = _Hashes(raw, self._column("first_runs", 4), arrays["first"][0], 4)
        self._entries, self._records = arrays["entries"][0], arrays["records"][0]
        self._text = arrays["text"][0]
        self._postings = self._column("postings", 4)
        self._first_max = self._column("first_max", 1)

    @classmethod
    def open(cls, file: Path, remedy: str) -> Table:
        """Open a file.

        Raises:
            GazetteerError: It is missing, damaged or of another version; ``remedy`` says what helps.
        """
        try:
            with file.open("rb") as handle:
                raw = mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise GazetteerError(f"The gazetteer {file} cannot be opened: {error}.", remedy=remedy) from error
        try:
            if raw[: len(MAGIC)] != MAGIC:
                if raw[: len(_FAMILY)] == _FAMILY:
                    raise GazetteerError(
                        f"The gazetteer {file} was written by another version of Mapper, in a form that this one does "
                        "not read.", remedy=remedy)  # fmt: skip
                raise ValueError("it is no gazetteer")
            text = raw[PREFIX : PREFIX + int.from_bytes(raw[8:12], "little")]
            if hashlib.sha256(text).digest() != raw[12:PREFIX]:
                raise ValueError("its header is damaged")
            header: dict[str, Any] = json.loads(text)
            if header["size"] != len(raw):
                raise ValueError(f"it has {len(raw):,} bytes instead of {header['size']:,}")
            return cls(file, raw, header)
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise GazetteerError(f"The gazetteer {file} is damaged: {error}.", remedy=remedy) from error

    def whole(self) -> bool:
        """Whether every byte agrees with the checksum in the header."""
        body = self._view[self.header["start"] :]
        return hashlib.sha256(body).hexdigest() == str(self.header["sha256"])

    def __len__(self) -> int:
        return self.count

    @property
    def names(self) -> int:
        """The number of different names."""
        return int(self.header["arrays"]["keys"][1]) // 8

    def _part(self, name: str) -> memoryview[int]:
        at, length = self.header["arrays"][name]
        return self._view[at : at + length]

    def _column(self, name: str, width: int) -> memoryview[int]:
        return self._part(name).cast(_KINDS[width])

    @cached_property
    def records(self) -> npt.NDArray[Any]:
        """All rows as an array with the fields of ``RECORD``, without a copy."""
        import numpy as np

        return np.frombuffer(self._part("records"), dtype=numpy_kind(RECORD))

    @cached_property
    def tables(self) -> dict[str, Any]:
        """The texts that columns point at."""
        tables: dict[str, Any] = json.loads(zlib.decompress(self._part("tables")))
        return tables

    @cached_property
    def countries(self) -> list[str | None]:
        """ISO codes by their number."""
        return [code or None for code in self.tables["country"]]

    @cached_property
    def _country_numbers(self) -> dict[str, int]:
        return {code: i for i, code in enumerate(self.tables["country"])}

    # ---- rows
    def figures(self, row: int) -> tuple[int, int, int, int, int, int]:
        """A row's position in millionths of a degree, people, mark of its id, numbers of country and kind."""
        return _FIGURES.unpack_from(self._raw, self._records + WIDTH * row)

    def fields(self, row: int) -> tuple[Any, ...]:
        """The fields of ``Place`` of a row."""
        (lat, lon, population, _, country, code, admin1, admin2, radius, low, length, high,
         source) = _RECORD.unpack_from(self._raw, self._records + WIDTH * row)  # fmt: skip
        at = self._text + low + (high << 32)
        identifier, name, arabic, french, *usual = self._raw[at : at + length].decode("utf-8", "replace").split("\t")
        countries, firsts, seconds, kinds, sources = self._words
        letter, code = kinds[code]
        names = [("", u) for u in usual if u]
        if arabic or french:
            names = [n for n in (("ar", arabic), ("fr", french)) if n[1]] + names
        return (identifier, name, lat / 1e6, lon / 1e6, countries[country], firsts[admin1], seconds[admin2], letter,
                code, population, float(radius), sources[source & ~HAS_AREA], tuple(names))  # fmt: skip

    def area_rows_of(self, identifier: str) -> list[int]:
        """The rows with a polygon or line that have this id."""
        rows, marks = self._marks
        wanted = zlib.crc32(identifier.encode("utf-8", "replace"))
        first, last = bisect.bisect_left(marks, wanted), bisect.bisect_right(marks, wanted)
        return [row for row in rows[first:last] if self.fields(row)[0] == identifier]

    @cached_property
    def _marks(self) -> tuple[list[int], list[int]]:
        """The rows with a polygon or line, by the marks of their ids, and those marks."""
        import numpy as np

        rows = self.rows_with_area()
        marks = self.records["mark"][rows]
        order = np.argsort(marks, kind="stable")
        return rows[order].tolist(), marks[order].tolist()

    @cached_property
    def _words(self) -> tuple[list[Any], ...]:
        """What the numbers in records stand for: a name or None, the letter of a class and a code, a source."""
        units = ([text or None for text in self.tables[name]] for name in ("admin1", "admin2"))
        return (self.countries, *units, self.kinds, self.tables["source"])

    @cached_property
    def kinds(self) -> list[tuple[str, str]]:
        """Feature class and code by their number."""
        return [(c[:1], c[2:]) for c in self.tables["code"]]

    @cached_property
    def units(self) -> list[int]:
        """By the number of a feature class and code: that number for units of administration, else -1."""
        return [i if letter == "A" else -1 for i, (letter, _) in enumerate(self.kinds)]

    def rows(self, wanted: int, country: str | None = None) -> list[int]:
        """The postings of the name with that hash, in one country or in all, the most prominent first."""
        i = self._names.find(wanted)
        if i < 0:
            return []
        at, count, _, _ = _ENTRY.unpack_from(self._raw, self._entries + _ENTRY.size * i)
        if country is None:
            return [at] if count == 1 else self._postings[at : at + min(count, _MOST_ROWS)].tolist()
        found = [at] if count == 1 else self._postings[at : at + count].tolist()
        number = self._country_numbers.get(country, -1)
        return [p for p in found if self._shorts[(p & ROW) * _SHORTS + _COUNTRY_AT] == number][:_MOST_ROWS]

    @cached_property
    def _shorts(self) -> memoryview[int]:
        """The records as numbers of two bytes, one of which is the country."""
        return self._column("records", 2)

    def name(self, wanted: int) -> tuple[str, float] | None:
        """Ambiguity and prominence of the name with that hash (see ``Gazetteer``), None when unknown."""
        i = self._names.find(wanted)
        if i < 0:
            return None
        _, _, level, known = _ENTRY.unpack_from(self._raw, self._entries + _ENTRY.size * i)
        return LEVELS[level], known / 20

    def longest(self, wanted: int) -> int:
        """Words of the longest name whose first word has that hash."""
        i = self._firsts.find(wanted)
        return self._first_max[i] if i >= 0 else 0

    def names_of(self, country: str, initial: str) -> tuple[list[str], Sequence[int]]:
        """Normalised names in one country and the row of each; in a vast file, of its more prominent places.

        Args:
            country: ISO 3166 code.
            initial: The first consonant of the names (one of ``text.INITIALS``): by their ``skeleton`` they are sorted.
        """
        number = self._name_countries.get(country)
        if number is None:
            return [], []
        block = number * len(INITIALS) + INITIALS.index(initial)
        ats, start = self._column("names_at", 4), self.header["arrays"]["names"][0]
        data = zlib.decompress(self._view[start + ats[block] : start + ats[block + 1]])
        count = int.from_bytes(data[:4], "little")
        names = data[4 + 4 * count :].decode("utf-8").split("\n") if count else []
        return names, struct.unpack_from(f"<{count}I", data, 4)

    @cached_property
    def _name_countries(self) -> dict[str, int]:
        return {code: i for i, code in enumerate(self.header["name_countries"])}

    # ---- areas
    def area_number(self, row: int) -> int:
        """The number of a row's polygon or line, -1 for none."""
        if not self._raw[self._records + WIDTH * row + WIDTH - 1] & HAS_AREA:
            return -1
        return bisect.bisect_left(self._area_rows, row)

    @cached_property
    def _area_rows(self) -> memoryview[int]:
        """The row of each polygon or line."""
        return self._column("area_rows", 4)

    @lru_cache(maxsize=512)  # noqa: B019 - a table lives as long as the run
    def geometry(self, number: int) -> BaseGeometry:
        """A polygon or line by its number."""
        import shapely

        ats = self._column("area_at", 4)
        start = self.header["arrays"]["area_data"][0]
        return shapely.from_wkb(zlib.decompress(self._view[start + ats[number] : start + ats[number + 1]]))

    def rows_with_area(self, prefix: str = "") -> npt.NDArray[np.int64]:
        """The rows with a polygon or line whose feature code begins with ``prefix``."""
        import numpy as np

        rows = np.array(self._area_rows, np.int64)
        wanted = [i for i, (_, code) in enumerate(self.kinds) if code.startswith(prefix)]
        return rows[np.isin(self.records["code"][rows], wanted)]

    def rows_of_class(self, letter: str) -> npt.NDArray[np.int64]:
        """The rows of a feature class."""
        return self._rows_where([own == letter for own, _ in self.kinds])

    def rows_of_code(self, code: str) -> npt.NDArray[np.int64]:
        """The rows of a feature code."""
        return self._rows_where([own == code for _, own in self.kinds])

    def _rows_where(self, kinds: Sequence[bool]) -> npt.NDArray[np.int64]:
        import numpy as np

        return np.flatnonzero(np.array(kinds, bool)[self.records["code"]])

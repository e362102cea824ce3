"""One file of places: memory-mapped, so that it opens in a millisecond whatever its size, and its form.

A file is a JSON header and flat arrays. A name is found by the 8-byte BLAKE2b hash of its normalised form: ``keys``
is sorted, ``rows_at`` says where its rows begin in ``key_rows``, where the more prominent stand first. Nothing is
parsed when opening. ``gazetteer_writer`` makes such files.
"""

from __future__ import annotations

import bisect
import hashlib
import json
import mmap
import zlib
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mapper.errors import GazetteerError
from mapper.model import Place

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

MAGIC = b"MAPGAZ1\n"
# Magic, length of the header, its digest.
PREFIX = len(MAGIC) + 4 + 32
LEVELS = "SAB"
_KINDS: dict[int, Literal["B", "H", "I", "Q"]] = {1: "B", 2: "H", 4: "I", 8: "Q"}
# A name that hundreds of hamlets share: the most prominent are enough to choose from.
_MOST_ROWS = 40


def key_hash(key: str) -> int:
    """The 64-bit hash under which a normalised name is filed."""
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=8).digest(), "little")


class Table:
    """The places of one file. Make one with ``Table.open()``; rows are numbered from 0."""

    def __init__(self, file: Path, raw: mmap.mmap, header: dict[str, Any]) -> None:
        self.file, self.header, self._raw = file, header, raw
        self._view = memoryview(raw)
        self.count = int(header["rows"])
        self._keys = self._column("keys", 8)
        self._rows_at = self._column("rows_at", 4)
        self._key_rows = self._column("key_rows", 4)
        self._first = self._column("first", 8)
        self._first_max = self._column("first_max", 1)
        self._flags = self._column("flags", 1)
        self._prominence = self._column("prominence", 1)

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
                raise ValueError("it is not a gazetteer of this version")
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
        return len(self._keys)

    def _part(self, name: str) -> memoryview[int]:
        at, length = self.header["arrays"][name]
        return self._view[at : at + length]

    def _column(self, name: str, width: int) -> memoryview[int]:
        return self._part(name).cast(_KINDS[width])

    def array(self, name: str, kind: str) -> npt.NDArray[Any]:
        """A column as an array, without a copy."""
        import numpy as np

        return np.frombuffer(self._part(name), dtype=kind)

    def numbers(self, name: str) -> npt.NDArray[Any]:
        """A column of unsigned numbers, one a row, in whatever width it is kept."""
        return self.array(name, f"u{len(self._part(name)) // max(1, self.count)}")

    @cached_property
    def _columns(self) -> dict[str, memoryview[int]]:
        names = ("population", "country", "admin1", "admin2", "code", "source", "radius")
        columns = {n: self._column(n, len(self._part(n)) // max(1, self.count) or 1) for n in names}
        signed: dict[str, memoryview[int]] = {n: self._part(n).cast("i") for n in ("lat", "lon", "area")}
        return columns | signed | {"text_at": self._column("text_at", len(self._part("text_at")) // (self.count + 1))}

    @cached_property
    def tables(self) -> dict[str, Any]:
        """The texts that columns point at."""
        tables: dict[str, Any] = json.loads(zlib.decompress(self._part("tables")))
        return tables

    @cached_property
    def _country_numbers(self) -> dict[str, int]:
        return {code: i for i, code in enumerate(self.tables["country"])}

    # ---- rows
    def place(self, row: int) -> Place:
        """A row as a place."""
        c, words = self._columns, self._words
        at, end = c["text_at"][row : row + 2]
        start = self._text_start
        identifier, name, arabic, french, *usual = str(self._view[start + at : start + end], "utf-8").split("\t")
        letter, code = words["code"][c["code"][row]]
        return Place(
            identifier,
            name,
            c["lat"][row] / 1e6,
            c["lon"][row] / 1e6,
            words["country"][c["country"][row]],
            words["admin1"][c["admin1"][row]],
            words["admin2"][c["admin2"][row]],
            letter,
            code,
            c["population"][row],
            float(c["radius"][row]),
            words["source"][c["source"][row]],
            tuple([(k, v) for k, v in (("ar", arabic), ("fr", french), *(("", u) for u in usual)) if v]),
        )

    @cached_property
    def _words(self) -> dict[str, list[Any]]:
        """What the numbers in columns stand for: a name or None, or the letter of a class and a code."""
        words: dict[str, list[Any]] = {n: [t or None for t in self.tables[n]] for n in ("country", "admin1", "admin2")}
        return words | {"source": self.tables["source"], "code": [(c[:1], c[2:]) for c in self.tables["code"]]}

    @cached_property
    def _text_start(self) -> int:
        return int(self.header["arrays"]["text"][0])

    def identifier(self, row: int) -> str:
        """The id of a row alone."""
        ats, start = self._columns["text_at"], self._text_start
        return str(bytes(self._view[start + ats[row] : start + ats[row + 1]]).partition(b"\t")[0], "utf-8")

    def _index(self, wanted: int) -> int:
        i = bisect.bisect_left(self._keys, wanted)
        return i if i < len(self._keys) and self._keys[i] == wanted else -1

    def rows(self, wanted: int, country: str | None = None) -> list[int]:
        """The rows of the name with that hash, in one country or in all, the most prominent first."""
        i = self._index(wanted)
        if i < 0:
            return []
        first, last = self._rows_at[i : i + 2]
        if country is None:
            return self._key_rows[first : min(last, first + _MOST_ROWS)].tolist()
        number = self._country_numbers.get(country, -1)
        countries = self._columns["country"]
        return [r for r in self._key_rows[first:last].tolist() if countries[r] == number][:_MOST_ROWS]

    def name(self, wanted: int) -> tuple[str, float] | None:
        """Ambiguity and prominence of the name with that hash (see ``Gazetteer``), None when unknown."""
        i = self._index(wanted)
        return (LEVELS[self._flags[i]], self._prominence[i] / 20) if i >= 0 else None

    def longest(self, wanted: int) -> int:
        """Words of the longest name whose first word has that hash."""
        i = bisect.bisect_left(self._first, wanted)
        return self._first_max[i] if i < len(self._first) and self._first[i] == wanted else 0

    def country_names(self, country: str) -> tuple[list[str], list[int]]:
        """Normalised names in one country and the row of each; in a vast file, of its more prominent places."""
        blocks: dict[str, list[int]] = self.header["country_names"]
        names: list[str] = []
        rows: list[int] = []
        if country in blocks:
            at, length = blocks[country]
            start = self.header["arrays"]["names"][0] + at
            for line in zlib.decompress(self._view[start : start + length]).decode("utf-8").split("\n"):
                row, *own = line.split("\t")
                names += own
                rows += [int(row)] * len(own)
            if "" in names:
                kept = [(name, row) for name, row in zip(names, rows, strict=True) if name]
                names, rows = [n for n, _ in kept], [r for _, r in kept]
        return names, rows

    # ---- areas
    def area_number(self, row: int) -> int:
        """The number of a row's polygon or line, -1 for none."""
        return self._columns["area"][row]

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

        rows = np.nonzero(self.array("area", "i4") >= 0)[0]
        wanted = [i for i, c in enumerate(self.tables["code"]) if c[2:].startswith(prefix)]
        kept: npt.NDArray[np.int64] = rows[np.isin(self.numbers("code")[rows], wanted)]
        return kept

    def rows_of_class(self, letter: str) -> npt.NDArray[np.int64]:
        """The rows of a feature class."""
        import numpy as np

        wanted = [i for i, c in enumerate(self.tables["code"]) if c[:1] == letter]
        rows: npt.NDArray[np.int64] = np.nonzero(np.isin(self.numbers("code"), wanted))[0]
        return rows

"""Makes a file of places (``gazetteer_table``) from rows that come one by one, in bounded memory.

Columns go to scratch files as they come, names to the index (``gazetteer_index``). At the end the columns become
records and all parts are copied into one file, which takes the place of the older one in a single step: killed at any
moment, the older one is whole.
"""

from __future__ import annotations

import hashlib
import json
import math
import shutil
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mapper import files
from mapper.gazetteer_index import BUCKETS, BUFFER, LONGEST_KEY, NO_LEVEL, RANK, NameIndex, Scratch
from mapper.gazetteer_rank import kind_weight
from mapper.gazetteer_table import HAS_AREA, LEVELS, MAGIC, PREFIX, RECORD, key_hash, numpy_kind
from mapper.text import INITIALS, initial_of, normalise, skeletons

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

# How many steps ``Writer.finish`` reports.
STEPS = BUCKETS + 2
# Rows whose display names are put in together, and most names of a country that are kept for likeness.
_TEXTS = 250_000
MOST_NAMES = 150_000
# Outlines lie on a grid of about 14 m; a power of two leaves most bytes of a coordinate zero, which packs well.
_GRID = 2.0**-13
_LEVELS = {letter: i for i, letter in enumerate(LEVELS)} | {"X": LEVELS.index("B")}
_SEATS = {"P.PPLC": 1.5, "P.PPLA": 1.5}
_NUMBERS = {"lat": "<i4", "lon": "<i4", "population": "<u4", "radius": "<u4", "mark": "<u4"}
_TABLES = {"country": "<u2", "admin1": "<u4", "admin2": "<u4", "code": "<u2", "source": "u1"}
# The longest text of a row in bytes.
_LONGEST_TEXT = 2**16 - 1
# Rows that are put together as records at once.
_RECORDS = 1_000_000


def prominence(code: str, population: int) -> float:
    """How well a place is known by its kind and people, about 0 to 9."""
    if code == "A.PCLI":
        return 9.0
    if code == "A.ADM1":
        return 5.0
    if code in ("A.ADM2", "L.RGN"):
        return 3.3
    return math.log10(population + 1) + _SEATS.get(code, 0.0)


def _cut(text: bytes) -> bytes:
    """A row's text, at most as long as its record can say."""
    return text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT].decode("utf-8", "ignore").encode()


def _by_initial(names: Sequence[tuple[int, str]]) -> Iterator[bytes]:
    """(row, name) in blocks of one first consonant each, by skeleton: how many, their rows, the names."""
    bones = skeletons([name for _, name in names])
    blocks: dict[str, list[int]] = {initial: [] for initial in INITIALS}
    for i in sorted(range(len(names)), key=lambda i: (bones[i], *names[i])):
        blocks[initial_of(bones[i])].append(i)
    for block in blocks.values():
        rows = np.array([names[i][0] for i in block], "<u4")
        yield len(rows).to_bytes(4, "little") + rows.tobytes() + "\n".join(names[i][1] for i in block).encode()


class Writer:
    """Takes rows and their names, and writes the file.

    Args:
        scratch: An empty folder on the disk of the file to write; the caller's to remove.
        words: Hash of a word → A, B or X, for names that come without a class of ambiguity: words that a name should
            not be read from without a sign (A), without a place noun (B), or ever (X).
    """

    def __init__(self, scratch: Path, words: Mapping[int, str] | None = None) -> None:
        self._scratch = Scratch(scratch)
        self._index = NameIndex(self._scratch)
        self._words = {k: _LEVELS[v] for k, v in (words or {}).items()}
        self.count = 0
        self._tables: dict[str, dict[str, int]] = {name: {"": 0} for name in _TABLES}
        self._waiting: dict[str, list[int]] = {name: [] for name in (*_NUMBERS, *_TABLES, "text")}
        self._text = bytearray()
        self._areas, self._area_bytes = 0, 0
        self._renames: dict[str, Mapping[str, str]] = {}
        self._known = bytearray()
        self._ranks = array("H")
        self._own: set[str] = set()
        self._counted: dict[int, list[int]] = {}
        self._names: dict[int, list[str]] = {}
        self._displays: dict[int, list[tuple[int, str, int, str]]] = {}
        self._sources: dict[str, int] = {}
        self._scratch.append("area_at", np.uint32(0).tobytes())
        self._scratch.append("area_data", b"")

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self._scratch.close()

    # ---- taking rows
    def row(
        self,
        identifier: str,
        name: str,
        lat: float,
        lon: float,
        *,
        country: str = "",
        admin1: str = "",
        admin2: str = "",
        code: str = "P.PPL",
        source: str,
        population: int = 0,
        radius_m: int = 3000,
        arabic: str = "",
        french: str = "",
        usual: Sequence[str] = (),
        shape: BaseGeometry | None = None,
    ) -> int:
        """Take a place and return its row number.

        ``code`` is feature class, dot, feature code; ``usual`` are other names in use, in any language.
        """
        waiting = self._waiting
        for column, text in (
            ("country", country), ("admin1", admin1), ("admin2", admin2), ("code", code), ("source", source)
        ):  # fmt: skip
            table = self._tables[column]
            number = table.get(text)
            if number is None:
                number = table[text] = len(table)
            waiting[column].append(number)
        waiting["lat"].append(round(lat * 1e6))
        waiting["lon"].append(round(lon * 1e6))
        waiting["population"].append(min(max(0, population), 2**32 - 1))
        waiting["radius"].append(radius_m)
        waiting["mark"].append(zlib.crc32(identifier.encode("utf-8", "replace")))
        cells = (identifier, name, arabic, french, *usual)
        line = "\t".join(cells)
        if line.count("\t") >= len(cells) or "\n" in line:
            line = "\t".join(" ".join(f.split()) for f in cells)
        data = _cut(line.encode("utf-8", "replace"))
        self._text += data
        waiting["text"].append(len(data))
        if shape is not None:
            self._area(shape)
            waiting["source"][-1] |= HAS_AREA
        self._known.append(min(255, int(20 * prominence(code, population))))
        people, kind = kind_weight(code[:1], code[2:])
        self._ranks.append(int(RANK * (people * math.log10(waiting["population"][-1] + 10) + kind)))
        self._own = {normalise(n) for n in cells[1:] if n}
        self._sources[source] = self._sources.get(source, 0) + 1
        self.count += 1
        if len(waiting["lat"]) >= BUFFER:
            self._flush_rows()
        return self.count - 1

    def _area(self, shape: BaseGeometry) -> None:
        import shapely

        rounded = shapely.set_precision(shape, _GRID)
        data = zlib.compress(shapely.to_wkb(rounded if not rounded.is_empty else shape), 9)
        self._scratch.append("area_data", data)
        self._area_bytes += len(data)
        self._scratch.append("area_at", np.uint32(self._area_bytes).tobytes())
        self._scratch.append("area_rows", np.uint32(self.count).tobytes())
        self._areas += 1

    def name(self, row: int, key: str, level: str = "", country: str = "") -> None:
        """File a row under a normalised name.

        Args:
            row: The row's number; of a row that was just taken it is known whether this name is its own.
            key: The name; one that is empty or longer than ``LONGEST_KEY`` is left out.
            level: Its class of ambiguity (see ``Gazetteer.ambiguity``); found by ``words`` when empty.
            country: The row's country, to keep the name in the list that is searched for names alike.
        """
        if not key or len(key) > LONGEST_KEY:
            return
        wanted = key_hash(key)
        if level:
            number = _LEVELS[level]
        elif " " in key:
            number = 0
        else:
            number = self._words.get(wanted, 0) if len(key) > 2 and not key.isdigit() else _LEVELS["B"]
        full = self._index.file(key, wanted, row, number, own=row == self.count - 1 and key in self._own)
        if country:
            nation = self._tables["country"][country]
            if nation not in self._counted:
                self._counted[nation] = [0] * 256
            self._counted[nation][self._known[row]] += 1
            self._names.setdefault(nation, []).append(f"{row}\t{key}\n")
        if full:
            self._flush_names()

    def display(self, row: int, language: str, rank: int, name: str) -> None:
        """Offer a row's usual name in "ar", "fr" or "en"; that of the highest ``rank`` is kept, of equals the first."""
        self._displays.setdefault(row // _TEXTS, []).append((row, language, rank, name))
        if len(self._displays[row // _TEXTS]) >= 20_000:
            self._flush_displays(row // _TEXTS)

    def rename(self, column: str, names: Mapping[str, str]) -> None:
        """Put names for the texts of a column ("admin1", "admin2") that were given as codes."""
        self._renames[column] = names

    def texts(self, column: str) -> list[str]:
        """The different texts of a column so far."""
        return list(self._tables[column])

    def numbers(self, column: str) -> npt.NDArray[Any]:
        """A column on the disk that may be changed in place, as numbers into ``texts``; 0 is the empty text."""
        self._flush_rows()
        return np.memmap(self._scratch.path(column), _TABLES[column], "r+")

    # ---- scratch files
    def _flush_rows(self) -> None:
        for column, kind in {**_NUMBERS, **_TABLES, "text": "<u4"}.items():
            name = "lengths.text" if column == "text" else column
            self._scratch.append(name, np.array(self._waiting[column], kind).tobytes())
            self._waiting[column].clear()
        self._scratch.append("text", bytes(self._text))
        self._text.clear()

    def _flush_names(self) -> None:
        self._index.flush()
        for number, lines in self._names.items():
            self._scratch.append(f"names.{number}", "".join(lines).encode())
        self._names.clear()

    def _flush_displays(self, chunk: int) -> None:
        offers = self._displays.pop(chunk)
        lines = (f"{row}\t{language}\t{rank}\t{' '.join(n.split())}\n" for row, language, rank, n in offers)
        self._scratch.append(f"displays.{chunk}", "".join(lines).encode("utf-8", "replace"))

    # ---- the end
    def finish(self, target: Path, extra: Mapping[str, Any]) -> Iterator[int]:
        """Write the file; yields the number of each step that is done.

        Args:
            target: The file to write; an older one stays until the new one is whole.
            extra: More for the header: ``licences``, ``country_rows``, and ``country_codes`` (name → ISO code).

        Raises:
            OutputError: It cannot be written.
        """
        self._flush_rows()
        for chunk in list(self._displays):
            self._flush_displays(chunk)
        self._texts()
        self._flush_names()
        known: npt.NDArray[np.uint8] = np.frombuffer(self._known, "u1")
        countries = self._country_names(known)
        yield 1
        for step in self._index.write(np.frombuffer(self._ranks, "<u2"), known):
            yield step + 1
        extra = dict(extra)
        tables: dict[str, Any] = {}
        for name, table in self._tables.items():
            names = self._renames.get(name, {})
            tables[name] = [names.get(text, text) for text in table]
        tables["country_names"] = extra.pop("country_codes", {})
        self._scratch.append("tables", zlib.compress(json.dumps(tables, ensure_ascii=False).encode(), 9))
        self._records()
        header = {
            "rows": self.count,
            "areas": self._areas,
            "sources": self._sources,
            "name_countries": countries,
            **extra,
        }
        self._join(target, header)
        yield STEPS

    def _records(self) -> None:
        """Put the columns together as records."""
        kind = numpy_kind(RECORD)
        lengths = self._scratch.read("lengths.text", "<u4").astype(np.int64)
        ends = np.cumsum(lengths)
        for begin in range(0, self.count, _RECORDS):
            rows = slice(begin, min(begin + _RECORDS, self.count))
            out = np.zeros(rows.stop - begin, kind)
            for column, width in {**_NUMBERS, **_TABLES}.items():
                out[column] = self._scratch.read(column, width, len(out), begin)
            at = ends[rows] - lengths[rows]
            out["text_length"], out["text_low"], out["text_high"] = lengths[rows], at & 0xFFFF_FFFF, at >> 32
            self._scratch.append("records", out.tobytes())

    def _texts(self) -> None:
        """Put the display names into the texts, and say where each text begins."""
        lengths = self._scratch.read("lengths.text", "<u4").astype(np.int64)
        changed = {int(n.split(".")[1]) for n in self._scratch if n.startswith("displays.")}
        if changed:
            with self._scratch.path("text").open("rb") as old:
                for begin in range(0, self.count, _TEXTS):
                    part = old.read(int(lengths[begin : begin + _TEXTS].sum()))
                    if begin // _TEXTS in changed:
                        part = self._displayed(begin, part, lengths)
                    self._scratch.append("texts", part)
            self._scratch.replace("text", "texts")
            self._scratch.append("lengths", lengths.astype("<u4").tobytes())
            self._scratch.replace("lengths.text", "lengths")

    def _displayed(self, begin: int, part: bytes, lengths: npt.NDArray[np.int64]) -> bytes:
        """The texts of a run of rows with their display names; ``lengths`` is brought up to date."""
        name = f"displays.{begin // _TEXTS}"
        best: dict[int, dict[str, tuple[int, str]]] = {}
        for line in self._scratch.path(name).read_text(encoding="utf-8").split("\n")[:-1]:
            row, language, rank, text = line.split("\t")
            kept = best.setdefault(int(row), {})
            if language not in kept or int(rank) > kept[language][0]:
                kept[language] = (int(rank), text)
        ends = np.cumsum(lengths[begin : begin + _TEXTS]).tolist()
        out, done = bytearray(), 0
        for number in sorted(best):
            at, end = (ends[number - begin - 1] if number > begin else 0), ends[number - begin]
            cells = part[at:end].decode("utf-8").split("\t")
            for place, language in ((2, "ar"), (3, "fr")):
                cells[place] = best[number].get(language, (0, cells[place]))[1]
            english = best[number].get("en", (0, cells[1]))[1]
            if english != cells[1]:
                cells.append(english)
            for text in {n for _, n in best[number].values()}:
                self._owns(number, normalise(text))
            new = _cut("\t".join(cells).encode("utf-8", "replace"))
            out += part[done:at] + new
            lengths[number], done = len(new), end
        return bytes(out + part[done:])

    def _owns(self, row: int, key: str) -> None:
        """File that a row goes by a name under which it was filed before."""
        if key and len(key) <= LONGEST_KEY and self._index.file(key, key_hash(key), row, NO_LEVEL, own=True):
            self._flush_names()

    def _country_names(self, known: npt.NDArray[np.uint8]) -> list[str]:
        """Pack the names of each country; of a vast one those of its more prominent places.

        Returns:
            The codes of the countries, in the order of their blocks: one for each of ``INITIALS``.
        """
        codes, at = [], 0
        self._scratch.append("names", b"")
        self._scratch.append("names_at", np.uint32(0).tobytes())
        for code, number in self._tables["country"].items():
            if f"names.{number}" not in self._scratch:
                continue
            codes.append(code)
            least, kept = 256, 0
            while least > 0 and kept + self._counted[number][least - 1] <= MOST_NAMES:
                least -= 1
                kept += self._counted[number][least]
            names: dict[tuple[int, str], None] = {}
            with self._scratch.path(f"names.{number}").open(encoding="utf-8") as lines:
                for line in lines:
                    row, key = line[:-1].split("\t")
                    if known[int(row)] >= least:
                        names[int(row), key] = None
            for block in _by_initial(list(names)):
                data = zlib.compress(block, 6)
                self._scratch.append("names", data)
                at += len(data)
                self._scratch.append("names_at", np.uint32(at).tobytes())
        return codes

    def _join(self, target: Path, header: dict[str, Any]) -> None:
        """Copy the parts into one file behind their header."""
        order = ["runs", "keys", "entries", "postings", "first_runs", "first", "first_max", "records", "text"]
        order += ["area_at", "area_rows", "area_data", "tables", "names_at", "names"]
        for name in order:
            self._scratch.append(name, b"")
        self._scratch.close()
        places, end, digest = {}, 0, hashlib.sha256()
        for name in order:
            padding = -end % 8
            digest.update(b"\0" * padding)
            places[name] = [end + padding, self._scratch.length(name)]
            end += padding + self._scratch.length(name)
            with (self._scratch.folder / name).open("rb") as part:
                while block := part.read(1 << 20):
                    digest.update(block)
        header |= {"sha256": digest.hexdigest()}
        start = 0
        while True:
            arrays = {k: [at + start, length] for k, (at, length) in places.items()}
            content = {**header, "start": start, "size": start + end, "arrays": arrays}
            text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
            needed = PREFIX + len(text) + (-(PREFIX + len(text)) % 8)
            if needed == start:
                break
            start = needed
        with files.replacing(target, self._scratch.folder) as out:
            out.write(MAGIC + len(text).to_bytes(4, "little") + hashlib.sha256(text).digest() + text)
            out.write(b"\0" * (start - PREFIX - len(text)))
            for name in order:
                out.write(b"\0" * (start + places[name][0] - out.tell()))
                with (self._scratch.folder / name).open("rb") as part:
                    shutil.copyfileobj(part, out, 1 << 20)

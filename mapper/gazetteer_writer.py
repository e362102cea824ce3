"""Makes a file of places (``gazetteer_table``) from rows that come one by one, in bounded memory.

Columns go to scratch files as they come. Names go as (hash, row) pairs to scratch files by the first bits of the
hash, so that each can be sorted alone; joined they are the sorted index. At the end the parts are copied into one
file, which takes the place of the older one in a single step: killed at any moment, the older one is whole.
"""

from __future__ import annotations

import hashlib
import json
import math
import shutil
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mapper import files
from mapper.gazetteer_table import LEVELS, MAGIC, PREFIX, key_hash

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

# Scratch files of names, by the first bits of the hash: each holds a million pairs when the whole world is read.
_BITS, _BUCKETS = 6, 64
# How many steps ``Writer.finish`` reports.
STEPS = _BUCKETS + 2
_BUFFER = 400_000
# Rows whose display names are put in together, and most names of a country that are kept for likeness.
_TEXTS = 250_000
MOST_NAMES = 150_000
# Outlines lie on a grid of about 14 m; a power of two leaves most bytes of a coordinate zero, which packs well.
_GRID = 2.0**-13
LONGEST_KEY = 80
_LEVELS = {letter: i for i, letter in enumerate(LEVELS)} | {"X": LEVELS.index("B")}
_SEATS = {"P.PPLC": 1.5, "P.PPLA": 1.5}
_PAIR = np.dtype([("hash", "<u8"), ("row", "<u4"), ("words", "u1"), ("level", "u1")])
_FIRST = np.dtype([("hash", "<u8"), ("words", "u1")])
_NUMBERS = {"lat": "<i4", "lon": "<i4", "population": "<u4", "radius": "<u4"}
_TABLES = {"country": "<u2", "admin1": "<u4", "admin2": "<u4", "code": "<u2", "source": "u1"}
_first_hash = lru_cache(maxsize=200_000)(key_hash)


def prominence(code: str, population: int) -> float:
    """How well a place is known by its kind and people, about 0 to 9."""
    if code == "A.PCLI":
        return 9.0
    if code == "A.ADM1":
        return 5.0
    if code in ("A.ADM2", "L.RGN"):
        return 3.3
    return math.log10(population + 1) + _SEATS.get(code, 0.0)


class Writer:
    """Takes rows and their names, and writes the file.

    Args:
        scratch: An empty folder on the disk of the file to write; the caller's to remove.
        words: Hash of a word → A, B or X, for names that come without a class of ambiguity: words that a name should
            not be read from without a sign (A), without a place noun (B), or ever (X).
    """

    def __init__(self, scratch: Path, words: Mapping[int, str] | None = None) -> None:
        self._scratch = scratch
        self._words = {k: _LEVELS[v] for k, v in (words or {}).items()}
        self._stack = ExitStack()
        self._open: dict[str, IO[bytes]] = {}
        self._lengths: dict[str, int] = {}
        self.count = 0
        self._tables: dict[str, dict[str, int]] = {name: {"": 0} for name in _TABLES}
        self._waiting: dict[str, list[int]] = {name: [] for name in (*_NUMBERS, *_TABLES, "text", "area")}
        self._text = bytearray()
        self._areas, self._area_bytes = 0, 0
        self._renames: dict[str, Mapping[str, str]] = {}
        self._pairs = {"hash": array("Q"), "row": array("I"), "words": array("B"), "level": array("B")}
        self._firsts = {"hash": array("Q"), "words": array("B")}
        self._known = bytearray()
        self._counted: dict[int, list[int]] = {}
        self._names: dict[int, list[str]] = {}
        self._displays: dict[int, list[tuple[int, str, int, str]]] = {}
        self._sources: dict[str, int] = {}
        self._append("area_at", np.uint32(0).tobytes())
        self._append("area_data", b"")

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

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
        cells = (identifier, name, arabic, french, *usual)
        line = "\t".join(cells)
        if line.count("\t") >= len(cells) or "\n" in line:
            line = "\t".join(" ".join(f.split()) for f in cells)
        data = line.encode("utf-8", "replace")
        self._text += data
        waiting["text"].append(len(data))
        waiting["area"].append(self._area(shape))
        self._known.append(min(255, int(20 * prominence(code, population))))
        self._sources[source] = self._sources.get(source, 0) + 1
        self.count += 1
        if len(waiting["lat"]) >= _BUFFER:
            self._flush_rows()
        return self.count - 1

    def _area(self, shape: BaseGeometry | None) -> int:
        if shape is None:
            return -1
        import shapely

        rounded = shapely.set_precision(shape, _GRID)
        data = zlib.compress(shapely.to_wkb(rounded if not rounded.is_empty else shape), 9)
        self._append("area_data", data)
        self._area_bytes += len(data)
        self._append("area_at", np.uint32(self._area_bytes).tobytes())
        self._areas += 1
        return self._areas - 1

    def name(self, row: int, key: str, level: str = "", country: str = "") -> None:
        """File a row under a normalised name.

        Args:
            row: The row's number.
            key: The name; one that is empty or longer than ``LONGEST_KEY`` is left out.
            level: Its class of ambiguity (see ``Gazetteer.ambiguity``); found by ``words`` when empty.
            country: The row's country, to keep the name in the list that is searched for names alike.
        """
        if not key or len(key) > LONGEST_KEY:
            return
        wanted, space = key_hash(key), key.find(" ")
        words = min(255, key.count(" ") + 1) if space > 0 else 1
        if level:
            number = _LEVELS[level]
        elif space > 0:
            number = 0
        else:
            number = self._words.get(wanted, 0) if len(key) > 2 and not key.isdigit() else _LEVELS["B"]
        pairs = self._pairs
        pairs["hash"].append(wanted)
        pairs["row"].append(row)
        pairs["words"].append(words)
        pairs["level"].append(number)
        if space > 0:
            self._firsts["hash"].append(_first_hash(key[:space]))
            self._firsts["words"].append(words)
        if country:
            nation = self._tables["country"][country]
            if nation not in self._counted:
                self._counted[nation] = [0] * 256
            self._counted[nation][self._known[row]] += 1
            self._names.setdefault(nation, []).append(f"{row}\t{key}\n")
        if len(pairs["hash"]) >= _BUFFER:
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
        self._open[column].flush()
        return np.memmap(self._scratch / column, _TABLES[column], "r+")

    # ---- scratch files
    def _append(self, name: str, data: bytes) -> None:
        if name not in self._open:
            self._open[name] = self._stack.enter_context((self._scratch / name).open("ab"))
        self._open[name].write(data)
        self._lengths[name] = self._lengths.get(name, 0) + len(data)

    def _flush_rows(self) -> None:
        for column, kind in {**_NUMBERS, **_TABLES, "text": "<u4", "area": "<i4"}.items():
            name = "lengths.text" if column == "text" else column
            self._append(name, np.array(self._waiting[column], kind).tobytes())
            self._waiting[column].clear()
        self._append("text", bytes(self._text))
        self._text.clear()

    def _flush_names(self) -> None:
        for kind, waiting, dtype in (("pairs", self._pairs, _PAIR), ("firsts", self._firsts, _FIRST)):
            data = np.zeros(len(waiting["hash"]), dtype)
            for field in dtype.names or ():
                data[field] = waiting[field]
                del waiting[field][:]
            bucket = (data["hash"] >> np.uint64(64 - _BITS)).astype(np.int64)
            order = np.argsort(bucket, kind="stable")
            ends = np.searchsorted(bucket[order], np.arange(_BUCKETS), side="right")
            for number, part in enumerate(np.split(data[order], ends[:-1])):
                self._append(f"{kind}.{number}", part.tobytes())
        for number, lines in self._names.items():
            self._append(f"names.{number}", "".join(lines).encode())
        self._names.clear()

    def _flush_displays(self, chunk: int) -> None:
        offers = self._displays.pop(chunk)
        lines = (f"{row}\t{language}\t{rank}\t{' '.join(n.split())}\n" for row, language, rank, n in offers)
        self._append(f"displays.{chunk}", "".join(lines).encode("utf-8", "replace"))

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
        self._flush_names()
        for chunk in list(self._displays):
            self._flush_displays(chunk)
        self._append("rows_at", np.uint32(0).tobytes())
        known: npt.NDArray[np.uint8] = np.frombuffer(self._known, "u1")
        pairs = 0
        for number in range(_BUCKETS):
            pairs += self._sort(number, known, pairs)
            yield number + 1
        self._texts()
        blocks = self._country_names(known)
        yield STEPS - 1
        extra = dict(extra)
        tables: dict[str, Any] = {}
        for name, table in self._tables.items():
            names = self._renames.get(name, {})
            tables[name] = [names.get(text, text) for text in table]
        tables["country_names"] = extra.pop("country_codes", {})
        self._append("tables", zlib.compress(json.dumps(tables, ensure_ascii=False).encode(), 9))
        header = {"rows": self.count, "areas": self._areas, "sources": self._sources, "country_names": blocks, **extra}
        self._join(target, header)
        yield STEPS

    def _read(self, name: str, kind: Any) -> npt.NDArray[Any]:
        if name not in self._open:
            return np.zeros(0, kind)
        self._open[name].flush()
        return np.fromfile(self._scratch / name, kind)

    def _sort(self, number: int, known: npt.NDArray[np.uint8], before: int) -> int:
        """Sort one scratch file of names into the index; returns how many pairs it held."""
        data = self._read(f"pairs.{number}", _PAIR)
        data = data[np.lexsort((data["row"], 255 - known[data["row"]], data["hash"]))]
        hashes, rows = data["hash"], data["row"]
        starts = np.ones(len(data), bool)
        starts[1:] = hashes[1:] != hashes[:-1]
        fresh = starts.copy()
        fresh[1:] |= rows[1:] != rows[:-1]
        at = np.nonzero(starts)[0]
        place = np.cumsum(fresh)
        if len(at):
            level = np.minimum.reduceat(data["level"], at)
            self._append("keys", hashes[at].tobytes())
            self._append("key_rows", rows[fresh].tobytes())
            self._append("rows_at", (np.append(place[at][1:] - 1, place[-1]) + before).astype("<u4").tobytes())
            self._append("flags", level.astype("u1").tobytes())
            self._append("prominence", known[rows[at]].tobytes())
        firsts = self._read(f"firsts.{number}", _FIRST)
        single = data["words"] == 1
        words = np.concatenate([firsts["words"], data["words"][single]])
        first = np.concatenate([firsts["hash"], hashes[single]])
        order = np.lexsort((255 - words, first))
        chosen, where = np.unique(first[order], return_index=True)
        self._append("first", chosen.tobytes())
        self._append("first_max", words[order][where].tobytes())
        return int(place[-1]) if len(place) else 0

    def _texts(self) -> None:
        """Put the display names into the texts, and say where each text begins."""
        lengths = self._read("lengths.text", "<u4").astype(np.int64)
        changed = {int(n.split(".")[1]) for n in self._open if n.startswith("displays.")}
        if changed:
            self._open["text"].flush()
            with (self._scratch / "text").open("rb") as old:
                for begin in range(0, self.count, _TEXTS):
                    part = old.read(int(lengths[begin : begin + _TEXTS].sum()))
                    if begin // _TEXTS in changed:
                        part = self._displayed(begin, part, lengths)
                    self._append("texts", part)
            self._open["text"], self._lengths["text"] = self._open["texts"], self._lengths["texts"]
            self._open["text"].flush()
            (self._scratch / "texts").replace(self._scratch / "text")
        ends = np.concatenate([[0], np.cumsum(lengths)])
        self._append("text_at", ends.astype("<u4" if ends[-1] < 2**32 else "<u8").tobytes())

    def _displayed(self, begin: int, part: bytes, lengths: npt.NDArray[np.int64]) -> bytes:
        """The texts of a run of rows with their display names; ``lengths`` is brought up to date."""
        name = f"displays.{begin // _TEXTS}"
        self._open[name].flush()
        best: dict[int, dict[str, tuple[int, str]]] = {}
        for line in (self._scratch / name).read_text(encoding="utf-8").split("\n")[:-1]:
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
            new = "\t".join(cells).encode("utf-8", "replace")
            out += part[done:at] + new
            lengths[number], done = len(new), end
        return bytes(out + part[done:])

    def _country_names(self, known: npt.NDArray[np.uint8]) -> dict[str, list[int]]:
        """Pack the names of each country; of a vast one those of its more prominent places."""
        blocks, at = {}, 0
        for code, number in self._tables["country"].items():
            if f"names.{number}" not in self._open:
                continue
            least, kept = 256, 0
            while least > 0 and kept + self._counted[number][least - 1] <= MOST_NAMES:
                least -= 1
                kept += self._counted[number][least]
            self._open[f"names.{number}"].flush()
            names: dict[str, list[str]] = {}
            with (self._scratch / f"names.{number}").open(encoding="utf-8") as lines:
                for line in lines:
                    row, key = line[:-1].split("\t")
                    if known[int(row)] >= least:
                        names.setdefault(row, []).append(key)
            data = zlib.compress("\n".join("\t".join([r, *dict.fromkeys(n)]) for r, n in names.items()).encode(), 6)
            self._append("names", data)
            blocks[code] = [at, len(data)]
            at += len(data)
        self._append("names", b"")
        return blocks

    def _join(self, target: Path, header: dict[str, Any]) -> None:
        """Copy the parts into one file behind their header."""
        order = ["keys", "rows_at", "key_rows", "first", "first_max", "flags", "prominence", *_NUMBERS, *_TABLES]
        order += ["text_at", "text", "area", "area_at", "area_data", "tables", "names"]
        for name in order:
            self._append(name, b"")
        self._stack.close()
        places, end, digest = {}, 0, hashlib.sha256()
        for name in order:
            padding = -end % 8
            digest.update(b"\0" * padding)
            places[name] = [end + padding, self._lengths.get(name, 0)]
            end += padding + self._lengths.get(name, 0)
            with (self._scratch / name).open("rb") as part:
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
        with files.replacing(target, self._scratch) as out:
            out.write(MAGIC + len(text).to_bytes(4, "little") + hashlib.sha256(text).digest() + text)
            out.write(b"\0" * (start - PREFIX - len(text)))
            for name in order:
                out.write(b"\0" * (start + places[name][0] - out.tell()))
                with (self._scratch / name).open("rb") as part:
                    shutil.copyfileobj(part, out, 1 << 20)

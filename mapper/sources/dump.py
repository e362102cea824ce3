"""GeoNames dumps that a user downloaded → rows of a gazetteer file, read line by line.

Files are known by their content: country files and allCountries, alternateNamesV2, admin1CodesASCII, admin2Codes and
hierarchy, as text or zip. Their form is GeoNames' readme: tab-separated, no header, no quoting.
"""

from __future__ import annotations

import io
import re
import zipfile
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO

import numpy as np

from mapper.errors import InputError
from mapper.gazetteer_writer import STEPS, Writer
from mapper.model import Failure
from mapper.sources.names import keys_of
from mapper.sources.places import arabic_of

CLASSES = ("A", "P", "L", "S", "T", "H", "R")
LANGUAGES = ("ar", "en", "fr", "fa", "he", "tr", "ru", "uk", "es", "de", "ku")
DISPLAYED = ("ar", "fr", "en")
# Letters of Latin, Cyrillic, Hebrew and Arabic: the scripts that reports are read in.
_READABLE = re.compile(
    "[\\0-\u024f\u0300-\u036f\u0400-\u052f\u0590-\u05ff\u0600-\u06ff\u0750-\u077f\u1e00-\u1eff\u2000-\u206f]+"
)
_RADIUS_M = {"A.ADM1": 60_000, "A.ADM2": 30_000, "A.ADM3": 12_000, "A.ADM4": 8_000, "L.RGN": 30_000}
_BY_CLASS_M = {"A": 12_000, "L": 5_000, "T": 5_000, "H": 5_000, "R": 5_000}
_COLUMNS = 19
_MOST_FAILURES = 1000
_LINES_A_STEP = 50_000
# What sorting and writing cost, as a share of what reading costs.
_FINISH = 0.25

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Choice:
    """What to keep: ISO codes (all when empty), feature classes, languages of alternate names."""

    countries: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset(CLASSES)
    languages: frozenset[str] = frozenset(LANGUAGES)


@dataclass(frozen=True, slots=True)
class Source:
    """One file, or one member of a zip, and what it is: places, names, admin1, admin2 or hierarchy."""

    path: Path
    member: str | None
    kind: str
    size: int

    @contextmanager
    def lines(self) -> Iterator[IO[str]]:
        """Its text."""
        with _open(self.path, self.member) as text:
            yield text


@contextmanager
def _open(path: Path, member: str | None) -> Iterator[IO[str]]:
    if member is None:
        with path.open(encoding="utf-8-sig", errors="replace", newline="\n") as text:
            yield text
        return
    with zipfile.ZipFile(path) as archive, archive.open(member) as raw:
        yield io.TextIOWrapper(raw, "utf-8-sig", "replace", newline="\n")


def _kind(line: str) -> str | None:
    """What a file is, by its first line."""
    cells = line.rstrip("\r\n").split("\t")
    numbers = [c.isdigit() for c in cells]
    if len(cells) == _COLUMNS and numbers[0]:
        return "places"
    if len(cells) >= 4 and numbers[0] and numbers[1]:
        return "names"
    if len(cells) in (2, 3) and numbers[0] and numbers[1]:
        return "hierarchy"
    code = cells[0].split(".")
    if len(cells) == 4 and len(code) in (2, 3) and len(code[0]) == 2:
        return f"admin{len(code) - 1}"
    return None


def find(paths: Sequence[Path]) -> list[Source]:
    """The dumps among files and folders.

    Raises:
        InputError: A file cannot be read or is no GeoNames dump, or none holds places.
    """
    found: list[Source] = []
    for path in paths:
        inside = sorted(p for p in path.iterdir() if p.suffix in (".txt", ".zip")) if path.is_dir() else [path]
        for file in inside:
            sources = _sources(file)
            if not sources and file == path:
                raise InputError(
                    f"{file}: no GeoNames dump.", remedy="Give XX.txt, XX.zip, allCountries.zip or a folder of them."
                )
            found += sources
    if not any(s.kind == "places" for s in found):
        raise InputError("No file with places.", remedy="Give XX.txt, XX.zip or allCountries.zip from GeoNames.")
    return found


def _sources(file: Path) -> list[Source]:
    try:
        members: list[tuple[str | None, int]] = [(None, file.stat().st_size)]
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                members = [(i.filename, i.file_size) for i in archive.infolist()]
        out = []
        for member, size in members:
            with _open(file, member) as text:
                kind = _kind(text.readline(20_000))
            if kind:
                out.append(Source(file, member, kind, size))
        return out
    except (OSError, zipfile.BadZipFile) as error:
        raise InputError(f"{file}: {error}.", remedy="Check the path, or download it again.") from error


@dataclass(slots=True)
class _Rows:
    """What later files need to know of the rows taken: in arrays, for there are millions."""

    ids: array[int] = field(default_factory=lambda: array("I"))
    nation: array[int] = field(default_factory=lambda: array("H"))
    kind: array[int] = field(default_factory=lambda: array("H"))
    nations: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)


class Build:
    """One run over dumps into a writer; ``failures`` lists the lines that could not be read."""

    def __init__(self, sources: Sequence[Source], choice: Choice, progress: Progress) -> None:
        order = ("admin1", "admin2", "places", "names", "hierarchy")
        self._sources = sorted(sources, key=lambda s: order.index(s.kind))
        self._choice, self._progress = choice, progress
        self._all = sum(s.size for s in sources) * (1 + _FINISH)
        self._done = 0
        self.failures: list[Failure] = []
        self._failed = 0
        self._units: dict[str, str] = {}
        self._own_units: dict[str, str] = {}
        self._rows = _Rows()

    def run(self, writer: Writer, target: Path, licences: Mapping[str, str]) -> None:
        """Read all, then write ``target``."""
        with_names = any(s.kind == "names" for s in self._sources)
        for source in self._sources:
            if source.kind == "places":
                self._places(source, writer, with_names)
            elif source.kind in ("admin1", "admin2"):
                for number, cells in self._cells(source):
                    if len(cells) < 2:
                        self._fail(source, number, f"{len(cells)} columns instead of 4")
                        continue
                    self._units[cells[0]] = cells[1]
            elif source.kind == "names":
                self._names(source, writer)
            else:
                self._hierarchy(source, writer)
        for column in ("admin1", "admin2"):
            known = self._own_units | self._units
            writer.rename(column, {code: known.get(code, "") for code in writer.texts(column)})
        if self._failed > len(self.failures):
            more = self._failed - len(self.failures)
            self.failures.append(Failure("gazetteer", "all files", f"{more:,} more lines could not be read"))
        for step in writer.finish(target, {"licences": dict(licences)}):
            self._progress("writing", (1 + _FINISH * step / STEPS) / (1 + _FINISH))

    def _fail(self, source: Source, line: int, error: str) -> None:
        self._failed += 1
        if len(self.failures) < _MOST_FAILURES:
            remedy = "The row is left out; the others are taken. Download the file again if there are many."
            self.failures.append(Failure("gazetteer", source.member or str(source.path), error, remedy, line))

    def _cells(self, source: Source) -> Iterator[tuple[int, list[str]]]:
        """(number, cells) of each line that is not empty."""
        name = source.member or source.path.name
        with source.lines() as text:
            number, before = 0, self._done
            read = 0
            while lines := list(islice(text, _LINES_A_STEP)):
                for line in lines:
                    number += 1
                    if line != "\n":
                        yield number, line.rstrip("\r\n").split("\t")
                # Characters stand for bytes here: enough to tell the time left.
                read += sum(map(len, lines))
                self._progress(name, min(before + read, before + source.size) / self._all)
            self._done = before + source.size

    def _places(self, source: Source, writer: Writer, with_names: bool) -> None:
        choice, rows, seen = self._choice, self._rows, bytearray(2_000_000)
        everywhere = not choice.countries
        for number, cells in self._cells(source):
            if len(cells) != _COLUMNS:
                self._fail(source, number, f"{len(cells)} columns instead of {_COLUMNS}")
                continue
            letter, country, unit = cells[6], cells[8], cells[10]
            code = f"{letter}.{cells[7]}"
            if letter == "A":
                if code == "A.ADM1":
                    self._own_units[f"{country}.{unit}"] = cells[1]
                elif code == "A.ADM2":
                    self._own_units[f"{country}.{unit}.{cells[11]}"] = cells[1]
                elif cells[7].startswith("PCL"):
                    continue  # the gazetteer that ships holds the countries, with their borders
            if letter not in choice.classes or not (everywhere or country in choice.countries):
                continue
            try:
                identifier, lat, lon = int(cells[0]), float(cells[4]), float(cells[5])
                population = int(cells[14] or 0)
                if not (-90 <= lat <= 90 and -180 <= lon <= 180):
                    raise ValueError(f"no position: {cells[4]} {cells[5]}")
            except ValueError as error:
                self._fail(source, number, str(error))
                continue
            # A place may stand in several files: the first is taken.
            at, bit = identifier >> 3, 1 << (identifier & 7)
            if at >= len(seen):
                seen.extend(bytes(at - len(seen) + 1_000_000))
            if seen[at] & bit:
                continue
            seen[at] |= bit
            names = [cells[1]] if cells[1] == cells[2] else [cells[1], cells[2]]
            arabic = ""
            if cells[3] and not with_names:
                others = [n for n in cells[3].split(",") if _READABLE.fullmatch(n)]
                names += others
                arabic = "" if cells[3].isascii() else arabic_of(others)
            if letter == "P":
                radius = max(1500, int(1000 * (population / 12_566) ** 0.5))
            else:
                radius = _RADIUS_M.get(code) or _BY_CLASS_M.get(letter, 3000)
            row = writer.row(
                cells[0],
                cells[1],
                lat,
                lon,
                country=country,
                admin1=f"{country}.{unit}" if unit and unit != "00" else "",
                admin2=f"{country}.{unit}.{cells[11]}" if cells[11] and unit else "",
                code=code,
                source="geonames",
                population=population,
                radius_m=radius,
                arabic=arabic,
            )
            listed = country if letter in "PA" else ""
            for key in keys_of(names, code, country):
                writer.name(row, key, "", listed)
            rows.ids.append(identifier)
            rows.nation.append(rows.nations.setdefault(country, len(rows.nations)))
            rows.kind.append(rows.kinds.setdefault(code, len(rows.kinds)))

    def _numbered(
        self,
    ) -> tuple[np.ndarray[tuple[int], np.dtype[np.uint32]], np.ndarray[tuple[int], np.dtype[np.uint32]]]:
        """The ids of the rows in order, and the rows that they belong to."""
        ids = np.frombuffer(self._rows.ids, "<u4")
        order = np.argsort(ids).astype("<u4")
        return ids[order], order

    def _names(self, source: Source, writer: Writer) -> None:
        """Alternate names: those of a batch are matched to their rows at once."""
        wanted = self._choice.languages | {""}
        ids, order = self._numbered()
        nations, kinds = list(self._rows.nations), list(self._rows.kinds)
        nation, kind = self._rows.nation, self._rows.kind
        batch: list[list[str]] = []

        def take() -> None:
            asked = np.array([int(c[1]) for c in batch], np.int64)
            at = np.minimum(np.searchsorted(ids, asked), len(ids) - 1)
            for cells, row, known in zip(batch, order[at].tolist(), (ids[at] == asked).tolist(), strict=True):
                if known:
                    code, country = kinds[kind[row]], nations[nation[row]]
                    for key in keys_of((cells[3],), code, country):
                        writer.name(row, key, "", country if code[0] in "PA" else "")
                    if cells[2] in DISPLAYED:
                        flags = [*cells[4:8], "", "", "", ""]
                        if not flags[2] and not flags[3]:
                            writer.display(row, cells[2], 2 * bool(flags[0]) - bool(flags[1]), cells[3])
            batch.clear()

        for number, cells in self._cells(source):
            if len(cells) < 4 or not cells[1].isdigit():
                self._fail(source, number, f"{len(cells)} columns instead of 10, or no id: {cells[:2]}")
                continue
            if cells[2] in wanted and (cells[3].isascii() or _READABLE.fullmatch(cells[3])):
                batch.append(cells)
                if len(batch) >= 100_000 and len(ids):
                    take()
        if batch and len(ids):
            take()

    def _hierarchy(self, source: Source, writer: Writer) -> None:
        """A place that carries no unit of its own takes that of the place it belongs to."""
        ids, order = self._numbered()
        parents, children = array("q"), array("q")
        for number, cells in self._cells(source):
            if len(cells) < 2 or not (cells[0].isdigit() and cells[1].isdigit()):
                self._fail(source, number, f"no two ids: {cells[:2]}")
                continue
            parents.append(int(cells[0]))
            children.append(int(cells[1]))
        if not len(ids) or not parents:
            return
        found = []
        for many in (parents, children):
            asked = np.array(many, np.int64)
            at = np.minimum(np.searchsorted(ids, asked), len(ids) - 1)
            found.append((order[at], ids[at] == asked))
        both = found[0][1] & found[1][1]
        parent, child = found[0][0][both], found[1][0][both]
        for column in ("admin1", "admin2"):
            units = writer.numbers(column)
            for _ in range(3):
                lacks = units[child] == 0
                units[child[lacks]] = units[parent[lacks]]

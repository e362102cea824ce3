"""The gazetteer: the files of places that ship, those a user added and hand-written places, looked up as one.

``data/gazetteer/*.bin`` are compiled (``gazetteer_table``); ``supplement/*.tsv`` beside them holds hand-written
places, read when opening and ranked first. A user's folder holds files of the same two forms.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mapper.errors import GazetteerError
from mapper.gazetteer_areas import EARTH_M, Areas, metres_between
from mapper.gazetteer_names import CountryNames
from mapper.gazetteer_supplement import Addition, read_additions
from mapper.gazetteer_table import Table, key_hash
from mapper.gazetteer_words import read_words
from mapper.model import Place
from mapper.text import normalise, skeleton, word_key

if TYPE_CHECKING:
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

__all__ = ["EARTH_M", "Gazetteer", "by_hand", "key_hash", "metres_between"]

_SEATS = {"PPLC": 3.0, "PPLA": 1.5, "PPLA2": 0.8, "PPLA3": 0.5, "PPLA4": 0.3}
_CLASS_BONUS = {"P": 0.6, "A": 0.5, "L": 0.4, "S": 0.0, "T": 0.0, "H": 0.2, "R": 0.0}
_BY_USER, _BY_HAND, _COUNTRY, _PROVINCE, _DISTRICT = 10.0, 5.0, 4.0, 3.0, 3.0
_LEVELS = ("PCL", "ADM1", "ADM2", "ADM3")
# As far apart as two rows for one place may lie; the degrees of latitude that are more than that.
SAME_PLACE_M, _SAME_PLACE_DEGREES = 15_000.0, 0.15
_MOST_SIMILAR, _SPELT_ALIKE = 30, 84.0
# What the name of a hand-written place is worth at least.
_OWN_PROMINENCE = 4.5
_SHIPS = "Install Mapper anew, or build it with `python -m mapper.sources`."
_OWN = "Remove the file, or add or build it again."


def by_hand(place: Place) -> float:
    """What a place gains in ``rank`` because somebody chose to write it down, most of all the user; else 0."""
    if place.source.startswith("user:"):
        return _BY_USER
    return _BY_HAND if place.source == "supplement" else 0.0


def _kind_bonus(code: str) -> float:
    return _COUNTRY if code.startswith("PCL") else _PROVINCE if code == "ADM1" else 0.0


def _default_folder() -> Path:
    """The gazetteer of the working tree, else the copy inside the installed package."""
    here = Path(__file__).parent
    tree = here.parent / "data" / "gazetteer"
    return tree if (tree / "places.bin").is_file() else here / "_gazetteer"


class Gazetteer:
    """The local gazetteer. Make one with ``Gazetteer.open()``.

    Rows of all files are numbered through: those of the first file, of the second, …, hand-written places last.
    """

    def __init__(self, folder: Path, tables: Sequence[Table], additions: Sequence[Addition]) -> None:
        self._folder, self._tables, self._additions = folder, list(tables), list(additions)
        self._starts = [sum(len(t) for t in self._tables[:i]) for i in range(len(self._tables))]
        self._count = sum(map(len, self._tables))
        self._own_keys: dict[str, list[int]] = {}
        self._own_first: dict[str, int] = {}
        for number, addition in enumerate(self._additions):
            for key in addition.keys:
                self._own_keys.setdefault(key, []).append(self._count + number)
                first, words = key.partition(" ")[0], key.count(" ") + 1
                if words > self._own_first.get(first, 0):
                    self._own_first[first] = words

    # ---- opening
    @classmethod
    def open(cls, path: Path | None = None, additions: Path | None = None) -> Gazetteer:
        """Open the gazetteer in ``path`` (default: the one that ships) with those in the user's folder ``additions``.

        Raises:
            GazetteerError: One is missing, damaged or of another version.
        """
        folder = path or _default_folder()
        chief = folder / "places.bin"
        own = sorted(additions.glob("*.bin")) if additions is not None else []
        tables = [Table.open(chief, _SHIPS)]
        tables += [Table.open(f, _SHIPS) for f in sorted(folder.glob("*.bin")) if f != chief]
        tables += [Table.open(f, _OWN) for f in own]
        written = sorted(additions.glob("*.tsv")) if additions is not None else []
        return cls(folder, tables, read_additions([*written, *sorted((folder / "supplement").glob("*.tsv"))]))

    def words(self) -> dict[int, str]:
        """Hash of a normalised word → A, B or X: words that a village's name should not be read from.

        Raises:
            GazetteerError: The list is missing or damaged.
        """
        return read_words(self._folder / "words.dat")

    def verify(self) -> None:
        """Check every byte against the checksums in the headers.

        Raises:
            GazetteerError: A byte differs.
        """
        for table in self._tables:
            if not table.whole():
                remedy = _SHIPS if table.file.parent == self._folder else _OWN
                raise GazetteerError(f"The gazetteer {table.file} is damaged: its checksum differs.", remedy=remedy)

    def info(self) -> dict[str, Any]:
        """Sources, sizes, licences, and the number of places by country."""
        import numpy as np

        countries: dict[str, int] = {}
        sources: dict[str, int] = {}
        licences: dict[str, str] = {}
        outlines = {level: sum(len(t.rows_with_area(level)) for t in self._tables) for level in _LEVELS}
        for table in self._tables:
            counts = np.bincount(table.numbers("country"), minlength=len(table.tables["country"]))
            for code, n in zip(table.tables["country"], counts.tolist(), strict=True):
                countries[code] = countries.get(code, 0) + n
            for source, n in table.header["sources"].items():
                sources[source] = sources.get(source, 0) + n
            licences |= table.header.get("licences", {})
        if any(a.place.source == "supplement" for a in self._additions):
            licences["supplement"] = "hand-written facts, MIT, as the project"
        for addition in self._additions:
            country, source = addition.country or "", addition.place.source
            countries[country] = countries.get(country, 0) + 1
            sources[source] = sources.get(source, 0) + 1
        return {
            "places": self._count,
            "supplement": len(self._additions),
            "names": sum(t.names for t in self._tables),
            "areas": sum(int(t.header["areas"]) for t in self._tables),
            "outlines": outlines,
            "borders": self._tables[0].header.get("borders", {}),
            "bytes": sum(int(t.header["size"]) for t in self._tables),
            "files": {t.file.name: {"places": len(t), "sha256": t.header["sha256"]} for t in self._tables},
            "sources": sources,
            "licences": licences,
            "countries": dict(sorted(((k or "none", n) for k, n in countries.items() if n), key=lambda x: -x[1])),
        }

    # ---- rows
    def _table_of(self, row: int) -> tuple[Table, int]:
        number = bisect.bisect_right(self._starts, row) - 1
        return self._tables[number], row - self._starts[number]

    @lru_cache(maxsize=60_000)  # noqa: B019 - a gazetteer lives as long as the run
    def _place(self, row: int) -> Place:
        if row >= self._count:
            return self._additions[row - self._count].place
        table, own = self._table_of(row)
        place = table.place(own)
        if (area := table.area_number(own)) >= 0:
            self._areas.note(place.id, table, area)
        return place

    def _rows(self, key: str, country: str | None = None) -> list[int]:
        rows = list(self._own_keys.get(key, ()))
        wanted = key_hash(key)
        for table, start in zip(self._tables, self._starts, strict=True):
            rows += [start + r for r in table.rows(wanted, country)]
        return rows

    # ---- names in running text
    @lru_cache(maxsize=200_000)  # noqa: B019
    def _name(self, key: str) -> tuple[str, float]:
        """Ambiguity and prominence of a normalised name, as the methods of these names tell them."""
        level, prominence = "", 0.0
        if key:
            wanted = key_hash(key)
            for table in self._tables:
                found = table.name(wanted)
                if found is not None:
                    level, prominence = level or found[0], max(prominence, found[1])
            if key in self._own_keys:
                level, prominence = level or "S", max(prominence, _OWN_PROMINENCE)
        return level, prominence

    def known(self, key: str) -> bool:
        """Whether a normalised name is in the gazetteer."""
        return self._name(key)[0] != ""

    @lru_cache(maxsize=200_000)  # noqa: B019
    def _longest(self, first: str) -> int:
        wanted = key_hash(first)
        return max(self._own_first.get(first, 0), *(t.longest(wanted) for t in self._tables))

    def begins(self, key: str) -> bool:
        """Whether a known name begins with the first word of a normalised name."""
        return bool(key) and self._longest(key.partition(" ")[0]) > 0

    def matches(self, keys: Sequence[str], i: int) -> list[int]:
        """All numbers of tokens n such that ``keys[i:i+n]`` is a known name, longest first.

        Empty keys (signs) stand for nothing: they may lie inside a name but not begin or end it.
        """
        name = keys[i]
        longest = self._longest(name.partition(" ")[0]) if name else 0
        if not longest:
            return []
        words = name.count(" ") + 1
        found = [1] if words <= longest and self.known(name) else []
        for n in range(2, min(len(keys) - i, longest + 3) + 1):
            part = keys[i + n - 1]
            if part:
                words += part.count(" ") + 1
                if words > longest:
                    break
                name = f"{name} {part}"
                if self._name(name)[0]:
                    found.append(n)
        return found[::-1]

    def match(self, keys: Sequence[str], i: int) -> int:
        """The longest of ``matches``, 0 when there is none."""
        return next(iter(self.matches(keys, i)), 0)

    def ambiguity(self, key: str) -> str:
        """S safe, A also a common word or a person's name, B only behind a place noun, "" unknown."""
        return self._name(key)[0]

    def prominence(self, key: str) -> float:
        """About log10 of the population of the best place of that name; 0 when unknown."""
        return self._name(key)[1]

    # ---- look-up
    def rank(self, place: Place) -> float:
        """Prominence of a place without context: population, seat, class and trust in its source."""
        code = place.feature_code
        if code == "ADM2":
            found = _DISTRICT
        else:
            found = math.log10(place.population + 10) + _CLASS_BONUS.get(place.feature_class, 0.0)
            found += _SEATS.get(code) or _kind_bonus(code)
        return found + by_hand(place)

    def _weighed(self, place: Place) -> list[tuple[str, float]]:
        """What makes a place prominent without context, and how much each adds to its ``rank``."""
        code = place.feature_code
        if code == "ADM2":
            found = [("a second-order unit", _DISTRICT)]
        else:
            found = [("population", math.log10(place.population + 10))]
            found.append(("kind", _CLASS_BONUS.get(place.feature_class, 0.0)))
            if code in _SEATS:
                found.append(("seat", _SEATS[code]))
            elif bonus := _kind_bonus(code):
                found.append(("a country" if code != "ADM1" else "a first-order unit", bonus))
        if chosen := by_hand(place):
            found.append(("written down by hand", chosen))
        return found

    def _is_own(self, key: str, place: Place) -> bool:
        """Whether a place goes by this name itself: it comes before a greater one that once was spelt so."""
        return word_key(place.name) == key or key in [word_key(name) for _, name in place.names]

    def explain(self, name: str, place: Place) -> list[tuple[str, float]]:
        """What ``lookup`` weighs for a place of that name, in words, heaviest first."""
        told = {
            "population": f"population {place.population:,}",
            "kind": f"kind {place.feature_class}",
            "seat": f"seat {place.feature_code}",
        }
        found = [(told.get(what, what), value) for what, value in self._weighed(place)]
        if self._is_own(normalise(name), place):
            found.append(("its usual name", 1.0))
        return sorted((f for f in found if f[1]), key=lambda x: -x[1])

    @lru_cache(maxsize=50_000)  # noqa: B019
    def _looked_up(self, key: str, country: str | None) -> tuple[Place, ...]:
        by_id: dict[str, Place] = {}
        for row in self._rows(key, country):
            place = self._place(row)
            if country is not None and place.country != country:
                continue
            # Files share places: a later one may know a name that an earlier one lacks.
            other = by_id.get(place.id)
            told = {k for k, _ in other.names if k} if other is not None else set()
            more = tuple(n for n in place.names if n[0] not in told and (other is None or n not in other.names))
            people = place.population if other is not None and not other.population else 0
            if other is not None and (more or people):
                place = replace(other, names=other.names + more, population=other.population or people)
            elif other is not None:
                continue
            by_id[place.id] = place
        places = list(by_id.values())
        if len(places) > 1:
            places.sort(key=lambda p: (-self.rank(p) - self._is_own(key, p), p.id))
        kept: list[Place] = []
        alike: dict[tuple[str | None, str | None], list[Place]] = {}  # units of one order, or whatever is no unit
        for place in places:
            kind = place.feature_code if place.feature_class == "A" else None
            others = alike.setdefault((kind, place.country), [])
            for other in others:
                near = abs(place.lat - other.lat) < _SAME_PLACE_DEGREES
                if near and metres_between(place.lat, place.lon, other.lat, other.lon) < SAME_PLACE_M:
                    break
            else:
                others.append(place)
                kept.append(place)
        return tuple(kept)

    def lookup(self, name: str, *, country: str | None = None, limit: int = 30) -> tuple[Place, ...]:
        """The places of a name, most prominent first, near-duplicates of one place joined.

        Args:
            name: Any spelling; it is normalised.
            country: ISO 3166 code to look in; None for the world.
            limit: Most places to return.
        """
        return self._looked_up(normalise(name), country)[:limit]

    @lru_cache(maxsize=64)  # noqa: B019
    def _country_names(self, country: str) -> CountryNames:
        """All names in one country, with their rows."""
        names: list[str] = []
        rows: list[int] = []
        for table, start in zip(self._tables, self._starts, strict=True):
            own, numbers = table.country_names(country)
            names += own
            rows += [start + row for row in numbers]
        for number, addition in enumerate(self._additions):
            if addition.country == country:
                names += addition.keys
                rows += [self._count + number] * len(addition.keys)
        return CountryNames(names, rows)

    def names_in(self, country: str) -> list[tuple[str, Place]]:
        """(normalised name, place) of all names of one country; a place comes once for each of its names."""
        return [(name, self._place(row)) for name, row in self._country_names(country)]

    def similar(self, name: str, country: str, limit: int = 5) -> list[tuple[Place, float, str]]:
        """Places of one country whose names are near: consonants shared, then spelling.

        Returns:
            (place, score 0..1, reason in words), best first. Never certain: 0.75 at most.
        """
        return list(self._similar(normalise(name), country)[:limit])

    @lru_cache(maxsize=20_000)  # noqa: B019
    def _similar(self, key: str, country: str) -> tuple[tuple[Place, float, str], ...]:
        bones, names = skeleton(key), self._country_names(country)
        found: dict[int, tuple[float, str]] = {}
        if len(bones) >= 3:
            for row in names.same_bones(bones):
                found[row] = (0.75 if len(bones) >= 4 else 0.5, f"same consonants as {self._place(row).name}")
        for other, ratio, row in names.alike(key, _SPELT_ALIKE):
            if ratio / 125 > found.get(row, (0.0, ""))[0]:
                found[row] = (ratio / 125, f"spelt like {other} ({ratio:.0f} of 100)")
        ranked = sorted(
            ((self._place(r), s, why) for r, (s, why) in found.items()),
            key=lambda x: (-x[1], -self.rank(x[0]), x[0].id),
        )
        out: list[tuple[Place, float, str]] = []
        for place, score, why in ranked:
            if not any(metres_between(place.lat, place.lon, p.lat, p.lon) < SAME_PLACE_M for p, _, _ in out):
                out.append((place, score, why))
            if len(out) == _MOST_SIMILAR:
                break
        return tuple(out)

    # ---- countries and areas
    @lru_cache(maxsize=4096)  # noqa: B019
    def country_code(self, name: str) -> str | None:
        """ISO 3166 alpha-2 of a country's code, name, short name or demonym in a language that we read."""
        text = str(name).strip()
        upper = text.upper()
        if upper in self._country_rows:
            return upper
        code = self._tables_by_name.get(normalise(text))
        if code is None and text.endswith(")") and "(" in text:
            return self.country_code(text[: text.index("(")]) or self.country_code(text[text.index("(") + 1 : -1])
        return code

    def demonym(self, word: str) -> str | None:
        """The country that a word such as "Libyan" or "الليبية" speaks of."""
        return self._tables_by_name.get(word_key(word))

    @cached_property
    def _tables_by_name(self) -> dict[str, str]:
        names: dict[str, str] = self._tables[0].tables["country_names"]
        return names

    @cached_property
    def _country_rows(self) -> dict[str, int]:
        rows: dict[str, int] = self._tables[0].header["country_rows"]
        return rows

    def country(self, code: str) -> Place:
        """The country as a place.

        Raises:
            KeyError: No such code.
        """
        return self._place(self._country_rows[code])

    def info_countries(self) -> tuple[str, ...]:
        """The codes of all countries."""
        return tuple(self._country_rows)

    def large_places(self, population: int) -> list[Place]:
        """Towns with at least that many people, largest first."""
        rows = [
            start + row
            for table, start in zip(self._tables, self._starts, strict=True)
            for row in (table.array("population", "u4") >= population).nonzero()[0].tolist()
        ]
        by_id = {p.id: p for p in map(self._place, rows)}
        return sorted((p for p in by_id.values() if p.feature_class == "P"), key=lambda p: (-p.population, p.id))

    @cached_property
    def _areas(self) -> Areas:
        shapes = {a.id: a.shape for a in self._additions if a.shape}
        return Areas(self._tables, self._starts, self._place, self._country_rows, shapes)

    def area(self, place: Place) -> BaseGeometry | None:
        """The polygon (or line) of a place, where one is known."""
        return self._areas.of(place)

    def land(self, west: float, south: float, east: float, north: float) -> BaseGeometry:
        """The land of all countries within a rectangle of degrees."""
        return self._areas.land(west, south, east, north)

    def grounds(self, west: float, south: float, east: float, north: float) -> Sequence[BaseGeometry]:
        """The land within a rectangle of degrees as an array of pieces, by country and island: not joined."""
        return self._areas.grounds(west, south, east, north)

    @property
    def settlements(self) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
        """Latitudes in rising order, longitudes and people (0: unknown) of all populated places."""
        return self._areas.settlements

    def containing(self, lat: float, lon: float) -> tuple[str | None, str | None, str | None]:
        """(ISO code, first-order unit, second-order unit) of a position; None where there is none."""
        return self._areas.containing(lat, lon)

    def containing_many(
        self, lats: Sequence[float], lons: Sequence[float]
    ) -> list[tuple[str | None, str | None, str | None]]:
        """``containing`` for many positions at once."""
        return self._areas.containing_many(lats, lons)

    def admin1_place(self, country: str, name: str) -> Place | None:
        """The first-order unit of that name in a country, if there is one."""
        for place in self.lookup(name, country=country):
            if place.feature_code == "ADM1":
                return place
        return None

    def nearest(self, lat: float, lon: float, limit: int = 5, feature_class: str = "P") -> list[tuple[Place, float]]:
        """The nearest places of a feature class with their distances in metres, the nearest first."""
        return self._areas.nearest(lat, lon, limit, feature_class)

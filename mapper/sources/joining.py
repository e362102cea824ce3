"""What sources say of one place, brought together: units of places, names of units, rows that mean the same town."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy.typing as npt
import shapely

from mapper.gazetteer_areas import metres_between
from mapper.sources.names import keys, keys_of, without_unit
from mapper.sources.record import Record
from mapper.text import normalise, script_of, skeleton

# A settlement of another source this near with a name in common is the same settlement.
_SAME_M, _CELL = 4_000.0, 0.05
_LEAST_CONSONANTS = 3
# How far outside its own unit's outline a place may lie (degrees): off the coast, and over a border.
_OFF_COAST, _OVER_BORDER = 0.1, 0.03
_KINDS = (" District", " State", " Prefecture", " Province", " Governorate", " Region", " County", " Department")
_CITY_PEOPLE = 50_000


def first_order(provinces: list[Record], known: Mapping[str, Iterable[list[str]]]) -> list[Record]:
    """Units with those above them, where a source gives second-order units for first-order ones.

    Args:
        provinces: Units, ``over`` naming what holds each, the nearer first.
        known: ISO code → the names of each real first-order unit.
    """
    units: dict[tuple[str, str], list[Record]] = defaultdict(list)
    names = {
        country: {k: many for many in lists for k in keys_of(many, "A.ADM1", country)}
        for country, lists in known.items()
    }
    for row in provinces:
        own = names.get(row.country, {})
        name = next((n for n in row.over if any(k in own for k in keys_of([n], "A.ADM1", row.country))), None)
        if name is not None:
            units[row.country, name].append(row)
            row.code, row.admin2 = "A.ADM2", row.name
    out = list(provinces)
    for (country, name), parts in units.items():
        shape = shapely.union_all([p.shape for p in parts if p.shape is not None])
        point = shape.representative_point()
        called = next(names[country][k] for k in keys_of([name], "A.ADM1", country) if k in names[country])
        area = sum((p.radius_m / 1000) ** 2 for p in parts)
        identifier = f"ne1:{country}-{normalise(name).replace(' ', '-')}"
        row = Record(identifier, name, point.y, point.x, country, "natural_earth", "A.ADM1", name)
        row.radius_m, row.names, row.shape = int(1000 * math.sqrt(area)), list(called), shape
        out.append(row)
    return out


def name_units(rows: list[Record]) -> None:
    """Give first-order units the names that people write: no word for the kind, unless it tells two apart."""
    cities = {(r.country, normalise(r.name)) for r in rows if r.code[0] == "P" and r.population >= _CITY_PEOPLE}
    provinces = [r for r in rows if r.code == "A.ADM1"]
    for row in provinces:
        bare = next((row.name.removesuffix(k) for k in _KINDS if row.name.endswith(k)), row.name)
        if bare != row.name and ((row.country, normalise(bare)) in cities or bare in row.names):
            row.names.append(row.name)
            row.name = bare
    alike: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for row in provinces:
        alike[row.country, normalise(row.name)].append(row)
    for same in alike.values():
        # The city keeps the bare name; the land around it is told by its kind.
        for row in sorted(same, key=lambda r: (r.radius_m, r.id))[1:]:
            row.names.append(row.name)
            if row.kind and not row.name.endswith(row.kind):
                row.name = f"{row.name} {row.kind}"


def written_names() -> list[dict[str, str]]:
    """The lines of ``names.tsv``: names of towns and units that no package has."""
    with (Path(__file__).parent / "names.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def add_names(rows: list[Record], lines: Iterable[Mapping[str, str]]) -> None:
    """Give the places of each name the Arabic name, and other spellings of news, that a line has for it.

    A place keeps the Arabic name that its source has, unless the line's begins with "=": then the source's is wrong.

    Raises:
        ValueError: A line names what no town or unit of the country is called.
    """
    called: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for row in rows:
        if row.code[0] in "PA":
            called[row.country, row.name].append(row)
    for line in lines:
        found = called.get((line["country"], line["name"]))
        if not found:
            raise ValueError(f"names.tsv: no place in {line['country']} is called {line['name']!r}")
        arabic = line["name_ar"].removeprefix("=")
        given = [n for n in (arabic, *line["aliases"].split("|")) if n]
        for row in found:
            if arabic != line["name_ar"]:
                row.names = [n for n in row.names if n != row.arabic]
                row.usual = [n for n in row.usual if n != row.arabic]
                row.arabic = arabic
            row.arabic = row.arabic or arabic
            row.names += given
            row.usual += given


def drop_borrowed_names(rows: list[Record]) -> None:
    """Take from lesser places the Arabic names that are those of a first-order unit, the word for its kind included.

    Sources give "محافظة لحج" for a district of the governorate Lahij, or for its seat: where first-order units of the
    country are called "محافظة …", that word and the bare name of one of them are no name of anything below.
    """
    kinds: dict[str, set[str]] = defaultdict(set)
    bare: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.code == "A.ADM1":
            for key in _arabic_keys(row):
                rest = without_unit(key)
                bare[row.country].add(rest)
                if rest != key:
                    kinds[row.country].add(key.removesuffix(rest))
    for row in rows:
        if row.code == "A.ADM1" or row.code == "A.PCLI" or not kinds[row.country]:
            continue

        def borrowed(name: str, country: str = row.country) -> bool:
            key = normalise(name)
            return any(key.startswith(k) and key.removeprefix(k) in bare[country] for k in kinds[country])

        row.names = [n for n in row.names if not borrowed(n)]
        row.open_names = [n for n in row.open_names if not borrowed(n)]
        row.arabic = "" if borrowed(row.arabic) else row.arabic


def _arabic_keys(row: Record) -> set[str]:
    return {k for n in (row.arabic, *row.names, *row.open_names) if (k := normalise(n)) and script_of(k) == "arabic"}


def fill_units(rows: list[Record]) -> None:
    """Give each place the names of the smallest units of its own country whose polygons hold it."""
    points = shapely.points([r.lon for r in rows], [r.lat for r in rows])
    for prefix, attribute in (("A.ADM1", "admin1"), ("A.ADM2", "admin2")):
        units = [r for r in rows if r.code == prefix and r.shape is not None]
        size = [u.shape.area if u.shape is not None else 0.0 for u in units]
        tree = shapely.STRtree([u.shape for u in units if u.shape is not None])
        found: dict[int, int] = {}
        foreign: set[int] = set()
        for point, unit in zip(*tree.query(points, predicate="within"), strict=True):
            if units[unit].country != rows[point].country:
                foreign.add(int(point))
            elif int(point) not in found or size[unit] < size[found[int(point)]]:
                found[int(point)] = int(unit)
        if prefix == "A.ADM1":
            found |= _beside(points, [i for i in range(len(rows)) if i not in found], foreign, rows, units)
        for i, row in enumerate(rows):
            if row.code == "A.PCLI":
                continue
            if row.code == prefix:
                setattr(row, attribute, row.name)
            elif not (prefix == "A.ADM2" and row.code == "A.ADM1"):
                setattr(row, attribute, units[found[i]].name if i in found else "")


def _beside(
    points: npt.NDArray[Any], lost: list[int], foreign: set[int], rows: list[Record], units: list[Record]
) -> dict[int, int]:
    """The nearest unit of its own country for a place that coarse outlines leave outside: on a coast, at a border."""
    tree = shapely.STRtree([u.shape for u in units if u.shape is not None])
    best: dict[int, tuple[float, int]] = {}
    for near, unit in zip(*tree.query(points[lost], predicate="dwithin", distance=_OFF_COAST), strict=True):
        i = lost[near]
        gap = float(shapely.distance(points[i], units[unit].shape))
        # Deep in another country's unit it lies where borders are disputed.
        if units[unit].country == rows[i].country and gap <= (_OVER_BORDER if i in foreign else _OFF_COAST):
            best[i] = min(best.get(i, (gap, int(unit))), (gap, int(unit)))
    return {i: unit for i, (_, unit) in best.items()}


def join_settlements(rows: list[Record], later: str) -> None:
    """Let rows of the source ``later`` be the settlements of other sources that they mean: id, point and people."""
    cells: dict[tuple[str, int, int], list[tuple[Record, frozenset[str]]]] = defaultdict(list)
    for row in rows:
        if row.code[0] == "P" and row.source != later:
            cells[row.country, math.floor(row.lat / _CELL), math.floor(row.lon / _CELL)].append((row, _marks(row)))
    for row in rows:
        if row.code[0] != "P" or row.source != later:
            continue
        marks, y, x = _marks(row), math.floor(row.lat / _CELL), math.floor(row.lon / _CELL)
        near = [
            (metres_between(row.lat, row.lon, other.lat, other.lon), -other.population, other)
            for dy in (-1, 0, 1)
            for dx in (-1, 0, 1)
            for other, own in cells.get((row.country, y + dy, x + dx), ())
            if not marks.isdisjoint(own)
        ]
        best = min(near, key=lambda n: n[:2], default=None)
        if best is not None and best[0] <= _SAME_M:
            same = best[2]
            row.id, row.name, row.lat, row.lon, row.code = same.id, same.name, same.lat, same.lon, same.code
            row.population, row.radius_m = same.population or row.population, same.radius_m
            row.arabic = same.arabic or row.arabic
            row.french = same.french


def _marks(row: Record) -> frozenset[str]:
    """What two rows for one settlement share: a name, or its consonants."""
    own = keys(row)
    return frozenset(own) | {b for k in own if len(b := skeleton(k)) >= _LEAST_CONSONANTS}

"""What sources say of one place, brought together: units of places, names of units, rows that mean the same town."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping

import shapely

from mapper.gazetteer_areas import metres_between
from mapper.sources.names import keys, keys_of
from mapper.sources.record import Record
from mapper.text import normalise, skeleton

# A settlement of another source this near with a name in common is the same settlement.
_SAME_M, _CELL = 4_000.0, 0.05
_LEAST_CONSONANTS = 3
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


def fill_units(rows: list[Record]) -> None:
    """Give each place the names of the smallest units of its own country whose polygons hold it."""
    points = shapely.points([r.lon for r in rows], [r.lat for r in rows])
    for prefix, attribute in (("A.ADM1", "admin1"), ("A.ADM2", "admin2")):
        units = [r for r in rows if r.code == prefix and r.shape is not None]
        size = [u.shape.area if u.shape is not None else 0.0 for u in units]
        tree = shapely.STRtree([u.shape for u in units if u.shape is not None])
        found: dict[int, int] = {}
        for point, unit in zip(*tree.query(points, predicate="within"), strict=True):
            own = units[unit].country == rows[point].country
            if own and (int(point) not in found or size[unit] < size[found[int(point)]]):
                found[int(point)] = int(unit)
        for i, row in enumerate(rows):
            if row.code == "A.PCLI":
                continue
            if row.code == prefix:
                setattr(row, attribute, row.name)
            elif not (prefix == "A.ADM2" and row.code == "A.ADM1"):
                setattr(row, attribute, units[found[i]].name if i in found else "")


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
            row.population, row.radius_m, row.arabic = same.population, same.radius_m, same.arabic or row.arabic
            row.french = same.french


def _marks(row: Record) -> frozenset[str]:
    """What two rows for one settlement share: a name, or its consonants."""
    own = keys(row)
    return frozenset(own) | {b for k in own if len(b := skeleton(k)) >= _LEAST_CONSONANTS}

"""How two locations compare: which is vaguer, whether one holds the other, whether they can be one place."""

from __future__ import annotations

from bisect import bisect_left

import shapely

from mapper.gazetteer import metres_between
from mapper.model import Location, PrecisionClass

NEAR_M = 25_000.0
_REACH_M = 60_000.0  # of a vague place, as far as it makes two places one
_DISTINCT_M = 8_000.0
_SIZES_M = (12_000.0, 30_000.0, 75_000.0, 150_000.0)
_SMALLER = 0.8  # of two areas alike in kind, the one so much smaller says more
_SIZED = 2  # up to here a place is as vague as it is wide, whatever its kind
# Coarseness of a place that only says in which part of the world something happened, and so on.
VAGUE, PROVINCE, SEA, PART, COUNTRY, NOWHERE = 4, 5, 6, 7, 8, 9
_LEAST = {
    PrecisionClass.PROVINCE: PROVINCE,
    PrecisionClass.SEA: SEA,
    PrecisionClass.PART_OF_COUNTRY: PART,
    PrecisionClass.CORRIDOR: VAGUE,
}
_UNMEASURED = frozenset({*_LEAST, PrecisionClass.COUNTRY})
_HOLDERS = frozenset({*_LEAST, PrecisionClass.DISTRICT, PrecisionClass.SECTOR, PrecisionClass.COUNTRY})


def coarseness(where: Location | None) -> int:
    """0 for a place of a few kilometres, more for vaguer ones (see the constants); coordinates are below 0."""
    if where is None:
        return NOWHERE
    if where.method == "coordinates":
        return -1
    if where.precision is PrecisionClass.COUNTRY:
        return COUNTRY
    size = bisect_left(_SIZES_M, where.radius_m)
    if where.precision is PrecisionClass.SEA and where.method == "relative":
        return max(1, size)  # "off the coast of X" is as vague as it is wide
    return size if size < _SIZED else max(size, _LEAST.get(where.precision, size))


def measured(where: Location) -> bool:
    """Whether an offset was given in figures: its point lies well off the anchor, and not just in some part."""
    if where.anchor is None or where.precision in _UNMEASURED:
        return False
    return metres_between(where.lat, where.lon, *where.anchor) > 1000


def from_anchor(offset: Location, other: Location) -> bool:
    """Whether ``offset`` is measured from about where ``other`` is."""
    if offset.anchor is None or not measured(offset):
        return False
    return metres_between(*offset.anchor, other.lat, other.lon) <= max(NEAR_M, min(other.radius_m, _REACH_M))


def finer(a: Location | None, b: Location | None) -> bool:
    """Whether ``a`` says more precisely than ``b`` where something is.

    "150 miles from Sirte" does so for "near Sirte", and for a table's point, which is someone's reading of
    such words; else the narrower place does.
    """
    if a is not None and b is not None:
        for x, y in ((a, b), (b, a)):
            if from_anchor(x, y) or (measured(x) and y.method == "table" and near(x, y)):
                return x is a
        if coarseness(a) == coarseness(b) >= _SIZED:
            return a.radius_m < _SMALLER * b.radius_m
    return coarseness(a) < coarseness(b)


def metres_apart(a: Location, b: Location) -> float:
    """Metres between the points of two locations."""
    return metres_between(a.lat, a.lon, b.lat, b.lon)


def distinct(a: Location | None, b: Location | None) -> bool:
    """Whether two places are named so exactly, and lie so far apart, that they are two."""
    if a is None or b is None or max(coarseness(a), coarseness(b)) >= _SIZED:
        return False
    abroad = None not in (a.country, b.country) and a.country != b.country
    return metres_apart(a, b) > max(0.0 if abroad else _DISTINCT_M, a.radius_m, b.radius_m)


def holds(vague: Location, precise: Location) -> bool:
    """Whether a vague place (sector, district, province, country, part of one) holds the point of another."""
    return _may_hold(vague) and _holds(vague, precise, metres_apart(vague, precise))


def _may_hold(vague: Location) -> bool:
    return vague.precision in _HOLDERS or coarseness(vague) >= _SIZED


def _holds(vague: Location, precise: Location, metres: float) -> bool:
    if _beside(vague, precise):
        return False
    if vague.precision is PrecisionClass.COUNTRY:
        return vague.country is not None and vague.country == precise.country
    if metres <= vague.radius_m:
        return True
    if vague.region is not None:
        return bool(shapely.intersects_xy(vague.region, precise.lon, precise.lat))
    if vague.precision is PrecisionClass.PART_OF_COUNTRY:
        return vague.country is not None and vague.country == precise.country
    return False


def _beside(province: Location, other: Location) -> bool:
    """Whether a place is known to lie in another province than one whose circle may reach it."""
    named = province.feature_code == "ADM1" and None not in (province.admin1, other.admin1)
    return named and province.country == other.country and province.admin1 != other.admin1


def near(a: Location | None, b: Location | None) -> bool:
    """Whether two places can be one: close, or one inside the other; unknown meets anything."""
    if a is None or b is None:
        return True
    metres = metres_apart(a, b)
    if metres <= NEAR_M:
        return True
    if metres <= min(max(a.radius_m, b.radius_m), _REACH_M) and not (_beside(a, b) or _beside(b, a)):
        return True
    if (_may_hold(a) and _holds(a, b, metres)) or (_may_hold(b) and _holds(b, a, metres)):
        return True
    # "Near Sirte" and "150 miles from Sirte" are two descriptions when one is measured from the other.
    return any(from_anchor(x, y) and y.method == "relative" for x, y in ((a, b), (b, a)))

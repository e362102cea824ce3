"""How two locations compare: which is vaguer, whether one holds the other, whether they can be one place."""

from __future__ import annotations

from shapely.geometry import Point

from mapper.gazetteer import metres_between
from mapper.model import Location, PrecisionClass

NEAR_M = 25_000.0
_ORDER = (
    PrecisionClass.EXACT,
    PrecisionClass.VICINITY,
    PrecisionClass.DISTRICT,
    PrecisionClass.SECTOR,
    PrecisionClass.CORRIDOR,
    PrecisionClass.PROVINCE,
    PrecisionClass.SEA,
    PrecisionClass.PART_OF_COUNTRY,
    PrecisionClass.COUNTRY,
)
_VAGUE_FROM = _ORDER.index(PrecisionClass.DISTRICT)
_UNMEASURED = frozenset({PrecisionClass.COUNTRY, PrecisionClass.PART_OF_COUNTRY, PrecisionClass.PROVINCE})
# Coarseness from which a place only says in which part of the world something happened.
VAGUE = _ORDER.index(PrecisionClass.CORRIDOR)
PART, COUNTRY, NOWHERE = 7, 8, len(_ORDER)


def coarseness(where: Location | None) -> int:
    """0 for an exact place, more for vaguer ones; coordinates and measured offsets are below 0."""
    if where is None:
        return NOWHERE
    if where.method == "coordinates":
        return -2
    if where.method == "relative" and where.precision not in _UNMEASURED and measured(where):
        return -1
    return _ORDER.index(where.precision)


def measured(where: Location) -> bool:
    """Whether an offset was given in figures: its point lies well off the anchor."""
    return where.anchor is not None and metres_between(where.lat, where.lon, *where.anchor) > 1000


def metres_apart(a: Location, b: Location) -> float:
    """Metres between the points of two locations."""
    return metres_between(a.lat, a.lon, b.lat, b.lon)


def holds(vague: Location, precise: Location) -> bool:
    """Whether a vague place (district, province, country, part of one) holds the point of a precise one."""
    if _ORDER.index(vague.precision) < _VAGUE_FROM:
        return False
    if vague.precision is PrecisionClass.COUNTRY:
        return vague.country is not None and vague.country == precise.country
    if metres_apart(vague, precise) <= vague.radius_m:
        return True
    if vague.region is not None:
        return bool(vague.region.covers(Point(precise.lon, precise.lat)))
    if vague.precision is PrecisionClass.PART_OF_COUNTRY:
        return vague.country is not None and vague.country == precise.country
    return False


def near(a: Location | None, b: Location | None) -> bool:
    """Whether two places can be one: close, or one inside the other; unknown meets anything."""
    if a is None or b is None:
        return True
    limit = max(NEAR_M, *(min(x.radius_m, 60_000.0) for x in (a, b)))
    if metres_apart(a, b) <= limit:
        return True
    # "Near Sirte" and "150 miles from Sirte" are two descriptions when one is measured from the other.
    for x, y in ((a, b), (b, a)):
        if x.anchor and measured(x) and metres_between(*x.anchor, y.lat, y.lon) <= max(NEAR_M, y.radius_m):
            return y.method == "relative"
    return holds(a, b) or holds(b, a)

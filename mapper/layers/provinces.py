"""The first-order units in which events lie, with their polygons: what the page shades by province."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from mapper.gazetteer import Gazetteer
from mapper.model import Event, Place, PrecisionClass

Unit = tuple[Place, BaseGeometry]
# Known only as more than a province: in none.
_ROUGH = (PrecisionClass.COUNTRY, PrecisionClass.PART_OF_COUNTRY, PrecisionClass.SEA)
_MANY_POINTS = 20_000
_MANY_UNITS = 600


def _points(events: Iterable[Event]) -> list[tuple[float, float] | None]:
    """(lat, lon) of each event that is known to a province or better."""
    return [(p.lat, p.lon) if (p := e.location) and p.precision not in _ROUGH else None for e in events]


def units_of(events: Sequence[Event], gazetteer: Gazetteer) -> tuple[Unit, ...]:
    """The units that hold an event, in the order of their names; none when there are more than a page can carry."""
    points = {p for p in _points(events) if p}
    if len(points) > _MANY_POINTS:
        return ()
    names = {(country, unit) for country, unit, _ in (gazetteer.containing(*p) for p in points) if country and unit}
    if len(names) > _MANY_UNITS:
        return ()
    found = [p for country, unit in sorted(names) if (p := gazetteer.admin1_place(country, unit))]
    return tuple((place, area) for place in found if (area := gazetteer.area(place)) is not None)


def unit_numbers(events: Sequence[Event], units: Sequence[Unit]) -> list[int]:
    """For each event the number of its unit, counted from 1; 0 for none."""
    points = _points(events)
    numbers = np.zeros(len(points), int)
    there = np.array([k for k, p in enumerate(points) if p], int)
    if units and len(there):
        tree = shapely.STRtree([area for _, area in units])
        dots = shapely.points([(p[1], p[0]) for p in points if p])
        of_dot, of_unit = tree.query(dots, predicate="intersects")
        numbers[there[of_dot]] = of_unit + 1
    return [int(n) for n in numbers]

"""What is filtered, sorted and drawn: columns of integers, each group of them as its different rows.

Events share places, kinds, dates and tolls; a group is sent as its different rows, column by column, and a row number
for each event. Bytes of equal weight lie side by side, which packs better than whole numbers do.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from mapper.actors import name_in
from mapper.model import Event, Location, PrecisionClass

NONE = -(2**31)  # no position, no date, no count: no value of ours comes near it
_EPOCH = dt.date(1970, 1, 1).toordinal()
_ID = re.compile("[0-9a-f]+")
# A region within this share of the disc of its radius is sent as the disc.
_ROUND = 0.08

Group = tuple[tuple[str, ...], list[tuple[int, ...]]]


class Table:
    """Strings (or lists of them) by number, in order of first use; number 0 is "none"."""

    def __init__(self) -> None:
        self.values: list[Any] = [None]
        self._numbers: dict[Any, int] = {None: 0}

    def number(self, value: Any) -> int:
        """The number of ``value``; None and the empty string are 0."""
        if not value:
            return 0
        found = self._numbers.get(value)
        if found is None:
            found = self._numbers[value] = len(self.values)
            self.values.append(value)
        return found


class Tables(dict[str, Table]):
    """Tables by name, each made when it is first asked for."""

    def __missing__(self, name: str) -> Table:
        made = self[name] = Table()
        return made


def day(date: dt.date | None) -> int:
    """Days since 1970, or ``NONE``."""
    return date.toordinal() - _EPOCH if date else NONE


def _count(value: int | None) -> int:
    return NONE if value is None else min(value, 2**31 - 1)


def rings(shape: BaseGeometry) -> list[list[list[int]]]:
    """Rings of ``shape`` in 1/10,000 degree, simplified to what can be seen at its own size."""
    west, south, east, north = shape.bounds
    simple = shape.simplify(max(east - west, north - south) / 150)
    out = []
    for part in shapely.get_parts(simple):
        if part.geom_type == "Polygon" and not part.is_empty:
            for ring in (part.exterior, *part.interiors):
                out.append([[round(x * 10_000), round(y * 10_000)] for x, y in ring.coords])
    return out


def _is_disc(shape: BaseGeometry, lat: float, lon: float, radius_m: float) -> bool:
    """Whether the disc of ``radius_m`` around the point says the same as ``shape``."""
    metres = 111_320.0
    narrow = max(math.cos(math.radians(lat)), 0.01)
    area = shape.area * metres * metres * narrow
    disc = math.pi * radius_m * radius_m
    centre = shape.centroid
    off = math.hypot((centre.x - lon) * narrow, centre.y - lat) * metres
    return abs(area - disc) <= _ROUND * disc and off <= _ROUND * radius_m


def _regions(events: Sequence[Event]) -> tuple[list[int], list[list[list[list[int]]]]]:
    """For each event the number of its region (0: the disc of its radius), and the regions, each once."""
    numbers, found, seen = [], [[]], {}  # type: ignore[var-annotated]
    of_shape: dict[int, int] = {}  # one geometry shared by many events is looked at once
    for event in events:
        where = event.location
        if where is None or where.region is None or where.region.is_empty:
            numbers.append(0)
            continue
        number = of_shape.get(id(where.region))
        if number is None:
            key = (where.region.wkb, where.lat, where.lon, where.radius_m)
            number = seen.get(key)
            if number is None:
                number = 0
                if not _is_disc(where.region, where.lat, where.lon, where.radius_m):
                    drawn = rings(where.region)
                    number = len(found) if drawn else 0
                    found += [drawn] if drawn else []
                seen[key] = number
            of_shape[id(where.region)] = number
        numbers.append(number)
    return numbers, found


def _groups(events: Sequence[Event], tables: Tables, units: Sequence[int], language: str) -> dict[str, Group]:
    """Group → (names of its columns, one row of integers an event)."""
    places = [e.location for e in events]
    regions, tables["rings"].values = _regions(events)
    classes = {p: n + 1 for n, p in enumerate(PrecisionClass)}

    def named(table: str, value: Any) -> int:
        return tables[table].number(value)

    def where(p: Location | None, region: int) -> tuple[int, ...]:
        if p is None:
            return (NONE, NONE, NONE, NONE, NONE, 0, 0, 0, 0, 0, 0, 0, 0)
        anchor = (round(p.anchor[0] * 1e6), round(p.anchor[1] * 1e6)) if p.anchor else (NONE, NONE)
        return (
            round(p.lat * 1e6), round(p.lon * 1e6), *anchor, min(round(p.radius_m), 2**31 - 1), region,
            classes[p.precision], named("place", p.name), named("country", p.country),
            named("countryName", p.country_name), named("admin1", p.admin1), named("method", p.method),
            round(100 * min(max(p.confidence, 0), 1)),
        )  # fmt: skip

    def people(e: Event) -> int:
        return named(
            "actors", tuple(named("actor", (name_in(a, language), a.role, a.kind or "", a.id or "")) for a in e.actors)
        )

    def said(e: Event) -> int:
        return named("sources", tuple(dict.fromkeys(named("source", c.source) for c in e.claims)))

    return {
        "where": (
            ("lat", "lon", "anchorLat", "anchorLon", "radius", "region", "precision", "place", "country",
             "countryName", "admin1", "method", "placeConfidence"),
            [where(p, r) for p, r in zip(places, regions, strict=True)],
        ),
        "when": (
            ("start", "end", "datePrecision"),
            [(day(d.start), day(d.end), d.precision) if (d := e.date) else (NONE, NONE, 0) for e in events],
        ),
        "kind": (
            ("type", "subtype", "status", "background", "weapon"),
            [
                (named("type", e.event_type), named("subtype", e.sub_event_type), named("status", e.status),
                 int(e.background), named("weapon", e.weapon))
                for e in events
            ],
        ),
        "toll": (
            ("killed", "killedLow", "killedHigh", "injured"),
            [tuple(map(_count, (e.fatalities, e.fatalities_low, e.fatalities_high, e.injured))) for e in events],
        ),
        "actors": (("actors",), [(people(e),) for e in events]),
        "origin": (("sources", "language"), [(said(e), named("language", e.claims[0].language)) for e in events]),
        "unit": (("unit",), [(number,) for number in units]),
        "confidence": (("confidence",), [(round(100 * min(max(e.confidence, 0), 1)),) for e in events]),
    }  # fmt: skip


def _grouped(rows: Iterable[tuple[int, ...]]) -> tuple[list[int], list[tuple[int, ...]]]:
    """For each row its number, and the different rows."""
    numbers: dict[tuple[int, ...], int] = {}
    index = [numbers.setdefault(row, len(numbers)) for row in rows]
    return index, list(numbers)


def by_weight(numbers: np.ndarray[Any, Any]) -> bytes:
    """Integers of 32 bits as four rows of bytes, the lowest bytes first."""
    return np.ascontiguousarray(numbers, "<i4").view("u1").reshape(-1, 4).T.tobytes()


def columns(
    events: Sequence[Event], tables: Tables, units: Sequence[int], language: str = "en"
) -> tuple[list[Any], bytes]:
    """The layout ([group, names, rows] each) and the numbers: the different rows by column, then row numbers.

    ``units`` are the numbers of the events' first-order units, 0 for none.
    """
    layout: list[Any] = []
    parts: list[bytes] = []
    for group, (names, rows) in _groups(events, tables, units, language).items():
        index, different = _grouped(rows)
        table = np.array(different, "<i4").reshape(len(different), len(names))
        layout.append([group, list(names), len(different)])
        parts += [by_weight(table[:, n]) for n in range(len(names))]
        parts.append(by_weight(np.array(index, "<i4")))
    return layout, b"".join(parts)


def ids(events: Sequence[Event]) -> tuple[int, bytes]:
    """Ids that are hexadecimal digits, of one even length: (bytes an id, the bytes); else (0, nothing)."""
    length = len(events[0].id) if events else 0
    if length % 2 or not all(len(e.id) == length and _ID.fullmatch(e.id) for e in events):
        return 0, b""
    return length // 2, bytes.fromhex("".join(e.id for e in events))

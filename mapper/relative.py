"""Relative places: "150 miles southeast of Sirte" to a point, a region and the steps in words.

``grammar`` reads the words, ``regions`` draws the shapes; this module joins them and holds the
measured widths. Distances in metres, angles in degrees.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from mapper import grammar, regions, relative_words
from mapper.language import codes, identify
from mapper.model import Location, Mention, Place, PrecisionClass, Relative


class Areas(Protocol):
    """What ``locate`` asks of a gazetteer."""

    def area(self, place: Place) -> BaseGeometry | None: ...
    def country(self, code: str) -> Place: ...
    def admin1_place(self, country: str, name: str) -> Place | None: ...
    def land(self, west: float, south: float, east: float, north: float) -> BaseGeometry: ...


@dataclass(frozen=True, slots=True)
class Band:
    """The 90 % wedge for a stated distance up to ``limit`` metres: radii as shares of it, half-angles."""

    limit: float
    inner: float
    outer: float
    cardinal: float
    intercardinal: float
    half_wind: float
    point: float


# Fitted on encyclopaedic statements with known truth; stated distances beyond 10 km are mostly by road.
BANDS = (
    Band(10_000, 0.72, 1.25, 32, 29, 22, 1.0),
    Band(50_000, 0.75, 1.10, 36, 33, 22, 0.95),
    Band(200_000, 0.62, 1.04, 38, 33, 22, 0.87),
    Band(math.inf, 0.60, 1.04, 34, 31, 22, 0.84),
)
# Military, maritime and aviation statements are straight lines: the nominal point stands.
AIR = Band(math.inf, 0.90, 1.10, 30, 30, 20, 1.0)
ROAD = Band(math.inf, 0.60, 0.98, 38, 33, 22, 0.78)
# A machine writes whole kilometres and the exact sixteenth of the compass.
MACHINE = Band(math.inf, 1.0, 1.0, 11.25, 11.25, 11.25, 1.0)
_AIR_UNITS = ("mi", "nmi")
_AIR_FROM = 80_000.0
_AIR_RADIUS = 5_000.0
_AREAS = (PrecisionClass.COUNTRY, PrecisionClass.PROVINCE, PrecisionClass.DISTRICT, PrecisionClass.PART_OF_COUNTRY)
_INSIDE, _CENTRAL = 0.35, 0.45
_TERRITORIAL_SEA, _CONTIGUOUS = 22_224.0, 44_448.0


def find(text: str, language: str, names: Sequence[tuple[int, int]]) -> list[Mention]:
    """The relative places of ``text`` that lean on ``names`` (spans) or on "the city", "the country" …

    A mention runs from its first grammar word to the end of its anchor. Role is gloss where it only
    explains the name before it.
    """
    if not relative_words.speaks(language):
        return []
    return [
        Mention(f.start, f.end, text[f.start : f.end], "relative", language, 0.9, f.relative.rule, f.role, f.relative)
        for f in grammar.search(text, language, names)
    ]


def parse(phrase: str, language: str | None = None) -> tuple[Relative, str] | None:
    """Read a whole phrase; its anchor is whatever the grammar leaves over. None if it is not relative.

    >>> relative, language = parse("150 miles southeast of Sirte")
    >>> relative.relation, round(relative.distance_m[1]), relative.bearing, relative.anchors[0][2]
    ('offset', 241402, 135.0, 'Sirte')
    """
    first = language or identify(phrase)
    for code in dict.fromkeys([first, *(codes() if language is None else [])]):
        if not relative_words.speaks(code):
            continue
        spans = grammar.candidates(phrase, code)
        found = grammar.search(phrase, code, spans)
        # Another language than the phrase's own is believed only when it reads a distance.
        found = [f for f in found if code == first or f.relative.distance_m is not None]
        if found:
            best = max(found, key=lambda f: (f.relative.distance_m is not None, len(f.relative.anchors), -f.start))
            return best.relative, code
    return None


def _place(anchor: Location, gazetteer: Areas | None) -> Place | None:
    if anchor.candidates:
        return anchor.candidates[0].place
    if gazetteer is None or anchor.country is None:
        return None
    if anchor.precision is PrecisionClass.COUNTRY:
        return gazetteer.country(anchor.country)
    if anchor.precision is PrecisionClass.PROVINCE:
        return gazetteer.admin1_place(anchor.country, anchor.admin1 or anchor.name)
    return None


def _area(anchor: Location, gazetteer: Areas | None) -> BaseGeometry | None:
    """The polygon of an anchor that is an area; None for points."""
    if anchor.precision not in _AREAS:
        return None
    place = _place(anchor, gazetteer)
    shape = gazetteer.area(place) if gazetteer is not None and place is not None else None
    shape = shape if shape is not None else anchor.region
    return shape if shape is not None and shape.area > 0 else None


def _population(anchor: Location) -> int:
    if anchor.candidates:
        return anchor.candidates[0].place.population
    return int(math.pi * 4000 * (anchor.radius_m / 1000) ** 2)


def band(relative: Relative, kind: str) -> Band:
    """The widths for an offset: by air, by road, machine-made, or by the band of its distance."""
    distance = relative.distance_m[1] if relative.distance_m else 0.0
    unit = relative.rule.rsplit(".", 1)[-1]
    if kind == "machine":
        return MACHINE
    if relative.travel == "air" or kind in ("military", "maritime") or unit == "nmi":
        return AIR
    if relative.travel == "road":
        return ROAD
    if kind == "news" and unit in _AIR_UNITS and distance >= _AIR_FROM:
        return AIR
    return next(b for b in BANDS if distance <= b.limit)


@dataclass(slots=True)
class _Draft:
    """A location in the making."""

    lat: float
    lon: float
    region: BaseGeometry
    precision: PrecisionClass
    steps: list[str]
    confidence: float = 0.6
    sea: bool = False
    point_fixed: bool = False


def _name(anchor: Location) -> str:
    return anchor.name or anchor.place_in_report


def _km(metres: float) -> str:
    return f"{metres / 1000:.4g} km"


def _offset(r: Relative, a: Location, kind: str) -> _Draft:
    low, best, high = r.distance_m or (0.0, 0.0, 0.0)
    azimuth = r.bearing or 0.0
    b = band(r, kind)
    unit = r.rule.rsplit(".", 1)[-1]
    share = 1.0 if unit in _AIR_UNITS and r.travel != "road" else b.point
    lat, lon = regions.direct(a.lat, a.lon, azimuth, best * share)
    nominal = regions.direct(a.lat, a.lon, azimuth, best)
    extent = _AIR_RADIUS if b is AIR else 1000.0 if b is MACHINE else min(a.radius_m, 10_000.0, 0.5 * best)
    half = {4: b.cardinal, 8: b.intercardinal}.get(r.winds, b.half_wind)
    inner, outer = max(0.0, b.inner * low - extent), b.outer * high + extent
    if extent > 0.25 * best:
        half = min(90.0, half + math.degrees(math.asin(min(1.0, extent / max(best, extent)))) / 2)
    steps = [
        f"geodesic: {_km(best)} at azimuth {azimuth:g}° on WGS84 is {nominal[0]:.5f}, {nominal[1]:.5f}",
        f"region: wedge {_km(inner)} to {_km(outer)}, {azimuth:g}° ± {half:.3g}°, for 9 in 10 such statements",
    ]
    if share != 1.0:
        steps.insert(
            1,
            f"shrink: stated distances of this size are mostly by road; point at {share:g} of it, {lat:.5f}, {lon:.5f}",
        )
    precision = PrecisionClass.VICINITY if best <= 25_000 else PrecisionClass.SECTOR
    return _Draft(lat, lon, regions.wedge(a.lat, a.lon, azimuth, half, inner, outer), precision, steps, 0.7)


def _distance_only(r: Relative, a: Location) -> _Draft:
    low, best, high = r.distance_m or (0.0, 0.0, 0.0)
    inner = 0.0 if low == 0 else max(0.0, 0.55 * low - a.radius_m)
    outer = (1.0 if low == 0 else 1.10) * high + a.radius_m
    region = regions.ring(a.lat, a.lon, inner, outer)
    steps = [
        f"region: {'ring' if inner else 'disc'} {_km(inner)} to {_km(outer)} around the anchor; no direction is given"
    ]
    precision = PrecisionClass.VICINITY if best <= 25_000 else PrecisionClass.SECTOR
    return _Draft(a.lat, a.lon, region, precision, steps, 0.5, point_fixed=True)


def _inside(r: Relative, a: Location, area: BaseGeometry | None) -> _Draft:
    share = _CENTRAL if r.bearing is None else _INSIDE
    precision = PrecisionClass.DISTRICT if a.precision is PrecisionClass.DISTRICT else PrecisionClass.PART_OF_COUNTRY
    way = "most central" if r.bearing is None else f"outermost towards {r.bearing:g}°"
    if area is None:
        if r.bearing is None:
            region = regions.disc(a.lat, a.lon, a.radius_m)
        else:
            region = regions.wedge(a.lat, a.lon, r.bearing, 60, 0, max(a.radius_m, 5000.0))
        steps = [f"region: no outline is known; the part of its {_km(a.radius_m)} circle"]
    else:
        region = regions.part_of(area, r.bearing, share)
        steps = [f"region: the {share:.0%} of its area that is {way}"]
    centre = region.centroid if region.contains(region.centroid) else region.representative_point()
    steps.append(f"point: middle of the region, {centre.y:.5f}, {centre.x:.5f}")
    return _Draft(centre.y, centre.x, region, precision, steps, 0.6)


def _direction_only(r: Relative, a: Location) -> _Draft:
    big = _population(a) > 500_000
    reach, usual = (90_000.0, 26_000.0) if big else (65_000.0, 13_000.0)
    azimuth = r.bearing or 0.0
    lat, lon = regions.direct(a.lat, a.lon, azimuth, usual)
    region = regions.wedge(a.lat, a.lon, azimuth, 55, 0, reach)
    if r.relation == "inside_direction":
        # "east Aleppo" may also be a part of the town itself.
        region = regions.tidy(region.union(regions.disc(a.lat, a.lon, max(a.radius_m, 3000.0))))
    steps = [
        f"region: no distance is given; wedge {azimuth:g}° ± 55° out to {_km(reach)}",
        f"point: the usual {_km(usual)}, {lat:.5f}, {lon:.5f}",
    ]
    return _Draft(lat, lon, region, PrecisionClass.VICINITY, steps, 0.5)


def _near(r: Relative, a: Location) -> _Draft:
    size = _population(a)
    said = "near" if r.relation == "near" else "on the outskirts of"
    near = (30_000.0, 40_000.0, 55_000.0) if r.relation == "near" else (10_000.0, 15_000.0, 24_000.0)
    radius = near[0] if size < 50_000 else near[1] if size < 500_000 else near[2]
    if r.bearing is not None and r.relation == "outskirts":
        lat, lon = regions.direct(a.lat, a.lon, r.bearing, radius / 3)
        half = regions.wedge(a.lat, a.lon, r.bearing, 60, 0, max(radius, a.radius_m))
        steps = [f"region: {r.bearing:g}° ± 60° out to {_km(radius)}", f"point: a third of that, {lat:.5f}, {lon:.5f}"]
        return _Draft(lat, lon, half, PrecisionClass.VICINITY, steps, 0.6)
    steps = [f"region: {_km(radius)} around it holds 9 in 10 places said to be {said} a place of its size"]
    return _Draft(
        a.lat,
        a.lon,
        regions.disc(a.lat, a.lon, max(radius, a.radius_m)),
        PrecisionClass.VICINITY,
        steps,
        0.6,
        point_fixed=True,
    )


def _between(r: Relative, a: Location, b: Location) -> _Draft:
    length, azimuth = regions.inverse(a.lat, a.lon, b.lat, b.lon)
    lat, lon = regions.direct(a.lat, a.lon, azimuth, length / 2)
    if length < 500:
        return _Draft(
            lat, lon, regions.disc(lat, lon, 3000.0), PrecisionClass.VICINITY, ["region: both ends are one place"], 0.4
        )
    if r.relation == "along" and r.distance_m is not None:
        along = min(0.9 * r.distance_m[1], length)
        lat, lon = regions.direct(a.lat, a.lon, azimuth, along)
        spot = regions.disc(lat, lon, max(4000.0, 0.25 * along))
        steps = [f"geodesic: {_km(along)} from {_name(a)} towards {_name(b)}, {lat:.5f}, {lon:.5f}"]
        return _Draft(lat, lon, spot, PrecisionClass.VICINITY if along <= 25_000 else PrecisionClass.CORRIDOR, steps)
    width = max(5000.0, 0.15 * length) if r.relation == "along" else max(3000.0, 0.25 * length)
    cut = 0.0 if r.relation == "along" else 0.1
    region = regions.corridor((a.lat, a.lon), (b.lat, b.lon), width, cut)
    steps = [
        f"geodesic: {_km(length)} from {_name(a)} to {_name(b)}, midpoint {lat:.5f}, {lon:.5f}",
        f"region: strip of {_km(width)} to each side",
    ]
    precision = PrecisionClass.CORRIDOR if length > 25_000 else PrecisionClass.VICINITY
    return _Draft(lat, lon, region, precision, steps, 0.6)


def _border(a: Location, b: Location, gazetteer: Areas | None) -> _Draft:
    first, second = _area(a, gazetteer), _area(b, gazetteer)
    strip = regions.line_between(first, second, 20_000.0) if first is not None and second is not None else None
    if strip is None:
        return _between(Relative("between", ()), a, b)
    p = strip.representative_point()
    return _Draft(
        p.y, p.x, strip, PrecisionClass.PART_OF_COUNTRY, ["region: 20 km to each side of the common border"], 0.5
    )


def _offshore(r: Relative, a: Location, gazetteer: Areas | None) -> _Draft:
    _, best, high = r.distance_m or (_TERRITORIAL_SEA / 4, _TERRITORIAL_SEA, _CONTIGUOUS)
    area = _area(a, gazetteer)
    outer = 1.15 * high + (a.radius_m if area is None else 0.0)
    said = f"region: out to {_km(outer)} of the shore" + (
        "" if r.distance_m else " (12 to 24 nautical miles by convention)"
    )
    if area is not None and gazetteer is not None:
        around = area.simplify(0.05).buffer(outer / 100_000)
        near = gazetteer.land(*around.bounds)
        region = around.difference(near)
        if not region.is_empty:
            region = regions.tidy(region)
            p = region.representative_point()
            return _Draft(p.y, p.x, region, PrecisionClass.SEA, [said, "clip: less the land"], 0.4, sea=True)
    lat, lon = a.lat, a.lon
    region = regions.disc(a.lat, a.lon, outer)
    if r.bearing is not None:
        lat, lon = regions.direct(a.lat, a.lon, r.bearing, best)
        region = regions.wedge(a.lat, a.lon, r.bearing, 45, 0, outer)
    steps = [said]
    if gazetteer is not None:
        near = gazetteer.land(*regions.disc(a.lat, a.lon, outer + 60_000).bounds)
        # With a distance, the strip right at the shore is out too.
        shore = near.simplify(0.005).buffer(0.6 * best / 111_000) if r.distance_m else near
        sea = region.difference(shore)
        if not sea.is_empty and sea.area > 0.02 * region.area:
            region = regions.tidy(sea)
            steps.append("clip: less the land")
        if r.bearing is None:
            ways = [regions.direct(a.lat, a.lon, float(t), best) for t in range(0, 360, 10)]
            lat, lon = max(ways, key=lambda p: near.distance(Point(p[1], p[0])))
            steps.append(f"point: {_km(best)} out, away from the shore, {lat:.5f}, {lon:.5f}")
    return _Draft(lat, lon, region, PrecisionClass.SEA, steps, 0.5, sea=True)


def _travel(r: Relative, a: Location) -> _Draft:
    low, best, high = r.distance_m or (0.0, 0.0, 0.0)
    steps = [f"region: {_km(low)} to {_km(high)} by usual speeds; a travel time says little"]
    if r.bearing is None:
        return _Draft(
            a.lat, a.lon, regions.ring(a.lat, a.lon, low, high), PrecisionClass.SECTOR, steps, 0.3, point_fixed=True
        )
    lat, lon = regions.direct(a.lat, a.lon, r.bearing, best)
    return _Draft(lat, lon, regions.wedge(a.lat, a.lon, r.bearing, 45, low, high), PrecisionClass.SECTOR, steps, 0.35)


def _draw(r: Relative, anchors: Sequence[Location], gazetteer: Areas | None, kind: str) -> _Draft:
    a = anchors[0]
    if r.relation in ("between", "along", "border") and len(anchors) > 1:
        return _border(a, anchors[1], gazetteer) if r.relation == "border" else _between(r, a, anchors[1])
    if r.relation == "offshore":
        return _offshore(r, a, gazetteer)
    if r.relation == "travel_time":
        return _travel(r, a)
    if r.distance_m is not None and r.bearing is not None:
        return _offset(r, a, kind)
    if r.distance_m is not None:
        return _distance_only(r, a)
    if r.relation in ("inside_direction", "direction_only"):
        # The anchor decides: part of an area, but outside a town.
        if a.precision in _AREAS:
            return _inside(r, a, _area(a, gazetteer))
        if r.bearing is None:
            radius = max(a.radius_m, 3000.0)
            return _Draft(
                a.lat,
                a.lon,
                regions.disc(a.lat, a.lon, radius),
                PrecisionClass.EXACT,
                ["region: the town's own circle"],
                0.6,
            )
        return _direction_only(r, a)
    return _near(r, a)


def locate(
    relative: Relative,
    anchors: Sequence[Location],
    gazetteer: Areas | None = None,
    *,
    country: str | None = None,
    surface: str = "",
    kind: str = "news",
) -> Location:
    """Where a relative expression is, given the locations of its anchors (at least one).

    ``country`` clips to that country (ISO 3166 alpha-2) when at least a twentieth of the region lies
    in it. ``kind`` is news, encyclopaedic, military, maritime or machine.
    """
    if not anchors:
        raise ValueError("a relative place needs at least one anchor")
    a = anchors[0]
    steps = [
        f"parse: {relative.relation}" + "".join(f", {t}" for t in (relative.distance_text, relative.bearing_text) if t)
    ]
    steps += [f"anchor: {_name(x)} at {x.lat:.5f}, {x.lon:.5f}" for x in anchors]
    draft = _draw(relative, anchors, gazetteer, kind)
    steps += draft.steps
    if gazetteer is not None and not draft.sea and draft.precision is not PrecisionClass.SEA:
        _clip(draft, gazetteer, country, steps)
    point = Point(draft.lon, draft.lat)
    if not draft.point_fixed and not draft.region.covers(point):
        near = nearest_points(draft.region, point)[0]
        if regions.inverse(draft.lat, draft.lon, near.y, near.x)[0] > 1.0:
            draft.lat, draft.lon = near.y, near.x
            steps.append(f"point: moved to the nearest part of the region, {near.y:.5f}, {near.x:.5f}")
    return Location(
        lat=draft.lat,
        lon=draft.lon,
        radius_m=round(regions.reach(draft.lat, draft.lon, draft.region)),
        precision=draft.precision,
        method="relative",
        place_in_report=surface,
        name=surface or f"{relative.relation} {_name(a)}",
        region=draft.region,
        place_id=None,
        country=a.country,
        country_name=a.country_name,
        admin1=a.admin1 if relative.relation in ("near", "outskirts") else None,
        confidence=round(draft.confidence * min(x.confidence for x in anchors) / 0.7, 3)
        if anchors
        else draft.confidence,
        chain=tuple(steps),
        anchor=(a.lat, a.lon),
    )


def _clip(draft: _Draft, gazetteer: Areas, country: str | None, steps: list[str]) -> None:
    west, south, east, north = draft.region.bounds
    whole = gazetteer.area(gazetteer.country(country)) if country is not None else None
    if whole is not None:
        shapely.prepare(whole)  # most regions lie well inside their country: asking that is cheap, cutting is not
        if whole.covers(draft.region):
            return
    masks: list[tuple[str, Any]] = [("land", lambda: gazetteer.land(west - 0.2, south - 0.2, east + 0.2, north + 0.2))]
    if country is not None:
        masks.append((f"country {country}", lambda: whole))
    for name, mask in masks:
        shape = mask()
        if shape is None:
            continue
        draft.region, share = regions.clip(draft.region, shape)
        if share < 0.05:
            steps.append(f"conflict: less than 5 % of the region lies in {name}; not clipped")
        elif share < 0.9999:
            steps.append(f"clip: {share:.0%} of the region lies in {name}")


def shifted(location: Location, steps: Sequence[str]) -> Location:
    """``location`` with ``steps`` before its own chain: for an anchor that was itself computed."""
    return replace(location, chain=(*steps, *location.chain))

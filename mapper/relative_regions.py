"""One region a relation: what "20 km south of", "near", "between" or "northern" draw on the map.

Each function takes a ``Scene`` and returns a ``Draft``: point, region, precision and the steps in words.
Distances in metres, angles in degrees.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache

import numpy as np
import shapely
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from mapper import regions
from mapper import relative_bands as bands
from mapper.model import PrecisionClass, Relative
from mapper.relative_guess import Settled, Sought, middle
from mapper.relative_scene import AREAS, Draft, Scene, Whole, area_of, km, name_of, near_or, people_of

_TERRITORIAL_SEA, _CONTIGUOUS = 22_224.0, 44_448.0
_LONELY = (math.log(30.0), math.log(8.0))  # usual surroundings, where no gazetteer tells
_FEWEST = 4
_BORDER_M = 20_000.0
_EVEN = 0.6  # in a whole region every town counts more alike than off one
# How likely a place is by the share of the area that lies farther out than it, and by its bearing from the middle:
# of 1,223 statements half were within 0.10 and 18 degrees, nine tenths within 0.33 and 56. On them these widths bring
# the best guess from 93 to 85 km (163 to 146 in countries of more than 250,000 square kilometres).
_OUT, _OUT_SOFT, _TURN = 0.2, 0.07, 38.0
_CENTRAL, _CENTRAL_SOFT = 0.44, 0.08
_TOWN_M = 2_500.0


def offset(s: Scene) -> Draft:
    """A distance and a bearing: the wedge, and in it the best guess."""
    r, a = s.relative, s.first
    low, best, high = r.distance_m or (0.0, 0.0, 0.0)
    azimuth = r.bearing or 0.0
    width = bands.width(r, s.kind)
    start, about, moved = _start(s, azimuth)
    shift = width.shift
    # An anchor that is itself uncertain makes the wedge so much larger.
    extent = width.margin + (about if a.precision is not PrecisionClass.EXACT else 0.0)
    if width.spread is not None:
        # Where in a town one starts to count, and which of its coordinates a gazetteer holds.
        extent += min(_TOWN_M, 0.1 * best)
    inner, outer = max(0.0, width.inner * low - extent), width.outer * (high + 2 * shift) + extent
    half = width.half
    if extent > 0.25 * best:
        half = min(90.0, half + math.degrees(math.asin(min(1.0, extent / max(best, extent)))) / 2)
    elif width.name == "seismic":
        half += math.degrees(math.asin(min(1.0, width.margin / max(best, width.margin)))) / 2
    region, ((lat, lon), usual) = regions.wedge_and_points(
        *start, azimuth, half, inner, outer, best + shift, best * width.point
    )
    steps = [
        *moved,
        f"geodesic: {km(best + shift)} at azimuth {azimuth:g}° on WGS84 is {lat:.5f}, {lon:.5f}",
        f"region: wedge {km(inner)} to {km(outer)}, {azimuth:g}° ± {half:.3g}°, for 9 in 10 such statements"
        f" ({width.name})",
    ]
    if width.point != 1.0:
        lat, lon = usual
        steps.append(f"point: at {width.point:g} of the distance, the usual share of it, {lat:.5f}, {lon:.5f}")
    sought = None
    if width.spread is not None and s.settled is not None:
        sought = Sought(s.settled, start, azimuth, best, width.spread, (lat, lon), s.home)
    mask = {"maritime": "sea", "seismic": ""}.get(width.name, "land")
    return Draft(lat, lon, region, near_or(PrecisionClass.SECTOR, best), steps, 0.7, mask, sought=sought)


def _start(s: Scene, azimuth: float) -> tuple[tuple[float, float], float, list[str]]:
    """Where an offset starts, how uncertain that is, and the step: off a country it starts at the border."""
    a = s.first
    area = area_of(a) if a.precision is PrecisionClass.COUNTRY else None
    if area is None:
        return (a.lat, a.lon), a.radius_m, []
    middle_ = area.representative_point()
    far = regions.direct(middle_.y, middle_.x, azimuth, regions.reach(middle_.y, middle_.x, area) * 1.1)
    ray = LineString([(middle_.x, middle_.y), (far[1], far[0])]).intersection(area.boundary)
    if ray.is_empty:
        return (a.lat, a.lon), a.radius_m, []
    points = shapely.get_coordinates(ray)
    away = np.hypot(points[:, 0] - middle_.x, points[:, 1] - middle_.y)
    x, y = points[int(np.argmax(away))]
    wide = 0.25 * math.sqrt(regions.area_km2(area)) * 1000
    step = f"start: a distance from an area counts from its border, {y:.5f}, {x:.5f} towards {azimuth:g}°"
    return (float(y), float(x)), wide, [step]


def distance_only(s: Scene) -> Draft:
    """A distance with no bearing: a ring, or a disc for "within"."""
    r, a = s.relative, s.first
    low, best, high = r.distance_m or (0.0, 0.0, 0.0)
    shares = bands.published()["distance_only"]
    extent = min(a.radius_m, 0.25 * best) if a.precision is PrecisionClass.EXACT else a.radius_m
    inner = max(0.0, shares["inner"] * low - extent) if low else 0.0
    outer = (shares["outer"] if low else 1.0) * high + extent
    shape = "ring" if inner else "disc"
    steps = [f"region: {shape} {km(inner)} to {km(outer)} around the anchor; no direction is given"]
    region = regions.ring(a.lat, a.lon, inner, outer)
    draft = Draft(a.lat, a.lon, region, near_or(PrecisionClass.SECTOR, best), steps, 0.5, point_fixed=True)
    if inner and s.settled is not None:
        spread = bands.ring_spread(bands.band_of(best))
        draft.sought = Sought(s.settled, (a.lat, a.lon), 0.0, best, spread, None, s.home)
    return draft


def inside(s: Scene) -> Draft:
    """A part of an area: "northern Libya", "the far south of the country", "central Iraq"."""
    r, a = s.relative, s.first
    share = bands.inside_share(r.bearing, r.winds, r.extreme)
    precision = PrecisionClass.DISTRICT if a.precision is PrecisionClass.DISTRICT else PrecisionClass.PART_OF_COUNTRY
    area = area_of(a)
    if area is None:
        if r.bearing is None:
            region = regions.disc(a.lat, a.lon, a.radius_m)
        else:
            region = regions.wedge(a.lat, a.lon, r.bearing, 60, 0, max(a.radius_m, 5000.0))
        centre = region.centroid
        lat, lon = centre.y, centre.x
        steps = [f"region: no outline is known; the part of its {km(a.radius_m)} circle"]
        steps.append(f"point: middle of the region, {lat:.5f}, {lon:.5f}")
        return Draft(lat, lon, region, precision, steps)
    whole = Whole(a.place_id or f"{a.lat} {a.lon} {area.wkt}", area)
    region, lat, lon, lived = _part(whole, s.settled, r.bearing, share)
    way = "most central" if r.bearing is None else f"outermost towards {r.bearing:g}°"
    steps = [f"region: the {share:.0%} of its area that is {way}"]
    steps.append(f"point: middle of {'its settlements' if lived else 'the region'}, {lat:.5f}, {lon:.5f}")
    return Draft(lat, lon, region, precision, steps, mask="")


@lru_cache(maxsize=1024)
def _part(
    whole: Whole, settled: Settled | None, bearing: float | None, share: float
) -> tuple[BaseGeometry, float, float, bool]:
    """The part of an area, the best point in it, and whether settlements told it."""
    region, graded = regions.part_of(whole.shape, bearing, share)
    centre = region.centroid if region.contains(region.centroid) else region.representative_point()
    if settled is None or graded is None:
        return region, centre.y, centre.x, False
    lons, lats, weights = settled.inside(region.bounds)
    shapely.prepare(region)
    within = shapely.contains_xy(region, lons, lats)
    if within.sum() < _FEWEST:
        return region, centre.y, centre.x, False
    lons, lats = lons[within], lats[within]
    limit, soft = (_CENTRAL, _CENTRAL_SOFT) if bearing is None else (_OUT, _OUT_SOFT)
    fits = 1 / (1 + np.exp((graded.shares(lons, lats) - limit) / soft))
    fits *= np.exp(-0.5 * (graded.turns(lons, lats) / _TURN) ** 2)
    k = graded.stretch
    x, y = middle(lons * k, lats, weights[within] ** _EVEN * fits)
    return region, y, x / k, True


def direction_only(s: Scene) -> Draft:
    """A bearing off a town with no distance: as far as its name reaches in that land."""
    r, a = s.relative, s.first
    azimuth = r.bearing or 0.0
    people = people_of(a)
    facts = (math.log10(people + 10), *_LONELY)
    if s.settled is not None:
        facts = s.settled.surroundings(a.lat, a.lon, people)
    usual, reach, half = bands.reach_of_direction(*facts)
    lat, lon = regions.direct(a.lat, a.lon, azimuth, usual)
    region = regions.wedge(a.lat, a.lon, azimuth, half, 0, reach)
    if r.relation == "inside_direction":
        # "east Aleppo" may also be a part of the town itself.
        region = regions.tidy(region.union(regions.disc(a.lat, a.lon, max(a.radius_m, 3000.0))))
    steps = [f"region: no distance is given; wedge {azimuth:g}° ± {half:g}° as far as the name reaches, {km(reach)}"]
    said = f"point: the usual {km(usual)}, {lat:.5f}, {lon:.5f}"
    if s.settled is None:
        return Draft(lat, lon, region, PrecisionClass.VICINITY, [*steps, said], 0.5)
    spread = bands.direction_spread(r.winds)
    sought = Sought(s.settled, (a.lat, a.lon), azimuth, usual, spread, (lat, lon), s.home)
    return Draft(lat, lon, region, PrecisionClass.VICINITY, steps, 0.5, sought=sought, usual=said)


def near(s: Scene) -> Draft:
    """Near a place, or on its outskirts."""
    r, a = s.relative, s.first
    relation = "near" if r.relation == "near" else "outskirts"
    said = "near" if relation == "near" else "on the outskirts of"
    radius = bands.reach_of(relation, people_of(a))
    if r.bearing is not None and relation == "outskirts":
        lat, lon = regions.direct(a.lat, a.lon, r.bearing, radius / 3)
        half = regions.wedge(a.lat, a.lon, r.bearing, 60, 0, max(radius, a.radius_m))
        steps = [f"region: {r.bearing:g}° ± 60° out to {km(radius)}", f"point: a third of that, {lat:.5f}, {lon:.5f}"]
        return Draft(lat, lon, half, PrecisionClass.VICINITY, steps)
    steps = [f"region: {km(radius)} around it holds 9 in 10 places said to be {said} a place of its size"]
    region = regions.disc(a.lat, a.lon, max(radius, a.radius_m))
    return Draft(a.lat, a.lon, region, PrecisionClass.VICINITY, steps, point_fixed=True)


def town(s: Scene) -> Draft:
    """The middle of a town: its own circle."""
    a = s.first
    region = regions.disc(a.lat, a.lon, max(a.radius_m, 3000.0))
    return Draft(a.lat, a.lon, region, PrecisionClass.EXACT, ["region: the town's own circle"])


def between(s: Scene) -> Draft:
    """Between two places, or on the road that joins them."""
    r, a, b = s.relative, s.anchors[0], s.anchors[1]
    length, azimuth = regions.inverse(a.lat, a.lon, b.lat, b.lon)
    lat, lon = regions.direct(a.lat, a.lon, azimuth, length / 2)
    if length < 500:
        region = regions.disc(lat, lon, 3000.0)
        return Draft(lat, lon, region, PrecisionClass.VICINITY, ["region: both ends are one place"], 0.4)
    if r.relation == "along" and r.distance_m is not None:
        along = min(0.9 * r.distance_m[1], length)
        lat, lon = regions.direct(a.lat, a.lon, azimuth, along)
        spot = regions.disc(lat, lon, max(4000.0, 0.25 * along))
        steps = [f"geodesic: {km(along)} from {name_of(a)} towards {name_of(b)}, {lat:.5f}, {lon:.5f}"]
        return Draft(lat, lon, spot, near_or(PrecisionClass.CORRIDOR, along), steps)
    data = bands.fitted()["between"]
    width = max(5000.0, 0.15 * length) if r.relation == "along" else max(3000.0, data["width"] * length)
    cut = 0.0 if r.relation == "along" else data["cut"]
    region = regions.corridor((a.lat, a.lon), (b.lat, b.lon), width, cut)
    steps = [
        f"geodesic: {km(length)} from {name_of(a)} to {name_of(b)}, midpoint {lat:.5f}, {lon:.5f}",
        f"region: strip of {km(width)} to each side",
    ]
    return Draft(lat, lon, region, near_or(PrecisionClass.CORRIDOR, length), steps)


def border(s: Scene) -> Draft:
    """Along the border of two areas, or of one: with the country that the text implies, else with all neighbours."""
    r, a = s.relative, s.first
    first = area_of(a)
    width = 1.15 * r.distance_m[2] if r.distance_m else _BORDER_M
    strip = None
    if first is not None:
        found = (regions.line_between(first, other, width) for other in _other_sides(s))
        strip = next((one for one in found if one is not None), None)
    if strip is None:
        if len(s.anchors) > 1:
            return between(Scene(Relative("between", r.anchors), s.anchors, s.gazetteer, s.kind))
        return near(s)
    p = strip.representative_point()
    steps = [f"region: {km(width)} to each side of the {'common ' if len(s.anchors) > 1 else ''}border"]
    draft = Draft(p.y, p.x, strip, PrecisionClass.PART_OF_COUNTRY, steps, 0.5, mask="")
    if len(s.anchors) == 1 and s.country not in (None, a.country):
        draft.mask = "land"  # the side of the country that the text is about
    if s.settled is not None:
        lons, lats, weights = s.settled.inside(strip.bounds)
        within = shapely.contains_xy(strip, lons, lats)
        if within.sum() >= _FEWEST:
            k = math.cos(math.radians(p.y))
            x, y = middle(lons[within] * k, lats[within], weights[within] ** _EVEN)
            draft.lat, draft.lon = y, x / k
            steps.append(f"point: middle of its settlements, {y:.5f}, {x / k:.5f}")
    return draft


def _other_sides(s: Scene) -> Iterator[BaseGeometry]:
    """What may lie on the other side: the second anchor; or the country that the text implies, then all land around."""
    if len(s.anchors) > 1:
        second = area_of(s.anchors[1])
        yield from [second] if second is not None else []
        return
    own = area_of(s.first)
    if own is None or s.gazetteer is None:
        return
    if s.country is not None and s.country != s.first.country:
        with suppress(KeyError):  # a code that is no country of its own
            implied = s.gazetteer.area(s.gazetteer.country(s.country))
            yield from [implied] if implied is not None else []
    west, south, east, north = own.bounds
    yield s.gazetteer.land(west - 0.5, south - 0.5, east + 0.5, north + 0.5).difference(own)


def offshore(s: Scene) -> Draft:
    """Off the coast of a place or country: the sea before it."""
    r, a, gazetteer = s.relative, s.first, s.gazetteer
    _, best, high = r.distance_m or (_TERRITORIAL_SEA / 4, _TERRITORIAL_SEA, _CONTIGUOUS)
    area = area_of(a)
    outer = 1.15 * high + (a.radius_m if area is None else 0.0)
    convention = "" if r.distance_m else " (12 to 24 nautical miles by convention)"
    said = f"region: out to {km(outer)} of the shore{convention}"
    if area is not None and gazetteer is not None:
        around = area.simplify(0.05).buffer(outer / 100_000)
        region = around.difference(gazetteer.land(*around.bounds))
        if not region.is_empty:
            region = regions.tidy(region)
            p = region.representative_point()
            return Draft(p.y, p.x, region, PrecisionClass.SEA, [said, "clip: less the land"], 0.4, mask="")
    lat, lon = a.lat, a.lon
    region = regions.disc(a.lat, a.lon, outer)
    if r.bearing is not None:
        lat, lon = regions.direct(a.lat, a.lon, r.bearing, best)
        region = regions.wedge(a.lat, a.lon, r.bearing, 45, 0, outer)
    steps = [said]
    if gazetteer is not None:
        ashore = gazetteer.land(*regions.disc(a.lat, a.lon, outer + 60_000).bounds)
        # With a distance, the strip right at the shore is out too.
        shore = ashore.simplify(0.005).buffer(0.6 * best / 111_000) if r.distance_m else ashore
        sea = region.difference(shore)
        if not sea.is_empty and sea.area > 0.02 * region.area:
            region = regions.tidy(sea)
            steps.append("clip: less the land")
        if r.bearing is None:
            ways = [regions.direct(a.lat, a.lon, float(t), best) for t in range(0, 360, 10)]
            lat, lon = max(ways, key=lambda p: ashore.distance(Point(p[1], p[0])))
            steps.append(f"point: {km(best)} out, away from the shore, {lat:.5f}, {lon:.5f}")
    return Draft(lat, lon, region, PrecisionClass.SEA, steps, 0.5, mask="")


def travel(s: Scene) -> Draft:
    """A travel time: as far as usual speeds bring one."""
    r, a = s.relative, s.first
    low, best, high = r.distance_m or (0.0, 0.0, 0.0)
    steps = [f"region: {km(low)} to {km(high)} by usual speeds; a travel time says little"]
    if r.bearing is None:
        region = regions.ring(a.lat, a.lon, low, high)
        return Draft(a.lat, a.lon, region, PrecisionClass.SECTOR, steps, 0.3, point_fixed=True)
    lat, lon = regions.direct(a.lat, a.lon, r.bearing, best)
    return Draft(lat, lon, regions.wedge(a.lat, a.lon, r.bearing, 45, low, high), PrecisionClass.SECTOR, steps, 0.35)


def draw(s: Scene) -> Draft:
    """The draft of a scene, not yet settled, by its relation; the anchor decides whether a bearing lies inside it."""
    r, a = s.relative, s.first
    if r.relation == "border":
        return border(s)
    if r.relation in ("between", "along") and len(s.anchors) > 1:
        return between(s)
    if r.relation == "offshore":
        return offshore(s)
    if r.relation == "travel_time":
        return travel(s)
    if r.distance_m is not None:
        return offset(s) if r.bearing is not None else distance_only(s)
    if r.relation in ("inside_direction", "direction_only"):
        if a.precision in AREAS:
            return inside(s)
        return town(s) if r.bearing is None else direction_only(s)
    return near(s)

"""Geodesic regions on WGS84: wedges, rings, corridors, parts of an area, and the point-radius method.

All polygons are (longitude, latitude) in degrees, valid, counter-clockwise, split at the
antimeridian. Distances are metres, azimuths degrees clockwise from north.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import shapely
from geographiclib.geodesic import Geodesic
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

_EARTH = Geodesic.WGS84
# Longitudes are left unrolled while a ring is drawn, so that it stays simple across 180 degrees.
_MASK = Geodesic.STANDARD | Geodesic.LONG_UNROLL
_SEGMENTS, _ON_A_SIDE, _AT_MOST = 32, 8, 64
# A side bows by its length squared over eight Earth's radii; it is drawn bowed from this share of the wedge's width.
_EIGHT_RADII_M, _BOW = 8 * 6_371_000.0, 0.02 * math.pi / 180
_NOTHING_M = 1e-3
_DEGREE_M = 110_500.0
_SHORT_M, _SHORT_TO_LAT = 100_000.0, 70.0
_MILD = 60.0  # up to this latitude a degree of longitude is half one of latitude at least
_SECOND_ECCENTRICITY = _EARTH.f * (2 - _EARTH.f) / (1 - _EARTH.f) ** 2  # squared
Array = npt.NDArray[np.float64]


def direct(lat: float, lon: float, azimuth: float, distance: float) -> tuple[float, float]:
    """The (lat, lon) that lies ``distance`` metres from a point along ``azimuth``."""
    got = _EARTH.Direct(lat, lon, azimuth, distance)
    return float(got["lat2"]), float(got["lon2"])


def inverse(lat1: float, lon1: float, lat2: float, lon2: float) -> tuple[float, float]:
    """Distance in metres and initial azimuth in degrees (0 to 360) from the first point to the second."""
    got = _EARTH.Inverse(lat1, lon1, lat2, lon2)
    return float(got["s12"]), float(got["azi1"]) % 360


def _counter_clockwise(polygon: Polygon) -> Polygon:
    """``polygon`` with its shell counter-clockwise and its holes clockwise."""
    shell = shapely.is_ccw(shapely.get_exterior_ring(polygon))
    if not shapely.get_num_interior_rings(polygon):
        return polygon if shell else shapely.reverse(polygon)
    holes = [shapely.is_ccw(h) for h in polygon.interiors]
    if shell and not any(holes):
        return polygon
    return shapely.reverse(polygon) if not shell and all(holes) else orient(polygon, 1.0)


def tidy(shape: BaseGeometry) -> BaseGeometry:
    """``shape`` as valid, counter-clockwise polygons within -180 to 180 degrees."""
    return turned(shape if shape.is_valid else shapely.make_valid(shape))


def turned(shape: BaseGeometry) -> BaseGeometry:
    """``tidy`` for what is known to be valid, as all is that was cut or joined."""
    west, _, east, _ = shape.bounds
    if isinstance(shape, Polygon) and west >= -180 and east <= 180:
        return _counter_clockwise(shape)
    parts: list[Polygon] = []
    for turn in range(math.floor((west + 180) / 360), math.floor((east + 180 - 1e-12) / 360) + 1):
        window = box(-180 + 360 * turn, -90, 180 + 360 * turn, 90)
        piece = shape if west >= -180 + 360 * turn and east <= 180 + 360 * turn else shape.intersection(window)
        for part in shapely.get_parts(piece):
            for polygon in shapely.get_parts(part):
                if isinstance(polygon, Polygon) and polygon.area > 0:
                    parts.append(_counter_clockwise(translate(polygon, -360.0 * turn) if turn else polygon))
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _short_directs(lat: float, lon: float, turn: Array, distance: float | Array) -> tuple[Array, Array]:
    """``directs`` from one point by Bowring (1981), radians: within a millimetre to 100 km, in a third of the time."""
    y = math.radians(lat)
    sin_y, cos_y = math.sin(y), math.cos(y)
    a = math.sqrt(1 + _SECOND_ECCENTRICITY * cos_y**4)
    b2 = 1 + _SECOND_ECCENTRICITY * cos_y * cos_y
    b = math.sqrt(b2)
    sin1, cos1 = np.sin(turn), np.cos(turn)
    arc = distance * (b2 / (_EARTH.a * math.sqrt(1 + _SECOND_ECCENTRICITY)))
    s, c = np.sin(arc), np.cos(arc)
    w2 = np.arctan2(a * sin1 * s, (b * cos_y) * c - (sin_y * cos1) * s)
    d = 0.5 * np.arcsin(s * (cos1 - (sin_y / a) * sin1 * np.tan(w2 / 2)))
    north = y + 2 * d * (b - (1.5 * _SECOND_ECCENTRICITY) * d * np.sin(2 * y + (4 / 3 * b) * d))
    return np.degrees(north), lon + np.degrees(w2 / a)


def directs(
    lat: float | Array, lon: float | Array, azimuths: Array, distance: float | Array, farthest: float | None = None
) -> tuple[Array, Array]:
    """``direct`` for many lines at once: latitudes, and longitudes left unrolled; the arguments broadcast.

    Arc lengths by the reverted series of Karney (2013, eqs. 17 to 21) to the third order, longitudes by Vincenty
    (1975): within a millimetre of the exact geodesic, and with no iteration. Short lines from one point are cheaper:
    whoever knows the ``farthest`` of the distances spares looking for it.
    """
    f = _EARTH.f
    turn = np.radians(azimuths)
    if isinstance(lat, float) and isinstance(lon, float) and abs(lat) < _SHORT_TO_LAT:
        if farthest is None:
            farthest = float(distance.max()) if isinstance(distance, np.ndarray) else distance
        if farthest < _SHORT_M:
            return _short_directs(lat, lon, turn, distance)
    # One anchor is the rule: its own sines need no arrays.
    if isinstance(lat, float):
        reduced = math.atan((1 - f) * math.tan(math.radians(lat)))
        su, cu = math.sin(reduced), math.cos(reduced)
    else:
        reduced = np.arctan((1 - f) * np.tan(np.radians(lat)))
        su, cu = np.sin(reduced), np.cos(reduced)
    sin1, cos1 = np.sin(turn), np.cos(turn)
    cu_cos1, sin_a = cu * cos1, cu * sin1
    sigma1 = np.arctan2(su, cu_cos1)
    cos2_a = 1 - sin_a * sin_a
    root = np.sqrt(1 + cos2_a * _SECOND_ECCENTRICITY)
    e = (root - 1) / (root + 1)
    e2 = e * e
    unit = (_EARTH.a * (1 - f)) * (1 + e2 * (0.25 + e2 / 64)) / (1 - e)
    double = 2 * sigma1
    start, turns = np.sin(double), np.cos(double)
    tau = sigma1 - start * e * (0.5 + e * (turns / 8 + e * (turns * turns / 12 - 5 / 24))) + distance / unit
    twice = 2 * tau
    third = e2 * e
    turns = np.cos(twice)
    sigma = (
        tau
        - sigma1
        + np.sin(twice) * (e / 2 - third * (9 / 32 + 29 / 96) + turns * (0.625 * e2 + third * (29 / 24) * turns))
    )
    s, c = np.sin(sigma), np.cos(sigma)
    rest = su * s - c * cu_cos1
    north = np.arctan2(su * c + s * cu_cos1, (1 - f) * np.sqrt(sin_a * sin_a + rest * rest))
    along = np.arctan2(s * sin1, cu * c - (su * cos1) * s)
    k = f / 16 * cos2_a * (4 + f * (4 - 3 * cos2_a))
    mid = np.cos(double + sigma)
    east = along - ((1 - k) * f * sin_a) * (sigma + k * s * (mid + k * c * (2 * mid * mid - 1)))
    return np.degrees(north), lon + np.degrees(east)


def wedge(lat: float, lon: float, azimuth: float, half: float, inner: float, outer: float) -> BaseGeometry:
    """The part of a ring within ``half`` degrees of ``azimuth``, between two radii in metres."""
    return wedge_and_points(lat, lon, azimuth, half, inner, outer)[0]


def wedge_and_points(
    lat: float, lon: float, azimuth: float, half: float, inner: float, outer: float, *distances: float
) -> tuple[BaseGeometry, list[tuple[float, float]]]:
    """A wedge, and the (lat, lon) at some distances in metres along its middle: all lines drawn in one go."""
    if half >= 180:
        return ring(lat, lon, inner, outer), [direct(lat, lon, azimuth, d) for d in distances]
    inner = inner if inner > _NOTHING_M else 0.0
    n = max(8, int(half / 2)) + 1
    turns = np.empty(n + 1)
    turns[:n] = azimuth + half - (2 * half / (n - 1)) * np.arange(n)
    turns[n] = azimuth
    radii = (outer, inner) if inner > 0 else (outer,)
    # One grid of all radii along all lines is cheaper than two calls.
    lats, lons = directs(lat, lon, turns, np.array((*radii, *distances))[:, None], max((outer, *distances)))
    corners = np.empty((2 * n if inner > 0 else n + 1, 2))
    corners[:n, 0], corners[:n, 1] = lons[0, :n], lats[0, :n]
    if inner > 0:
        corners[n:, 0], corners[n:, 1] = lons[1, n - 1 :: -1], lats[1, n - 1 :: -1]
    else:
        corners[n] = lon, lat
    farthest = min(85.0, abs(lat) + max(1.0, outer / _DEGREE_M))
    bow = (outer - inner) ** 2 * math.tan(math.radians(farthest)) / _EIGHT_RADII_M
    bows = bow / (_BOW * half * (inner + outer) + _NOTHING_M)
    if bows > 1:
        # Parted in n, a side bows by the nth part of the nth part.
        parts = min(_AT_MOST, max(_ON_A_SIDE, math.ceil(math.sqrt(bows))))
        corners = _with_sides(corners, (lat, lon), (azimuth + half, azimuth - half), (inner, outer), parts)
    ends = zip(lats[len(radii) :, n].tolist(), lons[len(radii) :, n].tolist(), strict=True)
    shape: BaseGeometry
    if outer <= _NOTHING_M:
        shape = Polygon()
    elif half <= 90 and abs(lat) + (high := outer / _DEGREE_M) < _MILD and abs(lon) + 2 * high < 180:
        # Away from poles and antimeridian it is counter-clockwise and simple as it is drawn.
        shape = _polygon(corners)
    else:
        shape = tidy(_polygon(corners))
    return shape, [(y, (x + 180) % 360 - 180) for y, x in ends]


def _polygon(corners: Array) -> BaseGeometry:
    """What ``Polygon`` makes of them, without the questions that it asks."""
    shape = shapely.polygons(corners)
    assert isinstance(shape, BaseGeometry)
    return shape


def _with_sides(
    corners: Array, centre: tuple[float, float], ways: tuple[float, float], radii: tuple[float, float], parts: int
) -> Array:
    """A wedge's corners with points along its sides, which are geodesics and no straight lines in degrees."""
    inner, outer = radii
    between = inner + (outer - inner) * np.arange(1, parts) / parts
    lats, lons = directs(*centre, np.array(ways), between[:, None])
    sides = np.stack((lons, lats), axis=-1)
    n = len(corners) // 2 if inner > 0 else len(corners) - 1
    return np.concatenate((corners[:n], sides[::-1, 1], corners[n:], sides[:, 0]))


def ring(lat: float, lon: float, inner: float, outer: float) -> BaseGeometry:
    """All points between two distances of a point; a disc when ``inner`` is 0."""
    turns = np.linspace(360, 0, 2 * _SEGMENTS + 1)[:-1]
    rings = [directs(lat, lon, turns if r == outer else turns[::-1], r) for r in (outer, inner) if r > 0]
    shell, *holes = (np.column_stack((lons, lats)) for lats, lons in rings)
    return tidy(Polygon(shell, holes))


def disc(lat: float, lon: float, radius: float) -> BaseGeometry:
    """All points within ``radius`` metres."""
    return ring(lat, lon, 0, radius)


def corridor(a: tuple[float, float], b: tuple[float, float], width: float, cut: float = 0.1) -> BaseGeometry:
    """A strip of ``width`` metres to each side of the geodesic from ``a`` to ``b`` (lat, lon).

    ``cut`` is the share left off at each end.
    """
    line = _EARTH.InverseLine(*a, *b)
    spots = [line.Position(float(share) * line.s13, _MASK) for share in np.linspace(cut, 1 - cut, 17)]
    lats, lons, azimuths = (np.array([p[k] for p in spots]) for k in ("lat2", "lon2", "azi2"))
    right = directs(lats, lons, azimuths + 90, width)
    left = directs(lats, lons, azimuths - 90, width)
    north, east = (np.concatenate((a, b[::-1])) for a, b in zip(right, left, strict=True))
    return tidy(Polygon(np.column_stack((east, north))))


def area_km2(shape: BaseGeometry) -> float:
    """Area on the ellipsoid in square kilometres."""
    total = 0.0
    for polygon in shapely.get_parts(shape):
        for ring_, sign in [(polygon.exterior, 1), *((h, -1) for h in polygon.interiors)]:
            p = _EARTH.Polygon()
            for x, y in ring_.coords[:-1]:
                p.AddPoint(y, x)
            total += sign * abs(p.Compute(False, True)[2])
    return total / 1e6


def _lambert(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Metres between two points by Lambert's formula for long lines: good to some metres in a thousand kilometres."""
    a, f = _EARTH.a, _EARTH.f
    b1 = math.atan((1 - f) * math.tan(math.radians(lat1)))
    b2 = math.atan((1 - f) * math.tan(math.radians(lat2)))
    half = math.radians(lon2 - lon1) / 2
    h = math.sin((b2 - b1) / 2) ** 2 + math.cos(b1) * math.cos(b2) * math.sin(half) ** 2
    if not 0 < h < 1:
        return 0.0 if h <= 0 else math.pi * a
    arc = 2 * math.asin(math.sqrt(h))
    p, q = (b1 + b2) / 2, (b2 - b1) / 2
    x = (arc - math.sin(arc)) * (math.sin(p) * math.cos(q)) ** 2 / (1 - h)
    y = (arc + math.sin(arc)) * (math.cos(p) * math.sin(q)) ** 2 / h
    return float(a * (arc - f / 2 * (x + y)))


def reach(lat: float, lon: float, shape: BaseGeometry) -> float:
    """Distance in metres from a point to the farthest corner of ``shape``, to some metres."""
    corners = shapely.get_coordinates(shape)
    # The sphere tells which corner is farthest, the ellipsoid how far it is.
    far = np.radians(corners[:, 0] - lon)
    y1, y2 = math.radians(lat), np.radians(corners[:, 1])
    near = math.sin(y1) * np.sin(y2) + math.cos(y1) * np.cos(y2) * np.cos(far)
    x, y = corners[int(np.argmin(near))]
    return _lambert(lat, lon, float(y), float(x))


def _main_part(area: BaseGeometry) -> BaseGeometry:
    """``area`` without overseas parts: the largest polygon and what lies within ten degrees of it."""
    parts = list(shapely.get_parts(area))
    if len(parts) == 1:
        return area
    main = max(parts, key=lambda p: p.area)
    kept = [p for p in parts if p is main or (p.area > main.area / 500 and p.distance(main) < 10)]
    return MultiPolygon([p for k in kept for p in shapely.get_parts(k)])


@dataclass(frozen=True, slots=True)
class Graded:
    """An area graded towards an azimuth, or towards its middle: what ``part_of`` cuts and ``shares`` tells.

    Shares are of true area: the plane is scaled by the cosine of latitude (equal area to first order). ``scores``
    fall, and ``heaps`` are the shares of the area that score at least so much.
    """

    azimuth: float | None
    middle: tuple[float, float]  # lon, lat
    stretch: float
    spread: Array
    scores: Array
    heaps: Array

    @classmethod
    def of(cls, area: BaseGeometry, azimuth: float | None) -> Graded | None:
        """Grade ``area``, its overseas parts left out by the caller; None where it is too thin to be sampled."""
        west, south, east, north = area.bounds
        shapely.prepare(area)
        xs, ys = np.meshgrid(
            np.linspace(west, east, 121)[:-1] + (east - west) / 240,
            np.linspace(south, north, 121)[:-1] + (north - south) / 240,
        )
        x, y = xs.ravel(), ys.ravel()
        inside = shapely.contains_xy(area, x, y)
        if not inside.any():
            return None
        x, y = x[inside], y[inside]
        weight = np.cos(np.radians(y))
        lon0, lat0 = float(np.average(x, weights=weight)), float(np.average(y, weights=weight))
        k = math.cos(math.radians(lat0))
        plane = np.vstack([(x - lon0) * k, y - lat0])
        spread = np.eye(2)
        if azimuth is None:
            spread[:] = np.linalg.inv(np.cov(plane, aweights=weight) + np.eye(2) * 1e-9)
        graded = cls(azimuth, (lon0, lat0), k, spread, np.zeros(0), np.zeros(0))
        score = graded.score(x, y)
        order = np.argsort(-score)
        heap = np.cumsum(weight[order])
        return replace(graded, scores=score[order], heaps=heap / heap[-1])

    def score(self, lons: Array, lats: Array) -> Array:
        """How far out, or how central, positions are; of no unit."""
        u, v = (lons - self.middle[0]) * self.stretch, lats - self.middle[1]
        if self.azimuth is None:
            (a, b), (_, d) = self.spread
            central: Array = -(a * u * u + 2 * b * u * v + d * v * v)
            return central
        turn = math.radians(self.azimuth)
        return u * math.sin(turn) + v * math.cos(turn)

    def shares(self, lons: Array, lats: Array) -> Array:
        """The share of the area that lies farther out, or more central, than each position."""
        return np.interp(-self.score(lons, lats), -self.scores, self.heaps)

    def turns(self, lons: Array, lats: Array) -> Array:
        """Degrees between the azimuth and the bearing of each position from the middle; 0 without azimuth."""
        if self.azimuth is None:
            return np.zeros(len(lons))
        bearing = np.degrees(np.arctan2((lons - self.middle[0]) * self.stretch, lats - self.middle[1]))
        turned: Array = np.abs((bearing - self.azimuth + 180) % 360 - 180)
        return turned

    def cutter(self, share: float, size: float) -> Polygon:
        """What cuts the outermost or most central ``share``; ``size`` is larger than the area in degrees."""
        level = float(self.scores[min(len(self.scores) - 1, int(np.searchsorted(self.heaps, share)))])
        (lon0, lat0), k = self.middle, self.stretch
        if self.azimuth is None:
            values, vectors = np.linalg.eigh(self.spread)
            t = np.linspace(0, 2 * math.pi, 73)[:-1]
            radius = math.sqrt(max(-level, 1e-12))
            pts = vectors @ np.vstack(
                [radius / math.sqrt(values[0]) * np.cos(t), radius / math.sqrt(values[1]) * np.sin(t)]
            )
            return Polygon(list(zip(pts[0] / k + lon0, pts[1] + lat0, strict=True)))
        s, c = math.sin(math.radians(self.azimuth)), math.cos(math.radians(self.azimuth))
        corners = [(level, -size), (level + size, -size), (level + size, size), (level, size)]
        return Polygon([((a * s + b * c) / k + lon0, a * c - b * s + lat0) for a, b in corners])


def part_of(area: BaseGeometry, azimuth: float | None, share: float) -> tuple[BaseGeometry, Graded | None]:
    """The outermost ``share`` of ``area`` towards ``azimuth``, the most central share when that is None.

    Overseas parts are left out. Beside it how the area was graded, None where it is too thin for that.
    """
    area = _main_part(area)
    graded = Graded.of(area, azimuth)
    if graded is None:
        return tidy(area), None
    west, south, east, north = area.bounds
    cut = area.intersection(graded.cutter(share, 4 * max(east - west, north - south) + 1))
    return tidy(area if cut.is_empty else cut), graded


def within(area: BaseGeometry, box: tuple[float, float, float, float]) -> BaseGeometry:
    """The part of an area in a box of west, south, east and north: quicker to work with than the whole."""
    part = shapely.clip_by_rect(area, *box)
    return part if part.is_valid else shapely.make_valid(part)


def line_between(a: BaseGeometry, b: BaseGeometry, width: float) -> BaseGeometry | None:
    """The strip along the border of two areas, ``width`` metres to each side; None when they do not meet."""
    degrees = width / _DEGREE_M
    # Degrees of longitude are as wide as where the areas are next to each other.
    lows, highs = zip(a.bounds[1::2], b.bounds[1::2], strict=True)
    k = math.cos(math.radians(min(80.0, abs(max(lows) + min(highs)) / 2)))
    # What is farther from either than the strip is wide has no part in it.
    reach = 2 * degrees / k
    west, south = (max(a.bounds[i], b.bounds[i]) - reach for i in (0, 1))
    east, north = (min(a.bounds[i], b.bounds[i]) + reach for i in (2, 3))
    if west > east or south > north:
        return None
    near = []
    for area in (a, b):
        part = within(area, (west - reach, south - reach, east + reach, north + reach)).simplify(0.01)
        flat = shapely.transform(part, lambda p: p * (k, 1.0))
        near.append(flat.buffer(degrees))
    strip = near[0].intersection(near[1])
    return None if strip.is_empty else tidy(shapely.transform(strip, lambda p: p / (k, 1.0)))


def metres_per_degree(
    lat: float, ellipsoid: tuple[float, float] = (6378137.0, 1 / 298.257223563)
) -> tuple[float, float]:
    """Metres in one degree of latitude and of longitude at ``lat`` (Wieczorek 2001), on an (a, f) ellipsoid."""
    a, f = ellipsoid
    e2 = 2 * f - f * f
    w = 1 - e2 * math.sin(math.radians(lat)) ** 2
    return math.pi * a * (1 - e2) / w**1.5 / 180, math.pi * a / math.sqrt(w) * math.cos(math.radians(lat)) / 180

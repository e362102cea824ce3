"""The point-radius method of natural-history georeferencing, to the digits of its published examples.

Formulas: Wieczorek, Guo & Hijmans 2004 (doi:10.1080/13658810412331280211) as the Georeferencing Calculator
carries them out; rules for each kind of locality: Zermoglio et al. 2020, Georeferencing Quick Reference
Guide; precision of distances: Chapman & Wieczorek 2020. Lengths in one calculation share one unit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from mapper import regions
from mapper.model import PrecisionClass
from mapper.relative_scene import AREAS, Draft, Scene, km

METRES_PER_MILE = 1609.3445  # the Calculator's
DIRECTION = {4: 45.0, 8: 22.5, 16: 11.25, 32: 5.625}
WGS84, CLARKE_1866 = (6378137.0, 1 / 298.257223563), (6378206.4, 1 / 294.9786982)
_NEAR_M = 10_000.0  # the Guide's picture of "near"
_UNITS = {"km": 1000.0, "mi": METRES_PER_MILE, "nmi": 1852.0, "m": 1.0, "yd": 0.9144}
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources of uncertainty, in one unit of length; all zero where nothing is known."""

    extent: float = 0.0
    distance_precision: float = 0.0
    measurement: float = 0.0
    map_scale: float = 0.0
    datum: float = 0.0
    coordinate_precision: float = 0.0

    @property
    def inside(self) -> float:
        """The linear sum that the formulas call d'."""
        return self.extent + self.distance_precision + self.measurement + self.map_scale + self.datum


def step(
    lat: float, lon: float, azimuth: float, metres: float, ellipsoid: tuple[float, float] = WGS84
) -> tuple[float, float]:
    """The Calculator's flat displacement, rounded as it rounds; kilometres off the geodesic at 240 km."""
    north, east = regions.metres_per_degree(lat, ellipsoid)
    turn = math.radians(azimuth)
    there = lon + metres * math.sin(turn) / east
    return round(lat + metres * math.cos(turn) / north, 7), round((there + 180) % 360 - 180, 7)


def coordinate_precision(lat: float, degrees: float, ellipsoid: tuple[float, float] = WGS84) -> float:
    """Metres that coordinates given to ``degrees`` leave open."""
    return math.hypot(*regions.metres_per_degree(lat, ellipsoid)) * degrees


def distance_precision(value: float) -> float:
    """Half the step to which a distance is given, in its unit (Chapman & Wieczorek 2020).

    Tens count to ten to the next lower power (30 to 0.5, 140 to 5, 1000 to 50), other whole numbers to one,
    fractions to themselves (10.5 to 0.25).
    """
    fraction = value % 1
    if fraction:
        steps = (0.5, 0.25, 0.2, 0.125, 0.1)
        return next((s / 2 for s in steps if abs(fraction / s - round(fraction / s)) < 1e-9), 0.05)
    return 0.5 if value < 10 or value % 10 else 0.5 * 10 ** (math.floor(math.log10(value)) - 1)


def heading(distance: float, half_angle: float, sources: Sources) -> float:
    """Uncertainty of a distance at a heading. The precision of the coordinates is added outside the root."""
    turn = math.radians(half_angle)
    along = distance + sources.inside - distance * math.cos(turn)
    return math.hypot(along, distance * math.sin(turn)) + sources.coordinate_precision


def no_heading(distance: float, sources: Sources) -> float:
    """Uncertainty of a distance in any direction; of a named place when ``distance`` is 0."""
    return sources.inside + distance + sources.coordinate_precision


def orthogonal(sources: Sources) -> float:
    """Uncertainty of two offsets at right angles: the precision of the distances counts √2 times."""
    rest = replace(sources, distance_precision=0.0)
    return math.sqrt(2) * sources.distance_precision + rest.inside + rest.coordinate_precision


def _enclosing(region: BaseGeometry) -> tuple[float, float, float]:
    """(lat, lon, metres) of the smallest circle around a region, drawn in a plane about its middle."""
    lat = region.centroid.y
    scale = math.cos(math.radians(lat))
    flat = shapely.transform(region, lambda xy: xy * np.array([scale, 1.0]))
    middle = shapely.minimum_bounding_circle(flat).centroid
    x = middle.x / scale
    return middle.y, x, regions.reach(middle.y, x, region)


def draw(s: Scene) -> Draft:
    """The circle of the point-radius method for a relative place, by the Guide's rule for its relation."""
    r, a = s.relative, s.first
    precision = PrecisionClass.SECTOR
    if r.relation in ("between", "along", "border") and len(s.anchors) > 1:
        b = s.anchors[1]
        length, azimuth = regions.inverse(a.lat, a.lon, b.lat, b.lon)
        lat, lon = regions.direct(a.lat, a.lon, azimuth, length / 2)
        return _circle(lat, lon, length / 2, PrecisionClass.CORRIDOR, "half the way between, as radius")
    if r.distance_m is not None:
        best = r.distance_m[1]
        size = _UNITS.get(r.rule.rsplit(".", 1)[-1], 1000.0)
        sources = Sources(extent=a.radius_m, distance_precision=distance_precision(round(best / size, 3)) * size)
        if r.bearing is None:
            return _circle(a.lat, a.lon, no_heading(best, sources), precision, "extent, precision and the distance")
        lat, lon = step(a.lat, a.lon, r.bearing, best)
        if r.relation == "orthogonal":
            return _circle(lat, lon, orthogonal(sources), precision, "orthogonal offsets")
        half = DIRECTION[r.winds]
        return _circle(lat, lon, heading(best, half, sources), precision, f"heading ± {half:g}°")
    if r.relation in ("inside_direction", "direction_only") and a.precision in AREAS and a.region is not None:
        part = regions.part_of(a.region, r.bearing, _HALF)[0]
        return _circle(*_enclosing(part), PrecisionClass.PART_OF_COUNTRY, "smallest circle around that half")
    if r.bearing is not None:
        people = math.pi * 4000 * (a.radius_m / 1000) ** 2
        rival = 30_000.0 if s.settled is None else 1000 * math.exp(s.settled.surroundings(a.lat, a.lon, people)[1])
        cone = regions.wedge(a.lat, a.lon, r.bearing, DIRECTION[r.winds], 0, rival + a.radius_m)
        return _circle(*_enclosing(cone), PrecisionClass.VICINITY, "cone to the next similar place")
    return _circle(a.lat, a.lon, a.radius_m + _NEAR_M, PrecisionClass.VICINITY, "extent and the Guide's 10 km")


def _circle(lat: float, lon: float, radius: float, precision: PrecisionClass, why: str) -> Draft:
    steps = [f"point-radius: {lat:.7f}, {lon:.7f} ± {km(radius)} ({why})"]
    return Draft(lat, lon, regions.disc(lat, lon, radius), precision, steps, mask="", point_fixed=True)

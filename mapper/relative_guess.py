"""Where people live as a guide to where in a region something is: the best guess, not the middle by habit.

A region says where a statement holds; settlements in it say where reports have something to tell of.
Distances in metres, coordinates in degrees.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
_NORTH, _EAST = 110_900.0, 111_320.0
# People count less than in proportion; a place without known population still counts as a hamlet.
_HAMLET, _POWER = 300.0, 0.7
# What lies at no listed settlement: as if one hamlet stood on each so many square metres.
_EMPTY_M2 = 5e9
_STEPS, _MOST = 8, 300
_WINDOWS = (60_000.0, 200_000.0, 700_000.0)
_OWN_M, _NEIGHBOURS = 3_000.0, 10
_DENSE = 4000.0  # people a square kilometre, to tell how far a town reaches


class Settled:
    """The settlements of a gazetteer: latitudes, longitudes, people; filed by degree of latitude and longitude."""

    def __init__(self, lats: Array, lons: Array, people: Array) -> None:
        rows = np.floor(lats).astype(np.int64) + 90
        order = np.lexsort((lons, rows))
        self.lats, self.lons, self.people = lats[order], lons[order], people[order]
        self.weights = (self.people + _HAMLET) ** _POWER
        self._rows = np.searchsorted(rows[order], np.arange(182))

    def _chosen(self, west: float, south: float, east: float, north: float) -> npt.NDArray[np.int64]:
        """Numbers of the places in a rectangle of degrees, which may reach over the antimeridian."""
        spans = [(west, east)]
        if west < -180:
            spans = [(-180, east), (west + 360, 180)]
        elif east > 180:
            spans = [(west, 180), (-180, east - 360)]
        pieces = []
        for row in range(max(0, math.floor(south) + 90), min(180, math.floor(north) + 90) + 1):
            first, last = self._rows[row], self._rows[row + 1]
            for left, right in spans:
                a, b = np.searchsorted(self.lons[first:last], (left, right))
                if b > a:
                    pieces.append(np.arange(first + a, first + b))
        return np.concatenate(pieces) if pieces else np.zeros(0, np.int64)

    def around(
        self, lat: float, lon: float, metres: float, part: tuple[float, float, float, float] = (-1, -1, 1, 1)
    ) -> tuple[Array, Array, npt.NDArray[np.int64]]:
        """Metres east and north of a position, and the numbers, of the places in a square about it.

        ``part`` is how much of the square is asked for: shares of ``metres`` to the west, south, east and north.
        """
        high = metres / _NORTH
        wide = min(179.0, metres / (_EAST * max(0.05, math.cos(math.radians(min(89.0, abs(lat) + high))))))
        west, south, east_, north = part
        chosen = self._chosen(lon + west * wide, lat + south * high, lon + east_ * wide, lat + north * high)
        lats = self.lats[chosen]
        east = ((self.lons[chosen] - lon + 180) % 360 - 180) * (_EAST * np.cos(np.radians((lats + lat) / 2)))
        return east, (lats - lat) * _NORTH, chosen

    def surroundings(self, lat: float, lon: float, people: float) -> tuple[float, float, float]:
        """What tells how far a name reaches: log10 of people, ln km to a town half as large, to the tenth place."""
        return _surroundings(self, round(lat, 4), round(lon, 4), people)

    def inside(self, bounds: tuple[float, float, float, float]) -> tuple[Array, Array, Array]:
        """Longitudes, latitudes and weights of the places in (west, south, east, north)."""
        chosen = self._chosen(*bounds)
        return self.lons[chosen], self.lats[chosen], self.weights[chosen]


@lru_cache(maxsize=4096)
def _surroundings(settled: Settled, lat: float, lon: float, people: float) -> tuple[float, float, float]:
    rival, tenth = _WINDOWS[-1], _WINDOWS[-1]
    # A town's own quarters, and its doubles in the sources, are no neighbours.
    own = _OWN_M + 2000 * math.sqrt(people / (math.pi * _DENSE))
    for window in _WINDOWS:
        east, north, chosen = settled.around(lat, lon, window)
        far, others = np.hypot(east, north), settled.people[chosen]
        order = np.sort(far[far > own])
        tenth = float(order[_NEIGHBOURS]) if len(order) > _NEIGHBOURS else _WINDOWS[-1]
        large = far[(others >= 0.5 * max(people, 1000)) & (far > own)]
        rival = float(large.min()) if len(large) else _WINDOWS[-1]
        if rival <= window and tenth <= window:
            break
    return math.log10(people + 10), math.log(rival / 1000), math.log(max(tenth, 1000.0) / 1000)


def middle(x: Array, y: Array, weights: Array) -> tuple[float, float]:
    """The point with the least weighted distance to all (Weiszfeld): far off places hardly pull it."""
    total = weights.sum()
    px, py = float(weights @ x / total), float(weights @ y / total)
    softness = 1e-3 * float(x.max() - x.min() + y.max() - y.min()) + 1e-9
    sums = np.stack((x, y, np.ones(len(x))))
    for _ in range(_STEPS):
        dx, dy = x - px, y - py
        pull = weights / (np.sqrt(dx * dx + dy * dy) + softness)
        east, north, total = (sums @ pull).tolist()
        px, py = east / total, north / total
    return px, py


def _sector(azimuth: float, half: float) -> tuple[float, float, float, float]:
    """The rectangle about a sector of the unit circle, from its middle: west, south, east, north."""
    ways = [azimuth - half, azimuth + half]
    ways += [turn for turn in range(-360, 721, 90) if abs(turn - azimuth) <= half]
    east = [math.sin(math.radians(w)) for w in ways]
    north = [math.cos(math.radians(w)) for w in ways]
    # A little more, for the square is of degrees.
    room = 0.05
    return min(0.0, *east) - room, min(0.0, *north) - room, max(0.0, *east) + room, max(0.0, *north) + room


def guess(
    settled: Settled,
    anchor: tuple[float, float],
    azimuth: float,
    distance: float,
    spread: tuple[Array, Array, Array, Array],
    fallback: tuple[float, float],
) -> tuple[float, float, int] | None:
    """The best guess for an offset: (lat, lon, places weighed), or None where no settlement speaks.

    Args:
        settled: Where people live.
        anchor: (lat, lon) that the offset starts from.
        azimuth: Degrees clockwise from north.
        distance: As stated, in metres.
        spread: Ratios with their density, and errors of bearing with theirs.
        fallback: (lat, lon) that stands for all that lies at no listed settlement.
    """
    ratios, ratio_density, angles, angle_density = spread
    lat, lon = anchor
    reach = float(ratios[-1]) * distance
    east, north, chosen = settled.around(lat, lon, reach, _sector(azimuth, float(angles[-1])))
    far = np.sqrt(east * east + north * north)
    # The anchor itself is not what lies off it; densities are per area, so the ring's length divides.
    least = max(min(_OWN_M, 0.3 * distance), float(ratios[0]) * distance)
    fits = np.flatnonzero((far > least) & (far <= reach))
    east, north, ratio, chosen = east[fits], north[fits], far[fits] / distance, chosen[fits]
    turn = np.abs((np.degrees(np.arctan2(east, north)) - azimuth + 180) % 360 - 180)
    fits = np.flatnonzero(turn < angles[-1])
    weighed = len(fits)
    if not weighed:
        return None
    east, north, ratio = east[fits], north[fits], ratio[fits]
    density = np.interp(ratio, ratios, ratio_density) * np.interp(turn[fits], angles, angle_density)
    weights = settled.weights[chosen[fits]] * density / (ratio * ratio)
    if weighed > _MOST:  # the rest is light
        heavy = np.argpartition(weights, -_MOST)[-_MOST:]
        weights, east, north = weights[heavy], east[heavy], north[heavy]
    scale = _EAST * math.cos(math.radians((lat + fallback[0]) / 2))
    away = ((fallback[1] - lon + 180) % 360 - 180) * scale, (fallback[0] - lat) * _NORTH
    area = 0.3 * distance**2
    x, y = np.concatenate((east, away[:1])), np.concatenate((north, away[1:]))
    px, py = middle(x, y, np.concatenate((weights, (_HAMLET**_POWER * area / _EMPTY_M2,))))
    there = lat + py / _NORTH
    beside = lon + px / (_EAST * math.cos(math.radians((lat + there) / 2)))
    return there, (beside + 180) % 360 - 180, weighed

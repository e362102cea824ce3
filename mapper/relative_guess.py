"""Where people live as a guide to where in a region something is: the best guess, not the middle by habit.

A region says where a statement holds; settlements in it say where reports have something to tell of.
Distances in metres, coordinates in degrees.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

Array = npt.NDArray[np.float64]
_NORTH, _EAST = 110_900.0, 111_320.0
# People count less than in proportion; a place without known population still counts as a hamlet.
_HAMLET, _POWER = 300.0, 0.7
# What lies at no listed settlement: as if one hamlet stood on each so many square metres.
_EMPTY_M2 = 5e9
_STEPS, _SHIFTS, _MOST, _CROWD = 8, 1, 24, 800
# What lies so near is about one place: a share of the stated distance, and no more
# metres than these. Of 1,121 statements with known truth the guess is within 20 km of 80 %, with a share alone of 79 %,
# and the more so in either half of them; beyond 30 km half of the errors are under 9.6 km instead of 12.1.
_TOGETHER, _TOGETHER_M = 0.25, 12_000.0
_ABROAD = 0.05
_WINDOWS = (60_000.0, 200_000.0, 700_000.0)
_OWN_M, _NEIGHBOURS = 3_000.0, 10
_DENSE = 4000.0  # people a square kilometre, to tell how far a town reaches


class Settled:
    """The settlements of a gazetteer: latitudes, longitudes, people; filed by degree of latitude and longitude."""

    def __init__(self, lats: Array, lons: Array, people: Array) -> None:
        rows = np.floor(lats) + 90
        order = np.argsort(1000 * rows + lons)
        self.lats, self.lons, self.people = lats[order], lons[order], people[order]
        self.weights = (self.people + _HAMLET) ** _POWER
        self._rows = np.searchsorted(rows[order], np.arange(182)).tolist()

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
                a, b = self.lons[first:last].searchsorted((left, right)).tolist()
                if b > a:
                    pieces.append(np.arange(first + a, first + b))
        if len(pieces) == 1:
            return pieces[0]
        return np.concatenate(pieces) if pieces else np.zeros(0, np.int64)

    def around(
        self,
        lat: float,
        lon: float,
        metres: float,
        part: tuple[float, float, float, float] = (-1, -1, 1, 1),
        most: int | None = None,
    ) -> tuple[Array, Array, npt.NDArray[np.int64]]:
        """Metres east and north of a position, and the numbers, of the places in a square about it.

        ``part`` is how much of the square is asked for: shares of ``metres`` to the west, south, east and north.
        Of more than ``most`` places the heaviest are given.
        """
        high = metres / _NORTH
        wide = min(179.0, metres / (_EAST * max(0.05, math.cos(math.radians(min(89.0, abs(lat) + high))))))
        west, south, east_, north = part
        chosen = self._chosen(lon + west * wide, lat + south * high, lon + east_ * wide, lat + north * high)
        if most is not None and len(chosen) > most:
            chosen = chosen[self.weights[chosen].argpartition(-most)[-most:]]
        up: Array = self.lats[chosen] - lat
        east: Array = self.lons[chosen] - lon
        if abs(lon) + wide > 180:
            east = (east + 180) % 360 - 180
        east *= _EAST * np.cos(up * math.radians(0.5) + math.radians(lat))
        return east, up * _NORTH, chosen

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


def likeliest(x: Array, y: Array, weights: Array, width: float) -> tuple[float, float]:
    """The point about which the most weight lies, weight at ``width`` counting by e^-1/2 (a mode, by mean shift).

    Where a statement fits two towns, this is at one of them, and ``middle`` in the field between.
    """
    spots = np.array((x, y))
    spots *= 1 / (math.sqrt(2) * width)
    px, py = spots
    squares = px * px + py * py
    near = spots.T @ spots
    near *= 2
    near -= squares
    near -= squares[:, None]
    np.exp(near, near)
    pull = near[(near @ weights).argmax()] * weights
    for _ in range(_SHIFTS):
        east, north = spots @ pull / pull.sum()
        dx, dy = px - east, py - north
        pull = weights * np.exp(-(dx * dx + dy * dy))
    east, north = (spots @ pull).tolist()
    scale = math.sqrt(2) * width / float(pull.sum())
    return east * scale, north * scale


@lru_cache(maxsize=256)
def _sector(azimuth: float, half: float) -> tuple[float, float, float, float]:
    """The rectangle about a sector of the unit circle, from its middle: west, south, east, north."""
    ways = [azimuth - half, azimuth + half]
    ways += [turn for turn in range(-360, 721, 90) if abs(turn - azimuth) <= half]
    east = [math.sin(math.radians(w)) for w in ways]
    north = [math.cos(math.radians(w)) for w in ways]
    # A little more, for the square is of degrees.
    room = 0.05
    return min(0.0, *east) - room, min(0.0, *north) - room, max(0.0, *east) + room, max(0.0, *north) + room


@dataclass(frozen=True, slots=True)
class Spread:
    """How likely a place is by its distance and bearing from the anchor, for one more place at any spot.

    ``squares`` are rising squares of the ratio of true to stated distance, ``density`` belongs to them; ``cosines``
    are rising cosines of the error of bearing, ``bearing`` belongs to them, None where no bearing is told.
    ``farthest`` is the largest ratio, ``widest`` the largest error in degrees. What lies within the share ``together``
    of the distance is about one place.
    """

    squares: Array
    density: Array
    cosines: Array
    bearing: Array | None
    farthest: float
    widest: float
    together: float = _TOGETHER

    @classmethod
    def of(
        cls, ratios: Array, density: Array, angles: Array, bearing: Array | None, together: float = _TOGETHER
    ) -> Spread:
        """From densities of ratios, of which a ring holds more the larger it is, and of errors in degrees."""
        cosines = np.cos(np.radians(angles))[::-1].copy()
        turned = None if bearing is None else bearing[::-1].copy()
        farthest, widest = float(ratios[-1]), float(angles[-1]) if bearing is not None else 180.0
        return cls(ratios**2, density / ratios**2, cosines, turned, farthest, widest, together)


def guess(
    settled: Settled,
    anchor: tuple[float, float],
    azimuth: float,
    distance: float,
    spread: Spread,
    fallback: tuple[float, float] | None,
    home: BaseGeometry | None = None,
) -> tuple[float, float, int] | None:
    """The best guess for an offset: (lat, lon, places weighed), or None where no settlement speaks.

    Args:
        settled: Where people live.
        anchor: (lat, lon) that the offset starts from.
        azimuth: Degrees clockwise from north.
        distance: As stated, in metres.
        spread: How far off distance and bearing may be.
        fallback: (lat, lon) that stands for all that lies at no listed settlement, if there is one such place.
        home: The country that is meant, if one is told: what lies outside of it counts little.
    """
    lat, lon = anchor
    sector = _sector(azimuth, spread.widest) if spread.bearing is not None else (-1.0, -1.0, 1.0, 1.0)
    east, north, chosen = settled.around(lat, lon, spread.farthest * distance, sector, _CROWD)
    squares = east * east + north * north
    weights = settled.weights[chosen] * np.interp(squares / distance**2, spread.squares, spread.density, 0.0, 0.0)
    if spread.bearing is not None:
        turn = math.radians(azimuth)
        cosines = (east * math.sin(turn) + north * math.cos(turn)) / np.sqrt(squares + 1.0)
        weights *= np.interp(cosines, spread.cosines, spread.bearing, 0.0)
    # The anchor itself is not what lies off it.
    weights[squares < min(_OWN_M, 0.3 * distance) ** 2] = 0.0
    weighed = int(np.count_nonzero(weights))
    if not weighed:
        return None
    most = _MOST if home is None else 4 * _MOST
    if len(weights) > most:  # the rest is light
        heavy = weights.argpartition(-most)[-most:]
        weights, east, north, chosen = weights[heavy], east[heavy], north[heavy], chosen[heavy]
    if home is not None:
        weights[~shapely.contains_xy(home, settled.lons[chosen], settled.lats[chosen])] *= _ABROAD
    if fallback is not None:
        scale = _EAST * math.cos(math.radians((lat + fallback[0]) / 2))
        away = ((fallback[1] - lon + 180) % 360 - 180) * scale, (fallback[0] - lat) * _NORTH
        alone = (_HAMLET**_POWER * 0.3 * distance**2 / _EMPTY_M2,)
        east, north = np.concatenate((east, away[:1])), np.concatenate((north, away[1:]))
        weights = np.concatenate((weights, alone))
    px, py = likeliest(east, north, weights, min(spread.together * distance, _TOGETHER_M))
    there = lat + py / _NORTH
    beside = lon + px / (_EAST * math.cos(math.radians((lat + there) / 2)))
    return there, (beside + 180) % 360 - 180, weighed


class Sought(NamedTuple):
    """What a best guess is made of: the arguments of ``guess``."""

    settled: Settled
    anchor: tuple[float, float]
    azimuth: float
    distance: float
    spread: Spread
    fallback: tuple[float, float] | None
    home: BaseGeometry | None

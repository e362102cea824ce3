"""How wide relative places are: the fitted and the published widths, by distance, wind and kind of text.

``relative_bands.toml`` is fitted by ``benchmarks/relative_calibrate.py``; ``relative_kinds.toml`` holds
published figures with their sources. Distances in metres, angles in degrees.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from mapper.model import Relative
from mapper.relative_guess import Spread

_FOLDER = Path(__file__).parent
_WIND = {4: "cardinal", 8: "intercardinal", 16: "half_wind"}
# Bare miles from here on are those of military statements, which are straight lines.
_BARE_MILES_FROM = 80_000.0
_TOGETHER = 0.12  # of the usual reach of a name, which is itself a guess
STRAIGHT = ("air", "maritime", "seismic")


@dataclass(frozen=True, slots=True)
class Width:
    """The 90 % wedge of an offset: radii as shares of the stated distance, and how the best guess lies.

    ``margin`` metres are added to both radii, ``shift`` to the distance; ``name`` says where it comes from.
    ``spread`` is None where the nominal point stands, else how likely places are: see ``relative_guess``.
    """

    name: str
    inner: float
    outer: float
    half: float
    point: float
    margin: float = 0.0
    shift: float = 0.0
    spread: Spread | None = None


@cache
def fitted() -> dict[str, Any]:
    """The content of ``relative_bands.toml``."""
    return tomllib.loads((_FOLDER / "relative_bands.toml").read_text(encoding="utf-8"))


@cache
def published() -> dict[str, Any]:
    """The content of ``relative_kinds.toml``."""
    return tomllib.loads((_FOLDER / "relative_kinds.toml").read_text(encoding="utf-8"))


@cache
def _of_kind(kind: str, winds: int) -> Width:
    data = published()[kind]
    inner, outer, half = data[_WIND[winds]]
    return Width(kind, inner, outer, half, data["point"], data["margin_m"], data.get("shift_m", 0.0))


@cache
def _of_band(number: int, winds: int) -> Width:
    data = fitted()
    band = data["band"][number]
    inner, outer, half = band[_WIND[winds]]
    wind = "half_wind" if winds == 16 else _WIND[winds]
    ratios, angles = np.array(data["ratios"]), np.array(data["angles"])
    spread = Spread.of(ratios, np.array(band["density"]), angles, np.array(data["bearing"][wind]))
    return Width(f"statements to {band['limit_km']:g} km", inner, outer, half, band["median"], spread=spread)


def width(relative: Relative, kind: str) -> Width:
    """The width of an offset: by air or road, by ship, from an earthquake list, else by its distance.

    Args:
        relative: With a distance and a bearing.
        kind: What the text is known to be: "" (unknown), news, encyclopaedic, military, maritime, seismic.
    """
    distance = relative.distance_m[1] if relative.distance_m else 0.0
    kind = relative.kind or kind
    unit = relative.rule.rsplit(".", 1)[-1]
    if kind in ("seismic", "maritime"):
        return _of_kind(kind, relative.winds)
    if relative.travel == "road":
        return _of_kind("road", relative.winds)
    if relative.travel == "air" or kind == "military":
        return _of_kind("air", relative.winds)
    if unit == "nmi":
        return _of_kind("maritime", relative.winds)
    bare = "(" not in (relative.distance_text or "")
    if kind != "encyclopaedic" and unit == "mi" and bare and distance >= _BARE_MILES_FROM:
        return _of_kind("air", relative.winds)
    # A range over two bands is as loose as its near end: "49 to 52 km" is no surer than "49 km".
    return _of_band(band_of(relative.distance_m[0] if relative.distance_m else 0.0), relative.winds)


def band_of(distance: float) -> int:
    """The number of the fitted band of distances that a distance in metres falls in."""
    return next(i for i, band in enumerate(fitted()["band"]) if distance <= 1000 * band["limit_km"])


def inside_share(bearing: float | None, winds: int, extreme: bool) -> float:
    """The share of an area that holds nine tenths of what is said to lie in its north, or in its middle."""
    data = fitted()["inside"]
    share = data["central"] if bearing is None else data["cardinal" if winds == 4 else "intercardinal"]
    # "The far north": no statements to fit on; half of the north.
    return float(share) / (2 if extreme else 1)


def reach_of_direction(people: float, rival: float, tenth: float) -> tuple[float, float, float]:
    """(usual metres, farthest metres, half-angle) of "south of X", from what surrounds X.

    Args:
        people: log10 of X's people.
        rival: ln of the kilometres to the next town half as large.
        tenth: ln of the kilometres to the tenth place.
    """
    data = fitted()["direction_only"]
    usual = 1000 * math.exp(float(np.dot(data["weights"], (1.0, people, rival, tenth))))
    return usual, usual * float(data["reach"]), float(data["half"])


@cache
def direction_spread(winds: int) -> Spread:
    """How likely places "south of X" are by ratio to the usual reach and by error of bearing."""
    data = fitted()
    ratios = np.exp(np.arange(-2.5, float(np.log(data["direction_only"]["reach"])) + 0.05, 0.25))
    density = np.exp(-0.5 * (np.log(ratios) / data["direction_only"]["spread"]) ** 2)
    # Without a distance the bearing is looser, by about a half.
    bearing = np.array(data["bearing"][_WIND[winds]])
    return Spread.of(ratios, density, 1.5 * np.array(data["angles"]), bearing, _TOGETHER)


@cache
def ring_spread(number: int) -> Spread:
    """How likely places are by their distance alone, in the band of that number."""
    data = fitted()
    return Spread.of(np.array(data["ratios"]), np.array(data["band"][number]["density"]), np.zeros(1), None)


def reach_of(relation: str, people: int) -> float:
    """Metres that hold nine tenths of what is near, or on the outskirts of, a place of so many people."""
    near: list[float] = published()[relation]["reach_m"]
    return near[0] if people < 50_000 else near[1] if people < 500_000 else near[2]

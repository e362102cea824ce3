"""Fit ``mapper/relative_bands.toml`` to statements whose truth is known.

Usage: python benchmarks/relative_calibrate.py FOLDER [--write]

FOLDER holds ``calibration_en_wiki.jsonl`` (offsets: stated_km, geodesic_km, bearing_error_deg, direction,
country), ``calibration_inside_direction.jsonl`` (area_quantile, direction, country) and
``calibration_near_between.jsonl`` (kind, km, err, anchors, along, off_km, D). Prints the fit and, for each
number, the coverage on the half that it was not fitted on; ``--write`` stores it.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mapper.gazetteer import Gazetteer
from mapper.relative_guess import Settled

Array = npt.NDArray[np.float64]
LIMITS = (10.0, 20.0, 50.0, 100.0, 200.0, math.inf)
# Fitted above nine tenths: the best of many wedges is an optimist on the rows it was chosen on, and places
# less written about than these (towns of the rich world, mostly) are told less exactly.
LEVEL = 0.93
MOST_OF_ONE_COUNTRY = 40
# Sixteenths of the compass are too rare here to fit: 112 statements of a larger set, 95 % within 22.7 degrees.
HALF_WIND = 24.0
RATIOS = np.exp(np.arange(-0.8, 0.61, 0.1))
ANGLES = np.arange(0.0, 91.0, 6.0)
# Of 0.02 to 0.08 the width under which each statement is likeliest by all the others.
KERNEL = 0.04
TARGET = Path(__file__).parent.parent / "mapper" / "relative_bands.toml"


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file."""
    return [json.loads(line) for line in path.open(encoding="utf-8")]


def interval(ratio: Array, level: float) -> tuple[float, float]:
    """The (inner, outer) ratios that hold ``level`` of the statements in the smallest ring."""
    ordered = np.sort(ratio)
    needed = min(len(ordered), math.ceil(level * len(ordered)))
    inner, outer = ordered[: len(ordered) - needed + 1], ordered[needed - 1 :]
    best = int(np.argmin(outer**2 - inner**2))
    return float(inner[best]), float(outer[best])


def wedges(bands: list[Array], errors: Array, level: float) -> tuple[float, list[tuple[float, float]]]:
    """The half-angle for all bands, and each band's ring, with the least area together.

    How far a bearing is off does not depend on the distance, so that all bands can share it.
    """
    best: tuple[float, float, list[tuple[float, float]]] = (math.inf, 0.0, [])
    for half in range(18, 60):
        share = float(np.mean(errors <= half))
        if share <= level:
            continue
        rings = [interval(ratio, level / share) for ratio in bands]
        area = half * sum(len(r) * (outer**2 - inner**2) for r, (inner, outer) in zip(bands, rings, strict=True))
        if area < best[0]:
            best = (area, float(half), rings)
    return best[1], best[2]


def smooth(values: Array, at: Array, width: float) -> list[float]:
    """A density of ``values`` at the points ``at``, normal kernel, scaled to a largest value of 1."""
    density = np.exp(-0.5 * ((at[:, None] - values[None, :]) / width) ** 2).mean(axis=1)
    return [round(float(x), 4) for x in density / density.max()]


def offsets(rows: list[dict[str, Any]]) -> list[str]:
    """The bands of stated distances and the densities of bearing errors."""
    # Polish rows are villages that a program wrote; most of them matched a namesake.
    rows = [r for r in rows if r["country"] != "PL" and r["geodesic_km"]]
    rows = spread_out(rows, ("country",), MOST_OF_ONE_COUNTRY)
    ratio = np.array([r["geodesic_km"] / r["stated_km"] for r in rows])
    error = np.array([abs(r["bearing_error_deg"]) for r in rows])
    stated = np.array([r["stated_km"] for r in rows])
    winds = np.array([len(r["direction"]) for r in rows])
    sane = (ratio > 0.5) & (ratio < 2) & (error <= 90)
    fold = np.random.default_rng(20261124).integers(0, 2, len(rows))
    band = np.searchsorted(np.array(LIMITS), stated)
    numbers = range(len(LIMITS))

    def fit(chosen: npt.NDArray[np.bool_], wind: int) -> tuple[float, list[tuple[float, float]]]:
        return wedges([ratio[chosen & (band == n)] for n in numbers], error[chosen & (winds == wind)], LEVEL)

    whole = {wind: fit(sane, wind) for wind in (1, 2)}
    for wind, name in ((1, "cardinal"), (2, "intercardinal")):
        held: dict[int, list[bool]] = {n: [] for n in numbers}
        for side in (0, 1):
            half, rings = fit(sane & (fold == side), wind)
            for i in np.nonzero(sane & (fold != side) & (winds == wind))[0]:
                inner, outer = rings[band[i]]
                held[int(band[i])].append(bool(inner <= ratio[i] <= outer and error[i] <= half))
        for n in numbers:
            inner, outer = whole[wind][1][n]
            area = math.radians(whole[wind][0]) * (outer**2 - inner**2)
            print(
                f"to {LIMITS[n]:g} km {name}: {inner:.2f} to {outer:.2f}, ± {whole[wind][0]:g}°, area / d² {area:.2f}, "
                f"other half {np.mean(held[n]):.3f} of {len(held[n])}"
            )
    lines = []
    for n in numbers:
        own = ratio[sane & (band == n)]
        lines += ["[[band]]", f"limit_km = {LIMITS[n]:g}", f"statements = {len(own)}"]
        lines += [f"median = {np.median(own):.3f}", f"density = {smooth(np.log(own), np.log(RATIOS), KERNEL)}"]
        for wind, name in ((1, "cardinal"), (2, "intercardinal"), (3, "half_wind")):
            inner, outer = whole[min(wind, 2)][1][n]
            half = whole[wind][0] if wind < 3 else HALF_WIND
            lines.append(f"{name} = [{inner:.3f}, {outer:.3f}, {half:g}]")
        lines.append("")
    lines += ["[bearing]"]
    for number, name in ((1, "cardinal"), (2, "intercardinal"), (3, "half_wind")):
        own = error[sane & (winds == number) & (error <= 90 / number)]
        lines.append(f"{name} = {smooth(np.r_[own, -own], ANGLES, 6.0)}")
    return [*lines, ""]


def spread_out(rows: list[dict[str, Any]], keys: tuple[str, ...], most: int) -> list[dict[str, Any]]:
    """At most ``most`` rows of each combination of ``keys``, so that no country speaks for all."""
    random.Random(20261124).shuffle(rows)
    seen: Counter[tuple[Any, ...]] = Counter()
    kept = []
    for row in rows:
        own = tuple(row[k] for k in keys)
        seen[own] += 1
        if seen[own] <= most:
            kept.append(row)
    return kept


def parts(rows: list[dict[str, Any]]) -> list[str]:
    """Which share of a country's area holds nine tenths of what is said to lie in its north."""
    rows = spread_out(rows, ("country", "direction"), 6)
    lines = ["[inside]"]
    kinds = (("cardinal", "N E S W"), ("intercardinal", "NE SE SW NW"), ("central", "C"))
    for name, winds in kinds:
        own = np.array([r["area_quantile"] for r in rows if r["direction"] in winds.split()])
        # For winds the quantile grows towards the edge, for "central" away from the middle.
        share = float(np.quantile(own, 0.91)) if name == "central" else 1 - float(np.quantile(own, 0.09))
        lines.append(f"{name} = {share:.2f}")
        print(f"inside {name}: {share:.3f} of the area, {len(own)} statements")
    return [*lines, ""]


def directions(rows: list[dict[str, Any]]) -> list[str]:
    """How far "south of X" reaches: by people, by the nearest town as large, by how dense places lie."""
    settled = Settled(*Gazetteer.open().settlements)
    where = _positions({str(r["anchors"][0]) for r in rows if r["kind"] == "dirOnly"})
    rows = [r for r in rows if r["kind"] == "dirOnly" and str(r["anchors"][0]) in where and r["km"] < 150]
    rows = spread_out(rows, ("cc",), 10)
    spots = [where[str(r["anchors"][0])] for r in rows]
    facts = np.array([[1.0, *settled.surroundings(*s)] for s in spots])
    km = np.array([r["km"] for r in rows])
    error = np.array([abs(r["err"]) if r["err"] is not None else 0.0 for r in rows])
    weights, *_ = np.linalg.lstsq(facts, np.log(km + 1), rcond=None)
    ratio = (km + 1) / np.exp(facts @ weights)
    best = (math.inf, 0.0, 0.0)
    for half in range(30, 100, 5):
        held = np.sort(ratio[error <= half])
        needed = math.ceil(LEVEL * len(ratio))
        if len(held) >= needed:
            best = min(best, (half * float(held[needed - 1]) ** 2, float(half), float(held[needed - 1])))
    print(f"direction only: {len(rows)} statements, weights {weights.round(3)}, half {best[1]}, reach x {best[2]:.2f}")
    fitted = [round(float(w), 4) for w in weights]
    spread = float(np.std(np.log(ratio)))
    return [
        "[direction_only]",
        f"weights = {fitted}",
        f"reach = {best[2]:.2f}",
        f"half = {best[1]:g}",
        f"spread = {spread:.2f}",
        "",
    ]


def _positions(ids: set[str]) -> dict[str, tuple[float, float, int]]:
    gazetteer = Gazetteer.open()
    found = {}
    for code in gazetteer.info_countries():
        for _, place in gazetteer.names_in(code):
            if place.id in ids:
                found[place.id] = (place.lat, place.lon, place.population)
    return found


def stretches(rows: list[dict[str, Any]]) -> list[str]:
    """The strip between two places that holds nine tenths of what is said to lie between them."""
    rows = [r for r in rows if r["kind"] == "between" and -0.5 < r["along"] < 1.5]
    along = np.array([r["along"] for r in rows])
    # The strip has a least width, which holds what lies between near neighbours.
    aside = np.array([abs(r["off_km"]) for r in rows])
    length = np.array([r["D"] for r in rows])
    best = (math.inf, 0.0, 0.0)
    for cut in np.arange(0.0, 0.21, 0.02):
        for width in np.arange(0.1, 0.5, 0.01):
            held = (along >= cut) & (along <= 1 - cut) & (aside <= np.maximum(3.0, width * length))
            if held.mean() >= 0.9:
                best = min(best, ((1 - 2 * cut) * width, float(cut), float(width)))
    print(f"between: {len(rows)} statements, cut {best[1]:.2f}, width {best[2]:.2f} of the length")
    return ["[between]", f"cut = {best[1]:.2f}", f"width = {best[2]:.2f}", ""]


def main() -> None:
    """Fit, print, store."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("folder", type=Path)
    args.add_argument("--write", action="store_true")
    options = args.parse_args()
    near = rows_of(options.folder / "calibration_near_between.jsonl")
    lines = [
        "# Widths of relative places, fitted by benchmarks/relative_calibrate.py: do not edit by hand.",
        "# wedge = [inner, outer, half-angle]: radii as shares of the stated distance, degrees, nine in ten held.",
        "# density: how likely a ratio of true to stated distance, or an error of bearing in degrees, is.",
        f"ratios = {[round(float(x), 4) for x in RATIOS]}",
        f"angles = {ANGLES.tolist()}",
        "",
    ]
    lines += offsets(rows_of(options.folder / "calibration_en_wiki.jsonl"))
    lines += parts(rows_of(options.folder / "calibration_inside_direction.jsonl"))
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in near:
        groups[row["kind"]].append(row)
    lines += directions(groups["dirOnly"])
    lines += stretches(groups["between"])
    if options.write:
        TARGET.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

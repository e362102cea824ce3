"""The calibrated regions of relative places against the circles of the point-radius method, on the same cases.

Usage: python benchmarks/relative_point_radius.py FILE.jsonl

Each line: phrase, relation, lang, country, truth_lat, truth_lon. For both methods: the share of truths held,
the median radius √(A/π) and the median of S = √(A/π) + 20 · distance from truth to region, in kilometres, by
relation; then how many times larger the circle's S is.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
from collections import defaultdict
from pathlib import Path

from shapely.geometry import Point
from shapely.ops import nearest_points

from mapper import localities, regions
from mapper.gazetteer import Gazetteer
from mapper.model import Location

METHODS = ("calibrated", "point-radius")


def score(where: Location, lat: float, lon: float) -> tuple[bool, float, float]:
    """(held, radius in km, S in km)."""
    assert where.region is not None
    truth = Point(lon, lat)
    held = bool(where.region.covers(truth))
    near = nearest_points(where.region, truth)[0]
    miss = 0.0 if held else regions.inverse(lat, lon, near.y, near.x)[0] / 1000
    radius = math.sqrt(regions.area_km2(where.region) / math.pi)
    return held, radius, radius + 20 * miss


def main() -> None:
    """Read the cases, locate each by both methods, print the table."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("file", type=Path)
    options = args.parse_args()
    rows = [json.loads(line) for line in options.file.open(encoding="utf-8")]
    rows = [r for r in rows if r.get("truth_lat") is not None and r.get("quality", "ok") == "ok"]
    gazetteer = Gazetteer.open()
    got: dict[str, list[tuple[tuple[bool, float, float], ...]]] = defaultdict(list)
    for row in rows:
        both = [
            localities.locate(
                row["phrase"], gazetteer, country=row.get("country"), language=row.get("lang"), method=method
            ).location
            for method in METHODS
        ]
        if all(w is not None and w.method == "relative" for w in both):
            scores = tuple(score(w, row["truth_lat"], row["truth_lon"]) for w in both if w is not None)
            got["all"].append(scores)
            got[row["relation"]].append(scores)
    print(f"{'':22s} cases  held: ours circle   radius: ours circle   S: ours circle  circle / ours")
    for name, pairs in got.items():
        held = [sum(p[i][0] for p in pairs) / len(pairs) for i in (0, 1)]
        radius = [statistics.median(p[i][1] for p in pairs) for i in (0, 1)]
        s = [statistics.median(p[i][2] for p in pairs) for i in (0, 1)]
        print(
            f"{name:22s} {len(pairs):5d}        {held[0]:.2f}   {held[1]:.2f}        {radius[0]:5.0f}  {radius[1]:5.0f}   "
            f"{s[0]:5.0f}  {s[1]:5.0f}   {s[1] / s[0]:.2f}"
        )


if __name__ == "__main__":
    main()

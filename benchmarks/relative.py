"""How often phrases with a known truth are read rightly, and how often the region holds the truth.

Usage: python benchmarks/relative.py FILE.jsonl [--limit N] [--kind encyclopaedic]

Each line: phrase, anchor_lat, anchor_lon, anchor_population, truth_lat, truth_lon, stated_km, direction.
The anchors are given, so that the gazetteer plays no part. Prints coverage, the median error, and the
quantiles of geodesic over stated distance and of bearing error from which ``relative.BANDS`` are made.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import time
from pathlib import Path

import numpy as np
from shapely.geometry import Point

from mapper import regions
from mapper.model import Candidate, Location, Place, PrecisionClass
from mapper.relative import BANDS, locate, parse


def main() -> None:
    """Read the file, locate each phrase, print the table."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("file", type=Path)
    args.add_argument("--limit", type=int, default=600)
    args.add_argument("--kind", default="encyclopaedic")
    args.add_argument("--show", type=int, default=0, help="print so many phrases that were not read")
    options = args.parse_args()
    rows = [json.loads(line) for line in options.file.open(encoding="utf-8")]
    rows = [r for r in rows if "stated_km" in r and r["country"] != "PL"]
    random.Random(20261124).shuffle(rows)
    rows = rows[: options.limit]
    read = right = held = 0
    errors: list[float] = []
    sizes: list[float] = []
    bands: dict[float, list[tuple[float, float]]] = {b.limit: [] for b in BANDS}
    begun = time.perf_counter()
    for row in rows:
        got = parse(row["phrase"], "en")
        if got is None or got[0].distance_m is None:
            options.show -= 1
            if options.show >= 0:
                print("not read:", row["phrase"])
            continue
        read += 1
        relative = got[0]
        stated = relative.distance_m[1] / 1000 if relative.distance_m else 0.0
        right += abs(stated - row["stated_km"]) < 0.03 * row["stated_km"] + 0.05 and relative.bearing is not None
        population = row.get("anchor_population") or 0
        place = Place("a", row["anchor"], row["anchor_lat"], row["anchor_lon"], population=population)
        radius = max(1000.0, 1000 * math.sqrt(population / math.pi / 4000))
        anchor = Location(
            place.lat,
            place.lon,
            radius,
            PrecisionClass.EXACT,
            "gazetteer",
            "",
            place.name,
            candidates=(Candidate(place, 1.0),),
        )
        spot = locate(relative, [anchor], kind=options.kind)
        held += spot.region is not None and spot.region.covers(Point(row["truth_lon"], row["truth_lat"]))
        errors.append(regions.inverse(spot.lat, spot.lon, row["truth_lat"], row["truth_lon"])[0] / 1000)
        sizes.append(regions.area_km2(spot.region) / max(stated, 1) ** 2)
        if (
            row["geodesic_km"]
            and abs(row["bearing_error_deg"]) <= 90
            and 0.5 <= row["stated_km"] / row["geodesic_km"] <= 2
        ):
            limit = next(b.limit for b in BANDS if row["stated_km"] * 1000 <= b.limit)
            bands[limit].append((row["geodesic_km"] / row["stated_km"], abs(row["bearing_error_deg"])))
    spent = time.perf_counter() - begun
    print(
        f"phrases {len(rows)}, read {read}, distance and bearing right {right}, {1000 * spent / max(1, len(rows)):.1f} ms each"
    )
    print(
        f"region holds the truth {held / max(1, read):.3f}, median error {statistics.median(errors):.1f} km, median area / d² {statistics.median(sizes):.2f}"
    )
    for limit, pairs in bands.items():
        if len(pairs) < 20:
            continue
        q = np.quantile([p[0] for p in pairs], [0.05, 0.5, 0.95])
        e = np.quantile([p[1] for p in pairs], [0.5, 0.9])
        print(
            f"to {limit / 1000:g} km: n {len(pairs)}, geodesic / stated 5 % {q[0]:.2f} 50 % {q[1]:.2f} 95 % {q[2]:.2f}; bearing error 50 % {e[0]:.0f}° 90 % {e[1]:.0f}°"
        )


if __name__ == "__main__":
    main()

"""How often phrases with a known truth are read rightly, how often the region holds the truth, and how fast.

Usage: python benchmarks/relative.py FILE.jsonl [--limit N] [--kind encyclopaedic] [--show N]

Each line: phrase, anchor_lat, anchor_lon, anchor_population, truth_lat, truth_lon, stated_km, direction, country.
The anchors are given, so that looking up names plays no part. The rows are those that the widths are fitted on:
coverage here is what the fit promises, not what other texts will show.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import time
from pathlib import Path

from shapely.geometry import Point

from mapper import regions
from mapper.gazetteer import Gazetteer
from mapper.model import Location, PrecisionClass
from mapper.relative import locate, parse


def main() -> None:
    """Read the file, locate each phrase, print the figures."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("file", type=Path)
    args.add_argument("--limit", type=int, default=2000)
    args.add_argument("--kind", default="encyclopaedic")
    args.add_argument("--show", type=int, default=0, help="print so many phrases that were not read")
    options = args.parse_args()
    rows = [json.loads(line) for line in options.file.open(encoding="utf-8")]
    # Polish rows mostly matched a namesake.
    rows = [r for r in rows if "stated_km" in r and r["country"] != "PL"]
    random.Random(20261124).shuffle(rows)
    rows = rows[: options.limit]
    gazetteer = Gazetteer.open()
    read = right = held = 0
    errors: list[float] = []
    sizes: list[float] = []
    spent = 0.0
    for row in rows:
        radius = max(3000.0, 1300 * math.sqrt((row.get("anchor_population") or 0) / math.pi / 4000))
        name, country = row["anchor"], row["country"] if gazetteer.country_code(row["country"]) else None
        where = (row["anchor_lat"], row["anchor_lon"])
        anchor = Location(*where, radius, PrecisionClass.EXACT, "gazetteer", name, name, country=country)
        begun = time.process_time()
        got = parse(row["phrase"], "en")
        spot = locate(got[0], [anchor] * len(got[0].anchors), gazetteer, kind=options.kind) if got else None
        spent += time.process_time() - begun
        if got is None or spot is None or got[0].distance_m is None:
            options.show -= 1
            if options.show >= 0:
                print("not read:", row["phrase"])
            continue
        read += 1
        stated = got[0].distance_m[1] / 1000
        right += abs(stated - row["stated_km"]) < 0.03 * row["stated_km"] + 0.05 and got[0].bearing is not None
        assert spot.region is not None
        held += bool(spot.region.covers(Point(row["truth_lon"], row["truth_lat"])))
        errors.append(regions.inverse(spot.lat, spot.lon, row["truth_lat"], row["truth_lon"])[0] / 1000)
        sizes.append(regions.area_km2(spot.region) / max(stated, 1) ** 2)
    print(f"phrases {len(rows)}, read {read}, distance and bearing right {right}, {len(rows) / spent:.0f} a second")
    print(
        f"region holds the truth {held / max(1, read):.3f}, median error {statistics.median(errors):.1f} km, "
        f"median area / d² {statistics.median(sizes):.2f}"
    )


if __name__ == "__main__":
    main()

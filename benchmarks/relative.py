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
from typing import Any

from shapely.geometry import Point

from mapper import regions
from mapper.gazetteer import Gazetteer
from mapper.model import Location, PrecisionClass, Relative
from mapper.relative import Anchored, forget, locate, locate_many, parse


def main() -> None:
    """Read the file, locate each phrase, print the figures."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("file", type=Path)
    args.add_argument("--limit", type=int, default=2000)
    args.add_argument("--kind", default="encyclopaedic")
    args.add_argument("--together", action="store_true", help="at first sight, too, all are located at once")
    args.add_argument("--show", type=int, default=0, help="print so many phrases that were not read")
    options = args.parse_args()
    rows = [json.loads(line) for line in options.file.open(encoding="utf-8")]
    # Polish rows mostly matched a namesake.
    rows = [r for r in rows if "stated_km" in r and r["country"] != "PL"]
    random.Random(20261124).shuffle(rows)
    rows = rows[: options.limit]
    gazetteer = Gazetteer.open()
    cases = [(row["phrase"], _anchor(row, gazetteer)) for row in rows]
    got, first = _passed(cases, gazetteer, options.kind, options.together)
    alone, together = (_passed(cases, gazetteer, options.kind, way)[1] for way in (False, True))
    read = right = held = 0
    errors: list[float] = []
    sizes: list[float] = []
    for row, one in zip(rows, got, strict=True):
        if one is None or one[0].distance_m is None:
            options.show -= 1
            if options.show >= 0:
                print("not read:", row["phrase"])
            continue
        said, spot = one
        assert said.distance_m is not None
        assert spot.region is not None
        read += 1
        stated = said.distance_m[1] / 1000
        right += abs(stated - row["stated_km"]) < 0.03 * row["stated_km"] + 0.05 and said.bearing is not None
        held += bool(spot.region.covers(Point(row["truth_lon"], row["truth_lat"])))
        errors.append(regions.inverse(spot.lat, spot.lon, row["truth_lat"], row["truth_lon"])[0] / 1000)
        sizes.append(regions.area_km2(spot.region) / max(stated, 1) ** 2)
    print(
        f"phrases {len(rows)}, read {read}, distance and bearing right {right}; at first sight "
        f"{len(rows) / first:.0f} a second {'together' if options.together else 'one by one'}; once what they need of "
        f"the gazetteer is read {len(rows) / alone:.0f} one by one, {len(rows) / together:.0f} together"
    )
    print(
        f"region holds the truth {held / max(1, read):.3f}, median error {statistics.median(errors):.1f} km, "
        f"median area / d² {statistics.median(sizes):.2f}"
    )


def _anchor(row: dict[str, Any], gazetteer: Gazetteer) -> Location:
    radius = max(3000.0, 1300 * math.sqrt((row.get("anchor_population") or 0) / math.pi / 4000))
    name, country = row["anchor"], row["country"] if gazetteer.country_code(row["country"]) else None
    where = (row["anchor_lat"], row["anchor_lon"])
    return Location(*where, radius, PrecisionClass.EXACT, "gazetteer", name, name, country=country)


def _passed(
    cases: list[tuple[str, Location]], gazetteer: Gazetteer, kind: str, together: bool
) -> tuple[list[tuple[Relative, Location] | None], float]:
    """Each phrase read and located, and the processor's seconds for all; no phrase is known from before."""
    forget()
    begun = time.process_time()
    got: list[tuple[Relative, Location] | None] = []
    if together:
        read = [parse(phrase, "en") for phrase, _ in cases]
        told = [Anchored(said[0], [a] * len(said[0].anchors)) for said, (_, a) in zip(read, cases, strict=True) if said]
        spots = iter(locate_many(told, gazetteer, kind=kind))
        got = [(said[0], next(spots)) if said else None for said in read]
    else:
        for phrase, anchor in cases:
            said = parse(phrase, "en")
            got.append(
                (said[0], locate(said[0], [anchor] * len(said[0].anchors), gazetteer, kind=kind)) if said else None
            )
    return got, time.process_time() - begun


if __name__ == "__main__":
    main()

"""The places of hand-annotated reports: ``python -m benchmarks.report_places FOLDER…``.

A FOLDER holds for each report NAME.gold.json, ``{"places": [{"text", "start", "end", "lat", "lon", "kind"?,
"tolerance_km"?}], "published"?}`` with offsets into the text, and the text beside it in the file that ``article``
names or in NAME.txt. Prints, for each language and in all, the share of the places that are found, the share of what
is found that is a place of the gold (spans that overlap), and the share of the places that are put right: within
``tolerance_km``, or 161 km, or 1000 km for a country. Capitals that stand for their government are no finds.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mapper import language
from mapper.gazetteer import Gazetteer, metres_between
from mapper.model import Report
from mapper.pipeline import places_of
from mapper.settings import Settings

NEAR_KM, COUNTRY_KM = 161.0, 1000.0


@dataclass
class Tally:
    gold: int = 0
    found: int = 0
    placed: int = 0
    said: int = 0
    right: int = 0

    def line(self, name: str) -> str:
        recall, precision = self.found / max(1, self.gold), self.right / max(1, self.said)
        placed = self.placed / max(1, self.gold)
        return f"{name}: recall {recall:.3f} of {self.gold}  precision {precision:.3f} of {self.said}  put right {placed:.3f}"


def reports(folder: Path) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """(name, text, places) of each report of a folder."""
    for path in sorted(folder.glob("*.gold.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        name = path.name.removesuffix(".gold.json")
        text = (folder / gold.get("article", f"{name}.txt")).read_text(encoding="utf-8")
        yield name, text, [p for p in gold["places"] if p.get("start") is not None]


def _near(place: dict[str, Any], lat: float, lon: float) -> bool:
    km = place.get("tolerance_km") or (COUNTRY_KM if place.get("kind") == "country" else NEAR_KM)
    return metres_between(place["lat"], place["lon"], lat, lon) <= 1000 * float(km)


def measure(folders: list[Path], gazetteer: Gazetteer) -> dict[str, Tally]:
    """The tallies by language, and of all."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for folder in folders:
        for name, text, places in reports(folder):
            code = language.identify(text)
            resolved = places_of(Report(name, text, language=code), gazetteer, Settings(offline=True))
            got = [r for r in resolved if r.mention.role != "actor"]
            for tally in (tallies[code], tallies["all"]):
                tally.gold += len(places)
                for place in places:
                    over = [r for r in got if r.mention.start < place["end"] and place["start"] < r.mention.end]
                    tally.found += bool(over)
                    tally.placed += place.get("lat") is not None and any(
                        r.location is not None and _near(place, r.location.lat, r.location.lon) for r in over
                    )
                names = [r.mention for r in got if r.mention.kind == "name"]
                tally.said += len(names)
                tally.right += sum(any(m.start < p["end"] and p["start"] < m.end for p in places) for m in names)
    return tallies


def main() -> None:
    """Measure the folders and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    for name, tally in sorted(measure(parser.parse_args().folders, Gazetteer.open()).items(), reverse=True):
        print(tally.line(name))


if __name__ == "__main__":
    main()

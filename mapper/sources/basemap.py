"""Build ``mapper/layers/assets/basemap.json``: ``python -m mapper.sources.basemap``, from the compiled gazetteer.

Countries (Natural Earth) and large towns, simplified for the page. Borders imply no endorsement.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from shapely.geometry import Polygon

from mapper import files
from mapper.gazetteer import Gazetteer

LARGE = 400_000
TOLERANCE = 0.03


def _rings(geometry: Any) -> list[list[list[float]]]:
    """Outer rings, small islands dropped unless they are all that a country has."""
    parts = [p for p in getattr(geometry, "geoms", [geometry]) if isinstance(p, Polygon)]
    parts.sort(key=lambda p: -p.area)
    kept = [p for i, p in enumerate(parts) if i == 0 or p.area > 0.02]
    return [[[round(x, 2), round(y, 2)] for x, y in _simple(p).exterior.coords] for p in kept]


def _simple(polygon: Polygon) -> Polygon:
    simple = polygon.simplify(TOLERANCE)
    return simple if isinstance(simple, Polygon) else polygon


def main() -> int:
    """Write the base map and say its size."""
    gazetteer = Gazetteer.open()
    countries = []
    for code in sorted(gazetteer.info_countries()):
        place = gazetteer.country(code)
        area = gazetteer.area(place)
        if area is not None:
            names = {"en": place.name, "ar": place.name_in("ar"), "fr": place.name_in("fr")}
            countries.append({"id": code, "n": names, "r": _rings(area)})
    towns = [
        [round(p.lon, 2), round(p.lat, 2), p.name, p.name_in("ar"), p.population // 1000]
        for p in gazetteer.large_places(LARGE)
    ]
    text = json.dumps({"countries": countries, "towns": towns}, ensure_ascii=False, separators=(",", ":"))
    files.write(Path(__file__).parent.parent / "layers" / "assets" / "basemap.json", text)
    print(f"{len(countries)} countries, {len(towns)} towns, {len(text):,} characters", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())

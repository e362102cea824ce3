"""A large table to the map, GeoJSON and GeoParquet: ``python -m benchmarks.tables [300000]``.

Rows in the 49 columns of UCDP GED are made up: places around the gazetteer's large towns, headlines and articles of
real length. ``mapper map`` runs as a process of its own, and so does what people use today: pandas, geopandas and stock
folium (``circle`` markers with pop-ups; its page is what a browser must then open). Printed are seconds, those of the processor, the peak of
memory and the sizes of what was written. Needs pyarrow; the comparison needs geopandas and says so where it is missing.
"""

from __future__ import annotations

import csv
import datetime as dt
import importlib.util
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mapper.gazetteer import Gazetteer
from mapper.readers.layout import layouts

STOCK = """
import sys, folium, geopandas, pandas
source, out = sys.argv[1], sys.argv[2]
frame = pandas.read_csv(source, low_memory=False)
points = geopandas.points_from_xy(frame["longitude"], frame["latitude"])
geo = geopandas.GeoDataFrame(frame, geometry=points, crs=4326)
geo.to_file(out + "/stock.geojson", driver="GeoJSON", engine="pyogrio")
geo.to_parquet(out + "/stock.parquet")
if len(sys.argv) > 3:
    page = folium.Map(tiles=None)
    for row in geo.itertuples():
        told = f"{row.date_start} {row.side_a} / {row.side_b}: {row.best}<br>{row.source_headline}"
        folium.CircleMarker([row.latitude, row.longitude], radius=4, popup=told).add_to(page)
    page.save(out + "/stock.html")
"""


def rows(number: int, path: Path) -> None:
    """Write ``number`` made-up rows, the same for the same number."""
    dice = random.Random(7)
    towns = Gazetteer.open().large_places(30_000)
    columns = str(layouts()["columns"]["ged_49"]).split(",")
    syllables = [a + b for a in "bdfghklmnprstvwyz" for b in ("a", "e", "i", "o", "u", "an", "er", "is", "on")]
    words = ["".join(dice.choices(syllables, k=dice.choice((1, 1, 2, 2, 3)))) for _ in range(12_000)]
    stock = dice.choices(words, [1 / (r + 2.7) for r in range(len(words))], k=1_000_000)
    first = dt.date(1989, 1, 1)

    def told(low: int, high: int) -> str:
        at = dice.randrange(len(stock) - high)
        return " ".join(stock[at : at + dice.randint(low, high)]).capitalize()

    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        for n in range(number):
            town, low = dice.choice(towns), dice.choice((0, 0, 1, 1, 2, 5, 12))
            begin = first + dt.timedelta(dice.randrange(13_000))
            prec, best = dice.choice((1, 1, 1, 2, 3)), low + dice.choice((0, 0, 1))
            lat, lon = town.lat + dice.gauss(0, 0.2), min(180, max(-180, town.lon + dice.gauss(0, 0.2)))
            writer.writerow(
                {
                    "id": n,
                    "relid": f"{town.country}-{begin.year}-{n}",
                    "year": begin.year,
                    "active_year": 1,
                    "code_status": "Clear",
                    "type_of_violence": dice.choice((1, 1, 2, 3)),
                    "conflict_name": f"{town.country}: Government",
                    "side_a": f"Government of {town.country}",
                    "side_b": f"Group {dice.randrange(300)}",
                    "number_of_sources": 1,
                    "source_article": f'"Wire {n % 40},{begin},{told(8, 14)}"',
                    "source_office": f"Wire {n % 40}",
                    "source_date": begin,
                    "source_headline": told(10, 24),
                    "where_prec": prec,
                    "where_coordinates": f"{town.name} town",
                    "where_description": told(3, 8),
                    "adm_1": town.admin1 or "",
                    "latitude": f"{lat:.6f}",
                    "longitude": f"{lon:.6f}",
                    "geom_wkt": f"POINT ({lon:.6f} {lat:.6f})",
                    "country": town.country,
                    "region": "Somewhere",
                    "event_clarity": 1,
                    "date_prec": 1,
                    "date_start": f"{begin} 00:00:00.000",
                    "date_end": f"{begin} 00:00:00.000",
                    "deaths_b": best,
                    "best": best,
                    "high": best + dice.choice((0, 3)),
                    "low": low,
                }
            )


def measured(command: list[str]) -> tuple[float, float, float]:
    """Seconds, seconds of processor and peak megabytes of a process."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> int:
    """Print one row for each way. Each is measured by a process of this file's own, for its own peak."""
    if len(sys.argv) > 2 and sys.argv[1] == "--measure":
        print(json.dumps(measured(sys.argv[2:])))
        return 0
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "ged.csv"
        rows(number, table)
        print(f"{number:,} rows, {table.stat().st_size / 1e6:.0f} MB of CSV")
        map_it = [sys.executable, "-m", "mapper", "map", str(table), "-o", folder, "--offline", "--formats"]
        ways = {
            "mapper: map, GeoJSON, GeoParquet": ([*map_it, "html,geojson,parquet"], "map.html events.*"),
            "mapper: GeoJSON, GeoParquet": ([*map_it, "geojson,parquet"], "events.*"),
        }
        if importlib.util.find_spec("geopandas") is not None:
            stock = [sys.executable, "-c", STOCK, str(table), folder]
            ways["pandas, geopandas: GeoJSON, GeoParquet"] = (stock, "stock.geojson stock.parquet")
            ways["pandas, geopandas, folium: and the map"] = ([*stock, "map"], "stock.*")
        else:
            print("geopandas is not installed: no comparison")
        for name, (command, files) in ways.items():
            told = subprocess.run(
                [sys.executable, "-m", "benchmarks.tables", "--measure", *command],
                check=True,
                capture_output=True,
                text=True,
            )
            seconds, cpu, megabytes = json.loads(told.stdout)
            sizes = [f"{p.name} {p.stat().st_size / 1e6:.0f} MB" for f in files.split() for p in Path(folder).glob(f)]
            print(
                f"{name:42} {seconds:7.1f} s  {cpu:7.1f} s CPU  {megabytes:6.0f} MB  {', '.join(sorted(sizes))}",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())

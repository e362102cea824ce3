"""Size and speed of the page: ``python -m benchmarks.map [5000 100000 …] [--stock]`` (a million: minutes and 4 GB).

Events are generated: places from the gazetteer's large towns, sentences of real length (mean about 168 characters) from
a made-up vocabulary with the word frequencies of language, so that they pack no better than news does. ``usable`` is
the time from opening the file to two pictures after the page says that it is ready; ``brush`` a move of the time
window, with the list and the map redrawn; ``paint`` a full redraw of the map.

``--stock`` adds what folium itself offers for the same events (``Marker``, ``MarkerCluster``, ``FastMarkerCluster``,
``GeoJson``; popups with the same sentence), up to ``STOCK`` events each. Their scripts, which folium asks of the
network, are stood in for: Leaflet is inlined; jQuery, Bootstrap and icons are left out, which makes those pages
smaller and faster than they are; marker clusters, whose script is not at hand, are measured in size and generation
only. Those pages have no base map, filter, time window, list, or safety from template code in the data.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import folium
from folium import plugins

from mapper.gazetteer import Gazetteer
from mapper.layers import page
from mapper.layers.shell import ASSETS
from mapper.model import Actor, Claim, DateRange, Event, Location, PrecisionClass, Run
from mapper.taxonomy import types

LEAFLET = (("style", "leaflet.css"), ("script", "leaflet.js"))
WORDS = 12_000
USABLE = "() => new Promise(d => requestAnimationFrame(() => requestAnimationFrame(() => d(performance.now()))))"
BRUSH = """(days) => {
  const took = [];
  for (let k = 0; k < 12; k++) {
    const day = n => new Date(Date.UTC(2018, 0, 1) + n * 864e5).toISOString().slice(0, 10);
    const t = performance.now();
    Mapper.setWindow(day(k * days), day(k * days + 20 * days), true);
    took.push(performance.now() - t);
  }
  return took.sort((a, b) => a - b)[6];
}"""
PAINT = """() => { const t = performance.now(); Mapper.paint(); return performance.now() - t; }"""


def events(number: int) -> list[Event]:
    """``number`` events, the same for the same number."""
    dice = random.Random(7)
    towns = Gazetteer.open().large_places(30_000)
    syllables = [a + b for a in "bdfghklmnprstvwyz" for b in ("a", "e", "i", "o", "u", "an", "er", "is", "on")]
    words = ["".join(dice.choices(syllables, k=dice.choice((1, 1, 2, 2, 3)))) for _ in range(WORDS)]
    weights = [1 / (rank + 2.7) for rank in range(WORDS)]
    stock = dice.choices(words, weights, k=4_000_000)
    rows = list(types().values())
    first, found = dt.date(2018, 1, 1), []
    for n in range(number):
        town, kind = dice.choice(towns), dice.choice(rows)
        at = dice.randrange(len(stock) - 40)
        sentence = (" ".join(stock[at : at + dice.randint(20, 36)])).capitalize() + f" in {town.name}."
        day = first + dt.timedelta(dice.randrange(2400))
        claim = Claim(f"r{n // 3}", 0, len(sentence), sentence, (), "en", f"Wire {n % 40}", None, day, ((2, 9),))
        where = Location(
            town.lat, town.lon, 3000.0, PrecisionClass.EXACT, "gazetteer", town.name, town.name, country=town.country
        )
        actors = (Actor(f"Group {dice.randrange(300)}", "perpetrator"), Actor(f"Group {dice.randrange(300)}", "target"))
        toll = dice.choice((None, None, 0, 1, 2, 5, 12))
        found.append(
            Event(
                hashlib.sha256(b"%d" % n).hexdigest()[:12],
                kind.event_type,
                kind.sub_event_type,
                (claim,),
                where,
                DateRange(day, day),
                actors=actors,
                fatalities=toll,
                confidence=dice.random(),
            )
        )
    return found


def _marker(run: Run) -> folium.Map:
    made = folium.Map(tiles=None, maxZoom=18)
    for event in run.events:
        folium.Marker((event.location.lat, event.location.lon), popup=folium.Popup(event.claims[0].sentence)).add_to(
            made
        )
    return made


def _cluster(run: Run) -> folium.Map:
    made = folium.Map(tiles=None, maxZoom=18)
    group = plugins.MarkerCluster().add_to(made)
    for event in run.events:
        folium.Marker((event.location.lat, event.location.lon), popup=folium.Popup(event.claims[0].sentence)).add_to(
            group
        )
    return made


def _fast(run: Run) -> folium.Map:
    made = folium.Map(tiles=None, maxZoom=18)
    rows = [[e.location.lat, e.location.lon, e.claims[0].sentence] for e in run.events]
    plugins.FastMarkerCluster(
        rows, callback="function (row) { return L.marker([row[0], row[1]]).bindPopup(row[2]); }"
    ).add_to(made)
    return made


def _geojson(run: Run) -> folium.Map:
    made = folium.Map(tiles=None, maxZoom=18, prefer_canvas=True)
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [e.location.lon, e.location.lat]},
            "properties": {"sentence": e.claims[0].sentence, "type": e.event_type, "date": str(e.date.start)},
        }
        for e in run.events
    ]
    folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        marker=folium.CircleMarker(radius=4),
        popup=folium.GeoJsonPopup(["sentence"]),
    ).add_to(made)
    return made


# Technique → (how it is made, the most events that it is asked for, whether a browser can open it here).
STOCK: dict[str, tuple[Callable[[Run], folium.Map], int, bool]] = {
    "Marker": (_marker, 5_000, True),
    "MarkerCluster": (_cluster, 5_000, False),
    "FastMarkerCluster": (_fast, 100_000, False),
    "GeoJson": (_geojson, 100_000, True),
}


def _inlined(made: folium.Map) -> str:
    """The page of a stock map with Leaflet inline and nothing asked of the network."""
    html = made.get_root().render()
    html = re.sub(r"<script src=[^>]*></script>|<link rel=[^>]*/>", "", html)
    leaflet = "".join(f"<{tag}>{(ASSETS / name).read_text()}</{tag}>" for tag, name in LEAFLET)
    # folium's popups are wrapped by jQuery, which is left out: a stand-in makes the same node.
    jquery = "<script>window.$ = html => { const box = document.createElement('div'); box.innerHTML = html; return [box.firstChild]; };</script>"
    return html.replace("<head>", "<head>" + leaflet + jquery, 1)


def _measured(html: str, ours: bool) -> tuple[float, float | None, float | None, float]:
    """Seconds until usable, milliseconds of a brush move and of a redraw, megabytes of script memory."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        file = Path(folder) / "map.html"
        file.write_text(html, encoding="utf-8")
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_context(offline=True, viewport={"width": 1300, "height": 850}).new_page()
        tab.set_default_timeout(240_000)
        tab.on("pageerror", lambda e: print("error:", e))
        tab.goto(file.as_uri(), timeout=240_000)
        if ours:
            tab.wait_for_selector("html[data-ready=yes]")
        usable = tab.evaluate(USABLE) / 1000
        brush, paint = (tab.evaluate(BRUSH, 30), tab.evaluate(PAINT)) if ours else (None, None)
        heap = tab.evaluate("() => performance.memory.usedJSHeapSize / 1e6")
        browser.close()
    return usable, brush, paint, heap


def _row(name: str, number: int, html: str, took: float, ours: bool, opens: bool = True) -> None:
    cells = _measured(html, ours) if opens else (None,) * 4
    shown = "".join(f"  {'–' if c is None else f'{c:.{d}f}':>9}" for c, d in zip(cells, (2, 1, 1, 0), strict=True))
    print(f"{name:<18} {number:<9,}  {len(html.encode()) / 1e6:7.2f}  {took:10.2f}{shown}", flush=True)


def main() -> int:
    """Print one row for each technique and number of events."""
    print("technique          events     HTML MB  generate s   usable s   brush ms   paint ms    heap MB")
    for number in [int(a) for a in sys.argv[1:] if a.isdigit()] or [5000, 100_000]:
        run = Run(tuple(events(number)))
        start = time.perf_counter()
        html = page(run, title=f"{number} events")
        _row("mapper", number, html, time.perf_counter() - start, ours=True)
        for name, (make, most, opens) in STOCK.items() if "--stock" in sys.argv else ():
            if number <= most:
                start = time.perf_counter()
                made = make(run)
                made.get_root().render()
                took = time.perf_counter() - start
                _row(name, number, _inlined(make(run)), took, ours=False, opens=opens)
    return 0


if __name__ == "__main__":
    sys.exit(main())

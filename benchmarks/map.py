"""Size and speed of the page: ``python -m benchmarks.map [5000 100000 …]`` (a million takes minutes and 4 GB).

Events are generated: places from the gazetteer's large towns, sentences of real length (mean about 168 characters) from
a made-up vocabulary with the word frequencies of language, so that they pack no better than news does. ``usable`` is
the time from opening the file to two pictures after the page says that it is ready; ``brush`` a move of the time
window, with the list and the map redrawn.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from mapper.gazetteer import Gazetteer
from mapper.layers import page
from mapper.model import Actor, Claim, DateRange, Event, Location, PrecisionClass, Run
from mapper.taxonomy import types

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


def main() -> int:
    """Print one row for each number of events."""
    from playwright.sync_api import sync_playwright

    print("events     HTML MB  generate s  usable s  brush ms  paint ms  heap MB")
    for number in [int(a) for a in sys.argv[1:]] or [5000, 100_000]:
        run = Run(tuple(events(number)))
        start = time.perf_counter()
        html = page(run, title=f"{number} events")
        took = time.perf_counter() - start
        with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
            file = Path(folder) / "map.html"
            file.write_text(html, encoding="utf-8")
            browser = play.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            tab = browser.new_context(offline=True, viewport={"width": 1300, "height": 850}).new_page()
            tab.on("pageerror", lambda e: print("error:", e))
            tab.goto(file.as_uri(), timeout=180_000)
            tab.wait_for_selector("html[data-ready=yes]", timeout=180_000)
            usable = tab.evaluate(USABLE)
            brush, paint = tab.evaluate(BRUSH, 30), tab.evaluate(PAINT)
            heap = tab.evaluate("() => performance.memory.usedJSHeapSize / 1e6")
            browser.close()
        print(
            f"{number:<9,}  {len(html) / 1e6:7.2f}  {took:10.2f}  {usable / 1000:8.2f}  {brush:8.1f}  {paint:8.1f}  {heap:7.0f}",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())

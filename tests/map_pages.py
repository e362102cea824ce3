"""Runs for the page's tests, and how a page is opened: in a real browser with the network off."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import Polygon

from mapper.layers.letters import LETTERS
from mapper.model import (
    Actor,
    Candidate,
    Claim,
    Count,
    DateRange,
    Event,
    Failure,
    Location,
    Mention,
    Place,
    PrecisionClass,
    Report,
    Resolved,
    Run,
)

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_browser = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="no Chromium: apt-get install chromium"
)
# Each would run, break the page or change what is read if it met a template, innerHTML, a string or a regex.
HOSTILE = [
    "</script><script>window.hit=1</script>",
    '<img src=x onerror="window.hit=1">',
    "<svg/onload=window.hit=1>",
    "{{ 7*7 }}",
    "{{ cycler.__init__.__globals__.os.system('touch hit') }}",
    "{% for x in y %}",
    "{# note",
    "${window.hit=1}",
    "`${window.hit=1}`",
    "<!--<script>",
    "-->",
    "]]>",
    "javascript:window.hit=1",
    "data:text/html,<script>window.hit=1</script>",
    "\\u003cscript\\u003e C:\\new\\table",
    "'\"><b>bold</b>",
    "&lt;b&gt; &amp; &#x3c;",
    "\u2028line\u2029paragraph",
    "a\x00b\x07c",
    "lone \ud800 surrogate",
    "right \u202egnp.exe\u202c to left",
    "isolate \u2067 never closed",
    "__proto__",
    "constructor",
    "toString",
    '=HYPERLINK("http://x")',
    "@SUM(1)",
    "%s %n %x",
    "$& $1 $`",
    "x" * 3000,
]


def _event(number: int, text: str, *, place: bool = True, **more: Any) -> Event:
    where = Location(
        29.657, 18.352, 9000.0, PrecisionClass.SECTOR, "relative", text, text,
        region=Polygon([(18, 29), (19, 29), (19, 30), (18, 30)]), country="LY", admin1=text, admin2=text,
        chain=(text, "region: wedge"), anchor=(31.209, 16.589), confidence=0.7,
        candidates=(Candidate(Place("1", text, 1.0, 2.0, admin1=text), 0.2, (text,)),), place_id=text, place_source=text,
    )  # fmt: skip
    claim = Claim(
        text, 0, len(text), text, fields=(text,), language="ar", source=text, url=text, marks=((1, 4), (2, 5))
    )
    fields: dict[str, Any] = {
        "location": where if place else None,
        "date": DateRange(dt.date(2020, 1, 1 + number % 28), dt.date(2020, 2, 1), 4, text),
        "actors": (Actor(text, text, text),),
        "counts": (Count(text, 1, None, None, text=text),),
        "weapon": text,
        "status": text,
        "notes": (text,),
        "extra": ((text, text),),
    }
    return Event(f"h{number:02d}", text, text, (claim,), **(fields | more))


def hostile() -> Run:
    """Every hostile string in every field that reaches the page."""
    return Run(
        tuple(_event(n, text) for n, text in enumerate(HOSTILE)),
        tuple(Report(text, text, text) for text in HOSTILE),
        tuple((text, Resolved(Mention(0, 1, text), None, text)) for text in HOSTILE),
        tuple(Failure(text, text, text, text) for text in HOSTILE),
        notes=tuple(HOSTILE),
    )


def plain() -> Run:
    """Three languages; a relative place, two events at one point, one country, one without a place or a date."""

    def claim(text: str, language: str, *marks: tuple[int, int], report: str = "r1", start: int = 0) -> Claim:
        shifted = tuple((a + start, b + start) for a, b in marks)
        return Claim(
            report,
            start,
            start + len(text),
            text,
            ("event_type",),
            language,
            "Sample Wire",
            "https://example.org/a",
            dt.date(2020, 3, 2),
            shifted,
        )

    arabic = "قتل 17 مسلحا في ضربة جنوب شرقي سرت."
    english = "Militants shelled 😀 a market in Sirte."
    french = "Des hommes armés ont attaqué un village au Mali."
    day = DateRange(dt.date(2020, 3, 1), dt.date(2020, 3, 1))
    week = DateRange(dt.date(2020, 5, 1), dt.date(2020, 5, 7), 3)
    sirte = Location(31.209, 16.589, 3000.0, PrecisionClass.EXACT, "gazetteer", "Sirte", "Sirte", country="LY")
    desert = Location(
        29.657,
        18.352,
        35_000.0,
        PrecisionClass.SECTOR,
        "relative",
        "جنوب شرقي سرت",
        "جنوب شرقي سرت",
        region=Polygon([(18, 29), (19, 29), (18.5, 30)]),
        country="LY",
        anchor=(31.209, 16.589),
        chain=("anchor: Sirte",),
    )
    mali = Location(17.0, -4.0, 700_000.0, PrecisionClass.COUNTRY, "gazetteer", "Mali", "Mali", country="ML")
    return Run((
        Event("e1", "Explosions/Remote violence", "Air/drone strike", (claim(arabic, "ar", (4, 6), start=40), claim(english, "en", report="r2")), desert, day, fatalities=17, fatalities_low=17, fatalities_high=17),
        Event("e2", "Explosions/Remote violence", "Shelling/artillery/missile attack", (claim(english, "en", (10, 17), (20, 28)),), sirte, week, status="claimed"),
        Event("e3", "Battles", "Armed clash", (claim(english, "en"),), sirte, day, fatalities=0),
        Event("e4", "Violence against civilians", "Attack", (claim(french, "fr", (4, 16)),), mali, week, background=True),
        Event("e5", "Diplomacy", "Talks", (claim(english, "en"),), None, None, status="planned"),
    ), failures=(Failure("read", "x.pdf", "not text"),))  # fmt: skip


@cache
def _browser() -> Any:
    """One browser for all tests of a process; it ends with it."""
    from playwright.sync_api import sync_playwright

    playing = sync_playwright().start()
    return playing.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])


@contextmanager
def opened(html: str, folder: Path, *, address: str = "", **context: Any) -> Iterator[Any]:
    """A tab with ``html`` in it; afterwards no error was printed and nothing but the file was asked for."""
    file = folder / "map.html"
    file.write_bytes(html.encode())
    errors: list[str] = []
    requests: list[str] = []
    options: dict[str, Any] = {"offline": True, "viewport": {"width": 1300, "height": 850}} | context
    window = _browser().new_context(**options)
    try:
        tab = window.new_page()
        tab.on("pageerror", lambda e: errors.append(str(e)))
        tab.on("console", lambda m: errors.append(m.text) if m.type in ("error", "warning") else None)
        tab.on("request", lambda r: requests.append(r.url.partition("#")[0]))
        tab.goto(file.as_uri() + address)
        tab.wait_for_selector("html[data-ready=yes]", timeout=30_000)
        yield tab
        assert tab.evaluate("window.hit") is None
    finally:
        window.close()
    assert not errors
    assert [r for r in requests if not r.startswith(("data:", "blob:"))] == [file.as_uri()]
    assert sorted(p.name for p in folder.iterdir()) == ["map.html"]


def unspell(text: str) -> bytes:
    """What ``mapper.layers.letters.spell`` was given."""
    values = [LETTERS.index(c) for c in text]
    bits = "".join(f"{a * 91 + b:013b}" for a, b in zip(values[1::2], values[2::2], strict=True))
    length = len(bits) // 8
    while length % 13 != values[0]:
        length -= 1
    return bytes(int(bits[8 * k : 8 * k + 8], 2) for k in range(length))


def pick(tab: Any, number: int) -> Any:
    """Select the event of that place in the data and return the panel."""
    tab.evaluate(f"Mapper.select({number})")
    tab.wait_for_function("n => document.querySelector('.details')?.dataset.event === String(n)", arg=number)
    return tab.locator(".details")

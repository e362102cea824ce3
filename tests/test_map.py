"""The page in a real browser with the network off: nothing but the file, no error, hostile text as text."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import folium
import pytest
from shapely.geometry import Polygon

from mapper.layers import LAYERS, page, to_folium
from mapper.layers.pack import pack
from mapper.layers.shell import ASSETS, SCRIPTS, strings
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
        "notes": (text,),
        "extra": ((text, text),),
    }
    return Event(f"h{number:02d}", text, text, (claim,), **(fields | more))


def _hostile() -> Run:
    """Every hostile string in every field that reaches the page."""
    return Run(
        tuple(_event(n, text) for n, text in enumerate(HOSTILE)),
        tuple(Report(text, text, text) for text in HOSTILE),
        tuple((text, Resolved(Mention(0, 1, text), None, text)) for text in HOSTILE),
        tuple(Failure(text, text, text, text) for text in HOSTILE),
        notes=tuple(HOSTILE),
    )


def _plain() -> Run:
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


@contextmanager
def _opened(html: str, folder: Path, **context: Any) -> Iterator[Any]:
    """A tab with ``html`` in it; afterwards no error was printed and nothing but the file was asked for."""
    from playwright.sync_api import sync_playwright

    file = folder / "map.html"
    file.write_bytes(html.encode())
    errors: list[str] = []
    requests: list[str] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        options: dict[str, Any] = {"offline": True, "viewport": {"width": 1300, "height": 850}} | context
        tab = browser.new_context(**options).new_page()
        tab.on("pageerror", lambda e: errors.append(str(e)))
        tab.on("console", lambda m: errors.append(m.text) if m.type in ("error", "warning") else None)
        tab.on("request", lambda r: requests.append(r.url))
        tab.goto(file.as_uri())
        tab.wait_for_selector("html[data-ready=yes]", timeout=30_000)
        yield tab
        assert tab.evaluate("window.hit") is None
        browser.close()
    assert not errors
    assert [r for r in requests if not r.startswith(("data:", "blob:"))] == [file.as_uri()]
    assert sorted(p.name for p in folder.iterdir()) == ["map.html"]


def _pick(tab: Any, number: int) -> Any:
    """Select the event of that place in the data and return the panel."""
    tab.evaluate(f"Mapper.select({number})")
    tab.wait_for_selector(".details h2")
    return tab.locator(".details")


def test_same_run_same_bytes_and_no_template_runs() -> None:
    title = "".join(HOSTILE[:10])
    html = page(_hostile(), title=title)
    assert html == page(_hostile(), title=title)
    body = re.sub(r"<title>.*?</title>", "", html, count=1, flags=re.DOTALL)
    assert "window.hit" not in body
    assert "<script>window" not in html
    assert ">49<" not in html
    markup = re.sub(r"<(script|style).*?</\1>", "", body, flags=re.DOTALL)
    assert not re.search(r"\s(?:src|href)\s*=", markup)
    html.encode()


def test_policy_names_every_script() -> None:
    html = page(_plain(), title="x")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy
    assert "connect-src 'none'" in policy[1]
    assert "unsafe-eval" not in policy[1]
    assert len(re.findall(r"<script>", html)) >= len(re.findall(r"sha256-", policy[1])) >= 3


def test_layers_are_folium_layers_and_users_add_theirs() -> None:
    made = to_folium(_plain())
    assert isinstance(made, folium.Map)
    folium.Circle((31, 16), radius=1000).add_to(made)
    html = made.get_root().render()
    for layer in LAYERS:
        assert f"Mapper.layer('{layer.key}')" in html
    assert "L.circle(" in html


def test_size_of_an_empty_page() -> None:
    assert len(page(Run(()), title="x").encode()) < 760_000


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_every_language_has_every_word(language: str) -> None:
    def keys(tree: dict[str, Any], before: str = "") -> set[str]:
        return {
            k
            for name, v in tree.items()
            for k in (keys(v, f"{before}{name}|") if isinstance(v, dict) else {before + name})
        }

    assert keys(strings()[language]) == keys(strings()["en"])


def test_scripts_ask_only_for_words_that_exist() -> None:
    source = "\n".join((ASSETS / "js" / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)
    assert "innerHTML" not in source
    for key in re.findall(r"\bt\(\"([\w.]+)\"[,)]", source):
        found: Any = strings()["en"]
        for part in key.split("."):
            assert part in found, key
            found = found[part]
        assert isinstance(found, str), key


def test_base_map_is_whole() -> None:
    base = json.loads(gzip.decompress((ASSETS / "basemap.json.gz").read_bytes()))
    codes = {row[0] for row in base["countries"]}
    assert len(codes) >= 238
    assert {"LY", "SY", "YE", "PS", "EH", "XK", "MV", "TV", "VA"} <= codes
    assert all(row[2] for row in base["countries"])
    # Antarctica alone runs along the edge of the world, at the pole.
    countries = [row[2] for row in base["countries"] if row[0] != "AQ"]
    for lines in (*countries, base["units"], base["disputed"]):
        for line in lines:
            assert all(abs(step) < 180 * base["scale"] for step in line[2::2])


def test_marks_are_cut_in_python_where_offsets_are_characters() -> None:
    tags = pack(_plain(), title="x", language="en")
    block = json.loads(gzip.decompress(base64.b64decode(tags["block-0"])))
    said = [claim[1] for row in block for claim in row["c"]]
    assert ["قتل ", "17", " مسلحا في ضربة جنوب شرقي سرت."] in said
    assert ["Militants ", "shelled", " 😀 ", "a market", " in Sirte."] in said


@needs_browser
@pytest.mark.parametrize("language", ["en", "ar"])
def test_hostile_text_is_shown_as_text(tmp_path: Path, language: str) -> None:
    with _opened(page(_hostile(), title=HOSTILE[0], language=language), tmp_path) as tab:
        assert tab.locator("h1").inner_text() == HOSTILE[0]
        assert tab.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
        order = {tab.evaluate(f"(Mapper.select({n}), 0)") or n for n in range(len(HOSTILE))}
        assert len(order) == len(HOSTILE)
        seen = set()
        for n in range(len(HOSTILE)):
            panel = _pick(tab, n)
            tab.wait_for_function("n => document.querySelector('.details')?.dataset.event === String(n)", arg=n)
            said = panel.locator("blockquote").first.text_content()
            seen.add(said)
            assert panel.locator("blockquote").first.get_attribute("dir") == "rtl"
            assert panel.locator("a").count() == 0
            assert panel.locator("img, script, b").count() == 0
        shown = {
            re.sub("[\x00\x07\u202a-\u202e\u2066-\u2069]", lambda m: f"U+{ord(m[0]):04X}", h).replace(
                "\ud800", "\ufffd"
            )
            for h in HOSTILE
        }
        assert seen == shown
        tab.get_by_role("button", name="About" if language == "en" else "عن الخريطة").click()
        assert tab.locator(".about li").count() >= 3 * len(HOSTILE)
        assert tab.locator(".about img, .about script").count() == 0


@needs_browser
def test_a_reader_finds_the_evidence(tmp_path: Path) -> None:
    with _opened(page(_plain(), title="Plain"), tmp_path) as tab:
        assert tab.locator(".count").inner_text() == "5 of 5 events · 1 not on the map"
        assert tab.locator(".row").count() == 5
        tab.locator(".rows").focus()
        tab.keyboard.press("End")
        tab.keyboard.press("Enter")
        assert "Talks" in tab.locator(".details h2").inner_text()
        assert "no location" in tab.locator(".details").inner_text()
        tab.keyboard.press("Escape")
        tab.locator(".row", has_text="Air/drone strike").click()
        panel = tab.locator(".details")
        assert panel.locator("mark").first.inner_text() == "17"
        assert panel.locator("blockquote").nth(0).get_attribute("dir") == "rtl"
        assert panel.locator("blockquote").nth(0).get_attribute("lang") == "ar"
        assert panel.locator("blockquote").nth(1).get_attribute("dir") == "ltr"
        assert panel.locator("a").first.get_attribute("href") == "https://example.org/a"
        assert "noopener" in (panel.locator("a").first.get_attribute("rel") or "")
        facts = panel.locator("dl").first.inner_text()
        assert "unknown" in facts and "35 km" in facts
        tab.get_by_role("button", name="← List").click()
        tab.locator(".row", has_text="Armed clash").click()
        assert "2 here" in tab.locator(".pager").inner_text()
        tab.get_by_role("button", name="Next event here").click()
        tab.wait_for_selector(".details dd:has-text('2020-05-01 – 2020-05-07')")
        assert "event=e2" in tab.evaluate("new Promise(done => setTimeout(() => done(location.hash), 400))")


@needs_browser
def test_filters_search_time_and_save(tmp_path: Path) -> None:
    with _opened(page(_plain(), title="Plain"), tmp_path) as tab:
        count = tab.locator(".count")
        tab.get_by_label("Battles").check()
        assert count.inner_text().startswith("1 of 5")
        tab.get_by_role("button", name="Clear").click()
        tab.get_by_role("searchbox").fill("شرقى سرت ١٧")  # other spelling, other digits
        tab.wait_for_function("() => Mapper.state().shown === 1")
        assert tab.evaluate("Mapper.state().order.length") == 1
        tab.get_by_role("button", name="Clear").click()
        tab.evaluate("Mapper.setWindow('2020-05-06', '2020-06-01')")
        assert count.inner_text().startswith("3 of 5")  # two ranges reach into it, one is undated
        tab.get_by_label("with 1 undated").uncheck()
        assert count.inner_text().startswith("2 of 5")
        grip = tab.get_by_role("slider", name="From")
        assert grip.get_attribute("aria-valuetext") == "2020-05-06"
        grip.press("ArrowLeft")
        assert grip.get_attribute("aria-valuetext") == "2020-05-05"
        with tab.expect_download() as got:
            tab.get_by_label("Save").select_option("geojson")
        saved = json.loads(Path(got.value.path()).read_text(encoding="utf-8"))
        assert [f["id"] for f in saved["features"]] == ["e2", "e4"]
        with tab.expect_download() as got:
            tab.get_by_label("Save").select_option("png")
        assert Path(got.value.path()).stat().st_size > 10_000


@needs_browser
def test_arabic_page_is_mirrored_and_the_map_is_not(tmp_path: Path) -> None:
    with _opened(page(_plain(), title="خريطة"), tmp_path) as tab:
        tab.get_by_label("Language", exact=True).select_option("ar")
        assert tab.locator("html").get_attribute("dir") == "rtl"
        box = {name: tab.locator(name).bounding_box() for name in (".filters", ".map-cell", ".side", ".track")}
        assert box[".filters"]["x"] > box[".map-cell"]["x"] > box[".side"]["x"]
        for ltr in (".map-cell", ".track"):
            assert tab.locator(ltr).evaluate("e => getComputedStyle(e).direction") == "ltr"
        panel = _pick(tab, 0)
        for value in panel.locator("dd").all():
            assert value.locator("bdi, .soft").count() >= 1
        assert "القتلى" in panel.inner_text()
        assert "الأحداث" in tab.locator(".leaflet-control-layers").text_content()


@needs_browser
def test_a_phone_shows_map_list_and_details(tmp_path: Path) -> None:
    with _opened(page(_plain(), title="Plain"), tmp_path, viewport={"width": 390, "height": 800}) as tab:
        for name in (".map-cell", ".side"):
            box = tab.locator(name).bounding_box()
            assert box["width"] >= 380 and box["height"] > 200
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390
        tab.locator(".row").first.click()
        tab.wait_for_selector(".details h2")

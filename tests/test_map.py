"""The page: nothing but the file, no error, the evidence in reach."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import folium
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from map_pages import HOSTILE, hostile, needs_browser, opened, pick, plain, unspell

from mapper.gazetteer import Gazetteer
from mapper.layers import LAYERS, page, to_folium
from mapper.layers.letters import LETTERS, spell
from mapper.layers.pack import pack
from mapper.layers.provinces import unit_numbers, units_of
from mapper.layers.shell import ASSETS, SCRIPTS, strings
from mapper.model import Run


def test_same_run_same_bytes_and_no_template_runs() -> None:
    title = "".join(HOSTILE[:10])
    html = page(hostile(), title=title)
    assert html == page(hostile(), title=title)
    body = re.sub(r"<title>.*?</title>", "", html, count=1, flags=re.DOTALL)
    assert "window.hit" not in body
    assert "<script>window" not in html
    assert ">49<" not in html
    markup = re.sub(r"<(script|style).*?</\1>", "", body, flags=re.DOTALL)
    assert not re.search(r"\s(?:src|href)\s*=", markup)
    html.encode()


def test_policy_names_every_script() -> None:
    html = page(plain(), title="x")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy
    assert "connect-src 'none'" in policy[1]
    assert "unsafe-eval" not in policy[1]
    assert len(re.findall(r"<script>", html)) >= len(re.findall(r"sha256-", policy[1])) >= 3


def test_layers_are_folium_layers_and_users_add_theirs() -> None:
    made = to_folium(plain())
    assert isinstance(made, folium.Map)
    folium.Circle((31, 16), radius=1000).add_to(made)
    html = made.get_root().render()
    for layer in LAYERS:
        assert f"Mapper.layer('{layer.key}')" in html
    assert "L.circle(" in html


def test_size_of_an_empty_page() -> None:
    assert len(page(Run(()), title="x").encode()) < 640_000


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
    head, _, rest = gzip.decompress((ASSETS / "basemap.gz").read_bytes()).partition(b"\n")
    base = json.loads(head)
    codes = [row[0] for row in base["countries"]]
    assert len(set(codes)) >= 238
    assert {"LY", "SY", "YE", "PS", "EH", "XK", "MV", "TV", "VA"} <= set(codes)
    assert all(row[2] for row in base["countries"])
    rings = sum(row[2] for row in base["countries"])
    lines, towns = rings + base["units"] + base["disputed"], len(base["people"])
    counts = np.frombuffer(rest, "u1", 4 * lines).reshape(4, lines).T.copy().view("<i4")[:, 0]
    points = int(counts.sum())
    assert len(rest) == 4 * (lines + 2 * (points + towns))
    steps = np.frombuffer(rest, "u1", 4 * (points + towns), 4 * lines).reshape(4, -1).T.copy().view("<u4")[:, 0]
    steps = (steps >> 1).astype(int) ^ -(steps & 1).astype(int)
    x = np.cumsum(steps[:points]) / base["scale"]
    assert np.abs(x).max() <= 180.1
    # Antarctica alone runs along the edge of the world, at the pole.
    owners = np.repeat([code for code, _, n in base["countries"] for _ in range(n)] + [""] * (lines - rings), counts)
    inside = np.ones(points, bool)
    inside[np.cumsum(counts)[:-1]] = inside[0] = False
    assert np.abs(steps[:points][inside & (owners != "AQ")]).max() < 180 * base["scale"]


@given(st.binary(max_size=400))
def test_bytes_are_spelt_in_harmless_letters(content: bytes) -> None:
    text = spell(content)
    assert unspell(text) == content
    assert set(text) <= set(LETTERS)
    assert not set("<>&{") & set(LETTERS)


def test_marks_are_cut_in_python_where_offsets_are_characters() -> None:
    tags = pack(plain(), title="x", language="en")
    block = json.loads(gzip.decompress(unspell(tags["block-0"])))
    rows = [
        column["of"][column["at"][k]] if isinstance(column, dict) else column[k]
        for k in range(6)
        for column in (block["text"], block["marks"])
    ]
    said = {text: marks for text, marks in zip(rows[0::2], rows[1::2], strict=True) if marks}
    # Lengths as a browser counts: 😀 is two.
    assert said["قتل 17 مسلحا في ضربة جنوب شرقي سرت."] == [4, 2]
    assert said["Militants shelled 😀 a market in Sirte."] == [10, 7, 4, 8]


@needs_browser
def test_a_reader_finds_the_evidence(tmp_path: Path) -> None:
    with opened(page(plain(), title="Plain"), tmp_path) as tab:
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
    with opened(page(plain(), title="Plain"), tmp_path) as tab:
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
    with opened(page(plain(), title="خريطة"), tmp_path) as tab:
        tab.get_by_label("Language", exact=True).select_option("ar")
        assert tab.locator("html").get_attribute("dir") == "rtl"
        box = {name: tab.locator(name).bounding_box() for name in (".filters", ".map-cell", ".side", ".track")}
        assert box[".filters"]["x"] > box[".map-cell"]["x"] > box[".side"]["x"]
        for ltr in (".map-cell", ".track"):
            assert tab.locator(ltr).evaluate("e => getComputedStyle(e).direction") == "ltr"
        panel = pick(tab, 0)
        for value in panel.locator("dd").all():
            assert value.locator("bdi, .soft").count() >= 1
        assert "القتلى" in panel.inner_text()
        assert "الأحداث" in tab.locator(".leaflet-control-layers").text_content()


@needs_browser
def test_a_phone_shows_map_list_and_details(tmp_path: Path) -> None:
    with opened(page(plain(), title="Plain"), tmp_path, viewport={"width": 390, "height": 800}) as tab:
        for name in (".map-cell", ".side"):
            box = tab.locator(name).bounding_box()
            assert box["width"] >= 380 and box["height"] > 200
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390
        tab.locator(".row").first.click()
        tab.wait_for_selector(".details h2")


@needs_browser
def test_two_sources_are_compared(tmp_path: Path) -> None:
    run = plain()
    other = [replace(c, source="Other Wire") for c in run.events[1].claims]
    events = (
        run.events[0],
        replace(run.events[1], claims=(*other,)),
        replace(run.events[2], claims=(*run.events[2].claims, *other)),
    )
    with opened(page(Run(events), title="Plain"), tmp_path) as tab:
        tab.locator(".compare summary").click()
        tab.get_by_label("First source").select_option("Sample Wire")
        tab.get_by_label("Second source").select_option("Other Wire")
        told = [row.inner_text().split("\n") for row in tab.locator(".compare .facet-row").all()]
        assert told == [["only Sample Wire", "1"], ["only Other Wire", "1"], ["both", "1"]]
        tab.wait_for_function("() => location.hash.includes('b=Other+Wire')")
        panel = pick(tab, 1)
        assert panel.locator("table tbody tr").count() == 2
        tab.get_by_role("button", name="Clear").click()
        assert tab.locator(".compare .facet-row").count() == 0


@needs_browser
def test_paper_holds_the_whole_list_and_the_state_survives_reopening(tmp_path: Path) -> None:
    html = page(plain(), title="Plain")
    with opened(html, tmp_path, viewport={"width": 1300, "height": 420}) as tab:
        assert tab.locator(".row").count() == 5
        tab.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert tab.locator(".filters").is_hidden()
        boxes = [row.bounding_box() for row in tab.locator(".row").all()]
        assert len(boxes) == 5 and all(a["y"] < b["y"] for a, b in pairwise(boxes))
        tab.evaluate("dispatchEvent(new Event('afterprint'))")
        assert tab.locator(".filters").is_visible()
        tab.get_by_label("Battles").check()
        tab.evaluate("Mapper.setWindow('2020-02-01', '2020-04-01')")
        tab.locator(".row").first.click()
        tab.locator(".leaflet-control-layers-overlays label", has_text="by area").locator("input").dispatch_event(
            "click"
        )
        tab.wait_for_function("() => location.hash.includes('event=e3') && !location.hash.includes('shade')")
        address = tab.evaluate("location.hash")
    with opened(html, tmp_path, address=address) as tab:
        assert tab.locator(".count").inner_text().startswith("1 of 5")
        assert tab.locator(".details").get_attribute("data-event") is not None
        assert "by country, at most 1" in tab.locator(".legend").inner_text()
        assert tab.evaluate("location.hash") in ("", address)


@needs_browser
def test_layers_of_the_users_own_stand_in_the_control(tmp_path: Path) -> None:
    made = to_folium(plain(), title="Plain")
    group = folium.FeatureGroup("Mine").add_to(made)
    folium.Circle((31, 16), radius=50_000, popup="A circle of mine").add_to(group)
    with opened(made.get_root().render(), tmp_path) as tab:
        row = tab.locator(".leaflet-control-layers-overlays label", has_text="Mine")
        assert row.locator("input").is_checked()
        assert tab.locator("path.leaflet-interactive").count() == 1
        row.locator("input").dispatch_event("click")
        assert tab.locator("path.leaflet-interactive").count() == 0
        assert tab.locator(".leaflet-control-layers-overlays label").count() == len(LAYERS) + 1
    assert "<iframe" in made._repr_html_()


@needs_browser
def test_provinces_are_shaded_close_up(gazetteer: Gazetteer, tmp_path: Path) -> None:
    run = plain()
    units = units_of(run.events, gazetteer)
    assert [(p.name, p.country) for p, _ in units] == [("Sirte", "LY")]  # Mali is known as a country alone
    assert unit_numbers(run.events, units) == [1, 1, 1, 0, 0]
    html = page(replace(run, units=units), title="Plain")
    with opened(html, tmp_path, address="#map=6/30/17&off=density") as tab:
        assert "by province, at most 3" in tab.locator(".legend").inner_text()
        tab.evaluate("Mapper.map.setZoom(3, { animate: false })")
        assert "by country, at most 3" in tab.locator(".legend").inner_text()

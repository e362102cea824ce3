"""Thirty hostile strings in every field, layer, control and export: text, and nothing else."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from map_pages import HOSTILE, hostile, needs_browser, opened, pick

from mapper.layers import page

_HIDDEN = re.compile("[\x00\x07\u202a-\u202e\u2066-\u2069]")


def shown(text: str) -> str:
    """How the page writes ``text``: hidden characters by their code, lone surrogates replaced."""
    return _HIDDEN.sub(lambda m: f"U+{ord(m[0]):04X}", text.replace("\ud800", "\ufffd"))


def _whole(tab: Any) -> None:
    """No node came from data: no picture, frame, script or handler, and no link but to the web."""
    assert (
        tab.evaluate(
            """() => [...document.querySelectorAll("body *")].filter((node) =>
          ["IMG", "IFRAME", "OBJECT", "EMBED", "FORM", "BASE", "B"].includes(node.tagName) && !node.closest(".about")
          || node.getAttributeNames().some((name) => name.startsWith("on"))
          || node.tagName === "A" && !["", "#", "#close"].includes(node.getAttribute("href") ?? "") && !/^https?:/.test(node.href)
        ).map((node) => node.outerHTML.slice(0, 200))"""
        )
        == []
    )
    assert tab.evaluate("window.hit") is None
    assert tab.evaluate("({}).polluted === undefined && Object.keys(Object.prototype).length === 0")


@needs_browser
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_panel_shows_text(tmp_path: Path, language: str) -> None:
    with opened(page(hostile(), title=HOSTILE[0], language=language), tmp_path) as tab:
        assert tab.locator("h1").inner_text() == HOSTILE[0]
        assert tab.title() == HOSTILE[0]
        assert tab.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
        seen = set()
        for n in range(len(HOSTILE)):
            panel = pick(tab, n)
            said = panel.locator("blockquote").first
            seen.add(said.text_content())
            assert said.get_attribute("dir") == "rtl"
            assert panel.locator("a").count() == 0
            text = panel.inner_text()
            assert text.count(shown(HOSTILE[0])[:20]) in (0, *range(5, 40))
        assert seen == {shown(h) for h in HOSTILE}
        _whole(tab)
        tab.locator("header .tools > button:last-of-type").click()
        about = tab.locator(".about")
        assert about.locator("li").count() >= 3 * len(HOSTILE)
        told = about.text_content()
        assert all(shown(h) in told for h in HOSTILE)
        assert about.locator("img, script").count() == 0
        _whole(tab)


@needs_browser
def test_every_control_takes_text(tmp_path: Path) -> None:
    with opened(page(hostile(), title="x"), tmp_path) as tab:
        tab.evaluate("document.querySelectorAll('.facet').forEach(d => d.open = true)")
        for more in tab.locator(".more:visible").all():
            more.click()
        for key in ("type", "subtype", "status", "actor", "source"):
            names = tab.locator(f".facet[data-key={key}] .name").all_text_contents()
            assert {shown(h) for h in HOSTILE} <= set(names), key
        # Each value filters to its own event, and the address that says so opens the same view.
        box = tab.locator(".facet[data-key=actor] label", has_text="__proto__").locator("input")
        box.check()
        assert tab.evaluate("Mapper.state().shown") == 1
        box.uncheck()
        for text in ("{{ 7*7 }}", "__proto__", "${window.hit=1}", "(.*)[", "\\u003c"):
            tab.locator("#search").fill(text)
            tab.wait_for_function("t => location.hash.includes(new URLSearchParams({ q: t }).toString())", arg=text)
        tab.locator("#search").fill("")
        tab.locator(".compare select").first.select_option(index=3)
        tab.locator(".compare select").last.select_option(index=7)
        assert tab.locator(".compare .facet-row").count() == 3
        _whole(tab)


@needs_browser
@pytest.mark.parametrize("text", ["__proto__", "</script><script>window.hit=1</script>", "${window.hit=1}"])
def test_an_address_is_read_not_run(tmp_path: Path, text: str) -> None:
    from urllib.parse import quote

    part = quote(text, safe="")
    address = f"#map=NaN/1e9/{part}&from={part}&q={part}&f.type={part}&f.{part}=1&event={part}&language={part}&theme={part}&off={part}&a={part}&b={part}"
    with opened(page(hostile(), title="x"), tmp_path, address=address) as tab:
        _whole(tab)
        assert tab.evaluate("Mapper.state().language") == "en"


@needs_browser
def test_a_file_of_the_users_own_is_text(tmp_path: Path) -> None:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [18 + n / 10, 29]},
            "properties": {"name": h, h or "k": h},
        }
        for n, h in enumerate(h.replace("\ud800", "\ufffd") for h in HOSTILE)
    ]
    own = {
        "name": "<img src=x onerror=window.hit=1>.geojson",
        "mimeType": "application/json",
        "buffer": json.dumps({"type": "FeatureCollection", "features": features}).encode(),
    }
    with opened(page(hostile(), title="x"), tmp_path) as tab:
        tab.locator("input[type=file]").set_input_files([own])
        names = tab.locator(".leaflet-control-layers-overlays label")
        names.filter(has_text="onerror").wait_for(state="attached")
        assert tab.locator(".leaflet-control-layers img").count() == 0
        tab.locator("path.leaflet-interactive").nth(1).dispatch_event("click")
        assert tab.locator(".leaflet-popup-content").text_content().count(HOSTILE[1]) >= 1
        _whole(tab)
        for broken in (
            b"{",
            b"[]",
            b'{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":["a",{}]}}]}',
            b"\xff\xfe\x00",
        ):
            tab.locator("input[type=file]").set_input_files([own | {"buffer": broken}])
            tab.locator("dialog [role=alert]").first.wait_for()
            tab.locator("dialog .close").click()
            tab.evaluate("document.querySelectorAll('dialog [role=alert]').forEach(p => p.remove())")
        _whole(tab)


@needs_browser
def test_every_export_is_data(tmp_path: Path) -> None:
    with opened(page(hostile(), title=HOSTILE[3]), tmp_path) as tab:

        def saved(kind: str) -> str:
            with tab.expect_download() as got:
                tab.get_by_label("Save").select_option(kind)
            assert re.fullmatch(r"(events|map)\.\w+", got.value.suggested_filename)
            return Path(got.value.path()).read_text(encoding="utf-8-sig")

        features = json.loads(saved("geojson"))["features"]
        clean = {h.replace("\ud800", "\ufffd") for h in HOSTILE}
        assert {f["properties"]["sentence"] for f in features} == clean
        assert {f["properties"]["event_type"] for f in features} == clean
        rows = list(csv.DictReader(io.StringIO(saved("csv"), newline="")))
        assert len(rows) == len(HOSTILE)
        for row in rows:
            for name, value in row.items():
                assert not re.match(r"[=@\t\r]|[+-](?![\d.]+$)", value), (name, value)
        _whole(tab)

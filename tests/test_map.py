"""The page in a real browser with the network off: nothing but the file, no error, hostile text as text."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from mapper.layers import page
from mapper.model import Claim, Event, Location, PrecisionClass, Run

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
HOSTILE = '</script><img src=x onerror="window.hit=1">{{7*7}}${window.hit=1} سرت'


def _run() -> Run:
    where = Location(29.657, 18.352, 9000.0, PrecisionClass.SECTOR, "relative", HOSTILE, HOSTILE, chain=(HOSTILE,))
    claim = Claim("r", 0, len(HOSTILE), HOSTILE, language="ar", source=HOSTILE, url="javascript:window.hit=1", marks=((2, 5),))
    return Run((Event("a1", "Battles", HOSTILE, (claim,), where), Event("a2", "Riots", "Mob violence", (claim,))))


def test_same_run_same_bytes_and_no_template_runs() -> None:
    html = page(_run(), title=HOSTILE)
    assert html == page(_run(), title=HOSTILE)
    assert "window.hit" not in html
    assert ">49<" not in html
    assert 'src="http' not in html


@pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="no Chromium: apt-get install chromium")
@pytest.mark.parametrize("language", ["en", "ar"])
def test_opens_offline_and_shows_hostile_text_as_text(tmp_path: Path, language: str) -> None:
    from playwright.sync_api import sync_playwright

    file = tmp_path / "map.html"
    file.write_text(page(_run(), title=HOSTILE, language=language), encoding="utf-8")
    errors: list[str] = []
    requests: list[str] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_context(offline=True).new_page()
        tab.on("pageerror", lambda e: errors.append(str(e)))
        tab.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        tab.on("request", lambda r: requests.append(r.url))
        tab.goto(file.as_uri())
        tab.locator("#list button").first.click(timeout=20_000)
        assert HOSTILE in tab.locator("#panel blockquote").first.text_content()  # type: ignore[operator]
        assert tab.locator("#panel blockquote").first.get_attribute("dir") == "rtl"
        assert tab.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
        assert tab.locator("#panel a").count() == 0
        assert tab.locator("#list button").count() == 2
        browser.close()
    assert not errors
    assert [r for r in requests if not r.startswith(("data:", "blob:"))] == [file.as_uri()]

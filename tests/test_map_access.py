"""The page for everyone: axe finds nothing serious, every task by keyboard alone, values apart from their direction."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from map_pages import needs_browser, opened, plain

from mapper.layers import page

SCREENS: dict[str, dict[str, Any]] = {
    "wide": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 800}},
}
STEPS = {
    "list": "0",
    "details": "Mapper.select(0)",
    "about": "document.querySelector('header .tools > button:last-of-type').click()",
}


def _findings(tab: Any) -> list[str]:
    """What axe-core calls serious or critical: rule, and the first elements that break it."""
    tab.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    found = tab.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [
        json.dumps([v["id"], v["help"], [n["html"][:160] for n in v["nodes"][:3]]], ensure_ascii=False)
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


@needs_browser
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing_serious(tmp_path: Path, screen: str, language: str) -> None:
    with opened(page(plain(), title="Plain", language=language), tmp_path, **SCREENS[screen]) as tab:
        for step, act in STEPS.items():
            tab.evaluate(f"() => {{ {act} }}")
            if step == "details":
                tab.wait_for_selector(".details h2")
            assert not _findings(tab), step


def _tab_to(tab: Any, what: str, presses: int = 80) -> None:
    """Press Tab until the focus is on ``what`` (a selector): no task may need a pointer to get there."""
    for _ in range(presses):
        if tab.evaluate("s => document.activeElement.matches(s)", what):
            return
        tab.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {what}")


def _focus(tab: Any) -> str:
    return str(tab.evaluate("document.activeElement.className + ' ' + (document.activeElement.dataset.act ?? '')"))


@needs_browser
def test_every_task_by_keyboard_alone(tmp_path: Path) -> None:
    with opened(page(plain(), title="Plain"), tmp_path) as tab:
        keys, count = tab.keyboard, tab.locator(".count")
        # Search.
        _tab_to(tab, "#search")
        keys.type("Mali")
        tab.wait_for_function("() => Mapper.state().shown === 1")
        keys.press("Control+A")
        keys.press("Delete")
        tab.wait_for_function("() => Mapper.state().shown === 5")
        # Save: a choice in a list.
        _tab_to(tab, "header select")
        with tab.expect_download() as got:
            keys.type("CSV")
        assert got.value.suggested_filename == "events.csv"
        # Language, there and back.
        _tab_to(tab, "header select:last-of-type")
        keys.press("ArrowDown")
        assert tab.locator("html").get_attribute("lang") == "ar"
        keys.press("ArrowUp")
        # Light and dark; about, closed by Escape.
        _tab_to(tab, ".theme")
        keys.press("Space")
        assert tab.locator("html").get_attribute("data-theme") == "dark"
        _tab_to(tab, "header button:last-of-type")
        keys.press("Enter")
        assert tab.locator(".about").is_visible()
        keys.press("Escape")
        assert tab.locator(".about").is_hidden()
        # A facet opened, a value picked, all cleared.
        _tab_to(tab, ".facet-row input")
        keys.press("Space")
        assert count.inner_text().startswith("1 of 5")
        keys.press("Space")
        assert count.inner_text().startswith("5 of 5")
        _tab_to(tab, "[data-key=precision] summary")
        keys.press("Enter")
        assert tab.locator("[data-key=precision] .facet-row").first.is_visible()
        # The map: moved, zoomed, measured, a layer put off.
        _tab_to(tab, ".leaflet-container")
        before = tab.evaluate("Mapper.map.getCenter().lng")
        keys.press("ArrowRight")
        tab.wait_for_function("lng => Mapper.map.getCenter().lng > lng", arg=before)
        tab.wait_for_timeout(400)
        _tab_to(tab, ".map-button[aria-pressed]")
        keys.press("Enter")
        keys.down("Shift")
        _tab_to(tab, ".leaflet-container")
        keys.up("Shift")
        keys.press("Enter")
        keys.press("ArrowDown")
        tab.wait_for_timeout(400)
        keys.press("Enter")
        assert "km" in tab.locator(".ruler").inner_text() and "180°" in tab.locator(".ruler").inner_text()
        keys.press("Escape")
        _tab_to(tab, ".leaflet-control-layers-toggle")
        keys.press("Enter")
        tab.wait_for_timeout(200)  # Leaflet takes no click in the moment in which the control opens
        _tab_to(tab, ".leaflet-control-layers-selector")
        keys.press("Space")
        tab.wait_for_function("() => location.hash.includes('off=countries')")
        keys.press("Space")
        # Time: an exact day, a grip moved, all dates again.
        _tab_to(tab, ".day")
        keys.type("2020-05")
        keys.press("Enter")
        assert count.inner_text().startswith("3 of 5")
        assert tab.locator(".day").first.input_value() == "2020-05-01"
        _tab_to(tab, ".grip")
        keys.press("Home")
        assert count.inner_text().startswith("5 of 5")
        # The list, an event, its neighbour at the same place, and back to the list.
        _tab_to(tab, "#rows")
        keys.press("Home")
        keys.press("ArrowDown")
        keys.press("Enter")
        tab.wait_for_selector(".details h2:focus")
        _tab_to(tab, "[data-act=next]")
        first = tab.locator(".details").get_attribute("data-event")
        keys.press("Enter")
        tab.wait_for_function("e => document.querySelector('.details').dataset.event !== e", arg=first)
        assert "next" in _focus(tab)
        keys.press("Escape")
        tab.wait_for_selector("#rows:focus")


@needs_browser
def test_values_stand_apart_from_the_direction_of_the_page(tmp_path: Path) -> None:
    with opened(page(plain(), title="خريطة", language="ar"), tmp_path) as tab:
        tab.evaluate("Mapper.select(0)")
        tab.wait_for_selector(".details h2")
        loose = tab.evaluate(
            """() => [...document.querySelectorAll(".details dd, .details figcaption, .row, .facet-row, .details li")].flatMap((host) => {
              const walk = document.createTreeWalker(host, NodeFilter.SHOW_TEXT), found = [];
              for (let node = walk.nextNode(); node; node = walk.nextNode())
                if (/[A-Za-z0-9]/.test(node.data) && !node.parentElement.closest("bdi, time, a, [dir=ltr], .soft")) found.push(node.data);
              return found;
            })"""
        )
        assert loose == []

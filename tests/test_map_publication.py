"""What is left out for publication is in none of the files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st
from map_pages import needs_browser, opened, plain

from mapper import pipeline
from mapper.errors import SettingsError
from mapper.layers import page
from mapper.model import Actor, Location, PrecisionClass
from mapper.publication import coarse, published
from mapper.settings import Settings


@given(st.floats(-85, 85), st.floats(-180, 180), st.sampled_from([1.0, 10.0, 50.0]))
def test_a_coarse_place_still_holds_the_truth(lat: float, lon: float, km: float) -> None:
    where = Location(lat, lon, 2000.0, PrecisionClass.EXACT, "gazetteer", "Here", "Here", country="LY", admin1="Sirte")
    moved = coarse(where, km)
    off = Geodesic.WGS84.Inverse(lat, lon, moved.lat, moved.lon)["s12"]
    assert off + where.radius_m <= moved.radius_m * 1.02 + 20
    assert moved.name == "Sirte" and moved.precision is not PrecisionClass.EXACT
    assert (moved.anchor, moved.region, moved.candidates) == (None, None, ())


@given(st.floats(-60, 60), st.floats(-170, 170), st.floats(-0.01, 0.01))
def test_places_of_one_cell_cannot_be_told_apart(lat: float, lon: float, step: float) -> None:
    one = Location(lat, lon, 1.0, PrecisionClass.EXACT, "table", "A", "A")
    first = coarse(one, 25)
    again = coarse(replace(one, lat=first.lat + step, lon=first.lon + step), 25)
    assert (again.lat, again.lon) == (first.lat, first.lon)


def test_a_published_run_tells_neither_place_nor_person(tmp_path: Path) -> None:
    run = plain()
    people = (Actor("Jane Example", "victim"), Actor("Rebel Group", "perpetrator", "rebels"))
    run = replace(run, events=tuple(replace(e, actors=people) for e in run.events))
    settings = Settings(output=tmp_path, coarsen=20, sensitive=True, formats=("geojson", "csv", "jsonl", "kml", "hxl"))
    pipeline.write(run, settings)
    for file in tmp_path.iterdir():
        if file.name == "failures.jsonl":  # for who made the map, not for who reads it
            continue
        text = file.read_text(encoding="utf-8")
        for told in ("Sirte", "Militants", "سرت", "Jane", "example.org", "Sample Wire", "31.209", "x.pdf"):
            assert told not in text, (file.name, told)
    features = json.loads((tmp_path / "events.geojson").read_text(encoding="utf-8"))["features"]
    assert len(features) == len(run.events)
    assert all(f["properties"]["actors"] == "Rebel Group (perpetrator)" for f in features)
    assert published(run) is run


@pytest.mark.parametrize(
    "address",
    ["http://x.org/{z}/{x}/{y}.png", "https://x.org/{z}/{x}.png", "https://x.org/'{z}/{x}/{y}", "javascript:1"],
)
def test_tiles_are_asked_of_one_https_host(address: str) -> None:
    with pytest.raises(SettingsError):
        Settings(tiles=address)


@needs_browser
def test_on_line_tiles_wait_to_be_asked_for(tmp_path: Path) -> None:
    run = replace(
        plain(), tiles=Settings(tiles="https://{s}.tile.example.org/{z}/{x}/{y}.png").tiles, tiles_credit="© Example"
    )
    html = page(run, title="Plain")
    assert "img-src data: blob: https://*.tile.example.org;" in html
    with opened(html, tmp_path) as tab:  # which fails on any request
        row = tab.locator(".leaflet-control-layers-overlays label", has_text="On-line map")
        assert not row.locator("input").is_checked()
        assert tab.locator(".credit").is_hidden()

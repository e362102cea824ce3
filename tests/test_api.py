"""Mapper from Python: what a person has at hand goes in, a list that shows itself comes out."""

from __future__ import annotations

import doctest
import importlib.util
from pathlib import Path

import pandas as pd
import pytest

import mapper
from mapper import api, coordinates, corrections
from mapper.errors import SettingsError

ROOT = Path(__file__).parent.parent
HOSTILE = "An air strike hit Sirte on 22 September 2017, killing three <script>alert(1)</script> {{7*7}}."


@pytest.fixture(scope="module")
def samples() -> mapper.Events:
    return mapper.events(ROOT / "samples", offline=True)


@pytest.mark.parametrize("module", [api, coordinates, corrections])
def test_the_examples_in_docstrings_run(module: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def test_texts_reports_files_and_what_was_read_are_one() -> None:
    text = HOSTILE
    ways = (text, mapper.Report("r", text), [text], mapper.read(ROOT / "samples"))
    counts = [len(mapper.events(way, offline=True)) for way in ways]
    assert counts[:3] == [1, 1, 1]
    assert counts[3] == len(mapper.events(ROOT / "samples", offline=True))


def test_frames_have_types(samples: mapper.Events) -> None:
    frame = samples.frame()
    assert len(frame) == len(samples)
    assert str(frame["fatalities"].dtype) == "Int64"
    assert str(frame["event_type"].dtype) == "category"
    assert pd.api.types.is_datetime64_dtype(frame["date_start"])
    assert frame["fatalities"].isna().any()
    assert frame["geometry"].iloc[0].x == frame["longitude"].iloc[0]
    places = mapper.places(ROOT / "samples", offline=True).frame()
    assert str(places["radius_m"].dtype) == "Int64"
    assert places["text"].str.len().min() > 0


def test_frames_of_nothing_have_their_columns() -> None:
    frame = mapper.event_frame([])
    assert "geometry" in frame
    assert str(frame["fatalities"].dtype) == "Int64"
    assert list(mapper.place_frame([]).columns)[:2] == ["doc_id", "start"]


@pytest.mark.skipif(importlib.util.find_spec("geopandas") is None, reason="geopandas is not installed")
def test_a_frame_becomes_a_geodataframe_as_it_is(samples: mapper.Events) -> None:
    import geopandas

    frame = geopandas.GeoDataFrame(samples.frame(), crs=4326)
    assert frame.geometry.notna().sum() == sum(e.location is not None for e in samples)


def test_lists_show_themselves_and_run_nothing() -> None:
    found = mapper.events(HOSTILE, offline=True)
    for shown in (found, mapper.places(HOSTILE, offline=True), mapper.locate("<b>Sirte</b>", offline=True)):
        page = shown._repr_html_()
        assert "<script" not in page
        assert "<b>Sirte" not in page
    assert "&lt;script&gt;" in found._repr_html_()
    assert repr(found) == "<1 events, 0 without a place>"


def test_slices_keep_their_run(samples: mapper.Events) -> None:
    assert len(samples[:2]) == 2
    assert samples[:2].run.reports == samples.run.reports
    assert [e.id for e in samples[1:]] == [e.id for e in samples][1:]


def test_locate_finds_or_says_why_not() -> None:
    found = mapper.locate("40 km au nord de Ménaka", country="ML", offline=True)
    assert found.location is not None
    assert found.location.country == "ML"
    lost = mapper.locate("Xqzwvville", offline=True)
    assert lost.location is None
    assert lost.why_not


def test_events_write_what_the_command_line_writes(samples: mapper.Events, tmp_path: Path) -> None:
    paths = samples.write(tmp_path, ["geojson"])
    assert [p.name for p in paths] == ["events.geojson", "regions.geojson", "failures.jsonl"]
    with pytest.raises(SettingsError, match="shapefile"):
        samples.write(tmp_path, ["shapefile"])


def test_unknown_settings_are_told() -> None:
    with pytest.raises(TypeError, match="no setting ofline"):
        mapper.events("x", ofline=True)


def test_public_names_are_there() -> None:
    for name in mapper.__all__:
        assert getattr(mapper, name) is not None
    assert callable(mapper.events)
    with pytest.raises(AttributeError):
        mapper.nothing  # noqa: B018

"""Each export: valid, safe, the same bytes, and back again without loss."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from shapely.geometry import Point, Polygon, shape
from shapely.geometry.polygon import orient

from mapper.exporters import geojson, jsonl, kml, tables
from mapper.model import Actor, Claim, Count, DateRange, Event, Location, Mention, PrecisionClass, Resolved, Run

SCHEMA = json.loads((Path(__file__).parent.parent / "docs" / "event.schema.json").read_text(encoding="utf-8"))
HOSTILE = '=cmd|"/c calc"!A0, {{7*7}} </script>\u202e\x07 سرت'


def _run() -> Run:
    clockwise = orient(Point(18.352, 29.657).buffer(0.5), -1.0)
    where = Location(
        29.6570512345,
        18.35166,
        35_000.4,
        PrecisionClass.SECTOR,
        "relative",
        "150 miles SE of Sirte",
        "SE of Sirte",
        region=clockwise,
        country="LY",
    )
    claim = Claim(
        "r1",
        0,
        10,
        HOSTILE,
        language="ar",
        source="-source",
        url="https://example.org/a",
        published=dt.date(2017, 9, 28),
    )
    full = Event(
        "a1",
        "Explosions/Remote violence",
        "Air/drone strike",
        (claim,),
        where,
        DateRange(dt.date(2017, 8, 28), dt.date(2017, 9, 28), 4),
        actors=(Actor("US", "perpetrator"), Actor("IS")),
        fatalities=17,
        fatalities_low=17,
        fatalities_high=17,
        counts=(Count("strikes", 6, 6, 6),),
    )
    unknown = Event("a2", "Battles", "Armed clash", (Claim("r2", 3, 9, "clash"),))
    mention = Mention(0, 3, "سرت", language="ar")
    return Run(
        (full, unknown),
        places=(("r1", Resolved(mention, where)), ("r2", Resolved(mention, None, "not in the gazetteer"))),
    )


def _strict(text: str) -> dict:  # type: ignore[type-arg]
    def refuse(constant: str) -> None:
        raise ValueError(constant)

    return json.loads(text, parse_constant=refuse)


def test_geojson_keeps_the_schema_and_rfc_7946() -> None:
    out = geojson.export(_run())
    events = _strict(str(out["events.geojson"]))
    jsonschema.validate(events, SCHEMA)
    assert "crs" not in events
    assert events["features"][0]["geometry"]["coordinates"] == [18.35166, 29.657051]
    assert events["features"][1]["geometry"] is None
    assert events["features"][1]["properties"]["fatalities"] is None
    assert events["bbox"] == [18.35166, 29.657051, 18.35166, 29.657051]


def test_regions_are_right_handed_and_joined_on_id() -> None:
    regions = _strict(str(geojson.export(_run())["regions.geojson"]))
    assert [f["id"] for f in regions["features"]] == ["a1"]
    polygon = shape(regions["features"][0]["geometry"])
    assert isinstance(polygon, Polygon)
    assert polygon.exterior.is_ccw
    assert polygon.contains(Point(18.352, 29.657))


def test_a_missing_number_is_never_zero_and_claims_come_back() -> None:
    rows = [json.loads(line) for line in str(jsonl.export(_run())["events.jsonl"]).splitlines()]
    assert rows[0]["fatalities"] == 17
    assert rows[1]["fatalities"] is None
    assert rows[0]["claims"] == [
        {
            "report_id": "r1",
            "start": 0,
            "end": 10,
            "sentence": HOSTILE,
            "source": "-source",
            "url": "https://example.org/a",
            "published": "2017-09-28",
            "language": "ar",
        }
    ]
    assert rows[0]["actors"] == "US (perpetrator); IS"


@pytest.mark.parametrize("name", ["events.csv", "places.csv"])
def test_csv_opens_in_excel_and_runs_nothing(name: str) -> None:
    data = tables.export(_run())[name]
    assert isinstance(data, bytes)
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert len({len(r) for r in rows}) == 1
    assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for r in rows for cell in r)
    assert any("سرت" in cell for r in rows for cell in r)


def test_places_csv_says_what_became_of_each_mention() -> None:
    rows = list(csv.DictReader(io.StringIO(bytes(tables.export(_run())["places.csv"]).decode("utf-8-sig"))))
    assert rows[0]["lat"] == "29.657051"
    assert (rows[1]["lat"], rows[1]["why"]) == ("", "not in the gazetteer")


def test_hxl_has_its_row_of_tags() -> None:
    rows = list(csv.reader(io.StringIO(bytes(tables.export_hxl(_run())["events.hxl.csv"]).decode("utf-8-sig"))))
    assert dict(zip(rows[0], rows[1], strict=True))["fatalities"] == "#affected+killed"


def test_kml_parses_with_hostile_text_inside() -> None:
    root = ET.fromstring(kml.export(_run())["events.kml"])
    texts = [e.text or "" for e in root.iter()]
    assert any("</script>" in t and "سرت" in t for t in texts)
    assert any(t == "2017-08-28" for t in texts)


def test_same_run_same_bytes() -> None:
    for export in (geojson.export, geojson.export_sequence, jsonl.export, tables.export, tables.export_hxl, kml.export):
        assert export(_run()) == export(_run())

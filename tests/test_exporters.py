"""Each export: valid, safe, the same bytes, and back again without loss."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from shapely.geometry import Point, Polygon, shape
from shapely.geometry.polygon import orient

from mapper import readers
from mapper.errors import OutputError
from mapper.exporters import exporters
from mapper.exporters.signs import COLOURS
from mapper.model import Actor, Claim, Count, DateRange, Event, Location, Mention, PrecisionClass, Resolved, Run
from mapper.settings import Settings

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


def _more() -> tuple[Event, ...]:
    """Events with what is rare: two claims, vague counts, a status, text in Arabic, "NA" as a country."""
    claims = (
        Claim("تقرير 1", 5, 5 + len("قُتل ثلاثة؛ في سرت."), "قُتل ثلاثة؛ في سرت.", language="ar", source="وكالة"),
        Claim("b#2;x=1", 0, 11, "Two; a | b.", language="en", source="Wire", published=dt.date(2017, 9, 1)),
    )
    where = Location(-17.9, 19.8, 3000, PrecisionClass.EXACT, "gazetteer", "Rundu", "روندو", country="NA", admin1="K")
    denied = Event(
        "b" * 12,
        "Riots",
        "Mob violence",
        claims,
        where,
        DateRange(dt.date(2017, 9, 1), dt.date(2017, 9, 3), 2),
        status="denied",
        background=True,
        actors=(Actor("A (x)", "target"), Actor("B", "party")),
        fatalities_low=20,
        injured=0,
        counts=(Count("vehicles", 20, None, None), Count("strikes", 3, 3, 3)),
        weapon="car bomb",
    )
    return (denied,)


def _files(name: str, run: Run | None = None) -> dict[str, bytes]:
    """What an exporter writes, whole."""
    try:
        files = exporters()[name](run or _run())
    except OutputError as error:
        pytest.skip(str(error))
    pieces = {k: [v] if isinstance(v, (str, bytes)) else list(v) for k, v in files.items()}
    return {
        k: b"".join(p.encode("utf-8", "replace") if isinstance(p, str) else p for p in v) for k, v in pieces.items()
    }


def _strict(text: str) -> dict:  # type: ignore[type-arg]
    def refuse(constant: str) -> None:
        raise ValueError(constant)

    return json.loads(text, parse_constant=refuse)


def test_geojson_keeps_the_schema_and_rfc_7946() -> None:
    events = _strict(_files("geojson")["events.geojson"].decode())
    jsonschema.validate(events, SCHEMA)
    assert "crs" not in events
    assert events["features"][0]["geometry"]["coordinates"] == [18.35166, 29.657051]
    assert events["features"][1]["geometry"] is None
    assert events["features"][1]["properties"]["fatalities"] is None
    assert events["bbox"] == [18.35166, 29.657051, 18.35166, 29.657051]


def test_regions_are_right_handed_and_joined_on_id() -> None:
    regions = _strict(_files("geojson")["regions.geojson"].decode())
    assert [f["id"] for f in regions["features"]] == ["a1"]
    polygon = shape(regions["features"][0]["geometry"])
    assert isinstance(polygon, Polygon)
    assert polygon.exterior.is_ccw
    assert polygon.contains(Point(18.352, 29.657))


def test_a_missing_number_is_never_zero_and_claims_come_back() -> None:
    rows = [json.loads(line) for line in _files("jsonl")["events.jsonl"].decode().split("\n") if line]
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
    data = _files("csv")[name]
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert len({len(r) for r in rows}) == 1
    assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for r in rows for cell in r)
    assert any("سرت" in cell for r in rows for cell in r)


def test_places_csv_says_what_became_of_each_mention() -> None:
    rows = list(csv.DictReader(io.StringIO(_files("csv")["places.csv"].decode("utf-8-sig"))))
    assert rows[0]["lat"] == "29.657051"
    assert (rows[1]["lat"], rows[1]["why"]) == ("", "not in the gazetteer")


def test_hxl_has_its_row_of_tags() -> None:
    rows = list(csv.reader(io.StringIO(_files("hxl")["events.hxl.csv"].decode("utf-8-sig"))))
    assert dict(zip(rows[0], rows[1], strict=True))["fatalities"] == "#affected+killed"


def test_kml_parses_with_hostile_text_inside() -> None:
    root = ET.fromstring(_files("kml")["events.kml"])
    texts = [e.text or "" for e in root.iter()]
    assert any("</script>" in t and "سرت" in t for t in texts)
    assert any(t == "2017-08-28" for t in texts)


@pytest.mark.parametrize("name", sorted(set(exporters()) - {"html"}))
def test_same_run_same_bytes(name: str) -> None:
    assert _files(name) == _files(name)


DATA = ("geojson", "geojsonseq", "jsonl", "csv", "hxl", "kml", "kmz", "gpkg", "parquet", "fgb", "rss", "acled", "ged")


def _clean(event: Event) -> tuple[object, ...]:
    """What a round trip must keep: id, types, place, dates, counts and claims."""
    where, when = event.location, event.date
    place = where and (round(where.lat, 6), round(where.lon, 6), where.name)
    counts = (event.fatalities, event.fatalities_low, event.fatalities_high, event.injured)
    counted = tuple((c.what, c.low, c.best) for c in event.counts)
    claims = tuple(
        (c.report_id, c.start, c.end, c.sentence.replace("\x07", " "), c.source, c.url, c.published, c.language)
        for c in event.claims
    )
    kinds = (event.event_type, event.sub_event_type, event.status, event.background, event.weapon)
    return event.id, kinds, place, when and (when.start, when.end, when.precision), counts, counted, claims


def _own(file: str) -> bool:
    return file.startswith("events")


@pytest.mark.parametrize("name", DATA)
def test_a_round_trip_keeps_id_place_dates_counts_and_claims(name: str, tmp_path: Path) -> None:
    run = Run((*_run().events, *_more()), title="R")
    for file, content in _files(name, run).items():
        if _own(file):
            (tmp_path / file).write_bytes(content)
    got = readers.read([str(tmp_path)], Settings(offline=True))
    assert not got.failures
    assert {e.id: _clean(e) for e in got.events} == {e.id: _clean(e) for e in run.events}


@pytest.mark.parametrize("name", DATA)
def test_exports_read_back_keep_the_schema(name: str, tmp_path: Path) -> None:
    for file, content in _files(name).items():
        if _own(file):
            (tmp_path / file).write_bytes(content)
    got = readers.read([str(tmp_path)], Settings(offline=True))
    jsonschema.validate(_strict(_files("geojson", Run(tuple(got.events)))["events.geojson"].decode()), SCHEMA)


@pytest.mark.parametrize("name", DATA)
def test_an_empty_run_is_a_valid_file(name: str, tmp_path: Path) -> None:
    for file, content in _files(name, Run(())).items():
        if _own(file):
            (tmp_path / file).write_bytes(content)
    got = readers.read([str(tmp_path)], Settings(offline=True))
    assert not got.events
    assert len(got.failures) == 1


def test_regions_are_valid_and_small_ones_do_not_break() -> None:
    speck = Location(1.0, 2.0, 0.1, PrecisionClass.EXACT, "table", "x", "x", region=Point(2, 1).buffer(1e-7))
    bow = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    event = _more()[0]
    for where in (speck, replace(speck, region=bow), replace(speck, region=Point(1, 1))):
        regions = _strict(_files("geojson", Run((replace(event, location=where),)))["regions.geojson"].decode())
        assert all(shape(f["geometry"]).is_valid for f in regions["features"])


@pytest.mark.parametrize("lon", [179.95, -179.95])
def test_regions_are_cut_at_the_180th_meridian(lon: float) -> None:
    where = Location(-17.0, lon, 20_000, PrecisionClass.EXACT, "table", "x", "x", region=Point(lon, -17).buffer(0.2))
    regions = _strict(_files("geojson", Run((replace(_more()[0], location=where),)))["regions.geojson"].decode())
    cut = shape(regions["features"][0]["geometry"])
    assert cut.geom_type == "MultiPolygon"
    assert cut.is_valid
    assert cut.bounds[0] == -180
    assert cut.bounds[2] == 180
    assert abs(cut.area - where.region.area) < 1e-4  # type: ignore[union-attr]


def test_shaped_tables_have_the_columns_of_their_makers() -> None:
    acled = next(csv.reader(io.StringIO(_files("acled")["events.acled.csv"].decode("utf-8-sig"))))
    ged = next(csv.reader(io.StringIO(_files("ged")["events.ged.csv"].decode("utf-8-sig"))))
    assert (len(acled), acled[0], acled[-1]) == (31, "event_id_cnty", "timestamp")
    assert (len(ged), ged[0], ged[-1]) == (49, "id", "gwnob")
    row = next(csv.DictReader(io.StringIO(_files("ged")["events.ged.csv"].decode("utf-8-sig"))))
    assert (row["best"], row["where_prec"], row["date_prec"], row["type_of_violence"]) == ("17", "5", "4", "1")
    assert int(row["id"]) == int("a1", 16)


def test_colours_are_those_of_the_map() -> None:
    script = (Path(__file__).parent.parent / "mapper/layers/assets/js/events.js").read_text(encoding="utf-8")
    for kind, code in COLOURS.items():
        assert f'"{kind}": ["{code}"' in script


def test_the_feed_has_the_newest_first_and_says_what_is_no_fact() -> None:
    root = ET.fromstring(_files("rss", Run((*_run().events, *_more())))["events.rss"])
    titles = [i.findtext("title") or "" for i in root.iter("item")]
    assert titles[0].startswith("Air/drone strike: SE of Sirte")
    assert any(t.endswith("[denied]") for t in titles)

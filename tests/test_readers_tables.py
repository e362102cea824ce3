"""Event tables in their layouts: each row is an event or a listed failure that names file, row, column and remedy."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapper import pipeline, readers
from mapper.gazetteer import Gazetteer
from mapper.readers import cells, table
from mapper.readers.layout import layouts
from mapper.settings import Settings

PLAIN = "id,date,place,country,lat,lon,fatalities\n"


def _read(tmp_path: Path, name: str, content: str | bytes, **knobs: object) -> readers.Content:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return readers.read([str(path)], Settings(offline=True, **knobs))  # type: ignore[arg-type]


def _line(columns: str, **values: object) -> str:
    names = str(layouts()["columns"][columns]).split(",")
    assert set(values) <= set(names)
    return ",".join(str(values.get(n, "")) for n in names) + "\n"


GED = {
    "id": 7,
    "type_of_violence": 3,
    "where_coordinates": "Gao town",
    "where_prec": 4,
    "adm_1": "Gao region",
    "country": "Mali",
    "latitude": 16.27,
    "longitude": -0.04,
    "date_prec": 2,
    "date_start": "2017-01-18 00:00:00.000",
    "date_end": "2017-01-20 00:00:00.000",
    "best": 60,
    "low": 54,
    "high": 77,
    "side_a": "JNIM",
    "side_b": "Civilians",
    "source_headline": "Bomb",
    "event_clarity": 2,
}


@pytest.mark.parametrize("columns", ["ged_42", "ged_49"])
@pytest.mark.parametrize("header", [True, False])
def test_ged_old_and_new_with_and_without_header(tmp_path: Path, columns: str, header: bool) -> None:
    head = str(layouts()["columns"][columns]) + "\n"
    got = _read(tmp_path, "ged.csv", (head if header else "") + _line(columns, **GED))
    event = got.events[0]
    assert not got.failures
    assert event.location is not None
    assert (event.event_type, str(event.location.precision), event.location.radius_m) == (
        "Violence against civilians",
        "province",
        100_000,
    )
    assert event.date is not None
    assert (event.date.start, event.date.end, event.date.precision) == (dt.date(2017, 1, 18), dt.date(2017, 1, 20), 2)
    assert [(a.name, a.role) for a in event.actors] == [("JNIM", "perpetrator"), ("Civilians", "target")]
    assert event.notes


ACLED = {
    "event_id_cnty": "LBY1",
    "event_date": "22 September 2017",
    "time_precision": 2,
    "event_type": "Battles",
    "sub_event_type": "Armed clash",
    "actor1": "Military Forces of Libya",
    "actor2": "Militia",
    "latitude": 29.66,
    "longitude": 18.35,
    "geo_precision": 3,
    "fatalities": 0,
    "country": "Libya",
}


@pytest.mark.parametrize(("one", "two"), [("1", "3"), ("State Forces", "Political Militia")])
def test_acled_codes_as_numbers_and_as_words(tmp_path: Path, one: str, two: str) -> None:
    head = str(layouts()["columns"]["acled_31"]) + "\n"
    event = _read(
        tmp_path, "a.csv", head + _line("acled_31", **ACLED, inter1=one, inter2=two, assoc_actor_2="X; Y")
    ).events[0]
    assert [a.kind for a in event.actors] == ["state forces", "political militia", None, None]
    assert [a.name for a in event.actors][2:] == ["X", "Y"]
    assert event.date is not None
    assert (event.date.start, event.date.end, event.date.precision) == (dt.date(2017, 9, 19), dt.date(2017, 9, 25), 3)
    assert event.fatalities == 0


def test_old_acled_in_capitals_and_from_its_interface(tmp_path: Path) -> None:
    row = {
        "EVENT_ID_CNTY": "1LBY",
        "EVENT_DATE": "31-December-2016",
        "EVENT_TYPE": "Battle-No change of territory",
        "ACTOR1": "A",
        "LATITUDE": "32.9",
        "LONGITUDE": "13.2",
        "LOCATION": "Tripoli",
        "FATALITIES": "2",
    }
    text = ",".join(row) + "\n" + ",".join(row.values()) + "\n"
    assert _read(tmp_path, "a.csv", text).events[0].sub_event_type == "Armed clash"
    answer = {"status": 200, "data": [{k.lower(): v for k, v in row.items()}]}
    assert _read(tmp_path, "a.json", json.dumps(answer)).events[0].event_type == "Battles"


def test_gdelt_1_and_2_with_their_country_codes(tmp_path: Path, gazetteer: Gazetteer) -> None:
    values = {
        "GLOBALEVENTID": "1",
        "SQLDATE": "20191024",
        "EventCode": "0871",
        "ActionGeo_Type": "4",
        "ActionGeo_FullName": 'The "Old" Port, Sudan',
        "ActionGeo_CountryCode": "SU",
        "ActionGeo_Lat": "15.6",
        "ActionGeo_Long": "32.5",
        "DATEADDED": "20191025000000",
        "SOURCEURL": "https://example.org/a",
    }
    for columns in ("gdelt_1", "gdelt_2"):
        names = str(layouts()["columns"][columns]).split(",")
        (tmp_path / f"{columns}.CSV").write_text("\t".join(values.get(n, "") for n in names) + "\n")
        run = pipeline.run([str(tmp_path / f"{columns}.CSV")], Settings(offline=True), gazetteer=gazetteer)
        where = run.events[0].location
        assert where is not None
        assert (where.country, where.lat, where.place_in_report) == ("SD", 15.6, 'The "Old" Port, Sudan')
        assert run.events[0].claims[0].published == dt.date(2019, 10, 25)
        assert "mention" in run.notes[0]


def test_polecat_icews_and_gtd(tmp_path: Path) -> None:
    polecat = "Event ID\tEvent Date\tEvent Type\tEvent Mode\tPlacename\tCountry\tLatitude\tLongitude\tActor Name\n1\t2021-05-01\tASSAULT\tdrone\tMarib\tYemen\t15.46\t45.32\tNone\n"
    event = _read(tmp_path, "p.txt.tsv", polecat).events[0]
    assert (event.sub_event_type, event.actors) == ("Air/drone strike", ())
    icews = "Event ID\tEvent Date\tCAMEO Code\tEvent Text\tCity\tCountry\tLatitude\tLongitude\n1\t2015-05-01\t0190\tTexte à part\tGao\tMali\t16.3\t-0.04\n"
    got = _read(tmp_path, "i.tab", icews.encode("latin-1"))
    assert got.events[0].claims[0].sentence == "Texte à part"
    assert "cp1252" in got.notes[0]
    gtd = "eventid,iyear,imonth,iday,country_txt,provstate,city,latitude,longitude,specificity,attacktype1_txt,gname,nkill,nwound\n201501000001,2015,1,0,Iraq,Nineveh,Mosul,36.34,43.13,4,Bombing/Explosion,Unknown,-99,3.0\n"
    event = _read(tmp_path, "g.csv", gtd).events[0]
    assert event.date is not None
    assert event.location is not None
    assert (event.date.start, event.date.end, event.fatalities, event.injured) == (
        dt.date(2015, 1, 1),
        dt.date(2015, 1, 31),
        None,
        3,
    )
    assert str(event.location.precision) == "province"


@pytest.mark.parametrize("header", ["a,b,c,d,e,f\n", ""])
def test_hxl_tags_say_what_columns_are(tmp_path: Path, header: str) -> None:
    tags = "#date +start,#loc+en+name,#geo+lat,#geo+lon,#affected+killed,#country+name\n"
    got = _read(tmp_path, "h.csv", header + tags + "2020-01-01,Rundu,-17.9,19.8,3,Namibia\n")
    event = got.events[0]
    assert event.location is not None
    assert (event.location.lat, event.location.place_in_report, event.fatalities) == (-17.9, "Rundu", 3)
    assert not got.failures


def test_columns_are_found_in_three_languages_or_given(tmp_path: Path) -> None:
    for name, head in (
        ("en", "Event_Date;Village;Country;Killed"),
        ("fr", "date de début;localité;pays;tués"),
        ("ar", "تاريخ الحدث;البلدة;الدولة;عدد القتلى"),
    ):
        event = _read(tmp_path, f"{name}.csv", f"{head}\n14.06.2018;Ménaka;Mali;٣\n").events[0]
        assert event.date is not None
        assert (event.date.start, event.fatalities, dict(event.extra)["place"]) == (dt.date(2018, 6, 14), 3, "Ménaka")
    given = {"columns": ("date=Tarih", "place=Yer", "fatalities=Olu")}
    event = _read(tmp_path, "tr.csv", "Tarih,Yer,Olu\n2018-06-14,Afrin,2\n", **given).events[0]
    assert (dict(event.extra)["place"], event.fatalities) == ("Afrin", 2)


@pytest.mark.parametrize(
    ("knobs", "says"),
    [
        ({"columns": ("place=Yer",)}, "no column 'Yer'"),
        ({"columns": ("ort=place",)}, "no field 'ort'"),
        ({"layout": "acled"}, "not a table of ACLED: no column event_id_cnty"),
        ({"layout": "shapefile"}, "no layout"),
    ],
)
def test_forced_layouts_and_named_columns_that_do_not_fit(tmp_path: Path, knobs: dict[str, object], says: str) -> None:
    failure = _read(tmp_path, "x.csv", PLAIN + "1,2020-01-01,Sirte,LY,31.2,16.6,1\n", **knobs).failures[0]
    assert says in failure.error
    assert failure.remedy


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("1,2020-13-01,Sirte,LY,31.2,16.6,1", "column date is '2020-13-01', not a date"),
        ("1,2020-01-01,Sirte,LY,131.2,16.6,1", "column lat makes not a WGS84 position"),
        ("1,2020-01-01,Sirte,LY,131.2,16.6,1", "swapped?"),
        ("1,2020-01-01,Sirte,LY,31.2,,1", "column lon is empty"),
        ("1,2020-01-01,Sirte,LY,nowhere,16.6,1", "column lat is 'nowhere', not a number"),
        ("1,2020-01-01,Sirte,LY,31.2,16.6,many", "column fatalities is 'many', not a number"),
        ("1,2020-01-01,Sirte,LY,31.2,16.6,1.5", "not a whole number"),
        ("1,2020-01-01,Sirte,LY,31.2,16.6,1,x", "ragged row"),
        ("1,2020-01-01,Sirte", "ragged row"),
        ('1,2020-01-01,"Sirte,LY,31.2,16.6,1', "ragged row"),
    ],
)
def test_bad_cells_are_named_and_the_other_rows_stand(tmp_path: Path, row: str, says: str) -> None:
    got = _read(tmp_path, "t.csv", PLAIN + "0,2020-01-01,Sirte,LY,31.2,16.6,1,\n" + row + "\n")
    assert len(got.events) == 1
    assert says in got.failures[0].error
    assert (got.failures[0].line, Path(got.failures[0].source).name) == (3, "t.csv")
    assert got.failures[0].remedy


def test_lines_are_those_of_the_file_where_cells_hold_line_breaks(tmp_path: Path) -> None:
    text = 'sep=;\nid;date;place;notes;lat;lon\n1;2020-01-01;Sirte;"two\nlines";31,2;16,6\n\n2;soon;Sirte;;31,2;16,6\n'
    got = _read(tmp_path, "t.csv", text)
    assert got.events[0].location is not None
    assert got.events[0].location.lat == 31.2
    assert [f.line for f in got.failures] == [6]


def test_rows_of_overlapping_releases_stand_once(tmp_path: Path) -> None:
    head = str(layouts()["columns"]["ged_49"]) + "\n"
    for name in ("ged241.csv", "ged251.csv"):
        (tmp_path / name).write_text(head + _line("ged_49", **GED))
    got = readers.read([str(tmp_path)], Settings())
    assert len(got.events) == 1
    assert "read already" in got.failures[0].error


def test_workbooks_with_titles_dates_and_namibia(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Incidents of 2020"],
        [],
        ["id", "date", "place", "country", "latitude", "longitude", "fatalities"],
        [1, dt.date(2020, 1, 2), "روندو", "NA", -17.9, 19.8, 2],
        [2, "3/4/2020", "Rundu", "NA", None, None, None],
        [],
    ):
        sheet.append(row)
    book.create_sheet("Notes").append(["nothing"])
    out = io.BytesIO()
    book.save(out)
    got = _read(tmp_path, "t.xlsx", out.getvalue())
    assert not got.failures
    assert [e.date.start for e in got.events if e.date] == [dt.date(2020, 1, 2), dt.date(2020, 4, 3)]
    assert [dict(e.extra)["country"] for e in got.events] == ["NA", "NA"]
    assert got.events[0].claims[0].report_id == "t.xlsx:1"
    assert "Notes" in got.notes[0]


def test_rows_without_coordinates_are_placed_by_their_names(tmp_path: Path, gazetteer: Gazetteer) -> None:
    text = (
        "date,place,admin1,admin2,country\n2018-06-14,تعز,,,اليمن\n2018-06-14,Tripoli,,,Lebanon\n2018-06-14,Tripoli,,,LBY\n"
        "2018-06-14,,Gao,,Mali\n2018-06-14,,,,Mali\n2018-06-14,Xqzwvville,,,Mali\n2018-06-14,10 km south of Gao,,,Mali\n"
    )
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    run = pipeline.run([str(tmp_path / "t.csv")], Settings(offline=True), gazetteer=gazetteer)
    found = [(e.location.country, str(e.location.precision)) if e.location else None for e in run.events]
    assert found[:3] == [("YE", "exact"), ("LB", "exact"), ("LY", "exact")]
    assert found[3] == ("ML", "province")
    assert found[4] == ("ML", "country")
    assert found[6] is not None
    assert len(run.events) == 7
    assert all("Xqzwvville" in f.error for f in run.failures)
    assert len(run.failures) == (found[5] is None)


@pytest.mark.parametrize(
    ("words", "low", "best", "high"),
    [
        ("12", 12, 12, 12),
        ("12.0", 12, 12, 12),
        ("1,234", 1234, 1234, 1234),
        ("1 234", 1234, 1234, 1234),
        ("١٢", 12, 12, 12),
        ("10-15", 10, None, 15),
        ("10+", 10, None, None),
        ("at least 3", 3, None, None),
        ("-9", None, None, None),
        ("unknown", None, None, None),
        ("NA", None, None, None),
        ("0", 0, 0, 0),
    ],
)
def test_counts_as_people_write_them(words: str, low: int | None, best: int | None, high: int | None) -> None:
    assert cells.bounds(words, "fatalities") == (low, best, high)


@given(st.dates(min_value=dt.date(1000, 1, 1)), st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d-%b-%Y", "%B %d, %Y", "%Y-%m-%dT10:00:00Z"]))  # fmt: skip
def test_days_in_every_usual_form(day: dt.date, form: str) -> None:
    assert cells.day(day.strftime(form), "date") == day


@given(st.text(max_size=12))
def test_cells_say_what_is_wrong_and_never_break(words: str) -> None:
    for read in (cells.day, cells.number, cells.bounds):
        try:
            read(words, "x")
        except cells.CellError as error:
            assert error.field == "x"


@given(st.text(alphabet="ab1,;\"\n\t'=#", max_size=60))
def test_no_row_of_a_table_is_lost(text: str) -> None:
    """Each record that is not blank is an event or a failure."""
    data = (PLAIN + text).encode()
    got = table.read(Path("t.csv"), data, Settings())
    records = [r for r in csv.reader(io.StringIO(PLAIN + text)) if any(c.strip() for c in r)][1:]
    tags = bool(records) and all(c.strip()[:1] == "#" and c.strip()[1:2].isalpha() for c in records[0] if c.strip())
    told = len(got.events) + len([f for f in got.failures if f.line])
    # A quotation mark that is never closed costs its line alone: what csv takes for one record is several.
    assert told == len(records) - tags or (
        told > len(records) - tags and any("closed" in f.error for f in got.failures)
    )


def test_our_table_saved_by_a_spreadsheet_and_damaged_claims(tmp_path: Path) -> None:
    head = "id,event_type,sub_event_type,status,background,date_start,date_end,place,place_in_report,fatalities,latitude,longitude,claims\n"
    claim = '"[{""report_id"": ""r"", ""start"": 0, ""end"": 5, ""sentence"": ""Clash""}]"'
    row = "{},Battles,Armed clash,happened,FALSE,22/09/2017,23/09/2017,Sirte,سرت,17.0,31.2,16.6,{}\n"
    text = (
        head + row.format("a", claim) + row.format("b", "[[") + row.format("c", "[]") + row.format("d", '"{""x"": 1}"')
    )
    got = _read(tmp_path, "events.csv", text)
    event = got.events[0]
    assert event.date is not None
    assert (event.id, event.date.start, event.date.end) == ("a", dt.date(2017, 9, 22), dt.date(2017, 9, 23))
    assert (event.fatalities, event.background, event.claims[0].sentence) == (17, False, "Clash")
    assert [f.line for f in got.failures] == [3, 4, 5]


def test_what_an_earlier_run_wrote_into_the_input_folder_is_no_input(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A clash in Sirte.")
    (tmp_path / "output").mkdir()
    (tmp_path / "output/events.csv").write_text("a,b\n1,2\n")
    settings = Settings(output=tmp_path / "output")
    assert [r.id for r in readers.read([str(tmp_path)], settings).reports] == ["a"]
    assert not readers.read([str(tmp_path)], settings).failures
    assert readers.read([str(tmp_path / "output")], settings).failures


@pytest.mark.parametrize("bad", ['2,2020-01-01,Sirte,LY,31.2,16.6,"1', '"2,2020-01-01,Sirte,LY,31.2,16.6,1'])
def test_a_quotation_mark_that_is_never_closed_costs_its_own_line_alone(tmp_path: Path, bad: str) -> None:
    good = "{},2020-01-01,Sirte,LY,31.2,16.6,1\n"
    got = _read(tmp_path, "t.csv", PLAIN + good.format(1) + bad + "\n" + good.format(3) + good.format(4))
    assert [e.claims[0].report_id for e in got.events] == ["t.csv:1", "t.csv:3", "t.csv:4"]
    assert [(f.line, "never closed" in f.error) for f in got.failures] == [(3, True)]


@given(st.text(alphabet='ab1,"\n', max_size=80))
def test_every_line_with_letters_is_told_of_once(text: str) -> None:
    """Whatever quotation marks do, events and failures together reach the last line."""
    data = (PLAIN + text + "\n9,2020-01-01,Sirte,LY,31.2,16.6,1\n").encode()
    got = table.read(Path("t.csv"), data, Settings())
    lines = [f.line or 0 for f in got.failures] + [int(dict(e.extra)["row"]) for e in got.events]
    assert len(lines) == len(set(lines))
    assert lines


FEATURE = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [16.6, 31.2]},
    "properties": {"place": "Sirte", "date": "2020-01-01"},
}


def test_one_feature_is_a_table_of_one_row_and_an_area_is_its_inside(tmp_path: Path) -> None:
    ring = [[16, 31], [17, 31], [17, 32], [16, 32], [16, 31]]
    area = FEATURE | {"geometry": {"type": "Polygon", "coordinates": [ring]}}
    for feature in (FEATURE, area):
        event = _read(tmp_path, "a.geojson", json.dumps(feature)).events[0]
        assert event.location is not None
        assert 31 < event.location.lat < 32
    broken = {
        "type": "FeatureCollection",
        "features": [FEATURE, None, {"geometry": {"type": "Point"}}, {"geometry": 3}],
    }
    got = _read(tmp_path, "b.geojson", json.dumps(broken))
    assert (len(got.events), [f.line for f in got.failures]) == (1, [2, 3, 4])


def test_other_reference_systems_are_refused(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    mercator = {"type": "FeatureCollection", "crs": crs, "features": [FEATURE]}
    assert "EPSG::3857" in _read(tmp_path, "a.geojson", json.dumps(mercator)).failures[0].error
    parquet = pytest.importorskip("pyarrow.parquet")
    arrow = pytest.importorskip("pyarrow")
    geo = {"primary_column": "geometry", "columns": {"geometry": {"crs": {"name": "UTM 33N", "id": {"code": 32633}}}}}
    cells_of = {"place": ["Sirte"], "geometry": [b""]}
    for meta, says in ((json.dumps(geo), "UTM 33N"), ("[", "damaged"), ("[]", "damaged")):
        out = io.BytesIO()
        parquet.write_table(arrow.table(cells_of).replace_schema_metadata({"geo": meta}), out)
        assert says in _read(tmp_path, "a.parquet", out.getvalue()).failures[0].error

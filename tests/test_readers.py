"""Inputs of every kind: what is good is read, what is bad is listed with its line."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapper import readers
from mapper.errors import InputError
from mapper.readers.content import decode
from mapper.settings import Settings

ACLED = "event_id_cnty,event_date,event_type,sub_event_type,actor1,actor2,country,admin1,location,latitude,longitude,geo_precision,time_precision,notes,fatalities,source\n"
GED = "id,type_of_violence,where_coordinates,where_prec,adm_1,country,latitude,longitude,date_prec,date_start,date_end,best,low,high,side_a,side_b,source_headline\n"


def _read(tmp_path: Path, name: str, content: str | bytes) -> readers.Content:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return readers.read([str(path)], Settings(offline=True))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1256"])
def test_arabic_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    got = _read(tmp_path, "a.txt", "وقع انفجار في مدينة بنغازي صباح اليوم".encode(encoding))
    assert got.reports[0].text == "وقع انفجار في مدينة بنغازي صباح اليوم"
    assert got.reports[0].id == "a"


def test_french_in_windows_latin(tmp_path: Path) -> None:
    assert (
        _read(tmp_path, "a.txt", "Une frappe a été menée".encode("cp1252")).reports[0].text == "Une frappe a été menée"
    )


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.txt", b"  \n", "empty"),
        ("binary.txt", b"\x89PNG\0\0\0\0", "binary"),
        ("bad.json", b"{", "not JSON"),
        ("no_place.csv", b"a,b\n1,2\n", "no column for a place"),
        ("page.html", b"<html><script>x</script></html>", "no text"),
    ],
)
def test_unreadable_inputs_are_failures_with_a_remedy(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    got = _read(tmp_path, name, content)
    assert not got.reports
    assert says in got.failures[0].error
    assert got.failures[0].remedy
    assert name in got.failures[0].source


def test_missing_file_and_empty_folder(tmp_path: Path) -> None:
    got = readers.read([str(tmp_path / "none.txt"), str(tmp_path)], Settings())
    assert [f.stage for f in got.failures] == ["read", "read"]


def test_json_lines_keep_good_lines_and_list_bad_ones(tmp_path: Path) -> None:
    lines = [
        '{"doc_id": 1, "text": "A strike.", "published": "2017-09-28T10:00"}',
        "{",
        '{"text": "x"}',
        '{"doc_id": 2, "text": "B", "published": "soon"}',
    ]
    got = _read(tmp_path, "r.jsonl", "\n".join(lines))
    assert [(r.id, r.published) for r in got.reports] == [("1", dt.date(2017, 9, 28))]
    assert [f.line for f in got.failures] == [2, 3, 4]


def test_html_gives_the_article_alone(tmp_path: Path) -> None:
    body = "<p>" + "The town was shelled on Friday. " * 10 + "</p>"
    page = (
        '<html lang="en"><head><title>T &amp; U</title><meta property="article:published_time" content="2020-02-03T10:00"></head>'
        f"<body><nav>Menu</nav><article>{body}<script>alert(1)</script></article><footer>Foot</footer></body></html>"
    )
    report = _read(tmp_path, "a.html", page).reports[0]
    assert (report.title, report.language, report.published) == ("T & U", "en", dt.date(2020, 2, 3))
    assert "Menu" not in report.text
    assert "alert" not in report.text
    assert report.text.startswith("The town")


def test_acled(tmp_path: Path) -> None:
    row = 'LBY1,22 September 2017,Explosions/Remote violence,Air/drone strike,US,IS,Libya,Surt,Sirte,29.66,18.35,2,1,"Six strikes, 17 dead",17,AFP\n'
    event = _read(tmp_path, "acled.csv", ACLED + row).events[0]
    assert event.location is not None
    assert (event.sub_event_type, event.fatalities, event.location.lat, str(event.location.precision)) == (
        "Air/drone strike",
        17,
        29.66,
        "vicinity",
    )
    assert event.date is not None
    assert event.date.start == dt.date(2017, 9, 22)
    assert event.claims[0].sentence == "Six strikes, 17 dead"


def test_ged_with_ragged_duplicate_and_bad_rows(tmp_path: Path) -> None:
    good = "{},1,Gao town,1,Gao,Mali,16.27,-0.04,1,2017-01-18,2017-01-18,60,54,77,Government of Mali,JNIM,Bomb\n"
    text = (
        GED
        + good.format(1)
        + "2,1,too,short\n"
        + good.format(1)
        + good.format(3).replace("16.27", "north")
        + good.format(4).replace("16.27", "161")
    )
    got = _read(tmp_path, "ged.csv", text)
    assert [(e.fatalities_low, e.fatalities, e.fatalities_high) for e in got.events] == [(54, 60, 77)]
    assert [f.line for f in got.failures] == [3, 4, 5, 6]
    assert "ragged" in got.failures[0].error
    assert "latitude is 'north'" in got.failures[2].error


def test_namibia_is_a_country_and_hxl_row_is_no_event(tmp_path: Path) -> None:
    got = _read(
        tmp_path,
        "plain.csv",
        "id,date,place,country,lat,lon\n#id+x,#date+start,#loc+name,#country+code,#geo+lat,#geo+lon\n1,2020-01-01,Rundu,NA,-17.9,19.8\n",
    )
    assert dict(got.events[0].extra)["country"] == "NA"
    assert len(got.events) == 1
    assert not got.failures


def test_plain_table_in_arabic_without_coordinates(tmp_path: Path) -> None:
    got = _read(tmp_path, "t.csv", "التاريخ,المدينة,البلد,القتلى\n2018-06-14,تعز,اليمن,3\n")
    assert got.events[0].location is None
    assert dict(got.events[0].extra)["place"] == "تعز"
    assert got.events[0].fatalities == 3


def test_gdelt_without_header(tmp_path: Path) -> None:
    row = [""] * 61
    row[0], row[1], row[6], row[26], row[51], row[52], row[53], row[56], row[57], row[60] = (
        "88",
        "20191024",
        "MALI",
        "195",
        "4",
        "Gao, Mali",
        "ML",
        "16.27",
        "-0.04",
        "https://example.org/a",
    )
    got = _read(tmp_path, "gdelt.tsv", "\t".join(row) + "\n")
    assert got.events[0].sub_event_type == "Air/drone strike"
    assert got.events[0].claims[0].url == "https://example.org/a"


def test_excel_parquet_and_geojson_agree(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        [{"id": "1", "date": "2020-01-02", "place": "سبها", "lat": 27.04, "lon": 14.43, "fatalities": 2}]
    )
    buffer = io.BytesIO()
    frame.to_excel(buffer, index=False)
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [14.43, 27.04]},
        "properties": {"id": "1", "date": "2020-01-02", "place": "سبها", "fatalities": 2},
    }
    got = [
        _read(tmp_path, "t.xlsx", buffer.getvalue()),
        _read(tmp_path, "t.geojson", json.dumps({"type": "FeatureCollection", "features": [feature]})),
        _read(tmp_path, "t.csv", frame.to_csv(index=False)),
    ]
    for content in got:
        event = content.events[0]
        assert event.location is not None
        assert (event.location.lat, event.location.place_in_report, event.fatalities) == (27.04, "سبها", 2)


@given(st.binary(max_size=300))
def test_decode_never_fails_but_with_a_sentence(data: bytes) -> None:
    try:
        text = decode(data, "x.txt")
    except InputError as error:
        assert error.remedy
    else:
        assert "\0" not in text
        text.encode("utf-8")

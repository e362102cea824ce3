"""Coordinates as reports write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapper import coordinates, localities
from mapper.gazetteer import Gazetteer

SIRTE = (31.2089, 16.5887)


@pytest.mark.parametrize(
    "text",
    [
        "31.2089, 16.5887",
        "31.2089° N, 16.5887° E",
        "31.2089N 16.5887E",
        "31°12'32\"N 16°35'19\"E",
        "31°12′32″ N, 16°35′19″ E",
        "N31°12'32\" E16°35'19\"",
        "31 degrees 12.53 minutes north, 16 degrees 35.32 minutes east",
        "31° 12' 32\" Nord et 16° 35' 19\" Est",
        "٣١٫٢٠٨٩، ١٦٫٥٨٨٧",
        "31.2089 شمالا و16.5887 شرقا",
        "31 درجة 12 دقيقة 32 ثانية شمالا و16 درجة 35 دقيقة 19 ثانية شرقا",
    ],
)
def test_written_ways(text):
    (got,) = coordinates.find(f"Strike at {text} last night.", "en")
    assert got.surface == text
    assert got.coordinates == pytest.approx(SIRTE, abs=2e-4)


@pytest.mark.parametrize(
    ("text", "lat", "lon"),
    [
        # Computed with NGA's GEOTRANS; zone 33 X is one of the wide ones.
        ("18SUJ2348006470", 38.889386, -77.035269),
        ("04QFJ1234567890", 21.409801, -157.916076),
        ("33X VG 74594 35973", 77.797227, 13.923255),
        ("56H LH 34 52", -33.854833, 151.211011),
    ],
)
def test_military_grid(text, lat, lon):
    (got,) = coordinates.find(f"grid {text}.", "en")
    # The middle of the square against its corner: half a metre, or half a kilometre for two digits.
    assert got.coordinates == pytest.approx((lat, lon), abs=0.007 if text.endswith("34 52") else 1e-4)
    assert got.reason == "military grid reference"


@pytest.mark.parametrize("text", ["31 and 16", "1.5, 2.5", "40 km", "95.1234, 200.1234", "on 12 May 2017", "4 AM"])
def test_other_numbers_are_left_alone(text):
    assert coordinates.find(text, "en") == []


@given(st.floats(-79, 83).filter(lambda x: abs(x) > 0.01), st.floats(-179, 179).filter(lambda x: abs(x) > 0.01))
def test_degrees_minutes_seconds_go_back(lat, lon):
    def written(value, sides):
        rest = round(abs(value) * 3600)
        return f"{rest // 3600}°{rest // 60 % 60}'{rest % 60}\"{sides[value < 0]}"

    found = coordinates.find(f"{written(lat, 'NS')} {written(lon, 'EW')}", "en")
    if found:
        assert found[0].coordinates == pytest.approx((lat, lon), abs=2e-4)


def test_locate_takes_coordinates():
    got = localities.locate("31°12'32\"N 16°35'19\"E", Gazetteer.open()).location
    assert got.method == "coordinates"
    assert (got.lat, got.lon) == pytest.approx(SIRTE, abs=2e-4)
    assert got.country == "LY"


@given(st.text(alphabet="0123456789.°'\" NESWnesw,;-شرقا", max_size=40))
def test_never_fails(text):
    for m in coordinates.find(text, "en"):
        assert text[m.start : m.end] == m.surface
        assert abs(m.coordinates[0]) <= 90
        assert abs(m.coordinates[1]) <= 180

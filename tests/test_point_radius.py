"""The point-radius method against the worked examples of the Georeferencing Calculator and its guides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapper import regions
from mapper import relative_point_radius as pr
from mapper.model import Location, PrecisionClass
from mapper.relative import locate, parse

SECOND = 1 / 3600


def miles(metres):
    return metres / pr.METRES_PER_MILE


def dms(degrees, minutes, seconds):
    return degrees + minutes / 60 + seconds / 3600


def test_ten_miles_east_north_east():
    lat, lon = dms(35, 24, 21), -dms(118, 51, 25)
    got = pr.step(lat, lon, 67.5, 10 * pr.METRES_PER_MILE, pr.CLARKE_1866)
    assert got == pytest.approx((35.4613445, -118.6932627), abs=1.1e-7)
    precision = miles(pr.coordinate_precision(lat, SECOND, pr.CLARKE_1866))
    sources = pr.Sources(2, 5, 0.007, 40 / 5280, 0, precision)
    assert round(pr.heading(10, 11.25, sources), 3) == 7.491


@pytest.mark.parametrize(("datum_m", "published"), [(79, 12.254), (3045, 13.799)])
def test_ten_miles_east(datum_m, published):
    lat, lon = dms(35, 22, 24), -dms(118, 50, 56)
    assert pr.step(lat, lon, 90, 10 * pr.METRES_PER_MILE) == pytest.approx((35.3733333, -118.6717880), abs=1.1e-7)
    sources = pr.Sources(2, 5, 0, 0, miles(datum_m), miles(pr.coordinate_precision(lat, SECOND)))
    assert round(pr.heading(10, 45, sources), 3) == published


@pytest.mark.parametrize(("datum_m", "published"), [(79, 2.781), (3045, 4.624)])
def test_two_miles_east_and_three_north(datum_m, published):
    lat, lon = dms(35, 25, 4), -dms(118, 58, 54)
    there = pr.step(lat, lon, 0, 3 * pr.METRES_PER_MILE)
    east = pr.step(lat, lon, 90, 2 * pr.METRES_PER_MILE)
    assert (there[0], east[1]) == pytest.approx((35.4612939, -118.9462270), abs=1.1e-7)
    sources = pr.Sources(2, 0.5, 0, 0, miles(datum_m), miles(pr.coordinate_precision(lat, SECOND)))
    assert round(pr.orthogonal(sources), 3) == published


def test_thirteen_miles_by_road():
    precision = miles(pr.coordinate_precision(35.435, 1 / 600, pr.CLARKE_1866))
    sources = pr.Sources(2, 0.5, 0.03107, 167 / 5280, 0, precision)
    assert round(pr.no_heading(0, sources), 3) == 2.711


def test_five_miles_from():
    precision = miles(pr.coordinate_precision(35.373, 0.001, pr.CLARKE_1866))
    assert round(pr.no_heading(5, pr.Sources(2, 0.5, 0, 0, 0, precision)), 3) == 7.589


@pytest.mark.parametrize(("datum_m", "published"), [(79, 3.119), (3045, 6.085)])
def test_named_place(datum_m, published):
    precision = pr.coordinate_precision(35.373, SECOND) / 1000
    assert round(pr.no_heading(0, pr.Sources(3, 0, 0, 0, datum_m / 1000, precision)), 3) == published


def test_ten_kilometres_north_east():
    """The 40 m of the coordinates stand outside the root: inside it the sum would come out 6.202."""
    assert round(pr.heading(10, 22.5, pr.Sources(3, 1, 0, 0, 0.079, 0.040)), 3) == 6.210
    assert round(pr.heading(10, 22.5, pr.Sources()), 2) == 3.90


@pytest.mark.parametrize(
    ("winds", "precision", "published_km"),
    [(8, 5, 97.6), (8, 0.5, 95.5), (8, 25, 112.2), (8, 22.5, 109.9), (16, 5, 50.3), (4, 5, 190.2)],
)
def test_150_miles_southeast_of_sirte(winds, precision, published_km):
    coordinates = miles(pr.coordinate_precision(31.2089, 0.0001))
    sources = pr.Sources(miles(5000), precision, coordinate_precision=coordinates)
    got = pr.heading(150, pr.DIRECTION[winds], sources) * pr.METRES_PER_MILE / 1000
    assert round(got, 1) == published_km


@pytest.mark.parametrize(
    ("value", "half"),
    [
        (10, 0.5),
        (30, 0.5),
        (100, 5),
        (140, 5),
        (200, 5),
        (1000, 50),
        (10.5, 0.25),
        (10.25, 0.125),
        (7, 0.5),
        (145, 0.5),
    ],
)
def test_precision_of_distances(value, half):
    assert pr.distance_precision(value) == half


@given(st.integers(1, 500), st.sampled_from(["north", "northeast", "north-northeast"]))
def test_circle_as_method(n, wind):
    anchor = Location(31.2, 16.6, 3000.0, PrecisionClass.EXACT, "gazetteer", "X", "X")
    relative, _ = parse(f"{n} km {wind} of X", "en")
    circle = locate(relative, [anchor], method="point-radius")
    assert circle.region.is_valid
    assert regions.inverse(circle.lat, circle.lon, *reversed(circle.region.exterior.coords[0]))[0] == pytest.approx(
        circle.radius_m, rel=0.01
    )
    assert circle.chain[-1].startswith("point-radius")

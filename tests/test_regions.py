"""Properties of the geodesic regions: exact lines, sound polygons, wedges that hold what they should and grow."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box

from mapper import regions, relative_cut
from mapper.model import Location, PrecisionClass, Relative
from mapper.relative import locate

_lats, _lons = st.floats(-75, 75), st.floats(-180, 180)


@given(_lats, _lons, st.floats(0, 360), st.floats(1_000, 900_000))
def test_a_straight_line_gives_distance_and_bearing_back(lat: float, lon: float, azimuth: float, metres: float) -> None:
    """What the point of a statement "as the crow flies" says, read back from the point."""
    said = Relative("offset", ((0, 1, "X"),), (metres, metres, metres), bearing=azimuth, travel="air")
    got = locate(said, [Location(lat, lon, 500.0, PrecisionClass.EXACT, "gazetteer", "X", "X")])
    back, bearing = regions.inverse(lat, lon, got.lat, got.lon)
    assert back == pytest.approx(metres, abs=1)
    assert abs((bearing - azimuth + 180) % 360 - 180) < 0.001


@settings(max_examples=40)
@given(_lats, _lons, st.floats(0, 360), st.floats(2, 89), st.floats(0, 0.9), st.floats(1_000, 500_000))
def test_wedges_are_sound_and_grow(
    lat: float, lon: float, azimuth: float, half: float, share: float, outer: float
) -> None:
    shape = regions.wedge(lat, lon, azimuth, half, share * outer, outer)
    assert shape.is_valid
    for polygon in getattr(shape, "geoms", [shape]):
        assert polygon.exterior.is_ccw
        assert not any(hole.is_ccw for hole in polygon.interiors)
    lat2, lon2 = regions.direct(lat, lon, azimuth, (share + 1) / 2 * outer)
    assert shape.distance(Point(lon2, lat2)) < 1e-6
    area = regions.area_km2(shape)
    assert regions.area_km2(regions.wedge(lat, lon, azimuth, half * 1.01, share * outer, outer)) > area
    assert regions.area_km2(regions.wedge(lat, lon, azimuth, half, share * outer, outer * 1.01)) > area
    assert regions.area_km2(regions.wedge(lat, lon, azimuth, half, 0.9 * share * outer, outer)) > (1 - 1e-7) * area


@settings(max_examples=40)
@given(_lats, st.floats(0, 360), st.floats(1, 60), st.floats(0, 0.5), st.floats(50_000, 900_000))
@example(lat=66.0, azimuth=38.0, half=1.0, share=0.0, outer=722_367.0)
@example(lat=0.0, azimuth=142.0, half=1.0, share=0.0, outer=764_652.0)
def test_the_sides_of_a_wedge_follow_the_geodesic(
    lat: float, azimuth: float, half: float, share: float, outer: float
) -> None:
    shape = regions.wedge(lat, 20.0, azimuth, half, share * outer, outer)
    for turn in (-0.9, 0.9):
        for along in (0.3, 0.5, 0.7):
            at = (share + (1 - share) * along) * outer
            y, x = regions.direct(lat, 20.0, azimuth + turn * half, at)
            x += 360 * round((20.0 - x) / 360)
            spot = Point((x + 180) % 360 - 180, y)
            assert shape.covers(spot), (turn, along)


@given(st.floats(-89, 89), _lons, st.floats(0, 360), st.floats(1, 15_000_000))
def test_many_lines_at_once_end_where_each_one_does(lat: float, lon: float, azimuth: float, metres: float) -> None:
    lats, lons = regions.directs(lat, lon, np.array([azimuth, 0.0]), np.array([[metres], [1.0]]))
    assert lats.shape == (2, 2)
    assert regions.inverse(*regions.direct(lat, lon, azimuth, metres), float(lats[0, 0]), float(lons[0, 0]))[0] < 1e-3


def test_many_pieces_are_joined_as_one_by_one() -> None:
    """Islands beside two lands with a common border, one island on that border and one that touches at a corner."""
    lands = [box(0, 0, 2, 4), box(2, 0, 4, 4)]
    islands = [box(5 + i, 5, 5.5 + i, 5.5) for i in range(8)] + [box(1.8, 4.5, 2.0, 4.8), box(2.0, 4.5, 2.2, 4.8)]
    corner = [box(4, 4, 4.5, 4.5)]
    pieces = np.array([*islands, *lands, *corner], dtype=object)
    joined = relative_cut._joined(pieces)
    assert joined.is_valid
    assert joined.equals(shapely.union_all(pieces))
    assert len(joined.geoms) == 8 + 1 + 1 + 1

"""The best guess inside a region: where settlements lie together that a statement fits."""

import math

import numpy as np
import pytest
from shapely.geometry import box

from mapper.relative_guess import Settled, Spread, guess, likeliest, middle

_SPREAD = Spread.of(
    np.array([0.5, 0.9, 1.0, 1.1, 2.0]), np.array([0.1, 0.9, 1.0, 0.5, 0.01]), np.array([0.0, 30.0, 90.0]), np.ones(3)
)


def _settled(*places: tuple[float, float, float]) -> Settled:
    lats, lons, people = (np.array(column) for column in zip(*sorted(places), strict=True))
    return Settled(lats, lons, people)


def test_the_mode_is_at_a_cluster_and_the_middle_between_two():
    x = np.array([0.0, 1.0, 100.0, 101.0, 102.0])
    y, weights = np.zeros(5), np.array([1.0, 1.0, 0.8, 0.9, 0.8])
    px, py = likeliest(x, y, weights, 5.0)
    assert 100 < px < 102 and py == pytest.approx(0)
    assert likeliest(x[:1], y[:1], weights[:1], 5.0) == pytest.approx((0, 0))
    apart = middle(np.array([0.0, 100.0]), np.zeros(2), np.ones(2))
    assert apart[0] == pytest.approx(50)


@pytest.mark.parametrize("lon", [18.0, 179.95, -179.95])
def test_a_guess_goes_to_the_town_that_fits_best_across_the_antimeridian_too(lon):
    near = 30_000 / (111_320 * math.cos(math.radians(10)))
    east = (lon + near + 180) % 360 - 180
    settled = _settled((10.0, lon, 90_000.0), (10.0, east, 5_000.0), (10.3, (lon + near / 2 + 180) % 360 - 180, 500.0))
    found = guess(settled, (10.0, lon), 90.0, 30_000.0, _SPREAD, None)
    assert found is not None
    assert found[0] == pytest.approx(10.0, abs=1e-3) and found[2] == 2
    assert (found[1] - east + 180) % 360 - 180 == pytest.approx(0, abs=1e-2)


def test_no_settlement_no_guess_and_the_anchor_is_none():
    settled = _settled((10.0, 18.0, 90_000.0), (40.0, 18.0, 9_000.0))
    assert guess(settled, (10.0, 18.0), 90.0, 30_000.0, _SPREAD, (10.0, 18.3)) is None


def test_of_very_many_places_the_heaviest_are_weighed():
    lats, lons = np.meshgrid(np.linspace(9.0, 11.0, 80), np.linspace(17.0, 19.0, 80))
    settled = Settled(np.sort(lats.ravel()), lons.ravel(), np.full(6400, 10.0))
    east, north, chosen = settled.around(10.0, 18.0, 90_000.0, most=200)
    assert len(chosen) == len(east) == len(north) == 200


def test_what_lies_abroad_counts_little_but_counts():
    east, west = (10.0, 18.30, 900.0), (10.0, 18.26, 9_000.0)
    settled = _settled(east, west)
    home = box(18.28, 9, 19, 11)
    free = guess(settled, (10.0, 18.0), 90.0, 30_000.0, _SPREAD, None)
    told = guess(settled, (10.0, 18.0), 90.0, 30_000.0, _SPREAD, None, home)
    alone = guess(_settled(west), (10.0, 18.0), 90.0, 30_000.0, _SPREAD, None, home)
    assert free is not None and told is not None and alone is not None
    assert free[1] < 18.28 < told[1]
    assert alone[1] == pytest.approx(18.26, abs=1e-3)

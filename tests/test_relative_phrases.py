"""Phrases made from a relation, a distance and a wind parse back to what made them, in every language that we read."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from mapper import regions
from mapper.model import Location, PrecisionClass, Relative
from mapper.relative import locate, parse

# Eight winds from north by east, as they stand in an offset.
WINDS = {
    "ar": "شمال|شمال شرقي|شرقي|جنوب شرق|جنوبي|جنوب غرب|غرب|شمال غربي",
    "en": "north|north-east|east|southeast|south|south-west|west|northwest",
    "fr": "au nord|au nord-est|à l'est|au sud-est|au sud|au sud-ouest|à l'ouest|au nord-ouest",
    "es": "al norte|al noreste|al este|al sureste|al sur|al suroeste|al oeste|al noroeste",
    "ru": "к северу|к северо-востоку|к востоку|к юго-востоку|к югу|к юго-западу|к западу|к северо-западу",
    "uk": "на північ|на північний схід|на схід|на південний схід|на південь|на південний захід|на захід|на північний захід",
}
FORMS = {
    "ar": {
        "offset": "على بعد {n} كيلومترا {w} {a}",
        "distance_only": "على بعد {n} كم عن {a}",
        "direction_only": "{w} من {a}",
        "near": "بالقرب من {a}",
        "between": "بين {a} و{b}",
    },
    "en": {
        "offset": "{n} km {w} of {a}",
        "distance_only": "{n} km from {a}",
        "direction_only": "{w} of {a}",
        "near": "near {a}",
        "between": "between {a} and {b}",
        "orthogonal": "{n} km {w} and {m} km {v} of {a}",
    },
    "fr": {
        "offset": "à {n} km {w} de {a}",
        "distance_only": "à {n} km de {a}",
        "direction_only": "{w} de {a}",
        "near": "près de {a}",
        "between": "entre {a} et {b}",
        "orthogonal": "à {n} km {w} et {m} km {v} de {a}",
    },
    "es": {
        "offset": "a {n} km {w} de {a}",
        "distance_only": "a {n} km de {a}",
        "direction_only": "{w} de {a}",
        "near": "cerca de {a}",
        "between": "entre {a} y {b}",
    },
    "ru": {
        "offset": "в {n} км {w} от {a}",
        "distance_only": "в {n} км от {a}",
        "direction_only": "{w} от {a}",
        "near": "недалеко от {a}",
        "between": "между {a} и {b}",
    },
    "uk": {
        "offset": "за {n} км {w} від {a}",
        "distance_only": "за {n} км від {a}",
        "direction_only": "{w} від {a}",
        "near": "неподалік від {a}",
        "between": "між {a} та {b}",
    },
}
NAMES = {
    "ar": ("ترهونة", "سرت", "بني وليد"),
    "en": ("Tarhuna", "Sirte", "Bani Walid"),
    "fr": ("Tarhouna", "Syrte", "Bani Walid"),
    "es": ("Tarhuna", "Sirte", "Bani Walid"),
    "ru": ("Тархуны", "Сирта", "Бенгази"),
    "uk": ("Тархуни", "Сирта", "Бенгазі"),
}
CASES = [(language, relation) for language, forms in FORMS.items() for relation in forms]
LEFT_OPEN = {"between", "near", "distance_only"}


def names_of(relative: Relative) -> list[str]:
    return [surface for _, _, surface in relative.anchors]


@pytest.mark.parametrize(("language", "relation"), CASES)
@settings(max_examples=40)
@given(data=st.data())
def test_phrases_parse_back(language: str, relation: str, data: st.DataObject) -> None:
    winds = WINDS[language].split("|")
    n, m = data.draw(st.integers(1, 950)), data.draw(st.integers(1, 950))
    wind = data.draw(st.sampled_from((0, 2, 4, 6) if relation == "orthogonal" else range(8)))
    across = (wind + data.draw(st.sampled_from((2, 6)))) % 8
    a, b = data.draw(st.permutations(NAMES[language]))[:2]
    phrase = FORMS[language][relation].format(n=n, m=m, w=winds[wind], v=winds[across], a=a, b=b)
    got = parse(phrase, language)
    assert got is not None, phrase
    relative, spoken = got
    assert (relative.relation, spoken) == (relation, language)
    assert names_of(relative) == ([a, b] if relation == "between" else [a])
    if relation in LEFT_OPEN:
        assert relative.bearing is None
    elif relation == "orthogonal":
        assert relative.distance_m is not None
        assert relative.distance_m[1] == pytest.approx(1000 * math.hypot(n, m))
        assert relative.bearing is not None
        turn = math.radians(relative.bearing - 45 * wind)
        assert (math.cos(turn), abs(math.sin(turn))) == pytest.approx((n / math.hypot(n, m), m / math.hypot(n, m)))
    else:
        assert relative.bearing == 45 * wind
    if relation in ("offset", "distance_only"):
        assert relative.distance_m is not None
        assert relative.distance_m[1] == pytest.approx(1000 * n)


_lats, _lons = st.floats(-75, 75), st.floats(-180, 180)


@given(_lats, _lons, st.floats(0, 360), st.floats(1_000, 900_000))
def test_a_straight_line_gives_distance_and_bearing_back(lat: float, lon: float, azimuth: float, metres: float) -> None:
    """What the point of a statement "as the crow flies" says, read back from the point."""
    said = Relative("offset", ((0, 1, "X"),), (metres, metres, metres), bearing=azimuth, travel="air")
    got = locate(said, [Location(lat, lon, 500.0, PrecisionClass.EXACT, "gazetteer", "X", "X")])
    back, bearing = regions.inverse(lat, lon, got.lat, got.lon)
    assert back == pytest.approx(metres, abs=1)
    assert abs((bearing - azimuth + 180) % 360 - 180) < 0.001


# The sides of a wedge are straight in degrees: narrow ones that are long or lie far north do not hold their middle line.
@settings(max_examples=40)
@given(st.floats(-60, 60), _lons, st.floats(0, 360), st.floats(5, 89), st.floats(0, 0.9), st.floats(1_000, 500_000))
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
    assert regions.area_km2(regions.wedge(lat, lon, azimuth, half, 0.9 * share * outer, outer)) > (1 - 1e-9) * area


@given(st.floats(-89, 89), _lons, st.floats(0, 360), st.floats(1, 15_000_000))
def test_many_lines_at_once_end_where_each_one_does(lat: float, lon: float, azimuth: float, metres: float) -> None:
    lats, lons = regions.directs(lat, lon, np.array([azimuth, 0.0]), np.array([[metres], [1.0]]))
    assert lats.shape == (2, 2)
    assert regions.inverse(*regions.direct(lat, lon, azimuth, metres), float(lats[0, 0]), float(lons[0, 0]))[0] < 1e-3

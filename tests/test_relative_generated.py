"""Phrases made from parts must be read back as those parts: every relation, in six languages."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from mapper import regions
from mapper.model import Location, PrecisionClass
from mapper.relative import locate, parse

# language → (two names that are no words of it, azimuth → wind)
NAMES = {
    "ar": ("ترهونة", "غريان"),
    "en": ("Tarhuna", "Gharyan"),
    "fr": ("Tarhouna", "Gharyan"),
    "es": ("Tarhuna", "Gharyan"),
    "ru": ("Тархуны", "Гарьяна"),
    "uk": ("Тархуни", "Гар'яна"),
}
WINDS = {
    "ar": ("شمال", "شمال شرق", "شرق", "جنوب شرق", "جنوب", "جنوب غرب", "غرب", "شمال غرب"),
    "en": ("north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest"),
    "fr": ("au nord", "au nord-est", "à l'est", "au sud-est", "au sud", "au sud-ouest", "à l'ouest", "au nord-ouest"),
    "es": ("norte", "noreste", "este", "sureste", "sur", "suroeste", "oeste", "noroeste"),
    "ru": ("северу", "северо-востоку", "востоку", "юго-востоку", "югу", "юго-западу", "западу", "северо-западу"),
    "uk": ("північ", "північний схід", "схід", "південний схід", "південь", "південний захід", "захід", "північний захід"),
}  # fmt: skip
# Where a part of a country has forms of its own.
PARTS = {
    "fr": ("dans le nord", "dans le nord-est", "dans l'est", "dans le sud-est", "dans le sud", "dans le sud-ouest", "dans l'ouest", "dans le nord-ouest"),
    "ru": ("на севере", "на северо-востоке", "на востоке", "на юго-востоке", "на юге", "на юго-западе", "на западе", "на северо-западе"),
    "uk": ("на півночі", "на північному сході", "на сході", "на південному сході", "на півдні", "на південному заході", "на заході", "на північному заході"),
}  # fmt: skip
OFFSET = {
    "ar": "على بعد {n} كيلومترا {w} {a}",
    "en": "{n} km {w} of {a}",
    "fr": "à {n} km {w} de {a}",
    "es": "a {n} km al {w} de {a}",
    "ru": "в {n} км к {w} от {a}",
    "uk": "за {n} км на {w} від {a}",
}
INSIDE = {"ar": "{w} {a}", "en": "{w}ern {a}", "fr": "{p} de {a}", "es": "en el {w} de {a}", "ru": "{p} {a}", "uk": "{p} {a}"}  # fmt: skip
SIDE = {"ar": "{w} من {a}", "en": "{w} of {a}", "fr": "{w} de {a}", "es": "al {w} de {a}", "ru": "к {w} от {a}", "uk": "на {w} від {a}"}  # fmt: skip
ORTHOGONAL = {"en": "{n} km {w} and {m} km {v} of {a}", "fr": "à {n} km {w} et {m} km {v} de {a}"}
# relation → language → form
FORMS = {
    "distance_only": {
        "ar": "على بعد {n} كيلومترا من {a}", "en": "{n} km from {a}", "fr": "à {n} km de {a}",
        "es": "a {n} km de {a}", "ru": "в {n} км от {a}", "uk": "за {n} км від {a}",
    },
    "near": {
        "ar": "بالقرب من {a}", "en": "near {a}", "fr": "près de {a}", "es": "cerca de {a}", "ru": "недалеко от {a}",
        "uk": "неподалік від {a}",
    },
    "outskirts": {
        "ar": "ضواحي {a}", "en": "on the outskirts of {a}", "fr": "aux abords de {a}", "es": "en las afueras de {a}",
        "ru": "на окраине {a}", "uk": "на околиці {a}",
    },
    "offshore": {
        "ar": "قبالة سواحل {a}", "en": "off the coast of {a}", "fr": "au large de {a}",
        "es": "frente a las costas de {a}", "ru": "у побережья {a}", "uk": "біля узбережжя {a}",
    },
    "between": {
        "ar": "بين {a} و{b}", "en": "between {a} and {b}", "fr": "entre {a} et {b}", "es": "entre {a} y {b}",
        "ru": "между {a} и {b}", "uk": "між {a} та {b}",
    },
    "along": {
        "ar": "على الطريق بين {a} و{b}", "en": "on the road between {a} and {b}", "fr": "sur la route entre {a} et {b}",
        "es": "en la carretera entre {a} y {b}", "ru": "на трассе {a} - {b}", "uk": "на трасі {a} - {b}",
    },
    "border": {
        "ar": "على الحدود بين {a} و{b}", "en": "on the border between {a} and {b}",
        "fr": "à la frontière entre {a} et {b}", "es": "en la frontera entre {a} y {b}",
        "ru": "на границе {a} и {b}", "uk": "на кордоні {a} та {b}",
    },
    "travel_time": {
        "ar": "على بعد {h} ساعات بالسيارة من {a}", "en": "{h} hours' drive from {a}", "fr": "à {h} heures de route de {a}",
        "es": "a {h} horas en coche de {a}", "ru": "в {h} часах езды от {a}", "uk": "за {h} години їзди від {a}",
    },
}  # fmt: skip
LANGUAGES = sorted(NAMES)


def anchors(language, phrase):
    got = parse(phrase, language)
    assert got is not None, phrase
    return got[0], [a[2] for a in got[0].anchors]


@settings(deadline=None)
@given(st.sampled_from(LANGUAGES), st.integers(1, 999), st.integers(0, 7))
def test_offsets(language, n, wind):
    phrase = OFFSET[language].format(n=n, w=WINDS[language][wind], a=NAMES[language][0])
    relative, names = anchors(language, phrase)
    assert (relative.relation, relative.bearing, relative.winds) == ("offset", 45.0 * wind, 8 if wind % 2 else 4)
    assert relative.distance_m[1] == pytest.approx(1000 * n)
    assert names == [NAMES[language][0]]


@pytest.mark.parametrize("wind", range(8))
@pytest.mark.parametrize("language", LANGUAGES)
def test_parts_and_sides(language, wind):
    part = PARTS.get(language, ("",) * 8)[wind]
    phrase = INSIDE[language].format(w=WINDS[language][wind], p=part, a=NAMES[language][0])
    relative, names = anchors(language, phrase)
    assert (relative.relation, relative.bearing, names) == ("inside_direction", 45.0 * wind, [NAMES[language][0]])


@pytest.mark.parametrize("wind", range(8))
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_lies_beside_a_town(language, wind):
    name = NAMES[language][1]
    relative, names = anchors(language, SIDE[language].format(w=WINDS[language][wind], a=name))
    assert (relative.relation, relative.bearing, names) == ("direction_only", 45.0 * wind, [name])


@given(
    st.sampled_from(sorted(ORTHOGONAL)),
    st.integers(1, 950),
    st.integers(1, 950),
    st.sampled_from((0, 2, 4, 6)),
    st.sampled_from((2, 6)),
)
def test_two_offsets_at_right_angles(language, n, m, wind, turn):
    winds, name = WINDS[language], NAMES[language][0]
    phrase = ORTHOGONAL[language].format(n=n, m=m, w=winds[wind], v=winds[(wind + turn) % 8], a=name)
    relative, names = anchors(language, phrase)
    assert (relative.relation, names) == ("orthogonal", [name])
    assert relative.distance_m[1] == pytest.approx(1000 * math.hypot(n, m))
    off = math.radians(relative.bearing - 45 * wind)
    assert (math.cos(off), abs(math.sin(off))) == pytest.approx((n / math.hypot(n, m), m / math.hypot(n, m)))


@settings(deadline=None)
@given(st.sampled_from(sorted(FORMS)), st.sampled_from(LANGUAGES), st.integers(1, 999), st.integers(3, 4))
def test_every_other_relation(relation, language, n, hours):
    a, b = NAMES[language]
    form = FORMS[relation][language]
    relative, names = anchors(language, form.format(n=n, h=hours, a=a, b=b))
    assert relative.relation == relation
    assert names == ([a, b] if "{b}" in form else [a])
    if "{n}" in form:
        assert relative.distance_m[1] == pytest.approx(1000 * n)
    assert (relative.distance_m is None) == (not {"{n}", "{h}"} & {form[i : i + 3] for i in range(len(form))})


@pytest.mark.parametrize(
    ("phrase", "language", "anchor"),
    [
        ("20 km west of North Bay", "en", "North Bay"),
        ("20 km from South Bend", "en", "South Bend"),
        ("5 miles north of the town of West Point", "en", "West Point"),
        ("à 20 km au nord de Nord Foyer", "fr", "Nord Foyer"),
        ("20 km west of Bay", "en", "Bay"),
        ("20 km North of Bay", "en", "Bay"),
        ("2 miles East and 3 miles North of Bay", "en", "Bay"),
        ("20 km from northern Bay", "en", "Bay"),
        ("in North Bay", "en", "Bay"),
    ],
)
def test_a_wind_that_begins_a_name_stays_with_it(phrase, language, anchor):
    assert anchors(language, phrase)[1] == [anchor]


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(["distance_only", "near", "outskirts", "between", "along", "border", "travel_time"]),
    st.floats(-60, 60),
    st.floats(-180, 180),
    st.integers(10, 400),
    st.floats(0.2, 2),
)
def test_regions_of_every_relation_are_whole(relation, lat, lon, n, apart):
    read, _ = anchors("en", FORMS[relation]["en"].format(n=n, h=3, a="X", b="Y"))
    ends = [(lat, lon), (lat + apart / 3, (lon + apart + 180) % 360 - 180)][: len(read.anchors)]
    got = locate(read, [Location(*e, 3000.0, PrecisionClass.EXACT, "gazetteer", "X", "X") for e in ends])
    assert got.region.is_valid
    assert not got.region.is_empty
    for polygon in getattr(got.region, "geoms", [got.region]):
        assert polygon.exterior.is_ccw
    west, south, east, north = got.region.bounds
    assert -180 <= west <= east <= 180
    assert -90 <= south <= north <= 90
    if relation not in ("distance_only", "travel_time"):  # a ring's best guess is its middle, where nothing is
        assert got.region.buffer(1e-5).covers(Point(got.lon, got.lat))
    assert got.radius_m == round(regions.reach(got.lat, got.lon, got.region))

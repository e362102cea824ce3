"""Relative places: the grammar of each language, the geodesic, the regions and the point-radius method."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box

from mapper import localities, recognise, regions, resolve
from mapper.gazetteer import Gazetteer
from mapper.language import codes, section
from mapper.model import Candidate, Location, Place, PrecisionClass, Report
from mapper.relative import find, locate, parse

EXAMPLES = [(code, e) for code in codes() for e in section(code, "relative").get("examples", [])]
SIRTE = Location(31.2089, 16.5887, 5000.0, PrecisionClass.EXACT, "gazetteer", "Sirte", "Sirte", country="LY")


def marked(text):
    """``text`` without its [brackets], and the spans that they marked."""
    names, out = [], ""
    for part in re.split(r"(\[[^\]]*\])", text):
        if part.startswith("["):
            names.append((len(out), len(out) + len(part) - 2))
        out += part.strip("[]") if part.startswith("[") else part
    return out, names


@pytest.mark.parametrize(("language", "example"), EXAMPLES)
def test_examples(language, example):
    text, names = marked(example["text"])
    got = find(text, language, names)
    assert [m.surface for m in got] == ([example["mention"]] if example["mention"] else [])
    for mention in got:
        relative = mention.relative
        assert text[mention.start : mention.end] == mention.surface
        assert relative.relation == example["relation"]
        assert relative.bearing == example.get("bearing")
        assert mention.role == example.get("role", "place")
        if "km" in example:
            assert relative.distance_m[1] == pytest.approx(example["km"] * 1000, abs=1)


WINDS = {
    "en": {
        0: "north",
        45: "north-east",
        90: "east",
        135: "southeast",
        180: "south",
        225: "south-west",
        270: "west",
        315: "northwest",
    },
    "fr": {
        0: "au nord",
        45: "au nord-est",
        90: "à l'est",
        135: "au sud-est",
        180: "au sud",
        225: "au sud-ouest",
        270: "à l'ouest",
        315: "au nord-ouest",
    },
    "ar": {
        0: "شمال",
        45: "شمال شرقي",
        90: "شرقي",
        135: "إلى الجنوب الشرقي من",
        180: "جنوبي",
        225: "جنوب غرب",
        270: "غرب",
        315: "شمال غربي",
    },
}
FORMS = {
    "en": ("{n} km {w} of Tarhuna", "Tarhuna"),
    "fr": ("à {n} km {w} de Tarhouna", "Tarhouna"),
    "ar": ("على بعد {n} كيلومترا {w} ترهونة", "ترهونة"),
}


@given(st.sampled_from(["en", "fr", "ar"]), st.integers(1, 999), st.sampled_from(sorted(WINDS["en"])))
def test_generated_phrases_parse_back(language, n, azimuth):
    form, anchor = FORMS[language]
    got = parse(form.format(n=n, w=WINDS[language][azimuth]), language)
    assert got is not None
    relative, _ = got
    assert relative.relation == "offset"
    assert relative.distance_m[1] == pytest.approx(n * 1000)
    assert relative.bearing == azimuth
    assert relative.anchors[0][2] == anchor


def test_seed_point_and_region():
    relative, _ = parse("150 miles southeast of Sirte")
    got = locate(relative, [SIRTE], surface="150 miles southeast of Sirte")
    assert (got.lat, got.lon) == pytest.approx((29.65705, 18.35166), abs=1e-5)
    assert got.precision.where_prec == 5
    assert regions.area_km2(got.region) == pytest.approx(14_729, rel=0.01)
    assert any("29.65705" in step for step in got.chain)


@given(st.floats(-70, 70), st.floats(-180, 180), st.floats(0, 360), st.floats(1, 900_000))
def test_geodesic_goes_back(lat, lon, azimuth, distance):
    there = regions.direct(lat, lon, azimuth, distance)
    back, bearing = regions.inverse(lat, lon, *there)
    assert back == pytest.approx(distance, abs=1)
    if distance > 100:
        assert abs((bearing - azimuth + 180) % 360 - 180) < 0.001


@settings(deadline=None, max_examples=60)
@given(
    st.floats(-60, 60),
    st.floats(-180, 180),
    st.sampled_from(
        [
            "40 km north of X",
            "near X",
            "300 km west of X",
            "south of X",
            "within 90 km of X",
            "120 miles east of X",
            "30 km from X",
        ]
    ),
)
def test_regions_are_valid_and_hold_the_point(lat, lon, phrase):
    relative, _ = parse(phrase, "en")
    anchor = Location(lat, lon, 3000.0, PrecisionClass.EXACT, "gazetteer", "X", "X")
    got = locate(relative, [anchor])
    assert got.region.is_valid
    for polygon in getattr(got.region, "geoms", [got.region]):
        assert polygon.exterior.is_ccw
    west, south, east, north = got.region.bounds
    assert -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    if relative.relation != "distance_only":
        assert got.region.buffer(1e-5).covers(Point(got.lon, got.lat))


def test_direction_is_inside_an_area_and_outside_a_town():
    relative, _ = parse("northern Blue", "en")
    square = box(10, 10, 20, 20)
    country = Location(15, 15, 500_000, PrecisionClass.COUNTRY, "gazetteer", "Blue", "Blue", region=square)
    inside = locate(relative, [country])
    assert square.buffer(1e-9).covers(inside.region)
    assert inside.region.area == pytest.approx(35, abs=1.5)
    assert inside.precision is PrecisionClass.PART_OF_COUNTRY
    town = locate(relative, [SIRTE])
    assert town.precision is PrecisionClass.VICINITY
    assert town.lat > SIRTE.lat


def test_big_town_is_looser():
    relative, _ = parse("near Sirte", "en")
    place = Place("x", "Big", 31.2, 16.6, population=2_000_000)
    big = Location(
        31.2, 16.6, 9000.0, PrecisionClass.EXACT, "gazetteer", "Big", "Big", candidates=(Candidate(place, 1.0),)
    )
    assert locate(relative, [big]).radius_m > locate(relative, [SIRTE]).radius_m


def test_between_is_halfway():
    relative, _ = parse("between Misrata and Sirte", "en")
    misrata = Location(32.37535, 15.09254, 8000.0, PrecisionClass.EXACT, "gazetteer", "Misrata", "Misrata")
    got = locate(relative, [misrata, SIRTE])
    one, _ = regions.inverse(got.lat, got.lon, misrata.lat, misrata.lon)
    two, _ = regions.inverse(got.lat, got.lon, SIRTE.lat, SIRTE.lon)
    assert one == pytest.approx(two, abs=1)
    assert got.precision is PrecisionClass.CORRIDOR


def test_antimeridian_is_split():
    shape = regions.wedge(-17, 179.8, 90, 30, 10_000, 90_000)
    assert shape.geom_type == "MultiPolygon"
    assert shape.is_valid


def test_gloss_is_not_a_place():
    text = "Fighting in Sirte (450 km east of Tripoli) went on."
    got = find(text, "en", [(12, 17), (34, 41)])
    assert [(m.surface, m.role) for m in got] == [("450 km east of Tripoli", "gloss")]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("He flew to [South Sudan] today.", "en"),
        ("They left the [North] for [Libya].", "en"),
        ("[كوريا الشمالية] و[مصر]", "ar"),
    ],
)
def test_proper_names_are_left_alone(text, language):
    assert find(*(marked(text)[0], language, marked(text)[1])) == []


@pytest.mark.parametrize(
    ("phrase", "language"),
    [
        ("25 km from the border", "en"),
        ("near the Turkish border town", "en"),
        ("the Turkish border guards", "en"),
        ("around the state broadcaster", "en"),
        ("près de la frontière", "fr"),
        ("قرب الحدود", "ar"),
    ],
)
def test_an_article_or_an_adjective_is_no_anchor(phrase, language):
    assert parse(phrase, language) is None


@pytest.mark.parametrize(
    ("phrase", "language", "nations", "km"),
    [
        ("near the Turkish-Syrian border", "en", ["Turkish", "Syrian"], None),
        ("the Turkish and Syrian border", "en", ["Turkish", "Syrian"], None),
        ("25 km from the Turkish border", "en", ["Turkish"], 25),
        ("à 5 km de la frontière malienne", "fr", ["malienne"], 5),
        ("à la frontière tchadienne", "fr", ["tchadienne"], None),
        ("قرب الحدود التركية", "ar", ["التركية"], None),
        ("على الحدود السورية التركية", "ar", ["السورية", "التركية"], None),
        ("12 km from the Chilean border", "en", ["Chilean"], 12),
        ("the Kazakh-Uzbek border", "en", ["Kazakh", "Uzbek"], None),
        ("près de la frontière polonaise", "fr", ["polonaise"], None),
        ("قرب الحدود العمانية", "ar", ["العمانية"], None),
    ],
)
def test_nationalities_name_a_border(phrase, language, nations, km):
    relative, _ = parse(phrase, language)
    assert (relative.relation, [a[2] for a in relative.anchors]) == ("border", nations)
    assert relative.distance_m == (None if km is None else pytest.approx((1000 * km,) * 3))


def test_a_border_lies_along_it_on_the_side_of_the_country_that_the_text_is_about():
    turkey, syria = (GAZETTEER.area(GAZETTEER.country(code)) for code in ("TR", "SY"))
    shared = localities.locate("the Syrian-Turkish border", GAZETTEER).location
    side = localities.locate("near the Turkish border", GAZETTEER, country="SY").location
    whole = localities.locate("near the Turkish border", GAZETTEER).location
    many = localities.locate("aux frontières algériennes", GAZETTEER).location
    assert many.chain[1].startswith("anchor: Algeria")
    for where in (shared, side, whole):
        assert where.method == "relative"
        assert where.region.is_valid
        assert where.region.covers(Point(where.lon, where.lat))
    assert shared.region.intersection(turkey).area == pytest.approx(shared.region.intersection(syria).area, rel=0.2)
    assert side.region.intersection(turkey).area < 0.1 * side.region.area
    assert side.region.area < shared.region.area < whole.region.area
    assert whole.region.distance(Point(44.8, 39.7)) < 0.1  # with Iran and Armenia, too


def test_a_border_in_running_text_leans_on_the_story():
    found = find("Shelling went on near the Turkish border overnight.", "en", [])
    assert [(m.surface, m.relative.relation) for m in found] == [("near the Turkish border", "border")]
    assert find("They left the Turkish border town of Kilis.", "en", []) == []
    # A gazetteer has the people, too.
    text = "Smoke rose near the Chilean border on Sunday."
    (border,) = find(text, "en", [(text.index("Chilean"), text.index(" border"))])
    assert (border.surface, border.relative.relation) == ("near the Chilean border", "border")


@given(st.text(alphabet="abc north of km 12,.()المدينة شرق كم-'\"", max_size=60))
def test_never_fails(text):
    for language in codes():
        parse(text, language)


GAZETTEER = Gazetteer.open()


def placed(text, **hints):
    got = localities.locate(text, GAZETTEER, **hints).location
    assert got is not None, text
    return got


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("150 miles southeast of Sirte", "en"),
        ("على بعد 150 ميلاً، جنوب شرقي مدينة سرت", "ar"),
        ("à 150 milles au sud-est de Syrte", "fr"),
    ],
)
def test_one_phrase_in_three_languages(text, language):
    got = placed(text, language=language)
    assert (got.lat, got.lon) == pytest.approx((29.657, 18.352), abs=5e-4)
    assert got.precision.where_prec == 5
    assert any("212.3 km to 270.5 km, 135° ± 30°" in step for step in got.chain)


def test_an_unknown_anchor_lies_where_the_text_says():
    got = placed("20 km west of Wadi Qarnaba camp, which lies 60 km south of Misrata")
    assert any("the text itself says where it lies" in step for step in got.chain) or "Wadi" in got.chain[1]
    assert regions.inverse(got.lat, got.lon, 32.375, 15.092)[0] < 90_000


def test_two_statements_about_one_place_shrink_its_region():
    both = placed("85 km east of Homs and 60 km west of Palmyra", country="SY")
    one = placed("85 km east of Homs", country="SY")
    assert regions.area_km2(both.region) < 0.6 * regions.area_km2(one.region)
    assert one.region.buffer(1e-6).covers(both.region)
    apart = placed("20 km west of Palmyra and 20 km east of Damascus", country="SY")
    assert any(step.startswith("conflict") for step in apart.chain)


def test_gloss_chooses_between_namesakes_or_doubts():
    assert placed("Tripoli (80 km north of Beirut)").country == "LB"
    assert placed("Tripoli (450 km west of Sirte)").country == "LY"
    right, wrong = placed("Sirte (450 km east of Tripoli)"), placed("Sirte (450 km west of Tripoli)")
    assert right.lat == wrong.lat
    assert wrong.confidence < 0.7 * right.confidence
    assert any("gloss disagrees" in step for step in wrong.chain)


@pytest.mark.parametrize(
    ("text", "language"), [("الشمال السوري", "ar"), ("شمال سوريا", "ar"), ("le nord syrien", "fr")]
)
def test_a_wind_and_a_nationality_are_a_part_of_the_country(text, language):
    got = placed(text, language=language)
    assert got.precision is PrecisionClass.PART_OF_COUNTRY
    assert 35.5 < got.lat < 37.4
    assert got.country == "SY"


def test_kind_of_text_sets_the_width():
    quake, news = placed("32 km NE of Derna, Libya"), placed("32 km northeast of Derna")
    assert regions.area_km2(quake.region) < 0.2 * regions.area_km2(news.region)
    ship = placed("Around 120 nm SE of Mogadishu")
    assert any("maritime" in step for step in ship.chain)
    land = GAZETTEER.land(*ship.region.bounds)
    assert ship.region.intersection(land).area < 1e-6


@pytest.mark.parametrize(
    ("language", "text", "anchor", "wanted"),
    [
        ("en", "Fighters seized Sabha on Monday. Two men were shot 20 km south of there.", "Sabha", (20_000, 180)),
        ("en", "Gunmen entered Derna at dawn. A bomb went off 15 km east of the city.", "Derna", (15_000, 90)),
        ("ar", "دخل مسلحون مدينة درنة فجرا. وانفجرت قنبلة على بعد 15 كم شرق المدينة.", "درنة", (15_000, 90)),
        (
            "fr",
            "Des hommes armés sont entrés à Derna. Une bombe a explosé à 15 km à l'est de la ville.",
            "Derna",
            (15_000, 90),
        ),
    ],
)
def test_the_city_and_there_mean_the_place_before(language, text, anchor, wanted):
    report = Report("r", text, language=language)
    found = resolve.resolve(
        report, recognise.recognise(report, GAZETTEER, language=language), GAZETTEER, language=language
    )
    town = next(r.location for r in found if anchor in r.mention.surface and r.location and r.mention.kind == "name")
    (place,) = [r.location for r in found if r.mention.kind == "relative" and r.location]
    assert place.anchor == pytest.approx((town.lat, town.lon))
    assert any(f"{wanted[0] / 1000:g} km at azimuth {wanted[1]}°" in step for step in place.chain)


def test_far_north_is_less_than_north():
    far, north = placed("far northern Mali"), placed("northern Mali")
    assert regions.area_km2(far.region) < 0.7 * regions.area_km2(north.region)


def test_endings_of_russian_names():
    got = placed("40 км к югу от Еревана", language="ru")
    assert got.country == "AM"


@settings(deadline=None, max_examples=40)
@given(st.floats(-60, 60), st.floats(-180, 180), st.integers(5, 300), st.integers(1, 120))
@example(0.0, 0.0, 49, 3)  # over the limit of two bands
def test_regions_grow_with_vagueness(lat, lon, n, more):
    anchor = Location(lat, lon, 3000.0, PrecisionClass.EXACT, "gazetteer", "X", "X")
    exact, ranged = (locate(parse(f"{t} km north of X", "en")[0], [anchor]) for t in (n, f"{n} to {n + more}"))
    assert regions.area_km2(ranged.region) > regions.area_km2(exact.region)
    sharp, blunt = (locate(parse(f"{n} km {w} of X", "en")[0], [anchor]) for w in ("north-northeast", "north"))
    assert regions.area_km2(blunt.region) > regions.area_km2(sharp.region)


def test_a_name_of_winds_alone_is_a_wind():
    text = "غارة على بعد 150 ميلا، جنوب شرقي مدينة سرت"
    wind, town = text.index("جنوب شرقي"), text.index("سرت")
    got = find(text, "ar", [(wind, wind + len("جنوب شرقي")), (town, town + 3)])
    assert [m.surface for m in got] == ["على بعد 150 ميلا، جنوب شرقي مدينة سرت"]


def test_proper_name_around_a_known_name():
    text = "Fighting in South Sudan went on. The road between Bor and Juba was cut."
    names = [m.span() for m in re.finditer("Sudan|Bor|Juba", text)]
    assert [m.surface for m in find(text, "en", names)] == ["The road between Bor and Juba"]


@pytest.mark.parametrize(
    ("phrase", "lat", "lon"),
    [
        ("20 км на північ від Києва", 50.45, 30.52),
        ("30 км на схід від Дніпра", 48.46, 35.04),
        ("15 км від Львова", 49.84, 24.03),
        ("10 км к северу от Уфы", 54.74, 55.97),
    ],
)
def test_names_in_the_genitive_are_found(phrase, lat, lon):
    where = localities.locate(phrase, GAZETTEER).location
    assert where.method == "relative"
    assert regions.inverse(*where.anchor, lat, lon)[0] < 15_000

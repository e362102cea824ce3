"""The steps of relative places one by one, on places of our own making: each number and each sentence counts."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from shapely import get_num_coordinates
from shapely.geometry import MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from mapper import regions, relative, relative_cut, resolve
from mapper.gazetteer import Gazetteer
from mapper.model import Location, Mention, Place, PrecisionClass, Relative, Report, Resolved
from mapper.relative_scene import Draft


def place(lat: float, lon: float, *, name: str = "A", half: float = 0.5, confidence: float = 0.8) -> Location:
    """A place with a square region of ``half`` degrees to each side."""
    region = box(lon - half, lat - half, lon + half, lat + half)
    return Location(
        lat, lon, 3000, PrecisionClass.EXACT, "gazetteer", name, name, region, confidence=confidence, chain=(name,)
    )


# ---- anchors that the text itself places
def test_an_anchor_that_no_gazetteer_knows_lies_where_the_text_says() -> None:
    told = place(30, 20)
    found = relative.agreed(None, told, "Bir X")
    assert (found.lat, found.lon, found.name, found.place_in_report) == (30, 20, "Bir X", "Bir X")
    assert found.chain == ("A", "'Bir X' is not known; the text itself says where it lies")


@pytest.mark.parametrize(
    ("lon", "agrees"), [(20.0, True), (20.55, True), (20.599, True), (20.601, False), (25.0, False)]
)
def test_an_anchor_is_believed_within_a_tenth_of_a_degree_of_what_is_told(lon: float, agrees: bool) -> None:
    found = relative.agreed(place(30, lon, name="B"), place(30, 20), "B")
    assert (found.lat, found.lon, found.name) == (30, lon, "B")
    assert found.confidence == (0.8 if agrees else 0.48)
    assert ("it lies where the text says" in found.chain[-1]) == agrees
    assert found.chain[-1].startswith("gloss disagrees") != agrees


# ---- two statements about one place
def test_two_statements_that_meet_are_what_both_hold() -> None:
    one, two = place(30, 20, name="one"), replace(place(30, 20.6, name="two"), confidence=0.6)
    both = relative._both(one, two)
    assert both.region is not None
    assert both.region.equals(box(20.1, 29.5, 20.5, 30.5))
    assert (round(both.lat, 6), round(both.lon, 6)) == (30, 20.3)
    assert both.confidence == 0.88
    assert relative._both(replace(one, confidence=0.89), two).confidence == 0.9
    assert both.radius_m == round(regions.reach(both.lat, both.lon, both.region))
    assert both.chain[:2] == ("one", "two")
    assert both.chain[2] == "region: where both fit; point: its middle, 30.00000, 20.30000"


@pytest.mark.parametrize(("shift", "meets"), [(0.94, True), (0.949, True), (0.951, False), (3.0, False)])
def test_two_statements_that_meet_in_less_than_a_twentieth_conflict(shift: float, meets: bool) -> None:
    both = relative._both(place(30, 20, name="one"), place(30, 20 + shift, name="two"))
    if meets:
        assert both.confidence == 0.88
    else:
        assert (both.lat, both.lon, both.confidence) == (30, 20, 0.48)
        assert both.chain == ("one", "two", "conflict: nothing fits 'two' too")


def test_the_middle_of_a_hollow_region_is_moved_into_it() -> None:
    bow = Polygon([(0, 0), (10, 0), (10, 10), (8, 10), (8, 2), (2, 2), (2, 10), (0, 10)])
    both = relative._both(replace(place(5, 5), region=bow), replace(place(5, 5), region=box(-1, -1, 11, 11)))
    assert both.region is not None
    assert not both.region.covers(both.region.centroid)
    assert both.region.distance(Point(both.lon, both.lat)) < 1e-9


# ---- the steps of place()
def test_place_asks_for_each_anchor_and_names_the_missing_one() -> None:
    asked: list[tuple[str, bool]] = []

    def anchor_of(span: tuple[int, int, str], told: Location | None) -> Location | None:
        asked.append((span[2], told is not None))
        return None if span[2] == "Z" else place(30, 20 + span[0], name=span[2])

    between = Relative("between", ((0, 1, "X"), (1, 2, "Y")))
    assert isinstance(relative.place(between, anchor_of), Location)
    assert asked == [("X", False), ("Y", False)]
    assert relative.place(Relative("between", ((0, 1, "X"), (1, 2, "Z"))), anchor_of) == "Z"
    assert relative.place(Relative("near", ()), anchor_of) == ""
    asked.clear()
    based = Relative("near", ((0, 1, "X"),), base=Relative("near", ((0, 1, "Y"),)))
    where = relative.place(based, anchor_of, surface="near X")
    assert asked == [("Y", False), ("X", True)]
    assert isinstance(where, Location)
    assert where.place_in_report == "near X"
    unknown = Relative("near", ((0, 1, "Z"),), base=Relative("near", ((0, 1, "Y"),)))
    found = relative.place(unknown, anchor_of)
    assert isinstance(found, Location)
    assert any("is not known; the text itself says" in step or "Z" in step for step in found.chain)
    lost = Relative("near", ((0, 1, "X"),), base=Relative("near", ((0, 1, "Z"),)))
    asked.clear()
    assert isinstance(relative.place(lost, anchor_of), Location)
    assert asked == [("Z", False), ("X", False)]


def test_a_second_statement_narrows_and_an_unknown_one_does_not() -> None:
    spots = {"X": place(30, 20, name="X"), "Y": place(30, 20.8, name="Y")}
    first = Relative("distance", ((0, 1, "X"),), distance_m=(30_000, 40_000, 50_000), distance_text="40 km")
    second = replace(first, anchors=((2, 3, "Y"),))
    alone = relative.place(first, lambda span, told: spots.get(span[2]))
    both = relative.place(replace(first, also=(second,)), lambda span, told: spots.get(span[2]))
    third = replace(second, anchors=((2, 3, "Q"),))
    same = relative.place(replace(first, also=(third,)), lambda span, told: spots.get(span[2]))
    assert isinstance(alone, Location)
    assert isinstance(both, Location)
    assert isinstance(same, Location)
    assert alone.region is not None
    assert both.region is not None
    assert both.region.area < 0.7 * alone.region.area
    assert (same.lat, same.lon, same.chain) == (alone.lat, alone.lon, alone.chain)


# ---- locate()
def test_locate_says_what_it_did_and_leans_on_its_anchor() -> None:
    r = Relative(
        "offset", ((0, 1, "A"),), distance_m=(90_000, 100_000, 110_000), distance_text="100 km", bearing=90.0,
        bearing_text="east",
    )  # fmt: skip
    anchor = replace(place(30, 20, confidence=0.7), country="LY", country_name="Libya", admin1="Surt")
    where = relative.locate(r, [anchor])
    assert where.chain[0] == "parse: offset, 100 km, east"
    assert where.chain[1] == "anchor: A at 30.00000, 20.00000"
    assert (where.country, where.country_name, where.admin1, where.anchor) == ("LY", "Libya", None, (30, 20))
    assert where.name == "offset A"
    assert where.method == "relative"
    assert where.place_id is None
    metres, azimuth = regions.inverse(30, 20, where.lat, where.lon)
    assert abs(metres - 100_000) < 15_000
    assert abs((azimuth % 360) - 90) < 10
    assert where.region is not None
    assert where.region.covers(Point(where.lon, where.lat))
    half = relative.locate(r, [replace(anchor, confidence=0.35)])
    assert half.confidence == pytest.approx(where.confidence / 2, abs=0.002)
    near = relative.locate(Relative("near", ((0, 1, "A"),)), [anchor])
    assert near.admin1 == "Surt"
    assert (
        relative.locate(Relative("outskirts", ((0, 1, "A"),)), [anchor], surface="the outskirts").name
        == "the outskirts"
    )
    with pytest.raises(ValueError, match="at least one anchor"):
        relative.locate(r, [])


def test_no_distance_on_earth_and_none_at_all() -> None:
    r = Relative("offset", ((0, 1, "A"),), distance_m=(3e10, 3e10, 3e10), distance_text="30000000 km", bearing=0.0)
    where = relative.locate(r, [place(30, 20)])
    assert "no distance on Earth" in where.chain[0]
    assert (
        "no distance on Earth" not in relative.locate(replace(r, distance_m=(2e7, 2e7, 2e7)), [place(30, 20)]).chain[0]
    )
    zero = relative.locate(replace(r, distance_m=(0.0, 0.0, 0.0), distance_text="0 km"), [place(30, 20)])
    assert zero.region is not None
    assert not zero.region.is_empty
    assert zero.region.covers(Point(20, 30))


# ---- borders and coasts
class World:
    """Land west of 20.5° E, one square country "C" around 30° N 20° E."""

    def __init__(self, country: BaseGeometry | None = None) -> None:
        self._country = country

    def land(self, west: float, south: float, east: float, north: float) -> BaseGeometry:
        return box(west, south, min(east, 20.5), north) if west < 20.5 else Polygon()

    def grounds(self, west: float, south: float, east: float, north: float) -> list[BaseGeometry]:
        return [self.land(west, south, east, north)]

    def country(self, code: str) -> Place:
        return Place(code, code, 30, 20)

    def area(self, place: Place) -> BaseGeometry | None:
        return self._country


def _draft(mask: str, region: BaseGeometry) -> Draft:
    return Draft(
        lat=30.0, lon=20.0, region=region, precision=PrecisionClass.SECTOR, confidence=0.7, steps=[], mask=mask
    )


@pytest.mark.parametrize(
    ("east", "share", "cut"),
    [(20.3, 0.0, False), (20.52, 0.038, False), (20.54, 0.074, True), (21.0, 0.5, True), (40.0, 0.97, True)],
)
def test_what_is_offshore_is_cut_to_the_sea(east: float, share: float, cut: bool) -> None:
    draft = _draft("sea", box(20, 29.5, east, 30.5))
    relative_cut._clip(draft, World(), None, None)
    steps = draft.steps
    assert len(steps) == int(cut)
    if cut:
        assert "of the region is sea" in steps[0]
        assert draft.region.bounds[0] == pytest.approx(20.5)
    else:
        assert draft.region.bounds == (20, 29.5, east, 30.5)


@pytest.mark.parametrize(
    ("west", "says"), [(19.0, None), (20.2, "60%"), (20.49, None), (20.46, "8%"), (20.479, "conflict: less than 5 %")]
)
def test_what_is_ashore_is_cut_to_land(west: float, says: str | None) -> None:
    region = box(west, 29.5, 20.5 if west == 19.0 else west + 0.5, 30.5)
    draft = _draft("land", region)
    relative_cut._clip(draft, World(), None, None)
    steps = draft.steps
    if west == 20.49:
        says = "conflict: less than 5 %"
    assert bool(steps) == (says is not None)
    if says is not None:
        assert says in steps[0]
        assert steps[0].endswith(("in land", "in land; not clipped"))
    if says and says.endswith("%") and not says.startswith("conflict"):
        assert draft.region.bounds[2] == pytest.approx(20.5)
    else:
        assert draft.region.bounds == region.bounds


def test_a_region_is_cut_to_its_country() -> None:
    country = box(19, 29, 21, 31)
    inside = _draft("land", box(19.5, 29.5, 20.5, 30.5))
    relative_cut._clip(inside, World(country), "C", None)
    assert not inside.steps
    across = _draft("land", box(20.5, 29.5, 21.5, 30.5))
    relative_cut._clip(across, World(country), "C", None)
    # A border is as exact as the region that it cuts is large: half of it, and a little more.
    assert across.steps in [[f"clip: {n}% of the region lies in country C"] for n in range(50, 54)]
    assert across.region.bounds[2] == pytest.approx(21, abs=0.03)


def test_a_vast_region_is_cut_to_a_coarse_border_and_keeps_islands() -> None:
    teeth = [(20.0 + (0.02 if n % 2 else 0.0), 20 + n / 100) for n in range(2001)]
    strait = [(x + 0.03, y) for x, y in teeth]
    country = MultiPolygon(
        [Polygon([(5, 20), *teeth, (5, 40)]), Polygon([*strait, (25, 40), (25, 20)]), box(30, 29, 31, 31)]
    )
    across = _draft("land", box(10, 21, 40, 39))
    relative_cut._clip(across, World(country), "C", None)
    assert across.region.is_valid
    assert across.steps == ["clip: 51% of the region lies in country C"]
    assert across.region.area == pytest.approx(15 * 18 + 2, rel=0.02)
    assert across.region.covers(country.intersection(box(10.1, 21.1, 39.9, 38.9)).buffer(-0.01))
    assert get_num_coordinates(across.region) < 200


# ---- glosses
def _gloss(**said: object) -> resolve.Gloss:
    r = Relative("offset", ((40, 41, "A"),), **said)  # type: ignore[arg-type]
    return resolve._check(Mention(10, 41, "…", "relative", role="gloss", relative=r), 0)


def _at(lat: float, lon: float, identifier: str = "p") -> Place:
    return Place(identifier, identifier, lat, lon, radius_m=3000)


def test_bearings_go_round_the_compass() -> None:
    centre = _at(0, 0)
    for azimuth in range(0, 360, 45):
        lat, lon = regions.direct(0, 0, azimuth, 50_000)
        assert resolve.bearing_between(centre, _at(lat, lon)) == pytest.approx(azimuth, abs=0.5) or azimuth == 0
    assert resolve.bearing_between(_at(50, 10), _at(60, 10)) == 0
    assert resolve.bearing_between(_at(50, 10), _at(50, 40)) == pytest.approx(78.2, abs=0.5)


@pytest.mark.parametrize(
    ("km", "fits"), [(40, False), (51, False), (53, True), (100, True), (127, True), (129, False), (500, False)]
)
def test_a_stated_distance_may_be_by_road(km: float, fits: bool) -> None:
    """100 km: from 0.6 × 100 − 3 − 5 = 52 to 1.15 × 100 + 3 + 10 = 128 km in a straight line."""
    check = _gloss(distance_m=(100_000, 100_000, 100_000))
    base = _at(0, 0, "base")
    other = _at(km / 111.195, 0)
    # What lies only about there speaks less than what lies there: a province's middle, or the town itself.
    there = 85 - 3 <= km <= 100 + 3
    assert check(other, {0: base}) == (1.0 if there else 0.4 if fits else -1.0)
    assert check(other, {}) == 0
    assert check(base, {0: base}) == 0


@pytest.mark.parametrize(
    ("azimuth", "fits"), [(90, True), (149, True), (151, False), (31, True), (29, False), (270, False)]
)
def test_a_stated_wind_is_within_sixty_degrees(azimuth: float, fits: bool) -> None:
    check = _gloss(bearing=90.0)
    lat, lon = regions.direct(0, 0, azimuth, 50_000)
    assert check(_at(lat, lon), {0: _at(0, 0, "base")}) == (1.0 if fits else -1.0)
    near = regions.direct(0, 0, azimuth, 5_000)  # inside twice the extent no wind can be told
    assert check(_at(*near), {0: _at(0, 0, "base")}) == 1.0


def test_a_gloss_that_says_nothing_checks_nothing() -> None:
    assert _gloss()(_at(1, 1), {0: _at(0, 0, "base")}) == 0.0


def test_a_gloss_belongs_to_the_name_right_before_it() -> None:
    def name(start: int, end: int) -> Mention:
        return Mention(start, end, "x" * (end - start))

    said = Relative("offset", ((40, 45, "Anchor"),), bearing=90.0)
    gloss = Mention(16, 45, "…", "relative", role="gloss", relative=said)
    far, before, anchor, after = name(0, 5), name(8, 14), name(40, 45), name(60, 65)
    checks = resolve._glosses([far, before, gloss, anchor, after], "x" * 70)
    assert list(checks) == [1]
    assert not resolve._glosses([far, before, replace(gloss, role="place"), anchor], "x" * 70)
    assert not resolve._glosses([far, before, replace(gloss, relative=replace(said, anchors=())), anchor], "x" * 70)
    assert not resolve._glosses([gloss, anchor], "x" * 70)
    assert not resolve._glosses([before, gloss], "x" * 70)
    gap = resolve._GLOSS_GAP
    assert list(resolve._glosses([name(0, 16 - gap), gloss, anchor], "x" * 70)) == [0]
    assert not resolve._glosses([name(0, 15 - gap), gloss, anchor], "x" * 70)


def test_doubt_where_the_text_disagrees() -> None:
    one = Resolved(Mention(0, 1, "A"), place(30, 20))
    spot = _at(30, 20)
    assert resolve._checked(one, None, spot, {}) is one
    assert resolve._checked(one, lambda p, c: 1.0, spot, {}) is one
    assert resolve._checked(one, lambda p, c: 0.0, spot, {}) is one
    assert resolve._checked(one, lambda p, c: -1.0, None, {}) is one
    lost = Resolved(Mention(0, 1, "A"), None, "why")
    assert resolve._checked(lost, lambda p, c: -1.0, spot, {}) is lost
    doubted = resolve._checked(one, lambda p, c: -1.0, spot, {}).location
    assert doubted is not None
    assert doubted.confidence < 0.8
    assert "disagrees" in doubted.chain[-1]
    assert not math.isnan(doubted.confidence)


# ---- what "the city" means
@pytest.mark.parametrize(
    ("text", "names", "precision", "surface", "anchor"),
    [
        ("Clashes in Sirte. A bomb went off 5 km east of the city.", ["Sirte"], "vicinity", "5 km east", (31.21, 16.59)),
        ("Talks in Tripoli, Libya. A base 20 km south of the capital was hit.", ["Tripoli", "Libya"], "vicinity", "20 km", (32.89, 13.19)),
        ("Shells fell in Idlib province. Troops moved 30 km north of the province.", ["Idlib"], "sector", "30 km", (35.77, 36.67)),
        ("Fighting in Misrata and Sirte, Libya. In the north of the country, calm returned.", ["Misrata", "Sirte", "Libya"], "part of a country", "north of", (28.0, 17.0)),
    ],
)  # fmt: skip
def test_a_word_for_a_kind_means_the_last_place_of_that_kind(
    gazetteer: Gazetteer, text: str, names: list[str], precision: str, surface: str, anchor: tuple[float, float]
) -> None:
    where = next(r for r in _resolved(gazetteer, text, *names) if r.mention.surface.startswith(surface)).location
    assert where is not None
    assert where.anchor is not None
    assert where.precision == precision
    assert where.anchor == pytest.approx(anchor, abs=0.02)


@pytest.mark.parametrize(
    ("text", "names", "why"),
    [
        ("A bomb went off 5 km east of the city.", [], "its anchor 'the city' is not known"),
        ("A bomb 5 km east of the city went off. Sirte was calm.", ["Sirte"], "its anchor 'the city' is not known"),
        ("A bomb 5 km east of the city went off in Libya.", ["Libya"], "its anchor 'the city' is not known"),
        ("Planes flew 5 km east of Xqzvwk.", ["Xqzvwk"], "its anchor 'Xqzvwk' is not known"),
    ],
)
def test_what_was_not_named_before_is_not_guessed(gazetteer: Gazetteer, text: str, names: list[str], why: str) -> None:
    one = next(r for r in _resolved(gazetteer, text, *names) if r.mention.kind == "relative")
    assert (one.location, one.why_not) == (None, why)


def test_a_relative_place_that_leans_on_nothing(gazetteer: Gazetteer) -> None:
    mention = Mention(0, 4, "near", "relative", "en", relative=Relative("near", ()))
    bare = replace(mention, relative=None)
    found = resolve.resolve(Report("r", "near"), [mention, bare], gazetteer, language="en")
    assert [r.why_not for r in found] == ["it leans on no place", "its anchor is not known"]


def _resolved(gazetteer: Gazetteer, text: str, *names: str) -> list[Resolved]:
    mentions = [Mention(text.index(n), text.index(n) + len(n), n, language="en") for n in names]
    mentions += relative.find(text, "en", [(m.start, m.end) for m in mentions])
    mentions.sort(key=lambda m: (m.start, m.end))
    return resolve.resolve(Report("r", text), mentions, gazetteer, language="en")


class _Similar:
    """A gazetteer that knows names that are nearly so."""

    def __init__(self, *scores: float) -> None:
        self._found = [(Place(f"p{n}", "Novoselivka", 48, 37, "UA"), s, "why") for n, s in enumerate(scores)]

    def similar(self, name: str, country: str, limit: int) -> list[tuple[Place, float, str]]:
        assert (country, limit) == ("UA", 4)
        return self._found


@pytest.mark.parametrize(
    ("surface", "scores", "found"),
    [
        ("Novosalivka", (0.95,), True),
        ("Novosalivka", (0.95, 0.91), True),
        ("Novosalivka", (0.95, 0.93), False),
        ("Novosalivka", (0.2,), False),
        ("Novosalivka", (), False),
        ("Nov", (0.95,), False),
    ],
)
def test_a_likely_spelling_is_one_that_stands_alone(surface: str, scores: tuple[float, ...], found: bool) -> None:
    mention = Mention(0, len(surface), surface, language="en")
    one = resolve._spelling(mention, "UA", _Similar(*scores))  # type: ignore[arg-type]
    assert (one is not None) == found
    if one is not None:
        assert one.place.id == "p0"
        assert one.score == round(min(resolve._SIMILAR_CONFIDENCE, scores[0] / 1.8), 3)
        assert one.reasons[1] == "looked for in the story's country, UA"


# ---- reading phrases
def test_phrases_are_read_whole() -> None:
    both = relative.parse("5 km north of Homs and 60 km west of Palmyra")
    assert both is not None
    assert both[0].anchors[0][2] == "Homs"
    assert [(r.anchors[0][2], r.bearing) for r in both[0].also] == [("Palmyra", 270.0)]
    listed = relative.parse("12 km NE of Bandar Abbas, Iran")
    assert listed is not None
    assert listed[0].kind == "seismic"
    plain = relative.parse("12 km NE of Bandar Abbas")
    assert plain is not None
    assert plain[0].kind == ""
    assert relative.gloss("Sirte (450 km east of Tripoli)") is not None
    assert relative.gloss("(450 km east of Tripoli)") is None
    assert relative.gloss("450 km east of Tripoli") is None
    assert relative.gloss("Sirte") is None
    assert relative.parse("Sirte") is None
    assert relative.parse("north of Sirte", "xx") is None
    assert relative.find("10 km north of Sirte", "xx", [(15, 20)]) == []
    assert relative.parse("20 km au nord de Gao") == relative.parse("20 km au nord de Gao", "fr")
    assert relative.parse("20 km au nord de Gao", "en") is None


def test_found_mentions_carry_their_reading() -> None:
    text = "They met 10 km north of Sirte, which lies 450 km east of Tripoli, on Monday."
    spans = [(text.index(n), text.index(n) + len(n)) for n in ("Sirte", "Tripoli")]
    found = relative.find(text, "en", spans)
    assert found[0].surface.startswith("10 km north of Sirte")
    assert found[0].relative is not None
    assert (found[0].kind, found[0].language, found[0].score) == ("relative", "en", 0.9)
    assert found[0].reason == found[0].relative.rule
    assert found[0].relative.base is not None
    assert found[0].relative.base.anchors[0][2] == "Tripoli"
    assert len(found) == 1


# ---- names with a word for their kind
@pytest.mark.parametrize(
    ("text", "name", "language", "radius_m", "precision", "says"),
    [
        ("Shells hit Kobani district on Monday.", "Kobani district", "en", 30_000, "vicinity", "the area of 'Kobani district' is not in"),
        ("قصف مستشفى كوباني", "مستشفى كوباني", "ar", 15_000, "vicinity", "'مستشفى كوباني' itself is not in"),
        ("Bombs fell on Kobani.", "Kobani", "en", 3000, "exact", "weighed against"),
        ("Kobani village was hit", "Kobani village", "en", 3000, "exact", "weighed against"),
        ("Clashes in Gao region", "Gao region", "en", None, "province", "the province of that name"),
        ("#Sirte fell", "#Sirte", "en", 3787, "exact", "weighed against"),
        ("Malians left", "Malians", "en", None, "country", "own name"),
    ],
)  # fmt: skip
def test_a_word_for_a_kind_says_how_near_the_town_it_is(
    gazetteer: Gazetteer, text: str, name: str, language: str, radius_m: int | None, precision: str, says: str
) -> None:
    mention = Mention(text.index(name), text.index(name) + len(name), name, language=language)
    where = resolve.resolve(Report("r", text), [mention], gazetteer, language=language)[0].location
    assert where is not None
    assert where.precision == precision
    assert radius_m is None or round(where.radius_m) == radius_m
    assert says in where.chain[-1]


def test_a_mountain_of_a_towns_name_is_not_the_town(gazetteer: Gazetteer) -> None:
    mention = Mention(0, 12, "Mount Kobani", language="en")
    assert resolve.candidates(mention, "Mount Kobani was hit", gazetteer) == []
    village = Mention(0, 14, "Kobani village", language="en")
    assert resolve.candidates(village, "Kobani village was hit", gazetteer)[0].country == "SY"


@pytest.mark.parametrize("score", [resolve._SIMILAR_LEAST, resolve._SIMILAR_LEAST - 0.001])
def test_the_least_likeness(score: float) -> None:
    mention = Mention(0, 11, "Novosalivka", language="en")
    found = resolve._spelling(mention, "UA", _Similar(score))  # type: ignore[arg-type]
    assert (found is not None) == (score >= resolve._SIMILAR_LEAST)

"""The rules of resolving at their edges: who lends a place to whom, what a form is cut to, which of two is meant."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shapely.geometry import LineString, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from mapper import regions, relative, resolve
from mapper.cues import cues_of
from mapper.gazetteer import Gazetteer, metres_between
from mapper.model import Candidate, Location, Mention, Place, PrecisionClass, Relative, Report, Resolved
from mapper.relative_regions import Draft, Scene, draw
from mapper.words import words_of


def named(text: str, *names: str, language: str = "en") -> list[Mention]:
    return [Mention(text.index(n), text.index(n) + len(n), n, language=language) for n in names]


def resolved(gazetteer: Gazetteer, text: str, *names: str) -> list[Resolved]:
    mentions = named(text, *names)
    mentions += relative.find(text, "en", [(m.start, m.end) for m in mentions])
    mentions.sort(key=lambda m: (m.start, m.end))
    return resolve.resolve(Report("r", text), mentions, gazetteer, language="en")


def town(name: str, start: int, end: int, **changes: object) -> Resolved:
    """A town of a report, sure and exact unless ``changes`` say otherwise."""
    place = Location(
        30, start, 3000, PrecisionClass.EXACT, "gazetteer", name, name, confidence=0.6, feature_code="PPL",
        candidates=(Candidate(Place("x", "X", 1, 2), 0.1),),
    )  # fmt: skip
    return Resolved(Mention(start, end, name), replace(place, **changes))  # type: ignore[arg-type]


HOSPITAL = Resolved(Mention(40, 55, "Xqzvwk hospital", language="en"), None, "not in the gazetteer")


# ---- a facility that nobody knows lies about a town
def test_an_unknown_facility_lies_about_the_town_named_last_before_it() -> None:
    first, second, after = town("A", 0, 5), town("B", 30, 40), town("C", 60, 65)
    lost = Resolved(Mention(20, 25, "Q"), None, "not in the gazetteer")
    found = resolve._inside_town(HOSPITAL, [first, lost, second, HOSPITAL, after]).location
    assert found is not None
    assert (found.name, found.lon) == ("B", 30)
    assert (found.radius_m, found.precision) == (15_000, PrecisionClass.VICINITY)
    assert (found.place_in_report, found.candidates) == ("Xqzvwk hospital", ())
    assert 0 < found.confidence < 0.6
    assert found.chain[-1].startswith("'Xqzvwk hospital' is not in the gazetteer")


def test_without_a_town_before_it_the_next_one_is_taken_and_without_any_none() -> None:
    found = resolve._inside_town(HOSPITAL, [HOSPITAL, town("B", 60, 65), town("C", 70, 75)]).location
    assert found is not None
    assert found.name == "B"
    assert resolve._inside_town(HOSPITAL, [HOSPITAL]) is HOSPITAL


@pytest.mark.parametrize(
    "changes",
    [
        {"confidence": 0.59},
        {"precision": PrecisionClass.PROVINCE},
        {"precision": PrecisionClass.VICINITY},
        {"feature_code": "ADM1"},
        {"feature_code": None},
    ],
)
def test_only_a_sure_exact_town_lends_its_place(changes: dict[str, object]) -> None:
    assert resolve._inside_town(HOSPITAL, [town("A", 0, 5, **changes)]) is HOSPITAL
    by_relation = town("A", 0, 5)
    by_relation = replace(by_relation, mention=replace(by_relation.mention, kind="relative"))
    assert resolve._inside_town(HOSPITAL, [by_relation]) is HOSPITAL


@pytest.mark.parametrize(
    ("name", "lent"), [("Xqzvwk quarter", True), ("Xqzvwk prison", True), ("Xqzvwk", False), ("Xqzvwk province", False)]
)
def test_quarters_lie_in_towns_and_plain_names_do_not(name: str, lent: bool) -> None:
    one = Resolved(Mention(40, 40 + len(name), name, language="en"), None, "why")
    assert (resolve._inside_town(one, [town("A", 0, 5)]).location is not None) == lent


def test_in_a_report_only_what_is_not_known_is_lent_a_place(gazetteer: Gazetteer) -> None:
    found = resolved(gazetteer, "Shells hit Sirte. A bomb fell on Xqzvwk hospital.", "Sirte", "Xqzvwk hospital")
    assert found[1].location is not None
    assert (found[1].location.name, found[1].location.radius_m) == ("Sirte", 15_000)
    text = "قصف مستشفى كوباني. وقصف في سرت."
    mentions = named(text, "مستشفى كوباني", "سرت", language="ar")
    both = resolve.resolve(Report("r", text), mentions, gazetteer, language="ar")
    assert both[0].location is not None
    assert both[0].location.country == "SY"


# ---- a facility that is known only by its town
class _Names:
    """A gazetteer that knows some names."""

    def __init__(self, *known: str) -> None:
        self._known = known

    def lookup(self, name: str) -> list[Place]:
        return [Place("p", name, 30, 20)] if name in self._known else []


@pytest.mark.parametrize(
    ("name", "known", "changes", "radius_m"),
    [
        ("Sirte prison", (), {}, 15_000),
        ("Sirte district", (), {}, 30_000),
        ("Sirte", (), {}, 3000),
        ("Sirte city", (), {}, 3000),
        ("Sirte prison", ("sirte prison",), {}, 3000),
        ("Sirte prison", (), {"precision": PrecisionClass.PROVINCE}, 3000),
        ("Sirte prison", (), {"feature_code": "ADM2"}, 3000),
        ("Sirte district", (), {"feature_code": None}, 3000),
    ],
)
def test_what_is_known_only_by_its_town_lies_about_it(
    name: str, known: tuple[str, ...], changes: dict[str, object], radius_m: int
) -> None:
    where = town("Sirte", 0, 5, **changes).location
    assert where is not None
    mention = Mention(0, len(name), name, language="en")
    found = resolve._as_said(mention, where, _Names(*known))  # type: ignore[arg-type]
    assert found.radius_m == radius_m
    assert (found is where) == (radius_m == 3000)
    assert (found.confidence < where.confidence) == (radius_m != 3000)


# ---- forms of a name
@pytest.mark.parametrize(
    ("key", "language", "forms"),
    [
        ("northern idlib", "en", ["idlib"]),
        ("the eastern ghouta", "en", ["ghouta"]),
        ("north of sirte", "en", ["sirte"]),
        ("idlib", "en", []),
        ("north", "en", []),
        ("حفرالباطن", "ar", ["حفر الباطن"]),
    ],
)
def test_winds_and_joined_words_come_off(key: str, language: str, forms: list[str]) -> None:
    assert resolve._bare(key, words_of(language), cues_of(language)) == forms


def test_a_unit_is_added_to_a_towns_name_once(gazetteer: Gazetteer) -> None:
    text = "Shells fell in Idlib province."
    places = resolve.candidates(named(text, "Idlib")[0], text, gazetteer)
    assert {p.feature_class for p in places} >= {"P", "A"}
    assert len({p.id for p in places}) == len(places)


class _Counties(_Names):
    """A gazetteer in which a county goes by its full name only."""

    def lookup(self, name: str) -> list[Place]:
        kinds = {"Walker": "P", "walker": "P", "walker county": "A", "Sidi": "A", "sidi county": "A"}
        return [Place(name, name, 30, 20, feature_class=kinds[name])] if name in kinds else []

    def rank(self, place: Place) -> float:
        return 9.0


@pytest.mark.parametrize(
    ("text", "name", "ids"),
    [
        ("It was in Walker County.", "Walker", ["Walker", "walker county"]),
        ("It was in Walker.", "Walker", ["Walker"]),
        ("It was in Walker city.", "Walker", ["Walker"]),
        ("It was in Sidi County.", "Sidi", ["Sidi"]),
    ],
)
def test_the_word_beside_a_name_adds_the_unit_that_goes_by_both(text: str, name: str, ids: list[str]) -> None:
    found = resolve.candidates(named(text, name)[0], text, _Counties())  # type: ignore[arg-type]
    assert [p.id for p in found] == ids


# ---- likely spellings
class _Similar:
    """A gazetteer that knows names that are nearly so."""

    def __init__(self, *scores: float) -> None:
        self._found = [(Place(f"p{n}", "Novoselivka", 48, 37, "UA"), s, "why") for n, s in enumerate(scores)]

    def similar(self, name: str, country: str, limit: int) -> list[tuple[Place, float, str]]:
        return self._found


@pytest.mark.parametrize(
    ("surface", "scores", "score"),
    [
        ("Novosalivka", (0.72,), 0.4),
        ("Novosalivka", (0.709,), 0.394),
        ("Novosalivka", (0.9, 0.9 - 0.03), 0.45),
        ("Novosalivka", (0.9, 0.8701), None),
        ("Novosel", (0.9,), 0.45),  # four consonants are enough, three are not
        ("Nosal", (0.9,), None),
    ],
)
def test_how_likely_a_spelling_is(surface: str, scores: tuple[float, ...], score: float | None) -> None:
    mention = Mention(0, len(surface), surface, language="en")
    found = resolve._spelling(mention, "UA", _Similar(*scores))  # type: ignore[arg-type]
    assert (found.score if found else None) == score


def test_a_spelling_is_looked_for_in_the_storys_country(gazetteer: Gazetteer) -> None:
    text = "Fighting in Ukraine: Kharkiv and Bachmutt."
    found = resolved(gazetteer, text, "Ukraine", "Kharkiv", "Bachmutt")[2].location
    assert found is not None
    assert found.name == "Bakhmut"
    assert found.chain[-1] == "looked for in the story's country, UA"
    assert resolved(gazetteer, "It was in Bachmutt.", "Bachmutt")[0].location is None


# ---- glosses
def test_the_anchor_of_a_gloss_is_the_name_inside_it() -> None:
    said = Relative("offset", ((40, 45, "Anchor"),), bearing=90.0)
    gloss = Mention(16, 45, "…", "relative", role="gloss", relative=said)
    before, beside, anchor, behind = (Mention(a, b, "x") for a, b in ((8, 16), (35, 40), (40, 45), (45, 50)))
    west, east = Place("w", "w", 0, -1), Place("e", "e", 0, 1)
    base = Place("b", "b", 0, 0, radius_m=3000)
    checks = resolve._glosses([before, beside, gloss, anchor, behind])
    assert list(checks) == [0]
    assert checks[0](east, {3: base}) == 1
    assert checks[0](west, {3: base}) == -1
    assert checks[0](west, {1: base, 4: base}) == 0


def test_a_wind_is_told_from_twice_the_extent_on() -> None:
    said = Relative("offset", ((40, 41, "A"),), bearing=90.0)
    check = resolve._check(Mention(10, 41, "…", "relative", role="gloss", relative=said), 0)
    west = Place("w", "w", 0, -1)
    half = metres_between(0, 0, 0, -1) / 2
    assert check(west, {0: Place("b", "b", 0, 0, radius_m=half)}) == 1
    assert check(west, {0: Place("b", "b", 0, 0, radius_m=half - 1)}) == -1


# ---- "the country"
@pytest.mark.parametrize(
    ("text", "names", "says"),
    [
        ("Fighting in Misrata and Sirte. All of the country is calm.", ["Misrata", "Sirte"], "report is about"),
        ("Fighting in Misrata and Sirte, Libya. All of the country is calm.", ["Misrata", "Sirte", "Libya"], "named before"),
        ("Fighting in Misrata, Sirte and Benghazi. Talks in Egypt. All of the country is calm.", ["Misrata", "Sirte", "Benghazi", "Egypt"], "report is about"),
    ],
)  # fmt: skip
def test_the_country_is_the_one_that_the_report_is_about(
    gazetteer: Gazetteer, text: str, names: list[str], says: str
) -> None:
    where = resolved(gazetteer, text, *names, "the country")[-1].location
    assert where is not None
    assert where.country == "LY"
    assert any(says in step for step in where.chain)


# ---- descriptions
def test_a_description_is_told_whole(gazetteer: Gazetteer) -> None:
    plain = resolve.locate("Sirte", gazetteer).mention
    assert (plain.start, plain.end, plain.kind) == (0, 5, "name")
    measured = resolve.locate("10 km south of Bria", gazetteer).mention
    assert (measured.start, measured.end, measured.kind) == (0, 19, "relative")
    assert measured.relative is not None
    assert measured.relative.relation == "offset"


def test_coordinates_are_a_description_when_they_are_most_of_it(gazetteer: Gazetteer) -> None:
    assert resolve.locate("31.2089, 16.5887 Xqz", gazetteer).mention.kind == "coordinates"
    assert resolve.locate("31.2089, 16.5887 by the village of Xqz", gazetteer).mention.kind == "name"


def test_a_gloss_whose_anchor_is_not_known_is_no_reason_to_fail(gazetteer: Gazetteer) -> None:
    found = resolve.locate("Sirte (450 km east of Xqzvwk)", gazetteer).location
    assert found is not None
    assert found.name == "Sirte"


# ---- statements beside each other
def test_two_statements_are_one_place_only_in_a_whole_phrase() -> None:
    text = "It lies 5 km north of Homs and 60 km west of Palmyra."
    spans = [(text.index(n), text.index(n) + len(n)) for n in ("Homs", "Palmyra")]
    found = relative.find(text, "en", spans)
    assert [m.surface for m in found] == ["5 km north of Homs", "60 km west of Palmyra"]
    assert all(m.relative is not None and not m.relative.also for m in found)


def test_a_gloss_of_another_name_explains_nothing_before_it() -> None:
    text = "They met 10 km north of Sirte, while Misrata (200 km east of Tripoli) was calm."
    spans = [(text.index(n), text.index(n) + len(n)) for n in ("Sirte", "Misrata", "Tripoli")]
    found = relative.find(text, "en", spans)
    assert [m.role for m in found] == ["place", "gloss"]
    assert found[0].relative is not None
    assert found[0].relative.base is None


# ---- where two statements meet
def at(lat: float, lon: float, region: BaseGeometry, confidence: float = 0.7) -> Location:
    return Location(
        lat, lon, 3000, PrecisionClass.EXACT, "gazetteer", "A", "A", region, confidence=confidence, chain=("A",)
    )


def test_a_twentieth_in_common_is_enough() -> None:
    one, two = at(0.5, 10, box(0, 0, 20, 1)), at(0.5, 29, box(19, 0, 39, 1))
    assert relative._both(one, two).chain[-1].startswith("region: where both fit")
    less = at(0.5, 29, box(19.01, 0, 39, 1))
    assert relative._both(one, less).chain[-1].startswith("conflict")


def test_the_point_of_a_hollow_region_lies_by_the_middle_of_the_guesses() -> None:
    bow = Polygon([(0, 0), (10, 0), (10, 10), (8, 10), (8, 2), (2, 2), (2, 10), (0, 10)])
    whole = box(-1, -1, 11, 11)
    both = relative._both(at(9, 2.2, bow), at(7, 3.4, whole))
    assert (both.lat, both.lon) == pytest.approx((8, 2))
    both = relative._both(at(0.2, 5.2, bow), at(4.4, 3.6, whole))
    assert (both.lat, both.lon) == pytest.approx((2, 4.4))


def test_confidence_is_told_to_a_thousandth() -> None:
    one = at(0.5, 0.5, box(0, 0, 1, 1), 0.777)
    assert relative._both(one, at(0.5, 0.7, box(0, 0, 1, 1), 0.7)).confidence == 0.855
    assert relative._both(one, at(5, 5, box(4, 4, 6, 6))).confidence == 0.466
    assert relative.agreed(at(9, 9, box(8, 8, 9, 9), 0.777), one, "A").confidence == 0.466


# ---- borders and coasts
class _World:
    """Land in a box, and one country."""

    def __init__(self, ground: BaseGeometry, country: BaseGeometry | None = None) -> None:
        self._ground, self._country = ground, country

    def land(self, west: float, south: float, east: float, north: float) -> BaseGeometry:
        return box(west, south, east, north).intersection(self._ground)

    def country(self, code: str) -> Place:
        if self._country is None:
            raise KeyError(code)
        return Place(code, code, 30, 20)

    def area(self, place: Place) -> BaseGeometry | None:
        return self._country


def test_a_point_that_is_cut_off_moves_to_what_is_left() -> None:
    ride = Relative(
        "travel_time", ((0, 1, "A"),), distance_m=(60_000, 100_000, 110_000), bearing=0.0, distance_text="2 hours"
    )
    anchor = at(30, 20, Point(20, 30).buffer(0.01))
    free = relative.locate(ride, [anchor], _World(box(0, 0, 90, 90)))  # type: ignore[arg-type]
    assert free.lat == pytest.approx(30.902, abs=0.01)
    assert not any("moved" in step for step in free.chain)
    cut = relative.locate(ride, [anchor], _World(box(0, 0, 90, 30.8)))  # type: ignore[arg-type]
    assert cut.region is not None
    assert (cut.lat, cut.lon) == pytest.approx((30.8, 20), abs=0.002)
    assert cut.chain[-1] == f"point: moved to the nearest part of the region, {cut.lat:.5f}, {cut.lon:.5f}"
    # A ring has its point in its middle, where nothing of the region is.
    ring = relative.locate(replace(ride, bearing=None), [anchor], _World(box(0, 0, 90, 90)))  # type: ignore[arg-type]
    assert (ring.lat, ring.lon) == (30, 20)
    assert not any("moved" in step for step in ring.chain)


@pytest.mark.parametrize(("confidence", "share"), [(0.7, 1.0), (0.35, 0.5), (0.6, 6 / 7)])
def test_a_place_is_as_sure_as_its_anchor(confidence: float, share: float) -> None:
    near = Relative("near", ((0, 1, "A"),))
    anchor = at(30, 20, box(19.9, 29.9, 20.1, 30.1), confidence)
    drawn = draw(Scene(near, [anchor], None, "")).confidence
    assert relative.locate(near, [anchor]).confidence == round(drawn * share, 3)


def _draft(region: BaseGeometry) -> Draft:
    return Draft(lat=30.0, lon=20.0, region=region, precision=PrecisionClass.SECTOR, confidence=0.7, steps=[])


@pytest.mark.parametrize(
    ("country", "home", "outline", "name", "confidence"),
    [
        (None, "C", box(19, 29, 19.96, 31), "land", 0.7),  # a neighbour's land is land where no country is asked for
        ("C", None, None, "land", 0.7),  # no outline, so land it is
        ("C", None, box(19, 29, 20.5, 31), "country C", 0.7),
    ],
)
def test_what_a_region_is_cut_to(
    country: str | None, home: str | None, outline: BaseGeometry | None, name: str, confidence: float
) -> None:
    draft, steps = _draft(box(20, 29.5, 21, 30.5)), []
    relative._clip(draft, _World(box(0, 0, 20.5, 90), outline), country, home, steps)  # type: ignore[arg-type]
    assert len(steps) == 1
    assert steps[0].startswith("clip: 5")
    assert steps[0].endswith(f"of the region lies in {name}")
    assert draft.confidence == confidence
    assert draft.region.bounds[2] == pytest.approx(20.5, abs=0.05)


def test_a_country_that_excludes_a_place_is_doubt_and_the_sea_is_none() -> None:
    abroad, steps = _draft(box(20, 29.5, 21, 30.5)), []
    relative._clip(abroad, _World(box(0, 0, 90, 90), box(0, 0, 1, 1)), "D", None, steps)  # type: ignore[arg-type]
    assert (round(abroad.confidence, 3), abroad.region.bounds) == (0.42, (20, 29.5, 21, 30.5))
    at_sea = _draft(box(20, 29.5, 21, 30.5))
    relative._clip(at_sea, _World(box(0, 0, 1, 1)), None, None, steps)  # type: ignore[arg-type]
    assert at_sea.confidence == 0.7
    assert [s.partition(" in ")[2] for s in steps] == ["country D; not clipped", "land; not clipped"]


def test_a_small_region_is_cut_to_a_fine_border() -> None:
    teeth = [(20.0 + (0.004 if n % 2 else 0.0), 29 + n / 100) for n in range(201)]
    country = Polygon([(19, 29), *teeth, (19, 31)])
    draft, steps = _draft(box(19.98, 29.98, 20.02, 30.02)), []
    relative._clip(draft, _World(box(0, 0, 90, 90), country), "E", None, steps)  # type: ignore[arg-type]
    assert len(steps) == 1
    border = LineString(teeth)
    corners = [c for c in draft.region.exterior.coords if 19.99 < c[0] and 29.981 < c[1] < 30.019]
    assert len(corners) >= 3
    assert all(border.distance(Point(c)) < 0.0015 for c in corners)


def test_a_whole_turn_of_the_compass_is_no_disagreement() -> None:
    said = Relative("offset", ((40, 41, "A"),), bearing=350.0)
    check = resolve._check(Mention(10, 41, "…", "relative", role="gloss", relative=said), 0)
    base = Place("b", "b", 0, 0, radius_m=1000)
    for azimuth, fits in ((5, True), (48, True), (52, False), (291, True), (289, False)):
        lat, lon = regions.direct(0, 0, azimuth, 50_000)
        assert check(Place("p", "p", lat, lon), {0: base}) == (1 if fits else -1)

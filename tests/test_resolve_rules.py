"""The rules of resolving at their edges: who lends a place to whom, what a form is cut to, which of two is meant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mapper import localities, regions, relative, resolve
from mapper.cues import cues_of
from mapper.gazetteer import Gazetteer, metres_between
from mapper.locations import told as described_as
from mapper.model import Candidate, Location, Mention, Place, PrecisionClass, Relative, Report, Resolved
from mapper.recognise import recognise
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
    checks = resolve._glosses([before, beside, gloss, anchor, behind], "x" * 70)
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
    plain = localities.locate("Sirte", gazetteer).mention
    assert (plain.start, plain.end, plain.kind) == (0, 5, "name")
    measured = localities.locate("10 km south of Bria", gazetteer).mention
    assert (measured.start, measured.end, measured.kind) == (0, 19, "relative")
    assert measured.relative is not None
    assert measured.relative.relation == "offset"


def test_coordinates_are_a_description_when_they_are_most_of_it(gazetteer: Gazetteer) -> None:
    assert localities.locate("31.2089, 16.5887 Xqz", gazetteer).mention.kind == "coordinates"
    assert localities.locate("31.2089, 16.5887 by the village of Xqz", gazetteer).mention.kind == "name"


def test_a_gloss_whose_anchor_is_not_known_is_no_reason_to_fail(gazetteer: Gazetteer) -> None:
    found = localities.locate("Sirte (450 km east of Xqzvwk)", gazetteer).location
    assert found is not None
    assert found.name == "Sirte"


def test_a_whole_turn_of_the_compass_is_no_disagreement() -> None:
    said = Relative("offset", ((40, 41, "A"),), bearing=350.0)
    check = resolve._check(Mention(10, 41, "…", "relative", role="gloss", relative=said), 0)
    base = Place("b", "b", 0, 0, radius_m=1000)
    for azimuth, fits in ((5, True), (48, True), (52, False), (291, True), (289, False)):
        lat, lon = regions.direct(0, 0, azimuth, 50_000)
        assert check(Place("p", "p", lat, lon), {0: base}) == (1 if fits else -1)


# ---- peoples
class _Peoples(_Names):
    """A gazetteer that knows one people, and a place of any name as well known as it is told."""

    def __init__(self, rank: float, *known: str) -> None:
        super().__init__(*known)
        self._rank = rank

    def rank(self, place: Place) -> float:
        return self._rank

    def demonym(self, key: str) -> str | None:
        return "XA" if key in ("xan", "xana") else None

    def country_code(self, text: str) -> str | None:
        return text

    def country(self, code: str) -> Place:
        return Place(code, code, 1, 2)


@pytest.mark.parametrize(
    ("key", "code"), [("xana", "XA"), ("xanas", "XA"), ("xan", "XA"), ("xans", None), ("xanax", None), ("yanas", None)]
)
def test_a_people_is_its_country_one_or_many(key: str, code: str | None) -> None:
    """An ending comes off words that are long enough to keep four letters."""
    assert resolve._people(key, words_of("en"), _Peoples(0)) == code  # type: ignore[arg-type]


@pytest.mark.parametrize(("rank", "found"), [(5.9, "XA"), (6.0, "p"), (9.0, "p")])
def test_a_great_place_is_not_taken_for_a_people(rank: float, found: str) -> None:
    mention = Mention(0, 4, "Xana", language="en")
    assert [p.id for p in resolve.candidates(mention, "Xana", _Peoples(rank, "Xana"))] == [found]  # type: ignore[arg-type]


def test_the_best_of_many_is_believed_from_a_fifth_on(gazetteer: Gazetteer) -> None:
    places = [*gazetteer.lookup("Sirte"), *gazetteer.lookup("Misrata"), *gazetteer.lookup("Homs")]
    mention = Mention(0, 5, "Sirte", language="en")

    def told(score: float) -> Resolved:
        ranked = [Candidate(p, score) for p in places[:4]]
        return resolve._named(mention, ranked, gazetteer, None, None, "en")  # type: ignore[arg-type]

    assert told(0.2).location is not None
    unsure = told(0.199)
    assert unsure.location is None
    assert len(places) >= 4
    assert unsure.why_not == f"could not tell which: {', '.join(described_as(p) for p in places[:3])}"


# ---- names that touch
@pytest.mark.parametrize(
    ("text", "anchor"), [("10 km north of XqzvwkMisrata", (15, 21)), ("Misrata10 km north of Xqzvwk", (22, 28))]
)
def test_a_name_beside_an_anchor_is_not_the_anchor(gazetteer: Gazetteer, text: str, anchor: tuple[int, int]) -> None:
    start = text.index("10")
    said = Relative("offset", ((*anchor, "Xqzvwk"),), distance_m=(10_000, 10_000, 10_000), bearing=0.0)
    mention = Mention(start, anchor[1], text[start : anchor[1]], "relative", relative=said)
    mentions = sorted([*named(text, "Misrata"), mention], key=lambda m: m.start)
    found = resolve.resolve(Report("r", text), mentions, gazetteer, language="en")
    one = next(r for r in found if r.mention.kind == "relative")
    assert (one.location, one.why_not) == (None, "its anchor 'Xqzvwk' is not known")


def test_a_name_right_before_a_gloss_of_another_is_not_its_anchor(gazetteer: Gazetteer) -> None:
    text = "MisrataXqzvwk"
    said = Relative("offset", ((7, 13, "Xqzvwk"),), distance_m=(10_000, 10_000, 10_000), bearing=0.0)
    mention = Mention(5, 13, "taXqzvwk", "relative", relative=said)
    found = resolve.resolve(Report("r", text), [*named(text, "Misrata"), mention], gazetteer, language="en")
    assert found[1].why_not == "its anchor 'Xqzvwk' is not known"
    gloss = replace(mention, role="gloss", relative=replace(said, anchors=((40, 45, "Anchor"),)), start=16, end=45)
    assert not resolve._glosses([Mention(8, 14, "x"), gloss, Mention(45, 50, "y")], "x" * 70)


def test_the_city_may_stand_right_behind_its_name(gazetteer: Gazetteer) -> None:
    text = "Sirteeast of the city"
    said = Relative("offset", ((13, 21, "the city"),), distance_m=(10_000, 10_000, 10_000), bearing=90.0)
    mention = Mention(5, 21, text[5:], "relative", relative=said)
    found = resolve.resolve(Report("r", text), [*named(text, "Sirte"), mention], gazetteer, language="en")
    assert found[1].location is not None
    assert found[1].location.anchor == pytest.approx((31.21, 16.59), abs=0.02)


def test_coordinates_that_could_not_be_read_are_no_place(gazetteer: Gazetteer) -> None:
    broken = Mention(0, 5, "31.2,", kind="coordinates")
    assert resolve.resolve(Report("r", "31.2, "), [broken], gazetteer, language="en")[0].location is None


def test_between_a_place_and_an_unknown_one_is_by_the_known_one(gazetteer: Gazetteer) -> None:
    found = localities.locate("between Sirte and Xqzvwk", gazetteer, country="LY").location
    assert found is not None
    assert metres_between(found.lat, found.lon, 31.2089, 16.5887) < found.radius_m


def test_a_town_before_the_region_it_lies_in_is_no_list_of_regions(gazetteer: Gazetteer) -> None:
    text = "Gunmen attacked a camp in Bourem, Gao region, on Monday."
    found = resolve.resolve(Report("r", text), named(text, "Bourem", "Gao"), gazetteer, language="en")
    assert [f.location.feature_code for f in found if f.location] == ["PPLA2", "ADM1"]


@pytest.mark.parametrize(
    ("text", "name", "lat", "lon", "km"),
    [
        ("A drone hit a school in Wadera, some 60 km east of Debre Birhan.", "Wadera", 9.68, 40.08, 45),
        ("Shelling hit Palmyra, 150 km east of Homs.", "Palmyra", 34.56, 38.27, 10),
        ("The camp lies in Libya, 150 miles south-east of the city of Sirte.", "Libya", 27.0, 17.0, 300),
    ],
)
def test_what_the_text_measures_behind_a_comma_decides_among_namesakes(
    gazetteer: Gazetteer, text: str, name: str, lat: float, lon: float, km: float
) -> None:
    report = Report("r", text, language="en")
    found = resolve.resolve(report, recognise(report, gazetteer, language="en"), gazetteer, language="en")
    where = next(r.location for r in found if r.mention.surface == name)
    assert where is not None and metres_between(where.lat, where.lon, lat, lon) <= 1000 * km

"""Relative places at their edges: statements beside each other, borders, coasts, and how sure a place is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from mapper import relative, relative_cut
from mapper.model import Location, Place, PrecisionClass, Relative
from mapper.relative_lexicon import telling
from mapper.relative_regions import draw
from mapper.relative_scene import Draft, Scene
from mapper.relative_words import Tagged


# ---- statements beside each other
def test_two_statements_are_one_place_only_in_a_whole_phrase() -> None:
    text = "It lies 5 km north of Homs and 60 km west of Palmyra."
    spans = [(text.index(n), text.index(n) + len(n)) for n in ("Homs", "Palmyra")]
    found = relative.find(text, "en", spans)
    assert [m.surface for m in found] == ["5 km north of Homs", "60 km west of Palmyra"]
    assert all(m.relative is not None and not m.relative.also for m in found)


def test_only_two_distances_are_two_statements() -> None:
    read = relative.parse("60 km west of Palmyra and north of Homs")
    assert read is not None
    assert [a[2] for a in read[0].anchors] == ["Palmyra"]
    assert read[0].also == ()


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

    def grounds(self, west: float, south: float, east: float, north: float) -> list[BaseGeometry]:
        return [self.land(west, south, east, north)]

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
    north = relative.locate(ride, [anchor], _World(box(0, 30.93, 90, 90)))  # type: ignore[arg-type]
    assert (north.lat, north.lon) == pytest.approx((30.93, 20), abs=0.002)
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
        (None, "XC", box(19, 29, 19.96, 31), "land", 0.7),  # a neighbour's land is land where no country is asked for
        ("XC", None, None, "land", 0.7),  # no outline, so land it is
        ("XC", None, box(19, 29, 20.5, 31), "country XC", 0.7),
    ],
)
def test_what_a_region_is_cut_to(
    country: str | None, home: str | None, outline: BaseGeometry | None, name: str, confidence: float
) -> None:
    draft = _draft(box(20, 29.5, 21, 30.5))
    relative_cut._clip(draft, _World(box(0, 0, 20.5, 90), outline), country, home)  # type: ignore[arg-type]
    steps = draft.steps
    assert len(steps) == 1
    assert steps[0].startswith("clip: 5")
    assert steps[0].endswith(f"of the region lies in {name}")
    assert draft.confidence == confidence
    assert draft.region.bounds[2] == pytest.approx(20.5, abs=0.05)


def test_a_country_that_excludes_a_place_is_doubt_and_the_sea_is_none() -> None:
    abroad = _draft(box(20, 29.5, 21, 30.5))
    relative_cut._clip(abroad, _World(box(0, 0, 90, 90), box(0, 0, 1, 1)), "XD", None)  # type: ignore[arg-type]
    assert (round(abroad.confidence, 3), abroad.region.bounds) == (0.42, (20, 29.5, 21, 30.5))
    at_sea = _draft(box(20, 29.5, 21, 30.5))
    relative_cut._clip(at_sea, _World(box(0, 0, 1, 1)), None, None)  # type: ignore[arg-type]
    assert at_sea.confidence == 0.7
    assert [s.partition(" in ")[2] for s in abroad.steps + at_sea.steps] == [
        "country XD; not clipped",
        "land; not clipped",
    ]


def test_a_small_region_is_cut_to_a_fine_border() -> None:
    teeth = [(20.0 + (0.004 if n % 2 else 0.0), 29 + n / 100) for n in range(201)]
    country = Polygon([(19, 29), *teeth, (19, 31)])
    draft = _draft(box(19.98, 29.98, 20.02, 30.02))
    relative_cut._clip(draft, _World(box(0, 0, 90, 90), country), "XE", None)  # type: ignore[arg-type]
    assert len(draft.steps) == 1
    border = LineString(teeth)
    corners = [c for c in draft.region.exterior.coords if c[0] > 19.99 and 29.981 < c[1] < 30.019]
    assert len(corners) >= 3
    assert all(border.distance(Point(c)) < 0.0015 for c in corners)


def test_no_way_off_a_small_place_is_a_kilometre_around_it() -> None:
    r = Relative("offset", ((0, 1, "A"),), distance_m=(0.0, 0.0, 0.0), distance_text="0 km", bearing=0.0)
    small = replace(at(30, 20, Point(20, 30).buffer(0.0001)), radius_m=10)
    where = relative.locate(r, [small])
    assert where.region is not None
    assert where.radius_m == pytest.approx(1000, rel=0.02)


_PIECES = [
    "20 km",
    "from",
    "north",
    "of",
    "the",
    "X",
    "South",
    "Sudan",
    "2",
    "an",
    "and",
    "between",
    "PK",
    "E",
    ",",
    "-",
    "(",
]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(_PIECES), max_size=10), st.sets(st.integers(0, 9), max_size=3))
def test_names_may_come_to_a_tagged_text(pieces: list[str], chosen: set[int]) -> None:
    starts = [len(" ".join(pieces[:i])) + bool(i) for i in range(len(pieces))]
    names = sorted((starts[i], starts[i] + len(pieces[i])) for i in chosen if i < len(pieces))
    text = " ".join(pieces)
    later, at_once = Tagged(text, "en", ()).named(names), Tagged(text, "en", names)
    if later is not None:
        assert (later.items, later.at, later.taken) == (at_once.items, at_once.at, at_once.taken)


def test_sentences_that_can_tell_no_place_are_passed_over() -> None:
    text = "Guards left. A mine lies 20 km south of Sirte! At 3 p.m. it rained in Sirte. They went by road."
    first = text.index("Sirte")
    second = text.index("Sirte", first + 1)
    names = [(first, first + 5), (second, second + 5)]
    told = telling(text, "en", names)
    assert [text[a:b].strip() for a, b in told] == ["A mine lies 20 km south of Sirte!"]
    # A full stop inside a name ends no sentence, and "the city" is as good as a name.
    saint = "It lies 10 km from St. Denis now. It lies north of the city."
    begin = saint.index("St.")
    found = telling(saint, "en", [(begin, begin + len("St. Denis"))])
    assert [saint[a:b].strip() for a, b in found] == ["It lies 10 km from St. Denis now.", "It lies north of the city."]

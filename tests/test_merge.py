"""What counts as one event across reports, and what stays two."""

import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from mapper import merge, nearness
from mapper.model import Actor, Claim, DateRange, Event, Location, PrecisionClass
from mapper.tellings import combine, event_id

DAY = dt.date(2021, 5, 4)


def place(lat: float, lon: float, precision: PrecisionClass = PrecisionClass.EXACT, radius: float = 3000) -> Location:
    return Location(lat, lon, radius, precision, "gazetteer", "X", "X", country="LY")


def event(report: str, lat: float = 31.0, lon: float = 16.0, dead: int | None = 5, day: dt.date = DAY) -> Event:
    made = Event(
        id="",
        event_type="Explosions/Remote violence",
        sub_event_type="Air/drone strike",
        claims=(Claim(report, 0, 10, "A strike.", published=day),),
        location=place(lat, lon),
        date=DateRange(day, day),
        actors=(Actor("Air force", "perpetrator", id="AF"),),
        fatalities=dead,
        fatalities_low=dead,
        fatalities_high=dead,
    )
    return replace(made, id=event_id(made))


def test_two_reports_of_one_strike_become_one_and_say_why() -> None:
    merged = merge.merge([event("a"), event("b", lat=31.05, day=DAY + dt.timedelta(1))])
    assert len(merged) == 1
    assert {c.report_id for c in merged[0].claims} == {"a", "b"}
    assert "equal toll" in merged[0].notes[0]


def test_two_strikes_on_one_day_with_other_tolls_stay_two() -> None:
    assert len(merge.merge([event("a", dead=5), event("b", dead=11)])) == 2


def test_rising_toll_of_a_later_report_is_an_update() -> None:
    merged = merge.merge([event("a", dead=5), event("b", dead=8, day=DAY + dt.timedelta(1))])
    assert len(merged) == 1
    assert (merged[0].fatalities_low, merged[0].fatalities_high) == (5, 8)
    assert "up to date" in merged[0].notes[0]
    assert "5 (a, 2021-05-04); 8 (b, 2021-05-05)" in merged[0].notes[-1]


def test_far_places_days_apart_and_one_report_do_not_merge() -> None:
    assert len(merge.merge([event("a"), event("b", lat=32.0)])) == 2
    assert len(merge.merge([event("a"), event("b", day=DAY + dt.timedelta(3))])) == 2
    assert len(merge.merge([event("a"), event("a")])) == 2


def test_country_holds_a_town_and_the_town_wins() -> None:
    country = place(27.0, 17.0, PrecisionClass.COUNTRY, 900_000)
    town = place(31.0, 16.0)
    assert nearness.holds(country, town)
    assert not nearness.holds(town, country)
    joined = combine(replace(event("a"), location=country), replace(event("b"), location=town))
    assert joined.location == town


def test_id_depends_on_content_only() -> None:
    assert event("a").id == event("a").id
    assert event("a").id != event("b").id
    assert len(event("a").id) == 12


@st.composite
def tellings(draw: st.DrawFn) -> list[Event]:
    """Strikes of a few reports about a few places, days and tolls."""
    made = []
    for n in range(draw(st.integers(0, 8))):
        told = event(
            draw(st.sampled_from("abcd")),
            lat=draw(st.sampled_from([31.0, 31.03, 31.2, 33.0])),
            dead=draw(st.sampled_from([None, 1, 5, 9])),
            day=DAY + dt.timedelta(draw(st.integers(0, 3))),
        )
        claim = replace(told.claims[0], start=100 * n, end=100 * n + 10)
        told = replace(told, claims=(claim,))
        made.append(replace(told, id=event_id(told)))
    return made


@given(tellings())
def test_merging_loses_no_claim_and_joins_no_two_of_one_report(found: list[Event]) -> None:
    merged = merge.merge(found)
    before = sorted((c.report_id, c.start) for e in found for c in e.claims)
    assert sorted((c.report_id, c.start) for e in merged for c in e.claims) == before
    for one in merged:
        reports = [c.report_id for c in one.claims]
        assert len(reports) == len(set(reports))
        assert len([n for n in one.notes if n.startswith("joined with")]) == len(reports) - 1


@given(tellings())
def test_keeping_all_apart_undoes_every_join(found: list[Event]) -> None:
    assert merge.merge(found, keep_apart=[e.id for e in found]) == found


@given(tellings())
def test_a_toll_is_never_the_sum_of_two(found: list[Event]) -> None:
    tolls = {e.fatalities for e in found}
    assert all(e.fatalities in tolls for e in merge.merge(found))


@given(st.floats(-60, 60), st.floats(-170, 170), st.floats(1000, 200_000), st.floats(-2, 2))
def test_nearness_is_the_same_from_both_sides(lat: float, lon: float, radius: float, step: float) -> None:
    a = place(lat, lon, PrecisionClass.SECTOR, radius)
    b = place(lat + step, lon + step)
    assert nearness.near(a, b) == nearness.near(b, a)
    assert not (nearness.finer(a, b) and nearness.finer(b, a))
    assert nearness.near(a, None)

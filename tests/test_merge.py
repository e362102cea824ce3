"""What counts as one event across reports, and what stays two."""

import datetime as dt
from dataclasses import replace

from mapper import merge, nearness
from mapper.model import Actor, Claim, DateRange, Event, Location, PrecisionClass

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
    return replace(made, id=merge.event_id(made))


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
    joined = merge.combine(replace(event("a"), location=country), replace(event("b"), location=town))
    assert joined.location == town


def test_id_depends_on_content_only() -> None:
    assert event("a").id == event("a").id
    assert event("a").id != event("b").id
    assert len(event("a").id) == 12

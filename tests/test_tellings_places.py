"""Whose place, day and toll it is: two of one city, what is aimed at, spoken against, planned, or counted from a day."""

from __future__ import annotations

import datetime as dt

import pytest

from mapper import merge, pipeline
from mapper.gazetteer import Gazetteer
from mapper.model import Event, PrecisionClass, Report
from mapper.settings import Settings

SETTINGS = Settings(offline=True)


def events(gazetteer: Gazetteer, code: str, day: str, text: str) -> list[Event]:
    report = Report("r", text, language=code, published=dt.date.fromisoformat(day))
    return merge.merge(pipeline.events_of(report, pipeline.places_of(report, gazetteer, SETTINGS), SETTINGS))


@pytest.mark.parametrize(
    ("code", "text", "tolls"),
    [
        (
            "ar",
            "قتل سبعة أشخاص في غارة على منزل في حي الصبرة بمدينة غزة السبت. وقتل ثلاثة في غارة أخرى على سيارة في حي "
            "الشجاعية بالمدينة.",
            [7, 3],
        ),
        (
            "ar",
            "شن الطيران غارتين على مدينة غزة السبت. استهدفت الأولى منزلا في حي الزيتون وأدت إلى استشهاد ستة مواطنين، "
            "واستهدفت الثانية سيارة في حي الرمال ما أدى إلى استشهاد شابين.",
            [6, 2],
        ),
        (
            "en",
            "An air strike on the Hamdaniya district of Aleppo killed four people on Saturday. Another strike on the "
            "Ashrafiya district killed nine.",
            [4, 9],
        ),
        (
            "en",
            "Two car bombs exploded in Mogadishu on Saturday. One of them killed 12 people at the ministry of education; "
            "the other, outside a restaurant, killed eight.",
            [12, 8],
        ),
        (
            "fr",
            "Un obus a tué deux personnes samedi dans le quartier d'Al-Shajara à Khartoum. Un autre a fait cinq morts dans "
            "le quartier de Bahri.",
            [2, 5],
        ),
    ],
)
def test_two_of_one_city_on_one_day_keep_their_tolls(
    code: str, text: str, tolls: list[int], gazetteer: Gazetteer
) -> None:
    assert [e.fatalities for e in events(gazetteer, code, "2023-10-29", text)] == tolls


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("ar", "أطلق مسلحون صواريخ باتجاه صفد مساء السبت."),
        ("en", "Fighters fired rockets towards Safed on Saturday."),
        ("fr", "Des combattants ont tiré des roquettes en direction de Safed samedi."),
    ],
)
def test_what_is_fired_towards_a_town_is_near_it_and_no_more(code: str, text: str, gazetteer: Gazetteer) -> None:
    (event,) = events(gazetteer, code, "2023-10-29", text)
    assert event.location is not None
    assert abs(event.location.lat - 32.97) < 0.05
    assert event.location.precision is PrecisionClass.VICINITY
    assert event.location.radius_m >= 10_000


@pytest.mark.parametrize(
    ("code", "text", "day"),
    [
        ("ar", "يتوجه وزير الخارجية غدا إلى جوبا في زيارة رسمية.", "2022-02-14"),
        ("ar", "يصل الرئيس غدا إلى جوبا في زيارة رسمية.", "2022-02-14"),
        ("en", "The foreign minister travels to Juba on Tuesday for talks.", "2022-02-15"),
        ("fr", "Le ministre se rend mardi à Juba pour des entretiens.", "2022-02-15"),
    ],
)
def test_a_journey_told_in_the_present_is_planned(code: str, text: str, day: str, gazetteer: Gazetteer) -> None:
    (event,) = events(gazetteer, code, "2022-02-13", text)
    assert (event.status, event.date and event.date.start.isoformat()) == ("planned", day)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (
            "en",
            "Hundreds protested in front of the embassy of Israel in Amman on Tuesday over an air strike on a hospital in "
            "Gaza.",
        ),
        (
            "fr",
            "Des centaines de personnes ont manifesté mardi à Amman devant l'ambassade d'Israël contre une frappe sur un "
            "hôpital de Gaza.",
        ),
    ],
)
def test_the_protest_is_where_the_crowd_is_and_the_strike_where_it_fell(
    code: str, text: str, gazetteer: Gazetteer
) -> None:
    found = {e.event_type: round(e.location.lon) for e in events(gazetteer, code, "2023-10-18", text) if e.location}
    assert found == {"Protests": 36, "Explosions/Remote violence": 34}


def test_a_strike_that_is_only_spoken_against_is_not_where_the_crowd_is(gazetteer: Gazetteer) -> None:
    found = events(gazetteer, "en", "2023-10-18", "Hundreds protested in Amman on Tuesday against the raid.")
    assert [e.event_type for e in found] == ["Protests"]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "A car bomb went off near the embassy of Turkey in Mogadishu on Tuesday."),
        ("ar", "انفجرت سيارة مفخخة قرب السفارة التركية في مقديشو الثلاثاء."),
        ("fr", "Une voiture piégée a explosé près de l'ambassade de Turquie à Mogadiscio mardi."),
    ],
)
def test_an_embassy_is_where_it_stands(code: str, text: str, gazetteer: Gazetteer) -> None:
    (event,) = events(gazetteer, code, "2023-10-18", text)
    assert event.location is not None
    assert event.location.country == "SO"


@pytest.mark.parametrize(
    ("code", "text", "days"),
    [
        (
            "en",
            "A day after an explosion that killed 21 people in Kabul on Wednesday, gunmen killed two clerics in Jalalabad.",
            {"Kabul": 17, "Jalālābād": 18},
        ),
        (
            "en",
            "Gunmen killed two clerics in Jalalabad two days after an explosion in Kabul on Tuesday.",
            {"Kabul": 16, "Jalālābād": 18},
        ),
        ("en", "Shells killed three people in Kabul on Wednesday. The next day, a mine killed two in Jalalabad.", {"Kabul": 17, "Jalālābād": 18}),
        ("en", "Shells killed three people in Kabul on Thursday. The previous day, a mine killed two in Jalalabad.", {"Kabul": 18, "Jalālābād": 17}),
        (
            "ar",
            "بعد يوم من تفجير أودى بحياة 21 شخصا في كابل الأربعاء، قتل مسلحون اثنين من رجال الدين في جلال آباد.",
            {"كابل": 17, "جلال آباد": 18},
        ),
        ("ar", "سقطت قذائف على كابل الأربعاء وقتلت ثلاثة. وفي اليوم التالي قتل شخصان بانفجار لغم في جلال آباد.", {"كابل": 17, "جلال آباد": 18}),
        (
            "fr",
            "Au lendemain d'une explosion qui a tué 21 personnes mercredi à Kaboul, des hommes armés ont tué deux "
            "religieux à Jalalabad.",
            {"Kaboul": 17, "Jalalabad": 18},
        ),
        ("fr", "Des obus ont tué trois personnes mercredi à Kaboul. Le lendemain, une mine a tué deux personnes à Jalalabad.", {"Kaboul": 17, "Jalalabad": 18}),
    ],
)  # fmt: skip
def test_a_day_after_counts_from_the_other_event(
    code: str, text: str, days: dict[str, int], gazetteer: Gazetteer
) -> None:
    found = events(gazetteer, code, "2022-08-19", text)
    told = sorted((round(e.location.lon), e.date.start.day, e.date.end.day) for e in found if e.location and e.date)
    first, last = days.values()
    assert told == [(69, first, first), (70, last, last)]


def test_what_follows_the_toll_s_rise_is_not_another_day(gazetteer: Gazetteer) -> None:
    text = "Five people died when a car bomb exploded in Mogadishu on Sunday. By Tuesday the death toll had risen to eight."
    (event,) = events(gazetteer, "en", "2022-01-12", text)
    assert (event.fatalities, event.date and event.date.start.day) == (8, 9)


def test_a_month_s_toll_is_not_that_of_the_raid(gazetteer: Gazetteer) -> None:
    text = "A raid on Taiz killed two people on Sunday. At least 140 people were killed there in the past month."
    tolls = [e.fatalities for e in events(gazetteer, "en", "2022-01-12", text)]
    assert tolls[0] == 2

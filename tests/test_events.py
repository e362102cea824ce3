"""Reports with given places → events: one event told twice, dates, status, places in a list."""

import datetime as dt

import pytest

from mapper import extraction as events
from mapper import pointing, triggers
from mapper.model import Event, Location, Mention, PrecisionClass, Report, Resolved

SPOTS = {
    "Alba": (31.0, 16.0),
    "Borna": (33.0, 13.0),
    "Corda": (27.0, 14.0),
    "ألبا": (31.0, 16.0),
    "بورنا": (33.0, 13.0),
}
PUBLISHED = dt.date(2021, 5, 7)


def extract(text: str, code: str = "en", role: str = "place") -> list[Event]:
    found = []
    for name, (lat, lon) in SPOTS.items():
        at = text.find(name)
        while at >= 0:
            mention = Mention(at, at + len(name), name, role=role)
            where = Location(lat, lon, 3000, PrecisionClass.EXACT, "gazetteer", name, name, country="LY")
            found.append(Resolved(mention, where))
            at = text.find(name, at + 1)
    found.sort(key=lambda r: r.mention.start)
    return events.extract(Report("r", text, published=PUBLISHED), found, language=code)


def test_headline_and_body_are_one_event_with_all_claims() -> None:
    text = "Air strike hits Alba\nAn air strike on Alba killed 12 people on Thursday. The attack wounded 30 others."
    found = extract(text)
    assert len(found) == 1
    assert found[0].sub_event_type == "Air/drone strike"
    assert found[0].fatalities == 12
    assert found[0].date is not None
    assert found[0].date.start == dt.date(2021, 5, 6)
    assert len(found[0].claims) >= 2


def test_every_claim_is_the_text_at_its_offsets() -> None:
    text = "Intro. Shelling of Borna continued on Friday, killing 2 civilians."
    for event in extract(text):
        for claim in event.claims:
            assert text[claim.start : claim.end] == claim.sentence
            assert all(claim.start <= a < b <= claim.end for a, b in claim.marks)


def test_two_places_joined_by_and_are_two_events() -> None:
    found = extract("Warplanes launched strikes on Alba and Borna on Thursday.")
    assert len(found) == 2
    assert {e.location.name for e in found if e.location} == {"Alba", "Borna"}


def test_dateline_and_context_make_no_event() -> None:
    assert extract("Alba – The ministry of defence published its yearly report.") == []
    assert extract("They fear an attack on Alba.") == []


def test_denied_and_planned_keep_their_status() -> None:
    denied = extract("The army denied carrying out an air strike on Alba on Thursday.")
    assert [e.status for e in denied] == ["denied"]
    planned = extract("The foreign minister will visit Alba today.")
    assert [(e.event_type, e.status) for e in planned] == [("Diplomacy", "planned")]


def test_read_also_is_left_out() -> None:
    found = extract("Clashes broke out in Alba on Thursday.\nRead also: bomb blast in Borna kills 5")
    assert [e.location.name for e in found if e.location] == ["Alba"]


def test_undated_news_is_at_most_a_day_old() -> None:
    (found,) = extract("A roadside bomb exploded in Corda, killing 3 soldiers.")
    assert found.date is not None
    assert (found.date.start, found.date.end) == (dt.date(2021, 5, 6), PUBLISHED)


def test_arabic_strike_after_a_dated_event_gets_a_range() -> None:
    text = "وبعد أيام من المهرجان، في 28 أبريل/نيسان الماضي، أعلنت الوزارة مقتل 4 إثر غارة جوية على ألبا."
    (found,) = extract(text, "ar")
    assert found.date is not None
    assert found.date.start <= dt.date(2021, 5, 2) <= found.date.end
    assert found.date.end <= PUBLISHED
    assert found.fatalities == 4


def test_old_event_is_background() -> None:
    (found,) = extract("Militants captured the town of Alba in March 2016.")
    assert found.background


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Rebels captured the town of Alba on Thursday.", "Non-state actor overtakes territory"),
        ("Libyan troops captured the town of Alba on Thursday.", "Government regains territory"),
    ],
)
def test_territory_is_told_by_who_takes_it(text: str, kind: str) -> None:
    (found,) = extract(text)
    assert found.sub_event_type == kind


def test_this_attack_comes_after_another() -> None:
    text = "Gunmen attacked Alba on Thursday, killing 3 people. This attack comes two days after a blast that killed 9 in Corda."
    found = extract(text)
    assert {(e.location.name, e.fatalities) for e in found if e.location} == {("Alba", 3), ("Corda", 9)}


def test_the_wounded_are_taken_to_another_town() -> None:
    (found,) = extract("A bomb exploded in Alba on Thursday, wounding 4. The wounded were taken to hospital in Borna.")
    assert found.location is not None
    assert found.location.name == "Alba"
    assert found.injured == 4


def test_who_only_tells_is_not_among_the_wounded() -> None:
    (found,) = extract("A bomb exploded in Alba on Thursday, wounding four policemen, a hospital official said.")
    assert found.injured == 4
    assert all(
        "official" not in found.claims[0].sentence[a - found.claims[0].start : b - found.claims[0].start]
        for a, b in found.claims[0].marks
    )


def test_the_second_place_of_a_list_is_told_like_the_first() -> None:
    text = "Drone strikes hit oil fields in Libya on Thursday. The attacks struck plants at Alba and Corda."
    assert {e.sub_event_type for e in extract(text)} == {"Air/drone strike"}


@pytest.mark.parametrize(("text", "points"), [("الطيران الحربي دمر جسرا", ""), ("القصف المدفعي استمر", "the")])
def test_a_subject_before_its_verb_points_to_no_event_told_before(text: str, points: str) -> None:
    assert pointing.points(text, triggers.find(text, "ar")[:1], [], [], "ar") == points


def test_the_other_event_of_a_step_in_time_is_dated_from_the_news_of_its_sentence() -> None:
    text = "Gunmen seized Alba on Wednesday, a day after the shelling of Borna."
    days = {e.location.name: str(e.date.start) for e in extract(text) if e.location and e.date}
    assert days == {"Alba": "2021-05-05", "Borna": "2021-05-04"}


def test_a_battle_and_an_air_strike_told_each_in_its_sentence_are_two() -> None:
    kinds = [e.sub_event_type for e in extract("Rebels clashed with troops in Alba. Jets bombed a bridge in Alba.")]
    assert kinds == ["Armed clash", "Air/drone strike"]


def test_who_died_of_wounds_was_hurt_on_the_day_told_behind_them() -> None:
    (found,) = extract("فارق شاب الحياة اليوم متأثرا بجراح أصيب بها قبل يومين إثر إطلاق الرصاص عليه في ألبا.", "ar")
    assert found.date is not None
    assert found.date.start == dt.date(2021, 5, 5)


def test_a_sum_of_the_year_is_no_event() -> None:
    assert extract("يرتفع إلى 412 عدد الذين قتلوا في عمليات الاغتيال في ألبا منذ مطلع العام.", "ar") == []


def test_around_a_town_in_a_region_is_about_the_town() -> None:
    anchor, text = (35.9, 36.73), "Air strikes hit the surroundings of Corda in the east of Borna."
    near = Location(
        *anchor,
        40_000,
        PrecisionClass.VICINITY,
        "relative",
        "surroundings of Corda",
        "Corda",
        country="SY",
        anchor=anchor,
    )
    area = Location(
        35.8, 36.9, 25_000, PrecisionClass.PART_OF_COUNTRY, "gazetteer", "east of Borna", "Borna", country="SY"
    )
    resolved = []
    for where in (near, area):
        at = text.index(where.place_in_report)
        resolved.append(Resolved(Mention(at, at + len(where.place_in_report), where.place_in_report), where))
    (found,) = events.extract(Report("r", text, published=PUBLISHED), resolved, language="en")
    assert found.location == near


def test_local_paper_means_the_town_of_its_dateline_by_here() -> None:
    def told(text: str) -> Event:
        where = Location(31.2, 16.6, 3000, PrecisionClass.EXACT, "gazetteer", "Zamba", "Zamba", country="LY")
        line = Resolved(Mention(0, 5, "ZAMBA", role="dateline"), where)
        at = text.index("Talon")
        quarter = Resolved(Mention(at, at + 5, "Talon", role="place"), None)
        return events.extract(Report("r", text, published=PUBLISHED), [line, quarter], language="en")[0]

    found = told("ZAMBA - Two men were killed by a hand grenade in Talon here on Monday.").location
    assert found is not None and found.name == "Zamba"
    assert told("ZAMBA - Two men were killed by a hand grenade in Talon on Monday.").location is None


def test_hours_after_another_event_is_that_day() -> None:
    text = "Gunmen attacked a post in Alba on Monday. The attack came hours after a bombing in Borna killed two."
    assert {e.date.start for e in extract(text) if e.date} == {dt.date(2021, 5, 3)}


def test_what_a_sentence_sets_apart_and_puts_there_is_at_the_place_it_names() -> None:
    text = "Mourners walked through Alba on Thursday, a day after suicide bombers struck a market there, killing 40."
    (found,) = (e for e in extract(text) if e.sub_event_type == "Suicide bomb")
    assert found.location is not None and found.location.name == "Alba"


def test_a_town_that_one_side_left_and_the_other_took_is_one_event() -> None:
    text = "Rebels captured Alba on Thursday, hours after soldiers had withdrawn from Alba."
    (found,) = extract(text)
    assert found.sub_event_type == "Non-state actor overtakes territory"


def test_what_killed_in_the_next_town_is_no_capture_of_it() -> None:
    text = "Rebels captured Alba on Thursday. In a separate attack, two people died in Borna."
    assert "Attack" in {e.sub_event_type for e in extract(text) if e.location and e.location.name == "Borna"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Raiders killed six in Alba. A patrol was ambushed in the same province on Wednesday.", "en"),
        ("Six civils ont été tués à Alba. Une patrouille est tombée dans une embuscade dans la même province.", "fr"),
    ],
)
def test_the_same_province_is_the_unit_named_last(text: str, code: str) -> None:
    at = text.index("Alba")
    where = Location(
        31.0, 16.0, 40_000, PrecisionClass.PROVINCE, "gazetteer", "Alba", "Alba", country="LY", feature_code="ADM1"
    )
    found = events.extract(
        Report("r", text, published=PUBLISHED), [Resolved(Mention(at, at + 4, "Alba"), where)], language=code
    )
    clash = next(e for e in found if e.sub_event_type == "Armed clash")
    assert clash.location is not None and clash.location.feature_code == "ADM1"
    assert "place taken from the sentences before" not in clash.notes


def test_the_next_morning_is_the_day_after_what_was_told() -> None:
    text = "Gunmen attacked Alba on Monday, killing four. The next morning, mourners were shot dead in Borna."
    assert dt.date(2021, 5, 4) in {e.date.start for e in extract(text) if e.date}

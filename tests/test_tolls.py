"""Tolls of several places in one sentence, rolls of the dead, and bodies that were found."""

from __future__ import annotations

import datetime as dt

import pytest

from mapper import casualties, pipeline
from mapper.casualties_roll import roll
from mapper.gazetteer import Gazetteer
from mapper.model import Event, Report
from mapper.settings import Settings

SETTINGS = Settings(offline=True)


def told(text: str, code: str, gazetteer: Gazetteer) -> list[Event]:
    report = Report("r", text, language=code, published=dt.date(2020, 1, 16))
    return pipeline.events_of(report, pipeline.places_of(report, gazetteer, SETTINGS), SETTINGS)


def tolls(text: str, code: str, gazetteer: Gazetteer) -> set[tuple[str, int | None]]:
    return {(e.location.place_in_report if e.location else "", e.fatalities) for e in told(text, code, gazetteer)}


APART = [
    (
        "ar",
        "قتل ثلاثة أشخاص في بلدة حزانو واثنان في قرية كفر تخاريم بريف إدلب بغارات جوية الثلاثاء.",
        {("حزانو", 3), ("كفر تخاريم", 2)},
    ),
    (
        "ar",
        "قتل 12 مدنيا بينهم 3 أطفال في سراقب، وطفلان في أريحا، بغارات جوية، ليبلغ العدد الكلي 14 قتيلا",
        {("سراقب", 12), ("أريحا", 2)},
    ),
    (
        "ar",
        "غارات على ريف إدلب اليوم. استشهد ثلاثة مدنيين في حاس وشهيدان في كفرنبل وشهيدة في معرة حرمة.",
        {("حاس", 3), ("كفرنبل", 2), ("معرة حرمة", 1)},
    ),
    (
        "en",
        "Three people were killed in Saraqib and two in Ariha in air strikes on Tuesday.",
        {("Saraqib", 3), ("Ariha", 2)},
    ),
    (
        "ar",
        "قال الدفاع المدني إن 11 مدنيا قتلوا اليوم بغارات، سبعة منهم في مدينة كفرنبل وأربعة في مدينة سراقب.",
        {("كفرنبل", 7), ("سراقب", 4)},
    ),
    (
        "en",
        "Ten people were killed, six in Saraqib and four in Ariha, in air strikes on Tuesday.",
        {("Saraqib", 6), ("Ariha", 4)},
    ),
    (
        "en",
        "In Saraqib, three people were killed in air strikes, and in Ariha two died.",
        {("Saraqib", 3), ("Ariha", 2)},
    ),
    (
        "ar",
        "في سراقب قتل ثلاثة مدنيين بغارات، وفي أريحا بريف إدلب قتل اثنان، وفي بنش خمسة قتلى.",
        {("سراقب", 3), ("أريحا", 2), ("بنش", 5)},
    ),
    ("fr", "Trois morts à Djibo et deux à Arbinda dans une attaque mardi.", {("Djibo", 3), ("Arbinda", 2)}),
]


@pytest.mark.parametrize(("code", "text", "expected"), APART, ids=[t[:30] for _, t, _ in APART])
def test_two_places_with_a_toll_each_are_two_events(
    code: str, text: str, expected: set[tuple[str, int | None]], gazetteer: Gazetteer
) -> None:
    assert tolls(text, code, gazetteer) == expected
    kinds = {e.sub_event_type for e in told(text, code, gazetteer)}
    assert len(kinds) == 1  # what struck one struck the other


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("en", "Ten people, including three children, were killed in an air strike on Saraqib.", {("Saraqib", 10)}),
        (
            "en",
            "Three people were killed in Saraqib and two are in critical condition after shelling.",
            {("Saraqib", 3)},
        ),
        ("en", "Three people were killed in Saraqib, two of them children.", {("Saraqib", 3)}),
        ("ar", "قتل عشرة مدنيين بينهم ثلاثة أطفال وامرأتان في غارة على مدينة سراقب", {("سراقب", 10)}),
    ],
)
def test_parts_of_a_toll_are_no_event(
    code: str, text: str, expected: set[tuple[str, int | None]], gazetteer: Gazetteer
) -> None:
    assert tolls(text, code, gazetteer) == expected


ROLLS = [
    ("ar", "أسماء الشهداء:\n- أحمد محمد العلي\n- زوجته فاطمة الحسن\n- ابنهما خالد العلي\nالمكتب الإعلامي", 3),
    ("ar", "الشهداء:\nأحمد محمد العلي 35 عاما\nمحمود السعيد", 2),
    ("ar", "أسماء الجرحى:\n- أحمد محمد العلي\n- زوجته فاطمة الحسن", 0),
    ("en", "The victims of the raid:\n- Samir Odeh (34)\n- Huda Odeh, 12\nNeighbours said they heard planes.", 2),
    ("en", "The victims were taken to these hospitals:\nThe main one in the north of the town\nAnother one", 0),
    ("en", "The injured are:\n- Samir Odeh (34)\n- Huda Odeh, 12", 0),
    ("fr", "Liste des victimes :\n1. Moussa Ag Attaher\n2. Mohamed Ag Rhissa", 2),
]


@pytest.mark.parametrize(("code", "text", "dead"), ROLLS, ids=[t[:20] for _, t, _ in ROLLS])
def test_a_roll_of_the_dead_is_counted(code: str, text: str, dead: int) -> None:
    found = roll(text, 0, text.index("\n"), code)
    assert [c.best for c in found] == ([dead] if dead else [])


def test_a_roll_below_a_toll_is_not_added_to_it(gazetteer: Gazetteer) -> None:
    text = "قتل ثلاثة مدنيين في غارة على مدينة سراقب اليوم. أسماء الشهداء:\n- أحمد العلي\n- زوجته فاطمة\n- ابنهما خالد"
    assert [e.fatalities for e in told(text, "ar", gazetteer)] == [3]


@pytest.mark.parametrize(
    ("code", "text", "dead"),
    [
        ("en", "Villagers counted 23 bodies.", 23),
        ("en", "Rescuers found four bodies in the rubble.", 4),
        ("en", "Five bodies of the United Nations met.", None),
        ("fr", "La Croix-Rouge a retrouvé 38 corps, dont ceux de deux enfants.", 38),
        ("fr", "Un corps de 200 hommes a défilé.", None),
        ("ar", "انتشال جثامين 5 أشخاص من تحت الأنقاض", 5),
    ],
)
def test_bodies_that_were_found(code: str, text: str, dead: int | None) -> None:
    found = casualties.total(casualties.counts(text, code), "killed")
    assert (found[1] if found else None) == dead


def test_the_verb_of_a_rocket_is_no_air_strike(gazetteer: Gazetteer) -> None:
    text = "قصفت طائرات حربية مشفى في مدينة معرة النعمان فقتلت تسعة مدنيين، بينما استشهد عشرة في قصف صاروخي استهدف مدرسة في مدينة أعزاز"
    kinds = {e.location.place_in_report: e.sub_event_type for e in told(text, "ar", gazetteer) if e.location}
    assert kinds == {"معرة النعمان": "Air/drone strike", "أعزاز": "Shelling/artillery/missile attack"}


def test_another_shell_is_another_event(gazetteer: Gazetteer) -> None:
    text = "قتل طفلان بقذيفة هاون سقطت على حي باب توما في دمشق، وسقطت قذيفة أخرى قرب ساحة العباسيين ولم تسبب إصابات."
    assert sorted(e.fatalities or 0 for e in told(text, "ar", gazetteer)) == [0, 2]


def test_a_bomb_between_two_villages_is_one_event(gazetteer: Gazetteer) -> None:
    text = "انفجرت عبوة ناسفة على الطريق بين بلدة سراقب وبلدة بنش ما أدى إلى مقتل رجل."
    assert [e.fatalities for e in told(text, "ar", gazetteer)] == [1]


@pytest.mark.parametrize(
    "text",
    [
        "سراقب: ثلاثة شهداء في قصف مدفعي لقوات النظام السوري في سوريا",
        "استشهد ثلاثة مدنيين من أبناء سراقب جراء القصف على المدينة في سوريا",
    ],
)
def test_a_label_or_the_town_told_of_says_more_than_the_country(gazetteer: Gazetteer, text: str) -> None:
    assert tolls(text, "ar", gazetteer) == {("سراقب", 3)}


def test_strikes_on_neighbours_in_one_sentence_are_each_an_event(gazetteer: Gazetteer) -> None:
    text = "غارات استهدفت بلدتي الخيام وميس الجبل في جنوب لبنان، وأدت غارة على بلدة كفركلا إلى استشهاد ثلاثة مسعفين."
    assert tolls(text, "ar", gazetteer) == {("الخيام", None), ("ميس الجبل", None), ("كفركلا", 3)}

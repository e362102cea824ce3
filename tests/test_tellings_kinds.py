"""One event of each of eight kinds told in three languages is one event, and can be parted again."""

from __future__ import annotations

import datetime as dt

import pytest

from mapper import merge, pipeline
from mapper.gazetteer import Gazetteer
from mapper.model import Event, Report
from mapper.settings import Settings

SETTINGS = Settings(offline=True)
# Day of publication, ACLED's sub-type, then the same news in English, Arabic and French.
TOLD: dict[str, tuple[str, str, str, str, str]] = {
    "air strike": (
        "2023-09-11",
        "Air/drone strike",
        "An air strike on a market in Omdurman killed 43 people and wounded 55 on Sunday.",
        "قتل 43 شخصا وأصيب 55 آخرون في غارة جوية على سوق في أم درمان الأحد.",
        "Une frappe aérienne sur un marché d'Omdourman a tué 43 personnes et en a blessé 55 dimanche.",
    ),
    "shelling": (
        "2022-07-22",
        "Shelling/artillery/missile attack",
        "Artillery shells hit a camp near Zakho on Wednesday, killing nine tourists and wounding 23.",
        "سقطت قذائف مدفعية على مخيم في زاخو يوم الأربعاء ما أسفر عن مقتل تسعة سياح وإصابة 23.",
        "Des obus sont tombés mercredi sur un camp à Zakho, faisant neuf morts et 23 blessés.",
    ),
    "suicide bomb": (
        "2021-01-22",
        "Suicide bomb",
        "Two suicide bombers blew themselves up in a market in Baghdad on Thursday, killing 32 people.",
        "فجر انتحاريان نفسيهما في سوق وسط بغداد الخميس ما أدى إلى مقتل 32 شخصا.",
        "Deux kamikazes se sont fait exploser jeudi sur un marché de Bagdad, tuant 32 personnes.",
    ),
    "attack": (
        "2021-06-07",
        "Attack",
        "Gunmen opened fire in a market in Ménaka on Saturday, killing 32 civilians.",
        "فتح مسلحون النار في سوق ميناكا السبت وقتلوا 32 مدنيا.",
        "Des hommes armés ont ouvert le feu samedi sur un marché de Ménaka, tuant 32 civils.",
    ),
    "abduction": (
        "2020-12-13",
        "Abduction/forced disappearance",
        "Gunmen abducted 300 pupils from a school in Kankara on Friday.",
        "اختطف مسلحون 300 تلميذ من مدرسة في كانكارا الجمعة.",
        "Des hommes armés ont enlevé vendredi 300 élèves dans une école de Kankara.",
    ),
    "protest": (
        "2019-04-07",
        "Peaceful protest",
        "Thousands of people demonstrated in Khartoum on Saturday.",
        "تظاهر الآلاف في الخرطوم يوم السبت.",
        "Des milliers de personnes ont manifesté samedi à Khartoum.",
    ),
    "mine": (
        "2022-03-09",
        "Remote explosive/landmine/IED",
        "A landmine killed four children in Palmyra on Tuesday.",
        "قتل أربعة أطفال بانفجار لغم أرضي في مدينة تدمر الثلاثاء.",
        "Une mine a tué quatre enfants mardi à Palmyre.",
    ),
    "battle": (
        "2022-08-28",
        "Armed clash",
        "Clashes between armed groups in Tripoli killed 32 people and wounded 159 on Saturday.",
        "قتل 32 شخصا وأصيب 159 في اشتباكات بين مجموعات مسلحة في طرابلس السبت.",
        "Des affrontements entre groupes armés à Tripoli ont fait 32 morts et 159 blessés samedi.",
    ),
}


def told(gazetteer: Gazetteer, kind: str, *, keep_apart: tuple[str, ...] = ()) -> list[Event]:
    day, _, *texts = TOLD[kind]
    found: list[Event] = []
    for code, text in zip(("en", "ar", "fr"), texts, strict=True):
        report = Report(code, text, language=code, published=dt.date.fromisoformat(day))
        found += pipeline.events_of(report, pipeline.places_of(report, gazetteer, SETTINGS), SETTINGS)
    return merge.merge(found, keep_apart=keep_apart)


def reports(event: Event) -> set[str]:
    return {c.report_id for c in event.claims}


@pytest.mark.parametrize("kind", TOLD)
def test_three_languages_tell_one_event(kind: str, gazetteer: Gazetteer) -> None:
    found = told(gazetteer, kind)
    shown = [(e.sub_event_type, e.location and e.location.name, e.date, e.fatalities, reports(e)) for e in found]
    assert len(found) == 1, shown
    assert reports(found[0]) == {"en", "ar", "fr"}
    assert found[0].sub_event_type == TOLD[kind][1]


@pytest.mark.parametrize("kind", TOLD)
def test_every_join_is_undone_by_the_ids_that_the_notes_name(kind: str, gazetteer: Gazetteer) -> None:
    (one,) = told(gazetteer, kind)
    others = tuple(n.split()[2].rstrip(",") for n in one.notes if n.startswith("joined with"))
    assert len(others) == 2
    assert [reports(e) for e in told(gazetteer, kind, keep_apart=others)] == [{"en"}, {"ar"}, {"fr"}]

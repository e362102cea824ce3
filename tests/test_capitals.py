"""Capitals by their nation alone."""

import pytest

from mapper.gazetteer import Gazetteer
from mapper.model import Report
from mapper.pipeline import events_of, places_of
from mapper.settings import Settings


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("Shells fell on the Sudanese capital on Monday, killing four.", "en", "Khartoum"),
        ("Des obus sont tombés lundi sur la capitale libyenne, faisant quatre morts.", "fr", "Tripoli"),
        ("سقطت قذائف يوم الاثنين على العاصمة الصومالية وقتل أربعة أشخاص.", "ar", "مقديشو"),
    ],
)
def test_an_event_in_the_capital_of_a_nation_is_there(gazetteer: Gazetteer, text: str, code: str, name: str) -> None:
    report, settings = Report("r", text, language=code), Settings(offline=True)
    (event,) = events_of(report, places_of(report, gazetteer, settings), settings)
    assert event.location is not None and event.location.name == name


@pytest.mark.parametrize("text", ["Foreign capital left the country.", "The Libyan capital Tripoli was shelled."])
def test_capital_that_is_no_town_or_is_named_is_left_out(gazetteer: Gazetteer, text: str) -> None:
    found = places_of(Report("r", text, language="en"), gazetteer, Settings(offline=True))
    assert not [r for r in found if r.mention.kind == "described"]

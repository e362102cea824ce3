"""Short reports of our own with the events that they tell: what comes out must not get worse."""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from mapper import pipeline
from mapper.gazetteer import Gazetteer, metres_between
from mapper.model import Event, Report
from mapper.settings import Settings

CASES = [json.loads(line) for line in (Path(__file__).parent / "events.jsonl").read_text(encoding="utf-8").splitlines()]


@dataclass
class Score:
    told: int = 0
    found: int = 0
    right: int = 0
    type: int = 0
    dead: int = 0
    status: int = 0


def there(event: Event, told: dict) -> bool:
    """Whether an event is within 25 km of what is told, on its days, of its family."""
    if event.location is None or event.date is None:
        return False
    low, high = map(dt.date.fromisoformat, told["days"])
    near = metres_between(event.location.lat, event.location.lon, *told["at"]) <= 25_000
    same = (event.event_type == "Diplomacy") == (told["type"] == "Visit")
    return near and same and event.date.start <= high and event.date.end >= low


@pytest.fixture(scope="module")
def score() -> Score:
    gazetteer, settings, total = Gazetteer.open(None), Settings(offline=True), Score()
    for number, case in enumerate(CASES):
        day = dt.date.fromisoformat(case["published"])
        report = Report(str(number), case["text"], language=case["language"], published=day)
        found = pipeline.events_of(report, pipeline.places_of(report, gazetteer, settings), settings)
        total.told += len(case["events"])
        total.found += len(found)
        for told in case["events"]:
            hits = [e for e in found if there(e, told)]
            best = next((e for e in hits if e.sub_event_type == told["type"]), hits[0] if hits else None)
            if best is None:
                continue
            total.right += 1
            total.type += best.sub_event_type == told["type"]
            total.dead += best.fatalities == told["dead"]
            total.status += best.status == told.get("status", "happened")
    return total


def test_most_events_are_found_and_little_else(score: Score) -> None:
    assert score.right / score.told >= 0.9
    assert score.right / score.found >= 0.8


def test_type_and_toll_of_what_is_found_are_right(score: Score) -> None:
    assert score.type / score.right >= 0.9
    assert score.dead / score.right >= 0.9


def test_what_was_denied_or_planned_is_never_told_as_happened(score: Score) -> None:
    assert score.status == score.right

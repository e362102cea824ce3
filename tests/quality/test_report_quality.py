"""Reports of our own in three languages, with the events that a reader finds in them: floors that only rise.

``reports.jsonl`` is news as agencies write it, ``kinds.jsonl`` short reports over the sub-types of ACLED,
``world.jsonl`` reports from many countries, a third of them never looked into. ``agencies.jsonl`` has the manners of
agencies, monitors and police, denser than news; ``unseen.jsonl`` is the same, and no rule was written with it at hand.
``incidents.jsonl`` are short descriptions of single incidents, ``incidents_unseen.jsonl`` as many never looked into. ``monitors.jsonl`` has the daily items of monitors and
local news (families, tolls of two places, lists of names, bodies found), ``monitors_unseen.jsonl`` as many never
looked into.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from mapper.evaluate import Scores, evaluate
from mapper.gazetteer import Gazetteer
from mapper.settings import Settings

FLOORS = {
    "reports.jsonl": {"precision": 0.865, "recall": 0.865, "killed": 0.95, "injured": 1.0, "status": 0.97},
    "kinds.jsonl": {"precision": 0.89, "recall": 0.89, "killed": 0.90, "injured": 0.95, "status": 1.0},
    "world.jsonl": {"precision": 0.82, "recall": 0.74, "killed": 0.85, "injured": 1.0, "status": 1.0},
    "agencies.jsonl": {"precision": 0.82, "recall": 0.80, "killed": 0.91, "injured": 0.85, "status": 1.0, "type": 0.95},
    "unseen.jsonl": {"precision": 0.82, "recall": 0.70, "killed": 0.80, "injured": 0.85, "status": 1.0, "type": 0.92},
    "incidents.jsonl": {
        "precision": 0.90,
        "recall": 0.85,
        "killed": 0.85,
        "injured": 0.92,
        "status": 1.0,
        "type": 0.95,
    },
    "incidents_unseen.jsonl": {
        "precision": 0.80,
        "recall": 0.80,
        "killed": 0.85,
        "injured": 0.85,
        "status": 1.0,
        "type": 0.96,
    },
    "monitors.jsonl": {"precision": 0.90, "recall": 0.81, "killed": 0.65, "injured": 0.85, "status": 1.0, "type": 1.0},
    "monitors_unseen.jsonl": {
        "precision": 0.82,
        "recall": 0.70,
        "killed": 0.75,
        "injured": 1.0,
        "status": 0.96,
        "type": 0.96,
    },
}
WHOLE = {
    "reports.jsonl": (19, 52),
    "kinds.jsonl": (36, 56),
    "world.jsonl": (41, 117),
    "agencies.jsonl": (28, 126),
    "unseen.jsonl": (12, 65),
    "incidents.jsonl": (33, 55),
    "incidents_unseen.jsonl": (33, 46),
    "monitors.jsonl": (30, 37),
    "monitors_unseen.jsonl": (30, 40),
}


@cache
def _scores(corpus: str, gazetteer: Gazetteer) -> Scores:
    return evaluate([Path(__file__).with_name(corpus)], Settings(offline=True), gazetteer=gazetteer)


@pytest.fixture(params=FLOORS)
def corpus(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def scores(corpus: str, gazetteer: Gazetteer) -> Scores:
    return _scores(corpus, gazetteer)


def test_the_corpus_is_whole(corpus: str, scores: Scores) -> None:
    assert (scores.documents, scores.events.gold) == WHOLE[corpus]


@pytest.mark.parametrize("measure", ["precision", "recall"])
def test_events(corpus: str, scores: Scores, measure: str) -> None:
    assert getattr(scores.events, measure) >= FLOORS[corpus][measure], "\n".join(scores.misses)


@pytest.mark.parametrize("measure", ["killed", "injured", "status", "type"])
def test_arguments_of_the_events_found(corpus: str, scores: Scores, measure: str) -> None:
    if measure not in FLOORS[corpus]:
        assert measure not in scores.arguments
        return
    assert scores.arguments[measure].recall >= FLOORS[corpus][measure], "\n".join(scores.misses)

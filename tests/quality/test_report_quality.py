"""Reports of our own in three languages, with the events that a reader finds in them: floors that only rise.

``reports.jsonl`` is news as agencies write it, ``kinds.jsonl`` short reports over the sub-types of ACLED,
``world.jsonl`` reports from many countries, a third of them never looked into. ``agencies.jsonl`` has the manners of
agencies, monitors and police, denser than news; ``unseen.jsonl`` is the same, and no rule was written with it at hand.
``incidents.jsonl`` are short descriptions of single incidents, ``incidents_unseen.jsonl`` as many never looked into.
``monitors.jsonl`` has the daily items of monitors and local news (families, tolls of two places, lists of names, bodies
found), ``monitors_unseen.jsonl`` as many never looked into. ``dispatches.jsonl`` is news of 2014 to 2025 in the manner
of agencies and broadcasters, ``dispatches_unseen.jsonl`` ten more that were never looked into. ``dispatches2.jsonl``
is Arabic news alone, in twelve manners from a monitor's post to a UN update, ``dispatches2_unseen.jsonl`` as many reports
in the same manners that were only ever measured. ``wires.jsonl`` is English and French news of 2014 to 2024 in the
manners of wires, local papers, monitors, aid agencies and armies, ``wires_unseen.jsonl`` the other half of it, only ever
measured; 14 more reports of other countries and manners were added to the first.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from mapper.evaluate import Scores, evaluate
from mapper.gazetteer import Gazetteer
from mapper.settings import Settings

FLOORS = {
    "reports.jsonl": {"precision": 0.88, "recall": 0.9, "killed": 0.96, "injured": 1.0, "status": 0.97},
    "kinds.jsonl": {"precision": 0.92, "recall": 0.94, "killed": 0.95, "injured": 0.95, "status": 1.0},
    "world.jsonl": {"precision": 0.86, "recall": 0.81, "killed": 0.88, "injured": 1.0, "status": 1.0},
    "agencies.jsonl": {"precision": 0.86, "recall": 0.86, "killed": 0.94, "injured": 0.88, "status": 1.0, "type": 0.96},
    "unseen.jsonl": {"precision": 0.85, "recall": 0.76, "killed": 0.9, "injured": 0.9, "status": 1.0, "type": 0.92},
    "incidents.jsonl": {"precision": 0.92, "recall": 0.9, "killed": 0.95, "injured": 0.92, "status": 1.0, "type": 0.99},
    "incidents_unseen.jsonl": {
        "precision": 0.8,
        "recall": 0.82,
        "killed": 0.88,
        "injured": 0.95,
        "status": 1.0,
        "type": 0.965,
    },
    "monitors.jsonl": {"precision": 0.91, "recall": 0.89, "killed": 0.96, "injured": 0.95, "status": 1.0, "type": 1.0},
    "monitors_unseen.jsonl": {
        "precision": 0.84,
        "recall": 0.82,
        "killed": 0.9,
        "injured": 1.0,
        "status": 0.98,
        "type": 0.965,
    },
    "dispatches.jsonl": {"precision": 0.89, "recall": 0.79, "killed": 0.95, "injured": 1.0, "status": 0.98},
    "wires.jsonl": {"precision": 0.84, "recall": 0.78, "killed": 0.88, "injured": 0.8, "status": 1.0},
    "wires_unseen.jsonl": {"precision": 0.6, "recall": 0.55, "killed": 0.74, "injured": 0.82, "status": 1.0},
    "dispatches_unseen.jsonl": {"precision": 0.76, "recall": 0.57, "killed": 0.9, "injured": 1.0, "status": 1.0},
    "dispatches2.jsonl": {"precision": 0.82, "recall": 0.77, "killed": 0.95, "injured": 0.85, "status": 1.0},
    "dispatches2_unseen.jsonl": {"precision": 0.72, "recall": 0.7, "killed": 0.75, "injured": 0.74, "status": 1.0},
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
    "dispatches.jsonl": (32, 105),
    "dispatches_unseen.jsonl": (10, 35),
    "dispatches2.jsonl": (12, 51),
    "dispatches2_unseen.jsonl": (12, 50),
    "wires.jsonl": (27, 115),
    "wires_unseen.jsonl": (13, 50),
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

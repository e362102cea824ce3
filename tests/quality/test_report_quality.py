"""Nineteen reports of our own in three languages, with the events that a reader finds in them: floors that only rise."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapper.evaluate import Scores, evaluate
from mapper.gazetteer import Gazetteer
from mapper.settings import Settings

CORPUS = Path(__file__).with_name("reports.jsonl")
FLOORS = {"precision": 0.85, "recall": 0.78, "killed": 0.90, "injured": 1.0, "status": 0.97}


@pytest.fixture(scope="module")
def scores(gazetteer: Gazetteer) -> Scores:
    return evaluate([CORPUS], Settings(offline=True), gazetteer=gazetteer)


def test_the_corpus_is_whole(scores: Scores) -> None:
    assert (scores.documents, scores.events.gold) == (19, 52)


@pytest.mark.parametrize("measure", ["precision", "recall"])
def test_events(scores: Scores, measure: str) -> None:
    assert getattr(scores.events, measure) >= FLOORS[measure], "\n".join(scores.misses)


@pytest.mark.parametrize("measure", ["killed", "injured", "status"])
def test_arguments_of_the_events_found(scores: Scores, measure: str) -> None:
    assert scores.arguments[measure].recall >= FLOORS[measure], "\n".join(scores.misses)

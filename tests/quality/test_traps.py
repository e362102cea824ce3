"""Sentences of our own with places that must be found and words that only look like places: ``traps.tsv``.

They were written before any output was looked at. The floors rise with the code and never fall.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest

from mapper.gazetteer import Gazetteer
from mapper.model import Mention, Report
from mapper.recognise import recognise

# Language → (share of places found at least, traps fallen into at most).
FLOORS = {"ar": (0.9, 0), "en": (0.97, 1), "fr": (0.91, 1)}


@dataclass(frozen=True)
class Sentence:
    language: str
    text: str
    places: tuple[str, ...]
    traps: tuple[str, ...]


def sentences() -> list[Sentence]:
    rows = csv.reader(
        (Path(__file__).parent / "traps.tsv").open(encoding="utf-8"),
        delimiter="\t",
        quotechar=None,
        quoting=csv.QUOTE_NONE,
    )
    lists = [
        (r[0], r[1], [c.split("|") if c else [] for c in ([*r, "", ""])[2:4]])
        for r in rows
        if r and not r[0].startswith("#")
    ]
    return [Sentence(code, text, tuple(places), tuple(traps)) for code, text, (places, traps) in lists]


def overlaps(mentions: list[Mention], text: str, name: str) -> bool:
    start = text.index(name)
    return any(m.start < start + len(name) and start < m.end for m in mentions)


def score(code: str, gazetteer: Gazetteer) -> tuple[list[str], list[str], int]:
    """(places missed, traps fallen into, number of places) of a language."""
    missed, fallen, count = [], [], 0
    for s in sentences():
        if s.language != code:
            continue
        found = [m for m in recognise(Report("s", s.text), gazetteer, language=code) if m.kind == "name"]
        missed += [p for p in s.places if not overlaps(found, s.text, p)]
        fallen += [t for t in s.traps if overlaps([m for m in found if m.role != "actor"], s.text, t)]
        count += len(s.places)
    return missed, fallen, count


def test_there_are_enough() -> None:
    assert len(sentences()) >= 90
    assert all(p in s.text for s in sentences() for p in (*s.places, *s.traps))


@pytest.mark.parametrize("code", FLOORS)
def test_floors(code: str, gazetteer: Gazetteer) -> None:
    missed, fallen, count = score(code, gazetteer)
    least, most = FLOORS[code]
    assert 1 - len(missed) / count >= least, f"missed {missed}; fallen {fallen}"
    assert len(fallen) <= most, f"fallen into {fallen}; missed {missed}"

"""Sentences that no tagger is trained on, with names drawn as in training: ``names_en.txt``.

They are only counted. The floor lies just under what was measured and never falls.
"""

from __future__ import annotations

import random
from pathlib import Path

from mapper.gazetteer import Gazetteer
from mapper.model import Report
from mapper.recognise import recognise
from training.corpora import HERE, filled
from training.names import Names

COPIES, FLOOR = 3, 0.80  # F1 of the places' exact spans


def lines(path: Path) -> list[str]:
    return [row for row in path.read_text(encoding="utf-8").splitlines() if row and not row.startswith("#")]


def test_places_of_sentences_held_out(gazetteer: Gazetteer) -> None:
    names, draw = Names(gazetteer, "en"), random.Random(11)
    hits = taken = count = 0
    for line in lines(Path(__file__).parent / "names_en.txt"):
        for _ in range(COPIES):
            text = filled(line, names, draw)
            gold = {(s, e) for s, e, kind in text.names if kind == "LOC"}
            found = [m for m in recognise(Report("s", text.text), gazetteer, language="en") if m.kind == "name"]
            # A state that acts, or whose office does, may be taken and may be left.
            spans = [(m.start, m.end) for m in found if m.role != "actor" or m.end in {e for _, e in gold}]
            hits += len(gold & set(spans))
            taken += len(spans)
            count += len(gold)
    f1 = 2 * hits / (taken + count)
    assert count > 350 and f1 >= FLOOR, f"{f1:.3f} of {count}"


def test_no_held_sentence_is_trained_on() -> None:
    trained = set(lines(HERE / "sentences" / "en.txt"))
    assert trained.isdisjoint(lines(Path(__file__).parent / "names_en.txt"))

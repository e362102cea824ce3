"""Sentences of our own with every place that they name and where it lies: ``places.tsv``.

Places and what they mean were written before any output was looked at. ``learn`` sentences may be looked into when
something is mended, ``held`` ones only count; those of ``-traps`` were added later, full of persons, forces and
streets that bear names of places. The floors lie just under what was measured and never fall.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest

from mapper.gazetteer import Gazetteer, metres_between
from mapper.model import Report, Resolved
from mapper.pipeline import places_of
from mapper.settings import Settings

# As resolution of places is scored in the field: the middle of a province lies far from that of another map.
NEAR_M = 161_000.0
# The longest clitic that a mention may carry before the name.
CLITIC = 3

# (half, language) → (F1 of the names, share of the names with a known place that were found and put right).
FLOORS = {
    ("learn", "ar"): (0.93, 0.93),
    ("held", "ar"): (0.86, 0.85),
    ("learn", "en"): (0.98, 0.99),
    ("held", "en"): (0.95, 0.99),
    ("learn", "fr"): (0.97, 0.99),
    ("held", "fr"): (0.88, 0.99),
    ("learn-traps", "ar"): (0.90, 0.83),
    ("held-traps", "ar"): (0.87, 0.80),
    ("learn-traps", "en"): (0.88, 0.99),
    ("held-traps", "en"): (0.83, 0.90),
    ("learn-traps", "fr"): (0.99, 0.99),
    ("held-traps", "fr"): (0.95, 0.99),
}


@dataclass(frozen=True)
class Gold:
    start: int
    end: int
    meant: str

    def named(self, one: Resolved) -> bool:
        return one.mention.end == self.end and 0 <= self.start - one.mention.start <= CLITIC

    def right(self, one: Resolved) -> bool:
        place = one.location
        if place is None:
            return False
        if "," not in self.meant:
            return place.country == self.meant
        lat, lon = map(float, self.meant.split(","))
        return metres_between(lat, lon, place.lat, place.lon) <= NEAR_M


def sentences(half: str, code: str) -> list[tuple[str, list[Gold]]]:
    path = Path(__file__).parent / "places.tsv"
    rows = csv.reader(path.open(encoding="utf-8"), delimiter="\t", quotechar=None, quoting=csv.QUOTE_NONE)
    found = []
    for row in rows:
        if row[0] != half or row[1] != code:
            continue
        gold = []
        for named in (row[3] if len(row) > 3 else "").split("|"):
            name, _, meant = named.partition("=")
            if name:
                at = row[2].index(name)
                gold.append(Gold(at, at + len(name), meant))
        found.append((row[2], gold))
    return found


def score(half: str, code: str, gazetteer: Gazetteer) -> tuple[float, float, list[str]]:
    """(F1 of the names, share put right, what went wrong)."""
    hits = taken = count = right = placed = 0
    wrong = []
    for text, gold in sentences(half, code):
        report = Report("s", text, language=code)
        found = [r for r in places_of(report, gazetteer, Settings(offline=True)) if r.mention.kind == "name"]
        # A state that acts, or whose ministry does, may be taken and may be left.
        found = [r for r in found if r.mention.role != "actor" or any(g.named(r) for g in gold)]
        taken += len(found)
        count += len(gold)
        for g in gold:
            one = next((r for r in found if g.named(r)), None)
            hits += one is not None
            placed += bool(g.meant)
            right += bool(g.meant) and one is not None and g.right(one)
            if one is None or (g.meant and not g.right(one)):
                wrong.append(f"{'missed' if one is None else 'misplaced'} {text[g.start : g.end]}")
        wrong += [f"took {r.mention.surface}" for r in found if not any(g.named(r) for g in gold)]
    return 2 * hits / (taken + count), right / placed, wrong


def test_there_are_enough() -> None:
    counts = {key: len(sentences(*key)) for key in FLOORS}
    assert sum(counts.values()) >= 120 and counts["held", "ar"] >= 30


@pytest.mark.parametrize(("half", "code"), FLOORS)
def test_places_of_sentences_never_seen(half: str, code: str, gazetteer: Gazetteer) -> None:
    named, put = FLOORS[half, code]
    f1, right, wrong = score(half, code, gazetteer)
    assert f1 >= named and right >= put, f"{f1:.3f} {right:.3f} {wrong}"

"""Phrases of our own about settlements whose position the gazetteer holds: ``relative_drawn.tsv``.

Each phrase was made from a settlement, drawn at random, and a town near it, as the geometry between them says: a
distance rounded to 5 km, one of eight winds. That is kinder than what people write, who also count by road and err,
and the best guess leans on the very settlements that the truths were drawn from: the floors guard against falling
back, they do not tell how good relative places are.
"""

from __future__ import annotations

import csv
import statistics
from functools import cache
from pathlib import Path

import pytest
from shapely.geometry import Point

from mapper import localities, regions
from mapper.gazetteer import Gazetteer

# Relation → (kilometres of median error at most, share of regions that hold the truth at least).
FLOORS = {
    "between": (24.0, 0.9),
    "direction_only": (1.0, 0.9),
    "distance_only": (30.0, 0.9),
    "inside_direction": (160.0, 0.9),
    "near": (12.0, 0.9),
    "offset": (5.0, 0.9),
}
LANGUAGES = ("ar", "en", "fr")


@cache
def measured() -> tuple[tuple[str, str, str, float | None, bool], ...]:
    """(language, relation, phrase, kilometres off or None, whether the region holds the truth) of each phrase."""
    gazetteer = Gazetteer.open()
    out = []
    with (Path(__file__).parent / "relative_drawn.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            lat, lon = float(row["lat"]), float(row["lon"])
            got = localities.locate(row["phrase"], gazetteer, country=row["country"], language=row["language"]).location
            off = regions.inverse(got.lat, got.lon, lat, lon)[0] / 1000 if got is not None else None
            held = got is not None and got.region is not None and got.region.covers(Point(lon, lat))
            out.append((row["language"], row["relation"], row["phrase"], off, held))
    return tuple(out)


def test_there_are_enough_of_each_kind() -> None:
    kinds = {(language, relation) for language, relation, *_ in measured()}
    assert kinds == {(language, relation) for language in LANGUAGES for relation in FLOORS}
    assert len(measured()) >= 60


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_is_answered(language: str) -> None:
    assert [phrase for code, _, phrase, off, _ in measured() if code == language and off is None] == []


@pytest.mark.parametrize("relation", FLOORS)
def test_error_and_coverage(relation: str) -> None:
    most, least = FLOORS[relation]
    rows = [(off, held, phrase) for _, kind, phrase, off, held in measured() if kind == relation and off is not None]
    assert statistics.median(off for off, *_ in rows) <= most
    missed = [phrase for _, held, phrase in rows if not held]
    assert 1 - len(missed) / len(rows) >= least, missed

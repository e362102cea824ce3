"""Relative places of our own whose truth is a place of the gazetteer: ``relative.tsv``.

The statements are what reports say of well-known towns, often measured by road and always rounded; they were
written before any answer was looked at. The floors rise with the code and never fall.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from shapely.geometry import Point

from mapper import localities, regions, relative
from mapper.gazetteer import Gazetteer

LANGUAGES = ("ar", "en", "fr")


@dataclass(frozen=True)
class Answer:
    """One statement and what became of it; the error in km, None where it was not answered."""

    language: str
    relation: str
    phrase: str
    read: str
    error: float | None
    held: bool


@cache
def answers() -> list[Answer]:
    gazetteer, out = Gazetteer.open(), []
    for line in (Path(__file__).parent / "relative.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        language, relation, country, phrase, meant = line.split("\t")
        truth = localities.locate(meant, gazetteer, country=country).location
        assert truth is not None, meant
        read = relative.parse(phrase, language)
        got = localities.locate(phrase, gazetteer, country=country, language=language).location
        error, held = None, False
        # "Southern Libya" may also be a named region of the gazetteer; a bare point answers nothing.
        if got is not None and got.region is not None:
            error = regions.inverse(got.lat, got.lon, truth.lat, truth.lon)[0] / 1000
            held = got.region.covers(Point(truth.lon, truth.lat))
        out.append(Answer(language, relation, phrase, read[0].relation if read else "", error, held))
    return out


def test_the_set_is_wide() -> None:
    assert len(answers()) >= 90
    assert len({a.phrase for a in answers()}) == len(answers())
    for language in LANGUAGES:
        assert len({a.relation for a in answers() if a.language == language}) >= 8


@pytest.mark.parametrize("language", ["ar", "en", "es", "fr", "ru", "uk"])
def test_each_is_read_as_what_it_says(language: str) -> None:
    # A bare wind is inside a country and outside a town: that is told by the place, not by the words.
    wind = {"inside_direction", "direction_only"}
    mine = [a for a in answers() if a.language == language]
    assert [(a.phrase, a.read) for a in mine if a.read != a.relation and not {a.read, a.relation} <= wind] == []


@pytest.mark.parametrize(
    ("which", "answered", "median_km", "coverage"),
    [
        (lambda a: True, 0.97, 20.0, 0.84),
        (lambda a: a.language == "ar", 1.0, 20.0, 0.84),
        (lambda a: a.language == "en", 1.0, 26.0, 0.89),
        (lambda a: a.language == "fr", 1.0, 20.0, 0.80),
        (lambda a: a.language in ("es", "ru", "uk"), 0.85, 35.0, 0.70),
        (lambda a: a.relation == "offset", 0.97, 10.0, 0.95),
    ],
    ids=["all", "ar", "en", "fr", "others", "offset"],
)
def test_floors(which: Callable[[Answer], bool], answered: float, median_km: float, coverage: float) -> None:
    these = [a for a in answers() if which(a)]
    errors = [a.error for a in these if a.error is not None]
    share, held = len(errors) / len(these), sum(a.held for a in these) / len(these)
    outside = [(a.phrase, a.error) for a in these if not a.held]
    middle = statistics.median(errors)
    assert (share >= answered, middle <= median_km, held >= coverage) == (True, True, True), (
        f"answered {share:.3f}, median {middle:.1f} km, held {held:.3f}; not held: {outside}"
    )

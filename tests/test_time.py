"""Dates in words: the examples of every language file, and what must hold for all of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapper import language, time, time_hijri
from mapper import time_calendar as cal


def examples() -> list[Any]:
    return [
        pytest.param(code, e, id=f"{code}: {e['text'][:40]}")
        for code in language.codes()
        for e in language.section(code, "time").get("examples", [])
    ]


def shown(text: str, code: str, published: dt.date | None) -> list[str]:
    return [
        f"{e.text} | {e.range.start} | {e.range.end}" + (" | reporting" if e.of_reporting else "")
        for e in time.expressions(text, code, published)
    ]


@pytest.mark.parametrize(("code", "example"), examples())
def test_examples(code: str, example: dict[str, Any]) -> None:
    if "needs" in example:
        pytest.importorskip(example["needs"])
    assert shown(example["text"], code, example.get("published")) == example["dates"]


def test_each_language_has_its_examples() -> None:
    counts = {c: len(language.section(c, "time").get("examples", [])) for c in ("ar", "en", "fr")}
    assert counts["ar"] >= 40
    assert counts["en"] >= 25
    assert counts["fr"] >= 25


@pytest.mark.parametrize(
    ("first", "last", "precision"),
    [("2020-01-01", "2020-01-01", 1), ("2020-01-01", "2020-01-02", 2), ("2020-01-01", "2020-01-07", 3),
     ("2020-01-01", "2020-01-31", 4), ("2020-01-01", "2020-12-31", 5)],
)  # fmt: skip
def test_precision_is_that_of_ged(first: str, last: str, precision: int) -> None:
    assert cal.precision((dt.date.fromisoformat(first), dt.date.fromisoformat(last))) == precision


@given(st.dates(dt.date(1990, 1, 1), dt.date(2060, 1, 1)), st.integers(0, 6))
def test_a_bare_weekday_is_at_most_six_days_back(published: dt.date, number: int) -> None:
    found = cal.weekday(number, published, "")
    assert found.weekday() == number
    assert 0 <= (published - found).days <= 6
    # That of the day before is called "yesterday", so "last Wednesday" on a Thursday is eight days back.
    assert 2 <= (published - cal.weekday(number, published, "last")).days <= 8
    assert 1 <= (cal.weekday(number, published, "next") - published).days <= 7


@given(st.dates(dt.date(1990, 1, 1), dt.date(2060, 1, 1)))
def test_every_written_day_is_read_back(day: dt.date) -> None:
    for text in (f"{day.day} {day:%B} {day.year}", f"{day:%B} {day.day}, {day.year}", day.isoformat()):
        (found,) = time.expressions(f"on {text}.", "en", None)
        assert (found.range.start, found.range.end, found.range.precision) == (day, day, 1)


@given(st.text(alphabet="0123456789/-., في الخميسMayماي", max_size=40))
def test_no_text_breaks_it(text: str) -> None:
    for code in ("ar", "en", "fr"):
        for e in time.expressions(text, code, dt.date(2020, 2, 29)):
            assert e.range.start <= e.range.end
            assert text[e.start : e.end] == e.text


@given(st.integers(1343, 1500), st.integers(1, 12), st.integers(1, 29))
def test_hijri_days_go_there_and_back(year: int, month: int, day: int) -> None:
    library = pytest.importorskip("hijridate")
    # Some months of the printed calendar have 28 days.
    day = min(day, library.Hijri(year, month, 1).month_length())
    span = time_hijri.hijri(year, month, day, None)
    assert span is not None
    assert span[0] == span[1]
    assert library.Gregorian.fromdate(span[0]).to_hijri().datetuple() == (year, month, day)


def test_a_hijri_date_without_a_year_is_the_last_one() -> None:
    pytest.importorskip("hijridate")
    assert time_hijri.hijri(None, 9, 10, dt.date(2017, 7, 1)) == (dt.date(2017, 6, 5),) * 2
    assert time_hijri.hijri(None, 9, 10, dt.date(2017, 5, 1)) == (dt.date(2016, 6, 15),) * 2


def test_days_that_other_calendars_lack_are_none() -> None:
    assert time_hijri.hijri(1438, 2, 31, None) is None
    assert time_hijri.persian(1402, 13, 1) is None
    pytest.importorskip("jdatetime")
    assert time_hijri.persian(1402, 12, 30) is None
    assert time_hijri.persian(1402, 5, None) == (dt.date(2023, 7, 23), dt.date(2023, 8, 22))

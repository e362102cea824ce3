"""Numbers of victims and things: the examples of every language file, totals, and what never counts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapper import casualties, language
from mapper.model import Count


def examples() -> list[Any]:
    return [
        pytest.param(code, e, id=f"{code}: {e['text'][:40]}")
        for code in language.codes()
        for e in language.section(code, "casualties").get("examples", [])
    ]


def shown(count: Count) -> str:
    """ "killed 17", "killed 8+" (at least), "killed 20~" (vague), "killed 10-15" (a range)."""
    if count.best is None:
        return f"{count.what} {count.low}~"
    if count.high is None:
        return f"{count.what} {count.best}+"
    return f"{count.what} {count.best}" if count.low == count.high else f"{count.what} {count.low}-{count.high}"


@pytest.mark.parametrize(("code", "example"), examples())
def test_examples(code: str, example: dict[str, Any]) -> None:
    assert sorted(map(shown, casualties.counts(example["text"], code))) == sorted(example["counts"])


def test_each_language_has_its_examples() -> None:
    counts = {c: len(language.section(c, "casualties").get("examples", [])) for c in ("ar", "en", "fr")}
    assert counts["ar"] >= 30
    assert counts["en"] >= 25
    assert counts["fr"] >= 20


@pytest.mark.parametrize(
    ("text", "what", "expected"),
    [
        ("Two soldiers and three civilians were killed.", "killed", (5, 5, 5)),
        ("At least 12 people, including 3 children, were killed.", "killed", (12, 12, None)),
        ("The army said 5 people were killed; medics said 9 people were killed.", "killed", (5, 9, 9)),
        ("Several people were hurt, among them 2 children.", "killed", None),
        ("There were no casualties.", "killed", (0, 0, 0)),
    ],
)
def test_total(text: str, what: str, expected: tuple[int, int | None, int | None] | None) -> None:
    assert casualties.total(casualties.counts(text, "en"), what) == expected


def test_parts_alone_are_a_low_bound() -> None:
    parts = [Count("killed" + casualties.PART, 3, 3, 3)]
    assert casualties.total(parts, "killed") == (3, None, None)


@given(st.integers(2, 400))
def test_a_number_of_people_killed_is_read_whatever_it_is(n: int) -> None:
    (found,) = casualties.counts(f"An explosion killed {n} civilians at the market.", "en")
    assert (found.what, found.low, found.best, found.high) == ("killed", n, n, n)


@pytest.mark.parametrize("unit", ["km", "years", "hours", "per cent", "miles"])
def test_measures_are_no_victims(unit: str) -> None:
    assert 12 not in [c.best for c in casualties.counts(f"He was killed 12 {unit} away.", "en")]


@given(st.text(alphabet="0123456789 killed,and قتل3 مدنيينوa.man", max_size=50))
def test_no_text_breaks_it(text: str) -> None:
    for code in ("ar", "en", "fr"):
        for c in casualties.counts(text, code):
            assert text[c.start : c.end] == c.text
            assert c.high is None or c.low <= c.high

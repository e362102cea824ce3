"""Numbers in digits and words, as each language's own examples and generated texts give them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapper.language import codes, section
from mapper.numbers import numbers_in

EXAMPLES = [(code, e["text"], e["values"]) for code in codes() for e in section(code, "numbers").get("examples", [])]


@pytest.mark.parametrize(("language", "text", "values"), EXAMPLES)
def test_examples(language, text, values):
    got = [[n.low, n.best, n.high] for n in numbers_in(text, language)]
    want = [[None if v == "none" else v for v in row] for row in values]
    assert got == want
    for n in numbers_in(text, language):
        assert text[n.start : n.end] == n.text


_EASTERN = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@given(st.integers(0, 999_999), st.sampled_from(["en", "fr", "ar"]))
def test_digits_of_any_script(value, language):
    for text in (f"x {value} y", f"x {str(value).translate(_EASTERN)} y"):
        assert [n.best for n in numbers_in(text, language)] == [value]


@given(st.integers(1000, 999_999))
def test_grouped(value):
    grouped = f"{value:,}"
    assert [n.best for n in numbers_in(grouped, "en")] == [value]
    assert [n.best for n in numbers_in(grouped.replace(",", "\u202f"), "fr")] == [value]
    assert [n.best for n in numbers_in(grouped.replace(",", "٬"), "ar")] == [value]


@given(st.text(max_size=60))
def test_never_fails_and_spans_hold(text):
    for language in codes():
        end = 0
        for n in numbers_in(text, language):
            assert end <= n.start < n.end <= len(text)
            assert text[n.start : n.end] == n.text
            assert n.high is None or n.low <= n.high
            end = n.end


def test_clock_date_and_names_are_not_numbers():
    assert numbers_in("at 10:30 the M23 took it", "en") == []
    assert [n.best for n in numbers_in("on 2017-09-22", "en")] == [2017.0, 9.0, 22.0]

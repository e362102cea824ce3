"""Words and names of running text: one normalisation, tokens with offsets, skeletons of names."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mapper.text import INITIALS, initial_of, normalise, sentences, skeleton, skeletons, tokenise

LETTERS = "alertchkdghsjzp é'’ \u0627\u0644\u0634\u0633\u0645\u062a\u062d\u0642 \u0441\u0438"
NAMES = st.text(LETTERS, min_size=1, max_size=14).map(normalise).filter(bool)


@given(st.lists(NAMES, max_size=12))
def test_names_read_together_have_the_skeletons_that_each_has_alone(names: list[str]) -> None:
    assert skeletons(names) == [skeleton(name) for name in names]


@given(NAMES)
def test_a_skeleton_begins_with_one_of_the_initials(name: str) -> None:
    assert initial_of(skeleton(name)) in INITIALS


@given(st.text(LETTERS + "12.٫,()\n\u064b\u0640", max_size=40))
def test_tokens_are_the_text_at_their_offsets_and_leave_out_only_space(text: str) -> None:
    tokens = tokenise(text)
    assert all(text[t.start : t.end] == t.surface and t.key == normalise(t.surface) for t in tokens)
    left = list(text)
    for t in tokens:
        left[t.start : t.end] = " " * (t.end - t.start)
    assert not "".join(left).strip().strip("\u064b\u0640")


def test_a_word_holds_its_marks_and_inner_apostrophes() -> None:
    assert [t.surface for t in tokenise("l'île d’Yeu, كتـــاب عَلَم 3.5 'x")] == [
        "l'île", "d’Yeu", ",", "كتـــاب", "عَلَم", "3.5", "'", "x",
    ]  # fmt: skip


def test_hour_of_a_clock_ends_no_sentence_that_goes_on() -> None:
    assert len(list(sentences("They came at 9 a.m. on Monday and fired."))) == 1
    assert len(list(sentences("They came at 9 a.m. The town fell."))) == 2

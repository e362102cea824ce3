"""What a tagger adds to the names of the gazetteer: the marks that it reads, words of their own, wider names."""

from __future__ import annotations

from collections.abc import Sequence

from mapper.actors import nationality
from mapper.cues import Cues
from mapper.recognise_names import SENTENCE_SIGNS, SHORTEST, Proposal, bare_start
from mapper.text import Token

_WIDER = 0.7
_MORE = 0.5


def marks_of(count: int, found: Sequence[Proposal]) -> list[str]:
    """The gazetteer's mark of each of ``count`` tokens: "-" or begin or inside, class, size and clitic of a name."""
    marks = ["-"] * count
    for p in found:
        if p.level not in ("S", "A", "B"):
            continue
        size = "0" if p.prominence < 3 else "1" if p.prominence < 5 else "2" if p.prominence < 7 else "3"
        kind = p.level + size + ("p" if p.proclitic else "")
        marks[p.first] = "b" + kind
        for i in range(p.first + 1, p.last):
            marks[i] = "i" + kind
    return marks


def tagged(
    text: str,
    tokens: Sequence[Token],
    begin: Sequence[float],
    inside: Sequence[float],
    taken: Sequence[bool],
    cues: Cues,
    sure: float,
) -> list[Proposal]:
    """Names that only the tagger sees: runs of words, none ``taken``, that read like a place's at least so ``sure``."""

    def may(i: int) -> bool:
        """Whether a word can be of a name: words of kinds and winds stand beside names."""
        key, surface = tokens[i].key, tokens[i].surface
        if cues.capitals and (not surface[0].isupper() or i == 0 or tokens[i - 1].surface in SENTENCE_SIGNS):
            return False
        return not taken[i] and not cues.lists(key) and key not in cues.never

    found = []
    last = 0
    for i in [i for i, probability in enumerate(begin) if probability >= sure]:
        if i < last or len(tokens[i].key) < SHORTEST or not may(i):
            continue
        last = i + 1
        while last < len(tokens) and may(last) and inside[last] >= _MORE and begin[last] < inside[last] / 2:
            last += 1
        while not tokens[last - 1].key:
            last -= 1
        first, end = tokens[i], tokens[last - 1].end
        key = " ".join(t.key for t in tokens[i:last] if t.key)
        found.append(Proposal(i, last, first.start, end, key, "tagged", first.start, text[first.start : end]))
    return found


def widen(
    text: str,
    tokens: Sequence[Token],
    found: Sequence[Proposal],
    begin: Sequence[float],
    inside: Sequence[float],
    taken: list[bool],
    cues: Cues,
    language: str,
) -> None:
    """Give names of the gazetteer the words around them that surely read like parts of them: "Upper Nile Valley".

    A nationality behind a name is no part of it: "مدينة سرت الليبية".
    """

    def free(i: int) -> bool:
        """Whether a word can be of a name: the word for its kind mostly stands beside it."""
        lists = cues.lists(tokens[i].key)
        return not taken[i] and ("nouns" not in lists or "heads" in lists)

    for p in found:
        if p.level not in ("S", "A", "B") or p.proclitic:
            continue
        first, last = p.first, p.last
        while last < len(tokens) and free(last) and inside[last] >= _WIDER and begin[last] < inside[last] / 2:
            if nationality(tokens[last].surface, language):
                break
            last += 1
        while last > p.last and not tokens[last - 1].key:
            last -= 1
        while first > 0 and free(first - 1) and inside[first] - begin[first] >= _WIDER:
            first -= 1
        while first < p.first and not tokens[first].key:
            first += 1
        if (first, last) == (p.first, p.last):
            continue
        taken[first:last] = [True] * (last - first)
        p.first, p.last, p.end = first, last, tokens[last - 1].end
        p.start = p.word_start = bare_start(tokens[first], cues)
        p.surface = text[p.start : p.end]

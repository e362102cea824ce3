"""Numbers as reports write them: digits of every script, number words, ranges and vague words.

All words are data: ``languages/<code>/numbers.toml``. Nouns that carry their own number (the Arabic
dual) belong to whoever knows the noun: a unit, a victim, a weapon.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from mapper.numbers_atoms import Atom, digit_atoms, word_atoms
from mapper.numbers_words import DASH, NumberWords, key, number_words, words
from mapper.text import Token

__all__ = ["NumberSpan", "key", "numbers_in", "words"]


@dataclass(frozen=True, slots=True)
class NumberSpan:
    """A number in a text, with its offsets.

    ``best`` is None for vague words; ``low`` and ``high`` bound the value, ``high`` None where the
    text gives no upper bound ("at least 20"). ``approximate`` marks "about 20" and the like; the
    value itself is not changed. ``text`` is the surface, modifiers included.
    """

    start: int
    end: int
    low: float
    best: float | None
    high: float | None
    approximate: bool
    text: str


def _phrase_before(tokens: list[Token], i: int, phrase: tuple[str, ...]) -> int | None:
    """Index of the first token of ``phrase`` when it ends right before token ``i``."""
    j = i - 1
    for word in reversed(phrase):
        while j >= 0 and (tokens[j].surface in "'’ـ\"“«" or tokens[j].key == ""):
            if tokens[j].surface not in "'’ـ\"“«":
                return None
            j -= 1
        if j < 0 or tokens[j].key != word:
            return None
        j -= 1
    return j + 1


def _led(tokens: list[Token], first: int, w: NumberWords) -> bool:
    """Whether a word that can end a modifier stands before token ``first``, signs aside: few do."""
    j = first - 1
    while j >= 0 and not tokens[j].key:
        j -= 1
    return j >= 0 and tokens[j].key in w.leads


def _modify(text: str, tokens: list[Token], atom: Atom, w: NumberWords) -> NumberSpan:
    low, best, high, about = atom.low, atom.best, atom.high, atom.approximate
    upper: float | None = high
    first, start = atom.first, atom.start
    changed = True
    while changed and _led(tokens, first, w):
        changed = False
        for phrase, kind in w.before:
            begin = _phrase_before(tokens, first, phrase)
            # A clitic stands between the modifier and the number: "بحوالي", "لنحو", "بـ".
            if begin is None and first > 0 and tokens[first - 1].key in w.prefixes and tokens[first - 1].end == start:
                begin = _phrase_before(tokens, first - 1, phrase)
            at = first - len(phrase)
            written_on = at >= 0 and any(p and tokens[at].key == p + phrase[0] for p in (w.joined, *w.prefixes))
            if begin is None and written_on and tuple(t.key for t in tokens[at + 1 : first]) == phrase[1:]:
                begin = at
            if begin is None:
                continue
            if kind == "about":
                about = True
            elif kind == "least":
                upper = None
            elif kind == "most":
                low, upper = 0.0, high
            first, start, changed = begin, tokens[begin].start, True
            break
    near = any(t.key in w.follows for t in tokens[atom.last + 1 : atom.last + 3])
    for phrase, kind in w.after if near else ():
        for gap in (0, 1):
            j = atom.last + 1 + gap
            if tuple(t.key for t in tokens[j : j + len(phrase)]) == phrase:
                if kind == "about":
                    about = True
                elif kind == "least":
                    upper = None
                elif kind == "most":
                    low = 0.0
                break
    return NumberSpan(start, atom.end, low, best, upper, about, text[start : atom.end])


def _ranges(tokens: list[Token], atoms: list[Atom], w: NumberWords) -> list[Atom]:
    out: list[Atom] = []
    for atom in atoms:
        before = out[-1] if out else None
        if before is not None and before.best is not None and atom.best is not None and atom.best > before.best:
            between = tokens[before.last + 1 : atom.first]
            keys = [t.key for t in between if t.key]
            dash = len(between) == 1 and between[0].surface in DASH and atom.digits and before.digits
            chained = (atom.last + 1, before.first - 1)  # "2017-09-22" is a date
            third = dash and any(0 <= k < len(tokens) and tokens[k].surface in "-–/" for k in chained)
            opened = next((b for p in w.range_open if (b := _phrase_before(tokens, before.first, p)) is not None), None)
            plain = len(keys) == 1 and keys[0] in w.range_mid and len(between) <= 2
            attached = tokens[atom.first].start < atom.start and opened is not None and not between
            joined = (
                opened is not None and len(keys) <= 1 and (not keys or keys[0] in {*w.joiners, w.joined, *w.range_mid})
            )
            ratio = atom.best <= 10 * before.best
            if (
                ratio
                and not third
                and ((dash and before.digits) or plain or attached or (joined and len(between) <= 2))
            ):
                first = opened if opened is not None else before.first
                start = tokens[first].start if opened is not None else before.start
                middle = (before.best + atom.best) / 2
                out[-1] = Atom(
                    first, atom.last, start, atom.end, before.best, middle, atom.best, before.approximate, False
                )
                continue
        out.append(atom)
    return out


def numbers_in(text: str, language: str) -> list[NumberSpan]:
    """All numbers of ``text``, in order, not overlapping.

    >>> [(n.low, n.best, n.high) for n in numbers_in("at least twenty-three people", "en")]
    [(23.0, 23.0, None)]
    """
    return list(_numbers(text, language))


@lru_cache(maxsize=256)
def _numbers(text: str, language: str) -> tuple[NumberSpan, ...]:
    """``numbers_in``; several rooms read the same text one after the other."""
    w = number_words(language)
    tokens = words(text)
    digits = digit_atoms(text, tokens, w)
    spelt = word_atoms(tokens, digits, w)
    atoms = sorted({**spelt, **digits}.values(), key=lambda a: a.start)
    kept: list[Atom] = []
    for atom in atoms:
        if not kept or atom.start >= kept[-1].end:
            kept.append(atom)
    return tuple(_modify(text, tokens, atom, w) for atom in _ranges(tokens, kept, w))

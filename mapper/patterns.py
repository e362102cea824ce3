"""Word lists and templates over the words of a text: how the data of a language is matched.

A *lexicon* gives words and phrases a class and a value ("Thursday" → WEEKDAY 3). A *template* is a
row of classes: ``DAY of? MONTH ,? YEAR?``. In a template ``?`` marks what may be missing, ``a|b`` a
choice, ``<`` and ``>`` where the span begins and ends when the rest is only context; anything without
a letter is that very sign.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from mapper.numbers import key, numbers_in
from mapper.remembered import Remembered
from mapper.text import Token, fold

_SKIP = frozenset("-‐‑'’ʼ")  # signs that may stand inside a phrase: "avant-hier", "l'an dernier"


class Atom(NamedTuple):
    """A word or phrase of a class ``name``: token indices (last excluded) and offsets in the text."""

    name: str
    value: str
    first: int
    last: int
    start: int
    end: int


_HEAD = 3  # letters of a stem, at least


# Letters cut, and the (words, class, value) that begin with what is left; stems are of one word, and end open; whether
# a capital is needed.
_Reading = tuple[int, tuple[tuple[tuple[str, ...], str, str], ...], tuple[tuple[str, str], ...], bool]
# What each word of a text may begin, whole or with a clitic cut: mostly nothing, and the same words come again.
Lexicon = Remembered[str, tuple[_Reading, ...]]


def lexicon(
    entries: Iterable[tuple[str, str, str]],
    prefixes: Mapping[str, str] | None = None,
    capitalised: Iterable[str] = (),
) -> Lexicon:
    """A lexicon from (phrase, class, value). ``*`` at the end of a single word allows any ending.

    ``prefixes`` maps a clitic to what stands in its place; words in ``capitalised`` need a capital.
    """
    exact: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
    stems: dict[str, list[tuple[str, str]]] = {}
    for text, name, value in entries:
        words = key(text)
        if not words:
            continue
        if text.endswith("*") and len(words) == 1:
            stems.setdefault(words[0], []).append((name, value))
        else:
            exact.setdefault(words[0], []).append((words, name, value))
    folded = {"".join(key(a)): "".join(key(b)) for a, b in (prefixes or {}).items()}
    ordered = tuple(sorted(folded.items(), key=lambda pair: len(pair[0])))
    heads = frozenset(stem[:_HEAD] for stem in stems)
    capitals = frozenset(k for w in capitalised for k in key(w))

    def readings(word: str) -> tuple[_Reading, ...]:
        cut = (
            (instead + word[len(p) :], len(p))
            for p, instead in ordered
            if word.startswith(p) and len(word) > len(p) + 1
        )
        found = []
        for form, letters in ((word, 0), *cut):
            whole = exact.get(form, ())
            ends = range(_HEAD, len(form) + 1) if form[:_HEAD] in heads else ()
            open_ended = tuple([s for n in ends for s in stems.get(form[:n], ())])
            if whole or open_ended:
                found.append((letters, tuple(whole), open_ended, form in capitals))
        return tuple(found)

    return Remembered(readings)


def _follow(tokens: Sequence[Token], i: int, words: tuple[str, ...]) -> int | None:
    """The token after ``words[1:]`` when they follow token ``i``; hyphens and apostrophes are skipped."""
    j, count = i + 1, len(tokens)
    for word in words[1:]:
        # Hyphens and apostrophes stand inside phrases, full stops after single letters ("U.S. forces").
        while j < count and not tokens[j].key:
            surface = tokens[j].surface
            if surface not in _SKIP and (surface != "." or len(tokens[j - 1].key) != 1):
                return None
            j += 1
        if j >= count or tokens[j].key != word:
            return None
        j += 1
    return j


def _start(token: Token, cut: int) -> int:
    if not cut:
        return token.start
    offsets = fold(token.surface)[1]
    return token.start + (offsets[cut] if cut < len(offsets) else 0)


def grid(tokens: Sequence[Token], lex: Lexicon) -> list[list[Atom]]:
    """For each token the atoms that begin there; a reading with a clitic cut only if none is whole."""
    rows: list[list[Atom]] = [[] for _ in tokens]
    begun = list(map(lex.__getitem__, [t.key for t in tokens]))
    for i in [i for i, readings in enumerate(begun) if readings]:
        row, token = rows[i], tokens[i]
        seen: set[str] = set()
        # The second word of most phrases is not there: that is seen here, without a walk.
        ahead = next((t.key for t in islice(tokens, i + 1, None) if t.key), "")
        for cut, exact, stems, capital in begun[i]:
            whole: set[str] = set()
            begin = _start(token, cut) if cut else token.start
            for words, name, value in exact:
                if name in seen:
                    continue
                if len(words) > 1:
                    if words[1] != ahead or (j := _follow(tokens, i, words)) is None:
                        continue
                elif capital and not token.surface[:1].isupper():
                    continue
                else:
                    j = i + 1
                row.append(Atom(name, value, i, j, begin, tokens[j - 1].end))
                whole.add(name)
            for name, value in stems:
                if name not in seen and name not in whole:
                    row.append(Atom(name, value, i, i + 1, begin, token.end))
                    whole.add(name)
            seen |= whole
    return rows


def _begin(token: Token) -> int:
    return token.start


def numbers(text: str, tokens: Sequence[Token], language: str) -> list[Atom]:
    """The numbers of a text as NUM atoms; the value is "low|best|high", empty where unknown."""
    found = []
    for n in numbers_in(text, language):
        # A clitic before a number word is no token of its own: take the token that holds the start.
        first = bisect_right(tokens, n.start, key=_begin) - 1
        last = bisect_left(tokens, n.end, key=_begin)
        if first < 0 or last <= first:
            continue
        parts = [n.low, n.best, n.high]
        value = "|".join("" if p is None else f"{p:g}" if p < 1e6 else str(int(p)) for p in parts)
        found.append(Atom("NUM", value, first, last, n.start, n.end))
    return found


@dataclass(frozen=True, slots=True)
class Element:
    """One place in a template: the classes (or signs) it accepts."""

    names: tuple[str, ...]
    optional: bool


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template; ``opens`` and ``closes`` index the elements that the span begins and ends at.

    ``firsts`` are the classes and signs that it may begin with, ``needs`` those of each element that must be there.
    """

    elements: tuple[Element, ...]
    opens: int
    closes: int
    firsts: frozenset[str]
    needs: tuple[frozenset[str], ...]

    def possible(self, present: frozenset[str]) -> bool:
        """Whether a text with these classes and signs can hold it at all."""
        return not any(map(present.isdisjoint, self.needs))


def template(form: str) -> Template:
    """Parse a template (see the module)."""
    elements: list[Element] = []
    opens, closes = 0, -1
    for word in form.split():
        if word == "<":
            opens = len(elements)
        elif word == ">":
            closes = len(elements)
        else:
            optional = len(word) > 1 and word.endswith("?")
            bare = word[:-1] if optional else word
            elements.append(Element(tuple(bare.split("|")) if len(bare) > 1 else (bare,), optional))
    firsts: set[str] = set()
    for element in elements:
        firsts |= set(element.names)
        if not element.optional:
            break
    needs = tuple(frozenset(e.names) for e in elements if not e.optional)
    return Template(tuple(elements), opens, closes if closes >= 0 else len(elements), frozenset(firsts), needs)


def present(rows: Sequence[Sequence[Atom]], tokens: Sequence[Token]) -> frozenset[str]:
    """The classes and signs of a text, for ``Template.possible``."""
    return frozenset({a.name for row in rows for a in row} | {t.surface for t in tokens if not t.key})


@dataclass(frozen=True, slots=True)
class Match:
    """Where a template matched: tokens and offsets of its span, and its atoms in order."""

    first: int
    last: int
    start: int
    end: int
    atoms: tuple[Atom, ...]


def match(form: Template, rows: Sequence[Sequence[Atom]], tokens: Sequence[Token], i: int) -> Match | None:
    """The longest match of a template at token ``i``."""
    best: Match | None = None
    for last, atoms in _walk(form.elements, 0, rows, tokens, i):
        while atoms and not atoms[-1][1].name:  # a sign that only leads to what may follow
            last, atoms = atoms[-1][1].first, atoms[:-1]
        inside = [a for n, a in atoms if form.opens <= n < form.closes]
        if not inside:
            continue
        found = Match(i, last, inside[0].start, inside[-1].end, tuple(a for _, a in atoms))
        if best is None or last > best.last:
            best = found
    return best


def _walk(
    elements: tuple[Element, ...], n: int, rows: Sequence[Sequence[Atom]], tokens: Sequence[Token], i: int
) -> Iterator[tuple[int, tuple[tuple[int, Atom], ...]]]:
    if n == len(elements):
        yield i, ()
        return
    element = elements[n]
    if i < len(tokens):
        for atom in rows[i]:
            if atom.name in element.names:
                for last, rest in _walk(elements, n + 1, rows, tokens, atom.last):
                    yield last, ((n, atom), *rest)
        token = tokens[i]
        if not token.key and token.surface in element.names:
            sign = Atom("", token.surface, i, i + 1, token.start, token.end)
            for last, rest in _walk(elements, n + 1, rows, tokens, i + 1):
                yield last, ((n, sign), *rest)
    if element.optional:
        yield from _walk(elements, n + 1, rows, tokens, i)

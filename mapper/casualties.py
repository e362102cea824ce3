"""How many: killed, injured, abducted, displaced, strikes, vehicles … as a sentence counts them.

Frames are data (casualties.toml): a number (or a noun that carries one, such as the Arabic dual) belongs to the
nearest fitting word of harm. Parts of a total ("including three children") are left out; ages, units and
distances are never people. Silence is no Count; "no casualties" is a Count of 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from mapper.language import section
from mapper.model import Count
from mapper.numbers import NumberSpan, numbers_in
from mapper.text import Token, normalise, tokenise

# How many tokens may stand between a number and the word that it belongs to.
REACH = 9


@dataclass(frozen=True, slots=True)
class _Words:
    harm: dict[str, str]
    plural: dict[str, str]
    things: dict[str, str]
    people: frozenset[str]
    one: frozenset[str]
    two: frozenset[str]
    including: frozenset[str]
    none: tuple[tuple[str, ...], ...]
    spoil_before: frozenset[str]
    spoil_after: frozenset[str]
    stop: frozenset[str]
    clitics: tuple[str, ...]


@cache
def _words(language: str) -> _Words:
    data = section(language, "casualties")

    def table(name: str) -> dict[str, str]:
        return {normalise(w): what for what, words in data.get(name, {}).items() for w in words}

    def keys(name: str) -> frozenset[str]:
        return frozenset(normalise(w) for w in data.get(name, []))

    none = tuple(tuple(normalise(p).split()) for p in data.get("none", []))
    return _Words(
        table("harm"), table("nouns"), table("things"), keys("people"), keys("one"), keys("two"), keys("including"), none,
        keys("spoil_before"), keys("spoil_after"), keys("stop"), tuple(data.get("clitics", [])),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Number:
    first: int
    last: int
    span: NumberSpan


def counts(text: str, language: str) -> list[Count]:
    """The counts of a sentence or clause, in order; spans index into ``text``."""
    w = _words(language)
    tokens = tokenise(text)
    keys = [_bare(t.key, w) for t in tokens]
    found: list[tuple[Count, NumberSpan | None]] = [(c, None) for c in _none(text, tokens, keys, w)]
    taken: set[int] = set()
    for number in _numbers(text, language, tokens, keys, w):
        if _spoilt(number, keys, w):
            continue
        part = _is_part(number, keys, w)
        what, at = _what(number, keys, w, text, tokens)
        if what is None or part or (at in taken and what not in ("killed", "injured")):
            continue
        taken.add(at)
        n = number.span
        start, end = min(n.start, tokens[at].start), max(n.end, tokens[at].end)
        best = None if n.best is None else int(n.best)
        high = None if n.high is None else int(n.high)
        found.append((Count(what, int(n.low), best, high, start, end, text[start:end]), n))
    return _joined(found, text, language)


def _bare(key: str, w: _Words) -> str:
    known = (w.harm, w.plural, w.things, w.people, w.one, w.two, w.including)
    if any(key in table for table in known):
        return key
    for clitic in w.clitics:
        rest = key.removeprefix(clitic)
        if rest != key and any(rest in table for table in known):
            return rest
    return key


def _numbers(text: str, language: str, tokens: list[Token], keys: list[str], w: _Words) -> list[_Number]:
    """Numbers, and nouns that carry one: "a policeman", "قتيلان"."""
    out = []
    covered: set[int] = set()
    for span in numbers_in(text, language):
        inside = [i for i, t in enumerate(tokens) if t.start < span.end and t.end > span.start]
        if inside:
            out.append(_Number(inside[0], inside[-1], span))
            covered.update(inside)
    for i, key in enumerate(keys):
        if i in covered:
            continue
        value = 2.0 if key in w.two else 1.0 if key in w.one and not _counted(i, covered) else 0.0
        if value:
            t = tokens[i]
            out.append(_Number(i, i, NumberSpan(t.start, t.end, value, value, value, False, t.surface)))
    return sorted(out, key=lambda n: n.first)


def _counted(i: int, covered: set[int]) -> bool:
    """A noun behind a number is counted by it."""
    return i - 1 in covered or i - 2 in covered


def _spoilt(n: _Number, keys: list[str], w: _Words) -> bool:
    """A number of years, kilometres, a unit's name …"""
    before = keys[n.first - 1] if n.first else ""
    after = keys[n.last + 1] if n.last + 1 < len(keys) else ""
    return before in w.spoil_before or after in w.spoil_after or (n.span.low >= 1900 and n.span.low <= 2100 and after not in w.people)


def _is_part(n: _Number, keys: list[str], w: _Words) -> bool:
    """Whether "including" stands before the number in its own clause."""
    for key in reversed(keys[max(0, n.first - 5) : n.first]):
        if key in w.including:
            return True
        if key == "" or key in w.harm:
            return False
    return False


def _what(n: _Number, keys: list[str], w: _Words, text: str, tokens: list[Token]) -> tuple[str | None, int]:
    """What the number counts, and the token that says so."""
    for i in range(n.first, min(len(keys), n.last + 4)):
        if keys[i] in w.things and (i > n.last or n.first == n.last == i):
            return w.things[keys[i]], i
        if i > n.last and not keys[i]:
            break
    own = keys[n.first] if n.first == n.last else ""
    if own in w.plural:
        return w.plural[own], n.first
    for i in range(n.last + 1, min(len(keys), n.last + 3)):
        if keys[i] in w.plural:
            return w.plural[keys[i]], i
    person = any(keys[i] in w.people for i in range(n.first, min(len(keys), n.last + 5)))
    bare = not any(keys[i] and keys[i] not in w.harm and keys[i] not in w.stop for i in range(n.last + 1, min(len(keys), n.last + 2)))
    if not (person or bare or n.last + 1 >= len(keys)):
        after = keys[n.last + 1 : n.last + 3]
        if not any(k in w.harm for k in after) and not any(k in w.harm for k in keys[max(0, n.first - 2) : n.first]):
            return None, -1
    best: tuple[int, str, int] | None = None
    for distance in range(1, REACH + 1):
        for i in (n.first - distance, n.last + distance):
            if 0 <= i < len(keys) and keys[i] in w.harm:
                between = keys[i + 1 : n.first] if i < n.first else keys[n.last + 1 : i]
                cost = distance + 3 * sum(1 for k in between if k in w.stop) + (0 if i < n.first else 1)
                if _cut(text, tokens, i, n):
                    cost += 6
                if best is None or cost < best[0]:
                    best = (cost, w.harm[keys[i]], i)
    if best is None or best[0] > REACH + 4:
        return None, -1
    return best[1], best[2]


def _cut(text: str, tokens: list[Token], i: int, n: _Number) -> bool:
    """Whether a sign that ends a clause stands between a word and a number."""
    a, b = (tokens[i].end, n.span.start) if i < n.first else (n.span.end, tokens[i].start)
    return any(c in text[a:b] for c in ".;:؛!?؟")


def _none(text: str, tokens: list[Token], keys: list[str], w: _Words) -> list[Count]:
    """"No casualties", "دون وقوع إصابات": zero, told."""
    out = []
    for phrase in w.none:
        n = len(phrase)
        for i in range(len(keys) - n + 1):
            if tuple(t.key for t in tokens[i : i + n]) == phrase:
                span = (tokens[i].start, tokens[i + n - 1].end)
                out.append(Count("killed", 0, 0, 0, *span, text[slice(*span)]))
    return out[:1]


def _joined(found: list[tuple[Count, NumberSpan | None]], text: str, language: str) -> list[Count]:
    """Groups joined in one clause are added: "two soldiers and three civilians were killed" is five."""
    joins = frozenset(normalise(j) for j in section(language, "casualties").get("joins", []))
    out: list[Count] = []
    previous: NumberSpan | None = None
    for count, number in found:
        last = out[-1] if out else None
        added = None
        if last is not None and last.what == count.what and count.what in ("killed", "injured") and number and previous:
            between = normalise(text[previous.end : number.start])
            if len(between) < 32 and joins.intersection(between.split()) and last.best is not None and count.best is not None:
                low, best, high = last.low + count.low, last.best + count.best, _sum(last.high, count.high)
                start, end = min(last.start, count.start), max(last.end, count.end)
                added = replace(last, low=low, best=best, high=high, start=start, end=end, text=text[start:end])
        if added is not None:
            out[-1] = added
        else:
            out.append(count)
        previous = number
    return sorted(out, key=lambda c: c.start)


def _sum(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a + b


def total(found: Sequence[Count], what: str) -> tuple[int, int | None, int | None] | None:
    """(low, best, high) of what a text counts as ``what``: the widest of its tolls, never their sum."""
    chosen = [c for c in found if c.what == what]
    if not chosen:
        return None
    top = max(chosen, key=lambda c: c.best if c.best is not None else c.low)
    return min(c.low for c in chosen if c.best == top.best), top.best, top.high

"""Words and signs of a text for whatever is matched word by word, and a language's number words as data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from mapper.language import section
from mapper.text import Token, keys_of, normalise, tokens_of, word_key

# Unlike names, numbers and the words around them split at apostrophes: "d'une" is two words.
_WORD = re.compile(
    r"([^\W\d_]+(?:[\u0300-\u036f\u064b-\u0652\u0670]+[^\W\d_]*)*|\d+|[^\w\s\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]|_)"
)
DASH = "-–—‑−"


def words(text: str) -> list[Token]:
    """The words, digit runs and single signs of ``text`` with offsets; elisions are split.

    >>> [t.surface for t in words("à l'est")]
    ['à', 'l', "'", 'est']
    """
    return list(_words_of(text))


@lru_cache(maxsize=256)
def _words_of(text: str) -> tuple[Token, ...]:
    return tuple(tokens_of(_WORD, text))


@dataclass(frozen=True, slots=True)
class NumberWords:
    """One language's number words, keyed by tuples of normalised words; ``quiet`` are words met that open none."""

    small: dict[tuple[str, ...], float]
    scale: dict[tuple[str, ...], float]
    vague: dict[tuple[str, ...], tuple[float, float]]
    about_value: dict[tuple[str, ...], float]
    articles: frozenset[str]
    joiners: frozenset[str]
    joined: str
    prefixes: tuple[str, ...]
    of: frozenset[str]
    units_first: bool
    group: str
    decimal: str
    ordinal: frozenset[str]
    before: tuple[tuple[tuple[str, ...], str], ...]
    after: tuple[tuple[tuple[str, ...], str], ...]
    # The words that can stand right before a number, the last of ``before`` or a prefix; and the first of ``after``.
    leads: frozenset[str]
    follows: frozenset[str]
    range_open: frozenset[tuple[str, ...]]
    range_mid: frozenset[str]
    longest: int
    firsts: frozenset[str]
    quiet: set[str]


def key(phrase: str) -> tuple[str, ...]:
    """The words of ``phrase``, normalised, as a tuple: the form in which phrases are matched."""
    if phrase.isalpha():  # one word, as most are
        own = word_key(phrase)
        return (own,) if own else ()
    return tuple(filter(None, keys_of(_WORD, phrase)))


@cache
def number_words(language: str) -> NumberWords:
    data = section(language, "numbers")
    small = {key(w): float(v) for v, ws in data.get("small", {}).items() for w in ws}
    scale = {key(w): float(v) for v, ws in data.get("scale", {}).items() for w in ws}
    vague = {key(w): (float(r["low"]), float(r["high"])) for r in data.get("vague", []) for w in r["words"]}
    about = {key(w): float(v) for v, ws in data.get("about_value", {}).items() for w in ws}

    def modifiers(name: str) -> tuple[tuple[tuple[str, ...], str], ...]:
        pairs = [(key(w), kind) for kind, ws in data.get(name, {}).items() for w in ws]
        return tuple(sorted(pairs, key=lambda p: -len(p[0])))

    tables = (small, scale, vague, about)
    prefixes = tuple(sorted(map(normalise, data.get("prefixes", [])), key=len, reverse=True))
    joined = normalise(data.get("joined", ""))
    before, after = modifiers("before"), modifiers("after")
    alone = {phrase[0] for phrase, _ in before if len(phrase) == 1}
    written = {p + word for p in (joined, *prefixes) if p for word in alone}
    return NumberWords(
        small,
        scale,
        vague,
        about,
        frozenset(map(normalise, data.get("articles", []))),
        frozenset(map(normalise, data.get("joiners", []))),
        joined,
        prefixes,
        frozenset(map(normalise, data.get("of", []))),
        bool(data.get("units_first", False)),
        data.get("group", ","),
        data.get("decimal", "."),
        frozenset(map(normalise, data.get("ordinal_endings", []))),
        before,
        after,
        frozenset({phrase[-1] for phrase, _ in before} | written | set(prefixes)),
        frozenset(phrase[0] for phrase, _ in after),
        frozenset(key(w) for w in data.get("range_open", [])),
        frozenset(map(normalise, data.get("range_mid", []))),
        max((len(k) for table in tables for k in table), default=1),
        frozenset(k[0] for table in tables for k in table if k),
        set(),
    )

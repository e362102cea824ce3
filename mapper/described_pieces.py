"""The pieces of a described locality: its head, and what holds it, each with its core and kind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from mapper.text import normalise
from mapper.words import Words, all_words

_SIGNS = re.compile(r"\s*[,،;؛()\[\]{}–—:|]\s*|\s+-\s+")
# "cercle d'Ansongo": the elided word is none of the name's, unless the gazetteer has it so ("Côte d'Ivoire").
_ELIDED = re.compile(r"(?<=\s)([dl])['’](?=\w)", re.IGNORECASE)
_SLASH = re.compile(r"\s*[/\\]\s*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a description that may be a name: normalised, with its core and the kind its words tell."""

    key: str
    core: str
    kind: str | None
    forms: tuple[str, ...]


def piece_of(text: str, words: Words, holder: bool = False) -> Piece:
    """A piece; that of a holder may begin with the word that says so ("in the district of Y")."""
    key = normalise(text)
    rest = normalise(_ELIDED.sub(r"\1 ", text))
    if holder:
        rest = words.without_separator(rest)
    forms = dict.fromkeys([key, *words.shorter(key), *([rest, *words.shorter(rest)] if rest != key else [])])
    return Piece(key, words.core(rest), words.kind(rest), tuple(forms))


@lru_cache(maxsize=20_000)
def pieces(text: str) -> tuple[tuple[Piece, ...], ...]:
    """The pieces of a description, the head first; each is a group of alternatives ("X / Y", "X and Y").

    >>> [[p.core for p in group] for group in pieces("village of Sarmin (Idlib province)")]
    [['sarmin'], ['idlib']]
    """
    words = all_words()
    groups: list[tuple[Piece, ...]] = []
    for part in _SIGNS.split(text):
        for named in _parted(part, words.separators, words):
            for one in _kinds_parted(named, words):
                sides = [k for side in _SLASH.split(one) for k in _parted(side, words.alternatives, words)]
                found = tuple(piece_of(s, words, bool(groups)) for s in sides if normalise(s))
                if found:
                    groups.append(found)
    # "Jabal X, village of Y": what is called a settlement is the head, what bears no kind holds it.
    heads = [g for g in groups if g[0].kind == "P"]
    bare = bool(groups) and groups[0][0].kind not in ("P", "S", "L") and not words.is_quarter(groups[0][0].key)
    if bare and heads and groups[0] is not heads[0]:
        groups.remove(heads[0])
        groups.insert(0, heads[0])
    return tuple(groups)


def _parted(text: str, at: frozenset[str], words: Words) -> list[str]:
    """``text`` parted at words such as "in"; one at the beginning, or in "village of X", parts nothing."""
    parts, current = [], list[str]()
    for word in text.split():
        if normalise(word) in at and any(normalise(w) not in words.before for w in current):
            parts.append(" ".join(current))
            current = []
        else:
            current.append(word)
    return [*parts, " ".join(current)] if current else parts


def _kinds_parted(text: str, words: Words) -> list[str]:
    """Parted before a word that stands before names and behind one that stands behind them."""
    listed = text.split()
    keys = [normalise(w) for w in listed]
    cuts = {0, len(listed)}
    for i in range(1, len(listed)):
        if keys[i] in words.before and keys[i] not in words.after and keys[i - 1] not in words.before:
            cuts.add(i)
        if i > 1 and keys[i - 1] in words.after and keys[i] not in words.after and keys[i - 1] not in words.before:
            cuts.add(i)
    order = sorted(cuts)
    return [" ".join(listed[a:b]) for a, b in pairwise(order) if a < b]

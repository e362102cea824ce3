"""Borders by nationality: "the Turkish border", "the Syrian-Turkish border", "à la frontière tchadienne".

A word for a border and the nationalities beside it make one place, a strip along that border. Which side is
meant, and where, the other country tells: the second nationality, or the country that the text is about.
"""

from __future__ import annotations

from mapper.grammar_found import Found, distance_of
from mapper.model import Relative
from mapper.relative_lexicon import DASH
from mapper.relative_words import Tagged

_LINKS = frozenset({"link", "open", "type", "near", "outskirts"})
_MOST_NATIONS = 2


def borders(tagged: Tagged) -> list[Found]:
    """The borders of a tagged text that nationalities name."""
    lex = tagged.lex
    if lex.border_words.isdisjoint([t.key for t in tagged.tokens]):
        return []
    found = []
    for i, token in enumerate(tagged.tokens):
        if token.key not in lex.border_words:
            continue
        following = tagged.tokens[i + 1].key if i + 1 < len(tagged.tokens) else ""
        if (following,) in lex.sets["not_after_border"]:  # "the Turkish border guards"
            continue
        step = -1 if lex.data.get("nation_before_type") else 1
        nations = _nations(tagged, i, step)
        if nations:
            found.append(_border(tagged, i, sorted(nations)))
    return found


def _nations(tagged: Tagged, border: int, step: int) -> list[int]:
    """Numbers of the tokens beside a border, a dash or "and" between them, that are nationalities."""
    lex, nations, j = tagged.lex, list[int](), border + step
    while 0 <= j < len(tagged.tokens) and len(nations) < _MOST_NATIONS:
        token = tagged.tokens[j]
        if token.key in lex.nations:
            nations.append(j)
        elif not nations or (token.surface not in DASH + "ـ" and (token.key,) not in lex.sets["joiners"]):
            break
        j += step
    return nations


def _border(tagged: Tagged, border: int, nations: list[int]) -> Found:
    tokens = tagged.tokens
    anchors = tuple((tokens[n].start, tokens[n].end, tokens[n].surface) for n in nations)
    first, last = min(border, nations[0]), max(border, nations[-1])
    begin, metres, said = first, None, None
    j = first - 1
    while j >= 0 and (item := tagged.at.get(j)) is not None:
        if "dist" in item.kinds:
            begin, metres = item.first, distance_of(item)
            said = tagged.text[tokens[item.first].start : tokens[item.last].end]
            break
        if not item.kinds & _LINKS:
            break
        if item.kinds & {"near", "outskirts"}:
            begin = item.first
        j = item.first - 1
    rule = f"{tagged.language}.border"
    return Found(tokens[begin].start, tokens[last].end, Relative("border", anchors, metres, said, rule=rule))

"""Names that nobody lists but that the text places: "the village of X, 12 km west of Y", "X in the district of Z".

Such a name takes the region of what the text measures it from, or the neighbourhood of what holds it, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mapper.containment import stated_unit
from mapper.locations import doubted, vicinity_of
from mapper.model import Location, PrecisionClass, Resolved
from mapper.text import normalise
from mapper.words import words_of

# How far behind a name its place may be told, in characters, and what ends the thought.
_GAP = 40
_ENDS = re.compile(r"[.!?;؛؟\n]")
_SIGNS = re.compile(r"[,،()\[\]–—-]")
_HOLDER_RADIUS_M = 28_000.0
_MEASURED, _HELD = 0.9, 0.6


def placed(found: Sequence[Resolved], text: str) -> list[Resolved]:
    """The mentions of a report, its unknown places put where the text says that they lie.

    Args:
        found: What came of the mentions, in their order.
        text: The report that their spans index.
    """
    out = list(found)
    told: dict[str, Location] = {}
    # From the end: what holds a place may itself be told by what follows ("X, commune de Y, cercle de Z").
    for i in range(len(out) - 1, -1, -1):
        if _is_open(out[i]) and (where := _told(i, out, text)) is not None:
            out[i] = Resolved(out[i].mention, where)
            told[normalise(out[i].mention.surface)] = where
    for i, one in enumerate(out if told else ()):
        if _is_open(one) and (same := told.get(normalise(one.mention.surface))) is not None:
            out[i] = Resolved(one.mention, replace(same, place_in_report=one.mention.surface))
    return out


def _is_open(one: Resolved) -> bool:
    return one.location is None and one.mention.kind == "name" and one.mention.role == "place"


def _told(i: int, found: Sequence[Resolved], text: str) -> Location | None:
    """Where the words behind a name say that it lies; None when they say nothing."""
    name = found[i].mention
    words = words_of(name.language)
    later = [r for r in found if r.mention.start >= name.end]
    other = min(later, key=lambda r: (r.mention.start, r.mention.kind != "relative"), default=None)
    if other is None or other.location is None or other.mention.start - name.end > _GAP:
        return None
    gap = text[name.end : other.mention.start]
    if _ENDS.search(gap):
        return None
    between = normalise(_SIGNS.sub(" ", gap))
    why = f"{name.surface!r} is not in the gazetteer"
    if other.mention.kind == "relative":
        if not words.tells_nothing(between):
            return None
        where = doubted(other.location, _MEASURED, f"{why}; the text itself says where it lies")
        return replace(where, place_in_report=name.surface, name=name.surface, place_id=None)
    unit = (other.location.feature_code or "").startswith("ADM")
    if not words.tells_holder(between) and not stated_unit(text, name, other.mention, name.language):
        return None
    if other.location.precision is PrecisionClass.COUNTRY:
        return None
    if unit:
        where = doubted(other.location, _HELD, f"{why}; this is the unit that the text says it lies in")
    elif other.location.precision is PrecisionClass.EXACT:
        where = vicinity_of(other.location, _HOLDER_RADIUS_M, why, _HELD)
    else:
        return None
    return replace(where, place_in_report=name.surface)

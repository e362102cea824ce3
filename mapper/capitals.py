"""Capitals that a report names by their nation alone: "the Sudanese capital", "la capitale soudanaise".

The forms are ``capitals`` in ``languages/<code>/where.toml``, with ``{nation}`` for the nation's adjective.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from mapper import language
from mapper.gazetteer import Gazetteer
from mapper.locations import of_place
from mapper.model import Candidate, Mention, Resolved

KIND = "described"  # of a mention that is no name
_NATION = "{nation}"
_SURE = 0.8


@cache
def _forms(code: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The word of each form that must stand in a text, and the pattern of the whole."""
    forms = language.section(code, "where").get("capitals", [])
    return tuple(
        (
            form.replace(_NATION, "").strip(),
            re.compile(r"(?<!\w)" + re.escape(form).replace(re.escape(_NATION), r"([^\W\d]+)") + r"(?!\w)"),
        )
        for form in forms
    )


def of_nations(text: str, found: Sequence[Resolved], gazetteer: Gazetteer, code: str) -> list[Resolved]:
    """The capitals told by their nation in a report, but those that it also names: the name says it better.

    Args:
        text: The report's text.
        found: What its mentions are.
        gazetteer: Tells the capital of a country.
        code: The report's language.
    """
    named = {r.location.place_id for r in found if r.location is not None}
    told = []
    for word, pattern in _forms(code):
        if word not in text:
            continue
        for match in pattern.finditer(text):
            nation = gazetteer.demonym(match.group(1))
            place = gazetteer.capital(nation) if nation is not None else None
            if place is None or place.id in named:
                continue
            surface = match.group()
            mention = Mention(*match.span(), surface, KIND, code, _SURE, "the capital of the nation")
            candidate = Candidate(place, _SURE, (f"{surface!r} is the capital of {place.country}",))
            told.append(Resolved(mention, of_place(surface, [candidate], gazetteer, code)))
    return told

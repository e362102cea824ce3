"""Capitals that a report tells by their nation alone: "the Sudanese capital", "la capitale soudanaise".

The forms are ``capitals`` in ``languages/<code>/where.toml``, with ``{nation}`` for the nation's adjective.
"""

from __future__ import annotations

import re
from functools import cache

from mapper import language
from mapper.model import Mention
from mapper.relative_lexicon import nation

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


def find(text: str, code: str) -> list[Mention]:
    """The capitals that ``text`` tells by their nation, as mentions of the kind ``described``.

    >>> [m.surface for m in find("Shells fell on the Sudanese capital. Foreign capital left.", "en")]
    ['Sudanese capital']
    """
    return [
        Mention(*match.span(), match[0], "described", code, _SURE, "the capital of a nation")
        for word, pattern in _forms(code)
        if word in text
        for match in pattern.finditer(text)
        if nation(match[1], code) is not None
    ]

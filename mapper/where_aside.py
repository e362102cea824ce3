"""What the words around a place tell of it: it is no scene, but a home, a destination, a speaker's or a shot's origin.

The words are ``languages/<code>/where.toml``.
"""

from __future__ import annotations

import re
from functools import cache

from mapper import language

_SOURCE = 90  # characters before a place in which the naming of a source may begin
_BEFORE = 48  # characters before a place in which a word may make it a home or a destination


@cache
def _asides(code: str) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    """What, before a place and after it, tells that it is no scene."""
    data = language.section(code, "where")
    before, after = data.get("aside", []), data.get("aside_after", [])
    unless = "|".join(map(re.escape, data.get("aside_unless", [])))
    still = rf"(?!\W+(?:{unless})(?!\w))" if unless else ""  # "five of one family in X"
    on = language.written_on(code)
    first = rf"(?<![^\W\d]){on}(?:" + "|".join(map(re.escape, before)) + rf"){still}" + r"\W+(?:\w+\W+){0,2}$"
    # A name with an age in brackets is a person's.
    then = r"(?:['’]s)?(?:\s+(?:" + "|".join(map(re.escape, after)) + r")(?!\w)|\s*\(\d{1,2}(?:\s*\)|\s+[^\W\d]{3,} ))"
    return (
        re.compile(first, re.IGNORECASE) if before else None,
        re.compile(then, re.IGNORECASE) if after else None,
    )


@cache
def _speech(code: str) -> tuple[re.Pattern[str], re.Pattern[str]] | None:
    """A verb of telling with nothing of what is told behind it; and the word that what is told begins with."""
    words = language.section(code, "time").get("words", {})
    verbs, that = ("|".join(re.escape(w) for w in words.get(k, []) if "*" not in w) for k in ("reporting", "that"))
    if not verbs or not that:
        return None
    close = rf"(?<!\w)(?:{that})(?!\w)"
    return (
        re.compile(
            rf"(?<!\w){language.written_on(code)}(?:{verbs})(?!\w)(?:(?!{close})[^.\n]){{0,80}}$", re.IGNORECASE
        ),
        re.compile(rf"[^.\n]{{0,60}}?{close}", re.IGNORECASE),
    )


def _of_speaker(text: str, start: int, end: int, code: str) -> bool:
    """Whether a place stands between who tells and what is told: "a reporter in Idlib said that"."""
    speech = _speech(code)
    if speech is None or not speech[1].match(text[end : end + 80]):
        return False
    return bool(speech[0].search(text[max(0, start - 120) : start]))


@cache
def _source(code: str) -> re.Pattern[str] | None:
    """Words that open the naming of a source, up to a place in it: "according to a statement of the command in X"."""
    words = language.section(code, "where").get("according", [])
    joined = "|".join(map(re.escape, words))
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)[^.,،;؛:()\n]*$", re.IGNORECASE) if words else None


@cache
def _aims(code: str) -> re.Pattern[str] | None:
    words = language.section(code, "where").get("towards", [])
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, words)) + r")\s*$", re.IGNORECASE) if words else None


@cache
def _origins(code: str) -> tuple[re.Pattern[str], re.Pattern[str]] | None:
    """What, before a place and behind it, tells that something was fired from it at another."""
    data = language.section(code, "where")
    out, at, near_by = (
        "|".join(map(re.escape, words))
        for words in (data.get("from", []), data.get("at", []), data.get("not_from", []))
    )
    if not out or not at:
        return None
    before = (
        rf"(?P<other>(?<!\w)(?:{near_by})\W+)?(?<!\w)(?:{out})\W+(?:\w+\W+)?$" if near_by else rf"(?<!\w)(?:{out})\W+$"
    )
    return re.compile(before, re.IGNORECASE), re.compile(rf"\W+(?:{at})(?!\w)", re.IGNORECASE)


def _origin(text: str, begin: int, start: int, end: int, code: str) -> bool:
    """Whether a place is where a shot came from: "a rocket from X at Y"."""
    patterns = _origins(code)
    if patterns is None or not patterns[1].match(text, end):
        return False
    found = patterns[0].search(text[begin:start])
    return found is not None and not found.groupdict().get("other")


def towards(text: str, start: int, code: str) -> bool:
    """Whether a place is only what something was aimed at: "rockets towards X"."""
    aims = _aims(code)
    return aims is not None and aims.search(text[max(0, start - _BEFORE) : start]) is not None


def aside_at(text: str, start: int, end: int, code: str) -> bool:
    """Whether the words around a place make it a home, a destination or a person's name, or a colon a label."""
    source = _source(code)
    if _of_speaker(text, start, end, code) or (source and source.search(text, max(0, start - _SOURCE), start)):
        return True
    before, after = _asides(code)
    begin = max(text.rfind(sign, 0, start) for sign in ".\n") + 1
    if before and before.search(text[max(begin, start - _BEFORE) : start]):
        return True
    if after and after.match(text[end : end + _BEFORE]):
        return True
    if _origin(text, max(begin, start - _BEFORE), start, end, code):
        return True
    return labels(text, start, end)


def labels(text: str, start: int, end: int) -> bool:
    """Whether a place opens its line and a colon follows it: "Aleppo: three killed"."""
    begin = max(text.rfind(sign, 0, start) for sign in ".\n") + 1
    return text[end : end + 2].lstrip().startswith(":") and not text[begin:start].strip()


def here(text: str, code: str) -> bool:
    """Whether a sentence says that it happened where it was written: "two men were shot in Talon-Talon here"."""
    words = language.wording(code, "where", "here")
    return words is not None and words.search(text) is not None


def there(text: str, code: str) -> bool:
    """Whether a sentence points to a place that it named: "buried in Sweida, a day after bombers struck there"."""
    words = language.wording(code, "where", "there")
    return words is not None and words.search(text) is not None

"""Rolls of the dead: names that stand one a line below a line that says whose they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from mapper import patterns
from mapper.casualties_words import RELATED, has
from mapper.language import section
from mapper.model import Count
from mapper.numbers import words
from mapper.patterns import Atom, Lexicon
from mapper.text import Token

# What stands before a name of a list ("3-", "•", "-"); where a line has none, its first word must be a name's.
_MARK = re.compile(r"\s*(?:[-–—•●▪*·]+|[(]?\d{1,3}\s*[-–—.):/]+)\s*")
_LONGEST, _MOST = 90, 120  # characters of a line, lines of a roll
_WORDS = range(2, 11)  # of a line that is a name, with age, kin and calling
_NAMED = ("given", "alone", "titled", *RELATED)


@cache
def _lexicon(language: str) -> Lexicon:
    data = section(language, "casualties")
    entries = [(w, name, "") for name in ("roll", "unrolled") for w in data.get("words", {}).get(name, [])]
    entries += [
        (w, name, "") for name in _NAMED for part in ("people", "words") for w in data.get(part, {}).get(name, [])
    ]
    entries += [(w, "given", "") for name in ("persons", "places") for w in section(language, name).get("given", [])]
    entries += [(w, "FRAME", "") for row in data.get("frames", []) for w in row["words"]]
    return patterns.lexicon(entries, data.get("prefixes", {}))


def roll(text: str, start: int, end: int, language: str) -> list[Count]:
    """The dead named one a line below the line ``text[start:end]``, as a count; its offsets index into that line.

    Empty where the line does not end in a colon or does not say that the dead are listed, or where fewer than two are.

    >>> roll("The victims of the raid:\\n- Rami Nassar\\n- Huda Nassar", 0, 24, "en")[0].best
    2
    """
    line = text[start:end].rstrip()
    if not line.endswith((":", "：")) and not text[end : end + 2].lstrip(" ").startswith(":"):
        return []
    rows = patterns.grid(words(line), _lexicon(language))
    led = next((a for row in rows for a in row if a.name == "roll"), None)
    if led is None or any(has(row, "unrolled") for row in rows):
        return []
    count = _names(text[text.find("\n", end) :] if "\n" in text[end:] else "", language)
    return [Count("killed", count, count, count, led.start, led.start, "")] if count > 1 else []


def _names(below: str, language: str) -> int:
    """How many lines from the first on are names."""
    count = 0
    capitals = bool(section(language, "places").get("capitals", True))
    for line in below.lstrip(" :\n").split("\n", _MOST)[:_MOST]:
        mark = _MARK.match(line)
        bare = line[mark.end() if mark else 0 :].strip()
        if not bare:
            continue
        tokens = words(bare[: _LONGEST + 1])
        if len(bare) > _LONGEST or not _is_name(
            tokens, patterns.grid(tokens, _lexicon(language)), bool(mark), capitals
        ):
            break
        count += 1
    return count


def _is_name(tokens: Sequence[Token], rows: Sequence[Sequence[Atom]], marked: bool, capitals: bool) -> bool:
    spelt = [t for t in tokens if t.key and not t.key.isdecimal()]
    if len(spelt) not in _WORDS or any(has(row, "FRAME") for row in rows):
        return False
    if capitals and sum(t.surface[:1].isupper() for t in spelt) * 2 < len(spelt):
        return False
    return marked or has(rows[0], *_NAMED)

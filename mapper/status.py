"""Whether a clause says that something happened: ``languages/<code>/status.toml``.

Planned, denied, claimed, background, and what did not happen at all ("if", "threatened to").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from mapper import language
from mapper.text import normalise
from mapper.triggers import fits, spaced, tokens, variants


@dataclass(frozen=True, slots=True)
class Cue:
    """A status cue: ``kind`` is denied, planned, claimed, history, unreal, negated, undone (a plan
    given up) or unheld (it did not take place);
    offsets. A ``neutral`` phrase ("denied involvement") takes away the cues inside it."""

    kind: str
    start: int
    end: int


@cache
def _cues(code: str) -> dict[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    data = language.section(code, "status")
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for kind in ("denied", "planned", "claimed", "history", "unreal", "negated", "undone", "unheld", "neutral"):
        for phrase in data.get(kind, []):
            words = tuple(normalise(spaced(phrase.rstrip("*"))).split())
            if not words:
                continue
            if phrase.endswith("*"):
                words = (*words[:-1], words[-1] + "*")
            found.setdefault(words[0].rstrip("*")[:2], []).append((kind, words))
    return {k: tuple(v) for k, v in found.items()}


@lru_cache(maxsize=100_000)
def _openers(key: str, code: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The cues that may begin with a word; most words begin none."""
    table, shapes = _cues(code), variants(key, code)
    rows = {row for shape in shapes for row in table.get(shape[:2], ())}
    return tuple(sorted(row for row in rows if fits(row[1][0], shapes)))


@lru_cache(maxsize=1024)
def cues(text: str, code: str) -> tuple[Cue, ...]:
    """The status cues of ``text``, in order."""
    words = tokens(text)
    shapes = [variants(t.key, code) for t in words]
    found = []
    for i, token in enumerate(words):
        for kind, phrase in _openers(token.key, code):
            after = i + len(phrase)
            if after <= len(words) and all(map(fits, phrase[1:], shapes[i + 1 : after])):
                found.append(Cue(kind, token.start, words[after - 1].end))
    masked = [c for c in found if c.kind == "neutral"]
    kept = [c for c in found if c.kind != "neutral" and not any(m.start <= c.start < m.end for m in masked)]
    return tuple(sorted(kept, key=lambda c: (c.start, c.kind)))


@cache
def _disputed(code: str) -> re.Pattern[str] | None:
    words = language.section(code, "status").get("disputed", [])
    joined = "|".join(map(re.escape, words))
    return re.compile(rf"(?:^|[,،;؛])\s*(?:{joined})(?!\w)", re.IGNORECASE) if words else None


def disputed(text: str, end: int, code: str) -> bool:
    """Whether what a sentence tells up to ``end`` is one side's word against another's: "a claim Kyiv denies"."""
    pattern = _disputed(code)
    return pattern is not None and pattern.search(text, end) is not None


def dropped(line: str, code: str) -> bool:
    """Whether a line only points to another story ("Read also: …")."""
    return normalise(line).startswith(_read_also(code))


@cache
def _read_also(code: str) -> tuple[str, ...]:
    return tuple(map(normalise, language.section(code, "status").get("read_also", [])))


def of(text: str, start: int, end: int, code: str) -> tuple[str, bool] | None:
    """Status and whether it is history, of a trigger at ``start``..``end`` of the clause ``text``.

    None when the clause says that it did not happen: negated, a condition, a threat, a rumour of
    what might come.
    """
    status, history, undone = "happened", False, False
    for cue in cues(text, code):
        before = cue.end <= start
        gap = text[cue.end : start].split() if before else []
        if cue.kind == "negated" and before and len(gap) <= 2:
            return None
        if cue.kind == "unreal" and before and len(gap) <= 6:
            return None
        if cue.kind == "denied" and (before or cue.start >= end):
            status = "denied"
        elif cue.kind == "planned" and status == "happened" and (len(gap) <= 9 or not before):
            # A plan is told before its verb; after it, only when nothing else lies between.
            if before or cue.start - end <= 25 or cue.start <= start < cue.end:
                status = "planned"
        elif cue.kind == "claimed" and status == "happened" and before:
            status = "claimed"
        elif cue.kind == "history":
            history = True
        elif cue.kind == "unheld" and cue.start >= end:
            return None
        elif cue.kind == "undone":
            undone = True
    return None if undone and status == "planned" else (status, history)

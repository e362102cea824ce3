"""A report as stories and sentences with clauses: where a trigger's reach ends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from mapper import language, status
from mapper.text import sentences

_HEADING_MAX = 120
_SIGNS = re.compile(r"[,،:;()–—]\s|\s[-–—]\s")
_ENDS = (".", "!", "?", "؟", "…", '"', "”", "»", ":")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: its span and text, its number and the story it is in, its clause borders.

    ``cuts`` are offsets into ``text``, with 0 first and the length last.
    """

    start: int
    end: int
    text: str
    number: int
    story: int
    story_start: int
    cuts: tuple[int, ...]

    def clause(self, at: int) -> tuple[int, int]:
        """The (start, end) in ``text`` of the clause that holds offset ``at``."""
        for low, high in zip(self.cuts, self.cuts[1:], strict=False):
            if low <= at < high:
                return low, high
        return self.cuts[0], self.cuts[-1]

    def parted(self, a: int, b: int) -> bool:
        """Whether a semicolon stands between two offsets: what is told on its two sides is told apart."""
        between = self.text[min(a, b) : max(a, b)]
        return ";" in between or "؛" in between


@cache
def _splitter(code: str) -> re.Pattern[str] | None:
    words = language.section(code, "status").get("split", [])
    return re.compile(r"\b(?:" + "|".join(map(re.escape, words)) + r")\b", re.IGNORECASE) if words else None


def _cuts(text: str, code: str) -> tuple[int, ...]:
    found = {0, len(text)} | {m.end() for m in _SIGNS.finditer(text)}
    splitter = _splitter(code)
    if splitter:
        found |= {m.start() for m in splitter.finditer(text)}
    return tuple(sorted(found))


def _is_heading(line: str) -> bool:
    return 0 < len(line) <= _HEADING_MAX and not line.endswith(_ENDS)


def sentences_of(text: str, code: str) -> list[Sentence]:
    """The sentences of a report; a heading line opens a new story, "read also" lines are left out."""
    found: list[Sentence] = []
    story, story_start, line_end = 0, 0, -1
    dropped_until = -1
    told = False  # whether the story has a sentence yet; headline, byline and date open one story
    for start, end in sentences(text):
        if start > line_end:
            line_end = text.find("\n", start)
            line_end = len(text) if line_end < 0 else line_end
            line = text[start:line_end].strip()
            if status.dropped(line, code):
                dropped_until = line_end
            elif not _is_heading(line):
                told = True
            elif told:
                story, story_start, told = story + 1, start, False
        if start < dropped_until or status.dropped(text[start:end], code):
            continue
        part = text[start:end]
        found.append(Sentence(start, end, part, len(found), story, story_start, _cuts(part, code)))
    return found

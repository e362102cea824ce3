"""What a recogniser says, and how it takes a tagger's seat."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from mapper.errors import SettingsError
from mapper.tagger import tagger_of
from mapper.text import Token, sentences

PLACE, PERSON, ORGANISATION = "place", "person", "organisation"
# Models that only label are believed this far; their silence, and another kind of name, speak against a place.
SURE = 0.99
_SILENT, _OTHER = 0.1, 0.02
_MOST_CHARACTERS = 1200


class Span(NamedTuple):
    """A name: offsets into the text, place, person or organisation, and how surely, 0..1."""

    start: int
    end: int
    kind: str
    score: float = SURE


class Recogniser(Protocol):
    """What is asked of a recogniser."""

    def spans(self, text: str, *, language: str) -> Sequence[Span]:
        """The names of a text, none overlapping another, in its order. Offsets count characters of ``text``."""


class SpanTagger:
    """A recogniser in the seat of a language's tagger; the decision's weights are those of the language."""

    def __init__(self, recogniser: Recogniser, language: str) -> None:
        own = tagger_of(language)
        self.header: dict[str, Any] = {"decision": own.header.get("decision")} if own else {}
        self._recogniser, self._language = recogniser, language

    def places(
        self, text: str, tokens: Sequence[Token], marks: Sequence[str]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """For each token how probably a place begins there, and how probably it belongs to one."""
        begin, inside = np.full(len(tokens), _SILENT), np.full(len(tokens), _SILENT)
        at = 0
        for span in sorted(self._recogniser.spans(text, language=self._language)):
            while at < len(tokens) and tokens[at].end <= span.start:
                at += 1
            last = at
            while last < len(tokens) and tokens[last].start < span.end:
                last += 1
            place = span.kind == PLACE
            inside[at:last] = max(span.score, _SILENT) if place else _OTHER
            begin[at:last] = _OTHER
            if place and last > at:
                begin[at] = inside[at]
            at = last
        return begin, inside


def folder(model: str, what: str) -> str:
    """The folder of a model, which must be there: nothing is downloaded.

    Raises:
        SettingsError: There is no such folder; ``what`` is the model that is wanted.
    """
    if not Path(model).is_dir():
        raise SettingsError(f"{model} is no folder.", remedy=f"Give the folder of {what}; Mapper downloads none.")
    return model


def pieces(text: str) -> list[tuple[int, int]]:
    """[start, end) of runs of whole sentences, short enough for a model that reads some hundred words at once."""
    found: list[tuple[int, int]] = []
    for start, end in sentences(text):
        if found and end - found[-1][0] <= _MOST_CHARACTERS:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found

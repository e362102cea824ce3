"""spaCy pipelines: an installed package ("fr_core_news_sm") or a folder. ``pip install 'mapper[spacy]'``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mapper.errors import SettingsError
from mapper.extras import package
from mapper.recognisers.spans import ORGANISATION, PERSON, PLACE, Span

KINDS = {"GPE": PLACE, "LOC": PLACE, "FAC": PLACE, "PER": PERSON, "PERSON": PERSON, "ORG": ORGANISATION,
         "NORP": ORGANISATION}  # fmt: skip


class Pipeline:
    """A loaded pipeline."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline

    @classmethod
    def of(cls, model: str) -> Pipeline:
        """The pipeline of a package or folder.

        Raises:
            SettingsError: spaCy or the pipeline is not installed, or the pipeline names nothing.
        """
        spacy = package("spacy", "spacy", SettingsError, "the recogniser spacy")
        try:
            pipeline = spacy.load(model)
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"spaCy has no pipeline {model!r}.",
                remedy="Install its package, or give its folder; Mapper downloads none.",
            ) from error
        if not {"ner", "entity_ruler", "span_ruler"} & set(pipeline.pipe_names):
            raise SettingsError(f"the pipeline {model!r} finds no names.", remedy="Give one with ner or entity_ruler.")
        return cls(pipeline)

    def spans(self, text: str, *, language: str) -> Sequence[Span]:
        """The names of a text."""
        found = self._pipeline(text).ents
        return [Span(e.start_char, e.end_char, KINDS[e.label_]) for e in found if e.label_ in KINDS]

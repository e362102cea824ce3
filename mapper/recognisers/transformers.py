"""Token classifiers of the transformers library, in a folder. ``pip install 'mapper[transformers]'``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mapper.errors import SettingsError
from mapper.extras import package
from mapper.recognisers.spans import ORGANISATION, PERSON, PLACE, Span, folder, pieces

KINDS = {"LOC": PLACE, "GPE": PLACE, "FAC": PLACE, "LOCATION": PLACE, "PER": PERSON, "PERS": PERSON, "PERSON": PERSON,
         "ORG": ORGANISATION, "ORGANIZATION": ORGANISATION}  # fmt: skip


class Model:
    """A loaded classifier with its tokeniser."""

    def __init__(self, classify: Any) -> None:
        self._classify = classify

    @classmethod
    def of(cls, model: str) -> Model:
        """The classifier of a folder that ``save_pretrained`` wrote.

        Raises:
            SettingsError: transformers is not installed, there is no such folder, or it holds no classifier.
        """
        folder(model, "a model for token classification")
        library = package("transformers", "transformers", SettingsError, "the recogniser transformers")
        try:
            classifier = library.AutoModelForTokenClassification.from_pretrained(model, local_files_only=True)
            tokenizer = library.AutoTokenizer.from_pretrained(model, local_files_only=True)
        except (OSError, ValueError, KeyError) as error:
            raise SettingsError(
                f"{model}: {error}.", remedy="Give the folder of a whole model with its tokenizer."
            ) from error
        return cls(
            library.pipeline(
                "token-classification", model=classifier, tokenizer=tokenizer, aggregation_strategy="simple"
            )
        )

    def spans(self, text: str, *, language: str) -> Sequence[Span]:
        """The names of a text."""
        found = []
        for start, end in pieces(text):
            for name in self._classify(text[start:end]):
                kind = KINDS.get(name["entity_group"].upper())
                if kind:
                    found.append(Span(start + name["start"], start + name["end"], kind, float(name["score"])))
        return found

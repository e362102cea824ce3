"""GLiNER models, in a folder. ``pip install 'mapper[gliner]'``; mind the model's licence, some forbid trade."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mapper.errors import SettingsError
from mapper.extras import package
from mapper.recognisers.spans import ORGANISATION, PERSON, PLACE, Span, folder, pieces

# What the model is asked for, in the words that such models were trained with.
KINDS = {"location": PLACE, "person": PERSON, "organization": ORGANISATION}
_LEAST = 0.3


class Model:
    """A loaded model."""

    def __init__(self, model: Any) -> None:
        self._model = model

    @classmethod
    def of(cls, model: str) -> Model:
        """The model of a folder.

        Raises:
            SettingsError: GLiNER is not installed, there is no such folder, or it holds no model.
        """
        folder(model, "a GLiNER model")
        gliner = package("gliner", "gliner", SettingsError, "the recogniser gliner")
        try:
            return cls(gliner.GLiNER.from_pretrained(model, local_files_only=True))
        except (OSError, ValueError, KeyError) as error:
            raise SettingsError(f"{model}: {error}.", remedy="Give the folder of a whole GLiNER model.") from error

    def spans(self, text: str, *, language: str) -> Sequence[Span]:
        """The names of a text."""
        found = []
        for start, end in pieces(text):
            for name in self._model.predict_entities(text[start:end], list(KINDS), threshold=_LEAST):
                kind = KINDS[name["label"]]
                found.append(Span(start + name["start"], start + name["end"], kind, float(name["score"])))
        return found

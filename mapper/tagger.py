"""A linear-chain CRF read from ``languages/<code>/tagger.bin``: how like a place each word reads in its sentence.

Trained by ``training/train.py``, which calls the same ``shape_of`` and ``context_of``; decoded here with NumPy
alone. Features of a word are looked up once for each word and kept; all sentences of a report go through the
forward and backward passes side by side.
"""

from __future__ import annotations

import json
import zlib
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from itertools import accumulate, compress, count, filterfalse
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from mapper.cues import Cues, cues_of
from mapper.language import FOLDER
from mapper.text import Token, normalise

Array = npt.NDArray[np.float64]

# How many words to each side a feature of a word reaches.
REACH = 2
_DISTANCES = range(-REACH, REACH + 1)
_WIDE = ("w=", "c=", "s=")
# Distance → how the name of a feature of the word there begins.
_PLACES = [(d, f"{d:+d}" if d else "") for d in _DISTANCES]
_ENDS = frozenset(".!?؟؛…")
_LONGEST = 151  # words that are read as one sentence
_MOST_KEPT = 50_000
# After so many words what a label is worth is scaled, lest it leave the range of numbers.
_SCALED = 8
_LEAST = 1e-300  # of a label at a word: never nothing, for shares are divided by it
# Beyond the sentence, a sign or number or letters without case, small, with a capital, all capitals.
_CASES = ("", ".", "x", "Xx", "XX")


def shape_of(token: Token, cues: Cues) -> list[str]:
    """What a word says by itself: its key, its ends, its case, the lists that it stands in."""
    surface = _bare(token.surface, cues)
    key = token.key if surface == token.surface else normalise(surface)
    if not key:
        return [f"w={token.surface[:1]}"]
    if key[0].isdigit():
        return [f"w=0{min(len(key), 5)}"]
    found = [f"w={key}"]
    found += [f"c={name}" for name in cues.lists(key)]
    found += [f"e={key[-n:]}" for n in (2, 3) if len(key) > n + 1]
    found += [f"b={key[:n]}" for n in (1, 2, 3) if len(key) > n + 1]
    found.append(f"l={min(len(key), 7)}")
    if cues.capitals:
        small = surface[1:].islower() or len(surface) == 1
        found.append("s=" + (("Xx" if small else "XX") if surface[0].isupper() else "x"))
    return found


def _bare(surface: str, cues: Cues) -> str:
    """A word without its elision, where there is case to see: "d'Alep" has the shape of "Alep"."""
    if cues.capitals:
        for cut, _ in cues.clitics:
            if len(surface) > len(cut) and surface[: len(cut)].lower() == cut:
                return surface[len(cut) :]
    return surface


def context_of(i: int, marks: Sequence[str], words: Sequence[Sequence[str]]) -> list[str]:
    """What a word's place in the sentence says: the gazetteer's mark of it and of its neighbours, with a cue."""
    before = marks[i - 1] if i else "^"
    after = marks[i + 1] if i + 1 < len(marks) else "$"
    cue = _cue(words[i - 1]) if i else "^"
    behind = _cue(words[i + 1]) if i + 1 < len(words) else "$"
    run = [_case(words[j]) if 0 <= j < len(words) else "" for j in (i - 1, i, i + 1)]
    return [_run(*run), *_context(before, marks[i], after, cue, behind)]


def _cue(features: Sequence[str]) -> str:
    """The first list that a word stands in."""
    return next((f for f in features if f.startswith("c=")), "")


def _context(before: str, mark: str, after: str, cue: str = "", behind: str = "") -> list[str]:
    found = [f"g={mark}", f"g-={before}|{mark}", f"g+={mark}|{after}"]
    if mark != "-":
        found += [f"gc={cue}|{mark}", f"gd={mark}|{behind}"]
    return found


def _case(features: Sequence[str]) -> str:
    """The case of a word among its features: one of ``_CASES``."""
    return features[-1][2:] if features[-1].startswith("s=") else "."


def _run(before: str, case: str, after: str) -> str:
    """The feature of a word's case between those of its neighbours: "Marie Curie dit" is no "Marie dit"."""
    return f"r={before}|{case}|{after}"


def sentences_of(text: str, tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """[first, last) of the tokens of each sentence; lines end one too."""
    stops = set(compress(count(), map(_ENDS.__contains__, [t.surface for t in tokens])))
    starts, line = [t.start for t in tokens], text.find("\n")
    while line >= 0:
        stops.add(bisect_left(starts, line) - 1)
        line = text.find("\n", line + 1)
    spans, first = [], 0
    for stop in sorted(stops | {len(tokens) - 1}):
        while stop - first >= _LONGEST:
            spans.append((first, first + _LONGEST))
            first += _LONGEST
        if first <= stop:
            spans.append((first, stop + 1))
            first = stop + 1
    return spans


class _Kept:
    """Rows of numbers by key, made once for each key and looked up for many at once."""

    def __init__(self, width: int) -> None:
        self.numbers: dict[Any, int] = {}
        self.rows: Array = np.zeros((256, width))

    def add(self, keys: Sequence[Any], rows: Array) -> None:
        """Keep a row for each of ``keys``, none of which is known yet."""
        count = len(self.numbers)
        if count + len(keys) > len(self.rows):
            more = np.zeros((2 * (count + len(keys)), self.rows.shape[1]))
            more[:count] = self.rows[:count]
            self.rows = more
        self.rows[count : count + len(keys)] = rows
        self.numbers.update(zip(keys, range(count, count + len(keys)), strict=True))

    def clear(self) -> None:
        """Forget all."""
        self.numbers.clear()


def _spread(names: Sequence[str], weights: Array) -> tuple[dict[str, int], Array]:
    """Feature of a word → its row in a table of what it weighs for the word at each distance from it.

    The first row is that of features without a weight.
    """
    distances = {prefix: d + REACH for d, prefix in _PLACES}
    far = [distances.get(name[:2], REACH) for name in names]
    features = [name if d == REACH else name[2:] for name, d in zip(names, far, strict=True)]
    numbers = {feature: n for n, feature in enumerate(dict.fromkeys(["", *features]))}
    table = np.zeros((len(numbers), len(_DISTANCES), weights.shape[1]))
    table[[numbers[feature] for feature in features], far] = weights
    return numbers, table.reshape(len(numbers), -1)


class PlaceTagger(Protocol):
    """What ``recognise`` asks of a model.

    ``header`` may hold a ``decision``, the weights fitted with it; how ``sure`` it must be of a word that the gazetteer
    does not know; and the ``floor`` below which its probability that a name is a place is not heard.
    """

    header: dict[str, Any]

    def places(self, text: str, tokens: Sequence[Token], marks: Sequence[str]) -> tuple[Array, Array]:
        """For each token how probably a place begins there, and how probably it belongs to one, 0..1."""


class Tagger:
    """A trained model. Labels are O and B-X, I-X for X in LOC, PER, ORG."""

    def __init__(self, header: dict[str, Any], names: Sequence[str], weights: Array, cues: Cues) -> None:
        self.header = header
        self.labels: list[str] = header["labels"]
        self.cues = cues
        self._rows = {name: i for i, name in enumerate(names)}
        self._weights = weights
        forward = np.exp(np.array(header["transitions"], dtype=np.float64))
        self._steps = np.stack((forward, forward.T))  # on the way forward, and back
        self._words = _Kept(len(_DISTANCES) * len(self.labels))
        self._features, self._weighed = _spread(names, weights)
        self._contexts = _Kept(len(self.labels))
        self._cues: list[str] = []
        self._cases: list[int] = []
        # What each run of three cases weighs.
        runs = [_run(a, b, c) for a in _CASES for b in _CASES for c in _CASES]
        known = [(n, self._rows[run]) for n, run in enumerate(runs) if run in self._rows]
        sums = self._sums(len(runs), [n for n, _ in known], [row for _, row in known])
        self._runs = sums.reshape(len(_CASES), len(_CASES), len(_CASES), -1)

    def _sums(self, count: int, at: Sequence[int], rows: Sequence[int]) -> Array:
        """``count`` sums of weights: that of row ``rows[i]`` belongs to sum ``at[i]``."""
        sums = np.zeros((count, len(self.labels)))
        weights = self._weights[list(rows)]
        for label in range(len(self.labels) if at else 0):
            sums[:, label] = np.bincount(at, weights[:, label], count)
        return sums

    def _numbered(self, tokens: Sequence[Token]) -> list[int]:
        """The number of each word among those that are kept: what it weighs for the word at each distance from it."""
        if len(self._words.numbers) > _MOST_KEPT:
            self._words.clear()
            self._cues.clear()
            self._cases.clear()
        numbers, surfaces = self._words.numbers, [t.surface for t in tokens]
        fresh = dict.fromkeys(filterfalse(numbers.__contains__, surfaces))
        if fresh:
            by_surface = dict(zip(surfaces, tokens, strict=True))
            shapes = [shape_of(by_surface[surface], self.cues) for surface in fresh]
            rows = [self._features.get(f, 0) for shape in shapes for f in shape]
            begins = list(accumulate(map(len, shapes[:-1]), initial=0))
            self._words.add(list(fresh), np.add.reduceat(self._weighed[rows], begins, axis=0))
            self._cues += map(_cue, shapes)
            self._cases += [_CASES.index(_case(features)) for features in shapes]
        return list(map(numbers.__getitem__, surfaces))

    def _around(self, marks: Sequence[str], words: Sequence[int], spans: Sequence[tuple[int, int]]) -> Array:
        """What the marks and the cues beside each token weigh."""
        if len(self._contexts.numbers) > _MOST_KEPT:
            self._contexts.clear()
        keys: list[tuple[str, ...]] = []
        for first, last in spans:
            run = ["^", *marks[first:last], "$"]
            keys += zip(run, run[1:], run[2:], strict=False)
        begins = {first for first, _ in spans} | {len(marks)}
        for i in [i for i, mark in enumerate(marks) if mark != "-"]:
            cue = "^" if i in begins else self._cues[words[i - 1]]
            keys[i] = (*keys[i], cue, "$" if i + 1 in begins else self._cues[words[i + 1]])
        numbers = self._contexts.numbers
        fresh = list(dict.fromkeys(k for k in keys if k not in numbers))
        if fresh:
            seen = [(n, self._rows.get(name)) for n, key in enumerate(fresh) for name in _context(*key)]
            found = [(n, row) for n, row in seen if row is not None]
            self._contexts.add(fresh, self._sums(len(fresh), [n for n, _ in found], [row for _, row in found]))
        return self._contexts.rows[[numbers[k] for k in keys]]

    def places(self, text: str, tokens: Sequence[Token], marks: Sequence[str]) -> tuple[Array, Array]:
        """For each token how probably a place begins there, and how probably it belongs to a place.

        Args:
            text: What the tokens were cut from.
            tokens: Of the whole report.
            marks: The gazetteer's mark of each token.
        """
        if not tokens:
            return np.zeros(0), np.zeros(0)
        spans = sentences_of(text, tokens)
        words = self._numbered(tokens)
        scores = self._words.rows[words].reshape(len(words), len(_DISTANCES), -1)
        total = scores[:, REACH].copy()
        sentence = np.repeat(np.arange(len(spans)), [last - first for first, last in spans])
        for d in range(1, REACH + 1):
            same = (sentence[d:] == sentence[:-d])[:, None]
            total[d:] += np.where(same, scores[:-d, REACH + d], 0.0)
            total[:-d] += np.where(same, scores[d:, REACH - d], 0.0)
        total += self._around(marks, words, spans)
        cases = np.array([self._cases[w] for w in words])
        before, after = np.roll(cases, 1), np.roll(cases, -1)
        before[[first for first, _ in spans]] = after[[last - 1 for _, last in spans]] = 0
        total += self._runs[before, cases, after]
        shares = self._marginals(total, spans)
        begin = shares[:, self.labels.index("B-LOC")]
        return begin, begin + shares[:, self.labels.index("I-LOC")]

    def _marginals(self, scores: Array, spans: Sequence[tuple[int, int]]) -> Array:
        """Share of each label at each token, by forward and backward passes over all sentences at once."""
        first = np.array([first for first, _ in spans])
        lengths = np.array([last for _, last in spans]) - first
        longest = int(lengths.max())
        each = np.maximum(np.exp(scores - scores.max(axis=1, keepdims=True)), _LEAST)
        # The two passes are one: sentences begin together on the way forward, and end together on the way back, which
        # is walked from their ends. What lies beyond a sentence is not read.
        step = np.arange(longest)[:, None]
        at = np.stack((np.minimum(first + step, len(each) - 1), np.maximum(first + lengths - 1 - step, 0)), axis=1)
        table = each[at]
        passed = np.empty_like(table)
        passed[0] = table[0]
        for t in range(1, longest):
            np.matmul(passed[t - 1], self._steps, out=passed[t])
            passed[t] *= table[t]
            if t % _SCALED == 0:
                passed[t] /= passed[t].sum(axis=2, keepdims=True)
        sentence = np.repeat(np.arange(len(spans)), lengths)
        at_word = np.arange(len(scores)) - first[sentence]
        shares: Array = passed[at_word, 0, sentence] * passed[lengths[sentence] - 1 - at_word, 1, sentence]
        shares /= each  # which both passes have in them
        shares /= shares.sum(axis=1, keepdims=True)
        return shares


def placed(features: Sequence[str], distance: int) -> list[str]:
    """A word's features as its neighbour ``distance`` words after it sees them (negative: before it)."""
    prefix = dict(_PLACES)[distance]
    return [prefix + f for f in features if abs(distance) < REACH or f.startswith(_WIDE)]


@cache
def tagger_of(language: str) -> Tagger | None:
    """The model of a language; None for one that has none."""
    path = FOLDER / language / "tagger.bin"
    if not path.is_file():
        return None
    return load(path.read_bytes(), cues_of(language))


def load(data: bytes, cues: Cues) -> Tagger:
    """A model from the bytes of its file: a line of JSON, then the packed names and weights of its features."""
    head, _, body = data.partition(b"\n")
    header = json.loads(head)
    unpacked = zlib.decompress(body)
    names = unpacked[: header["names"]].decode("utf-8").split("\n")
    weights = np.frombuffer(unpacked[header["names"] :], dtype=np.int8).reshape(len(names), -1)
    return Tagger(header, names, weights.astype(np.float64) * float(header["unit"]), cues)


def pack(header: dict[str, Any], names: Sequence[str], weights: Array) -> bytes:
    """The bytes of a model's file; weights are kept in steps of ``unit``, 127 to each side."""
    unit = float(np.abs(weights).max()) / 127
    joined = "\n".join(names).encode("utf-8")
    steps = np.clip(np.round(weights / unit), -127, 127).astype(np.int8)
    header = header | {"names": len(joined), "unit": unit}
    return json.dumps(header, ensure_ascii=False).encode() + b"\n" + zlib.compress(joined + steps.tobytes(), 9)

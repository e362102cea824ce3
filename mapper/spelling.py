"""Names that are written in another way: the sound of a romanised name, and names alike in a list.

The table is ``spelling.toml``. Names of other scripts keep their letters.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from mapper.remembered import Remembered
from mapper.text import skeleton

_DOUBLE = re.compile(r"(.)\1+")
# Shares of the likeness that sound and consonants have, and the least likeness of sound worth a look.
_SOUND, _BONES = 0.6, 0.4
_LEAST, _MOST = 70.0, 30
_LETTERS_APART = 3


@cache
def table() -> dict[str, Any]:
    """The content of ``spelling.toml``."""
    return tomllib.loads((Path(__file__).parent / "spelling.toml").read_text(encoding="utf-8"))


@cache
def _articles() -> frozenset[str]:
    return frozenset(table()["articles"])


@cache
def _pairs() -> tuple[tuple[str, str], ...]:
    return tuple((a, b) for a, b in table()["pairs"])


@lru_cache(maxsize=20_000)
def sounds(key: str) -> tuple[str, ...]:
    """The words of a normalised name as they sound, without articles.

    >>> sounds("al tuwayni") == sounds("toueini")
    True
    """
    return tuple(_heard(key, _articles()))


def _heard(key: str, articles: frozenset[str]) -> list[str]:
    words = key.split()
    if not key.isascii():
        return [w[2:] if w.startswith("ال") and len(w) > 4 else w for w in words]
    return [_SOUND_OF[w] for w in [w for w in words if w not in articles] or words]


def _sound(words: Sequence[str]) -> list[str]:
    """How words sound: all of them in one go, for a country has many thousand."""
    if not words:
        return []
    text = "\n".join(words)
    for written, spoken in _pairs():
        text = text.replace(written, spoken)
    heard = _DOUBLE.sub(r"\1", text).split("\n")
    return [w[:-1] if len(w) > 3 and w.endswith("h") else w for w in heard]


_SOUND_OF: Remembered[str, str] = Remembered(lambda word: _sound([word])[0])


@dataclass(frozen=True, slots=True)
class Like:
    """A name like the one asked for: its number in the list, the name, and the likeness 0..1."""

    number: int
    name: str
    likeness: float


class Spellings:
    """A list of (normalised name, number) to look in for names that sound the same or nearly so."""

    def __init__(self, names: Iterable[tuple[str, int]]) -> None:
        self._names = list(names)
        met = {word for name, _ in self._names if name.isascii() for word in name.split()} - _SOUND_OF.keys()
        new = sorted(met)
        _SOUND_OF.update(zip(new, _sound(new), strict=True))
        articles = _articles()  # a country has more names than are worth remembering
        self._sounds = ["".join(_heard(name, articles)) for name, _ in self._names]
        self._same: dict[str, list[int]] = {}
        for i, sound in enumerate(self._sounds):
            self._same.setdefault(sound, []).append(i)

    def same(self, key: str) -> list[Like]:
        """The names that sound the same."""
        found = self._same.get("".join(sounds(key)), [])
        return [Like(self._names[i][1], self._names[i][0], 1.0) for i in found]

    def like(self, key: str, limit: int = 8) -> list[Like]:
        """The names most alike, best first, one for each number; none below a likeness of about 0.6."""
        words = sounds(key)
        hits = process.extract("".join(words), self._sounds, scorer=fuzz.ratio, score_cutoff=_LEAST, limit=_MOST)
        best: dict[int, Like] = {}
        for _, ratio, i in hits:
            name, number = self._names[i]
            if abs(len(self._sounds[i]) - len("".join(words))) > _LETTERS_APART or name.isascii() != key.isascii():
                continue
            likeness = (_SOUND * _by_words(words, sounds(name), ratio) + _BONES * _bones(key, name)) / 100
            if number not in best or likeness > best[number].likeness:
                best[number] = Like(number, name, round(likeness, 3))
        return sorted(best.values(), key=lambda x: (-x.likeness, x.number))[:limit]


def _by_words(a: Sequence[str], b: Sequence[str], ratio: float) -> float:
    """A shared first word ("Kafr", "Tall") must not hide that the second differs."""
    if len(a) != len(b) or len(a) < 2:
        return ratio
    return min(ratio, (ratio + min(fuzz.ratio(x, y) for x, y in zip(a, b, strict=True))) / 2)


def _bones(a: str, b: str) -> float:
    return fuzz.ratio(skeleton(a), skeleton(b))

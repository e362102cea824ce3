"""Languages as data: loads ``mapper/languages/<code>/<section>.toml``.

A language is a folder. Each room of Mapper owns one section (recognise, relative, numbers, time,
casualties, triggers, actors …) and validates its own keys; this module only finds and reads them.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from mapper.errors import LanguageError
from mapper.remembered import Remembered
from mapper.text import normalise, sentences, word_key

FOLDER = Path(__file__).parent / "languages"


@cache
def codes() -> tuple[str, ...]:
    """The codes of all languages that have a folder, sorted."""
    return tuple(sorted(p.name for p in FOLDER.iterdir() if (p / "language.toml").is_file()))


@cache
def section(code: str, name: str) -> dict[str, Any]:
    """The content of ``languages/<code>/<name>.toml``; empty when the language has none.

    Raises:
        LanguageError: The file is not valid TOML; the message names it and the line.
    """
    path = FOLDER / code / f"{name}.toml"
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise LanguageError(f"{path}: {error}.", remedy="Mend the file; docs/languages.md shows the form.") from error


@cache
def written_on(code: str) -> str:
    """A pattern of the conjunctions that a language writes onto any word ("و", "ف"); empty where it writes none."""
    letters = section(code, "language").get("written_on", [])
    return f"(?:{'|'.join(map(re.escape, letters))})?" if letters else ""


@cache
def wording(code: str, name: str, key: str, *, closed: bool = True) -> re.Pattern[str] | None:
    """A pattern of the words under ``key`` in a language's file ``name``; None where it has none.

    ``closed``: nothing may be written onto their end.
    """
    joined = "|".join(map(re.escape, section(code, name).get(key, [])))
    end = r"(?!\w)" if closed else ""
    return re.compile(rf"(?<!\w){written_on(code)}(?:{joined}){end}", re.IGNORECASE) if joined else None


@cache
def common_words(code: str) -> frozenset[str]:
    """Very frequent words of a language, normalised: what tells it from its neighbours."""
    return frozenset(normalise(w) for w in section(code, "language").get("common_words", []))


@cache
def _letters(code: str) -> tuple[int, int, frozenset[str]]:
    """The first and the last character of a language's script, and the letters that its neighbours lack."""
    data = section(code, "language")
    low, high = (int(x, 16) for x in data["range"])
    return low, high, frozenset(data.get("letters", ""))


_SAMPLE = 4000  # letters that tell the language of a text


def identify(text: str, default: str = "en") -> str:
    """The language of ``text`` among those installed, by its letters and then its common words."""
    return _identified(text[:_SAMPLE], default)


def _counted(text: str) -> Counter[str]:
    """How often each character of a text occurs; those beyond the basic plane, which no language here has, do not."""
    units = np.bincount(np.frombuffer(text.encode("utf-16-le", "replace"), np.uint16))
    kinds = units.nonzero()[0]
    return Counter(dict(zip(map(chr, kinds.tolist()), units[kinds].tolist(), strict=True)))


# Places and events of one report ask one after the other.
@lru_cache(maxsize=64)
def _identified(sample: str, default: str) -> str:
    words = Counter(normalise(sample).split())
    signs = _counted(sample)
    of_letters = [(ord(c), n) for c, n in signs.items() if c.isalpha()]
    every = max(1, sum(n for _, n in of_letters))
    best, best_score = default, 0.0
    for code in codes():
        low, high, letters = _letters(code)
        share = sum(n for c, n in of_letters if low <= c <= high) / every
        if not share:
            continue
        hits = sum([words[word] for word in common_words(code).intersection(words)]) / max(1, words.total())
        marks = sum(signs[c] for c in letters) / max(1, len(sample))
        score = share * (0.2 + hits + 3 * marks)
        if score > best_score:
            best, best_score = code, score
    return best


# A quotation in other letters is at least so long; a sentence of another language has so many of its common words.
_QUOTED_WORDS, _QUOTED_LETTERS, _COMMON_HITS = 3, 15, 3
_WORDS = re.compile(r"[^\W\d_]+")


def _script(code: str) -> tuple[int, int]:
    return _letters(code)[:2]


@cache
def _other_letters(code: str) -> re.Pattern[str]:
    """Runs in the letters of other languages than ``code``, with whatever is no letter of its own in between."""
    low, high = _script(code)
    blocks = sorted({_script(c) for c in codes()} - {(low, high)})
    others = "".join(f"{chr(a)}-{chr(b)}" for a, b in blocks)
    return re.compile(f"[{others}](?:[^{chr(low)}-{chr(high)}\n]*[{others}])?")


@cache
def _telling(code: str) -> Remembered[str, tuple[str, ...]]:
    """A word as it is written → the languages in the letters of ``code`` whose common word it is.

    ``code`` itself, or those in which it is none of its own.
    """
    own = common_words(code)
    found: dict[str, list[str]] = defaultdict(list)
    for other in codes():
        if _script(other) == _script(code):
            for word in common_words(other) if other == code else common_words(other) - own:
                found[word].append(other)
    common = {word: tuple(languages) for word, languages in found.items()}
    return Remembered(lambda word: common.get(word.lower() if word.isascii() else word_key(word), ()))


def parts(text: str, code: str) -> list[tuple[int, int, str]]:
    """[start, end) and language of the pieces of a text that is mostly in ``code``; they cover all of it.

    A quotation in other letters is a piece, and so is a run of sentences in the same letters whose common words are
    surely another language's.
    """
    other: list[tuple[int, int, str]] = []
    for run in _other_letters(code).finditer(text):
        words = _WORDS.findall(run.group())
        if len(words) >= _QUOTED_WORDS and sum(map(len, words)) >= _QUOTED_LETTERS:
            told = identify(run.group(), code)
            if told != code:
                other.append((run.start(), run.end(), told))
    other += _sentences_in_others(text, code)
    found, at = [], 0
    for start, end, language in sorted(other):
        if start < at:
            continue
        if start > at:
            found.append((at, start, code))
        found.append((start, end, language))
        at = end
    return [*found, (at, len(text), code)] if at < len(text) or not found else found


def _sentences_in_others(text: str, code: str) -> list[tuple[int, int, str]]:
    """The sentences in the letters of ``code`` that another language's common words tell."""
    if max(_common(text, code)[1:], default=0) < _COMMON_HITS:
        return []
    found = []
    for start, end in sentences(text):
        own, *others = hits = _common(text[start:end], code)
        if others and max(others) >= _COMMON_HITS and max(others) > own:
            found.append((start, end, _kin(code)[hits.index(max(others), 1)]))
    return found


@cache
def _kin(code: str) -> tuple[str, ...]:
    """``code``, then the other languages in its letters."""
    return (code, *(c for c in codes() if c != code and _script(c) == _script(code)))


def _common(text: str, code: str) -> list[int]:
    """How many words of ``text`` are common words of ``code``, and of each of its kin but not of ``code``."""
    hits = Counter(chain.from_iterable(map(_telling(code).__getitem__, _WORDS.findall(text))))
    return [hits[language] for language in _kin(code)]


def direction(code: str | None) -> str:
    """``rtl`` or ``ltr``; left to right when the language is unknown."""
    return str(section(code, "language").get("direction", "ltr")) if code else "ltr"

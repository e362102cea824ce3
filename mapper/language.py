"""Languages as data: loads ``mapper/languages/<code>/<section>.toml``.

A language is a folder. Each room of Mapper owns one section (recognise, relative, numbers, time,
casualties, triggers, actors …) and validates its own keys; this module only finds and reads them.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from mapper.errors import LanguageError
from mapper.text import normalise

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
def common_words(code: str) -> frozenset[str]:
    """Very frequent words of a language, normalised: what tells it from its neighbours."""
    return frozenset(normalise(w) for w in section(code, "language").get("common_words", []))


@cache
def _letters(code: str) -> tuple[int, int, frozenset[str]]:
    """The first and the last character of a language's script, and the letters that its neighbours lack."""
    data = section(code, "language")
    low, high = (int(x, 16) for x in data["range"])
    return low, high, frozenset(data.get("letters", ""))


def identify(text: str, default: str = "en") -> str:
    """The language of ``text`` among those installed, by its letters and then its common words."""
    sample = text[:4000]
    words = Counter(normalise(sample).split())
    signs = Counter(sample)
    of_letters = [(ord(c), n) for c, n in signs.items() if c.isalpha()]
    every = max(1, sum(n for _, n in of_letters))
    best, best_score = default, 0.0
    for code in codes():
        low, high, letters = _letters(code)
        share = sum(n for c, n in of_letters if low <= c <= high) / every
        if not share:
            continue
        common = common_words(code)
        hits = sum(n for word, n in words.items() if word in common) / max(1, words.total())
        marks = sum(signs[c] for c in letters) / max(1, len(sample))
        score = share * (0.2 + hits + 3 * marks)
        if score > best_score:
            best, best_score = code, score
    return best


def direction(code: str | None) -> str:
    """``rtl`` or ``ltr``; left to right when the language is unknown."""
    return str(section(code, "language").get("direction", "ltr")) if code else "ltr"

"""Names of countries (short names, abbreviations, demonyms) and the classes of ambiguous names."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from mapper.text import normalise

# A word this frequent (Zipf scale) is met as a word; this much population outweighs it.
COMMON_ZIPF = 3.0
FUNCTION_ZIPF = 5.6
LARGE = 250_000
_SUFFIXES = ("ه", "ها", "هم", "نا", "ات", "ين", "ون", "ي", "وا")


def countries() -> dict[str, Any]:
    """The hand-written names of countries: code → aliases (places) and demonyms (not places)."""
    return tomllib.loads((Path(__file__).parent / "countries.toml").read_text(encoding="utf-8"))


def territory_names() -> dict[str, list[str]]:
    """Code → names of CLDR in the languages that we read, pseudo-territories left out."""
    from babel import Locale

    out: dict[str, list[str]] = {}
    for language in ("en", "ar", "fr", "ru", "uk", "es", "tr", "fa", "he", "de"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"):
                out.setdefault(code, []).append(name)
    return out


@lru_cache(maxsize=500_000)
def _zipf(word: str, language: str) -> float:
    from wordfreq import zipf_frequency

    return float(zipf_frequency(word, language))


def ambiguity(key: str, population: int, seat: bool, country: bool, surnames: frozenset[str]) -> str:
    """S, A or B for a normalised name, or "" when it is a plain word that must not be a name at all.

    Common words take suffixes and live with and without the article; names of places do not.
    """
    if country:
        return "S"
    if " " in key:
        words = key.split()
        weak = all(max(_zipf(w, "en"), _zipf(w, "fr"), _zipf(w, "ar")) > 4.2 for w in words)
        return "A" if weak and population < LARGE and not seat else "S"
    if len(key) < 2 or key.isdigit():
        return ""
    arabic = "\u0600" <= key[0] <= "\u06ff"
    if arabic:
        zipf = _zipf(key, "ar")
        if len(key) < 3:
            return ""
        bare = key[2:] if key.startswith("ال") else key
        other = bare if bare != key else "ال" + key
        inflected = sum(10 ** _zipf(bare + s, "ar") for s in _SUFFIXES) + 10 ** _zipf(other, "ar")
        word = zipf >= COMMON_ZIPF and inflected > 0.25 * 10**zipf
        if zipf >= FUNCTION_ZIPF and population < LARGE:
            return ""
        if key in surnames and population < LARGE:
            return "A"
        if not word:
            return "S" if zipf < 3.6 or population >= LARGE or seat else "A"
        if zipf >= 4.9 and population < LARGE:
            return "B"
        return "S" if population >= 1_000_000 or (population >= LARGE and inflected < 10**zipf) else "A"
    zipf = max(_zipf(key, "en"), _zipf(key, "fr"))
    if zipf >= FUNCTION_ZIPF and population < 5_000_000:
        return ""
    if len(key) < 3:
        return "A"
    if key in surnames and population < 1_000_000:
        return "A"
    if zipf >= 4.6 and population < LARGE and not seat:
        return "B"
    if zipf >= COMMON_ZIPF + 0.3 and population < LARGE and not seat:
        return "A"
    return "S"


def surnames(folder: Path) -> frozenset[str]:
    """Names of persons: a list of this project and, where it is unpacked, that of arabic-name-romanizer."""
    listed: Iterable[str] = countries()["persons"]["names"]
    return frozenset(normalise(n) for n in listed)

"""Names of countries (short names, abbreviations, demonyms) and the classes of ambiguous names."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from mapper.sources.record import Record
from mapper.text import normalise, script_of

# A word this frequent (Zipf scale) is met as a word; this much population outweighs it.
COMMON_ZIPF = 3.0
FUNCTION_ZIPF = 5.6
# A word this frequent is no village, were it never inflected: names of persons, firms, players.
OFTEN_ZIPF = 3.7
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


# Where names carry the Arabic article, which writers set, join, assimilate or leave out.
_ARAB = frozenset(
    [
        "LY",
        "SY",
        "IQ",
        "YE",
        "SD",
        "SS",
        "PS",
        "IL",
        "LB",
        "JO",
        "EG",
        "TN",
        "DZ",
        "MA",
        "EH",
        "MR",
        "SA",
        "AE",
        "OM",
        "QA",
        "BH",
        "KW",
        "SO",
        "DJ",
        "TD",
        "ER",
    ]
)
_ARTICLE = re.compile(r"^(?:al|el|ar|as|ash|at|ad|az|an|ed|er|es|et|ez|en|ath|adh|esh|il) (?=\w{3})")
_INNER = re.compile(r" (?:al|el|ar|as|ash|at|ad|az|an|ed|er|es|et|ez|en|ath|adh|esh) (?=\w{3})")
_UNIT = re.compile(
    r"^(?:محافظه|ولايه|اقليم|مقاطعه|شعبيه|منطقه|مديريه|قضا|ناحيه|بلديه|"
    r"gouvernorat (?:de |du |d)?|province (?:de |du |d)?|"
    r"region (?:de |du |d)?|wilaya (?:de |du |d)?|state of |province of ) ?(?=\w{3})|"
    r" (?:governorate|province|region|district|oblast|county|prefecture|state)$"
)
_JOINED = re.compile(r"^(ابو|ام|بني|بن|راس|عين|تل|كفر|دير|بيت) (?=\w{2})")
_SAME = [
    ("ain", "ayn", "ein"),
    ("tal", "tall", "tell", "tel"),
    ("dayr", "deir", "der"),
    ("jabal", "jebel", "djebel"),
    ("umm", "um", "oum", "om"),
    ("abu", "abou", "bu"),
    ("bayt", "beit", "bait"),
    ("bani", "beni"),
    ("bin", "ben"),
    ("kafr", "kafar", "kfar"),
    ("ras", "raas"),
    ("qasr", "kasr", "gasr"),
]
_FIRST = {word: group for group in _SAME for word in group}


def without_unit(key: str) -> str:
    """A normalised name of a unit without the word for its kind: "محافظه حلب" → "حلب"."""
    return _UNIT.sub("", key)


def keys(record: Record) -> list[str]:
    """The matching keys of a record: its names, and how else their article and first word are written."""
    return keys_of((record.name, record.arabic, record.french, *record.names), record.code, record.country)


def keys_of(names: Iterable[str], code: str, country: str) -> list[str]:
    """The matching keys of the names of a place of a feature code ("A.ADM1") in a country."""
    out: dict[str, None] = {}
    for name in names:
        key = normalise(name)
        if not key:
            continue
        out[key] = None
        if code in ("A.ADM1", "A.ADM2", "A.ADM3") and len(bare := without_unit(key)) > 2:
            out[bare] = None
            key = bare
        if country not in _ARAB or code == "A.PCLI":
            continue
        if (rest := _ARTICLE.sub("", key)) != key and len(rest) > 3:
            out |= dict.fromkeys((rest, f"al {rest}", f"el {rest}"))
        elif _INNER.search(key):
            out |= dict.fromkeys((_INNER.sub(" al ", key), _INNER.sub(" el ", key)))
        if (match := _JOINED.match(key)) is not None:
            out[match.group(1) + key[match.end() :]] = None
        first, _, rest = key.partition(" ")
        if rest and first in _FIRST:
            out |= dict.fromkeys(f"{word} {rest}" for word in _FIRST[first])
    if code == "A.ADM1" and country in _kinds():
        out |= dict.fromkeys(_with_kind(list(out), *_kinds()[country]))
    return list(out)


@cache
def _kinds() -> dict[str, tuple[list[str], list[str]]]:
    """Code → what its first-order units are called in Arabic and in English, normalised."""
    return {
        code: ([normalise(k) for k in kinds["ar"]], [normalise(k) for k in kinds["en"]])
        for code, kinds in countries()["units"].items()
    }


def _with_kind(names: list[str], arabic: list[str], english: list[str]) -> Iterator[str]:
    """Normalised names of units that go without the word for their kind, with it."""
    for name in names:
        if name == without_unit(name) and (script := script_of(name)) != "other":
            yield from (f"{k} {name}" for k in arabic) if script == "arabic" else (f"{name} {k}" for k in english)


@lru_cache(maxsize=8)
def _words(language: str) -> dict[str, float]:
    """The words of a language, normalised, with their share of running text."""
    from wordfreq import get_frequency_dict

    out: dict[str, float] = {}
    for word, share in get_frequency_dict(language, wordlist="best").items():
        key = normalise(word)
        out[key] = out.get(key, 0.0) + share
    return out


def _zipf(word: str, language: str) -> float:
    share = _words(language).get(word, 0.0)
    return math.log10(share) + 9 if share else 0.0


_ENDINGS = {"en": ("s", "es", "ed", "d", "ing", "ly", "er", "ness"), "fr": ("s", "es", "e", "ement", "er", "ant")}


def _commonness(key: str) -> tuple[float, float]:
    """(Zipf frequency of a word, share of its inflected forms): words take endings, names hardly do."""
    if "\u0620" <= key[0] < "\u0700":
        words = _words("ar")
        own = words.get(key, 0.0)
        bare = key[2:] if key.startswith("ال") and len(key) > 4 else key
        stem = bare[:-1] if bare.endswith("ه") and len(bare) > 3 else bare
        forms = sum(words.get(stem + s, 0.0) for s in _SUFFIXES if stem + s not in (key, bare))
        toggled = words.get(bare if bare != key else "ال" + key, 0.0)
        share = forms / own if own else 0.0
        return _zipf(key, "ar"), share + (0.5 if own and toggled > 0.25 * own else 0.0)
    found = (0.0, 0.0)
    for language, endings in _ENDINGS.items():
        words = _words(language)
        own = words.get(key, 0.0)
        if own:
            forms = sum(words.get(key + e, 0.0) for e in endings)
            for cut in ("s", "ed", "ing"):
                if key.endswith(cut) and len(key) > len(cut) + 2:
                    bare = key[: -len(cut)]
                    forms += 0.3 * max(words.get(bare, 0.0), words.get(bare + "e", 0.0))
            found = max(found, (_zipf(key, language), forms / own), key=lambda x: (x[0] > 3 and x[1] > 0.05, x[0]))
    return found


def abbreviation(key: str) -> str:
    """The class of a two-letter abbreviation of a state: A, or "" when it is a function word ("la", "me")."""
    return "" if max(_zipf(key, x) for x in ("en", "fr")) >= FUNCTION_ZIPF else "A"


def ambiguity(
    key: str, population: int, seat: bool, country: bool, surnames: frozenset[str], *, small: bool = False
) -> str:
    """S, A or B for a normalised name, or "" when it is a plain word that must not be a name at all.

    Common words take suffixes and live with and without the article; names of places do not. ``small``: only
    villages and the like are called so, and a word that is met often is met as something else.
    """
    latin = key[0] < "\u0370"
    if country:
        return "A" if latin and len(key) < 4 and _zipf(key, "en") > 4.5 else "S"
    if " " in key:
        words = key.split()
        weak = key in surnames or all(max(_zipf(w, x) for x in ("en", "fr", "ar")) > 4.2 for w in words)
        return "A" if weak and population < LARGE and not seat else "S"
    if len(key) < 3 or key.isdigit():
        # "إب" is a city of half a million, and "قم" one of a million: known behind the word for a city.
        return "B" if not latin and (seat or population >= LARGE) and not key.isdigit() else ""
    zipf, share = _commonness(key)
    great = population >= LARGE or (seat and population >= 50_000)
    if zipf >= FUNCTION_ZIPF and (population < LARGE or (share > 0.1 and population < 5_000_000)):
        return ""
    if key in surnames and population < 1_000_000:
        return "A"
    word = zipf >= COMMON_ZIPF and share > (0.1 if latin else 0.45)
    if population >= 1_000_000 and not (word and zipf >= 5.2 and share > 1):
        return "S"
    if word:
        return "B" if zipf >= 4.9 and not great else "A"
    known = great or seat or (not latin and share < 0.06 and population >= 20_000)
    return "A" if (zipf >= 4.3 and not known) or (small and not seat and zipf >= OFTEN_ZIPF) else "S"


def common_words(persons: frozenset[str]) -> dict[str, str]:
    """Words that a village's name should not be read from: word → A, B, or X for those that are never a name alone."""
    found = {}
    for language in ("ar", "en", "fr"):
        for word, share in _words(language).items():
            if " " not in word and len(word) > 2 and math.log10(share) + 9 >= COMMON_ZIPF:
                level = ambiguity(word, 0, False, False, persons) or "X"
                if level != "S":
                    found[word] = level
    return found


def surnames(folder: Path) -> frozenset[str]:
    """Names of persons: a list of this project and, where it is unpacked, that of arabic-name-romanizer."""
    listed: Iterable[str] = countries()["persons"]["names"]
    return frozenset(normalise(n) for n in listed)

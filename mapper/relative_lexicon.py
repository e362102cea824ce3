"""The words of relative places, as a language lists them, and what single words and gaps between names mean.

The lists are ``languages/<code>/relative.toml``; ``relative_words`` tags texts by them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, TypeVar

from mapper.language import section
from mapper.numbers import key
from mapper.remembered import Remembered
from mapper.text import BESIDE, normalise

V = TypeVar("V")

AZIMUTH = {
    w: i * 22.5
    for i, w in enumerate(
        ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
    )
}
DASH = "-–—‑−"
SKIPPED = "-‑'’ʼ\"“”ـ."  # signs that may stand inside a phrase
_LISTS = (
    "near",
    "outskirts",
    "offshore",
    "between",
    "road",
    "border",
    "air",
    "road_mode",
    "travel",
    "walk",
    "within",
    "type",
    "open",
    "link",
    "countryside",
    "stop",
    "country_words",
    "capital_words",
    "place_words",
)


# What tells where a place lies by itself, beside distances and winds; and what does so for two names.
_TELLING = frozenset({"near", "outskirts", "offshore", "countryside"})
_LEANING = frozenset({"country_words", "capital_words", "place_words", "adjective"})
_PAIRING = frozenset({"between", "road", "border"})
_KINDS = ("seismic", "maritime", "military")


class Listed(dict[tuple[str, ...], V]):
    """Phrases, as tuples of words, and what they mean; ``reach``: first word → words of the longest that it begins."""

    def __init__(self, listed: Mapping[tuple[str, ...], V]) -> None:
        super().__init__(listed)
        self.reach = _reach(self)


def _reach(listed: Iterable[tuple[str, ...]]) -> dict[str, int]:
    reach: dict[str, int] = {}
    for words_ in listed:
        if words_:
            reach[words_[0]] = max(reach.get(words_[0], 0), len(words_))
    return reach


@dataclass(frozen=True, slots=True)
class Lexicon:
    phrases: Listed[frozenset[str]]
    units: Listed[tuple[str, float, bool]]
    dual: Listed[tuple[str, float, bool]]
    directions: Listed[str]
    data: dict[str, Any]
    sets: dict[str, frozenset[tuple[str, ...]]]
    # First word → words of the longest phrase of any list that begins with it: most words begin none.
    reach: dict[str, int]
    # The single words of each set.
    words: dict[str, frozenset[str]]
    proper: frozenset[str]
    # Words that change what stands beside them: the first of proper names, and of what makes a distance none.
    bound: frozenset[str]
    # Words for the kind of a place that may stand behind its name.
    sites: frozenset[str]
    # The first words of units and of what counts a road's kilometres.
    measures: frozenset[str]
    winds: frozenset[str]
    types: frozenset[str]
    links: frozenset[str]
    # What may be written onto a word before the wind that it names, and onto any word; and letters for winds.
    wind_cuts: tuple[str, ...]
    attached: tuple[str, ...]
    letters: re.Pattern[str] | None
    met: Remembered[str, bool]
    # What else than a name a place may lean on: "the city", "there", nationalities.
    leans: Remembered[str, bool]
    # The first words of what tells the kind of a text.
    sorts: frozenset[str]
    # Words that end a name: conjunctions and the like, and words for roads and borders behind two names.
    ends: frozenset[str]
    # Words for a border, and for nationalities that may stand beside one.
    border_words: frozenset[str]
    nations: dict[str, str]
    behind_two: frozenset[str]

    def is_wind(self, words: tuple[str, ...]) -> bool:
        """Whether normalised words are words for winds alone."""
        return bool(words) and (words in self.directions or all((word,) in self.directions for word in words))


def _met(wanted: frozenset[str], cuts: Sequence[str]) -> Remembered[str, bool]:
    """Words as a text has them, signs included → whether one of some words, normalised, is in them."""
    carried = wanted | {cut + word for cut in cuts for word in wanted}

    def tells(written: str) -> bool:
        bare = written.strip(BESIDE)
        if bare != written:
            return told[bare]
        got = key(written)
        # "300m" has a unit, "p.m." has none.
        own = [k for k in got if len(k) > 1 or all(x == k or x.isdigit() for x in got)]
        return not carried.isdisjoint(own)

    told = Remembered(tells)
    return told


@cache
def lexicon(language: str) -> Lexicon:
    data = section(language, "relative")
    phrases: dict[tuple[str, ...], set[str]] = {}
    for name in _LISTS:
        for word in data.get(name, []):
            phrases.setdefault(key(word), set()).add(name)
    if data.get("nation_before_type"):  # "the Libyan city of": the words stand with the actors' nationalities
        for forms in section(language, "actors").get("nations", {}).values():
            for form in forms:
                for article in ("", *data.get("articles", [])):
                    phrases.setdefault(key(f"{article} {form}"), set()).update(("type", "nation"))
                for capital in data.get("capital_words", []):  # "the Libyan capital"
                    first, _, rest = capital.partition(" ")
                    phrases.setdefault(key(f"{first} {form} {rest}"), set()).update(("type", "capital_words"))
    for form in (f for forms in section(language, "actors").get("nations", {}).values() for f in forms):
        if data.get("nation_after_wind"):  # "الشمال السوري", "l'est libyen": a part of that country
            phrases.setdefault(key(f"{data.get('article', '')}{form}"), set()).add("adjective")
    for word in data.get("extreme", []):
        phrases.setdefault(key(word), set()).add("open")
    phrases.pop((), None)
    units: dict[tuple[str, ...], tuple[str, float, bool]] = {}
    by_name: dict[str, tuple[str, float, bool]] = {}
    for unit in data.get("unit", []):
        value = (unit["name"], float(unit.get("metres", unit.get("hours", 0))), "hours" in unit)
        by_name[unit["name"]] = value
        units.update({key(w): value for w in unit["words"]})
    dual = {key(w): by_name[name] for name, ws in data.get("dual", {}).items() for w in ws}
    directions = {key(w): wind for wind, ws in data.get("directions", {}).items() for w in ws}
    names = (
        "attached",
        "joiners",
        "bearing_link",
        "distance_link",
        "inside_open",
        "after",
        "not_after_unit",
        "road_after",
        "border_after",
        "border_word",
        "not_after_border",
        "needs_article",
        "proper_names",
        "strict",
        "anchor_first",
        "road_joiners",
        "unit_link",
        "parties_before",
        "behind_name",
        "not_after_place",
        "not_joined",
        "ends_name",
        "marker",
        "extreme",
        "which",
        "seismic",
        "maritime",
        "military",
    )
    sets = {n: frozenset(k for w in data.get(n, []) if (k := key(w))) for n in names}
    listed: list[Iterable[tuple[str, ...]]] = [phrases, units, dual, directions, *sets.values()]
    reach = _reach(k for table in listed for k in table)
    proper = frozenset(k[0] for k in sets["proper_names"])
    winds = frozenset(k[0] for k in directions if k)
    kinds = {k: frozenset(v) for k, v in phrases.items()}
    types = frozenset(w for k, v in phrases.items() if v == {"type"} for w in k)
    links = frozenset(w for k, v in phrases.items() if v & {"type", "link"} for w in k)
    article, short = str(data.get("article", "")), data.get("abbreviations", "")
    attached = tuple(x[0] for x in sets["attached"] if len(x) == 1)
    cuts = ("", *([article] if article else []), *(a + b for a in attached for b in ("", article)))
    letters = re.compile(f"[{short}]{{1,3}}") if short else None
    sites = frozenset(w for k in sets["behind_name"] for w in k)
    measures = frozenset(k[0] for k in (*units, *sets["marker"]))
    bound = proper | frozenset(k[0] for k in sets["not_after_unit"])
    strong = [k for k, v in kinds.items() if v & (_TELLING | _PAIRING)]
    listed = [units, dual, directions, sets["marker"], strong, sets["road_after"], sets["border_after"]]
    listed.append(sets["border_word"])
    # Of a phrase one word will do, the longest that is no small word such as all sentences have.
    telling = frozenset(max(k, key=lambda w: (w not in links, len(w))) for table in listed for k in table if k)
    leaning = frozenset(_nations(language)) | frozenset(max(k, key=len) for k, v in kinds.items() if v & _LEANING)
    return Lexicon(
        Listed(kinds),
        Listed(units),
        Listed(dual),
        Listed(directions),
        data,
        sets,
        reach,
        {name: frozenset(w for k in own for w in k) for name, own in sets.items()},
        proper,
        bound,
        sites,
        measures,
        winds,
        types,
        links,
        cuts,
        attached,
        letters,
        _met(telling, cuts),
        _met(leaning, cuts),
        frozenset(k[0] for kind in _KINDS for k in sets[kind]),
        frozenset(k[0] for name in ("joiners", "ends_name") for k in sets[name] if len(k) == 1),
        frozenset(k[0] for k in sets["border_word"] if len(k) == 1),
        _nations(language),
        frozenset(k[0] for name in ("road_after", "border_after") for k in sets[name] if len(k) == 1),
    )


def _nations(language: str) -> dict[str, str]:
    """Single words of nationality with what may be written onto them → ISO code: those of actors, and of neighbours."""
    data = section(language, "actors")
    affixes = data.get("nation_affixes", ["{}"])
    tables = (section(language, "relative").get("nations", {}), data.get("nations", {}))
    listed = [(form, code) for table in tables for code, forms in table.items() for form in forms]
    written = [(key(affix.format(form)), code) for form, code in listed for affix in affixes]
    return {k[0]: code for k, code in written if len(k) == 1}


@lru_cache(maxsize=50_000)
def opens(surface: str, key_: str, language: str) -> tuple[bool, bool]:
    """Whether a phrase, a wind or a name that holds one can begin with a word, and whether a wind can: few can."""
    lex = lexicon(language)
    if lex.letters is not None and lex.letters.fullmatch(surface):
        return True, True
    rests = [key_[len(cut) :] for cut in lex.wind_cuts if key_.startswith(cut)]
    return any(rest in lex.reach for rest in rests), any(rest in lex.winds for rest in rests)


def speaks(language: str) -> bool:
    """Whether the language has a grammar of relative places."""
    return bool(section(language, "relative"))


def only_wind(name: str, language: str) -> bool:
    """Whether ``name`` is made of words for winds alone ("جنوب شرقي")."""
    return lexicon(language).is_wind(key(name))


_ENDS = re.compile(r"[.!?؟\n](?:\s|$)")


@cache
def _kind_words(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """For each kind of text a pattern of its words, normalised."""
    sets = lexicon(language).sets
    listed = [(kind, "|".join(re.escape(" ".join(k)) for k in sets[kind])) for kind in _KINDS]
    return tuple((kind, re.compile(rf"\b(?:{words_})\b")) for kind, words_ in listed if words_)


@lru_cache(maxsize=2048)
def _kind_in(sentence: str, language: str) -> str:
    if lexicon(language).sorts.isdisjoint(key(sentence)):
        return ""
    plain = normalise(sentence)
    return next((kind for kind, pattern in _kind_words(language) if pattern.search(plain)), "")


def kind_of(text: str, start: int, end: int, language: str) -> str:
    """seismic, maritime or military where the sentence around a span has the words of such texts, else ""."""
    ends = [m.start() for m in _ENDS.finditer(text, 0, start)]
    after = _ENDS.search(text, end)
    return _kind_in(text[ends[-1] + 1 if ends else 0 : after.start() if after else len(text)], language)


_SENTENCE_ENDS = re.compile(r"[.!?؟](?=\s)|\n")


def telling(text: str, language: str, names: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The sentences of ``text`` that may tell where a place lies: most have no word that can, and are passed over.

    ``names`` are spans in order; none is cut. What is said of a place never runs over the end of a sentence.
    """
    met, leans = lexicon(language).met.__getitem__, lexicon(language).leans.__getitem__
    found: list[tuple[int, int]] = []
    begin, i, last = 0, 0, 0
    for end in (*(m.end() for m in _SENTENCE_ENDS.finditer(text)), len(text)):
        while i < len(names) and names[i][1] <= end:
            i += 1
        if i < len(names) and names[i][0] < end < names[i][1]:
            continue
        written = text[begin:end].split()
        if any(map(met, written)) and (last < i or any(map(leans, written))):
            found.append((begin, end))
        begin, last = end, i
    return found


def owning(text: str, names: Sequence[tuple[int, int]], language: str) -> list[tuple[int, int]]:
    """The spans of names with what they own behind them: "Libya's capital" is an anchor that Libya is not."""
    owned = section(language, "relative").get("owned", [])
    if not any(phrase in text for phrase in owned):
        return []
    return [(a, b + len(phrase)) for a, b in names for phrase in owned if text.startswith(phrase, b)]


def owner(description: str, language: str) -> str:
    """The country whose capital words mean ("Libya's capital"): its name, "" for other words."""
    owned = section(language, "relative").get("owned", [])
    return next((description.removesuffix(phrase) for phrase in owned if description.endswith(phrase)), "")


def explains(gap: str, language: str) -> bool:
    """Whether ``gap`` makes what follows explain the name before: ", which lies"."""
    got, lex = key(gap), lexicon(language)
    while got and "type" in lex.phrases.get(got[:1], frozenset()):  # "X camp, which lies"
        got = got[1:]
    return got in lex.sets["which"]


def only_kind(gap: str, language: str) -> bool:
    """Whether ``gap``, between a name and a gloss of it, holds at most a word for the name's kind: "camp ("."""
    return set(key(gap)) <= lexicon(language).sites


def adds(gap: str, language: str) -> bool:
    """Whether ``gap`` adds one statement about a place to another: "and"."""
    got = key(gap)
    lex = lexicon(language)
    return bool(got) and (got[0],) in lex.sets["joiners"] and all((k,) in lex.phrases for k in got[1:])


def is_nation(name: str, language: str) -> bool:
    """Whether ``name`` is an adjective of nationality, as beside a wind or a border ("السوري", "libyen", "Turkish")."""
    lex, got = lexicon(language), key(name)
    return "adjective" in lex.phrases.get(got, frozenset()) or (len(got) == 1 and got[0] in lex.nations)


def nation(name: str, language: str) -> str | None:
    """The ISO code of the country of a nationality word, whatever its number and gender; None for other words."""
    got = key(name)
    return lexicon(language).nations.get(got[0]) if len(got) == 1 else None


def without_nation(words_: str, language: str) -> tuple[str, str | None]:
    """A description without its nationality, and the code of that country: "the Libyan capital" → "the capital", LY."""
    parts = words_.split()
    for i, part in enumerate(parts if len(parts) > 1 else ()):
        code = nation(part, language)
        if code is not None:
            return " ".join([*parts[:i], *parts[i + 1 :]]), code
    return words_, None


def nominatives(name: str, language: str) -> list[str]:
    """Forms of a name without the ending that its place in the sentence gives it: "Еревана" → "Ереван"."""
    *rest, last = name.split() or [""]
    pairs: list[list[str]] = lexicon(language).data.get("inflections", [])
    forms = [last[: len(last) - len(a)] + b for a, b in pairs if last.endswith(a) and len(last) >= len(a) + 2]
    return [" ".join([*rest, form]) for form in forms]

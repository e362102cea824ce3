"""The words of relative places: tags a text by a language's lists of distances, winds and relations.

The lists are ``languages/<code>/relative.toml``; ``grammar`` reads what is tagged here.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from mapper.language import section
from mapper.numbers import NumberSpan, key, numbers_in, words
from mapper.text import normalise

AZIMUTH = {
    w: i * 22.5
    for i, w in enumerate(
        ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
    )
}
DASH = "-–—‑−"
_SKIPPED = "-‑'’ʼ\"“”ـ."  # signs that may stand inside a phrase
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
_PAIRING = frozenset({"between", "road", "border"})
_MOST_MET = 50_000
_KINDS = ("seismic", "maritime", "military")


@dataclass(frozen=True, slots=True)
class Item:
    """A run of tokens with one meaning; ``kinds`` are all lists that the words stand in."""

    first: int
    last: int
    kinds: frozenset[str]
    value: Any = None


@dataclass(frozen=True, slots=True)
class _Lexicon:
    phrases: dict[tuple[str, ...], frozenset[str]]
    units: dict[tuple[str, ...], tuple[str, float, bool]]
    dual: dict[tuple[str, ...], tuple[str, float, bool]]
    directions: dict[tuple[str, ...], str]
    data: dict[str, Any]
    sets: dict[str, frozenset[tuple[str, ...]]]
    # First word → words of the longest phrase that begins with it: most words begin none.
    reach: dict[str, int]
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
    met: _Met
    # The first words of what tells the kind of a text.
    sorts: frozenset[str]
    # Words that end a name: conjunctions and the like, and words for roads and borders behind two names.
    ends: frozenset[str]
    # Words for a border, and for nationalities that may stand beside one.
    border_words: frozenset[str]
    nations: frozenset[str]
    behind_two: frozenset[str]


class _Met(dict[str, bool]):
    """Words as a text has them, signs included → whether a sentence with such a word may tell where a place lies."""

    def __init__(self, telling: frozenset[str], cuts: Sequence[str]) -> None:
        super().__init__()
        self._telling, self._cuts = telling, tuple(cut for cut in cuts if cut)

    def __missing__(self, written: str) -> bool:
        tells = any(
            k in self._telling or any(k.startswith(cut) and k[len(cut) :] in self._telling for cut in self._cuts)
            for k in key(written)
        )
        if len(self) < _MOST_MET:
            self[written] = tells
        return tells


@cache
def _lexicon(language: str) -> _Lexicon:
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
    tables = (phrases, units, dual, directions, sets["proper_names"])
    longest = max((len(k) for t in tables for k in t), default=1)
    listed: list[Iterable[tuple[str, ...]]] = [phrases, units, dual, directions, *sets.values()]
    reach: dict[str, int] = {}
    for k in (k for table in listed for k in table if k):
        reach[k[0]] = max(reach.get(k[0], 0), min(len(k), longest))
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
    return _Lexicon(
        kinds,
        units,
        dual,
        directions,
        data,
        sets,
        reach,
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
        _Met(telling, cuts),
        frozenset(k[0] for kind in _KINDS for k in sets[kind]),
        frozenset(k[0] for name in ("joiners", "ends_name") for k in sets[name] if len(k) == 1),
        frozenset(k[0] for k in sets["border_word"] if len(k) == 1),
        _nations(language),
        frozenset(k[0] for name in ("road_after", "border_after") for k in sets[name] if len(k) == 1),
    )


def _nations(language: str) -> frozenset[str]:
    """Single words of nationality with what may be written onto them: see the actors of the language."""
    data = section(language, "actors")
    forms = [form for forms in data.get("nations", {}).values() for form in forms]
    written = [key(affix.format(form)) for form in forms for affix in data.get("nation_affixes", ["{}"])]
    return frozenset(k[0] for k in written if len(k) == 1)


@lru_cache(maxsize=50_000)
def _opens(surface: str, key_: str, language: str) -> tuple[bool, bool]:
    """Whether a phrase, a wind or a name that holds one can begin with a word, and whether a wind can: few can."""
    lex = _lexicon(language)
    if lex.letters is not None and lex.letters.fullmatch(surface):
        return True, True
    rests = [key_[len(cut) :] for cut in lex.wind_cuts if key_.startswith(cut)]
    return any(rest in lex.reach for rest in rests), any(rest in lex.winds for rest in rests)


def speaks(language: str) -> bool:
    """Whether the language has a grammar of relative places."""
    return bool(section(language, "relative"))


def only_wind(name: str, language: str) -> bool:
    """Whether ``name`` is made of words for winds alone ("جنوب شرقي")."""
    lex = _lexicon(language)
    got = key(name)
    return bool(got) and (got in lex.directions or all((word,) in lex.directions for word in got))


_ENDS = re.compile(r"[.!?؟\n](?:\s|$)")


@cache
def _kind_words(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """For each kind of text a pattern of its words, normalised."""
    sets = _lexicon(language).sets
    listed = [(kind, "|".join(re.escape(" ".join(k)) for k in sets[kind])) for kind in _KINDS]
    return tuple((kind, re.compile(rf"\b(?:{words_})\b")) for kind, words_ in listed if words_)


@lru_cache(maxsize=2048)
def _kind_in(sentence: str, language: str) -> str:
    if _lexicon(language).sorts.isdisjoint(key(sentence)):
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
    met = _lexicon(language).met.__getitem__
    found: list[tuple[int, int]] = []
    begin, i = 0, 0
    for end in (*(m.end() for m in _SENTENCE_ENDS.finditer(text)), len(text)):
        while i < len(names) and names[i][1] <= end:
            i += 1
        if i < len(names) and names[i][0] < end < names[i][1]:
            continue
        if any(map(met, text[begin:end].split())):
            found.append((begin, end))
        begin = end
    return found


def explains(gap: str, language: str) -> bool:
    """Whether ``gap`` makes what follows explain the name before: ", which lies"."""
    got, lex = key(gap), _lexicon(language)
    while got and "type" in lex.phrases.get(got[:1], frozenset()):  # "X camp, which lies"
        got = got[1:]
    return got in lex.sets["which"]


def only_kind(gap: str, language: str) -> bool:
    """Whether ``gap``, between a name and a gloss of it, holds at most a word for the name's kind: "camp ("."""
    return set(key(gap)) <= _lexicon(language).sites


def adds(gap: str, language: str) -> bool:
    """Whether ``gap`` adds one statement about a place to another: "and"."""
    got = key(gap)
    lex = _lexicon(language)
    return bool(got) and (got[0],) in lex.sets["joiners"] and all((k,) in lex.phrases for k in got[1:])


def is_nation(name: str, language: str) -> bool:
    """Whether ``name`` is an adjective of nationality, as beside a wind or a border ("السوري", "libyen", "Turkish")."""
    lex, got = _lexicon(language), key(name)
    return "adjective" in lex.phrases.get(got, frozenset()) or (len(got) == 1 and got[0] in lex.nations)


def nominatives(name: str, language: str) -> list[str]:
    """Forms of a name without the ending that its place in the sentence gives it: "Еревана" → "Ереван"."""
    *rest, last = name.split() or [""]
    pairs: list[list[str]] = _lexicon(language).data.get("inflections", [])
    forms = [last[: len(last) - len(a)] + b for a, b in pairs if last.endswith(a) and len(last) > len(a) + 2]
    return [" ".join([*rest, form]) for form in forms]


class Tagged:
    """A text with its tokens tagged: the input of the reading around anchors."""

    def __init__(self, text: str, language: str, names: Sequence[tuple[int, int]]) -> None:
        self.text = text
        self.language = language
        self.lex = _lexicon(language)
        self.tokens = words(text)
        self.taken = [False] * len(self.tokens)
        self._starts, self._ends = [t.start for t in self.tokens], [t.end for t in self.tokens]
        for i in self._under(names):
            self.taken[i] = True
        self.items: list[Item] = []
        self.at: dict[int, Item] = {}
        self._tag()

    def _under(self, names: Sequence[tuple[int, int]]) -> list[int]:
        """The numbers of the tokens that lie under some spans."""
        under: list[int] = []
        for start, end in names:
            first = max(0, bisect_right(self._starts, start) - 1)
            under += [i for i in range(first, self.first_from(end)) if self.tokens[i].end > start]
        return under

    def named(self, names: Sequence[tuple[int, int]]) -> Tagged | None:
        """What was tagged without names, with ``names``; None where names change it: then it is to be tagged anew."""
        under = self._under(names)
        if any(i in self.at or self.tokens[i].key in self.lex.bound for i in under):
            return None
        other = object.__new__(Tagged)
        other.__dict__.update(self.__dict__)
        other.taken = [False] * len(self.tokens)
        for i in under:
            other.taken[i] = True
        return other

    def first_from(self, offset: int) -> int:
        """The number of the first token that begins at or behind ``offset``; that of tokens for none."""
        return bisect_left(self._starts, offset)

    def first_over(self, offset: int) -> int:
        """The number of the first token that ends behind ``offset``; that of tokens for none."""
        return bisect_right(self._ends, offset)

    def keys(self, i: int, n: int) -> tuple[tuple[str, ...], int]:
        """``n`` words from token ``i``, dashes and apostrophes inside skipped; and the last token."""
        got: list[str] = []
        j = i
        while j < len(self.tokens) and len(got) < n:
            t = self.tokens[j]
            if t.key and not self.taken[j]:
                got.append(t.key)
            elif not got or self.taken[j] or t.surface not in _SKIPPED or (t.surface == "." and self._stops(t.end)):
                break
            j += 1
        return tuple(got), j - 1

    def longest(self, i: int, table: Any, cut: str = "") -> tuple[Any, int] | None:
        """The longest entry of ``table`` (dict or set of word tuples) at token ``i``."""
        most = self.lex.reach.get(self.tokens[i].key[len(cut) :]) if i < len(self.tokens) else None
        if most is None:
            return None
        got: list[str] = []
        lasts: list[int] = []
        tokens, taken = self.tokens, self.taken
        for j in range(i, len(tokens)):
            t = tokens[j]
            if t.key and not taken[j]:
                got.append(t.key if got or not cut else t.key[len(cut) :])
                lasts.append(j)
                if len(got) == most:
                    break
            elif not got or taken[j] or t.surface not in _SKIPPED or (t.surface == "." and self._stops(t.end)):
                break
        for n in range(len(got), 0, -1):
            words_ = tuple(got[:n])
            if words_ in table:
                return (table[words_] if isinstance(table, dict) else words_), lasts[n - 1]
        return None

    def _stops(self, end: int) -> bool:
        return self.text[end : end + 1].isspace()

    def add(self, item: Item) -> None:
        self.items.append(item)
        for i in range(item.first, item.last + 1):
            self.at[i] = item

    def _distances(self) -> None:
        starts = {t.end: i for i, t in enumerate(self.tokens)}
        ends = list(starts)
        for number in self._numbers():
            last = starts.get(number.end)
            first = bisect_right(ends, number.start)
            if last is None or any(self.taken[first : last + 1]):
                continue
            unit = self._unit(last + 1)
            marker = self.tokens[first - 1].key if first else ""
            if unit is None and (marker,) in self.lex.sets["marker"] and not self.taken[first - 1]:
                # "PK 13": a kilometre post, counted from the first place of a road.
                self.add(Item(first - 1, last, frozenset({"dist"}), (number, "km", 1000.0)))
            if unit is None:
                continue
            (name, size, is_time), end = unit
            rest = self.text[self.tokens[end].end :][:1]
            if rest and (rest in "²/" or self.longest(end + 1, self.lex.sets["not_after_unit"])):
                continue
            end = self._converted(end, name)
            self.add(Item(first, end, frozenset({"time" if is_time else "dist"}), (number, name, size)))
        for i in range(len(self.tokens) if self.lex.dual else 0):
            if i not in self.at and not self.taken[i]:
                dual = self.longest(i, self.lex.dual)
                if dual:
                    (name, size, is_time), end = dual
                    t = self.tokens[i]
                    two = NumberSpan(t.start, t.end, 2.0, 2.0, 2.0, False, t.surface)
                    self.add(Item(i, end, frozenset({"time" if is_time else "dist"}), (two, name, size)))

    def _numbers(self) -> list[NumberSpan]:
        """The numbers of the lines that have a unit: a text has many more numbers than distances."""
        wanted = self.lex.measures
        article = str(self.lex.data.get("article", ""))
        found: list[NumberSpan] = []
        start, i = 0, 0
        for line in self.text.splitlines(keepends=True):
            end = start + len(line)
            has = False
            while i < len(self.tokens) and self.tokens[i].start < end:
                key_ = self.tokens[i].key
                has = has or key_ in wanted or (bool(article) and key_.removeprefix(article) in wanted)
                i += 1
            if has:
                spans = numbers_in(line, self.language)
                found += [replace(n, start=n.start + start, end=n.end + start) for n in spans] if start else spans
            start = end
        return found

    def _unit(self, i: int) -> tuple[tuple[str, float, bool], int] | None:
        while i < len(self.tokens) and self.tokens[i].surface in "-‑–\"'”’»":
            i += 1
        for cut in ("", self.lex.data.get("article", "")):
            found = self.longest(i, self.lex.units, cut)
            if found and (not cut or self.tokens[i].key.startswith(cut)):
                return found
        if i < len(self.tokens) and (self.tokens[i].key,) in self.lex.sets["unit_link"]:
            return self._unit(i + 1)
        return None

    def _converted(self, end: int, name: str) -> int:
        """The end of a distance with the same distance in another unit behind it in brackets."""
        rest = self.text[self.tokens[end].end :]
        match = re.match(r"\s*[(\[]([^()\[\]]{2,30})[)\]]", rest)
        if not match or not re.match(r"\D{0,12}\d[\d.,]*\s*[-‑]?\w+(\s\w+)?\.?$", match.group(1).strip()):
            return end
        inner = key(match.group(1))
        known = [u for n in (1, 2) for u in [self.lex.units.get(inner[-n:])] if u]
        if not known or known[-1][0] == name:
            return end
        stop = self.tokens[end].end + match.end()
        return max(i for i, t in enumerate(self.tokens) if t.end <= stop)

    def _wind(self, i: int) -> tuple[str, int, bool] | None:
        """Bearing letters from token ``i``, the last token, and whether it has the article."""
        letters: list[str] = []
        definite = False
        j, last = i, i - 1
        article = str(self.lex.data.get("article", ""))
        while j < len(self.tokens) and not self.taken[j] and sum(map(len, letters)) < 3:
            t = self.tokens[j]
            if letters and t.surface in "-‑–ـ.":
                j += 1
                continue
            got: str | None = None
            cuts = self.lex.wind_cuts
            for cut in cuts if not letters else cuts[: 2 if article else 1]:
                if cut and not t.key.startswith(cut):
                    continue
                found = self.longest(j, self.lex.directions, cut)
                if found:
                    got, definite = found[0], definite or (bool(article) and cut.endswith(article))
                    end = found[1]
                    break
            if got is None and self.lex.letters is not None and self.lex.letters.fullmatch(t.surface):
                got, end = t.surface.replace("O", "W"), j
            if got is None or (got == "C" and letters):
                break
            letters.append(got)
            j, last = end + 1, end
            if got == "C":
                break
        if not letters:
            return None
        wind = "".join(letters)
        if len(wind) == 2 and wind not in AZIMUTH:
            wind = wind[::-1]
        if wind == "C" or wind in AZIMUTH:
            return wind, last, definite
        for n in (len(letters) - 1, 1):
            if "".join(letters[:n]) in AZIMUTH:
                return "".join(letters[:n]), i if n == 1 else last, definite
        return None

    def _tag(self) -> None:
        self._distances()
        i = 0
        while i < len(self.tokens):
            token = self.tokens[i]
            may, blows = _opens(token.surface, token.key, self.language)
            if self.taken[i] or i in self.at or not may:
                i += 1
                continue
            proper = self._proper(i)
            if proper:
                i += proper
                continue
            best = self.longest(i, self.lex.phrases)
            for cut in self.lex.attached:
                if best is None and token.key.startswith(cut) and len(token.key) > len(cut) + 1:
                    best = self.longest(i, self.lex.phrases, cut)
            wind = self._wind(i) if blows else None
            if wind and (best is None or wind[1] >= best[1]) and self._wind_allowed(i, wind[1]):
                self.add(Item(i, wind[1], frozenset({"dir"}), (wind[0], wind[2])))
                i = wind[1] + 1
            elif best:
                self.add(Item(i, best[1], best[0]))
                i = best[1] + 1
            else:
                i += 1

    def _proper(self, i: int) -> int:
        """How many tokens from ``i`` are a proper name that holds a wind; a known name may lie inside."""
        if self.tokens[i].key not in self.lex.proper:
            return 0
        for n in range(4, 1, -1):
            got = tuple(t.key for t in self.tokens[i : i + n])
            if got in self.lex.sets["proper_names"]:
                return n
        return 0

    def _wind_allowed(self, i: int, last: int) -> bool:
        """Whether a word that is also another word ("est") stands as a bearing; abbreviations need a distance."""
        t = self.tokens[i]
        if (t.key,) in self.lex.sets["needs_article"] and last == i:
            before = self.tokens[i - 1].surface if i else ""
            return before in ("'", "’", "ʼ") or (i - 1 in self.at and "dist" in self.at[i - 1].kinds)
        if t.surface.isupper() and len(t.surface) <= 3 and t.surface.isascii():
            return any("dist" in self.at[k].kinds for k in (i - 1, i - 2, i + 1) if k in self.at)
        return True

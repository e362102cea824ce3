"""Tags the words of a text by a language's lists of distances, winds and relations, for ``grammar`` to read."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from mapper.numbers import NumberSpan, key, numbers_in, words
from mapper.relative_lexicon import AZIMUTH, SKIPPED, Listed, lexicon, only_wind, opens

_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]{2,30})[)\]]")
_MEASURE = re.compile(r"\D{0,12}\d[\d.,]*\s*[-‑]?\w+(\s\w+)?\.?$")


@dataclass(frozen=True, slots=True)
class Item:
    """A run of tokens with one meaning; ``kinds`` are all lists that the words stand in."""

    first: int
    last: int
    kinds: frozenset[str]
    value: Any = None


class Tagged:
    """A text with its tokens tagged: the input of the reading around anchors."""

    def __init__(
        self, text: str, language: str, names: Sequence[tuple[int, int]], owners: Sequence[tuple[int, int]] = ()
    ) -> None:
        """Tag a text; ``owners`` are spans of a country with the capital that it has: "Libya's capital"."""
        self.text = text
        self.language = language
        self.lex = lexicon(language)
        self.tokens = words(text)
        self.taken = [False] * len(self.tokens)
        self._starts, self._ends = [t.start for t in self.tokens], [t.end for t in self.tokens]
        for i in self._under(names):
            self.taken[i] = True
        self.items: list[Item] = []
        self.at: dict[int, Item] = {}
        for start, end in owners:
            under = self._under([(start, end)])
            self.add(Item(under[0], under[-1], frozenset({"type", "capital_words"})))
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

    def only_wind(self, span: tuple[int, int]) -> bool:
        """Whether a span is made of words for winds alone ("جنوب شرقي")."""
        first, last = self.first_from(span[0]), self.first_over(span[1] - 1)
        if first >= len(self.tokens) or self.tokens[first].start != span[0]:  # without what is written onto it
            return only_wind(self.text[span[0] : span[1]], self.language)
        return self.lex.is_wind(tuple([t.key for t in self.tokens[first : last + 1] if t.key]))

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
            elif not got or self.taken[j] or t.surface not in SKIPPED or (t.surface == "." and self._stops(t.end)):
                break
            j += 1
        return tuple(got), j - 1

    def longest(self, i: int, table: Any, cut: str = "") -> tuple[Any, int] | None:
        """The longest entry of ``table`` (of the lexicon: a ``Listed`` or a set of word tuples) at token ``i``."""
        tokens, taken = self.tokens, self.taken
        if i >= len(tokens):
            return None
        listed = isinstance(table, Listed)
        first = tokens[i].key[len(cut) :] if cut else tokens[i].key
        most = (table.reach if listed else self.lex.reach).get(first)
        if most is None or taken[i]:
            return None
        got, lasts = [first], [i]
        j, end = i + 1, len(tokens)
        while len(got) < most and j < end:
            t = tokens[j]
            if taken[j]:
                break
            if t.key:
                got.append(t.key)
                lasts.append(j)
            elif t.surface not in SKIPPED or (t.surface == "." and self._stops(t.end)):
                break
            j += 1
        for n in range(len(got), 0, -1):
            words_ = tuple(got[:n])
            if words_ in table:
                return (table[words_] if listed else words_), lasts[n - 1]
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
        article = self.lex.data.get("article", "")
        for cut in ("", article) if article else ("",):
            found = self.longest(i, self.lex.units, cut)
            if found and (not cut or self.tokens[i].key.startswith(cut)):
                return found
        if i < len(self.tokens) and (self.tokens[i].key,) in self.lex.sets["unit_link"]:
            return self._unit(i + 1)
        return None

    def _converted(self, end: int, name: str) -> int:
        """The end of a distance with the same distance in another unit behind it in brackets."""
        rest = self.text[self.tokens[end].end :]
        match = _BRACKETS.match(rest)
        if not match or not _MEASURE.match(match.group(1).strip()):
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
            may, blows = opens(token.surface, token.key, self.language)
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
                last = self._with_nation(best[1]) if "capital_words" in best[0] else best[1]
                self.add(Item(i, last, best[0]))
                i = last + 1
            else:
                i += 1

    def _with_nation(self, last: int) -> int:
        """The last token of words for a capital and of the nationality behind them: "العاصمة الليبية"."""
        behind = last + 1
        follows = behind < len(self.tokens) and not self.taken[behind] and self.tokens[behind].key in self.lex.nations
        return behind if follows else last

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

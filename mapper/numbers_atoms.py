"""Numbers without what is said about them: runs of digits, and number words put together."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from mapper.numbers_words import DASH, NumberWords
from mapper.text import Token, fold, normalise

_DIGITS = re.compile(r"\d+(?:[.,٫٬،\u00a0\u202f\u2009' ]\d+)*")
_FRACTION = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3, "⅛": 0.125}
_PARTS = re.compile(r"(\D)")
_LETTERS = re.compile(r"[^\W\d_]+")
_LETTERS_BEFORE = re.compile(r"[^\W\d_][\w\u064b-\u0652ـ]*$")
_CLOCK_AFTER = re.compile(r":\d")
_TICK = re.compile(r"\s?([½¼¾⅓⅔⅛])")
_SLASHED = re.compile(r"\s(1)[/⁄]([2348])\b")
_MOST_QUIET = 50_000


def _digits(run: str, w: NumberWords) -> list[tuple[int, int, float]]:
    """The numbers in a run of digits and separators, as (start, end, value) within the run."""
    if run.isdecimal():
        return [(0, len(run), float(run))]
    parts = _PARTS.split(run)
    out: list[tuple[int, int, float]] = []
    at, i = 0, 0
    while i < len(parts):
        first, j, end = parts[i], i, at + len(parts[i])
        number = first
        while (
            j + 2 < len(parts)
            and parts[j + 1] in w.group
            and (j == i or parts[j + 1] == parts[j - 1])
            and len(parts[j + 2]) == 3
            and 1 <= len(first) <= 3
            and int(first) > 0
        ):
            number += parts[j + 2]
            end += 1 + len(parts[j + 2])
            j += 2
        # A second dot or comma after a decimal part means a date or a version, not a number.
        more = j + 3 < len(parts) and parts[j + 3] == parts[j + 1] and not parts[j + 1].isspace()
        if j + 2 < len(parts) and parts[j + 1] in w.decimal and not more:
            number += "." + parts[j + 2]
            end += 1 + len(parts[j + 2])
            j += 2
        out.append((at, end, float(number)))
        at = end + 1
        i = j + 2
    return out


@dataclass(frozen=True, slots=True)
class Atom:
    """A number without modifiers. ``first`` and ``last`` are token indices."""

    first: int
    last: int
    start: int
    end: int
    low: float
    best: float | None
    high: float
    approximate: bool
    digits: bool


def _glued(text: str, start: int, w: NumberWords) -> bool:
    """Whether letters stand right before ``start`` that are not a clitic ("M23", but not "بـ20")."""
    if not start or text[start - 1].isspace():
        return False
    match = _LETTERS_BEFORE.search(text[max(0, start - 12) : start])
    if not match:
        return False
    before = normalise(match.group())
    return before not in {*w.prefixes, w.joined} if before else False


def digit_atoms(text: str, tokens: list[Token], w: NumberWords) -> dict[int, Atom]:
    index = {t.start: i for i, t in enumerate(tokens)}
    ends = {t.end: i for i, t in enumerate(tokens)}
    atoms: dict[int, Atom] = {}
    for match in _DIGITS.finditer(text):
        for a, b, value in _digits(match.group(), w):
            start, end = match.start() + a, match.start() + b
            if start not in index or end not in ends or _glued(text, start, w):
                continue
            last = ends[end]
            following = text[end : end + 2].lstrip()[:1]
            tail = _LETTERS.match(text, end) if following.isalpha() else None
            if tail and normalise(tail.group()) in w.ordinal:
                continue
            if _CLOCK_AFTER.match(text, end) or (
                start and text[start - 1] == ":" and text[start - 2 : start - 1].isdigit()
            ):
                continue
            tick = None
            if following in _FRACTION or following == "1":
                tick = _TICK.match(text[end : end + 2]) or _SLASHED.match(text[end : end + 5])
            if tick:
                value += _FRACTION[tick.group(1)] if tick.group(1) in _FRACTION else 1 / int(tick.group(2))
                end += tick.end()
                while last + 1 < len(tokens) and tokens[last + 1].end <= end:
                    last += 1
            atoms[index[start]] = Atom(index[start], last, start, end, value, value, value, False, True)
    for i, token in enumerate(tokens) if not _FRACTION.keys().isdisjoint(text) else ():
        if token.surface in _FRACTION and not any(a.first <= i <= a.last for a in atoms.values()):
            value = _FRACTION[token.surface]
            atoms[i] = Atom(i, i, token.start, token.end, value, value, value, False, True)
    return atoms


def _strip(token: Token, prefix: str) -> int:
    """Offset in the text of the first letter of ``token`` after a folded ``prefix``."""
    _, offsets = fold(token.surface)
    return token.start + (offsets[len(prefix)] if len(prefix) < len(offsets) else 0)


class _Reader:
    """Reads number words from tokens; holds nothing but its input."""

    def __init__(self, tokens: list[Token], w: NumberWords) -> None:
        self.tokens = tokens
        self.w = w

    def _keys(self, i: int, n: int, cut: str = "") -> tuple[tuple[str, ...], int]:
        """The next ``n`` words from ``i`` (hyphens skipped), the first without ``cut``; and the last index."""
        got: list[str] = []
        j = i
        while j < len(self.tokens) and len(got) < n:
            t = self.tokens[j]
            if t.surface in DASH or t.surface == "'" or t.surface == "’":
                if not got or j + 1 >= len(self.tokens) or t.start != self.tokens[j - 1].end:
                    break
            elif not t.key:
                break
            else:
                got.append(t.key)
            j += 1
        if got and cut:
            got[0] = got[0][len(cut) :] if got[0].startswith(cut) else ""
        return tuple(got), j - 1

    def word(self, i: int, table: dict[tuple[str, ...], float], cut: str = "") -> tuple[float, int] | None:
        """The longest entry of ``table`` at token ``i``: its value and its last token."""
        if not self._opens(i, cut):
            return None
        for n in range(self.w.longest, 0, -1):
            keys, last = self._keys(i, n, cut)
            if len(keys) == n and keys in table:
                return table[keys], last
        return None

    def _opens(self, i: int, cut: str) -> bool:
        """Whether any number phrase begins with token ``i``: most words are turned away here."""
        return i < len(self.tokens) and self.tokens[i].key[len(cut) :] in self.w.firsts

    def vague(self, i: int, cut: str = "") -> tuple[tuple[float, float], int] | None:
        if not self._opens(i, cut):
            return None
        for n in range(self.w.longest, 0, -1):
            keys, last = self._keys(i, n, cut)
            if len(keys) == n and keys in self.w.vague:
                return self.w.vague[keys], last
        return None

    def _next(self, i: int, last: float) -> tuple[float, int, bool] | None:
        """A small number that may be added to one whose last part is ``last``: value, token, joined."""
        w = self.w
        joined = False
        cut = ""
        if i < len(self.tokens) and self.tokens[i].surface in DASH:
            if self.tokens[i].start != self.tokens[i - 1].end:
                return None
            i += 1
        if i < len(self.tokens) and self.tokens[i].key in w.joiners and self.tokens[i].key:
            joined, i = True, i + 1
        elif (
            w.joined
            and i < len(self.tokens)
            and self.tokens[i].key.startswith(w.joined)
            and self.word(i, w.small) is None
            and self.word(i, w.scale) is None
        ):
            joined, cut = True, w.joined
        found = self.word(i, w.small, cut) or self.word(i, w.scale, cut)
        if found is None:
            return None
        value, at = found
        room = next((g for g in (1e9, 1e6, 1000, 100, 10) if last >= g and last % g == 0), 1)
        if last in (60, 80):
            room = 20
        fits = value < room and (joined or not w.joined)
        if joined and w.units_first and 1 <= last <= 9 and 20 <= value <= 90:
            fits = True
        return (value, at, joined) if fits else None

    def number(self, i: int, start_value: float | None = None) -> tuple[float, int] | None:
        """A number in words from token ``i``: value and last token. ``start_value``: digits before."""
        w = self.w
        total, current = 0.0, 0.0
        if start_value is not None:
            current, at, last = start_value, i - 1, 0.0
        else:
            found = self.word(i, w.small)
            if found is None:
                scale = self.word(i, w.scale)
                if scale is None:
                    return None
                current, at = 1.0, i - 1
            else:
                current, at = found
            last = current
        while True:
            skip = at + 1
            if skip < len(self.tokens) and self.tokens[skip].surface in DASH:
                skip += 1
            scale = self.word(skip, w.scale)
            if scale and scale[0] > 1 and (current or total):
                value, at = scale
                if value >= 1000:
                    total, current = total + (current or 1) * value, 0.0
                else:
                    current = (current or 1) * value if current < 100 else current
                last = value
                continue
            more = self._next(at + 1, last) if start_value is None or last else None
            if more is None:
                break
            value, at, _ = more
            current += value
            last = value
        if start_value is not None and at == i - 1:
            return None
        return total + current, at


def _opens(key_: str, w: NumberWords) -> bool:
    """Whether a number in words can begin with a word, or with what a prefix is written onto: few can."""
    if key_ in w.quiet:
        return False
    if key_ in w.firsts or key_ in w.articles:
        return True
    if any(p and key_.startswith(p) and key_[len(p) :] in w.firsts for p in (w.joined, *w.prefixes)):
        return True
    if len(w.quiet) < _MOST_QUIET:
        w.quiet.add(key_)
    return False


def word_atoms(tokens: list[Token], taken: dict[int, Atom], w: NumberWords) -> dict[int, Atom]:
    reader = _Reader(tokens, w)
    atoms: dict[int, Atom] = {}
    i = 0
    while i < len(tokens):
        if i in taken:
            # "3 thousand", "1.5 million", "2 dozen": digits then a scale word.
            atom = taken[i]
            more = reader.number(atom.last + 1, atom.best)
            if more:
                end = tokens[more[1]].end
                taken[i] = replace(atom, last=more[1], end=end, low=more[0], best=more[0], high=more[0], digits=False)
            i = taken[i].last + 1
            continue
        token = tokens[i]
        if not _opens(token.key, w):
            i += 1
            continue
        cut = ""
        if reader.word(i, w.small) is None and reader.word(i, w.scale) is None and reader.vague(i) is None:
            for prefix in (w.joined, *w.prefixes):
                if prefix and token.key.startswith(prefix) and token.key[len(prefix) :] in w.firsts:
                    rest = Token(_strip(token, prefix), token.end, token.surface, token.key[len(prefix) :])
                    trial = [*tokens[:i], rest, *tokens[i + 1 : i + 12]]
                    r = _Reader(trial, w)
                    if r.word(i, w.small) or r.word(i, w.scale) or r.vague(i) or r.word(i, w.about_value):
                        cut = prefix
                        break
        begin = _strip(token, cut) if cut else token.start
        here = tokens
        if cut:
            here = [*tokens]
            here[i] = Token(begin, token.end, token.surface, token.key[len(cut) :])
        atom_at = _vague_or_number(_Reader(here, w), here, i, begin, w)
        if atom_at is not None:
            atoms[i] = atom_at
            i = atom_at.last + 1
        else:
            i += 1
    return atoms


def _vague_or_number(reader: _Reader, tokens: list[Token], i: int, begin: int, w: NumberWords) -> Atom | None:
    vague = reader.vague(i)
    if vague:
        (low, high), last = vague
        j = last + 1
        while j < len(tokens) and (tokens[j].key in w.of or tokens[j].surface in "'’"):
            j += 1
        second = reader.vague(j)
        scale = reader.word(j, w.scale) or (
            reader.word(j + 1, w.scale) if j < len(tokens) and tokens[j].key in w.articles else None
        )
        if scale:
            low, high, last = low * scale[0], high * scale[0], scale[1]
        elif second:
            (a, b), last = second
            # "several dozens" is dozens; "dozens of thousands" multiplies.
            low, high = (low * a / 2, high * a / 2) if a >= 1000 else (max(low, a), max(high, b))
        return Atom(i, last, begin, tokens[last].end, low, None, high, True, False)
    about = reader.word(i, w.about_value)
    if about:
        value, last = about
        j = last + 1
        while j < len(tokens) and tokens[j].key in w.of:
            j += 1
        scale = reader.word(j, w.scale)
        if scale and scale[0] >= 1000:
            value, last = value * scale[0], scale[1]
        return Atom(i, last, begin, tokens[last].end, value, value, value, True, False)
    if tokens[i].key in w.articles:
        scale = reader.word(i + 1, w.scale)
        if scale is None:
            return None
        found = reader.number(i + 1)
    else:
        found = reader.number(i)
    if found is None:
        return None
    value, last = found
    return Atom(i, last, begin, tokens[last].end, value, value, value, False, False)

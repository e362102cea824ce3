"""When: the days that the words of a report mean, read against its day of publication.

All words and the order they come in are data: ``languages/<code>/time.toml``. A rule there has a
kind: ``at`` (a day, month, period or year), ``range``, ``since`` (from then to publication), ``ago``,
``past`` ("the past 24 hours"), ``night`` (one weekday into the next), ``hijri`` or ``persian`` (a date of
that calendar).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from mapper import patterns
from mapper import time_calendar as cal
from mapper.errors import LanguageError
from mapper.language import section
from mapper.model import DateRange
from mapper.numbers import words
from mapper.patterns import Atom, Lexicon, Match, Template
from mapper.remembered import Remembered
from mapper.text import Token
from mapper.time_meaning import JOINTS, Reckoning, captured, meaning, simple

_KINDS = ("at", "range", "since", "ago", "past", "night", "hijri", "persian")
_TABLES = {
    "months": "MONTH",
    "hijri_months": "HMONTH",
    "persian_months": "PMONTH",
    "weekdays": "WEEKDAY",
    "days": "DAYWORD",
    "units": "UNIT",
    "duals": "DUAL",
    "ordinals": "DAY",
    "spans": "SPAN",
    "seasons": "SEASON",
}
_DAYS = frozenset({"DAYWORD", "WEEKDAY", "DAY"})
_ENDS = frozenset(".;؛")
_GOVERN = 14  # words between a reporting verb and the date that it governs, at most
_AHEAD = 9  # the same for a date before the verb: "On Thursday the army said"


@dataclass(frozen=True, slots=True)
class DateExpression:
    """Words that tell when: offsets, surface, the days meant.

    ``of_reporting`` is true when the day is that of the telling ("said on Thursday"), not of an event.
    """

    start: int
    end: int
    text: str
    range: DateRange
    of_reporting: bool


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: str
    form: Template


@dataclass(frozen=True, slots=True)
class _Grammar:
    lexicon: Lexicon
    rules: tuple[_Rule, ...]
    starts: dict[str, tuple[int, ...]]  # class → the numbers of the rules that may begin with it
    named: frozenset[str]  # the classes and signs that rules need
    able: Remembered[frozenset[str], frozenset[int]]  # those of them that a text has → the rules that it can hold
    ordinal: frozenset[str]
    reckoning: Reckoning


@dataclass(frozen=True, slots=True)
class _Found:
    """A matched rule: tokens, offsets, what was captured and the days it means."""

    kind: str
    first: int
    last: int
    start: int
    end: int
    atoms: tuple[Atom, ...]
    span: cal.Span


@cache
def _grammar(language: str) -> _Grammar:
    data = section(language, "time")
    entries = [(w, name, v) for table, name in _TABLES.items() for v, ws in data.get(table, {}).items() for w in ws]
    entries += [(w, name, name) for name, ws in data.get("words", {}).items() for w in ws]
    rules = []
    for row in data.get("rules", []):
        if row["kind"] not in _KINDS:
            raise LanguageError(f"time of {language}: no kind {row['kind']!r}.", remedy=f"Use {', '.join(_KINDS)}.")
        rules += [_Rule(row["kind"], patterns.template(form)) for form in row["forms"]]
    starts: dict[str, list[int]] = {}
    for n, rule in enumerate(rules):
        for name in rule.form.firsts:
            starts.setdefault(name, []).append(n)

    def able(there: frozenset[str]) -> frozenset[int]:
        return frozenset(n for n, rule in enumerate(rules) if rule.form.possible(there))

    return _Grammar(
        patterns.lexicon(entries, data.get("prefixes", {}), data.get("capitalised", [])),
        tuple(rules),
        {name: tuple(numbers) for name, numbers in starts.items()},
        frozenset(name for rule in rules for element in rule.form.elements for name in element.names),
        Remembered(able),
        frozenset(data.get("ordinal_endings", [])),
        Reckoning(int(data.get("week_starts", 0)), dict(data.get("reaches_back", {}))),
    )


def expressions(text: str, language: str, published: dt.date | None, *, ahead: bool = False) -> list[DateExpression]:
    """All expressions of time in ``text``, in order, not overlapping.

    Without a day of publication only absolute ones (those with a year) are given. ``ahead``: a plan is told, so that
    "on Thursday" is the next one, as it is behind "will".

    >>> e = expressions("a raid on Thursday", "en", dt.date(2017, 9, 28))[0]
    >>> e.text, str(e.range.start)
    ('Thursday', '2017-09-28')
    """
    grammar = _grammar(language)
    if not grammar.rules:
        return []
    tokens = words(text)
    rows = patterns.grid(tokens, grammar.lexicon)
    _add_digits(rows, tokens, grammar)
    able = grammar.able[grammar.named & {*patterns.present(rows, tokens), "NUM"}]
    if not able:
        return []  # as in most sentences: their numbers need not be read
    for atom in patterns.numbers(text, tokens, language):
        rows[atom.first].append(atom)
    _join_months(rows, tokens)
    found: list[_Found] = []
    i = 0
    while i < len(tokens):
        if not rows[i]:
            i += 1
            continue
        ignored = max((a.last for a in rows[i] if a.name == "ignore"), default=0)
        hit = None if ignored else _at(rows, tokens, i, grammar, able, published, ahead)
        if hit:
            found.append(hit)
        i = hit.last if hit else max(i + 1, ignored)
    found = _merge(found, tokens, published, grammar)
    spans = [(f.first, f.last) for f in found]
    out = []
    for f in found:
        surface = text[f.start : f.end]
        days = DateRange(f.span[0], f.span[1], cal.precision(f.span), surface)
        out.append(DateExpression(f.start, f.end, surface, days, _governed(f, rows, tokens, spans)))
    return out


def _add_digits(rows: list[list[Atom]], tokens: Sequence[Token], grammar: _Grammar) -> None:
    """Give digits the classes DAY, NMONTH, YEAR and AYEAR (a year of another calendar)."""
    for i, token in enumerate(tokens):
        if not token.key.isdecimal():
            continue
        before = tokens[i - 1] if i else None
        # "M23" and "F16" are names; a clitic of another script ("و5") is not part of one.
        if before and before.end == token.start and before.key.isalpha() and before.key.isascii():
            continue
        value, length = int(token.key), len(token.key)
        last, end = i + 1, token.end
        if last < len(tokens) and tokens[last].key in grammar.ordinal and tokens[last].start == end:
            last, end = last + 1, tokens[last].end
        if length <= 2 and 1 <= value <= 31:
            rows[i].append(Atom("DAY", str(value), i, last, token.start, end))
        if length <= 2 and 1 <= value <= 12:
            rows[i].append(Atom("NMONTH", str(value), i, i + 1, token.start, token.end))
        if length == 4 and 1300 <= value < 1500:
            rows[i].append(Atom("AYEAR", str(value), i, i + 1, token.start, token.end))
        if length == 4 and 1900 <= value <= 2100:
            rows[i].append(Atom("YEAR", str(value), i, i + 1, token.start, token.end))


def _join_months(rows: list[list[Atom]], tokens: Sequence[Token]) -> None:
    """Make one month of two names of it: "أغسطس/آب", "تموز/ يوليو", "أغسطس (آب)", "أغسطس آب"."""
    for row in rows:
        for atom in [a for a in row if a.name == "MONTH"]:
            j = atom.last
            while j < len(tokens) and tokens[j].surface in JOINTS:
                j += 1
            if j >= len(tokens) or j - atom.last > 2:
                continue
            same = [b for b in rows[j] if b.name == "MONTH" and b.value == atom.value]
            if same:
                last = max(b.last for b in same)
                if last < len(tokens) and tokens[last].surface == ")" and tokens[j - 1].surface == "(":
                    last += 1
                row.append(Atom("MONTH", atom.value, atom.first, last, atom.start, tokens[last - 1].end))


def _at(
    rows: list[list[Atom]],
    tokens: Sequence[Token],
    i: int,
    grammar: _Grammar,
    able: frozenset[int],
    published: dt.date | None,
    ahead: bool,
) -> _Found | None:
    """The longest rule at token ``i`` that means something; ``able`` are those that the text can hold at all."""
    options: list[tuple[int, int, _Rule, Match]] = []
    for n in {n for name in _names(rows[i]) for n in grammar.starts.get(name, ())} & able:
        found = patterns.match(grammar.rules[n].form, rows, tokens, i)
        if found:
            options.append((-found.last, n, grammar.rules[n], found))
    for _, _, rule, m in sorted(options, key=lambda o: o[:2]):
        span = meaning(rule.kind, m.atoms, published, grammar.reckoning, ahead or _future(i, rows, tokens))
        if span:
            # Context after the span stays free for what follows.
            last = next((n for n in range(m.first, m.last) if tokens[n].start >= m.end), m.last)
            begin = next((n for n in range(i, m.last) if tokens[n].end > m.start), i)
            inner = _at(rows, tokens, begin, grammar, able, published, ahead) if begin > i else None
            if inner and inner.last > last:
                return inner  # "in May 2016": more than the context rule "in May" says
            return _Found(rule.kind, m.first, last, m.start, m.end, m.atoms, span)
    return None


def _merge(found: list[_Found], tokens: Sequence[Token], published: dt.date | None, grammar: _Grammar) -> list[_Found]:
    """Join a weekday, a word for a day and a date that stand side by side: "yesterday, Tuesday 3 May"."""
    out: list[_Found] = []
    for f in found:
        before = out[-1] if out else None
        if before and before.kind == f.kind == "at":
            gap = "".join(t.surface for t in tokens[before.last : f.first])
            ours, theirs = (_DAYS & _names(x.atoms) for x in (before, f))
            # After a full date only the same day again: "3 May, yesterday's" may be another one.
            fits = "DAY" not in ours or before.span == f.span
            if gap in ("", ",", "،", "(") and ours and theirs and not ours & theirs and fits and not _spread(before, f):
                atoms = (*before.atoms, *f.atoms)
                span = simple(captured(atoms), published, grammar.reckoning, False)
                if span:
                    out[-1] = _Found("at", before.first, f.last, before.start, f.end, atoms, span)
                    continue
        out.append(f)
    return out


def _spread(*found: _Found) -> bool:
    """Whether one of them is a word for more than one day ("last night")."""
    return any(".." in a.value for f in found for a in f.atoms if a.name == "DAYWORD")


def _names(row: Sequence[Atom]) -> set[str]:
    return {a.name for a in row}


def _future(first: int, rows: Sequence[Sequence[Atom]], tokens: Sequence[Token]) -> bool:
    """Whether a word for what is to come governs the date: "will meet on Tuesday"."""
    for i in range(first - 1, max(-1, first - _AHEAD), -1):
        names = _names(rows[i])
        if "future" in names:
            return True
        if "reporting" in names or tokens[i].surface in _ENDS:
            return False
    return False


def _governed(
    found: _Found, rows: Sequence[Sequence[Atom]], tokens: Sequence[Token], spans: Sequence[tuple[int, int]]
) -> bool:
    """Whether a reporting word governs the date: nothing but its subject stands between them."""
    first, last = found.first, found.last
    others = {i for a, b in spans if (a, b) != (first, last) for i in range(a, b)}

    def told(at: range, walls: set[str]) -> bool:
        for i in at:
            names = _names(rows[i])
            if "reporting" in names:
                return True
            if i in others or names & walls or tokens[i].surface in _ENDS:
                return False
        return False

    if told(range(first - 1, max(-1, first - 1 - _GOVERN), -1), {"event", "that", "after"}):
        return True
    if not told(range(last, min(len(tokens), last + _AHEAD)), {"event", "after"}):
        return False
    # A date that closes its own clause belongs there: "clashes broke out on Monday, the army said".
    for i in range(first - 1, -1, -1):
        if tokens[i].surface in _ENDS:
            break
        if "event" in _names(rows[i]):
            return False
    return True

"""When: date expressions of Arabic, English and French against the publication day. Words are data (time.toml).

dateparser reads 10 of 39 usual Arabic forms; dual month names ("أغسطس/آب") are none of them. This module reads
months of every tradition, weekdays, days told from today, and ranges; each gets UCDP's date_prec.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from mapper.language import section
from mapper.model import DateRange
from mapper.text import Token, normalise, tokenise

DAY, WEEK, MONTH, YEAR = 1, 3, 4, 5


@dataclass(frozen=True, slots=True)
class DateExpression:
    """A date in a text: its span, its days, and whether it only dates a statement ("said on Monday")."""

    start: int
    end: int
    text: str
    range: DateRange
    of_reporting: bool = False


@dataclass(frozen=True, slots=True)
class _Words:
    months: dict[str, int]
    weekdays: dict[str, int]
    offsets: dict[str, int]
    periods: dict[str, tuple[str, int]]
    units: dict[str, str]
    numbers: dict[str, int]
    ago: tuple[str, ...]
    ago_after: tuple[str, ...]
    last: frozenset[str]
    following: frozenset[str]
    year: frozenset[str]
    since: frozenset[str]
    parts: dict[str, str]
    fill: frozenset[str]
    night: frozenset[str]
    reporting: frozenset[str]
    clitics: tuple[str, ...]
    joins: frozenset[str]


@cache
def _words(language: str) -> _Words:
    data = section(language, "time")

    def keys(name: str) -> frozenset[str]:
        return frozenset(normalise(w) for w in data.get(name, []))

    def table(name: str) -> dict[str, int]:
        return {normalise(w): int(n) for n, words in data.get(name, {}).items() for w in words}

    periods = {}
    for period in data.get("period", []):
        for word in period["words"]:
            periods[normalise(word)] = (period["unit"], int(period["step"]))
    return _Words(
        table("months"),
        table("weekdays"),
        table("offsets"),
        periods,
        {normalise(w): unit for unit, words in data.get("units", {}).items() for w in words},
        table("small_numbers"),
        tuple(normalise(w) for w in data.get("ago", [])),
        tuple(normalise(w) for w in data.get("ago_after", [])),
        keys("last"),
        keys("following"),
        keys("year_words"),
        keys("since"),
        {normalise(w): part for part, words in data.get("parts", {}).items() for w in words},
        keys("fill"),
        keys("night"),
        keys("reporting"),
        tuple(data.get("clitics", [])),
        keys("joins"),
    )


class _Reader:
    """One text on its way: tokens, words and the publication day."""

    def __init__(self, text: str, language: str, published: dt.date | None) -> None:
        self.text, self.published = text, published
        self.words = _words(language)
        self.tokens = tokenise(text)
        self.keys = [self._bare(t.key) for t in self.tokens]

    def _bare(self, key: str) -> str:
        w = self.words
        for clitic in w.clitics:
            rest = key.removeprefix(clitic)
            if rest != key and (rest in w.months or rest in w.weekdays or rest in w.offsets or rest in w.units or rest in w.last):
                return rest
        return key

    def phrase(self, i: int, table: Sequence[str] | dict[str, object] | frozenset[str], longest: int = 4) -> tuple[str, int] | None:
        """The longest entry of ``table`` that begins at token i, and how many tokens it takes."""
        for n in range(min(longest, len(self.keys) - i), 0, -1):
            words = " ".join(k for k in self.keys[i : i + n] if k)
            if words and words in table and self.keys[i + n - 1]:
                return words, n
        return None

    def number(self, i: int) -> int | None:
        if i >= len(self.keys):
            return None
        key = self.keys[i]
        if key.isdigit() and len(key) <= 4:
            return int(key)
        trimmed = key.rstrip("stndrhe") if key[:1].isdigit() else ""
        return int(trimmed) if trimmed.isdigit() else None

    def skip(self, i: int) -> int:
        while i < len(self.keys) and self.keys[i] in self.words.fill:
            i += 1
        return i


def expressions(text: str, language: str, published: dt.date | None) -> list[DateExpression]:
    """The date expressions of ``text`` in order, none inside another.

    Args:
        text: A sentence or clause; spans index into it.
        language: Whose time.toml is read.
        published: The day that "yesterday" and "Thursday" are told from; None leaves these unread.
    """
    reader = _Reader(text, language, published)
    found: list[DateExpression] = []
    i = 0
    while i < len(reader.tokens):
        hit = next((h for rule in _RULES for h in [rule(reader, i)] if h), None)
        if hit is None:
            i += 1
            continue
        days, n = hit
        start, end = reader.tokens[i].start, reader.tokens[i + n - 1].end
        found.append(DateExpression(start, end, text[start:end], replace(days, text=text[start:end])))
        i += n
    found = list(_joined(text, reader, found))
    return [replace(e, of_reporting=_reported(reader, e)) for e in found]


def _month(year: int, month: int, part: str | None = None) -> DateRange:
    last = calendar.monthrange(year, month)[1]
    first, final = {"early": (1, 10), "mid": (11, 20), "late": (21, last)}.get(part or "", (1, last))
    return DateRange(dt.date(year, month, first), dt.date(year, month, final), MONTH)


def _year(year: int, part: str | None = None) -> DateRange:
    first, final = {"early": (1, 3), "mid": (5, 8), "late": (10, 12)}.get(part or "", (1, 12))
    return DateRange(dt.date(year, first, 1), dt.date(year, final, calendar.monthrange(year, final)[1]), YEAR)


def _valid(year: int, month: int, day: int) -> DateRange | None:
    try:
        when = dt.date(year, month, day)
    except ValueError:
        return None
    return DateRange(when, when, DAY)


def _latest(month: int, day: int | None, before: dt.date | None) -> int | None:
    """The year that puts a month, or a day of it, last before publication (a week ahead is meant as ahead)."""
    if before is None:
        return None
    ahead = before + dt.timedelta(7)
    return before.year if (month, day or 1) <= (ahead.month, ahead.day) or ahead.year > before.year else before.year - 1


def _months_at(r: _Reader, i: int) -> tuple[int, int] | None:
    """(month, tokens) of a month name, a dual one too: "أغسطس/آب", "تموز يوليو"."""
    hit = r.phrase(i, r.words.months, 2)  # type: ignore[arg-type]
    if hit is None:
        return None
    month, n = r.words.months[hit[0]], hit[1]
    j = i + n
    if j < len(r.tokens) and r.tokens[j].surface in ("/", ".", "-"):
        j += 1
    again = r.phrase(j, r.words.months, 2) if j < len(r.tokens) else None  # type: ignore[arg-type]
    if again is not None and r.words.months[again[0]] == month:
        n = j + again[1] - i
    return month, n


def _absolute(r: _Reader, i: int) -> tuple[DateRange, int] | None:
    """Day and month with or without a year, month and year, ISO and slashed dates."""
    part, at = None, i
    begin = r.phrase(i, r.words.parts, 2)  # type: ignore[arg-type]
    if begin is not None:
        part, at = r.words.parts[begin[0]], r.skip(i + begin[1])
    iso = _numeric(r, at)
    if iso is not None:
        return iso[0], at + iso[1] - i
    day = r.number(at)
    if day is not None and 1 <= day <= 31 and part is None:
        j = r.skip(at + 1)
        month = _months_at(r, j) if j < len(r.tokens) else None
        if month is not None:
            return _with_year(r, i, j + month[1], month[0], day, None)
    month = _months_at(r, at) if at < len(r.tokens) else None
    if month is None:
        number = r.number(at)
        if part is not None and number is not None and 1900 <= number <= 2100:
            return _year(number, part), at + 1 - i
        return None
    j = at + month[1]
    day = r.number(j)
    if day is not None and 1 <= day <= 31 and part is None and not (j + 1 < len(r.tokens) and r.keys[j + 1] in r.words.months):
        return _with_year(r, i, j + 1, month[0], day, None)
    if r.words.months and r.keys[at] in _AMBIGUOUS and part is None and r.number(j) is None and not _after_in(r, at):
        return None
    return _with_year(r, i, j, month[0], None, part)


# "may" and "march" are verbs unless a preposition, a day or a year stands beside them; so is "mars" a planet.
_AMBIGUOUS = frozenset({"may", "march", "mars", "mai"})


def _after_in(r: _Reader, i: int) -> bool:
    return i > 0 and (r.keys[i - 1] in r.words.since or r.keys[i - 1] in ("in", "en", "of", "last", "fin", "debut"))


def _with_year(r: _Reader, i: int, j: int, month: int, day: int | None, part: str | None) -> tuple[DateRange, int] | None:
    k = r.skip(j)
    if k < len(r.tokens) and r.tokens[k].surface == ",":
        k += 1
    year = r.number(k) if k < len(r.tokens) else None
    if year is not None and 1900 <= year <= 2100:
        end = k + 1
    else:
        year, end = _latest(month, day, r.published), j
        if j < len(r.keys) and r.keys[j] in r.words.last:
            end = j + 1
            if year is not None and r.published is not None and (month, day or 1) > (r.published.month, r.published.day):
                year = r.published.year - 1
        elif j < len(r.keys) and r.keys[j] in r.words.following and r.published is not None:
            end, year = j + 1, r.published.year + ((month, day or 1) < (r.published.month, r.published.day))
    if year is None:
        return None
    days = _valid(year, month, day) if day is not None else _month(year, month, part)
    return (days, end - i) if days is not None else None


def _numeric(r: _Reader, i: int) -> tuple[DateRange, int] | None:
    """2017-09-28, 28/9/2017, 28.09.2017: day before month, as the world outside the United States writes."""
    parts: list[int] = []
    j = i
    while j < len(r.tokens) and len(parts) < 3:
        number = r.number(j)
        if number is None:
            break
        parts.append(number)
        j += 1
        if len(parts) < 3 and j < len(r.tokens) and r.tokens[j].surface in "-/.":
            j += 1
        else:
            break
    if len(parts) != 3 or j - i != 5:
        return None
    a, b, c = parts
    days = _valid(a, b, c) if a > 1900 else _valid(c, b, a) if c > 1900 else None
    return (days, 5) if days else None


def _weekday(r: _Reader, i: int) -> tuple[DateRange, int] | None:
    """A weekday: the nearest past one, publication day included; the next one when told so."""
    hit = r.phrase(i, r.words.weekdays, 2)  # type: ignore[arg-type]
    if hit is None or r.published is None:
        return None
    back = (r.published.weekday() - r.words.weekdays[hit[0]]) % 7
    n = hit[1]
    j = i + n
    before = r.keys[i - 1] if i else ""
    if j < len(r.keys) and r.keys[j] in r.words.following or before in r.words.following:
        n += j < len(r.keys) and r.keys[j] in r.words.following
        when = r.published + dt.timedelta(7 - back)
    else:
        if j < len(r.keys) and r.keys[j] in r.words.last:
            n += 1
            back = back or 7
        when = r.published - dt.timedelta(back)
    after = _absolute(r, i + n + (i + n < len(r.tokens) and r.tokens[i + n].surface in ",،"))
    if after is not None and after[0].precision == DAY:
        comma = i + n < len(r.tokens) and r.tokens[i + n].surface in ",،"
        return after[0], n + after[1] + comma
    end = when + dt.timedelta(1) if _at_night(r, i) else when
    return DateRange(when, end, DAY if when == end else 2), n


def _at_night(r: _Reader, i: int) -> bool:
    return any(k in r.words.night for k in r.keys[max(0, i - 3) : i])


def _offset(r: _Reader, i: int) -> tuple[DateRange, int] | None:
    """Today, yesterday, the day before yesterday, with a weekday behind them or not."""
    hit = r.phrase(i, r.words.offsets, 3)  # type: ignore[arg-type]
    if hit is None or r.published is None:
        return None
    when = r.published + dt.timedelta(r.words.offsets[hit[0]])
    n = hit[1]
    weekday = r.phrase(i + n, r.words.weekdays, 2) if i + n < len(r.tokens) else None  # type: ignore[arg-type]
    if weekday is not None:
        n += weekday[1]
        if r.words.weekdays[weekday[0]] != when.weekday():
            when = r.published - dt.timedelta((r.published.weekday() - r.words.weekdays[weekday[0]]) % 7)
    return DateRange(when, when, DAY), n


def _period(r: _Reader, i: int) -> tuple[DateRange, int] | None:
    """Last week, this month, next year."""
    hit = r.phrase(i, r.words.periods, 4)  # type: ignore[arg-type]
    if hit is None or r.published is None:
        return None
    unit, step = r.words.periods[hit[0]]
    return _shifted(r.published, unit, step), hit[1]


def _shifted(day: dt.date, unit: str, step: int) -> DateRange:
    if unit == "day":
        when = day + dt.timedelta(step)
        return DateRange(when, when, DAY)
    if unit == "week":
        start = day - dt.timedelta(day.weekday()) + dt.timedelta(7 * step)
        return DateRange(start, start + dt.timedelta(6), WEEK)
    if unit == "month":
        months = day.year * 12 + day.month - 1 + step
        return _month(months // 12, months % 12 + 1)
    return _year(day.year + step)


def _ago(r: _Reader, i: int) -> tuple[DateRange, int] | None:
    """Two days ago, قبل يومين, il y a trois semaines."""
    if r.published is None:
        return None
    w = r.words
    start = next((len(a.split()) for a in w.ago if tuple(r.keys[i : i + len(a.split())]) == tuple(a.split())), 0)
    j = i + start
    if j >= len(r.keys) or (not start and not w.ago_after):
        return None
    number = r.number(j)
    number = w.numbers.get(r.keys[j]) if number is None else number
    if number is not None:
        j += 1
    if j >= len(r.keys):
        return None
    unit = w.units.get(r.keys[j])
    if unit is None:
        return None
    j += 1
    if unit.startswith("two_"):
        number, unit = 2, unit[4:]
    if not start:
        tail = next((a for a in w.ago_after if tuple(r.keys[j : j + len(a.split())]) == tuple(a.split())), None)
        if tail is None:
            return None
        j += len(tail.split())
    number = 1 if number is None else number
    if number > 400:
        return None
    days = _shifted(r.published, unit, -number)
    if unit == "week":
        when = r.published - dt.timedelta(7 * number)
        days = DateRange(when - dt.timedelta(3), when + dt.timedelta(3), WEEK)
    return days, j - i


def _plain_year(r: _Reader, i: int) -> tuple[DateRange, int] | None:
    """A year behind "in", "since" or a word for year: bare numbers are no dates."""
    number = r.number(i)
    if number is None or not 1900 <= number <= 2100 or i == 0:
        return None
    before = r.keys[i - 1]
    return (_year(number), 1) if before in r.words.year else None


_RULES = (_offset, _absolute, _weekday, _period, _ago, _plain_year)


def _joined(text: str, r: _Reader, found: Sequence[DateExpression]) -> Iterator[DateExpression]:
    """Two days joined by "to" or "and" become one range: "between 3 and 5 May", "de jeudi à vendredi"."""
    i = 0
    while i < len(found):
        a = found[i]
        if i + 1 < len(found):
            b = found[i + 1]
            between = normalise(text[a.end : b.start])
            if between in r.words.joins and a.range.start <= b.range.start and (b.range.end - a.range.start).days < 60:
                days = DateRange(a.range.start, b.range.end, 2 if b.range.precision < MONTH else b.range.precision, text[a.start : b.end])
                yield DateExpression(a.start, b.end, text[a.start : b.end], days)
                i += 2
                continue
        yield a
        i += 1


def _reported(r: _Reader, e: DateExpression) -> bool:
    """Whether the nearest verb or noun beside the date is one of telling."""
    first = next((i for i, t in enumerate(r.tokens) if t.start >= e.start), 0)
    last = next((i for i, t in enumerate(r.tokens) if t.start >= e.end), len(r.tokens))
    before = [k for k in r.keys[max(0, first - 4) : first] if k]
    after = [k for k in r.keys[last : last + 2] if k]
    return any(k in r.words.reporting for k in before) or any(k in r.words.reporting for k in after[:1])


__all__ = ["DateExpression", "Token", "expressions"]

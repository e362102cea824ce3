"""What the matched words of a rule of time mean: days, counted from the day of publication."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mapper import time_calendar as cal
from mapper import time_hijri
from mapper.patterns import Atom

JOINTS = frozenset("/-–—()")
_RELATIONS = ("last", "this", "next")
_PARTS = ("early", "mid", "late")


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How a language counts: the weekday (0 Monday) on which weeks begin.

    ``reaches_back``: unit → days before publication that it reaches back at least, when it is called "this".
    """

    week_start: int
    reaches_back: Mapping[str, int]


def meaning(
    kind: str, atoms: Sequence[Atom], published: dt.date | None, reckoning: Reckoning, ahead: bool
) -> cal.Span | None:
    """The days that the atoms of a rule of a kind (see ``time``) mean; None where they mean none.

    ``ahead``: a word for what is to come governs them.
    """
    if kind in ("range", "night"):
        return _range(atoms, published, reckoning)
    values = captured(atoms)
    if kind in ("hijri", "persian"):
        return _other(kind, values, published)
    if kind == "at":
        return simple(values, published, reckoning, ahead)
    if published is None:
        return None
    if kind == "since":
        begin = simple(values, published, reckoning, False)
        return (begin[0], published) if begin and begin[0] <= published else None
    if "SPAN" in values:
        return published - cal.DAY * int(values["SPAN"]), published
    low, best, high = _count(values)
    unit = values.get("UNIT") or values.get("DUAL", "")
    if kind == "past":
        return cal.past(unit, best if best is not None else high or low, published)
    return cal.ago(unit, low, best, high, published)


def _other(kind: str, values: dict[str, str], published: dt.date | None) -> cal.Span | None:
    """A date of another calendar."""
    day = int(values["DAY"]) if "DAY" in values else None
    year = int(values["AYEAR"]) if "AYEAR" in values else None
    if kind == "hijri":
        return time_hijri.hijri(year, int(values["HMONTH"]), day, published)
    return time_hijri.persian(year, int(values["PMONTH"]), day) if year is not None else None


def _count(values: dict[str, str]) -> tuple[float, float | None, float | None]:
    if "DUAL" in values:
        return 2, 2, 2
    if "few" in values:
        return 2, None, 6
    if "NUM" not in values:
        return 1, 1, 1
    low, best, high = (float(x) if x else None for x in values["NUM"].split("|"))
    return low or 0.0, best, high


def captured(atoms: Sequence[Atom]) -> dict[str, str]:
    """Class → value of the first atom of each class; a month in figures is a month."""
    values: dict[str, str] = {}
    for atom in atoms:
        values.setdefault("MONTH" if atom.name == "NMONTH" else atom.name, atom.value)
    return values


def simple(values: dict[str, str], published: dt.date | None, reckoning: Reckoning, ahead: bool) -> cal.Span | None:
    """A day, month, period, season or year; parts ("late", "early") cut it down."""
    relation = next((r for r in _RELATIONS if r in values), "")
    if "DAY" in values:
        date = _day(values, published, reckoning, "next" if ahead and not relation else relation)
        return (date, date + cal.DAY if "night_of" in values else date) if date else None
    span: cal.Span | None = None
    if "YEAR" in values:
        year = int(values["YEAR"])
        first, last = 1, 12
        if "MONTH" in values:
            first = last = int(values["MONTH"])
        elif "SEASON" in values:
            first, last = (int(x) for x in values["SEASON"].split("-"))
        span = cal.month(year, first)[0], cal.month(year, last)[1]
    elif published is None:
        return None
    elif "MONTH" in values:
        span = _month(values, published, relation)
    elif "WEEKDAY" in values:
        return _weekday(values, published, relation, ahead)
    elif "DAYWORD" in values:
        low, _, high = values["DAYWORD"].partition("..")
        return published + cal.DAY * int(low), published + cal.DAY * int(high or low)
    elif "UNIT" in values and relation:
        whole = any(p in values for p in _PARTS)
        span = cal.period(values["UNIT"], published, relation, reckoning.week_start, whole=whole)
        back = reckoning.reaches_back.get(values["UNIT"], 0)
        if span and back and relation == "this" and "late" not in values:
            span = min(span[0], published - cal.DAY * back), span[1]  # "earlier this week", told on its second day
    if span is None:
        return None
    for name in _PARTS:
        if name in values:
            span = cal.part(span, name)
            return (span[0], min(span[1], published)) if published and span[0] <= published else span
    return span


def _month(values: dict[str, str], published: dt.date, relation: str) -> cal.Span:
    number = int(values["MONTH"])
    if "UNIT" in values or "year_noun" in values:  # "May of last year"
        year = published.year + {"last": -1, "next": 1}.get(relation, 0)
        return cal.month(year, number)
    span = cal.nearest_month(number, published, relation)
    return cal.month(span[0].year, span[0].month) if any(p in values for p in _PARTS) else span


def _day(values: dict[str, str], published: dt.date | None, reckoning: Reckoning, relation: str) -> dt.date | None:
    number = int(values["DAY"])
    if "MONTH" not in values:
        if "UNIT" not in values or published is None:
            return None
        whole = cal.period(values["UNIT"], published, relation or "this", reckoning.week_start, whole=True)
        return cal.day(whole[0].year, whole[0].month, number) if whole and values["UNIT"] == "month" else None
    month = int(values["MONTH"])
    if "YEAR" in values:
        return cal.day(int(values["YEAR"]), month, number)
    if published is None:
        return None
    if "year_noun" in values or values.get("UNIT") == "year":  # "the 3rd of May last year"
        return cal.day(published.year + {"last": -1, "next": 1}.get(relation, 0), month, number)
    weekday = int(values["WEEKDAY"]) if "WEEKDAY" in values else None
    return cal.nearest_day(number, month, published, relation, weekday)


def _weekday(values: dict[str, str], published: dt.date, relation: str, ahead: bool) -> cal.Span | None:
    number = int(values["WEEKDAY"])
    night = "night_of" in values or ".." in values.get("DAYWORD", "")  # "overnight on Thursday"
    if "DAYWORD" in values:
        said = published + cal.DAY * int(values["DAYWORD"].partition("..")[0])
        # "yesterday, Tuesday" in a report published two days later: the weekday is what stays true.
        relation, ahead = "", False
        if said.weekday() == number or said > published:
            return said, said + cal.DAY if night and said < published else said
    if values.get("UNIT") == "week":
        week = cal.period("week", published, relation, 0, whole=True)
        return (week[0] + cal.DAY * number,) * 2 if week else None
    date = cal.weekday(number, published, "coming" if ahead and not relation else relation)
    return date, date + cal.DAY if night and date < published else date


def _range(atoms: Sequence[Atom], published: dt.date | None, reckoning: Reckoning) -> cal.Span | None:
    """From the first day or month to the second; what one half leaves out, the other says."""
    first_named = next((n for n, a in enumerate(atoms) if a.name.isupper()), 0)
    cut = (n for n, a in enumerate(atoms) if n > first_named and (a.name in ("to", "and") or a.value in JOINTS))
    middle = next(cut, None)
    if middle is None:  # two weekdays side by side
        middle = max(n for n, a in enumerate(atoms) if a.name.isupper())
    one, two = captured(atoms[:middle]), captured(atoms[middle:])
    dated = "YEAR" in one
    for name in ("MONTH", "YEAR"):
        if name in two or name in one:
            one.setdefault(name, two.get(name, ""))
            two.setdefault(name, one[name])
    if ("DAY" in one) != ("DAY" in two):
        return None
    relation = next((r for r in _RELATIONS if r in two or r in one), None)
    if relation:
        one[relation] = two[relation] = relation
    one.pop("night_of", None)
    two.pop("night_of", None)
    begin, end = simple(one, published, reckoning, False), simple(two, published, reckoning, False)
    if begin is None or end is None:
        return None
    if begin[0] > end[1] and "YEAR" in one and not dated:  # "from November to February 2016"
        begin = simple({**one, "YEAR": str(int(one["YEAR"]) - 1)}, published, reckoning, False) or begin
    elif begin[0] > end[1] and "YEAR" not in one:
        # Both were read back from publication; the first lies before the second.
        begin = simple(one, end[0], reckoning, False) or begin
    return (begin[0], end[1]) if begin[0] <= end[1] else None

"""Days on the calendar: what "28 August", "last week" or "late 2015" mean on a day of publication."""

from __future__ import annotations

import calendar
import datetime as dt

DAY = dt.timedelta(days=1)
Span = tuple[dt.date, dt.date]
# A date without a year is the last such day, unless one comes within this many days: then it is planned.
SOON = 60
_PARTS = {"early": (0.0, 1 / 3), "mid": (1 / 3, 2 / 3), "late": (2 / 3, 1.0)}


def precision(span: Span) -> int:
    """UCDP's date_prec of a span: 1 a day, 2 two to six days, 3 a week, 4 up to a month, 5 longer."""
    days = (span[1] - span[0]).days + 1
    return 1 if days == 1 else 2 if days < 7 else 3 if days == 7 else 4 if days <= 31 else 5


def day(year: int, month: int, number: int) -> dt.date | None:
    """That day, or None when the month has no such day."""
    try:
        return dt.date(year, month, number)
    except ValueError:
        return None


def month(year: int, number: int) -> Span:
    """The first and last day of a month."""
    return dt.date(year, number, 1), dt.date(year, number, calendar.monthrange(year, number)[1])


def add_months(date: dt.date, months: int) -> dt.date:
    """The same day so many months on, or the last day of that month."""
    index = date.year * 12 + date.month - 1 + months
    first, last = month(index // 12, index % 12 + 1)
    return min(first.replace(day=min(date.day, last.day)), last)


def part(span: Span, name: str) -> Span:
    """The early, middle or late part of a span: thirds, but quarters at both ends of a year."""
    days = (span[1] - span[0]).days + 1
    if days >= 365:
        year = span[0].year
        months = {"early": (1, 3), "mid": (5, 8), "late": (10, 12)}[name]
        return month(year, months[0])[0], month(year, months[1])[1]
    low, high = _PARTS[name]
    return span[0] + DAY * round(days * low), span[0] + DAY * (max(1, round(days * high)) - 1)


def nearest_day(
    number: int, month_number: int, published: dt.date, relation: str, weekday: int | None
) -> dt.date | None:
    """The day that a date without a year means: see ``SOON``; a stated weekday decides between years."""
    found = [day(y, month_number, number) for y in range(published.year - 5, published.year + 5)]
    days = [d for d in found if d is not None]
    if relation == "next":
        return next((d for d in days if d > published), None)
    limit = published - DAY if relation == "last" else published + SOON * DAY
    before = [d for d in days if d <= limit]
    if weekday is not None:
        fit = [d for d in before if d.weekday() == weekday and (published - d).days < 800]
        if fit:
            return fit[-1]
    return before[-1] if before else None


def nearest_month(number: int, published: dt.date, relation: str) -> Span:
    """The month that a bare month name means: the last one begun up to publication, ended by it."""
    year = published.year
    if relation == "next":
        return month(year if number > published.month else year + 1, number)
    this = number == published.month
    if this and relation == "last":
        return month(year - 1, number)
    if number > published.month:
        year -= 1
    first, last = month(year, number)
    return first, min(last, published)


def weekday(number: int, published: dt.date, relation: str) -> dt.date:
    """The day that a weekday (Monday 0) means: the nearest past one, the day of publication included."""
    back = (published.weekday() - number) % 7
    if relation == "last":
        return published - DAY * (back if back > 1 else back + 7)  # that of the day before is "yesterday"
    if relation in ("next", "coming"):
        ahead = (number - published.weekday()) % 7
        return published + DAY * (ahead or (7 if relation == "next" else 0))
    if relation == "this" and back > 3:
        return published + DAY * (7 - back)
    return published - DAY * back


def period(unit: str, published: dt.date, relation: str, week_start: int, *, whole: bool = False) -> Span | None:
    """The calendar week, month or year before, of or after the day of publication.

    The current one ends with that day unless ``whole``.
    """
    step = {"last": -1, "next": 1}.get(relation, 0)
    if unit in ("week", "weekend"):
        first = published - DAY * ((published.weekday() - week_start) % 7) + DAY * 7 * step
        span = (first, first + DAY * 6)
        if unit == "weekend":
            # The week's last two days; the one just past when the coming one has not begun.
            span = (first + DAY * 5, first + DAY * 6)
            if step <= 0 and span[0] > published:
                span = (span[0] - DAY * 7, span[1] - DAY * 7)
    elif unit == "month":
        at = add_months(published.replace(day=1), step)
        span = month(at.year, at.month)
    elif unit == "year":
        span = (dt.date(published.year + step, 1, 1), dt.date(published.year + step, 12, 31))
    elif unit == "day":
        span = (published + DAY * step, published + DAY * step)
    else:
        return None
    return (span[0], min(span[1], published)) if step == 0 and not whole and span[0] <= published else span


def ago(unit: str, low: float, best: float | None, high: float | None, published: dt.date) -> Span | None:
    """So many days, weeks, months or years before publication, with the slack that the unit implies."""
    if best is None or (high is not None and high > low):
        early = _back(unit, high if high is not None else low * 2, published)
        late = _back(unit, low, published)
        return (early, late) if early and late else None
    middle = _back(unit, best, published)
    if middle is None:
        return None
    slack = {"hour": 0, "day": 0 if best <= 10 else 2, "week": 2, "month": 7, "year": 90}.get(unit, 0)
    return middle - DAY * slack, min(middle + DAY * slack, published)


def _back(unit: str, count: float, published: dt.date) -> dt.date | None:
    n = round(count)
    if n > 1200:
        return None
    if unit == "hour":
        return published - DAY * round(count / 24)
    if unit == "day":
        return published - DAY * n
    if unit == "week":
        return published - DAY * 7 * n
    if unit == "month":
        return add_months(published, -n)
    if unit == "year" and n < published.year - 1:
        return add_months(published, -12 * n)
    return None


def past(unit: str, count: float, published: dt.date) -> Span | None:
    """The last so many hours, days, weeks … up to publication."""
    begin = _back(unit, count, published)
    if begin is None:
        return None
    if unit == "hour" and begin == published:
        begin = published - DAY
    return begin, published

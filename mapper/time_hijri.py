"""Days of the Hijri (Umm al-Qura) and the Persian solar calendar, by the libraries that know them.

``hijridate`` (no dependencies) covers 1343 to 1500 AH day by day as Saudi Arabia's calendar has them;
``jdatetime`` the Persian years. Both come with ``pip install mapper[calendars]``; without them such dates
are not read. Sighting of the moon may differ by a day from place to place.
"""

from __future__ import annotations

import datetime as dt
from importlib import import_module
from types import ModuleType

from mapper.time_calendar import DAY, Span


def _library(name: str) -> ModuleType | None:
    try:
        return import_module(name)
    except ImportError:
        return None


def hijri(year: int | None, month: int, day: int | None, published: dt.date | None) -> Span | None:
    """The days of a Hijri date; a month when no day is given, the last such date when no year is.

    None without the library, outside its years, or for a day that the month does not have.
    """
    library = _library("hijridate")
    if library is None:
        return None
    try:
        if year is None:
            if published is None:
                return None
            year = int(library.Gregorian.fromdate(published).to_hijri().year)
            this = library.Hijri(year, month, day or 1).to_gregorian()
            year -= this > published
        first = library.Hijri(year, month, 1)
        if day is None:
            start = _date(first.to_gregorian())
            return start, start + DAY * (first.month_length() - 1)
        when = _date(library.Hijri(year, month, day).to_gregorian())
    except (ValueError, OverflowError):
        return None
    return when, when


def persian(year: int, month: int, day: int | None) -> Span | None:
    """The days of a Persian date; a month when no day is given. None without the library or such a day."""
    library = _library("jdatetime")
    if library is None:
        return None
    try:
        if day is not None:
            when = _date(library.date(year, month, day).togregorian())
            return when, when
        start = _date(library.date(year, month, 1).togregorian())
        after = library.date(year + month // 12, month % 12 + 1, 1).togregorian()
    except ValueError:
        return None
    return start, _date(after) - DAY


def _date(value: dt.date) -> dt.date:
    return dt.date(value.year, value.month, value.day)

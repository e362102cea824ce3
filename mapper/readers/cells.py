"""One cell of a table as text, number, count or day; what does not fit says which column and why."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any

# R writes NA for what is missing; in a column of countries it is Namibia, see ``country``.
_NONE = {"", "na", "none", "null", "nan", "nat", "<na>", "na/a", "n/a", "-", "--", "unknown", "inconnu", "غير معروف"}
_LONGEST_NONE = max(map(len, _NONE))
_GROUPED = re.compile(r"-?\d{1,3}(?:([,.\u00a0\u202f'٬ ])\d{3})(?:\1\d{3})*")
_RANGE = re.compile(r"(\d+)\s*(?:-|–|to|à|إلى)\s*(\d+)")
_AT_LEAST = re.compile(r"(?:>=?|≥|at least|au moins|ما لا يقل عن)\s*(\d+)|(\d+)\s*\+")
# Read as English month names whatever the machine's locale.
_MONTHS = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6}
_MONTHS |= {"jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12}
_NUMERIC = re.compile(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})")
_NAMED = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3,9})\.?,?[- ](\d{4})|([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{6})?")
_TIME = re.compile(r"[T ]\d{1,2}:.*$")
_FIGURES = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫", "01234567890123456789.")


class CellError(ValueError):
    """A cell is not what its field needs. ``field`` is our name for the column."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field} {problem}")
        self.field = field
        self.problem = problem


def text(value: Any) -> str | None:
    """A cell as text, or None when it says nothing."""
    if value is None:
        return None
    words = (value if isinstance(value, str) else str(value)).strip()
    return None if len(words) <= _LONGEST_NONE and words.lower() in _NONE else words


def country(value: Any) -> str | None:
    """A cell that names a country, or None: "NA" is Namibia."""
    return "NA" if isinstance(value, str) and value.strip() == "NA" else text(value)


def number(value: Any, field: str) -> float | None:
    """A cell as a number; a comma may stand for the decimal point, figures may be Arabic.

    Raises:
        CellError: It holds something else.
    """
    words = text(value)
    if words is None:
        return None
    plain = words if words.isascii() else words.translate(_FIGURES)
    try:
        given = float(plain.replace(",", ".") if plain.count(",") == 1 and "." not in plain else plain)
    except ValueError as error:
        raise CellError(field, f"is {words!r}, not a number") from error
    if not math.isfinite(given):
        raise CellError(field, f"is {words!r}, not a number")
    return given


def bounds(value: Any, field: str) -> tuple[int | None, int | None, int | None]:
    """A cell as a count of people: (low, best, high), each whole and not negative, or None.

    "12" is 12; "10-15" has bounds and no best; "10+" and "at least 10" have a low bound only. A negative
    number is unknown: GTD writes -9 and -99 so.

    Raises:
        CellError: It holds something else.
    """
    if isinstance(value, str) and value.isascii() and value.isdigit():
        whole = int(value)
        return whole, whole, whole
    words = text(value)
    if words is None:
        return None, None, None
    plain = words.translate(_FIGURES)
    if _GROUPED.fullmatch(plain):
        plain = re.sub(r"[^\d-]", "", plain)
    if found := _RANGE.fullmatch(plain):
        low, high = sorted(int(g) for g in found.groups())
        return low, None, high
    if found := _AT_LEAST.fullmatch(plain.lower()):
        return int(found[1] or found[2]), None, None
    given = number(plain, field)
    if given is None or given < 0:
        return None, None, None
    if given != int(given):
        raise CellError(field, f"is {words!r}, not a whole number")
    return int(given), int(given), int(given)


def count(value: Any, field: str) -> int | None:
    """A cell as one count of people, or None when it gives none.

    Raises:
        CellError: It is no count.
    """
    return bounds(value, field)[1]


def day(value: Any, field: str) -> dt.date | None:
    """A cell as a day; a time of day is left out. Of 3/4/2017 the first is the day, unless it cannot be.

    Raises:
        CellError: It is no date of a known form.
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    words = text(value)
    if words is None:
        return None
    try:
        return dt.date.fromisoformat(words[:10]) if len(words) > 7 and words[4] == words[7] == "-" else _day(words)
    except (ValueError, KeyError) as error:
        raise CellError(field, f"is {words!r}, not a date such as 2017-09-22") from error


def _day(words: str) -> dt.date:
    head = _TIME.sub("", words.translate(_FIGURES)).strip().removesuffix(".0")
    if found := _COMPACT.fullmatch(head):
        year, month, date = (int(g) for g in found.groups())
        return dt.date(year, month, date)
    if found := _NUMERIC.fullmatch(head):
        first, month, last = int(found[1]), int(found[3]), int(found[4])
        if len(found[1]) == 4:
            return dt.date(first, month, last)
        if len(found[4]) != 4:
            raise ValueError(words)
        return dt.date(last, first, month) if month > 12 else dt.date(last, month, first)
    if found := _NAMED.fullmatch(head):
        date_text, month_name, year_text = found.groups()[:3] if found[1] else (found[5], found[4], found[6])
        return dt.date(int(year_text), _MONTHS[month_name[:3].lower()], int(date_text))
    raise ValueError(words)

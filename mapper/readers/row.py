"""One row of an event table as an Event: its fields, codes and precision classes in our terms."""

from __future__ import annotations

import calendar
import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from typing import Any

from mapper.model import Actor, Claim, DateRange, Event, Location, PrecisionClass

_NONE = {"", "none", "null", "nan", "na/a", "n/a", "-"}


def _text(value: Any) -> str | None:
    """A cell as text, or None when it says nothing. "NA" stays: it is Namibia."""
    text = "" if value is None else str(value).strip()
    return None if text.lower() in _NONE else text


def _number(value: Any, name: str) -> float | None:
    """A cell as a number.

    Raises:
        ValueError: It holds something else.
    """
    text = _text(value)
    if text is None or text == "NA":
        return None
    try:
        return float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    except ValueError as error:
        raise ValueError(f"{name} is {text!r}, not a number") from error


def _count(value: Any, name: str) -> int | None:
    """A cell as a count of people: whole and not negative, or None (GTD writes -9 for unknown)."""
    number = _number(value, name)
    return None if number is None or number < 0 else int(number)


_FORMATS = (
    "%Y-%m-%d",
    "%Y%m%d",
    "%d %B %Y",
    "%d-%B-%Y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%d/%m/%Y",
    "%Y/%m/%d",
    "%d.%m.%Y",
)


def _day(value: Any, name: str) -> dt.date | None:
    """A cell as a day; a time of day is left out.

    Raises:
        ValueError: It is no date of a known form.
    """
    text = _text(value)
    if text is None:
        return None
    head = re.split(r"[T ](?=\d\d:)", text)[0]
    for form in _FORMATS:
        try:
            return dt.datetime.strptime(head, form).date()  # noqa: DTZ007 - tables give days without zones
        except ValueError:
            continue
    raise ValueError(f"{name} is {text!r}, not a date such as 2017-09-22")


def _dates(row: Mapping[str, Any]) -> DateRange | None:
    """The days of a row, with UCDP's date_prec."""
    if row.get("year") is not None:
        year, month, day = (_count(row.get(k), k) or 0 for k in ("year", "month", "day"))
        if not year:
            return None
        if not month:
            return DateRange(dt.date(year, 1, 1), dt.date(year, 12, 31), 5)
        if not day:
            return DateRange(dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1]), 4)
        return DateRange(dt.date(year, month, day), dt.date(year, month, day), 1)
    start = _day(row.get("date"), "date")
    if start is None:
        return None
    end = _day(row.get("date_end"), "date_end") or start
    acled = {1: 1, 2: 3, 3: 4}.get(_count(row.get("time_precision"), "time_precision") or 0)
    precision = _count(row.get("date_prec"), "date_prec") or acled or (1 if start == end else 2)
    if acled == 3:
        start, end = start - dt.timedelta(3), start + dt.timedelta(3)
    if acled == 4:
        start, end = start.replace(day=1), start.replace(day=calendar.monthrange(start.year, start.month)[1])
    return DateRange(start, max(start, end), precision)


def _types(row: Mapping[str, Any], tables: Mapping[str, Any]) -> tuple[str, str]:
    """ACLED's event type and sub-event type, translated from the table's own codes."""
    for field in ("violence", "plover", "gtd"):
        code = _text(row.get(field))
        if code in tables[field]:
            kind, sub_kind = tables[field][code]
            return kind, sub_kind
    code = _text(row.get("cameo"))
    if code:
        for length in (4, 3, 2):
            if code[:length] in tables["cameo"]:
                kind, sub_kind = tables["cameo"][code[:length]]
                return kind, sub_kind
    kind = _text(row.get("type")) or "Strategic developments"
    return kind, _text(row.get("sub_type")) or kind


def _location(row: Mapping[str, Any], layout: str, tables: Mapping[str, Any]) -> Location | None:
    """The row's own coordinates with the precision that the table states for them."""
    lat, lon = _number(row.get("lat"), "latitude"), _number(row.get("lon"), "longitude")
    if lat is None or lon is None or (lat == 0 and lon == 0):
        return None
    precision, radius_km = PrecisionClass.EXACT, 5.0
    for field in ("where_prec", "geo_precision", "geo_type"):
        stated = _text(row.get(field))
        if stated and stated.split(".")[0] in tables[field]:
            word, radius_km = tables[field][stated.split(".")[0]]
            precision = PrecisionClass(word)
            break
    place = _text(row.get("place")) or f"{lat}, {lon}"
    return Location(
        lat,
        lon,
        1000.0 * radius_km,
        precision,
        "table",
        place,
        place,
        country_name=_text(row.get("country")),
        admin1=_text(row.get("admin1")),
        confidence=0.9 if precision is PrecisionClass.EXACT else 0.7,
        chain=(f"coordinates and precision as the {layout} table states them",),
    )


def event_of_row(
    row: Mapping[str, Any],
    *,
    layout: str,
    publisher: str | None,
    file: str,
    number: int,
    tables: Mapping[str, Any],
) -> Event:
    """An event of one row; place names without coordinates are left in ``extra`` for the resolver.

    Raises:
        ValueError: A cell is not what its column needs; the message names the column.
    """
    identifier = _text(row.get("id")) or str(number)
    key = f"{publisher or file}:{identifier}"
    kind, sub_kind = _types(row, tables)
    location = _location(row, layout, tables)
    extra: list[tuple[str, Any]] = [("table", layout), ("row", number)]
    if location is None and _text(row.get("place")):
        extra += [("place", _text(row["place"])), ("admin1", _text(row.get("admin1")))]
    extra.append(("country", _text(row.get("country"))))
    sentence = _text(row.get("sentence")) or _text(row.get("sentence_or")) or f"{sub_kind}, row {number} of {file}"
    url = _text(row.get("url"))
    claim = Claim(
        key,
        0,
        len(sentence),
        sentence,
        ("type", "place", "date", "fatalities"),
        source=_text(row.get("source")) or publisher or file,
        url=url if url and url.startswith(("http://", "https://")) else None,
    )
    roles = ("perpetrator", "target") if kind == "Violence against civilians" else ("party", "party")
    actors = tuple(
        Actor(name, role)
        for name, role in zip((_text(row.get("actor1")), _text(row.get("actor2"))), roles, strict=True)
        if name
    )
    best = _count(row.get("fatalities"), "fatalities")
    low = _count(row.get("fatalities_low"), "fatalities_low")
    high = _count(row.get("fatalities_high"), "fatalities_high")
    return Event(
        hashlib.sha256(key.encode()).hexdigest()[:12],
        kind,
        sub_kind,
        (claim,),
        location,
        _dates(row),
        actors=actors,
        fatalities=best,
        fatalities_low=best if low is None else low,
        fatalities_high=best if high is None else high,
        injured=_count(row.get("injured"), "injured"),
        confidence=0.8,
        extra=tuple(extra),
    )

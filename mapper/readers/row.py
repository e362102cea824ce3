"""One row of an event table as an Event: its fields, codes and precision classes in our terms."""

from __future__ import annotations

import calendar
import datetime as dt
import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from mapper.model import Actor, Claim, DateRange, Event, Location, PrecisionClass, check_coordinates
from mapper.readers import cells
from mapper.readers.cells import CellError
from mapper.tags import Tags

_ACLED_WEEK, _ACLED_MONTH = "2", "3"
_FIELDS = ("type", "place", "date", "fatalities")


def _month(year: int, month: int) -> tuple[dt.date, dt.date]:
    return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])


def _dates(row: Mapping[str, Any]) -> DateRange | None:
    """The days of a row, with UCDP's date_prec; in year, month and day 0 is unknown."""
    if row.get("year") is not None and row.get("date") is None:
        year, month, day = (cells.count(row.get(k), k) or 0 for k in ("year", "month", "day"))
        if not year:
            return None
        try:
            if not month:
                return DateRange(dt.date(year, 1, 1), dt.date(year, 12, 31), 5)
            if not day:
                return DateRange(*_month(year, month), 4)
            return DateRange(dt.date(year, month, day), dt.date(year, month, day), 1)
        except ValueError as error:
            raise CellError("day", f"gives no day: {year}-{month}-{day}") from error
    start = cells.day(row.get("date"), "date")
    if start is None:
        return None
    end = cells.day(row.get("date_end"), "date_end") or start
    if end < start:
        raise CellError("date_end", f"is {end}, before the start {start}")
    acled = (cells.text(row.get("time_precision")) or "").removesuffix(".0")
    if acled == _ACLED_WEEK:
        return DateRange(start - dt.timedelta(3), start + dt.timedelta(3), 3)
    if acled == _ACLED_MONTH:
        return DateRange(*_month(start.year, start.month), 4)
    stated = cells.count(row.get("date_prec"), "date_prec")
    return DateRange(start, end, stated if stated in (1, 2, 3, 4, 5) else (1 if start == end else 2))


def _types(row: Mapping[str, Any], tables: Mapping[str, Any]) -> tuple[str, str]:
    """ACLED's event type and sub-event type, translated from the table's own codes."""
    for field in ("violence", "plover", "gtd", "acled_old"):
        code = cells.text(row.get("type" if field == "acled_old" else field))
        if field == "violence" and code:
            code = code.removesuffix(".0")
        mode = cells.text(row.get("mode"))
        if field == "plover" and code and mode and f"{code} {mode}" in tables["plover_mode"]:
            kind, sub_kind = tables["plover_mode"][f"{code} {mode}"]
            return kind, sub_kind
        if code in tables[field]:
            kind, sub_kind = tables[field][code]
            return kind, sub_kind
    code = cells.text(row.get("cameo"))
    if code:
        for length in (4, 3, 2):
            if code[:length] in tables["cameo"]:
                kind, sub_kind = tables["cameo"][code[:length]]
                return kind, sub_kind
    kind = cells.text(row.get("type")) or "Strategic developments"
    return kind, cells.text(row.get("sub_type")) or kind


def _position(row: Mapping[str, Any]) -> tuple[float, float] | None:
    """Latitude and longitude of a row; (0, 0), where no one lives, is a gap in the table.

    Raises:
        CellError: One of them is missing, no number or out of range.
    """
    lat, lon = cells.number(row.get("lat"), "lat"), cells.number(row.get("lon"), "lon")
    if lat is None and lon is None:
        return None
    if lat is None or lon is None:
        raise CellError("lat" if lat is None else "lon", "is empty, though the other coordinate is given")
    if lat == 0 and lon == 0:
        return None
    try:
        check_coordinates(lat, lon)
    except ValueError as error:
        swapped = " (are latitude and longitude swapped?)" if abs(lat) > 90 and abs(lon) <= 90 else ""
        raise CellError("lat" if abs(lon) <= 180 else "lon", f"makes {error}{swapped}") from error
    return lat, lon


def _location(row: Mapping[str, Any], layout: str, tables: Mapping[str, Any]) -> Location | None:
    """The row's own coordinates with the precision that the table states for them."""
    position = _position(row)
    if position is None:
        return None
    precision, radius_km = PrecisionClass.EXACT, 5.0
    for field in ("where_prec", "geo_precision", "geo_type", "specificity"):
        stated = cells.text(row.get(field))
        if stated and stated.split(".")[0] in tables[field]:
            word, radius_km = tables[field][stated.split(".")[0]]
            precision = PrecisionClass(word)
            break
    place = cells.text(row.get("place")) or f"{position[0]}, {position[1]}"
    return Location(
        *position,
        1000.0 * radius_km,
        precision,
        "table",
        place,
        place,
        country_name=cells.country(row.get("country")),
        admin1=cells.text(row.get("admin1")),
        admin2=cells.text(row.get("admin2")),
        confidence=0.9 if precision is PrecisionClass.EXACT else 0.7,
        chain=_chain(layout),
    )


@lru_cache(maxsize=64)
def _chain(layout: str) -> tuple[str, ...]:
    return (f"coordinates and precision as the {layout} table states them",)


@lru_cache(maxsize=50_000)
def _actor(name: str, role: str, kind: str | None) -> Actor:
    return Actor(name, role, kind)


def _actors(row: Mapping[str, Any], kind: str, tables: Mapping[str, Any]) -> tuple[Actor, ...]:
    """Both sides and who stands with them; ACLED's interaction code (a number or a word) is the kind of actor."""
    roles = ("perpetrator", "target") if kind == "Violence against civilians" else ("party", "party")
    found = []
    for side, role in zip("12", roles, strict=True):
        name = cells.text(row.get(f"actor{side}"))
        if name:
            code = (cells.text(row.get(f"inter{side}")) or "").removesuffix(".0").lower()
            found.append(_actor(name, role, tables["inter"].get(code)))
        for other in (cells.text(row.get(f"assoc{side}")) or "").split(";"):
            if other.strip():
                found.append(_actor(other.strip(), role, None))
    return tuple(found)


def _published(row: Mapping[str, Any]) -> dt.date | None:
    """When the row's source was published; several days and other texts are no reason to refuse the row."""
    try:
        return cells.day((cells.text(row.get("published")) or "").split(";")[0][:19], "published")
    except CellError:
        return None


@lru_cache(maxsize=10_000)
def _once(sources: str | None) -> str | None:
    """UCDP names an agency as often as it has articles: each once."""
    return "; ".join(dict.fromkeys(p.strip() for p in sources.split(";") if p.strip())) if sources else None


def _toll(row: Mapping[str, Any]) -> tuple[int | None, int | None, int | None]:
    """(low, best, high) of the dead."""
    low, best, high = cells.bounds(row.get("fatalities"), "fatalities")
    stated_low = cells.count(row.get("fatalities_low"), "fatalities_low")
    stated_high = cells.count(row.get("fatalities_high"), "fatalities_high")
    return low if stated_low is None else stated_low, best, high if stated_high is None else stated_high


def _identity(row: Mapping[str, Any], file: str, number: int, publisher: str | None) -> str:
    """The row's id with its publisher; without an id the file, the line and what the row says."""
    identifier = cells.text(row.get("id"))
    if identifier:
        return f"{publisher or file}:{identifier.removesuffix('.0')}"
    told = "|".join(str(row.get(k) or "") for k in ("date", "place", "lat", "lon", "sentence"))
    return f"{file}:{number}-{hashlib.sha256(told.encode()).hexdigest()[:6]}"


def _to_find(row: Mapping[str, Any], country: str | None) -> list[tuple[str, Any]]:
    """What the resolver needs of a row without coordinates: its most precise place name, and which column has it."""
    for field in ("place", "admin2", "admin1"):
        name = cells.text(row.get(field))
        if name:
            admin1 = cells.text(row.get("admin1"))
            return [("place", name), ("level", field), *([("admin1", admin1)] if admin1 else [])]
    return [("place", country), ("level", "country")] if country else []


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

    Args:
        row: Our field names → cells.
        layout: Name of the table's layout, for the chain.
        publisher: Whose table it is; None for a plain one.
        file: Name of the file.
        number: Line (in a workbook, row) at which it stands.
        tables: The code tables of ``layouts.toml``.

    Raises:
        CellError: A cell is not what its field needs; the error names the field.
    """
    kind, sub_kind = _types(row, tables)
    location = _location(row, layout, tables)
    fips = cells.text(row.get("fips"))
    country = tables["fips"].get(fips, fips) if fips else cells.country(row.get("country"))
    country = tables["iso3"].get(country, country)
    extra: list[tuple[str, Any]] = [("table", layout), ("row", number)]
    if location is None:
        extra += _to_find(row, country)
    if country:
        extra.append(("country", country))
    sentence = next((s for s in (cells.text(row.get(k)) for k in ("sentence", "sentence_or")) if s), None)
    sentence = sentence or f"{sub_kind}, row {number} of {file}"
    url = cells.text(row.get("url"))
    key = _identity(row, file, number, publisher)
    low, best, high = _toll(row)
    claim = Claim(
        key,
        0,
        len(sentence),
        sentence,
        _FIELDS,
        source=_once(cells.text(row.get("source"))) or publisher or file,
        url=url if url and url.startswith(("http://", "https://")) else None,
        published=_published(row),
    )
    several = (cells.text(row.get("clarity")) or "").startswith("2")
    event = Event(
        hashlib.sha256(key.encode()).hexdigest()[:12],
        kind,
        sub_kind,
        (claim,),
        location,
        _dates(row),
        actors=_actors(row, kind, tables),
        fatalities=best,
        fatalities_low=low,
        fatalities_high=high,
        injured=cells.count(row.get("injured"), "injured"),
        confidence=0.8,
        notes=("one row that sums up several events",) if several else (),
        extra=tuple(extra),
    )
    tags = Tags.parse(cells.text(row.get("tags")))
    return tags.restored(event) if tags else event

"""Which table this is, by its columns: ACLED, UCDP GED, GDELT, POLECAT, ICEWS, GTD, our own, or a plain one.

Layouts are data (``layouts.toml``, ``codes.toml``). ``--layout`` forces one, ``--columns`` names columns.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mapper.errors import InputError
from mapper.model import Event, Failure
from mapper.properties import event_of
from mapper.readers import cells
from mapper.readers.cells import CellError
from mapper.readers.content import Content
from mapper.readers.row import event_of_row
from mapper.settings import Settings
from mapper.text import normalise

Row = Mapping[str, Any]
# (line or row number, cells by column; in their stead what is wrong with a row that has none)
Rows = Iterable[tuple[int, Row | str]]
_OWN = ("id", "event_type", "sub_event_type", "date_start", "place_in_report", "claims")
_WARNINGS = {
    "gdelt": "a GDELT row is a mention in the news, not an event: one event may stand in hundreds of rows",
}


@cache
def layouts() -> dict[str, Any]:
    """The content of ``layouts.toml`` and ``codes.toml``."""
    folder = Path(__file__).parent
    tables = (tomllib.loads((folder / name).read_text(encoding="utf-8")) for name in ("layouts.toml", "codes.toml"))
    return {k: v for table in tables for k, v in table.items()}


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is read. ``fields`` maps our field to its column."""

    key: str
    name: str
    publisher: str | None
    fields: Mapping[str, str]


def choose(header: Sequence[str], settings: Settings, source: str, tags: Sequence[str] = ()) -> Layout:
    """The layout of a table with this header (and row of HXL tags), or the one that the settings force.

    Raises:
        InputError: Nothing says where its rows are, or a forced layout or named column is not there.
    """
    named = _named(header, settings, source)
    lower = {h.strip().lower(): h for h in reversed(header)}
    wanted = settings.layout
    if wanted in ("", "mapper") and all(c in lower for c in _OWN):
        return Layout("mapper", "Mapper", None, {c: lower[c] for c in lower})
    for row in layouts()["layout"]:
        fits = all(c.lower() in lower for c in row["has"])
        if wanted == row["key"] or (not wanted and fits):
            if not fits:
                missing = [c for c in row["has"] if c.lower() not in lower]
                raise InputError(
                    f"{source}: not a table of {row['name']}: no column {', '.join(missing)}.",
                    remedy="Leave --layout away, or name its columns with --columns.",
                )
            fields = {f: lower[c.lower()] for f, c in row["fields"].items() if c.lower() in lower}
            return Layout(row["key"], row["name"], row["publisher"], fields | named)
    if wanted not in ("", "plain"):
        known = ", ".join([*(row["key"] for row in layouts()["layout"]), "mapper", "plain"])
        raise InputError(f"{source}: {wanted!r} is no layout, or not of this table.", remedy=f"Known: {known}.")
    fields = _plain(header) | _tagged(header, tags) | named
    if not ({"lat", "lon"} <= fields.keys() or {"place", "admin1", "country"} & fields.keys()):
        raise InputError(
            f"{source}: no column for a place: {', '.join(list(header)[:12])}.",
            remedy="Name columns latitude and longitude, or place; or say which they are: --columns place=…",
        )
    return Layout("plain", "plain", None, fields)


def _named(header: Sequence[str], settings: Settings, source: str) -> dict[str, str]:
    """The columns that the user names: ``field=column``."""
    known = [*layouts()["plain"], "where_prec", "geo_precision", "date_prec"]
    found = {}
    for pair in settings.columns:
        field, _, column = (p.strip() for p in pair.partition("="))
        match = next((h for h in header if h == column or normalise(h) == normalise(column)), None)
        if field not in known:
            raise InputError(f"--columns: no field {field!r}.", remedy=f"Known: {', '.join(known)}.")
        if match is None:
            raise InputError(f"{source}: no column {column!r}.", remedy=f"Its columns: {', '.join(list(header)[:40])}.")
        found[field] = match
    return found


def _plain(header: Sequence[str]) -> dict[str, str]:
    """Columns found by their name in English, Arabic or French."""
    keys = {normalise(h.replace("_", " ")): h for h in reversed(header)}
    found = {}
    for field, spellings in layouts()["plain"].items():
        column = next((keys[normalise(s)] for s in spellings if normalise(s) in keys), None)
        if column is not None:
            found[field] = column
    return found


def is_tag_row(cells: Sequence[str]) -> bool:
    """Whether a row is one of HXL tags: every cell that says something begins with ``#`` and a letter."""
    said = [c.strip() for c in cells if c and c.strip()]
    return bool(said) and all(c[0] == "#" and c[1:2].isalpha() for c in said)


def _tagged(header: Sequence[str], tags: Sequence[str]) -> dict[str, str]:
    """Columns found by their HXL tag; the most special tag of a field wins."""
    found: dict[str, str] = {}
    for wanted, field in layouts()["hxl"].items():
        base, *attributes = wanted.split("+")
        for column, tag in zip(header, tags, strict=False):
            given = tag.replace(" ", "").lower().split("+")
            if field not in found and given[0] == base and set(attributes) <= set(given[1:]):
                found[field] = column
    return found


def events_of(source: str, header: Sequence[str], rows: Rows, settings: Settings, tags: Sequence[str] = ()) -> Content:
    """Each row as an event, or as a Failure that names file, row, column and remedy.

    Args:
        source: The file, as failures name it.
        header: Its columns.
        rows: The line or row number and the cells by column, or what is wrong with the row.
        settings: May force a layout and name columns.
        tags: HXL tags of the columns.

    Raises:
        InputError: See ``choose``.
    """
    layout = choose(header, settings, source, tags)
    content = Content()
    if layout.key in _WARNINGS:
        content.notes.append(f"{source}: {_WARNINGS[layout.key]}")
    make = _own if layout.key == "mapper" else _mapped(layout, Path(source).name)
    seen: dict[str, int] = {}
    empty = True
    for number, row in rows:
        empty = False
        problem, remedy, event = "", "Mend the row.", None
        if isinstance(row, str):
            problem = row
        else:
            try:
                event = make(number, row)
            except CellError as error:
                problem = f"column {layout.fields.get(error.field, error.field)} {error.problem}"
                remedy = "Mend the cell."
            except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
                problem = f"{type(error).__name__}: {error}"
        if event is not None and event.id in seen:
            same = row.get(layout.fields.get("id", "id")) if isinstance(row, Mapping) else None
            problem, remedy = f"the id {same} stands in row {seen[event.id]} too", "Remove one of the rows."
        if event is None or problem:
            content.failures.append(Failure("table", source, problem, remedy, number))
            continue
        seen[event.id] = number
        content.events.append(event)
    if empty:
        content.failures.append(Failure("table", source, "the table has a header and no rows", "Give it rows."))
    return content


def _own(number: int, row: Row) -> Event:
    lat, lon = (row.get(k, row.get(k[:3])) for k in ("latitude", "longitude"))
    # A spreadsheet may have written the days in its own way.
    days = {k: cells.day(row.get(k), k) for k in ("date_start", "date_end", "published")}
    return event_of({k: None if v == "" else v for k, v in row.items()} | days, lat, lon)


def _mapped(layout: Layout, file: str) -> Callable[[int, Row], Event]:
    pairs, tables = list(layout.fields.items()), layouts()

    def make(number: int, row: Row) -> Event:
        return event_of_row(
            {f: v for f, c in pairs if (v := row.get(c)) is not None and v != ""},
            layout=layout.name,
            publisher=layout.publisher,
            file=file,
            number=number,
            tables=tables,
        )

    return make

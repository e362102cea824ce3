"""Event tables: ACLED, UCDP GED, GDELT, POLECAT, ICEWS, GTD and plain tables, known by their columns.

Layouts are data (``layouts.toml``). A row without coordinates keeps its place name for resolution; a
ragged row is a Failure, never a shifted column.
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from mapper.errors import InputError
from mapper.model import Event, Failure
from mapper.readers.content import Content, decode
from mapper.readers.row import event_of_row
from mapper.settings import Settings
from mapper.text import normalise

_GDELT = {57: "columns_1", 58: "columns_1", 61: "columns_2"}


@cache
def layouts() -> dict[str, Any]:
    """The content of ``layouts.toml``."""
    return tomllib.loads((Path(__file__).parent / "layouts.toml").read_text(encoding="utf-8"))


def read(path: Path, data: bytes, settings: Settings) -> Content:
    """Events of a delimited table; the delimiter is the one that the header holds most of."""
    text = decode(data, str(path))
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=first.count)
    csv.field_size_limit(10_000_000)
    rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    if delimiter == "\t" and len(rows[0]) in _GDELT and rows[0][0].isdigit():
        raw = [line.split("\t") for line in text.split("\n") if line.strip()]
        columns = layouts()["gdelt"][_GDELT[len(rows[0])]]
        named = [
            (i, {f: r[c] for f, c in columns.items()} if len(r) == len(rows[0]) else None)
            for i, r in enumerate(raw, start=1)
        ]
        return _events(path, "GDELT", layouts()["gdelt"]["publisher"], named, len(rows[0]))
    header = [h.strip() for h in rows[0]]
    body: list[tuple[int, dict[str, Any] | None]] = []
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row) or any(c.startswith("#") and "+" in c for c in row[:8]):
            continue  # blank lines, and the second header row of HXL files
        body.append((number, dict(zip(header, row, strict=True)) if len(row) == len(header) else None))
    return _mapped(path, header, body)


def _frame(path: Path, data: bytes, reader: str, package: str) -> Content:
    """Rows of a file that pandas reads, given on as text."""
    pandas = import_module("pandas")
    try:
        frame = getattr(pandas, reader)(io.BytesIO(data), **({"dtype": str} if reader == "read_excel" else {}))
    except ImportError as error:
        raise InputError(f"{path}: reading it needs {package}.", remedy=f"pip install {package}") from error
    except Exception as error:  # the libraries below pandas raise many kinds for a damaged file
        raise InputError(f"{path}: cannot be read: {error}.", remedy="Save it anew, or as CSV.") from error
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return _mapped(path, [str(c) for c in frame.columns], list(enumerate(rows, start=2)))


def read_excel(path: Path, data: bytes, settings: Settings) -> Content:
    """Events of the first sheet of a workbook (needs openpyxl)."""
    return _frame(path, data, "read_excel", "openpyxl")


def read_parquet(path: Path, data: bytes, settings: Settings) -> Content:
    """Events of a Parquet file (needs pyarrow)."""
    return _frame(path, data, "read_parquet", "pyarrow")


def from_features(path: Path, features: Sequence[Any], settings: Settings) -> Content:
    """Events of GeoJSON features: their properties as columns, a point's coordinates as lat and lon."""
    body: list[tuple[int, dict[str, Any] | None]] = []
    header: dict[str, None] = {}
    for number, feature in enumerate(features, start=1):
        row = dict(feature.get("properties") or {}) if isinstance(feature, dict) else None
        if row is not None:
            geometry = feature.get("geometry") or {}
            if geometry.get("type") == "Point" and "latitude" not in row:
                row["longitude"], row["latitude"] = geometry["coordinates"][:2]
            header |= dict.fromkeys(row)
        body.append((number, row))
    return _mapped(path, list(header), body)


def _mapped(path: Path, header: Sequence[str], body: Iterable[tuple[int, Mapping[str, Any] | None]]) -> Content:
    """Find the layout and give each row our field names."""
    names = set(header)
    for layout in layouts()["layout"]:
        if names.issuperset(layout["has"]):
            fields = layout["fields"]
            rows = [(n, None if r is None else {f: r.get(c) for f, c in fields.items()}) for n, r in body]
            return _events(path, layout["name"], layout["publisher"], rows, len(header))
    keys = {normalise(h): h for h in reversed(header)}
    fields = {}
    for field, spellings in layouts()["plain"].items():
        column = next((keys[normalise(s)] for s in spellings if normalise(s) in keys), None)
        if column is not None:
            fields[field] = column
    if not ({"lat", "lon"} <= fields.keys() or "place" in fields):
        raise InputError(
            f"{path}: no column for a place: {', '.join(list(header)[:12])}.",
            remedy="Name columns latitude and longitude, or place.",
        )
    rows = [(n, None if r is None else {f: r.get(c) for f, c in fields.items()}) for n, r in body]
    return _events(path, "plain", None, rows, len(header))


def _events(
    path: Path,
    layout: str,
    publisher: str | None,
    rows: Iterable[tuple[int, Mapping[str, Any] | None]],
    width: int,
) -> Content:
    """Each row as an event, or as a Failure that names its line."""
    content = Content()
    seen: set[str] = set()
    for number, row in rows:
        if row is None:
            remedy = f"Give the row {width} columns."
            content.failures.append(
                Failure("table", path.name, "ragged row: not as many columns as the header", remedy, number)
            )
            continue
        try:
            event: Event = event_of_row(
                row, layout=layout, publisher=publisher, file=path.name, number=number, tables=layouts()
            )
        except ValueError as error:
            content.failures.append(Failure("table", path.name, str(error), "Mend the row.", number))
            continue
        if event.id in seen:
            content.failures.append(
                Failure("table", path.name, f"the id {row.get('id')} stands twice", "Remove one row.", number)
            )
            continue
        seen.add(event.id)
        content.events.append(event)
    return content

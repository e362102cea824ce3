"""Workbooks (Excel, needs openpyxl) and Parquet files (needs pyarrow), GeoParquet included."""

from __future__ import annotations

import io
import itertools
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import Point

from mapper.errors import InputError, InputTooLarge
from mapper.extras import package
from mapper.readers.content import Content
from mapper.readers.layout import Row, events_of, is_tag_row
from mapper.settings import Settings

_TITLE_ROWS = 20


def unzipped(path: Path, data: bytes, limit: int) -> zipfile.ZipFile:
    """An archive whose members together hold at most ``limit`` bytes.

    Raises:
        InputError: It is damaged.
        InputTooLarge: It would unpack to more.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise InputError(f"{path}: damaged or not what its name says: {error}.", remedy="Save it anew.") from error
    size = sum(i.file_size for i in archive.infolist())
    if size > limit:
        raise InputTooLarge(
            f"{path}: unpacks to {size:,} bytes, more than the limit of {limit:,}.",
            remedy="Split it, or raise max_report_bytes in the settings.",
        )
    return archive


def read_excel(path: Path, data: bytes, settings: Settings) -> Content:
    """Events of the first sheet that has rows; titles above the header are passed over."""
    openpyxl = package("openpyxl", "excel", InputError, f"{path}: reading it")
    unzipped(path, data, 400 * settings.max_report_bytes)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = [(s.title, [list(r) for r in s.iter_rows(values_only=True)]) for s in book.worksheets]
    except Exception as error:  # the library raises many kinds for a damaged file
        raise InputError(f"{path}: cannot be read: {error}.", remedy="Save it anew, or as CSV.") from error
    filled = [(t, rows) for t, rows in sheets if any(any(c is not None for c in r) for r in rows)]
    if not filled:
        raise InputError(f"{path}: the workbook is empty.", remedy="Give a sheet with a header and rows.")
    title, rows = filled[0]
    at = next((i for i, r in enumerate(rows[:_TITLE_ROWS]) if sum(c is not None for c in r) > 1), 0)
    header = [str(c).strip() if c is not None else f"column {i}" for i, c in enumerate(rows[at], start=1)]
    body = rows[at + 1 :]
    tags = [str(c or "") for c in body[0]] if body and is_tag_row([str(c or "") for c in body[0]]) else []

    def numbered() -> Iterator[tuple[int, Row]]:
        for number, row in enumerate(body[1:] if tags else body, start=at + 2 + bool(tags)):
            if any(c is not None for c in row):
                yield number, dict(itertools.zip_longest(header, row[: len(header)]))

    content = events_of(str(path), header, numbered(), settings, tags)
    if len(filled) > 1:
        others = ", ".join(t for t, _ in filled[1:])
        content.notes.append(f"{path}: read the sheet {title}; not read: {others}")
    return content


def read_parquet(path: Path, data: bytes, settings: Settings) -> Content:
    """Events of a Parquet file; a column ``geometry`` of WKB points gives the coordinates."""
    parquet = package("pyarrow.parquet", "parquet", InputError, f"{path}: reading it")
    try:
        file = parquet.ParquetFile(io.BytesIO(data))
        header = list(file.schema_arrow.names)
    except Exception as error:  # pyarrow's errors share no base but Exception
        raise InputError(f"{path}: cannot be read: {error}.", remedy="Save it anew, or as CSV.") from error

    def rows() -> Iterator[tuple[int, Row]]:
        number = 0
        for batch in file.iter_batches(10_000):
            for row in batch.to_pylist():
                number += 1
                yield number, with_position(row)

    _check_wgs84(path, (file.schema_arrow.metadata or {}).get(b"geo"))
    columns = [*header, *(c for c in ("latitude", "longitude") if c not in header and "geometry" in header)]
    return events_of(str(path), columns, rows(), settings)


def _check_wgs84(path: Path, geo: bytes | None) -> None:
    """Refuse GeoParquet in another reference system; one that names none is in longitude and latitude.

    Raises:
        InputError: It is in another one.
    """
    try:
        meta = json.loads(geo) if geo else {}
        crs = (meta.get("columns", {}).get(meta.get("primary_column")) or {}).get("crs") or {}
        code = str((crs.get("id") or {}).get("code", "unknown")) if crs else "4326"
    except (ValueError, AttributeError) as error:
        raise InputError(f"{path}: its geo metadata is damaged: {error}.", remedy="Save it anew.") from error
    if code not in ("4326", "CRS84"):
        raise not_wgs84(path, str(crs.get("name") or code))


def not_wgs84(path: Path, name: str) -> InputError:
    """The error for coordinates that are no longitude and latitude."""
    return InputError(f"{path}: in the reference system {name}, not in WGS84.", remedy="Save it in EPSG:4326.")


def with_position(row: dict[str, Any]) -> dict[str, Any]:
    """``row`` with latitude and longitude from its WKB ``geometry``, where it has no such columns."""
    shape = row.pop("geometry", None)
    if isinstance(shape, bytes) and "latitude" not in row:
        point = shapely.from_wkb(shape)
        if point is not None and not point.is_empty:
            spot = point if isinstance(point, Point) else point.representative_point()
            row["longitude"], row["latitude"] = spot.x, spot.y
    return row

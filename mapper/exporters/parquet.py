"""GeoParquet 1.1 (needs pyarrow): events.parquet with WKB points, typed columns and zstd."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
import shapely

from mapper.errors import OutputError
from mapper.extras import package
from mapper.files import Content
from mapper.model import Event, Run
from mapper.properties import FIELDS, KINDS, flat, json_text

# Rows that are turned into columns at a time: memory stays that of one group.
_GROUP = 50_000
_VERSION = "1.1.0"


def _fields(arrow: Any) -> list[Any]:
    types = {
        "text": arrow.string(),
        "json": arrow.string(),
        "count": arrow.int64(),
        "number": arrow.float64(),
        "yes": arrow.bool_(),
        "day": arrow.date32(),
    }
    return [arrow.field(name, types[KINDS[name]]) for name in FIELDS]


def _metadata(run: Run) -> dict[str, Any]:
    """The ``geo`` metadata: WKB points in OGC:CRS84, which is what a missing crs means."""
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": ["Point"]}
    spots = [(e.location.lon, e.location.lat) for e in run.events if e.location]
    if spots:
        lons, lats = zip(*spots, strict=True)
        column["bbox"] = [round(v, 6) for v in (min(lons), min(lats), max(lons), max(lats))]
    return {"version": _VERSION, "primary_column": "geometry", "columns": {"geometry": column}}


def _points(events: list[Event]) -> list[bytes | None]:
    """The events' points as WKB, None without a place."""
    spots = [(round(e.location.lon, 6), round(e.location.lat, 6)) if e.location else (0.0, 0.0) for e in events]
    blobs = shapely.to_wkb(shapely.points(np.array(spots, dtype=float).reshape(-1, 2)), byte_order=1)
    return [b if e.location else None for b, e in zip(blobs, events, strict=True)]


def _groups(run: Run) -> Iterator[list[Event]]:
    events = iter(run.events)
    while group := list(islice(events, _GROUP)):
        yield group


def _package(name: str) -> Any:
    return package(name, "parquet", OutputError, "Parquet")


def export(run: Run) -> dict[str, Content]:
    """events.parquet.

    Raises:
        OutputError: pyarrow is not installed.
    """
    arrow, parquet = _package("pyarrow"), _package("pyarrow.parquet")
    fields = _fields(arrow)
    schema = arrow.schema([*fields, arrow.field("geometry", arrow.binary())])
    schema = schema.with_metadata({"geo": json_text(_metadata(run))})
    out = io.BytesIO()
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for group in _groups(run):
            columns: dict[str, list[Any]] = {name: [] for name in FIELDS}
            for event in group:
                for name, value in flat(event).items():
                    columns[name].append(value)
            arrays = [_array(arrow, columns.pop(f.name), f.type) for f in fields]
            arrays.append(arrow.array(_points(group), arrow.binary()))
            writer.write_table(arrow.Table.from_arrays(arrays, schema=schema))
    return {"events.parquet": out.getvalue()}


def _array(arrow: Any, values: list[Any], kind: Any) -> Any:
    if kind == arrow.date32():
        return arrow.array(values, arrow.string()).cast(kind)
    return arrow.array(values, kind)

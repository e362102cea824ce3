"""Events and places as pandas tables with typed columns, ready for geopandas.

``geopandas.GeoDataFrame(event_frame(events), crs=4326)`` is all that it takes: the column ``geometry`` holds shapely
points (None without a place).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import shapely

from mapper.exporters.tables import place_row
from mapper.model import Event, Resolved
from mapper.properties import FIELDS, KINDS, properties

_CATEGORIES = ("event_type", "sub_event_type", "status", "country", "precision", "method", "language")
_TYPES = {"text": "string", "count": "Int64", "number": "float64", "yes": "bool", "json": "object"}
_PLACE_TYPES = {
    "start": "Int64",
    "end": "Int64",
    "lat": "float64",
    "lon": "float64",
    "radius_m": "Int64",
    "confidence": "float64",
    "kind": "category",
    "role": "category",
    "country": "category",
    "method": "category",
    "precision": "category",
}
_PLACE_COLUMNS = (
    "doc_id", "start", "end", "text", "kind", "role", "lat", "lon", "radius_m", "name", "country", "geonameid",
    "method", "confidence", "precision", "why", "chain",
)  # fmt: skip


def _geometry(spots: list[tuple[float, float] | None]) -> Any:
    """Points of (lon, lat), None where there is none."""
    out = np.empty(len(spots), dtype=object)
    for i, spot in enumerate(spots):
        out[i] = shapely.Point(spot) if spot else None
    return out


def event_frame(events: Iterable[Event]) -> pd.DataFrame:
    """One row an event: the properties of docs/event.schema.json, latitude, longitude and ``geometry``.

    Counts are whole numbers that may be missing (``Int64``), days ``datetime64``, types and codes categories;
    ``report_ids`` and ``claims`` hold lists.
    """
    rows = list(events)
    columns: dict[str, list[Any]] = {name: [] for name in FIELDS}
    for event in rows:
        for name, value in properties(event).items():
            columns[name].append(value)
    frame = pd.DataFrame(index=pd.RangeIndex(len(rows)))
    for name in FIELDS:
        kind = KINDS[name]
        if kind == "day":
            frame[name] = pd.to_datetime(pd.Series(columns[name], dtype="object"), format="ISO8601").astype(
                "datetime64[s]"
            )
        else:
            frame[name] = pd.Series(columns[name], dtype="category" if name in _CATEGORIES else _TYPES[kind])
    spots = [(e.location.lon, e.location.lat) if e.location else None for e in rows]
    frame["latitude"] = pd.Series([s[1] if s else None for s in spots], dtype="float64")
    frame["longitude"] = pd.Series([s[0] if s else None for s in spots], dtype="float64")
    frame["geometry"] = _geometry(spots)
    return frame


def place_frame(places: Iterable[tuple[str, Resolved]]) -> pd.DataFrame:
    """One row a mention, of (report id, mention and what became of it): its span, its place, or why there is none."""
    rows = [place_row(report, resolved) for report, resolved in places]
    frame = pd.DataFrame(rows, columns=list(_PLACE_COLUMNS))
    frame = frame.astype({c: _PLACE_TYPES.get(c, "string") for c in _PLACE_COLUMNS})
    spots = [(r["lon"], r["lat"]) if r["lat"] is not None else None for r in rows]
    frame["geometry"] = _geometry(spots)
    return frame

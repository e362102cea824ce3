"""FlatGeobuf (needs pyogrio, which brings GDAL): events.fgb, typed, for QGIS and the web."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import shapely

from mapper.errors import OutputError
from mapper.extras import package
from mapper.files import Content
from mapper.model import Run
from mapper.properties import FIELDS, KINDS, flat


def _column(values: list[Any], kind: str) -> tuple[Any, Any]:
    """Values as an array that GDAL takes, and which of them are missing."""
    missing = np.array([v is None for v in values], dtype=bool)
    if kind == "count":
        return np.array([0 if v is None else v for v in values], dtype=np.int64), missing
    if kind == "number":
        return np.array([0.0 if v is None else v for v in values], dtype=np.float64), missing
    if kind == "yes":
        return np.array([bool(v) for v in values], dtype=bool), missing
    # Days go as ISO text: FlatGeobuf has no type for a day, and its date with a time would shift between zones.
    return np.array(["" if v is None else v for v in values], dtype=object), missing


def export(run: Run) -> dict[str, Content]:
    """events.fgb.

    Raises:
        OutputError: pyogrio is not installed.
    """
    raw = package("pyogrio.raw", "gis", OutputError, "FlatGeobuf")
    columns: dict[str, list[Any]] = {name: [] for name in FIELDS}
    for event in run.events:
        for name, value in flat(event).items():
            columns[name].append(value)
    data, masks = zip(*(_column(columns[n], KINDS[n]) for n in FIELDS), strict=True)
    spots = [e.location for e in run.events]
    shapes = [
        shapely.to_wkb(shapely.Point(round(s.lon, 6), round(s.lat, 6)), byte_order=1) if s else None for s in spots
    ]
    out = io.BytesIO()
    raw.write(
        out,
        np.array(shapes, dtype=object),
        list(data),
        np.array(FIELDS, dtype=object),
        field_mask=list(masks),
        layer="events",
        driver="FlatGeobuf",
        geometry_type="Point",
        crs="EPSG:4326",
        # An index cannot hold events without a place.
        layer_options={"SPATIAL_INDEX": "NO" if None in spots else "YES"},
    )
    return {"events.fgb": out.getvalue()}

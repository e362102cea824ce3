"""GeoJSON to RFC 7946: events.geojson (points) and regions.geojson (uncertainty, joined on id)."""

from __future__ import annotations

import json
from typing import Any

from shapely.geometry import MultiPolygon, Polygon, mapping
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from mapper.model import Event, Run
from mapper.properties import properties

DECIMALS = 6


def _dump(value: Any) -> str:
    """JSON without NaN, Arabic as itself, the same bytes for the same input."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _rounded(coordinates: Any) -> Any:
    """Nested coordinates with at most six decimals (0.1 m)."""
    if isinstance(coordinates, (int, float)):
        return round(float(coordinates), DECIMALS)
    return [_rounded(c) for c in coordinates]


def point_feature(event: Event) -> dict[str, Any]:
    """An event as a Feature: a Point, or a null geometry when its place is not known."""
    where = event.location
    geometry = {"type": "Point", "coordinates": _rounded([where.lon, where.lat])} if where else None
    return {"type": "Feature", "id": event.id, "geometry": geometry, "properties": properties(event)}


def _polygons(region: BaseGeometry) -> BaseGeometry | None:
    """The polygons of ``region``, rings by the right-hand rule; None when it has no area."""
    parts = [p for p in getattr(region, "geoms", [region]) if isinstance(p, Polygon) and not p.is_empty]
    turned = [orient(p, 1.0) for p in parts]
    return turned[0] if len(turned) == 1 else MultiPolygon(turned) if turned else None


def region_feature(event: Event) -> dict[str, Any] | None:
    """The region of an event's location as a Feature with the event's id, if it has one."""
    where = event.location
    shape = _polygons(where.region) if where and where.region is not None else None
    if where is None or shape is None:
        return None
    content = mapping(shape)
    names = (
        "id",
        "event_type",
        "sub_event_type",
        "place",
        "place_in_report",
        "precision",
        "radius_m",
        "method",
    )
    values = properties(event)
    return {
        "type": "Feature",
        "id": event.id,
        "geometry": {"type": content["type"], "coordinates": _rounded(content["coordinates"])},
        "properties": {n: values[n] for n in names},
    }


def _positions(coordinates: Any) -> list[tuple[float, float]]:
    if coordinates and isinstance(coordinates[0], (int, float)):
        return [(coordinates[0], coordinates[1])]
    return [p for c in coordinates for p in _positions(c)]


def _collection(features: list[dict[str, Any]]) -> str:
    """A FeatureCollection with its bounding box (none when nothing has a place)."""
    spots = [p for f in features if f["geometry"] for p in _positions(f["geometry"]["coordinates"])]
    out: dict[str, Any] = {"type": "FeatureCollection"}
    if spots:
        lons, lats = zip(*spots, strict=True)
        out["bbox"] = [min(lons), min(lats), max(lons), max(lats)]
    out["features"] = features
    return _dump(out) + "\n"


def export(run: Run) -> dict[str, str | bytes]:
    """The two GeoJSON files."""
    regions = [f for f in map(region_feature, run.events) if f]
    return {
        "events.geojson": _collection([point_feature(e) for e in run.events]),
        "regions.geojson": _collection(regions),
    }


def export_sequence(run: Run) -> dict[str, str | bytes]:
    """events.geojsons: a text sequence of features (RFC 8142), each behind a record separator."""
    return {"events.geojsons": "".join(f"\x1e{_dump(point_feature(e))}\n" for e in run.events)}

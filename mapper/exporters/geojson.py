"""GeoJSON to RFC 7946: events.geojson (points) and regions.geojson (uncertainty, joined on id)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import shapely
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from mapper.files import Content
from mapper.model import Event, Run
from mapper.properties import json_text, properties

DECIMALS = 6
_REGION_FIELDS = (
    "id",
    "event_type",
    "sub_event_type",
    "place",
    "place_in_report",
    "precision",
    "radius_m",
    "method",
)


def point_feature(event: Event) -> dict[str, Any]:
    """An event as a Feature: a Point, or a null geometry when its place is not known."""
    where = event.location
    spot = [round(where.lon, DECIMALS), round(where.lat, DECIMALS)] if where else None
    geometry = {"type": "Point", "coordinates": spot} if spot else None
    return {"type": "Feature", "id": event.id, "geometry": geometry, "properties": properties(event)}


def polygons(region: BaseGeometry | None) -> Polygon | MultiPolygon | None:
    """The polygons of ``region`` to six decimals, valid, rings by the right-hand rule; None without area."""
    if region is None:
        return None
    sound = region if region.is_valid else shapely.make_valid(region)
    split = _split(sound)
    rounded = shapely.transform(split, lambda corners: corners.round(DECIMALS))
    if not rounded.is_valid:  # hardly ever: what rounding folds over is cut anew, which takes five times as long
        rounded = shapely.set_precision(split, 10**-DECIMALS)
    parts = [p for p in getattr(rounded, "geoms", [rounded]) if isinstance(p, Polygon) and not p.is_empty]
    turned = [orient(p, 1.0) for p in parts]
    return turned[0] if len(turned) == 1 else MultiPolygon(turned) if turned else None


def _split(region: BaseGeometry) -> BaseGeometry:
    """What reaches over the 180th meridian, cut there (RFC 7946, 3.1.9)."""
    west, south, east, north = region.bounds
    if region.is_empty or (west >= -180 and east <= 180):
        return region
    turns = (shapely.clip_by_rect(region, -180 + turn, south, 180 + turn, north) for turn in (-360, 0, 360))
    home = [translate(part, -turn) for part, turn in zip(turns, (-360, 0, 360), strict=True) if not part.is_empty]
    return shapely.union_all([p if p.is_valid else shapely.make_valid(p) for p in home])


def _ring(ring: Any) -> list[list[float]]:
    found: list[list[float]] = shapely.get_coordinates(ring).round(DECIMALS).tolist()
    return found


def region_feature(event: Event) -> dict[str, Any] | None:
    """The region of an event's location as a Feature with the event's id, if it has one."""
    shape = polygons(event.location.region) if event.location else None
    if shape is None:
        return None
    parts = [shape] if isinstance(shape, Polygon) else list(shape.geoms)
    rings = [[_ring(p.exterior), *map(_ring, p.interiors)] for p in parts]
    single = isinstance(shape, Polygon)
    values = properties(event)
    return {
        "type": "Feature",
        "id": event.id,
        "geometry": {"type": shape.geom_type, "coordinates": rings[0] if single else rings},
        "properties": {n: values[n] for n in _REGION_FIELDS},
    }


def _collection(features: Iterable[dict[str, Any]], bounds: list[float] | None) -> Iterator[str]:
    """A FeatureCollection with its bounding box (none when nothing has a place), one feature a line."""
    box = f'"bbox":{json_text(bounds)},' if bounds else ""
    yield f'{{"type":"FeatureCollection",{box}"features":['
    between = "\n"
    for feature in features:
        yield between + json_text(feature)
        between = ",\n"
    yield "\n]}\n"


def _box(region: BaseGeometry | None) -> tuple[float, float, float, float] | None:
    """The bounds of ``polygons(region)``, which are worked out only for what reaches over the 180th meridian."""
    if region is None or not region.area:
        return None
    west, south, east, north = region.bounds
    if west < -180 or east > 180:
        shape = polygons(region)
        return shape.bounds if shape else None
    return west, south, east, north


def _bounds(boxes: Iterable[tuple[float, float, float, float]]) -> list[float] | None:
    sides = list(zip(*boxes, strict=True))
    if not sides:
        return None
    west, south, east, north = (side(v) for side, v in zip((min, min, max, max), sides, strict=True))
    return [round(v, DECIMALS) for v in (west, south, east, north)]


def export(run: Run) -> dict[str, Content]:
    """The two GeoJSON files."""
    spots = ((e.location.lon, e.location.lat) * 2 for e in run.events if e.location)
    areas = (box for e in run.events if e.location and (box := _box(e.location.region)))
    regions = (f for f in map(region_feature, run.events) if f)
    return {
        "events.geojson": _collection(map(point_feature, run.events), _bounds(spots)),
        "regions.geojson": _collection(regions, _bounds(areas)),
    }


def export_sequence(run: Run) -> dict[str, Content]:
    """events.geojsons: a text sequence of features (RFC 8142), each behind a record separator."""
    return {"events.geojsons": (f"\x1e{json_text(point_feature(e))}\n" for e in run.events)}

"""Tables with geometry: GeoJSON features, GeoPackage layers, FlatGeobuf (needs pyogrio)."""

from __future__ import annotations

import contextlib
import io
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import shape

from mapper.errors import InputError
from mapper.extras import package
from mapper.model import Failure
from mapper.readers.content import Content, decode
from mapper.readers.layout import Row, events_of
from mapper.readers.sheet import not_wgs84, with_position
from mapper.settings import Settings

# Bytes of the envelope in a GeoPackage geometry, by its envelope code (OGC 12-128r18, 2.1.3).
_ENVELOPE = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}


def from_collection(path: Path, collection: dict[str, Any], settings: Settings) -> Content:
    """Events of a FeatureCollection or of one Feature; a named reference system must be WGS84.

    Raises:
        InputError: It is in another reference system, or see ``choose``.
    """
    crs = collection.get("crs")
    name = str((crs.get("properties") or {}).get("name") or crs) if isinstance(crs, dict) else ""
    if name and not name.endswith(("CRS84", "4326")):
        raise not_wgs84(path, name)
    features = [collection] if collection.get("type") == "Feature" else collection.get("features") or []
    return from_features(path, features, settings)


def from_features(path: Path, features: Sequence[Any], settings: Settings) -> Content:
    """Events of GeoJSON features: their properties as columns; a point, or a point inside, as the position."""
    rows: list[tuple[int, Row]] = []
    failures: list[Failure] = []
    header: dict[str, None] = {}
    for number, feature in enumerate(features, start=1):
        try:
            row = _row(feature)
        except (ValueError, TypeError, AttributeError, KeyError, IndexError, shapely.errors.ShapelyError) as error:
            problem = f"not a GeoJSON feature: {type(error).__name__}: {error}"
            failures.append(Failure("table", str(path), problem, "Mend the feature.", number))
            continue
        header |= dict.fromkeys(row)
        rows.append((number, row))
    if not features:
        failures.append(Failure("table", str(path), "the collection has no features", "Give it some."))
    content = events_of(str(path), list(header), rows, settings) if rows else Content()
    content.failures[:0] = failures
    return content


def _row(feature: Any) -> dict[str, Any]:
    row = dict(feature.get("properties") or {})
    geometry = feature.get("geometry")
    if geometry and not any(k.lower() in ("latitude", "lat") for k in row):
        if geometry["type"] == "Point":
            row["longitude"], row["latitude"] = (float(c) for c in geometry["coordinates"][:2])
        else:
            spot = shape(geometry).representative_point()
            row["longitude"], row["latitude"] = spot.x, spot.y
    else:
        row.setdefault("longitude", None)
        row.setdefault("latitude", None)
    if "id" in feature:
        row.setdefault("id", feature["id"])
    return row


def read_sequence(path: Path, data: bytes, settings: Settings) -> Content:
    """Events of a GeoJSON text sequence (RFC 8142), with or without its record separators."""
    features, failures = [], []
    # The separators are control characters, which decoding makes spaces: one feature stands on one line.
    for number, line in enumerate(decode(data, str(path)).split("\n"), start=1):
        if line.strip():
            try:
                features.append(json.loads(line))
            except json.JSONDecodeError as error:
                failures.append(
                    Failure("read", str(path), f"not JSON: {error.msg}", "Write one feature a line.", number)
                )
    content = from_features(path, features, settings)
    content.failures[:0] = failures
    return content


def read_geopackage(path: Path, data: bytes, settings: Settings) -> Content:
    """Events of the first point layer of a GeoPackage (else of its first layer); WGS84 only.

    Raises:
        InputError: It is damaged, has no layer, or is in another reference system.
    """
    base = sqlite3.connect(":memory:")
    with contextlib.closing(base):
        try:
            base.deserialize(data)
            # A hostile file must not run what it holds: no triggers, no functions in its schema.
            base.execute("PRAGMA trusted_schema = OFF")
            base.execute("PRAGMA query_only = ON")
            layers = base.execute(
                "SELECT table_name, column_name, geometry_type_name, g.srs_id, organization, organization_coordsys_id"
                " FROM gpkg_geometry_columns g JOIN gpkg_spatial_ref_sys s ON g.srs_id = s.srs_id"
            ).fetchall()
            if not layers:
                raise InputError(f"{path}: the GeoPackage has no layer.", remedy="Save the events as a point layer.")
            layer = next((row for row in layers if row[2].upper() == "POINT"), layers[0])
            table, column, _, _, authority, code = layer
            if (str(authority).upper(), code) != ("EPSG", 4326):
                raise not_wgs84(path, f"{authority}:{code}")
            cursor = base.execute(f'SELECT * FROM "{_quoted(table)}"')  # noqa: S608 - quoted as SQLite's grammar asks
            names = [d[0] for d in cursor.description]
            content = events_of(
                str(path), [*names, "latitude", "longitude"], _geopackage_rows(cursor, names, column), settings
            )
        except sqlite3.Error as error:
            raise InputError(f"{path}: not a readable GeoPackage: {error}.", remedy="Save it anew.") from error
    if len(layers) > 1:
        content.notes.append(f"{path}: read the layer {table} of {len(layers)}")
    return content


def _quoted(name: str) -> str:
    return name.replace('"', '""')


def _geopackage_rows(cursor: Iterable[Sequence[Any]], names: list[str], column: str) -> Iterator[tuple[int, Row]]:
    for number, values in enumerate(cursor, start=1):
        row = dict(zip(names, values, strict=True))
        blob = row.pop(column, None)
        if isinstance(blob, bytes) and blob[:2] == b"GP":
            row["geometry"] = blob[8 + _ENVELOPE.get((blob[3] >> 1) & 7, 0) :]
        yield number, with_position(row)


def read_flatgeobuf(path: Path, data: bytes, settings: Settings) -> Content:
    """Events of a FlatGeobuf file, in WGS84 (needs pyogrio).

    Raises:
        InputError: It is damaged or pyogrio is not installed.
    """
    raw = package("pyogrio.raw", "gis", InputError, f"{path}: reading it")
    try:
        meta, _, shapes, columns = raw.read(io.BytesIO(data))
    except Exception as error:  # GDAL's errors share no base but Exception
        raise InputError(f"{path}: cannot be read: {error}.", remedy="Save it anew.") from error
    if meta.get("crs") not in (None, "EPSG:4326", "OGC:CRS84"):
        raise not_wgs84(path, str(meta["crs"]))
    names = list(meta["fields"])

    def rows() -> Iterator[tuple[int, Row]]:
        for number, values in enumerate(zip(shapes, *columns, strict=True), start=1):
            row = dict(zip(["geometry", *names], values, strict=True))
            yield number, with_position({k: v for k, v in row.items() if v == v or k == "geometry"})

    return events_of(str(path), [*names, "latitude", "longitude"], rows(), settings)

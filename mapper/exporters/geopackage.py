"""GeoPackage (OGC 12-128r18): points, regions and a QGIS style in one file.

Written with the standard library's SQLite and shapely's WKB: a GeoPackage is a handful of tables, and GDAL, which
would write them too, is a package of 100 MB. ``ogrinfo`` and QGIS judge what comes out (tests/test_exporters_gis.py).
"""

from __future__ import annotations

import contextlib
import sqlite3
import struct
from collections.abc import Iterator
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from mapper.exporters.geojson import polygons
from mapper.exporters.qgis import points_style, regions_style
from mapper.files import Content
from mapper.model import Event, Run
from mapper.properties import FIELDS, KINDS, flat
from mapper.text import encodable

_TYPES = {"text": "TEXT", "json": "TEXT", "count": "INTEGER", "number": "REAL", "yes": "BOOLEAN", "day": "DATE"}
_REGION_FIELDS = ("id", "event_type", "sub_event_type", "place", "precision", "radius_m")
# A GeoPackage must say when it changed; the same run must give the same bytes.
_CHANGED = "2000-01-01T00:00:00.000Z"
_WGS84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
    'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],'
    'UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]'
)
_SCHEMA = """
PRAGMA application_id = 1196444487;
PRAGMA user_version = 10300;
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
  definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
  f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT,
  styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME);
"""
# The triggers that the R-tree extension asks for, so that an editor keeps the index true.
_RTREE = """
CREATE VIRTUAL TABLE "rtree_{t}_geom" USING rtree(id, minx, maxx, miny, maxy);
"""
_TRIGGERS = """
CREATE TRIGGER "rtree_{t}_geom_insert" AFTER INSERT ON "{t}"
  WHEN (new."geom" NOT NULL AND NOT ST_IsEmpty(NEW."geom"))
  BEGIN INSERT OR REPLACE INTO "rtree_{t}_geom" VALUES (NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"),
  ST_MinY(NEW."geom"), ST_MaxY(NEW."geom")); END;
CREATE TRIGGER "rtree_{t}_geom_update1" AFTER UPDATE OF "geom" ON "{t}"
  WHEN OLD."fid" = NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
  BEGIN INSERT OR REPLACE INTO "rtree_{t}_geom" VALUES (NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"),
  ST_MinY(NEW."geom"), ST_MaxY(NEW."geom")); END;
CREATE TRIGGER "rtree_{t}_geom_update2" AFTER UPDATE OF "geom" ON "{t}"
  WHEN OLD."fid" = NEW."fid" AND (NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom"))
  BEGIN DELETE FROM "rtree_{t}_geom" WHERE id = OLD."fid"; END;
CREATE TRIGGER "rtree_{t}_geom_update3" AFTER UPDATE ON "{t}"
  WHEN OLD."fid" != NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
  BEGIN DELETE FROM "rtree_{t}_geom" WHERE id = OLD."fid";
  INSERT OR REPLACE INTO "rtree_{t}_geom" VALUES (NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"),
  ST_MinY(NEW."geom"), ST_MaxY(NEW."geom")); END;
CREATE TRIGGER "rtree_{t}_geom_update4" AFTER UPDATE ON "{t}"
  WHEN OLD."fid" != NEW."fid" AND (NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom"))
  BEGIN DELETE FROM "rtree_{t}_geom" WHERE id IN (OLD."fid", NEW."fid"); END;
CREATE TRIGGER "rtree_{t}_geom_delete" AFTER DELETE ON "{t}" WHEN old."geom" NOT NULL
  BEGIN DELETE FROM "rtree_{t}_geom" WHERE id = OLD."fid"; END;
"""
_RTREE_DEFINITION = "http://www.geopackage.org/spec120/#extension_rtree"


def _blob(shape: BaseGeometry) -> bytes:
    """A geometry as a GeoPackage keeps it: header without envelope, EPSG:4326, little-endian WKB."""
    return b"GP\0\x01" + struct.pack("<i", 4326) + bytes(shapely.to_wkb(shape, byte_order=1))


class _Layer:
    """One table of features, filled row by row."""

    def __init__(self, base: sqlite3.Connection, name: str, kind: str, fields: tuple[str, ...]) -> None:
        self.base, self.name, self.kind, self.fields = base, name, kind, fields
        columns = "".join(f', "{f}" {_TYPES[KINDS[f]]}' for f in fields)
        base.execute(f'CREATE TABLE "{name}" (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom {kind}{columns})')
        base.execute(_RTREE.format(t=name))
        self.box: list[float] = []

    def fill(self, rows: Iterator[tuple[BaseGeometry | None, dict[str, Any]]]) -> None:
        """Insert all rows, index them, and register the layer."""
        marks = ", ".join("?" * (len(self.fields) + 2))
        insert = f'INSERT INTO "{self.name}" VALUES ({marks})'  # noqa: S608 - our own names
        index = f'INSERT INTO "rtree_{self.name}_geom" VALUES (?, ?, ?, ?, ?)'  # noqa: S608
        for fid, (shape, row) in enumerate(rows, start=1):
            blob = _blob(shape) if shape is not None else None
            self.base.execute(insert, [fid, blob, *(row[f] for f in self.fields)])
            if shape is not None:
                west, south, east, north = shape.bounds
                self.base.execute(index, [fid, west, east, south, north])
                box = self.box or [west, south, east, north]
                self.box = [min(box[0], west), min(box[1], south), max(box[2], east), max(box[3], north)]
        self.base.execute(
            "INSERT INTO gpkg_contents VALUES (?, 'features', ?, '', ?, ?, ?, ?, ?, 4326)",
            [self.name, self.name, _CHANGED, *(self.box or (None, None, None, None))],
        )
        self.base.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, 4326, 0, 0)", [self.name, self.kind])
        self.base.execute(
            "INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index', ?, 'write-only')",
            [self.name, _RTREE_DEFINITION],
        )
        self.base.executescript(_TRIGGERS.format(t=self.name))


def _points(run: Run) -> Iterator[tuple[BaseGeometry | None, dict[str, Any]]]:
    for event in run.events:
        where = event.location
        yield (Point(round(where.lon, 6), round(where.lat, 6)) if where else None), flat(event)


def _regions(run: Run) -> Iterator[tuple[BaseGeometry | None, dict[str, Any]]]:
    for event in run.events:
        shape = _multi(event)
        if shape is not None:
            yield shape, flat(event)


def _multi(event: Event) -> MultiPolygon | None:
    shape = polygons(event.location.region) if event.location else None
    return MultiPolygon([shape]) if isinstance(shape, Polygon) else shape


def export(run: Run) -> dict[str, Content]:
    """events.gpkg: the layers ``events`` and ``regions`` with the style that QGIS opens them in."""
    base = sqlite3.connect(":memory:")
    with contextlib.closing(base):
        base.executescript(_SCHEMA)
        base.executemany(
            "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)",
            [
                ("Undefined cartesian SRS", -1, "NONE", -1, "undefined", None),
                ("Undefined geographic SRS", 0, "NONE", 0, "undefined", None),
                ("WGS 84 geodetic", 4326, "EPSG", 4326, _WGS84, None),
            ],
        )
        _Layer(base, "regions", "MULTIPOLYGON", _REGION_FIELDS).fill(_regions(run))
        _Layer(base, "events", "POINT", tuple(FIELDS)).fill(_points(run))
        kinds = sorted({encodable(e.event_type) for e in run.events})
        for table, style in (("events", points_style(kinds)), ("regions", regions_style(kinds))):
            base.execute(
                "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName,"
                " styleQML, styleSLD, useAsDefault, description, owner, ui, update_time)"
                " VALUES ('', '', ?, 'geom', ?, ?, '', 1, '', '', NULL, ?)",
                [table, table, style, _CHANGED],
            )
        base.execute(
            "INSERT INTO gpkg_contents VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?, NULL, NULL, NULL,"
            " NULL, 0)",
            [_CHANGED],
        )
        base.commit()
        return {"events.gpkg": base.serialize()}

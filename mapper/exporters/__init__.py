"""Exporters: a run → files. One file per format; this table is where a new one is added.

An exporter is ``export(run) -> {file name: content}``, content whole or in pieces; names are fixed, never
taken from a report. A package may add more under the entry-point group ``mapper.exporters``.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points

from mapper.exporters import feed, flatgeobuf, geojson, geopackage, jsonl, kml, page, parquet, shaped, summary, tables
from mapper.files import Content
from mapper.model import Run

Exporter = Callable[[Run], dict[str, Content]]

EXPORTERS: dict[str, Exporter] = {
    "html": page.export,
    "summary": summary.export,
    "geojson": geojson.export,
    "csv": tables.export,
    "hxl": tables.export_hxl,
    "geojsonseq": geojson.export_sequence,
    "jsonl": jsonl.export,
    "kml": kml.export,
    "kmz": kml.export_zipped,
    "gpkg": geopackage.export,
    "parquet": parquet.export,
    "fgb": flatgeobuf.export,
    "acled": shaped.export_acled,
    "ged": shaped.export_ged,
    "rss": feed.export,
}


def exporters() -> dict[str, Exporter]:
    """The exporters by name, those of installed packages included."""
    return EXPORTERS | {e.name: e.load() for e in entry_points(group="mapper.exporters")}

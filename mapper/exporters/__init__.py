"""Exporters: a run → files. One file per format; this table is where a new one is added.

An exporter is ``export(run) -> {file name: content}``; names are fixed, never taken from a report. A
package may add more under the entry-point group ``mapper.exporters``.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points

from mapper.exporters import geojson, jsonl, kml, page, tables
from mapper.model import Run

Exporter = Callable[[Run], dict[str, str | bytes]]

EXPORTERS: dict[str, Exporter] = {
    "html": page.export,
    "geojson": geojson.export,
    "csv": tables.export,
    "hxl": tables.export_hxl,
    "geojsonseq": geojson.export_sequence,
    "jsonl": jsonl.export,
    "kml": kml.export,
}


def exporters() -> dict[str, Exporter]:
    """The exporters by name, those of installed packages included."""
    return EXPORTERS | {e.name: e.load() for e in entry_points(group="mapper.exporters")}

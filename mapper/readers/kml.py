"""KML and KMZ: each placemark as a row, its extended data as columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from mapper.errors import InputError
from mapper.model import Failure
from mapper.readers.content import Content
from mapper.readers.layout import events_of
from mapper.readers.markup import child_text, local, parse
from mapper.readers.sheet import unzipped
from mapper.settings import Settings


def _row(mark: ET.Element) -> dict[str, Any]:
    """Columns of a placemark.

    Raises:
        ValueError: Its coordinates are no numbers.
    """
    row: dict[str, Any] = {
        "name": child_text(mark, "name"),
        "description": child_text(mark, "description"),
        "latitude": None,
        "longitude": None,
    }
    for element in mark.iter():
        kind = local(element)
        if kind in ("begin", "when"):
            row["date start"] = (element.text or "").strip()[:10]
        elif kind == "end":
            row["date end"] = (element.text or "").strip()[:10]
        elif kind == "Data":
            row[element.get("name") or ""] = child_text(element, "value")
        elif kind == "SimpleData":
            row[element.get("name") or ""] = (element.text or "").strip() or None
        elif kind == "coordinates" and row["latitude"] is None:
            first = (element.text or "").split()[0].split(",")
            row["longitude"], row["latitude"] = float(first[0]), float(first[1])
    return row


def of_root(path: Path, root: ET.Element, settings: Settings) -> Content:
    """Events of the placemarks under ``root``; a name serves as the place where no column gives one."""
    rows, failures = [], []
    for number, mark in enumerate((e for e in root.iter() if local(e) == "Placemark"), start=1):
        try:
            rows.append((number, _row(mark)))
        except (ValueError, IndexError) as error:
            failures.append(Failure("table", str(path), f"coordinates: {error}", "Mend the placemark.", number))
    header = list(dict.fromkeys(k for _, row in rows for k in row))
    if not rows:
        failures.append(Failure("table", str(path), "it has no placemarks", "Give it some."))
        return Content(failures=failures)
    if "place" not in header:
        header.append("place")
        rows = [(n, row | {"place": row["name"]}) for n, row in rows]
    content = events_of(str(path), header, [(n, {k: row.get(k) for k in header}) for n, row in rows], settings)
    content.failures[:0] = failures
    return content


def read(path: Path, data: bytes, settings: Settings) -> Content:
    """Events of a KML file.

    Raises:
        InputError: It is not well formed.
    """
    return of_root(path, parse(data, str(path)), settings)


def read_kmz(path: Path, data: bytes, settings: Settings) -> Content:
    """Events of the first KML document of a KMZ file.

    Raises:
        InputError: It is damaged or holds no KML.
    """
    with unzipped(path, data, 400 * settings.max_report_bytes) as archive:
        name = next((n for n in archive.namelist() if n.lower().endswith(".kml")), None)
        if name is None:
            raise InputError(f"{path}: no KML inside.", remedy="Save it anew.")
        return read(path, archive.read(name), settings)

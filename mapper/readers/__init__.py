"""Readers: bytes → reports or events. One file per format; this table is where a new one is added.

A reader is ``read(path, data, settings) -> Content``. A package may add more under the entry-point
group ``mapper.readers`` (the entry's name is the file ending).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from importlib.metadata import entry_points
from pathlib import Path

from mapper import files
from mapper.errors import InputError
from mapper.model import Failure
from mapper.readers import archive, features, feed, html, jsonl, kml, office, sheet, table, text
from mapper.readers.content import Content
from mapper.settings import Settings

Reader = Callable[[Path, bytes, Settings], Content]

READERS: dict[str, Reader] = {
    ".txt": text.read,
    ".md": text.read,
    ".html": html.read,
    ".htm": html.read,
    ".xhtml": html.read,
    ".docx": office.read_docx,
    ".odt": office.read_odt,
    ".pdf": office.read_pdf,
    ".mhtml": archive.read_mail,
    ".mht": archive.read_mail,
    ".eml": archive.read_mail,
    ".warc": archive.read_warc,
    ".warc.gz": archive.read_warc,
    ".rss": feed.read,
    ".atom": feed.read,
    ".xml": feed.read,
    ".jsonl": jsonl.read,
    ".ndjson": jsonl.read,
    ".json": jsonl.read_json,
    ".csv": table.read,
    ".tsv": table.read,
    ".tab": table.read,
    ".xlsx": sheet.read_excel,
    ".parquet": sheet.read_parquet,
    ".geoparquet": sheet.read_parquet,
    ".geojson": jsonl.read_json,
    ".geojsons": features.read_sequence,
    ".geojsonl": features.read_sequence,
    ".gpkg": features.read_geopackage,
    ".fgb": features.read_flatgeobuf,
    ".kml": kml.read,
    ".kmz": kml.read_kmz,
}
# The limit on one report fits these alone: tables, archives and documents hold much more.
_SMALL = {".txt", ".md", ".html", ".htm", ".xhtml"}
_LARGE_FACTOR = 400


def readers() -> dict[str, Reader]:
    """The readers by file ending, those of installed packages included."""
    return READERS | {e.name: e.load() for e in entry_points(group="mapper.readers")}


def read(inputs: Iterable[str], settings: Settings) -> Content:
    """Read files, folders (their known files, sorted) and ``-`` (standard input).

    What cannot be read becomes a Failure; the rest goes on.
    """
    known = readers()
    contents: list[Content] = []
    for name in inputs:
        if name == "-":
            contents.append(_guarded(text.read, Path("-"), sys.stdin.buffer.read(), settings))
            continue
        path = Path(name)
        if path.is_dir():
            found = sorted(p for p in path.rglob("*") if p.is_file() and _ending(p) in known)
            if not found:
                failure = Failure(
                    "read", name, "the folder holds no file of a known kind", f"Known: {', '.join(known)}."
                )
                contents.append(Content(failures=[failure]))
        else:
            found = [path]
        for file in found:
            ending = _ending(file)
            limit = settings.max_report_bytes * (1 if ending in _SMALL or ending not in known else _LARGE_FACTOR)
            try:
                data = files.read(file, limit)
            except InputError as error:
                contents.append(Content(failures=[Failure("read", str(file), error.message, error.remedy)]))
                continue
            contents.append(_guarded(known.get(ending, text.read), file, data, settings))
    return _once(Content.joined(contents))


def _ending(path: Path) -> str:
    """The ending that says how to read a file; ``.warc.gz`` is one."""
    return ".warc.gz" if path.name.lower().endswith(".warc.gz") else path.suffix.lower()


def _once(content: Content) -> Content:
    """``content`` with each event once: releases of a table overlap. What is left out is a Failure."""
    seen: dict[str, str] = {}
    events = []
    for event in content.events:
        key = event.claims[0].report_id
        if event.id in seen:
            problem = f"event {key} was read already, from {seen[event.id]}"
            content.failures.append(Failure("table", key, problem, "Give each table once, or the newest release."))
            continue
        seen[event.id] = next((str(v) for k, v in event.extra if k == "table"), "an earlier input")
        events.append(event)
    content.events = events
    return content


def _guarded(reader: Reader, path: Path, data: bytes, settings: Settings) -> Content:
    """Run a reader; what it refuses becomes a Failure of this file alone."""
    try:
        return reader(path, data, settings)
    except InputError as error:
        return Content(failures=[Failure("read", str(path), error.message, error.remedy)])

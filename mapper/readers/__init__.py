"""Readers: bytes → reports or events. One file per format; this table is where a new one is added.

A reader is ``read(path, data, settings) -> Content``. A package may add more under the entry-point
group ``mapper.readers`` (the entry's name is the file ending).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import entry_points
from pathlib import Path

from mapper import files
from mapper.errors import InputError, InputTooLarge
from mapper.model import Event, Failure
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


def found(inputs: Iterable[str], output: Path | None = None) -> Iterator[Path | Failure]:
    """The files that ``inputs`` name: files as they are, folders as their known files, sorted, ``-`` as itself.

    A folder without one is a Failure. What an earlier run wrote to ``output`` inside an input folder is no input.
    """
    known = readers()
    own = output.resolve() if output else None
    for name in inputs:
        path = Path(name)
        if not path.is_dir():
            yield path
            continue
        # Hidden folders hold what programs keep, ours among them: no reports.
        inside = sorted(
            p
            for p in path.rglob("*")
            if _ending(p) in known and p.is_file() and not any(n.startswith(".") for n in p.relative_to(path).parts)
        )
        if own is not None and own != path.resolve() and path.resolve() in own.parents:
            inside = [p for p in inside if own not in p.resolve().parents]
        if not inside:
            yield Failure("read", name, "the folder holds no file of a known kind", f"Known: {', '.join(known)}.")
        yield from inside


def read_file(path: Path, settings: Settings) -> Content:
    """What one file (``-``: standard input) holds; what cannot be read becomes a Failure."""
    known = readers()
    ending = _ending(path)
    limit = settings.max_report_bytes * (1 if ending in _SMALL or ending not in known else _LARGE_FACTOR)
    try:
        data = _standard_input(limit) if str(path) == "-" else files.read(path, limit)
        return known.get(ending, text.read)(path, data, settings)
    except InputError as error:
        return Content(failures=[Failure("read", str(path), error.message, error.remedy)])


def _standard_input(limit: int) -> bytes:
    data = sys.stdin.buffer.read(limit + 1)
    if len(data) > limit:
        raise InputTooLarge(f"standard input: more than the limit of {limit:,} bytes.", remedy="Give a file.")
    return data


def read(inputs: Iterable[str], settings: Settings) -> Content:
    """Read files, folders (their known files, sorted) and ``-`` (standard input).

    What cannot be read becomes a Failure; the rest goes on.
    """
    named = found(inputs, settings.output)
    content = Content.joined(Content(failures=[f]) if isinstance(f, Failure) else read_file(f, settings) for f in named)
    events = list(once(content.events, content.failures))
    content.events = events
    return content


def _ending(path: Path) -> str:
    """The ending that says how to read a file; ``.warc.gz`` is one."""
    return ".warc.gz" if path.name.lower().endswith(".warc.gz") else path.suffix.lower()


def once(events: Iterable[Event], failures: list[Failure]) -> Iterator[Event]:
    """Each event of tables once: releases of a table overlap. What is left out is put to ``failures``."""
    seen: dict[str, str] = {}
    for event in events:
        key = event.claims[0].report_id
        if event.id in seen:
            problem = f"event {key} was read already, from {seen[event.id]}"
            failures.append(Failure("table", key, problem, "Give each table once, or the newest release."))
            continue
        seen[event.id] = next((str(v) for k, v in event.extra if k == "table"), "an earlier input")
        yield event

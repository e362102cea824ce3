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
from mapper.readers import html, jsonl, table, text
from mapper.readers.content import Content
from mapper.settings import Settings

Reader = Callable[[Path, bytes, Settings], Content]

READERS: dict[str, Reader] = {
    ".txt": text.read,
    ".md": text.read,
    ".html": html.read,
    ".htm": html.read,
    ".jsonl": jsonl.read,
    ".json": jsonl.read_json,
    ".geojson": jsonl.read_json,
    ".csv": table.read,
    ".tsv": table.read,
    ".tab": table.read,
    ".xlsx": table.read_excel,
    ".parquet": table.read_parquet,
}
# Tables hold many rows: the limit on one report does not fit them.
_LARGE = {".csv", ".tsv", ".tab", ".xlsx", ".parquet", ".jsonl", ".geojson", ".json"}
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
            found = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in known)
            if not found:
                failure = Failure(
                    "read", name, "the folder holds no file of a known kind", f"Known: {', '.join(known)}."
                )
                contents.append(Content(failures=[failure]))
        else:
            found = [path]
        for file in found:
            ending = file.suffix.lower()
            limit = settings.max_report_bytes * (_LARGE_FACTOR if ending in _LARGE else 1)
            try:
                data = files.read(file, limit)
            except InputError as error:
                contents.append(Content(failures=[Failure("read", str(file), error.message, error.remedy)]))
                continue
            contents.append(_guarded(known.get(ending, text.read), file, data, settings))
    return Content.joined(contents)


def _guarded(reader: Reader, path: Path, data: bytes, settings: Settings) -> Content:
    """Run a reader; what it refuses becomes a Failure of this file alone."""
    try:
        return reader(path, data, settings)
    except InputError as error:
        return Content(failures=[Failure("read", str(path), error.message, error.remedy)])

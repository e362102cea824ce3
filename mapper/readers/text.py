"""Plain text: one file is one report."""

from __future__ import annotations

import hashlib
from pathlib import Path

from mapper.errors import InputError
from mapper.model import Report
from mapper.readers.content import Content
from mapper.settings import Settings


def report_id(path: Path, text: str) -> str:
    """An id from the file's name, or from the text for standard input: never a folder of the machine."""
    return (
        path.stem if str(path) != "-" else "stdin-" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:10]
    )


def read(path: Path, data: bytes, settings: Settings) -> Content:
    """One report from a text file."""
    content = Content()
    text = content.decode(data, str(path))
    if not text.strip():
        raise InputError(f"{path}: the report is empty.", remedy="Give a report with text.")
    source = path.name if str(path) != "-" else "standard input"
    content.reports.append(Report(report_id(path, text), text, published=settings.published, source=source))
    return content

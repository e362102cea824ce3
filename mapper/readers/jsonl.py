"""JSON Lines of reports, one a line: {"doc_id", "text", "title"?, "published"?, "language"?, "url"?, "publisher"?}."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from mapper.errors import InputError
from mapper.model import Failure, Report
from mapper.readers import table
from mapper.readers.content import CONTROL, Content, decode
from mapper.settings import Settings


def _report(row: Any, settings: Settings) -> Report:
    """A report of one object.

    Raises:
        InputError: The object lacks an id or a text, or its date is no date.
    """
    if not isinstance(row, dict):
        raise InputError("not a JSON object.", remedy="Write one object a line.")
    identifier = row.get("doc_id", row.get("id"))
    if identifier in (None, "") or not isinstance(row.get("text"), str):
        raise InputError("doc_id or text is missing.", remedy='Each line needs {"doc_id": …, "text": …}.')
    if not row["text"].strip():
        raise InputError(f"report {identifier} is empty.", remedy="Give a report with text.")
    published = settings.published
    if row.get("published"):
        try:
            published = dt.date.fromisoformat(str(row["published"])[:10])
        except ValueError as error:
            raise InputError(f"published {row['published']!r} is no date.", remedy="Write YYYY-MM-DD.") from error
    return Report(
        str(identifier),
        CONTROL.sub(" ", row["text"]),  # one for one, so that the caller's spans still fit
        title=row.get("title"),
        language=row.get("language"),
        published=published,
        source=row.get("publisher") or row.get("source"),
        url=row.get("url"),
    )


def read(path: Path, data: bytes, settings: Settings) -> Content:
    """Reports from JSON Lines; a bad line is a Failure with its number."""
    content = Content()
    for number, line in enumerate(decode(data, str(path)).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            content.reports.append(_report(json.loads(line), settings))
        except json.JSONDecodeError as error:
            content.failures.append(
                Failure("read", str(path), f"not JSON: {error.msg}", "Write one object a line.", number)
            )
        except InputError as error:
            content.failures.append(Failure("read", str(path), error.message, error.remedy, number))
    return content


def read_json(path: Path, data: bytes, settings: Settings) -> Content:
    """A JSON file: one report, a list of reports, or a GeoJSON table of events."""
    try:
        content = json.loads(decode(data, str(path)))
    except json.JSONDecodeError as error:
        raise InputError(f"{path}, line {error.lineno}: not JSON: {error.msg}.", remedy="Mend the file.") from error
    if isinstance(content, dict) and content.get("type") == "FeatureCollection":
        return table.from_features(path, content.get("features") or [], settings)
    out = Content()
    for number, row in enumerate(content if isinstance(content, list) else [content], start=1):
        try:
            out.reports.append(_report(row, settings))
        except InputError as error:
            out.failures.append(Failure("read", str(path), error.message, error.remedy, number))
    return out

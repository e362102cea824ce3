"""JSON and JSON Lines: reports ({"doc_id", "text", "title"?, "published"?, "language"?, "url"?, "publisher"?}),
rows of an event table (as the interfaces of ACLED and UCDP answer, or as we write), or GeoJSON."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from mapper.errors import InputError
from mapper.model import Failure, Report
from mapper.readers import features
from mapper.readers.content import CONTROL, UTF_16, Content, decode
from mapper.readers.layout import events_of
from mapper.settings import Settings

# Where the interfaces of ACLED and UCDP put their rows.
_ENVELOPES = ("data", "Result", "results", "events")


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


def _is_table(rows: Sequence[Any]) -> bool:
    """Whether objects are rows of a table: none has a text, and the first has several fields."""
    objects = [r for r in rows if isinstance(r, dict)]
    return bool(objects) and not any("text" in r or "doc_id" in r for r in objects) and len(objects[0]) > 2


def _table(path: Path, rows: Sequence[tuple[int, Any]], settings: Settings) -> Content:
    header = dict.fromkeys(k for _, row in rows if isinstance(row, dict) for k in row)
    numbered = [(n, {k: row.get(k) for k in header} if isinstance(row, dict) else "no object") for n, row in rows]
    return events_of(str(path), list(header), numbered, settings)


def read(path: Path, data: bytes, settings: Settings) -> Content:
    """Reports, or rows of a table, from JSON Lines; a bad line is a Failure with its number."""
    content = Content()
    lines = enumerate(content.decode(data, str(path)).split("\n"), start=1)
    rows = _rows(path, lines, settings, content.failures)
    return Content.joined([content, _content(path, rows, settings)])


def read_line(path: Path, data: bytes, number: int, settings: Settings) -> Content:
    """What one line gives that is known to be of a file of reports; a bad one is a Failure with its ``number``."""
    content = Content()
    if data.strip():
        rows = _rows(path, [(number, decode(data, str(path)))], settings, content.failures)
        _reports(path, rows, settings, content)
    return content


def holds_reports(head: bytes) -> bool:
    """Whether the beginning of a file shows lines of reports: not those of a table, and not UTF-16."""
    if head[:2] in UTF_16 or b"\0" in head[:4096]:
        return False
    for line in head.removeprefix(b"\xef\xbb\xbf").split(b"\n")[:20]:
        with contextlib.suppress(ValueError, RecursionError):
            row = json.loads(line)
            if isinstance(row, dict) and ("text" in row or "doc_id" in row):
                return True
    return False


def too_long(path: Path, number: int, settings: Settings) -> Failure:
    """That a line is above the limit."""
    what = f"a line of more than {settings.max_report_bytes:,} bytes"
    remedy = "Split the report, or raise max_report_bytes in the settings."
    return Failure("read", str(path), what, remedy, number)


def _rows(
    path: Path, lines: Iterable[tuple[int, str]], settings: Settings, failures: list[Failure]
) -> list[tuple[int, Any]]:
    """The values of the lines with their numbers; what is no JSON or too long goes to ``failures``."""
    rows: list[tuple[int, Any]] = []
    limit = settings.max_report_bytes
    for number, line in lines:
        if not line.strip():
            continue
        if len(line) > limit // 4 and len(line.encode()) > limit:
            failures.append(too_long(path, number, settings))
            continue
        try:
            rows.append((number, json.loads(line)))
        except (json.JSONDecodeError, RecursionError) as error:
            told = getattr(error, "msg", "nested too deeply")
            failures.append(Failure("read", str(path), f"not JSON: {told}", "Write one object a line.", number))
    return rows


def read_json(path: Path, data: bytes, settings: Settings) -> Content:
    """A JSON file: one report, a list of reports, rows of a table, or GeoJSON.

    Raises:
        InputError: It is no JSON.
    """
    content = Content()
    try:
        value = json.loads(content.decode(data, str(path)))
    except json.JSONDecodeError as error:
        raise InputError(f"{path}, line {error.lineno}: not JSON: {error.msg}.", remedy="Mend the file.") from error
    except RecursionError as error:
        raise InputError(f"{path}: nested too deeply.", remedy="Give a list of objects.") from error
    if isinstance(value, dict) and value.get("type") in ("FeatureCollection", "Feature"):
        return Content.joined([content, features.from_collection(path, value, settings)])
    if isinstance(value, dict) and "text" not in value:
        value = next((value[k] for k in _ENVELOPES if isinstance(value.get(k), list)), value)
    rows = list(enumerate(value if isinstance(value, list) else [value], start=1))
    return Content.joined([content, _content(path, rows, settings)])


def _content(path: Path, rows: Sequence[tuple[int, Any]], settings: Settings) -> Content:
    if _is_table([row for _, row in rows]):
        return _table(path, rows, settings)
    content = Content()
    _reports(path, rows, settings, content)
    return content


def _reports(path: Path, rows: Iterable[tuple[int, Any]], settings: Settings, content: Content) -> None:
    for number, row in rows:
        try:
            content.reports.append(_report(row, settings))
        except InputError as error:
            content.failures.append(Failure("read", str(path), error.message, error.remedy, number))

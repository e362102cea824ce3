"""Many in one file: ZIP, MHTML and e-mail by the standard library, WARC by warcio (an extra)."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import hashlib
import io
import zipfile
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from mapper.errors import InputError
from mapper.extras import package
from mapper.model import Failure, Report
from mapper.readers import html
from mapper.readers.content import Content, decode
from mapper.readers.feed import day_of
from mapper.readers.sheet import unzipped
from mapper.readers.text import report_id
from mapper.settings import Settings


def read_mail(path: Path, data: bytes, settings: Settings) -> Content:
    """One report from a page saved as MHTML, or from an e-mail: its HTML part, else its plain one.

    Raises:
        InputError: It holds no text.
    """
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    parts = [p for p in message.walk() if p.get_content_maintype() == "text"]
    part = next((p for p in parts if p.get_content_subtype() == "html"), None) or next(iter(parts), None)
    payload = part.get_payload(decode=True) if part is not None else None
    if part is None or not isinstance(payload, bytes) or not payload.strip():
        raise InputError(f"{path}: no text in it.", remedy="Save the article itself.")
    text = _decoded(payload, part.get_content_charset(), str(path))
    address = str(message.get("Snapshot-Content-Location") or part.get("Content-Location") or "")
    day = day_of(str(message.get("Date") or ""))
    if part.get_content_subtype() == "html":
        report = html.report_of(path, report_id, text, settings)
    else:
        report = Report(report_id(path, text), text, source=path.name)
    return Content(
        reports=[
            replace(
                report,
                title=report.title or str(message.get("Subject") or "") or None,
                published=report.published or day or settings.published,
                url=report.url or (address if address.startswith(("http://", "https://")) else None),
            )
        ]
    )


def _decoded(payload: bytes, charset: str | None, source: str) -> str:
    try:
        return payload.decode(charset) if charset else decode(payload, source)
    except (LookupError, UnicodeDecodeError):
        return decode(payload, source)


def read_warc(path: Path, data: bytes, settings: Settings) -> Content:
    """A report for each HTML page of a web archive (needs warcio); a page that cannot be read is a Failure.

    Raises:
        InputError: It is damaged or warcio is not installed.
    """
    warcio: Any = package("warcio.archiveiterator", "warc", InputError, f"{path}: reading it")
    content = Content()
    number = 0
    try:
        for record in warcio.ArchiveIterator(io.BytesIO(data)):
            kind = (record.http_headers.get_header("Content-Type") or "") if record.http_headers else ""
            if record.rec_type != "response" or "html" not in kind.lower():
                continue
            number += 1
            address = record.rec_headers.get_header("WARC-Target-URI") or ""
            body = record.content_stream().read(settings.max_report_bytes + 1)
            try:
                content.reports.append(_page(path, address, body, kind, record, settings))
            except InputError as error:
                content.failures.append(Failure("read", str(path), f"{address}: {error.message}", error.remedy, number))
    except Exception as error:  # warcio raises several kinds for a damaged archive
        raise InputError(f"{path}: cannot be read: {error}.", remedy="Save the pages anew.") from error
    if not number:
        content.failures.append(Failure("read", str(path), "the archive holds no HTML page", "Give one that does."))
    return content


def _page(path: Path, address: str, body: bytes, kind: str, record: Any, settings: Settings) -> Report:
    if len(body) > settings.max_report_bytes:
        raise InputError("the page is larger than the limit.", remedy="Raise max_report_bytes in the settings.")
    charset = kind.lower().partition("charset=")[2].split(";")[0].strip(" \"'") or None

    def identify(file: Path, text: str) -> str:
        return f"{file.name.split('.')[0]}-{hashlib.sha256((address or text).encode()).hexdigest()[:10]}"

    report = html.report_of(path, identify, _decoded(body, charset, address), settings)
    seen = record.rec_headers.get_header("WARC-Date") or ""
    published = report.published
    if published is None and seen[:4].isdigit():
        published = dt.date.fromisoformat(seen[:10])  # the day on which it was saved is the best that is known
    return replace(
        report,
        published=published,
        url=report.url or (address if address.startswith("http") else None),
        source=path.name,
    )


def read_zip(path: Path, data: bytes, settings: Settings) -> Content:
    """What the files of a ZIP archive hold, as UCDP and GDELT pack their tables; archives inside it are not opened.

    Raises:
        InputError: It is damaged, unpacks to too much, or holds no file of a known kind.
    """
    from mapper.readers import READERS

    known = {k: v for k, v in READERS.items() if v is not read_zip}
    contents: list[Content] = []
    with unzipped(path, data, 400 * settings.max_report_bytes) as archive:
        for member in sorted(archive.infolist(), key=lambda m: m.filename):
            name = Path(member.filename)
            reader = known.get(name.suffix.lower())
            if member.is_dir() or reader is None or name.name.startswith("."):
                continue
            try:
                contents.append(reader(path / name.name, archive.read(member), settings))
            except InputError as error:
                contents.append(Content(failures=[Failure("read", f"{path}/{name}", error.message, error.remedy)]))
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:  # damaged, locked, unknown method
                what = f"cannot be unpacked: {error}"
                contents.append(Content(failures=[Failure("read", f"{path}/{name}", what, "Unpack it yourself.")]))
    if not contents:
        raise InputError(f"{path}: no file of a known kind in it.", remedy=f"Known: {', '.join(known)}.")
    return Content.joined(contents)

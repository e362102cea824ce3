"""Feeds: RSS and Atom, a report for each item; events, where the feed is one that we wrote."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from email.utils import parsedate_to_datetime
from pathlib import Path
from xml.etree import ElementTree as ET

from mapper.errors import InputError
from mapper.model import Failure, Report
from mapper.readers import html, kml
from mapper.readers.content import CONTROL, Content
from mapper.readers.layout import events_of
from mapper.readers.markup import child_text, local, parse
from mapper.settings import Settings


def day_of(text: str | None) -> dt.date | None:
    """The day of an RSS (RFC 822) or Atom (ISO 8601) date."""
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text.strip()[:10])
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(text).date()
    except (ValueError, TypeError):
        return None


def _address(item: ET.Element) -> str | None:
    links = [child for child in item if local(child) == "link"]
    atom = [c.get("href") for c in links if c.get("href") and c.get("rel", "alternate") == "alternate"]
    found = (atom or [(c.text or "").strip() for c in links] or [None])[0]
    return found if found and found.startswith(("http://", "https://")) else None


def _report(item: ET.Element, path: Path, publisher: str | None, language: str | None, settings: Settings) -> Report:
    """A report of one item.

    Raises:
        InputError: It holds no text.
    """
    title = child_text(item, "title")
    body = child_text(item, "encoded", "content", "description", "summary") or ""
    text = html.article(body).text() if "<" in body else body
    title = " ".join(html.article(title).text().split()) if title and "<" in title else title
    text = CONTROL.sub(" ", text or title or "")
    if not text.strip():
        raise InputError("the item holds no text.", remedy="Save the article that it points to.")
    address = _address(item)
    key = child_text(item, "guid", "id") or address or text
    return Report(
        f"{path.stem}-{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()[:10]}",
        text,
        title=title,
        language=(child_text(item, "language") or language or "")[:2].lower() or None,
        published=day_of(child_text(item, "pubDate", "published", "date", "updated")) or settings.published,
        source=child_text(item, "source") or publisher or path.name,
        url=address,
    )


def read(path: Path, data: bytes, settings: Settings) -> Content:
    """Reports of an RSS or Atom feed; KML under the name of XML is read as KML.

    Raises:
        InputError: It is not well formed, or no feed.
    """
    root = parse(data, str(path))
    if local(root) == "kml":
        return kml.of_root(path, root, settings)
    items = [e for e in root.iter() if local(e) in ("item", "entry")]
    if local(root) not in ("rss", "RDF", "feed"):
        raise InputError(f"{path}: XML of the kind <{local(root)}>, which is no feed.", remedy="Give RSS, Atom or KML.")
    channel = next((e for e in root.iter() if local(e) == "channel"), root)
    publisher, language = child_text(channel, "title"), child_text(channel, "language")
    content, rows = Content(), []
    for number, item in enumerate(items, start=1):
        event = child_text(item, "event")
        try:
            if event is not None:
                rows.append((number, json.loads(event)))
            else:
                content.reports.append(_report(item, path, publisher, language, settings))
        except (InputError, ValueError) as error:
            remedy = getattr(error, "remedy", "Mend the item.")
            content.failures.append(Failure("read", str(path), f"item {number}: {error}", remedy))
    if not items:
        content.failures.append(Failure("read", str(path), "the feed has no items", "Give it some."))
    if rows:
        header = list(dict.fromkeys(k for _, row in rows for k in row))
        content = Content.joined([content, events_of(str(path), header, rows, settings)])
    return content

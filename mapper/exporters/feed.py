"""RSS 2.0: the newest events first, for readers of feeds; each item carries its point and the whole event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from email.utils import format_datetime

from mapper.exporters.kml import text
from mapper.files import Content
from mapper.model import Event, Run
from mapper.properties import json_text, properties

# The newest that a feed holds: readers fetch it whole, again and again.
LIMIT = 500
_NAMESPACES = 'xmlns:georss="http://www.georss.org/georss" xmlns:m="urn:mapper:event"'


def newest(event: Event) -> tuple[dt.date, str]:
    """What the feed is sorted by: the last publication of the event, else its last day; then the id."""
    published = [c.published for c in event.claims if c.published]
    day = max(published) if published else event.date.end if event.date else dt.date.min
    return day, event.id


def _item(event: Event) -> str:
    where, when, first = event.location, event.date, event.claims[0]
    title = f"{event.sub_event_type}{': ' + where.name if where else ''}{f' ({when.start})' if when else ''}"
    # Who decides by a title alone must see what is no fact.
    title += f" [{event.status}]" if event.status != "happened" else ""
    parts = [f"<item><title>{text(title)}</title><description>{text(first.sentence)}</description>"]
    if first.url:
        parts.append(f"<link>{text(first.url)}</link>")
    parts.append(f'<guid isPermaLink="false">{text(event.id)}</guid><category>{text(event.event_type)}</category>')
    day = newest(event)[0]
    if day > dt.date.min:
        at = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
        parts.append(f"<pubDate>{format_datetime(at)}</pubDate>")
    row = properties(event) | {"latitude": None, "longitude": None}
    if where:
        row |= {"latitude": round(where.lat, 6), "longitude": round(where.lon, 6)}
        parts.append(f"<georss:point>{where.lat:.6f} {where.lon:.6f}</georss:point>")
    return "".join(parts) + f"<m:event>{text(json_text(row))}</m:event></item>\n"


def _feed(run: Run) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" {_NAMESPACES}><channel>\n'
    yield f"<title>{text(run.title)}</title><link>https://www.rssboard.org/rss-specification</link>"
    yield f"<description>{text(run.title)}: the newest events</description><language>{text(run.interface)}</language>\n"
    yield from map(_item, sorted(run.events, key=newest, reverse=True)[:LIMIT])
    yield "</channel></rss>\n"


def export(run: Run) -> dict[str, Content]:
    """events.rss: the newest 500 events."""
    return {"events.rss": _feed(run)}

"""KML and KMZ for Google Earth: a folder for each event type, a placemark with its time span for each event."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from mapper.exporters.signs import colour
from mapper.files import Content
from mapper.model import Event, Run
from mapper.properties import flat
from mapper.readers.content import CONTROL

_ICON = "http://maps.google.com/mapfiles/kml/shapes/shaded_dot.png"


def text(value: object) -> str:
    """``value`` as XML text; XML 1.0 has no place for control characters, escaped or not."""
    return escape(CONTROL.sub(" ", str(value)).replace("\ufffe", " ").replace("\uffff", " "))


def _attribute(value: str) -> str:
    return quoteattr(CONTROL.sub(" ", value))


def _style(kind: str) -> str:
    """A style of the type's colour; KML writes colours as alpha, blue, green, red."""
    red, green, blue = (colour(kind)[i : i + 2] for i in (1, 3, 5))
    return (
        f"<Style id={_attribute(_style_id(kind))}><IconStyle><color>ff{blue}{green}{red}</color>"
        f"<Icon><href>{_ICON}</href></Icon></IconStyle></Style>\n"
    )


def _style_id(kind: str) -> str:
    return "type-" + "".join(c if c.isascii() and c.isalnum() else "-" for c in kind)


def _placemark(event: Event) -> str:
    where, when = event.location, event.date
    parts = [
        f'<Placemark id="e{text(event.id)}"><name>{text(event.sub_event_type)}'
        f"{': ' + text(where.name) if where else ''}</name>",
        f"<description>{text(event.claims[0].sentence)}</description>",
    ]
    if when:
        parts.append(f"<TimeSpan><begin>{when.start}</begin><end>{when.end}</end></TimeSpan>")
    parts.append(f"<styleUrl>#{_style_id(event.event_type)}</styleUrl><ExtendedData>")
    for name, value in flat(event).items():
        shown = "" if value is None else text("true" if value is True else "false" if value is False else value)
        parts.append(f'<Data name="{name}"><value>{shown}</value></Data>')
    parts.append("</ExtendedData>")
    if where:
        parts.append(f"<Point><coordinates>{where.lon:.6f},{where.lat:.6f}</coordinates></Point>")
    return "".join(parts) + "</Placemark>\n"


def _document(run: Run) -> Iterator[str]:
    kinds: dict[str, list[Event]] = {}
    for event in run.events:
        kinds.setdefault(event.event_type, []).append(event)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>\n'
    yield f"<name>{text(run.title)}</name>\n"
    yield from map(_style, sorted(kinds))
    for kind, events in sorted(kinds.items()):
        yield f"<Folder><name>{text(kind)}</name>\n"
        yield from map(_placemark, events)
        yield "</Folder>\n"
    yield "</Document></kml>\n"


def export(run: Run) -> dict[str, Content]:
    """events.kml: every event; one without a place is a placemark without a point."""
    return {"events.kml": _document(run)}


def export_zipped(run: Run) -> dict[str, Content]:
    """events.kmz: the same document, zipped."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        # A fixed time, so that the same run gives the same bytes.
        member = zipfile.ZipInfo("doc.kml", date_time=(1980, 1, 1, 0, 0, 0))
        member.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(member, "w") as file:
            for piece in _document(run):
                file.write(piece.encode("utf-8", "replace"))
    return {"events.kmz": out.getvalue()}

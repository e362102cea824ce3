"""KML for Google Earth: a folder for each event type, a placemark with its time span for each event."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from mapper.model import Run
from mapper.properties import properties

_NS = "http://www.opengis.net/kml/2.2"


def _add(parent: ET.Element, tag: str, text: str | None = None) -> ET.Element:
    element = ET.SubElement(parent, tag)
    # XML 1.0 has no place for most control characters, escaped or not.
    element.text = None if text is None else "".join(c for c in text if c in "\n\t" or ord(c) >= 32)
    return element


def export(run: Run) -> dict[str, str | bytes]:
    """events.kml, events without a place left to the other formats' null geometry."""
    ET.register_namespace("", _NS)
    root = ET.Element(f"{{{_NS}}}kml")
    document = _add(root, f"{{{_NS}}}Document")
    _add(document, f"{{{_NS}}}name", run.title)
    for kind in sorted({e.event_type for e in run.events}):
        folder = _add(document, f"{{{_NS}}}Folder")
        _add(folder, f"{{{_NS}}}name", kind)
        for event in run.events:
            if event.event_type != kind or event.location is None:
                continue
            mark = _add(folder, f"{{{_NS}}}Placemark")
            mark.set("id", f"e{event.id}")
            _add(mark, f"{{{_NS}}}name", f"{event.sub_event_type}: {event.location.name}")
            _add(mark, f"{{{_NS}}}description", event.claims[0].sentence)
            if event.date:
                span = _add(mark, f"{{{_NS}}}TimeSpan")
                _add(span, f"{{{_NS}}}begin", event.date.start.isoformat())
                _add(span, f"{{{_NS}}}end", event.date.end.isoformat())
            data = _add(mark, f"{{{_NS}}}ExtendedData")
            for name, value in properties(event).items():
                if value is not None and not isinstance(value, list):
                    item = _add(data, f"{{{_NS}}}Data")
                    item.set("name", name)
                    _add(item, f"{{{_NS}}}value", str(value))
            point = _add(mark, f"{{{_NS}}}Point")
            _add(point, f"{{{_NS}}}coordinates", f"{event.location.lon:.6f},{event.location.lat:.6f}")
    return {"events.kml": ET.tostring(root, encoding="utf-8", xml_declaration=True)}

"""CSV: events.csv and places.csv, for Excel (UTF-8 with a mark) and safe from formulas; HXL on request."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mapper.files import Content
from mapper.model import Run
from mapper.properties import FIELDS, flat

_COLUMNS = [*FIELDS[:-1], "latitude", "longitude", "claims"]
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\0")
# Tags as OCHA uses them for conflict events.
_HXL = {
    "id": "#meta+id",
    "event_type": "#event+type",
    "sub_event_type": "#event+type+sub",
    "date_start": "#date+start",
    "date_end": "#date+end",
    "place": "#loc+name",
    "country": "#country+code",
    "admin1": "#adm1+name",
    "actors": "#group+name",
    "actor_ids": "#group+id",
    "fatalities": "#affected+killed",
    "injured": "#affected+injured",
    "sentence": "#description",
    "source": "#meta+source",
    "url": "#meta+url",
    "latitude": "#geo+lat",
    "longitude": "#geo+lon",
}


def _cell(value: Any) -> Any:
    """A cell that no spreadsheet runs: text that would start a formula gets an apostrophe (OWASP)."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return value
    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    return "'" + text if text.startswith(_RISKY) else text


def csv_rows(
    columns: Sequence[str], rows: Iterable[dict[str, Any]], tags: dict[str, str] | None = None
) -> Iterator[bytes]:
    """A CSV file in pieces: UTF-8 with a mark for Excel, cells that no spreadsheet runs, HXL tags on request."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    if tags is not None:
        writer.writerow([tags.get(c, "") for c in columns])
    mark = "\ufeff"
    for number, row in enumerate(rows, start=1):
        writer.writerow([_cell(row.get(c)) for c in columns])
        if number % 1000 == 0:
            yield (mark + out.getvalue()).encode("utf-8", "replace")
            mark = ""
            out.seek(0)
            out.truncate()
    yield (mark + out.getvalue()).encode("utf-8", "replace")


def _rows(run: Run) -> Iterator[dict[str, Any]]:
    for event in run.events:
        where = event.location
        at = {"latitude": round(where.lat, 6), "longitude": round(where.lon, 6)} if where else {}
        yield flat(event) | at


def place_row(report_id: str, resolved: Any) -> dict[str, Any]:
    """A mention and what became of it, as a flat row."""
    mention, where = resolved.mention, resolved.location
    return {
        "doc_id": report_id,
        "start": mention.start,
        "end": mention.end,
        "text": mention.surface,
        "kind": mention.kind,
        "role": mention.role,
        "lat": round(where.lat, 6) if where else None,
        "lon": round(where.lon, 6) if where else None,
        "radius_m": round(where.radius_m) if where else None,
        "name": where.name if where else None,
        "country": where.country if where else None,
        "geonameid": where.place_id if where and where.place_source == "geonames" else None,
        "method": where.method if where else None,
        "confidence": round(where.confidence, 3) if where else None,
        "precision": str(where.precision) if where else None,
        "why": resolved.why_not or (mention.reason or None),
        "chain": json.dumps(list(where.chain), ensure_ascii=False) if where and where.chain else None,
    }


def export(run: Run) -> dict[str, Content]:
    """events.csv, and places.csv with every mention and what became of it."""
    first = next(iter(run.places), None)
    columns = list(place_row(*first)) if first else ["doc_id", "start", "end", "text", "kind", "role", "lat", "lon"]
    places = (place_row(i, r) for i, r in run.places)
    return {"events.csv": csv_rows(_COLUMNS, _rows(run)), "places.csv": csv_rows(columns, places)}


def export_hxl(run: Run) -> dict[str, Content]:
    """events.hxl.csv: the same events with a row of HXL tags under the header."""
    return {"events.hxl.csv": csv_rows(_COLUMNS, _rows(run), _HXL)}

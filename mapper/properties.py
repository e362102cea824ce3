"""An event as the flat properties that GeoJSON, CSV and the map share (docs/event.schema.json)."""

from __future__ import annotations

from typing import Any

from mapper.model import Claim, Event

# In the order of DESIGN and of the columns of events.csv. Missing is None, never 0 or "".
FIELDS = [
    "id",
    "event_type",
    "sub_event_type",
    "status",
    "background",
    "date_start",
    "date_end",
    "date_precision",
    "place",
    "place_in_report",
    "country",
    "admin1",
    "precision",
    "geo_precision",
    "where_prec",
    "radius_m",
    "method",
    "confidence",
    "actors",
    "fatalities",
    "fatalities_low",
    "fatalities_high",
    "injured",
    "counts",
    "weapon",
    "sentence",
    "source",
    "url",
    "published",
    "language",
    "report_ids",
    "claims",
]


def _claim(claim: Claim) -> dict[str, Any]:
    return {"report_id": claim.report_id, "start": claim.start, "end": claim.end, "sentence": claim.sentence}


def properties(event: Event) -> dict[str, Any]:
    """The properties of ``event``: JSON types only, keys as in ``FIELDS``."""
    where, when, first = event.location, event.date, event.claims[0]
    return {
        "id": event.id,
        "event_type": event.event_type,
        "sub_event_type": event.sub_event_type,
        "status": event.status,
        "background": event.background,
        "date_start": when.start.isoformat() if when else None,
        "date_end": when.end.isoformat() if when else None,
        "date_precision": when.precision if when else None,
        "place": where.name if where else None,
        "place_in_report": where.place_in_report if where else None,
        "country": where.country if where else None,
        "admin1": where.admin1 if where else None,
        "precision": str(where.precision) if where else None,
        "geo_precision": where.precision.geo_precision if where else None,
        "where_prec": where.precision.where_prec if where else None,
        "radius_m": round(where.radius_m) if where else None,
        "method": where.method if where else None,
        "confidence": round(event.confidence, 3),
        "actors": "; ".join(f"{a.name} ({a.role})" if a.role != "mentioned" else a.name for a in event.actors) or None,
        "fatalities": event.fatalities,
        "fatalities_low": event.fatalities_low,
        "fatalities_high": event.fatalities_high,
        "injured": event.injured,
        "counts": "; ".join(f"{c.what}: {c.best if c.best is not None else f'{c.low}+'}" for c in event.counts) or None,
        "weapon": event.weapon,
        "sentence": first.sentence,
        "source": first.source,
        "url": first.url,
        "published": first.published.isoformat() if first.published else None,
        "language": first.language,
        "report_ids": sorted({c.report_id for c in event.claims}),
        "claims": [_claim(c) for c in event.claims],
    }

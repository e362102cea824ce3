"""An event as the flat properties that GeoJSON, CSV and the map share (docs/event.schema.json), and back again."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from mapper.model import Actor, Claim, Count, DateRange, Event, Location, PrecisionClass
from mapper.text import encodable

# In the order of the columns of events.csv. Missing is None, never 0 or "".
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
    "actor_ids",
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


# What kind of value each property holds: text, count (whole, 0 or more), number, yes (or no), day, or JSON.
KINDS = dict.fromkeys(FIELDS, "text") | {
    "background": "yes",
    "date_start": "day",
    "date_end": "day",
    "date_precision": "count",
    "geo_precision": "count",
    "where_prec": "count",
    "radius_m": "count",
    "confidence": "number",
    "fatalities": "count",
    "fatalities_low": "count",
    "fatalities_high": "count",
    "injured": "count",
    "published": "day",
    "report_ids": "json",
    "claims": "json",
}
_ROLES = ("perpetrator", "target", "victim", "party")
_ROLE = re.compile(rf"(.+) \(({'|'.join(_ROLES)})\)", re.DOTALL)
_COUNT = re.compile(r"(.+): (\d+)(\+?)", re.DOTALL)
_LIST = "; "
_NO_ID = "?"
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def claim_properties(claim: Claim) -> dict[str, Any]:
    """A claim as JSON: its span and sentence, and what is known of its source."""
    row: dict[str, Any] = {
        "report_id": claim.report_id,
        "start": claim.start,
        "end": claim.end,
        "sentence": claim.sentence,
    }
    if claim.source:
        row["source"] = claim.source
    if claim.url:
        row["url"] = claim.url
    if claim.published:
        row["published"] = claim.published.isoformat()
    if claim.language:
        row["language"] = claim.language
    return row


def claim_of(row: Mapping[str, Any]) -> Claim:
    """The claim that ``claim_properties`` made the row of."""
    return Claim(
        str(row["report_id"]),
        int(row["start"]),
        int(row["end"]),
        str(row["sentence"]),
        language=row.get("language"),
        source=row.get("source"),
        url=row.get("url"),
        published=dt.date.fromisoformat(row["published"]) if row.get("published") else None,
    )


def actors_text(actors: Sequence[Actor]) -> str | None:
    """Actors in one text: "US (perpetrator); Islamic State"."""
    return _LIST.join(f"{a.name} ({a.role})" if a.role in _ROLES else a.name for a in actors) or None


def actor_ids_text(actors: Sequence[Actor]) -> str | None:
    """The ids of actors in the order of ``actors_text``: "is; US:army; ?". An id is the same in all languages."""
    return _LIST.join(a.id or _NO_ID for a in actors) or None


def with_ids(actors: Sequence[Actor], text: str | None) -> tuple[Actor, ...]:
    """Actors with the ids of a text of ``actor_ids_text``; as they are where it does not fit them."""
    ids = text.split(_LIST) if text else []
    if len(ids) != len(actors):
        return tuple(actors)
    return tuple(a if i == _NO_ID else replace(a, id=i) for a, i in zip(actors, ids, strict=True))


def actors_of(text: str | None) -> tuple[Actor, ...]:
    """The actors of a text of ``actors_text``."""
    parts = (_ROLE.fullmatch(part) or part for part in (text or "").split(_LIST) if part)
    return tuple(Actor(p) if isinstance(p, str) else Actor(p[1], p[2]) for p in parts)


def counts_text(counts: Sequence[Count]) -> str | None:
    """Counts in one text: "strikes: 6; vehicles: 20+" (at least 20)."""
    return _LIST.join(f"{c.what}: {c.best if c.best is not None else f'{c.low}+'}" for c in counts) or None


def counts_of(text: str | None) -> tuple[Count, ...]:
    """The counts of a text of ``counts_text``; a part that is no count is left out."""
    parts = (_COUNT.fullmatch(part) for part in (text or "").split(_LIST))
    return tuple(
        Count(p[1], int(p[2]), None if p[3] else int(p[2]), None if p[3] else int(p[2])) for p in parts if p is not None
    )


def json_text(value: Any) -> str:
    """JSON without NaN and blanks, Arabic as itself: the same bytes for the same value."""
    return _ENCODER.encode(value)


def flat(event: Event) -> dict[str, Any]:
    """``properties`` with lists as JSON text, for tables that hold no lists, and text that any encoding can carry."""
    row = properties(event)
    for name in ("report_ids", "claims"):
        row[name] = json_text(row[name])
    return {name: encodable(value) if isinstance(value, str) else value for name, value in row.items()}


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
        "actors": actors_text(event.actors),
        "actor_ids": actor_ids_text(event.actors),
        "fatalities": event.fatalities,
        "fatalities_low": event.fatalities_low,
        "fatalities_high": event.fatalities_high,
        "injured": event.injured,
        "counts": counts_text(event.counts),
        "weapon": event.weapon,
        "sentence": first.sentence,
        "source": first.source,
        "url": first.url,
        "published": first.published.isoformat() if first.published else None,
        "language": first.language,
        "report_ids": sorted({c.report_id for c in event.claims}),
        "claims": [claim_properties(c) for c in event.claims],
    }


def _day(value: Any) -> dt.date | None:
    return dt.date.fromisoformat(str(value)[:10]) if value else None


def _whole(value: Any) -> int | None:
    return None if value in (None, "") or value != value else int(float(value))


def _location_of(row: Mapping[str, Any], lat: float, lon: float) -> Location:
    return Location(
        lat,
        lon,
        float(row.get("radius_m") or 0),
        PrecisionClass(row.get("precision") or "exact"),
        row.get("method") or "table",
        row.get("place_in_report") or row.get("place") or "",
        row.get("place") or "",
        country=row.get("country") or None,
        admin1=row.get("admin1") or None,
        confidence=float(row.get("confidence") or 0),
        chain=("as an earlier run of Mapper gave it",),
    )


def event_of(row: Mapping[str, Any], lat: Any, lon: Any) -> Event:
    """The event that ``properties`` made the row of. Cells may be text, as a CSV file holds them.

    What the properties do not hold (the region, the candidates, the chain) is not restored.

    Raises:
        ValueError: A value is not what the schema says (KeyError when it is missing).
    """
    claims = row["claims"]
    rows = json.loads(claims) if isinstance(claims, str) else claims
    if not rows:
        raise ValueError("an event without a claim does not exist")
    start, end = _day(row.get("date_start")), _day(row.get("date_end"))
    precision = _whole(row.get("date_precision"))
    background = row.get("background")
    return Event(
        str(row["id"]),
        str(row["event_type"]),
        str(row["sub_event_type"]),
        tuple(claim_of(c) for c in rows),
        _location_of(row, float(lat), float(lon)) if lat not in (None, "") and lon not in (None, "") else None,
        DateRange(start, end or start, precision or 1) if start else None,
        status=row.get("status") or "happened",
        background=background in (True, 1) or str(background).lower() == "true",
        actors=with_ids(actors_of(row.get("actors")), row.get("actor_ids")),
        fatalities=_whole(row.get("fatalities")),
        fatalities_low=_whole(row.get("fatalities_low")),
        fatalities_high=_whole(row.get("fatalities_high")),
        injured=_whole(row.get("injured")),
        counts=counts_of(row.get("counts")),
        weapon=row.get("weapon") or None,
        confidence=float(row.get("confidence") or 0),
    )

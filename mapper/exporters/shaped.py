"""CSV in the columns of ACLED (31) and of UCDP GED (49), for tools that expect them.

What those columns have no room for stands as tags in one of them (ACLED's ``tags``, GED's ``source_original``), so
that ``mapper`` reads the same events back. Codes that only ACLED or UCDP can give (actor and dyad numbers) are empty.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mapper.exporters.tables import csv_rows
from mapper.files import Content
from mapper.model import Actor, Event, Run
from mapper.readers.layout import layouts
from mapper.tags import JOIN, Tags

_TIME_PRECISION = {1: 1, 2: 2, 3: 2, 4: 3, 5: 3}
_INTER = {
    "state forces": 1,
    "rebels": 2,
    "political militia": 3,
    "identity militia": 4,
    "rioters": 5,
    "protesters": 6,
    "civilians": 7,
    "external": 8,
    "international org": 8,
}
_DISORDER = {
    "Battles": "Political violence",
    "Explosions/Remote violence": "Political violence",
    "Violence against civilians": "Political violence",
    "Riots": "Political violence",
    "Protests": "Demonstrations",
    "Strategic developments": "Strategic developments",
}
_FIRST = ("perpetrator", "party")
_ARMED = ("rebels", "political militia", "identity militia")


def _sides(event: Event) -> tuple[list[Actor], list[Actor]]:
    """The actors of the first side (who acts) and of the second (who suffers, or the other party)."""
    first = [a for a in event.actors if a.role in _FIRST]
    second = [a for a in event.actors if a not in first]
    if len(first) > 1 and not second:
        first, second = first[:1], first[1:]
    return first, second


def _inter(actors: Sequence[Actor]) -> int | None:
    return _INTER.get(actors[0].kind or "") if actors else None


def _joined(parts: Sequence[str | None]) -> str:
    return "; ".join(dict.fromkeys(p for p in parts if p))


def _sentences(event: Event) -> str:
    return JOIN.join(c.sentence for c in event.claims)


def _acled(event: Event) -> dict[str, Any]:
    where, when = event.location, event.date
    first, second = _sides(event)
    one, two = _inter(first), _inter(second)
    return {
        "event_id_cnty": event.id,
        "event_date": when.start.isoformat() if when else None,
        "year": when.start.year if when else None,
        "time_precision": _TIME_PRECISION[when.precision] if when else None,
        "disorder_type": _DISORDER.get(event.event_type),
        "event_type": event.event_type,
        "sub_event_type": event.sub_event_type,
        "actor1": first[0].name if first else None,
        "assoc_actor_1": _joined([a.name for a in first[1:]]),
        "inter1": one,
        "actor2": second[0].name if second else None,
        "assoc_actor_2": _joined([a.name for a in second[1:]]),
        "inter2": two,
        "interaction": 10 * min(one, two or one) + max(one, two) if one and two else 10 * one if one else None,
        "civilian_targeting": "Civilian targeting" if event.event_type == "Violence against civilians" else None,
        "country": (where.country_name or where.country) if where else None,
        "admin1": where.admin1 if where else None,
        "admin2": where.admin2 if where else None,
        "location": where.name if where else None,
        "latitude": round(where.lat, 6) if where else None,
        "longitude": round(where.lon, 6) if where else None,
        "geo_precision": where.precision.geo_precision if where else None,
        "source": _joined([c.source for c in event.claims]),
        "notes": _sentences(event),
        "fatalities": event.fatalities,
        "tags": str(Tags.of(event)),
    }


def _violence(event: Event, first: Sequence[Actor], second: Sequence[Actor]) -> int | None:
    """UCDP's type: 1 a state takes part, 2 none does, 3 against civilians; None for what UCDP does not count."""
    if event.event_type == "Violence against civilians":
        return 3
    if event.event_type not in ("Battles", "Explosions/Remote violence"):
        return None
    kinds = [a.kind for a in (*first, *second)]
    return 2 if kinds and all(k in _ARMED for k in kinds) else 1


def _ged(event: Event) -> dict[str, Any]:
    where, when = event.location, event.date
    first, second = _sides(event)
    published = _joined([c.published.isoformat() if c.published else None for c in event.claims])
    side_a, side_b = (_joined([a.name for a in side]) for side in (first, second))
    return {
        # UCDP's ids are numbers: ours, read as hexadecimal, fits into the 53 bits that R and Excel keep.
        "id": int(event.id, 16) if len(event.id) <= 13 and set(event.id) <= set("0123456789abcdef") else event.id,
        "relid": event.id,
        "year": when.start.year if when else None,
        "code_status": "Clear",
        "type_of_violence": _violence(event, first, second),
        "dyad_name": f"{side_a} - {side_b}" if side_a and side_b else None,
        "side_a": side_a,
        "side_b": side_b,
        "number_of_sources": len({c.report_id for c in event.claims}),
        "source_article": _joined([c.url for c in event.claims]),
        "source_office": _joined([c.source for c in event.claims]),
        "source_date": published,
        "source_headline": _sentences(event),
        "source_original": str(Tags.of(event)),
        "where_prec": where.precision.where_prec if where else None,
        "where_coordinates": where.name if where else None,
        "where_description": where.place_in_report if where else None,
        "adm_1": where.admin1 if where else None,
        "adm_2": where.admin2 if where else None,
        "latitude": round(where.lat, 6) if where else None,
        "longitude": round(where.lon, 6) if where else None,
        "geom_wkt": f"POINT ({where.lon:.6f} {where.lat:.6f})" if where else None,
        "country": (where.country_name or where.country) if where else None,
        "event_clarity": 1,
        "date_prec": when.precision if when else None,
        "date_start": when.start.isoformat() if when else None,
        "date_end": when.end.isoformat() if when else None,
        "deaths_unknown": event.fatalities,
        "best": event.fatalities,
        "high": event.fatalities_high,
        "low": event.fatalities_low,
    }


def _shaped(run: Run, columns: str, row: Callable[[Event], dict[str, Any]]) -> Content:
    return csv_rows(str(layouts()["columns"][columns]).split(","), map(row, run.events))


def export_acled(run: Run) -> dict[str, Content]:
    """events.acled.csv: ACLED's 31 columns."""
    return {"events.acled.csv": _shaped(run, "acled_31", _acled)}


def export_ged(run: Run) -> dict[str, Content]:
    """events.ged.csv: the 49 columns of UCDP GED since version 20.1."""
    return {"events.ged.csv": _shaped(run, "ged_49", _ged)}

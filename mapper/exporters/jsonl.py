"""JSON Lines: one event a line, for pipelines."""

from __future__ import annotations

from mapper.files import Content
from mapper.model import Event, Run
from mapper.properties import json_text, properties


def _line(event: Event) -> str:
    where = event.location
    spot = {"lat": round(where.lat, 6), "lon": round(where.lon, 6)} if where else {"lat": None, "lon": None}
    return json_text(properties(event) | spot) + "\n"


def export(run: Run) -> dict[str, Content]:
    """events.jsonl: the properties of each event with its latitude and longitude."""
    return {"events.jsonl": map(_line, run.events)}

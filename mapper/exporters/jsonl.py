"""JSON Lines: one event a line, for pipelines."""

from __future__ import annotations

import json

from mapper.model import Run
from mapper.properties import properties


def export(run: Run) -> dict[str, str | bytes]:
    """events.jsonl: the properties of each event with its latitude and longitude."""
    lines = []
    for event in run.events:
        where = event.location
        row = properties(event) | {"lat": where.lat if where else None, "lon": where.lon if where else None}
        lines.append(json.dumps(row, ensure_ascii=False, allow_nan=False))
    return {"events.jsonl": "".join(f"{line}\n" for line in lines)}

"""A run as it may be published: places moved to a grid, and what can point to people left out.

Both are one-way: what is left out is in none of the files. ``coarsened`` hides *where*; sentences still name places,
so that ``withheld`` (which hides *who said what*) belongs to it when a place must not be found.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from mapper.model import Claim, Event, Failure, Location, PrecisionClass, Run

_KM = 111.195  # one degree of latitude, on the sphere of equal volume
_WITHHELD = "[withheld for publication]"


def _class(known: PrecisionClass, km: float) -> PrecisionClass:
    """A point that was moved is not exact any more; what was vague stays as vague as it was."""
    if known not in (PrecisionClass.EXACT, PrecisionClass.VICINITY):
        return known
    return PrecisionClass.VICINITY if km <= 5 else PrecisionClass.DISTRICT if km <= 50 else PrecisionClass.PROVINCE


def coarse(where: Location, km: float) -> Location:
    """``where`` in the middle of its cell of a grid of ``km`` kilometres; names finer than a province are left out.

    The radius grows by half the cell's diagonal, so that it still holds the truth as often as before.
    """
    step = km / _KM
    lat = max(-90.0, min(90.0, (math.floor(where.lat / step) + 0.5) * step))
    wide = min(step / max(math.cos(math.radians(lat)), 0.01), 360.0)
    lon = (math.floor(where.lon / wide) + 0.5) * wide
    lon = max(-180.0, min(180.0, lon))
    name = where.admin1 or where.country_name or where.country or f"cell of {km:g} km"
    return replace(
        where,
        lat=round(lat, 4),
        lon=round(lon, 4),
        radius_m=where.radius_m + 1000 * km * math.sqrt(0.5),
        precision=_class(where.precision, km),
        name=name,
        place_in_report=name,
        region=None,
        place_id=None,
        place_source=None,
        admin2=None,
        candidates=(),
        chain=(f"moved to the middle of its cell of {km:g} km for publication",),
        anchor=None,
        feature_code=None,
    )


def _claim(claim: Claim, reports: Mapping[str, str]) -> Claim:
    return Claim(
        reports[claim.report_id],
        0,
        0,
        _WITHHELD,
        fields=claim.fields,
        language=claim.language,
        published=claim.published,
    )


def _event(event: Event, reports: Mapping[str, str]) -> Event:
    """``event`` without sentence, source, link, offsets, table columns, and names that are not those of a group."""
    return replace(
        event,
        claims=tuple(_claim(c, reports) for c in event.claims),
        date=replace(event.date, text="") if event.date else None,
        actors=tuple(a for a in event.actors if a.kind),
        counts=tuple(replace(c, text="") for c in event.counts),
        notes=(),
        extra=(),
    )


def published(run: Run, *, coarsen_km: float = 0.0, sensitive: bool = False) -> Run:
    """``run`` coarsened to a grid of ``coarsen_km`` (0: not), and without what points to people when ``sensitive``.

    The place names of the reports, and what failures say of them, are left out of both: they tell what the grid hides.
    """
    if not coarsen_km and not sensitive:
        return run
    events, notes = run.events, list(run.notes)
    if coarsen_km:
        events = tuple(
            replace(e, location=coarse(e.location, coarsen_km), notes=(), extra=()) if e.location else e for e in events
        )
        notes.append(f"For publication: places are given to a grid of {coarsen_km:g} km.")
    reports = run.reports
    if sensitive:
        names: dict[str, str] = {}
        for claim in (c for e in events for c in e.claims):
            names.setdefault(claim.report_id, f"report {len(names) + 1}")
        events = tuple(_event(e, names) for e in events)
        reports = tuple(
            replace(r, id=names.get(r.id, f"report {len(names) + n}"), text="", title=None)
            for n, r in enumerate(run.reports, start=1)
        )
        notes.append("For publication: sentences, sources, links and names of people are withheld.")
    failures = tuple(Failure(f.stage, "", _WITHHELD, f.remedy) for f in run.failures)
    return replace(run, events=events, reports=reports, places=(), failures=failures, notes=tuple(notes))

"""What tellings of one event must share, and how two of them become one event.

``extraction`` uses it inside a report, ``merge`` across reports and languages.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from mapper import taxonomy
from mapper.actors import without_echoes
from mapper.model import Actor, Count, DateRange, Event
from mapper.nearness import finer
from mapper.text import normalise, word_key

_STATUS = {"planned": 0, "denied": 1, "claimed": 2, "happened": 3}


def dates_meet(a: DateRange | None, b: DateRange | None, slack: int) -> bool:
    """Whether two spans of days overlap, give or take ``slack`` days; unknown meets anything."""
    if a is None or b is None:
        return True
    days = dt.timedelta(slack)
    return a.start <= b.end + days and b.start <= a.end + days


def tolls_meet(a: Event, b: Event) -> bool:
    """Whether two tolls can be of one event: one unknown, equal, or their bounds overlap."""
    if a.fatalities_low is None or b.fatalities_low is None:
        return True
    high_a = a.fatalities_high if a.fatalities_high is not None else a.fatalities_low * 10
    high_b = b.fatalities_high if b.fatalities_high is not None else b.fatalities_low * 10
    return a.fatalities_low <= high_b and b.fatalities_low <= high_a


def kinds_meet(a: Event, b: Event) -> bool:
    """Whether two types can tell one event: one family, or a vague word beside another conflict type."""
    return _kinds_meet(a.event_type, a.sub_event_type, b.event_type, b.sub_event_type)


@lru_cache(maxsize=4096)
def _kinds_meet(a: str, a_sub: str, b: str, b_sub: str) -> bool:
    x, y = taxonomy.of(a, a_sub), taxonomy.of(b, b_sub)
    return a == b if x is None or y is None else taxonomy.meet(x, y)


def parties(event: Event) -> frozenset[str]:
    """The ids (else normalised names) of an event's actors."""
    return frozenset(a.id or word_key(a.name) for a in event.actors)


def event_id(event: Event) -> str:
    """Twelve hexadecimal digits of a hash of type, place, date, and the first claim's report and offset."""
    where, when, first = event.location, event.date, event.claims[0]
    place = f"{where.lat:.4f},{where.lon:.4f}" if where else ""
    date = f"{when.start}/{when.end}" if when else ""
    key = "|".join((event.event_type, event.sub_event_type, place, date, first.report_id, str(first.start)))
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def _actors(a: Sequence[Actor], b: Sequence[Actor]) -> tuple[Actor, ...]:
    found: dict[str, Actor] = {}
    for actor in (*a, *b):
        key = actor.id or normalise(actor.name)
        if key not in found or (found[key].role == "mentioned" and actor.role != "mentioned"):
            found[key] = actor
    return without_echoes(tuple(found.values()))


def _counts(a: Sequence[Count], b: Sequence[Count]) -> tuple[Count, ...]:
    found: dict[str, Count] = {}
    for count in (*a, *b):
        old = found.get(count.what)
        if old is None or (count.best or count.low) > (old.best or old.low):
            found[count.what] = count
    return tuple(found.values())


def _date(a: DateRange | None, b: DateRange | None) -> DateRange | None:
    if a is None or b is None:
        return a or b
    return min((a, b), key=lambda d: (d.end - d.start, d.precision))


def _widest(values: Sequence[int | None], highest: bool) -> int | None:
    known = [v for v in values if v is not None]
    return (max(known) if highest else min(known)) if known else None


def combine(a: Event, b: Event, note: str | None = None) -> Event:
    """``a`` with what ``b`` adds: the most precise place, the widest range of the toll, all claims."""
    x = taxonomy.of(a.event_type, a.sub_event_type)
    y = taxonomy.of(b.event_type, b.sub_event_type)
    kind = b if x and y and (x.vague, x.rank) > (y.vague, y.rank) else a
    place = b if finer(b.location, a.location) else a
    claims = {(c.report_id, c.start, c.end): c for c in (*a.claims, *b.claims)}
    best = _widest([a.fatalities, b.fatalities], True)
    if best is not None and a.fatalities is None and (a.fatalities_low or 0) > best:
        best = None  # "dozens" are more than the two that another sentence names
    # A bound that one telling leaves open ("at least nine") is open.
    counted = [e for e in (a, b) if e.fatalities_low is not None]
    high = (
        None if any(e.fatalities_high is None for e in counted) else _widest([e.fatalities_high for e in counted], True)
    )
    return replace(
        a,
        event_type=kind.event_type,
        sub_event_type=kind.sub_event_type,
        weapon=kind.weapon or a.weapon or b.weapon,
        claims=tuple(claims.values()),
        location=place.location,
        date=_date(a.date, b.date),
        status=max((a.status, b.status), key=lambda s: _STATUS[s]),
        background=a.background and b.background,
        actors=_actors(a.actors, b.actors),
        fatalities=best,
        fatalities_low=_widest([a.fatalities_low, b.fatalities_low], False),
        fatalities_high=high,
        injured=_widest([a.injured, b.injured], True),
        counts=_counts(a.counts, b.counts),
        confidence=max(a.confidence, b.confidence),
        notes=tuple(dict.fromkeys((*a.notes, *b.notes, *((note,) if note else ())))),
    )

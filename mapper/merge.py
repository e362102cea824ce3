"""One event, many mentions: what counts as the same, and how two tellings become one event.

Inside a report ``events`` uses ``same`` and ``combine``; ``merge`` does it across reports and
languages. Every merge says in the notes why it was made.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from shapely.geometry import Point

from mapper import taxonomy
from mapper.model import Actor, Count, DateRange, Event, Location, PrecisionClass
from mapper.text import normalise

NEAR_M = 25_000.0
_ORDER = (
    PrecisionClass.EXACT,
    PrecisionClass.VICINITY,
    PrecisionClass.DISTRICT,
    PrecisionClass.SECTOR,
    PrecisionClass.CORRIDOR,
    PrecisionClass.PROVINCE,
    PrecisionClass.SEA,
    PrecisionClass.PART_OF_COUNTRY,
    PrecisionClass.COUNTRY,
)
_VAGUE_FROM = _ORDER.index(PrecisionClass.DISTRICT)
_VAGUE_TYPES = frozenset({PrecisionClass.COUNTRY, PrecisionClass.PART_OF_COUNTRY, PrecisionClass.PROVINCE})


def coarseness(where: Location | None) -> int:
    """0 for an exact place, more for vaguer ones; a place with a measured offset is most exact."""
    if where is None:
        return len(_ORDER)
    if where.method == "coordinates":
        return -2
    if where.method == "relative" and where.anchor and where.precision not in _VAGUE_TYPES and _measured(where):
        return -1
    return _ORDER.index(where.precision)


def _measured(where: Location) -> bool:
    """Whether an offset was given in figures: its point lies well off the anchor."""
    return where.anchor is not None and metres(where.lat, where.lon, *where.anchor) > 1000


def metres(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance in metres on a sphere of 6371 km."""
    p = math.pi / 180
    h = (
        math.sin((lat2 - lat1) * p / 2) ** 2
        + math.cos(lat1 * p) * math.cos(lat2 * p) * math.sin((lon2 - lon1) * p / 2) ** 2
    )
    return 12_742_000 * math.asin(min(1.0, math.sqrt(h)))


def holds(vague: Location, precise: Location) -> bool:
    """Whether a vague place (province, country, part of one) holds the point of a precise one."""
    if _ORDER.index(vague.precision) < _VAGUE_FROM:
        return False
    if vague.precision is PrecisionClass.COUNTRY:
        return vague.country is not None and vague.country == precise.country
    if metres(vague.lat, vague.lon, precise.lat, precise.lon) <= vague.radius_m:
        return True
    if vague.region is not None:
        return bool(vague.region.covers(Point(precise.lon, precise.lat)))
    if vague.precision is PrecisionClass.PART_OF_COUNTRY:
        return vague.country is not None and vague.country == precise.country
    return False


def near(a: Location | None, b: Location | None) -> bool:
    """Whether two places can be one: close, or one inside the other."""
    if a is None or b is None:
        return True
    limit = max(NEAR_M, *(min(x.radius_m, 60_000.0) for x in (a, b)))
    if metres(a.lat, a.lon, b.lat, b.lon) <= limit:
        return True
    # "Near Sirte" and "150 miles from Sirte" are two descriptions when one is measured from the other.
    for x, y in ((a, b), (b, a)):
        if x.anchor and _measured(x) and metres(*x.anchor, y.lat, y.lon) <= max(NEAR_M, y.radius_m):
            return y.method == "relative"
    return holds(a, b) or holds(b, a)


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
    x = taxonomy.of(a.event_type, a.sub_event_type)
    y = taxonomy.of(b.event_type, b.sub_event_type)
    if x is None or y is None:
        return a.event_type == b.event_type
    if x.family == y.family:
        return True
    both = {x.family, y.family}
    if both <= taxonomy.CONFLICT:
        return x.vague or y.vague or y.family in x.absorbs or x.family in y.absorbs
    return False


def parties(event: Event) -> frozenset[str]:
    """The ids (else normalised names) of an event's actors."""
    return frozenset(a.id or normalise(a.name) for a in event.actors)


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
    return tuple(found.values())


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
    place = b if coarseness(b.location) < coarseness(a.location) else a
    low = _widest([a.fatalities_low, b.fatalities_low], False)
    high = _widest([a.fatalities_high, b.fatalities_high], True)
    best = _widest([a.fatalities, b.fatalities], True)
    claims = {(c.report_id, c.start, c.end): c for c in (*a.claims, *b.claims)}
    order = {"happened": 3, "claimed": 2, "denied": 1, "planned": 0}
    return replace(
        a,
        event_type=kind.event_type,
        sub_event_type=kind.sub_event_type,
        weapon=kind.weapon or a.weapon or b.weapon,
        claims=tuple(claims.values()),
        location=place.location,
        date=_date(a.date, b.date),
        status=max((a.status, b.status), key=lambda s: order[s]),
        background=a.background and b.background,
        actors=_actors(a.actors, b.actors),
        fatalities=best,
        fatalities_low=low,
        fatalities_high=high,
        injured=_widest([a.injured, b.injured], True),
        counts=_counts(a.counts, b.counts),
        confidence=max(a.confidence, b.confidence),
        notes=tuple(dict.fromkeys((*a.notes, *b.notes, *((note,) if note else ())))),
    )


def _reports(event: Event) -> frozenset[str]:
    return frozenset(c.report_id for c in event.claims)


def _published(event: Event) -> dt.date | None:
    return max((c.published for c in event.claims if c.published), default=None)


def reason(a: Event, b: Event) -> str | None:
    """Why two events of different reports are one, in words; None when they are not."""
    if a.location is None or b.location is None or a.date is None or b.date is None:
        return None
    if a.background != b.background and not dates_meet(a.date, b.date, 0):
        return None
    if (a.date.end - a.date.start).days > 62 or (b.date.end - b.date.start).days > 62:
        return None
    if "planned" in (a.status, b.status) and a.status != b.status and a.event_type != "Diplomacy":
        return None
    if not (kinds_meet(a, b) and dates_meet(a.date, b.date, 1) and near(a.location, b.location)):
        return None
    shared = parties(a) & parties(b)
    equal = a.fatalities is not None and a.fatalities == b.fatalities
    subtype = a.sub_event_type == b.sub_event_type
    if not (shared or equal or subtype):
        return None
    km = metres(a.location.lat, a.location.lon, b.location.lat, b.location.lon) / 1000
    why = f"same as told by {', '.join(sorted(_reports(b)))}: {km:.0f} km apart, dates within a day"
    if not tolls_meet(a, b):
        first, second = _published(a), _published(b)
        # A later report with a higher toll brings it up to date; on one day they are two events.
        if not (shared and first and second and first != second and km <= 25):
            return None
        rising = (second > first) == ((b.fatalities_low or 0) > (a.fatalities_low or 0))
        if not rising:
            return None
        return f"{why}, toll brought up to date ({a.fatalities_low} and {b.fatalities_low})"
    told = ["equal toll"] * equal + ["same actors"] * bool(shared) + ["same type"] * subtype
    return f"{why}, {', '.join(told)}"


def _is_row(event: Event) -> bool:
    """Rows of a table are counted as their makers counted them; they only take in reports."""
    return any(key == "row" for key, _ in event.extra)


def merge(events: Sequence[Event]) -> list[Event]:
    """Join what different reports (also in different languages) tell of one event; order is kept."""
    merged: list[Event] = []
    cells: dict[tuple[int, int], list[int]] = defaultdict(list)
    for event in events:
        where = event.location
        if where is None:
            merged.append(event)
            continue
        row, column = math.floor(where.lat), math.floor(where.lon)
        around = [
            i for r in range(row - 1, row + 2) for c in range(column - 1, column + 2) for i in cells.get((r, c), ())
        ]
        for i in sorted(around):
            other = merged[i]
            if _reports(other) & _reports(event) or (_is_row(other) and _is_row(event)):
                continue
            why = reason(other, event)
            if why:
                first = other if _is_row(other) or not _is_row(event) else event
                second = event if first is other else other
                merged[i] = replace(combine(first, second, why), id=first.id)
                break
        else:
            cells[row, column].append(len(merged))
            merged.append(event)
    return merged

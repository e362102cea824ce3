"""One event, many tellings: what two tellings must share to be one event, and how they become one.

Inside a report ``events`` uses ``kinds_meet``, ``tolls_meet`` and ``combine``; ``merge`` joins tellings of
different reports and languages. Kind, place, date and toll must not contradict each other; that alone is
no proof (two strikes can hit one town on one day), so the evidence is weighed: ``Evidence``. Every join
says in the notes why it was made and with which telling, by its id; ``keep_apart`` undoes it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from mapper import taxonomy, triggers
from mapper.actors import without_echoes
from mapper.model import Actor, Count, DateRange, Event
from mapper.nearness import NEAR_M, coarseness, finer, holds, metres_apart, near
from mapper.text import normalise, word_key

# Points of evidence that two tellings need; more where other events of that kind, place and day are told.
ENOUGH, ENOUGH_WHEN_BUSY = 3.0, 4.5
_SAME_SPOT_M = 6_000.0
_FEW_REPORTS = 8  # in which a party's share says nothing
_LONGEST_DAYS = 62  # a longer span of days proves nothing
_BUCKET_DAYS = 64
_COPIED_WORDS = 8  # words in a sentence that two reports can only have from one source
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


@dataclass(frozen=True, slots=True)
class Evidence:
    """How much speaks for two tellings being one event (points), in words, and whether the toll rose."""

    points: float
    words: tuple[str, ...]
    update: bool = False


def evidence(a: Event, b: Event, usual: Collection[str] = ()) -> Evidence | None:
    """What speaks for two tellings of different reports being one event; None where something forbids it.

    Args:
        a: One telling.
        b: The other.
        usual: Parties, and sentences, that so many reports have that they tell nothing apart.
    """
    if a.location is None or b.location is None or a.date is None or b.date is None:
        return None
    if a.background != b.background and not dates_meet(a.date, b.date, 0):
        return None
    if max((d.end - d.start).days for d in (a.date, b.date)) > _LONGEST_DAYS:
        return None
    if "planned" in (a.status, b.status) and a.status != b.status and a.event_type != "Diplomacy":
        return None
    if not (kinds_meet(a, b) and dates_meet(a.date, b.date, 1) and near(a.location, b.location)):
        return None
    found = [*_place_and_day(a, b), *_parties_and_means(a, b, usual)]
    if (_sentences(a) & _sentences(b)).difference(usual):
        found.append((2.0, "the same sentence"))
    update = not tolls_meet(a, b)
    if update:
        if not _risen(a, b):
            return None
        found.append((0.5, f"toll brought up to date ({a.fatalities_low} and {b.fatalities_low})"))
    else:
        found += _numbers(a, b)
    return Evidence(sum(p for p, _ in found), tuple(w for _, w in found if w), update)


def _place_and_day(a: Event, b: Event) -> Iterator[tuple[float, str]]:
    assert a.location and b.location and a.date and b.date
    metres = metres_apart(a.location, b.location)
    if max(coarseness(a.location), coarseness(b.location)) <= 1 and metres <= _SAME_SPOT_M:
        yield 1.0, "one place"
    elif holds(a.location, b.location) or holds(b.location, a.location):
        yield 0.25, "one place in the other"
    else:
        yield (-1.0 if metres > NEAR_M / 2 else 0.0), f"{metres / 1000:.0f} km apart"
    if a.date.start == a.date.end == b.date.start == b.date.end:
        yield 1.0, "one day"
    elif dates_meet(a.date, b.date, 0):
        yield 0.5, "dates that meet"
    else:
        yield -0.5, "dates a day apart"


def _parties_and_means(a: Event, b: Event, usual: Collection[str]) -> Iterator[tuple[float, str]]:
    if a.sub_event_type == b.sub_event_type:
        yield 1.0, "same type"
    shared = parties(a) & parties(b)
    if shared:
        # A party that half of the reports name tells nothing apart.
        yield min(1.5, sum(0.25 if p in usual else 1.0 for p in shared)), "same actors"
    ours, theirs = _targets(a), _targets(b)
    if ours & theirs:
        yield 1.0, f"same target ({', '.join(sorted(ours & theirs))})"
    elif ours and theirs:
        yield -1.5, "other targets"


def _numbers(a: Event, b: Event) -> Iterator[tuple[float, str]]:
    if a.fatalities is None or b.fatalities is None:
        pass
    elif a.fatalities != b.fatalities:
        low, high = sorted((a.fatalities, b.fatalities))
        yield (-0.5 if high < 2 * low else -1.5), "other tolls"
    else:
        # Many events have one dead; few have seventeen.
        yield min(3.0, 1.0 + a.fatalities / 4), "equal toll"
    if a.injured and a.injured == b.injured:
        yield min(1.5, 0.5 + a.injured / 10), "as many injured"


def _sentences(event: Event) -> set[str]:
    """Sentences long enough that two reports can only have them from one source."""
    keys = (_sentence_key(c.sentence) for c in event.claims)
    return {k for k in keys if k.count(" ") >= _COPIED_WORDS}


# An event is compared with many others: its sentences are folded once.
_sentence_key = lru_cache(maxsize=20_000)(normalise)


def _targets(event: Event) -> frozenset[str]:
    """The kinds of target that an event's sentences name ("market"), alike in all languages."""
    return frozenset(t for c in event.claims for t in triggers.targets(c.sentence, c.language or "en"))


def _published(event: Event) -> dt.date | None:
    return max((c.published for c in event.claims if c.published), default=None)


def _risen(a: Event, b: Event) -> bool:
    """Whether the later of two reports has the higher toll of the same spot; on one day they are two events."""
    first, second = _published(a), _published(b)
    if not (first and second and first != second and a.location and b.location):
        return False
    if not parties(a) & parties(b) or metres_apart(a.location, b.location) > NEAR_M:
        return False
    return (second > first) == ((b.fatalities_low or 0) > (a.fatalities_low or 0))


def _reports(event: Event) -> frozenset[str]:
    return frozenset(c.report_id for c in event.claims)


def _is_row(event: Event) -> bool:
    """Rows of a table are counted as their makers counted them; they only take in reports."""
    return any(key == "row" for key, _ in event.extra)


_Cell = tuple[int, int, int]


class _Pool:
    """Events by degree cell and day (span of days where they last longer), and the tellings each was made of."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.parts: list[list[Event]] = []
        self._squares: list[tuple[int, int]] = []
        # For reports and for rows: those of one day by their day, the others by the span in which they end.
        self._days: tuple[dict[_Cell, list[int]], ...] = (defaultdict(list), defaultdict(list))
        self._spans: tuple[dict[_Cell, list[int]], ...] = (defaultdict(list), defaultdict(list))

    def add(self, event: Event) -> None:
        where = event.location
        self._squares.append((math.floor(where.lat), math.floor(where.lon)) if where else (0, 0))
        self.events.append(event)
        self.parts.append([event])
        if where and event.date:
            self._file(len(self.events) - 1, event)

    def join(self, i: int, event: Event, made: Event) -> None:
        """Make of event ``i`` what it is together with ``event``."""
        self.parts[i].append(event)
        if made.date != self.events[i].date:
            self._file(i, made)  # it is found under its new day too
        self.events[i] = made

    def _file(self, i: int, event: Event) -> None:
        assert event.date
        one_day = event.date.start == event.date.end
        last = event.date.end.toordinal()
        known = (self._days if one_day else self._spans)[_is_row(event)]
        known[*self._squares[i], last if one_day else last // _BUCKET_DAYS].append(i)

    def around(self, event: Event, *, rows: bool = True) -> list[int]:
        """Indices of events in this and the neighbouring cells whose days meet its own, give or take one, in order.

        ``rows``: of tables, too.
        """
        assert event.location and event.date
        row, column = math.floor(event.location.lat), math.floor(event.location.lon)
        first, last = event.date.start.toordinal(), event.date.end.toordinal()
        bucket = last // _BUCKET_DAYS
        found: set[int] = set()
        for kind in (False, True) if rows else (False,):
            for known, times in (
                (self._days[kind], range(first - 1, last + 2)),
                (self._spans[kind], range(bucket - 1, bucket + 2)),
            ):
                if known:
                    for r in (row - 1, row, row + 1):
                        for c in (column - 1, column, column + 1):
                            for time in times:
                                found.update(known.get((r, c, time), ()))
        return sorted(i for i in found if dates_meet(self.events[i].date, event.date, 1))


def _busy(pair: tuple[Event, Event], others: Iterable[Event]) -> bool:
    """Whether other events of that kind, place and day are told: their tolls differ from the pair's."""
    event, tolls = pair[1], {e.fatalities for e in pair}
    return any(
        o.fatalities is not None
        and o.fatalities not in tolls
        and kinds_meet(o, event)
        and dates_meet(o.date, event.date, 0)
        and near(o.location, event.location)
        for o in others
    )


def _usual(events: Sequence[Event]) -> frozenset[str]:
    """Parties that more than a third of many reports name, and sentences that more than two have."""
    parties_in: dict[str, set[str]] = defaultdict(set)
    sentences_in: dict[str, set[str]] = defaultdict(set)
    reports: set[str] = set()
    for event in events:
        if _is_row(event):
            continue
        told = _reports(event)
        reports |= told
        for key in parties(event):
            parties_in[key] |= told
        for key in _sentences(event):
            sentences_in[key] |= told
    many = max(_FEW_REPORTS, len(reports) / 3)
    usual = {k for k, v in parties_in.items() if len(v) > many}
    return frozenset(usual | {k for k, v in sentences_in.items() if len(v) > 2})


def told_at(report_id: str, start: int) -> str:
    """A name for the telling whose claim begins there: it lasts where ids change."""
    return f"{report_id}:{start}"


def _ids(events: Sequence[Event], names: Collection[str]) -> Collection[str]:
    """The ids of the tellings that are named by id or place."""
    wanted = frozenset(names)
    if not wanted:
        return wanted
    return wanted | {e.id for e in events if any(told_at(c.report_id, c.start) in wanted for c in e.claims)}


def merge(events: Sequence[Event], *, keep_apart: Collection[str] = ()) -> list[Event]:
    """Join what different reports (also in different languages) tell of one event; order is kept.

    Args:
        events: Each with the id of its own telling.
        keep_apart: Tellings that must stay events of their own: ids (the notes name them), or ``told_at`` of one
            of their claims.
    """
    keep_apart = _ids(events, keep_apart)
    pool = _Pool()
    usual = _usual(events)
    for event in events:
        if event.location is None or event.date is None or event.id in keep_apart:
            pool.add(event)
            continue
        if (event.date.end - event.date.start).days > _LONGEST_DAYS:  # proves nothing: see ``evidence``
            pool.add(event)
            continue
        told, row = _reports(event), _is_row(event)
        options: list[tuple[float, int, Evidence]] = []
        # Rows of one table by the hundred thousand are none of each other's concern.
        for i in pool.around(event, rows=not row):
            other = pool.events[i]
            if other.id in keep_apart or not kinds_meet(other, event):
                continue
            if any(c.report_id in told for c in other.claims) or (row and _is_row(other)):
                continue
            why = evidence(other, event, usual)
            if why:
                options.append((-why.points, i, why))
        if not options:
            pool.add(event)
            continue
        points, i, why = min(options, key=lambda o: o[:2])
        others = (pool.events[j] for j in pool.around(event) if j != i)
        if -points < ENOUGH or (
            -points < ENOUGH_WHEN_BUSY and _busy((pool.events[i], event), (e for e in others if e.id not in keep_apart))
        ):
            pool.add(event)
            continue
        pool.join(i, event, _joined(pool.events[i], event, why))
    return [_told(e, parts) for e, parts in zip(pool.events, pool.parts, strict=True)]


def _joined(other: Event, event: Event, why: Evidence) -> Event:
    first = other if _is_row(other) or not _is_row(event) else event
    second = event if first is other else other
    told = ", ".join(sorted(_reports(second)))
    made = combine(first, second, f"joined with {second.id}, told by {told}: {', '.join(why.words)}")
    if why.update:
        latest = max((first, second), key=lambda e: (_published(e) or dt.date.min, e.fatalities_low or 0))
        made = replace(made, fatalities=latest.fatalities)
    if _is_row(first) and first.actors:
        # A table's parties were named by its makers; a text's other names for them would double them.
        made = replace(made, actors=first.actors)
    return replace(made, id=first.id)


def _told(event: Event, parts: Sequence[Event]) -> Event:
    """The event with a note of its tolls where its reports give more than one, in order of publication."""
    notes = []
    for who, figures in (("dead", [p.fatalities for p in parts]), ("injured", [p.injured for p in parts])):
        rows = zip(figures, parts, strict=True)
        known = [(f, _published(p) or dt.date.min, ", ".join(sorted(_reports(p)))) for f, p in rows if f is not None]
        if len({f for f, _, _ in known}) > 1:
            known.sort(key=lambda x: (x[1], x[2]))
            told = "; ".join(f"{f} ({r}{f', {d}' if d > dt.date.min else ''})" for f, d, r in known)
            notes.append(f"the {who}, as told: {told}")
    return replace(event, notes=(*event.notes, *notes)) if notes else event

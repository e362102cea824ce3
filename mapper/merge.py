"""One event, many tellings: those of different reports and languages are joined.

Kind, place, date and toll must not contradict each other; that alone is no proof (two strikes can hit one town on
one day), so the evidence is weighed: ``evidence``. Every join says in the notes why it was made and with which
telling, by its id; ``keep_apart`` undoes it.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from mapper.evidence import Evidence, Telling, evidence
from mapper.model import Event
from mapper.nearness import near
from mapper.tellings import combine, dates_meet, kinds_meet

# Points of evidence that two tellings need; more where other events of that kind, place and day are told.
ENOUGH, ENOUGH_WHEN_BUSY = 3.0, 4.5
_FEW_REPORTS = 8  # in which a party's share says nothing
_BUCKET_DAYS = 64

_Cell = tuple[int, int, int]


class _Pool:
    """Tellings by degree cell and day (span of days where they last longer), and the events each was made of."""

    def __init__(self) -> None:
        self.tellings: list[Telling] = []
        self.parts: list[list[Event]] = []
        self._squares: list[tuple[int, int]] = []
        # For reports and for rows: those of one day by their day, the others by the span in which they end.
        self._days: tuple[dict[_Cell, list[int]], ...] = (defaultdict(list), defaultdict(list))
        self._spans: tuple[dict[_Cell, list[int]], ...] = (defaultdict(list), defaultdict(list))

    def add(self, telling: Telling) -> None:
        where = telling.event.location
        self._squares.append((math.floor(where.lat), math.floor(where.lon)) if where else (0, 0))
        self.tellings.append(telling)
        self.parts.append([telling.event])
        if where and telling.event.date:
            self._file(len(self.tellings) - 1, telling)

    def join(self, i: int, event: Event, made: Event) -> None:
        """Make of telling ``i`` what it is together with ``event``."""
        self.parts[i].append(event)
        whole = Telling(made)
        if made.date != self.tellings[i].event.date:
            self._file(i, whole)  # it is found under its new day too
        self.tellings[i] = whole

    def _file(self, i: int, telling: Telling) -> None:
        assert telling.event.date
        last = telling.event.date.end.toordinal()
        known = (self._days if telling.one_day else self._spans)[telling.is_row]
        known[*self._squares[i], last if telling.one_day else last // _BUCKET_DAYS].append(i)

    def around(self, event: Event, *, rows: bool = True) -> list[int]:
        """Indices of tellings in this and the neighbouring cells whose days meet its own, give or take one, in order.

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
        return sorted(i for i in found if dates_meet(self.tellings[i].event.date, event.date, 1))


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
    for telling in map(Telling, events):  # not kept: what a million events say would fill the memory
        if telling.is_row:
            continue
        reports |= telling.reports
        for key in telling.parties:
            parties_in[key] |= telling.reports
        for key in telling.sentences:
            sentences_in[key] |= telling.reports
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
        telling = Telling(event)
        if not telling.proves or event.id in keep_apart:
            pool.add(telling)
            continue
        options: list[tuple[float, int, Evidence]] = []
        # Rows of one table by the hundred thousand are none of each other's concern.
        for i in pool.around(event, rows=not telling.is_row):
            other = pool.tellings[i]
            if other.event.id in keep_apart or not other.reports.isdisjoint(telling.reports):
                continue
            if telling.is_row and other.is_row:
                continue
            why = evidence(other, telling, usual)
            if why:
                options.append((-why.points, i, why))
        points, i, why = min(options, key=lambda o: o[:2], default=(0.0, -1, None))
        if why is None or -points < ENOUGH:
            pool.add(telling)
            continue
        other = pool.tellings[i]
        if -points < ENOUGH_WHEN_BUSY:
            beside = (pool.tellings[j].event for j in pool.around(event) if j != i)
            if _busy((other.event, event), (e for e in beside if e.id not in keep_apart)):
                pool.add(telling)
                continue
        pool.join(i, event, _joined(other, telling, why))
    return [_told(t.event, parts) for t, parts in zip(pool.tellings, pool.parts, strict=True)]


def _joined(other: Telling, telling: Telling, why: Evidence) -> Event:
    first = other if other.is_row or not telling.is_row else telling
    second = telling if first is other else other
    told = ", ".join(sorted(second.reports))
    made = combine(first.event, second.event, f"joined with {second.event.id}, told by {told}: {', '.join(why.words)}")
    if why.update:
        latest = max((first, second), key=lambda t: (t.published or dt.date.min, t.event.fatalities_low or 0))
        made = replace(made, fatalities=latest.event.fatalities)
    if first.is_row and first.event.actors:
        # A table's parties were named by its makers; a text's other names for them would double them.
        made = replace(made, actors=first.event.actors)
    return replace(made, id=first.event.id)


def _told(event: Event, parts: Sequence[Event]) -> Event:
    """The event with a note of its tolls where its reports give more than one, in order of publication."""
    if len(parts) == 1:
        return event
    notes = []
    tellings = [Telling(p) for p in parts]
    for who, figures in (("dead", [p.fatalities for p in parts]), ("injured", [p.injured for p in parts])):
        rows = zip(figures, tellings, strict=True)
        known = [(f, t.published or dt.date.min, ", ".join(sorted(t.reports))) for f, t in rows if f is not None]
        if len({f for f, _, _ in known}) > 1:
            known.sort(key=lambda x: (x[1], x[2]))
            told = "; ".join(f"{f} ({r}{f', {d}' if d > dt.date.min else ''})" for f, d, r in known)
            notes.append(f"the {who}, as told: {told}")
    return replace(event, notes=(*event.notes, *notes)) if notes else event

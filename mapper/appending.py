"""New reports on top of an earlier run: what was read is not read again, and events keep their ids."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import replace

from mapper.merge import merge
from mapper.model import Event, Report, Run
from mapper.readers.content import Content


def fresh(content: Content, earlier: Run) -> Content:
    """``content`` without the reports and rows that ``earlier`` holds already.

    A report with a known id and another text is a new one: its id gets a mark of its text. Reports that were kept
    without their text (those of a batch) are known by their id alone.
    """
    known = {r.id: r.text for r in earlier.reports}
    out = Content(failures=content.failures, notes=[*content.notes])
    for report in content.reports:
        if known.get(report.id) in (report.text, ""):
            continue
        out.reports.append(_renamed(report) if report.id in known else report)
    out.reports = [r for r in out.reports if known.get(r.id) != r.text]
    told = {c.report_id for e in earlier.events for c in e.claims}
    ids = {e.id for e in earlier.events}
    out.events = [e for e in content.events if e.id not in ids and e.claims[0].report_id not in told]
    passed = len(content.reports) - len(out.reports) + len(content.events) - len(out.events)
    if passed:
        out.notes.append(f"{passed} reports or rows were read by an earlier run and are kept as they were")
    return out


def _renamed(report: Report) -> Report:
    mark = hashlib.sha256(report.text.encode("utf-8", "replace")).hexdigest()[:6]
    return replace(report, id=f"{report.id}-{mark}")


def joined(earlier: Run, new: Run, *, keep_apart: Collection[str] = ()) -> Run:
    """``earlier`` with what ``new`` adds. An event that was there keeps its id, whatever is merged into it.

    ``keep_apart`` is that of ``merge``; what ``earlier`` has joined stays joined.
    """
    claimed = {(c.report_id, c.start, c.end): e.id for e in earlier.events for c in e.claims}
    events = []
    for event in merge([*earlier.events, *new.events], keep_apart=keep_apart):
        before = (claimed.get((c.report_id, c.start, c.end)) for c in event.claims)
        kept = next((i for i in before if i is not None), event.id)
        events.append(event if kept == event.id else replace(event, id=kept))
    return replace(
        new,
        events=tuple(_distinct(events)),
        reports=(*earlier.reports, *new.reports),
        places=(*earlier.places, *new.places),
    )


def _distinct(events: list[Event]) -> list[Event]:
    """Ids stay unique: an event whose id is taken gets one with a number."""
    taken: set[str] = set()
    out = []
    for event in events:
        name, number = event.id, 2
        while name in taken:
            name, number = f"{event.id}-{number}", number + 1
        taken.add(name)
        out.append(event if name == event.id else replace(event, id=name))
    return out

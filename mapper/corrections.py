"""What the user puts right: ``corrections.jsonl`` in the output folder, which every later run obeys.

One correction a line: ``{"id", "action": "place" | "drop" | "merge" | "apart", …}``. The file is text, to be read,
edited and kept under version control. An event is known by its id, and, where a newer Mapper gives another, by its
claims.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mapper import files, localities
from mapper.errors import InputError
from mapper.gazetteer import Gazetteer
from mapper.locations import disc
from mapper.merge import told_at
from mapper.model import Event, Failure, Location, PrecisionClass, Run
from mapper.readers.cells import CellError, number
from mapper.tellings import combine

NAME = "corrections.jsonl"
ACTIONS = ("place", "drop", "merge", "apart")
_DONE = {"apart": "set apart"}
_LIMIT = 100_000_000
_EXACT_M = 1000.0
Key = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Correction:
    """One line: what to do with the event ``id``.

    ``claims`` (report id, start, end) know the event should its id change. ``place`` holds name, lat, lon, radius_m
    (metres), precision, country and admin1; ``others`` the ids of the events that are the same as this one, or, to set
    apart, the reports whose claims in ``claims`` tell of another event.
    """

    id: str
    action: str
    claims: tuple[Key, ...] = ()
    place: tuple[tuple[str, Any], ...] = ()
    others: tuple[str, ...] = ()
    line: int | None = None

    def text(self) -> str:
        """The line, as JSON."""
        row: dict[str, Any] = {"id": self.id, "action": self.action}
        row |= dict(self.place)
        if self.others:
            row["others"] = list(self.others)
        row["claims"] = [list(c) for c in self.claims]
        return json.dumps(row, ensure_ascii=False)


def read(folder: Path) -> tuple[list[Correction], list[Failure]]:
    """The corrections in ``folder`` and the lines that are none; both empty when there is no file."""
    path = folder / NAME
    found: list[Correction] = []
    failures: list[Failure] = []
    if not path.exists():
        return found, failures
    text = files.read(path, _LIMIT).decode("utf-8-sig", "replace")
    for line_number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                found.append(_correction(json.loads(line), line_number))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                problem = f"not a correction: {type(error).__name__}: {error}"
                remedy = 'Write {"id": …, "action": "place", "drop", "merge" or "apart", …} or remove the line.'
                failures.append(Failure("correct", str(path), problem, remedy, line_number))
    return found, failures


def _correction(row: dict[str, Any], line: int) -> Correction:
    if row["action"] not in ACTIONS:
        raise ValueError(f"no action {row['action']!r}")
    place: dict[str, Any] = {
        k: row[k] for k in ("name", "lat", "lon", "radius_m", "precision", "country", "admin1") if k in row
    }
    if row["action"] == "place":
        _location(place)
    claims = tuple((str(r), int(a), int(b)) for r, a, b in row.get("claims", ()))
    return Correction(
        str(row["id"]), row["action"], claims, tuple(place.items()), tuple(map(str, row.get("others", ()))), line
    )


def write(folder: Path, corrections: Iterable[Correction]) -> Path:
    """Write the file anew; returns it.

    Raises:
        OutputError: It cannot be written.
    """
    files.write(folder / NAME, "".join(f"{c.text()}\n" for c in corrections))
    return folder / NAME


def apart(folder: Path) -> tuple[str, ...]:
    """The tellings that the corrections in ``folder`` set apart, as ``Settings.apart`` takes them."""
    wanted = [c for c in read(folder)[0] if c.action == "apart"]
    return tuple(told_at(report, start) for c in wanted for report, start, _ in c.claims if report in c.others)


def keys(event: Event) -> tuple[Key, ...]:
    """What an event is known by besides its id."""
    return tuple((c.report_id, c.start, c.end) for c in event.claims)


def placed(text: str, gazetteer: Gazetteer, *, country: str | None = None) -> tuple[tuple[str, Any], ...]:
    """The ``place`` of a correction, from coordinates ("29.657, 18.352") or a place that ``mapper locate`` finds.

    Raises:
        InputError: There is no such place.
    """
    parts = text.replace(";", ",").split(",")
    location: Location | None = None
    if len(parts) == 2:
        try:
            lat, lon = (number(p, "coordinate") for p in parts)
        except CellError:
            lat = lon = None
        if lat is not None and lon is not None:
            code, admin1, _ = gazetteer.containing(lat, lon)
            location = Location(
                lat, lon, _EXACT_M, PrecisionClass.EXACT, "user", text, text, country=code, admin1=admin1
            )
    found = None if location else localities.locate(text, gazetteer, country=country)
    location = location or (found.location if found else None)
    if location is None:
        why = found.why_not if found else "no place"
        raise InputError(
            f"{text!r} is not placed: {why}.", remedy='Give coordinates, "latitude, longitude", or another name.'
        )
    return (
        ("name", location.name),
        ("lat", round(location.lat, 6)),
        ("lon", round(location.lon, 6)),
        ("radius_m", round(location.radius_m)),
        ("precision", str(location.precision)),
        ("country", location.country),
        ("admin1", location.admin1),
    )


def _location(place: dict[str, Any], said: str = "") -> Location:
    lat, lon, radius = float(place["lat"]), float(place["lon"]), float(place.get("radius_m") or _EXACT_M)
    return Location(
        lat,
        lon,
        radius,
        PrecisionClass(place.get("precision") or "exact"),
        "user",
        said or str(place["name"]),
        str(place["name"]),
        region=disc(lat, lon, radius),
        country=place.get("country"),
        admin1=place.get("admin1"),
        confidence=1.0,
        chain=(f"the user places it at {place['name']}",),
    )


def applied(run: Run, corrections: Sequence[Correction]) -> Run:
    """``run`` as the corrections want it; a correction that finds no event is a Failure."""
    events: dict[str, Event] = {e.id: e for e in run.events}
    failures: list[Failure] = []
    gone: set[str] = set()  # dropped, or part of another event now
    for correction in corrections:
        if correction.action == "apart":  # done when the tellings were merged, or no more
            failures += _not_apart(correction, events)
            continue
        key = _find(events, correction.id, correction.claims)
        if key is None:
            if correction.id not in gone:
                failures.append(_missing(correction, correction.id))
            continue
        event = events[key]
        if correction.action == "drop":
            gone.add(events.pop(key).id)
        elif correction.action == "place":
            said = event.location.place_in_report if event.location else ""
            note = "placed by the user" + (f"; it was at {event.location.name}" if event.location else "")
            location = _location(dict(correction.place), said)
            events[key] = replace(event, location=location, notes=(*event.notes, note))
        else:
            for other in correction.others:
                second = events.get(other)
                if second is None or other == key:
                    failures += [_missing(correction, other)] if other not in gone and other != key else []
                    continue
                joined = combine(events[key], second, f"the user says that {other} is the same event")
                events[key] = replace(joined, id=key)
                gone.add(events.pop(other).id)
    return replace(run, events=tuple(events.values()), failures=(*run.failures, *failures))


def _not_apart(correction: Correction, events: dict[str, Event]) -> list[Failure]:
    """What a correction wants apart and is not: gone, or joined by an earlier run, whose tellings are not kept."""
    out = []
    for report in correction.others:
        told = {k[:2] for k in correction.claims if k[0] == report}
        event = next((e for e in events.values() if told & {k[:2] for k in keys(e)}), None)
        if event is None:
            out.append(_missing(correction, f"told by {report}"))
        elif {c.report_id for c in event.claims} != {report}:
            problem = f"what {report} tells was joined with {event.id} by an earlier run"
            remedy = "Map all inputs anew, into another folder, with this file in it."
            out.append(Failure("correct", NAME, problem, remedy, correction.line))
    return out


def _find(events: dict[str, Event], identifier: str, claims: Sequence[Key]) -> str | None:
    if identifier in events:
        return identifier
    wanted = set(claims)
    return next((key for key, e in events.items() if wanted & set(keys(e))), None) if wanted else None


def _missing(correction: Correction, identifier: str) -> Failure:
    remedy = f"Remove the line, or run mapper correct {correction.id} --undo."
    return Failure(
        "correct",
        NAME,
        f"there is no event {identifier} to {_DONE.get(correction.action, correction.action)}",
        remedy,
        correction.line,
    )


def choose(run: Run, identifier: str) -> Event:
    """The event whose id is, or alone begins with, ``identifier``.

    Raises:
        InputError: There is none, or there are several.
    """
    found = [e for e in run.events if e.id == identifier] or [e for e in run.events if e.id.startswith(identifier)]
    if len(found) == 1:
        return found[0]
    told = f"{len(found)} events begin with {identifier!r}" if found else f"no event {identifier!r}"
    raise InputError(f"{told}.", remedy="Take the id from the map's details, or from events.csv.")

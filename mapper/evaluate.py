"""Scores against annotated texts: for those who change the code or add a language.

A corpus is a JSON Lines file; what a line holds decides what is measured:

* ``mentions``: ``[{"start", "end", "lat"?, "lon"?}]``, every place that the text names. Recognition is scored on
  exact spans, resolution by distance. 161 km is the field's usual threshold (Gritta et al. 2020, "A pragmatic guide
  to geoparsing evaluation").
* ``events``: ``[{"family", "lat", "lon", "km", "from", "to", "type"?, "killed"?, "injured"?, "status"?,
  "background"?}]``, every event that the text tells. ``family`` is one of taxonomy.toml or several, ``type`` a list of
  the sub-types that will do, ``killed`` a number or ``[low, high]``. An event is right when family,
  place (within ``km``) and days (overlapping) are; each gold event is met at most once.
* ``lat`` and ``lon`` beside ``text``: one described place, as for ``mapper locate``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from shapely.geometry import Point

from mapper import files, localities, pipeline, taxonomy
from mapper.errors import InputError
from mapper.gazetteer import Gazetteer, metres_between
from mapper.merge import merge
from mapper.model import Event, Mention, Report
from mapper.settings import Settings

THRESHOLD_KM = 161.0
NEAR_KM = 25.0


@dataclass(slots=True)
class Tally:
    """Counts of one measure: what was right, what the system said, what the gold has."""

    right: int = 0
    said: int = 0
    gold: int = 0

    @property
    def precision(self) -> float:
        """Right ones among those said; 0 where nothing was said."""
        return self.right / self.said if self.said else 0.0

    @property
    def recall(self) -> float:
        """Right ones among the gold's; 0 where the gold is empty."""
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.right / (self.said + self.gold) if self.said + self.gold else 0.0


@dataclass(slots=True)
class Scores:
    """What a corpus came to. Shares are 0..1; ``errors_km`` the distances of located descriptions in km."""

    documents: int = 0
    recognition: Tally = field(default_factory=Tally)
    end_to_end: Tally = field(default_factory=Tally)
    given: Tally = field(default_factory=Tally)
    events: Tally = field(default_factory=Tally)
    arguments: dict[str, Tally] = field(default_factory=dict)
    described: Tally = field(default_factory=Tally)
    errors_km: list[float] = field(default_factory=list)
    held: int = 0
    misses: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """The scores in words, one measure a line; only those that the corpus has gold for."""
        for name, tally in (
            ("place names, exact spans", self.recognition),
            ("places, end to end within 161 km", self.end_to_end),
            ("events: family, place and day", self.events),
        ):
            if tally.gold:
                shown = f"precision {tally.precision:.3f}  recall {tally.recall:.3f}  F1 {tally.f1:.3f}"
                yield f"{name}: {shown}  ({tally.gold} in the gold, {tally.said} found)"
        if self.given.gold:
            yield f"places, spans given: {self.given.recall:.3f} of {self.given.gold} within 161 km"
        for name, tally in self.arguments.items():
            yield f"  {name}: {tally.recall:.3f} of {tally.gold}"
        if self.described.gold:
            error = f"{median(self.errors_km):.1f} km" if self.errors_km else "none"
            yield (
                f"descriptions: answered {self.described.said / self.described.gold:.3f} of {self.described.gold}, "
                f"within 25 km {self.described.recall:.3f}, median error {error}, "
                f"region holds the truth {self.held / max(1, self.described.said):.3f}"
            )


def _km(lat: float, lon: float, row: dict[str, Any]) -> float:
    return metres_between(lat, lon, float(row["lat"]), float(row["lon"])) / 1000


def _report(row: dict[str, Any], number: int, settings: Settings) -> Report:
    published = dt.date.fromisoformat(row["published"]) if row.get("published") else settings.published
    report = Report(
        str(row.get("doc_id", number)),
        row["text"],
        title=row.get("title"),
        language=row.get("language"),
        published=published,
        source=row.get("publisher"),
    )
    code = pipeline.language_of(report, settings)
    return Report(report.id, report.text, report.title, code, published, report.source)


def _mentions(row: dict[str, Any], report: Report, gazetteer: Gazetteer, settings: Settings, scores: Scores) -> None:
    gold = {(int(m["start"]), int(m["end"])): m for m in row["mentions"]}
    found = {
        (r.mention.start, r.mention.end): r
        for r in pipeline.places_of(report, gazetteer, settings)
        if r.mention.kind == "name"
    }
    scores.recognition.gold += len(gold)
    scores.recognition.said += len(found)
    scores.recognition.right += len(gold.keys() & found.keys())
    for kind, spans in (("missed", gold.keys() - found.keys()), ("false", found.keys() - gold.keys())):
        scores.misses += [f"{report.id}: {kind} name {report.text[s:e]!r} at {s}" for s, e in sorted(spans)]
    placed = {span: m for span, m in gold.items() if m.get("lat") is not None}
    if not placed:
        return
    scores.end_to_end.gold += len(placed)
    for span, resolved in found.items():
        if resolved.location is None or (span in gold and span not in placed):
            continue
        scores.end_to_end.said += 1
        if span in placed and _km(resolved.location.lat, resolved.location.lon, placed[span]) <= THRESHOLD_KM:
            scores.end_to_end.right += 1
    given = [Mention(s, e, report.text[s:e], language=report.language or "und", reason="given") for s, e in placed]
    for resolved in pipeline.places_of(report, gazetteer, settings, mentions=given):
        span, where = (resolved.mention.start, resolved.mention.end), resolved.location
        scores.given.gold += 1
        if where is not None and span in placed and _km(where.lat, where.lon, placed[span]) <= THRESHOLD_KM:
            scores.given.right += 1
        else:
            to = f"{where.name} ({where.lat:.2f}, {where.lon:.2f})" if where else resolved.why_not
            scores.misses.append(f"{report.id}: {resolved.mention.surface!r} taken for {to}")


def _range(value: Any) -> tuple[float, float]:
    low, high = value if isinstance(value, list) else (value, value)
    return float(low), float(high)


def _is(event: Event, gold: dict[str, Any]) -> bool:
    kind = taxonomy.of(event.event_type, event.sub_event_type)
    where, when = event.location, event.date
    families = gold["family"] if isinstance(gold["family"], list) else [gold["family"]]
    if kind is None or kind.family not in families or where is None or when is None:
        return False
    if _km(where.lat, where.lon, gold) > float(gold["km"]):
        return False
    return when.start <= dt.date.fromisoformat(gold["to"]) and when.end >= dt.date.fromisoformat(gold["from"])


def _arguments(event: Event, gold: dict[str, Any]) -> dict[str, bool]:
    """Which of the gold's arguments an event has right; an argument that the gold leaves out is not judged."""
    right: dict[str, bool] = {}
    for name, value in (("killed", event.fatalities), ("injured", event.injured)):
        if gold.get(name) is not None:
            low, high = _range(gold[name])
            right[name] = value is not None and low <= value <= high
    if gold.get("type"):
        right["type"] = event.sub_event_type in gold["type"]
    said = {"status": event.status, "background": event.background}
    right |= {name: value == gold[name] for name, value in said.items() if gold.get(name) is not None}
    return right


def _events(row: dict[str, Any], report: Report, gazetteer: Gazetteer, settings: Settings, scores: Scores) -> None:
    resolved = pipeline.places_of(report, gazetteer, settings)
    left = list(merge(pipeline.events_of(report, resolved, settings)))
    scores.events.said += len(left)
    scores.events.gold += len(row["events"])
    for gold in row["events"]:
        fitting = [e for e in left if _is(e, gold)]
        if not fitting:
            scores.misses.append(f"{report.id}: no event for {gold.get('note') or gold}")
            continue
        best = max(fitting, key=lambda e: sum(_arguments(e, gold).values()))
        left.remove(best)
        scores.events.right += 1
        for name, right in _arguments(best, gold).items():
            tally = scores.arguments.setdefault(name, Tally())
            tally.gold += 1
            tally.right += right
            if not right:
                scores.misses.append(f"{report.id}: {name} of {gold.get('note') or gold['family']}")
    scores.misses += [
        f"{report.id}: event that the gold lacks: {e.sub_event_type}, "
        f"{e.location.place_in_report if e.location else 'no place'}"
        for e in left
    ]


def _described(row: dict[str, Any], gazetteer: Gazetteer, scores: Scores) -> None:
    scores.described.gold += 1
    found = localities.locate(
        row["text"],
        gazetteer,
        country=row.get("country"),
        admin1=row.get("admin1"),
        language=row.get("language"),
    ).location
    if found is None:
        scores.misses.append(f"{row['text']!r}: no answer")
        return
    error = _km(found.lat, found.lon, row)
    scores.described.said += 1
    scores.described.right += error <= NEAR_KM
    scores.errors_km.append(error)
    inside = error * 1000 <= found.radius_m
    if found.region is not None:
        inside = found.region.buffer(1e-9).covers(Point(float(row["lon"]), float(row["lat"])))
    scores.held += inside
    if not inside:
        scores.misses.append(f"{row['text']!r}: {error:.0f} km off, outside its region")


def evaluate(
    paths: Iterable[Path],
    settings: Settings,
    *,
    gazetteer: Gazetteer | None = None,
    progress: Callable[[int], None] | None = None,
) -> Scores:
    """Score corpora.

    Args:
        paths: JSON Lines files, in the forms that this module's docstring gives.
        settings: Language, countries and dial as for any run; no geocoder is asked.
        progress: Called with the number of lines done after each.

    Raises:
        InputError: A line is no object, has no text, or has gold of a wrong form; the message names file and line.
    """
    gazetteer = gazetteer or Gazetteer.open(settings.gazetteer, settings.additions)
    scores = Scores()
    for path in paths:
        for number, row in files.json_lines(path):
            try:
                if not isinstance(row.get("text"), str):
                    raise KeyError("text")
                if "mentions" in row or "events" in row:
                    report = _report(row, number, settings)
                    if "mentions" in row:
                        _mentions(row, report, gazetteer, settings, scores)
                    if "events" in row:
                        _events(row, report, gazetteer, settings, scores)
                elif "lat" in row and "lon" in row:
                    _described(row, gazetteer, scores)
                else:
                    raise KeyError("mentions, events, or lat and lon")
            except (KeyError, TypeError, ValueError) as error:
                raise InputError(
                    f"{path}, line {number}: the gold lacks or misstates {error}.",
                    remedy="See docs/command-line.md, evaluate.",
                ) from error
            scores.documents += 1
            if progress:
                progress(scores.documents)
    return scores

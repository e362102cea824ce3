"""The one-way composition. Read this file first.

readers → Report → recognise → Mention → resolve → Location → events → Event → merge → Run → exporters
Failures travel beside the results and end in one report.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from mapper import files, language, readers, resolve
from mapper.errors import MapperError, SettingsError
from mapper.events import extract
from mapper.exporters import exporters
from mapper.gazetteer import Gazetteer
from mapper.geocoders import Fallback, fallback
from mapper.merge import merge
from mapper.model import Event, Failure, Mention, Report, Resolved, Run
from mapper.recognise import recognise
from mapper.settings import Settings

Progress = Callable[[int, int], None]


def language_of(report: Report, settings: Settings) -> str:
    """The report's own language, else the one that the settings force, else what its letters say."""
    if settings.language != "auto":
        return settings.language
    known = language.codes()
    return report.language if report.language in known else language.identify(report.text)


def places_of(
    report: Report,
    gazetteer: Gazetteer,
    settings: Settings,
    geocoder: Fallback | None = None,
    mentions: Sequence[Mention] | None = None,
) -> list[Resolved]:
    """The places of one report: found (or given as ``mentions``) and resolved."""
    code = language_of(report, settings)
    found = recognise(report, gazetteer, language=code, dial=settings.dial) if mentions is None else mentions
    return resolve.resolve(report, found, gazetteer, language=code, prior=settings.countries, geocoder=geocoder)


def events_of(report: Report, resolved: Sequence[Resolved], settings: Settings) -> list[Event]:
    """The events of one report, told once each."""
    return extract(report, resolved, language=language_of(report, settings))


def _located(event: Event, gazetteer: Gazetteer, geocoder: Fallback | None) -> tuple[Event, Failure | None]:
    """A table's event whose row has only a place name, resolved like a mention."""
    extra = dict(event.extra)
    code = gazetteer.country_code(extra["country"]) if extra.get("country") else None
    if event.location is not None:
        return (event if code is None else replace(event, location=replace(event.location, country=code))), None
    if not extra.get("place"):
        return event, None
    found = resolve.locate(extra["place"], gazetteer, country=code, admin1=extra.get("admin1"), geocoder=geocoder)
    if found.location is None:
        source = f"{event.claims[0].source}, row {extra.get('row')}"
        return event, Failure(
            "resolve", source, f"no place for {extra['place']!r}: {found.why_not}", "Give coordinates."
        )
    return replace(event, location=found.location), None


def run(
    inputs: Iterable[str],
    settings: Settings,
    *,
    gazetteer: Gazetteer | None = None,
    progress: Progress | None = None,
) -> Run:
    """Read inputs and make of them events on the map.

    A report that fails is a Failure; the others go on.
    """
    gazetteer = gazetteer or Gazetteer.open(settings.gazetteer)
    geocoder = fallback(settings)
    content = readers.read(inputs, settings)
    failures = list(content.failures)
    found: list[Event] = []
    places: list[tuple[str, Resolved]] = []
    reports: list[Report] = []
    for number, report in enumerate(content.reports, start=1):
        report = replace(report, language=language_of(report, settings))
        reports.append(report)
        try:
            resolved = places_of(report, gazetteer, settings, geocoder)
            places += [(report.id, r) for r in resolved]
            found += events_of(report, resolved, settings)
        except (
            MapperError,
            ValueError,
            KeyError,
            IndexError,
            TypeError,
            ArithmeticError,
            RecursionError,
        ) as error:
            # One report that trips a rule must not cost the others; it is listed with what happened.
            failures.append(
                Failure("report", report.id, f"{type(error).__name__}: {error}", "Please report it with the text.")
            )
        if progress:
            progress(number, len(content.reports))
    for event in content.events:
        event, failure = _located(event, gazetteer, geocoder)
        found.append(event)
        failures += [failure] if failure else []
    if geocoder is not None and geocoder.stopped:
        failures.append(Failure("geocode", "fallback geocoder", geocoder.stopped, "Use --offline, or try again later."))
    merged = merge(found)
    return Run(
        tuple(merged),
        tuple(reports),
        tuple(places),
        tuple(failures),
        title=settings.title,
        interface=settings.interface,
        notes=tuple(content.notes),
    )


def write(result: Run, settings: Settings) -> list[Path]:
    """Write the chosen formats and failures.jsonl; returns the paths in order.

    Raises:
        SettingsError: A format is not known; the message lists those that are.
        OutputError: A file cannot be written.
    """
    known = exporters()
    unknown = [f for f in settings.formats if f not in known]
    if unknown:
        raise SettingsError(f"no format {', '.join(unknown)}.", remedy=f"Known: {', '.join(known)}.")
    paths = []
    for name in settings.formats:
        for file, content in known[name](result).items():
            files.write(settings.output / file, content)
            paths.append(settings.output / file)
    lines = [
        json.dumps(
            {"stage": f.stage, "source": f.source, "line": f.line, "error": f.error, "remedy": f.remedy},
            ensure_ascii=False,
        )
        for f in result.failures
    ]
    files.write(settings.output / "failures.jsonl", "".join(f"{line}\n" for line in lines))
    return [*paths, settings.output / "failures.jsonl"]

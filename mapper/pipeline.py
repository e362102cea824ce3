"""The one-way composition. Read this file first.

readers → [Report | Event] → recognise → [Mention] → resolve → [Resolved] → extraction → [Event] → merge → [Event]
→ Run → exporters and layers. Failures travel beside the results and end in one report.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from mapper import appending, corrections, files, language, localities, readers, resolve
from mapper.errors import TRIPPED, ExtractorError, SettingsError
from mapper.exporters import Exporter, exporters
from mapper.extraction import extract
from mapper.extractors import checked, extractor
from mapper.gazetteer import Gazetteer
from mapper.geocoders import fallback
from mapper.merge import merge
from mapper.model import Event, Failure, Geocoder, Mention, Report, Resolved, Run
from mapper.publication import published
from mapper.readers.content import Content
from mapper.recognise import recognise
from mapper.recognisers import taggers
from mapper.settings import Settings

# Called with the reports done, their number and the failures so far.
Progress = Callable[[int, int, int], None]


def language_of(report: Report, settings: Settings) -> str:
    """The language that the settings force, else the one that the report tells, else what its letters say."""
    if settings.language != "auto":
        return settings.language
    known = language.codes()
    return report.language if report.language in known else language.identify(report.text)


def places_of(
    report: Report,
    gazetteer: Gazetteer,
    settings: Settings,
    geocoder: Geocoder | None = None,
    mentions: Sequence[Mention] | None = None,
) -> list[Resolved]:
    """The places of one report: found (or given as ``mentions``) and resolved."""
    code = language_of(report, settings)
    found = mentions
    if found is None:
        found = recognise(report, gazetteer, language=code, dial=settings.dial, taggers=taggers(settings))
    return resolve.resolve(report, found, gazetteer, language=code, prior=settings.countries, geocoder=geocoder)


def events_of(report: Report, resolved: Sequence[Resolved], settings: Settings) -> list[Event]:
    """The events of one report, told once each, by the extractor that the settings name."""
    code = language_of(report, settings)
    if settings.extractor == "rules":
        return extract(report, resolved, language=code)
    return checked(report, resolved, extractor(settings).extract(report, resolved, language=code))


def of_report(
    report: Report, gazetteer: Gazetteer, settings: Settings, geocoder: Geocoder | None
) -> tuple[list[Resolved], list[Event], list[Failure]]:
    """What one report gives: its places, its events, and what went wrong.

    A report that trips a rule must not cost the others; it is listed with what happened.
    """
    resolved: list[Resolved] = []
    try:
        resolved = places_of(report, gazetteer, settings, geocoder)
        return resolved, events_of(report, resolved, settings), []
    except ExtractorError as error:
        # The rules read what the other extractor could not.
        events = extract(report, resolved, language=language_of(report, settings))
        return resolved, events, [Failure("events", report.id, error.message, error.remedy)]
    except TRIPPED as error:
        what = f"{type(error).__name__}: {error}"
        return resolved, [], [Failure("report", report.id, what, "Please report it with the text.")]


def of_rows(
    events: Iterable[Event], gazetteer: Gazetteer, geocoder: Geocoder | None
) -> Iterator[tuple[Event, list[Failure]]]:
    """A table's events, with what went wrong; those whose rows have only a place name are resolved like mentions."""
    given = [_of_row(event, gazetteer) for event in events]
    asked = [one for one in given if isinstance(one, tuple)]
    found = localities.locate_many((description for _, description in asked), gazetteer, geocoder=geocoder)
    yield from (_named(one[0], next(found)) if isinstance(one, tuple) else (one, []) for one in given)


def _of_row(event: Event, gazetteer: Gazetteer) -> Event | tuple[Event, localities.Description]:
    """A table's event, and its place's name where it is yet to be resolved."""
    extra = dict(event.extra)
    code = gazetteer.country_code(extra["country"]) if extra.get("country") else None
    if event.location is not None:
        return event if code is None else replace(event, location=replace(event.location, country=code))
    if not extra.get("place"):
        return event
    unit = localities.unit(extra["place"], gazetteer, code) if code and extra.get("level") == "admin1" else None
    if unit is not None:
        return replace(event, location=unit)
    return event, localities.Description(extra["place"], code, extra.get("admin1"))


def _named(event: Event, found: Resolved) -> tuple[Event, list[Failure]]:
    """A row's event with its place by name, or why it has none."""
    if found.location is not None:
        return replace(event, location=found.location), []
    extra = dict(event.extra)
    source = f"{event.claims[0].source}, row {extra.get('row')}"
    what = f"no place for {extra['place']!r}: {found.why_not}"
    return event, [Failure("resolve", source, what, "Give coordinates.")]


def not_asked(stopped: str | None) -> list[Failure]:
    """That the geocoder was left alone, and why, as a Failure: it must not look like absence."""
    if stopped is None:
        return []
    return [Failure("geocode", "fallback geocoder", stopped, "Use --offline, or try again later.")]


def run(
    inputs: Iterable[str] | Content,
    settings: Settings,
    *,
    gazetteer: Gazetteer | None = None,
    progress: Progress | None = None,
    earlier: Run | None = None,
) -> Run:
    """Read inputs and make of them events on the map, all in memory; ``batch.run`` is for millions of reports.

    A report that fails is a Failure; the others go on. What ``earlier`` (see ``state``) holds is kept with its ids,
    and not read again.
    """
    extractor(settings)  # a wrong name or address stops the run, not each report
    taggers(settings)
    if gazetteer is None:
        gazetteer = Gazetteer.open(settings.gazetteer, settings.additions)
        gazetteer.verify()  # a changed byte would move places without a word
    geocoder = fallback(settings)
    content = inputs if isinstance(inputs, Content) else readers.read(inputs, settings)
    if earlier is not None:
        content = appending.fresh(content, earlier)
    failures = list(content.failures)
    found: list[Event] = []
    places: list[tuple[str, Resolved]] = []
    reports: list[Report] = []
    for number, report in enumerate(content.reports, start=1):
        report = replace(report, language=language_of(report, settings))
        reports.append(report)
        resolved, events, failed = of_report(report, gazetteer, settings, geocoder)
        places += [(report.id, r) for r in resolved]
        found += events
        failures += failed
        if progress:
            progress(number, len(content.reports), len(failures))
    for event, failed in of_rows(content.events, gazetteer, geocoder):
        found.append(event)
        failures += failed
    failures += not_asked(geocoder.stopped if geocoder else None)
    result = Run(
        tuple(merge(found, keep_apart=settings.apart)),
        tuple(reports),
        tuple(places),
        tuple(failures),
        title=settings.title,
        interface=settings.interface,
        notes=tuple(dict.fromkeys(content.notes)),
    )
    return result if earlier is None else appending.joined(earlier, result, keep_apart=settings.apart)


def corrected(result: Run, settings: Settings) -> Run:
    """``result`` as the user's corrections in the output folder want it."""
    wanted, failures = corrections.read(settings.output)
    return corrections.applied(replace(result, failures=(*result.failures, *failures)), wanted)


def formats(settings: Settings) -> dict[str, Exporter]:
    """The exporters of the chosen formats.

    Raises:
        SettingsError: A format is not known; the message lists those that are.
    """
    known = exporters()
    unknown = [f for f in settings.formats if f not in known]
    if unknown:
        raise SettingsError(f"no format {', '.join(unknown)}.", remedy=f"Known: {', '.join(known)}.")
    return {name: known[name] for name in settings.formats}


def write(result: Run, settings: Settings) -> list[Path]:
    """Write the chosen formats and failures.jsonl; returns the paths in order.

    Raises:
        SettingsError: See ``formats``.
        OutputError: A file cannot be written.
    """
    chosen = formats(settings)
    shown = published(result, coarsen_km=settings.coarsen, sensitive=settings.sensitive)
    shown = replace(shown, tiles=settings.tiles, tiles_credit=settings.tiles_credit)
    if "html" in settings.formats:
        from mapper.layers.provinces import units_of  # folium is slow to import, and other formats do without

        shown = replace(shown, units=units_of(shown.events, Gazetteer.open(settings.gazetteer, settings.additions)))
    paths = []
    for export in chosen.values():
        for file, content in export(shown).items():
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

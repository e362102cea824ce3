"""``mapper places``: geoparse only, one mention a line."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mapper.cli.common import open_gazetteer, print_failures

if TYPE_CHECKING:
    from mapper.gazetteer import Gazetteer
    from mapper.model import Report, Resolved
    from mapper.settings import Settings


def add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, common: argparse.ArgumentParser
) -> None:
    """The command's arguments."""
    places = commands.add_parser(name, parents=[common], help="geoparse only: one mention a line, as JSON Lines")
    places.add_argument("inputs", nargs="+", metavar="INPUT", help="files, folders, or - for standard input")
    places.add_argument("-o", "--output-file", type=Path, metavar="FILE", help="write there instead of printing")
    places.add_argument(
        "--mentions",
        type=Path,
        metavar="FILE",
        help='resolve just these spans: lines of {"doc_id", "start", "end"}',
    )
    places.add_argument("--dial", type=float, metavar="0..1", help="0 only sure place names, 1 every likely one")
    places.add_argument(
        "--explain",
        action="store_true",
        help="say why, in words: the chain, the rejected candidates, the names left out",
    )


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Carry it out; returns the exit code."""
    from mapper import files, pipeline, readers
    from mapper.errors import TRIPPED
    from mapper.geocoders import fallback
    from mapper.model import Failure, Mention

    gazetteer, geocoder = open_gazetteer(settings), fallback(settings)
    given: dict[str, list[tuple[int, int]]] = {}
    if options.mentions:
        for _, row in files.json_lines(options.mentions):
            given.setdefault(str(row.get("doc_id")), []).append((int(row["start"]), int(row["end"])))
    content = readers.read(options.inputs, settings)
    lines: list[str] = []
    failures = list(content.failures)
    for report in content.reports:
        mentions = None
        if options.mentions:
            code = pipeline.language_of(report, settings)
            spans = [(s, e) for s, e in given.get(report.id, []) if 0 <= s < e <= len(report.text)]
            mentions = [Mention(s, e, report.text[s:e], language=code, reason="given") for s, e in spans]
        try:
            found = pipeline.places_of(report, gazetteer, settings, geocoder, mentions)
        except TRIPPED as error:
            what = f"{type(error).__name__}: {error}"
            failures.append(Failure("report", report.id, what, "Please report it with the text."))
            continue
        for resolved in found:
            line = json.dumps(_place_line(report.id, resolved, explain=options.explain), ensure_ascii=False)
            if options.output_file:
                lines.append(line)
            else:
                print(line)
        if options.explain and not options.mentions:
            told = _left_out(report, gazetteer, settings)
            lines += told if options.output_file else []
            print("\n".join(told)) if told and not options.output_file else None
    if options.output_file:
        files.write(options.output_file, "".join(f"{line}\n" for line in lines))
    print_failures(failures)
    return 1 if failures else 0


def _place_line(report_id: str, resolved: Resolved, *, explain: bool) -> dict[str, Any]:
    from mapper.exporters.tables import place_row

    row = place_row(report_id, resolved)
    where = resolved.location
    row["chain"] = list(where.chain) if where and explain else None
    if explain and where:
        row["in_words"] = _in_words(resolved)
        row["candidates"] = [
            {
                "name": c.place.name,
                "country": c.place.country,
                "lat": c.place.lat,
                "lon": c.place.lon,
                "score": round(c.score, 3),
                "reasons": list(c.reasons),
            }
            for c in where.candidates
        ]
    elif explain:
        row["in_words"] = _in_words(resolved)
    return {k: v for k, v in row.items() if v is not None or k in ("lat", "lon")}


def _in_words(resolved: Resolved) -> str:
    """Why a name was taken, what it was taken for, and why for nothing else, in sentences."""
    from mapper.locations import told

    mention, where = resolved.mention, resolved.location
    said = [f"Taken as a place: {mention.reason}."] if mention.reason else []
    if where is None:
        return " ".join([*said, f"Not placed: {resolved.why_not}."])
    said.append(f"Placed with confidence {where.confidence:.2f}: {'; '.join(where.chain)}.")
    said += [f"Not {told(c.place)}: {'; '.join(c.reasons) or 'less likely'}." for c in where.candidates]
    return " ".join(said)


def _left_out(report: Report, gazetteer: Gazetteer, settings: Settings) -> list[str]:
    """The possible names of a report that were not taken, each with its reason, as lines."""
    from mapper.pipeline import language_of
    from mapper.recognise import left_out
    from mapper.recognisers import taggers

    code = language_of(report, settings)
    found = left_out(report, gazetteer, language=code, dial=settings.dial, taggers=taggers(settings))

    return [
        json.dumps(
            {"doc_id": report.id, "start": p.word_start, "end": p.end, "text": p.surface, "kind": "left out",
             "score": round(p.score, 2), "in_words": f"Not taken as a place: {p.reason}."},
            ensure_ascii=False,
        )
        for p in found
    ]  # fmt: skip

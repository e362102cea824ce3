"""``mapper locate``: one description → a point, its region and how it was found."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mapper.cli.common import open_gazetteer, print_failures, progress
from mapper.errors import InputError, SettingsError

if TYPE_CHECKING:
    from mapper.gazetteer import Gazetteer
    from mapper.model import Geocoder, Resolved
    from mapper.settings import Settings


def add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, common: argparse.ArgumentParser
) -> None:
    """The command's arguments."""
    locate = commands.add_parser(name, parents=[common], help='one description, e.g. "150 miles southeast of Sirte"')
    locate.add_argument("text", nargs="?", help="a place or a relative place")
    locate.add_argument(
        "--format",
        choices=("text", "json", "geojson"),
        default="text",
        help="how to print it (default: text)",
    )
    locate.add_argument(
        "--method",
        choices=("calibrated", "point-radius"),
        default="calibrated",
        help="how a relative place is drawn: what held nine in ten, or the circle of the point-radius method",
    )
    locate.add_argument(
        "--kind",
        choices=("", "news", "encyclopaedic", "military", "maritime", "seismic"),
        default="",
        help="the kind of text, where its words do not show it: sets how wide the region is",
    )
    locate.add_argument("--admin1", help="first-order unit that it lies in: a hint")
    locate.add_argument(
        "--from",
        dest="file",
        type=Path,
        metavar="FILE",
        help='lines of {"id", "text", "country"?, "admin1"?, "language"?}',
    )


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Carry it out; returns the exit code."""
    from mapper import localities
    from mapper.geocoders import fallback

    gazetteer, geocoder = open_gazetteer(settings), fallback(settings)
    hint = settings.countries[0] if settings.countries else None
    code = None if settings.language == "auto" else settings.language
    if options.file:
        return _from_file(options, gazetteer, geocoder, hint, code)
    if not options.text:
        raise SettingsError(
            "locate needs a text or --from FILE.", remedy='Try: mapper locate "150 miles southeast of Sirte"'
        )
    found = localities.locate(
        options.text,
        gazetteer,
        country=hint,
        admin1=options.admin1,
        language=code,
        geocoder=geocoder,
        method=options.method,
        kind=options.kind,
    )
    line = _locate_line(options.text, found)
    if options.format == "json":
        print(json.dumps(line, ensure_ascii=False, indent=1))
    elif options.format == "geojson":
        region = line.pop("region", None)
        shape = {"type": "Point", "coordinates": [line["lon"], line["lat"]]} if line["lat"] is not None else None
        features = [
            {"type": "Feature", "geometry": geometry, "properties": {"part": part, **line}}
            for part, geometry in (("point", shape), ("region", region))
            if geometry
        ]
        print(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False))
    elif line["lat"] is None:
        print(f"{options.text}: {line['error']}")
    else:
        precision = f"{line['precision']} (where_prec {line['where_prec']})"
        print(f"{line['lat']:.5f} {line['lon']:.5f}  ±{line['radius_m'] / 1000:.0f} km  {precision}  {line['name']}")
        for step in line["chain"]:
            print(f"  - {step}")
    return 0 if line["lat"] is not None else 1


def _from_file(
    options: argparse.Namespace, gazetteer: Gazetteer, geocoder: Geocoder | None, hint: str | None, code: str | None
) -> int:
    """A line printed for each line of the file, in order; returns the exit code."""
    from mapper import files, localities
    from mapper.model import Failure

    lines = list(files.json_lines_or_errors(options.file))
    asked = (
        localities.Description(
            str(row.get("text") or ""), row.get("country") or hint, row.get("admin1"), row.get("language") or code
        )
        for _, row in lines
        if not isinstance(row, InputError)
    )
    found = localities.locate_many(asked, gazetteer, geocoder=geocoder, method=options.method, kind=options.kind)
    failures: list[Failure] = []
    show = None if sys.stdout.isatty() else progress("lines")  # on a terminal the answers show it
    for done, (number, row) in enumerate(lines, start=1):
        if isinstance(row, InputError):
            line = _no_line(None, row.message.removeprefix(f"{options.file}, line {number}: "))
        else:
            line = _locate_line(row.get("id"), next(found))
        if line["lat"] is None:
            failures.append(Failure("locate", str(options.file), line["error"], line=number))
        print(json.dumps(line, ensure_ascii=False))
        if show is not None:
            show(done, len(lines), len(failures))
    print_failures(failures, 'the answers, under "error"')
    return 1 if failures else 0


def _no_line(identifier: Any, error: str) -> dict[str, Any]:
    return {"id": identifier, "lat": None, "lon": None, "error": error}


def _locate_line(identifier: Any, resolved: Resolved) -> dict[str, Any]:
    import shapely
    from shapely.geometry import mapping

    where = resolved.location
    if where is None:
        return _no_line(identifier, resolved.why_not or "not found")
    return {
        "id": identifier,
        "lat": round(where.lat, 6),
        "lon": round(where.lon, 6),
        "radius_m": round(where.radius_m),
        "region": mapping(shapely.transform(where.region, lambda xy: xy.round(6)))
        if where.region is not None
        else None,
        "precision": str(where.precision),
        "geo_precision": where.precision.geo_precision,
        "where_prec": where.precision.where_prec,
        "method": where.method,
        "name": where.name,
        "country": where.country,
        "confidence": round(where.confidence, 3),
        "chain": list(where.chain),
    }

"""The command line: arguments → Settings → pipeline; prints; exit codes; no logic.

Exit codes: 0 all done; 1 done with failures, listed; 2 usage or settings; 3 cannot start; 130 interrupted.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mapper import __version__
from mapper.errors import GazetteerError, InputError, LanguageError, MapperError, OutputError, SettingsError

if TYPE_CHECKING:
    from mapper.gazetteer import Gazetteer
    from mapper.model import Failure, Resolved
    from mapper.settings import Settings


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mapper", description="From conflict reports to a map that can be defended.")
    parser.add_argument("--version", action="version", version=f"mapper {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--offline", action="store_true", default=None, help="never ask a geocoder")
    common.add_argument("--language", metavar="CODE", help="auto, ar, en or fr (default: auto)")
    common.add_argument(
        "--country",
        dest="countries",
        metavar="LY,TN",
        help="countries that the reports are about: a hint that ranks",
    )
    common.add_argument("--gazetteer", type=Path, metavar="DIR", help="folder of another gazetteer")
    common.add_argument(
        "--geocoder", metavar="NAME", help="geopy geocoder for what the gazetteer lacks (default: nominatim)"
    )
    common.add_argument("--geocoder-domain", metavar="HOST", help="address of your own geocoder")
    common.add_argument("--settings", type=Path, metavar="FILE", help="TOML file with settings")

    make = commands.add_parser("map", parents=[common], help="reports and tables → map.html, GeoJSON, CSV")
    make.add_argument("inputs", nargs="+", metavar="INPUT", help="files, folders, or - for standard input")
    make.add_argument("-o", "--output", type=Path, metavar="DIR", help="folder for all files (default: output)")
    make.add_argument(
        "--published",
        type=dt.date.fromisoformat,
        metavar="DATE",
        help="publication day of reports that state none",
    )
    make.add_argument(
        "--formats",
        metavar="LIST",
        help="html,geojson,csv,hxl,geojsonseq,jsonl,kml (default: html,geojson,csv)",
    )
    make.add_argument("--title", help="title of the map")
    make.add_argument("--interface", choices=("en", "ar", "fr"), help="language that the page opens in")
    make.add_argument("--dial", type=float, metavar="0..1", help="place names: 0 only sure ones, 1 every likely one")

    places = commands.add_parser("places", parents=[common], help="geoparse only: one mention a line, as JSON Lines")
    places.add_argument("inputs", nargs="+", metavar="INPUT", help="files, folders, or - for standard input")
    places.add_argument("-o", "--output-file", type=Path, metavar="FILE", help="write there instead of printing")
    places.add_argument(
        "--mentions",
        type=Path,
        metavar="FILE",
        help='resolve just these spans: lines of {"doc_id", "start", "end"}',
    )
    places.add_argument("--dial", type=float, metavar="0..1", help="0 only sure place names, 1 every likely one")
    places.add_argument("--explain", action="store_true", help="add the chain and the rejected candidates")

    locate = commands.add_parser(
        "locate", parents=[common], help='one description, e.g. "150 miles southeast of Sirte"'
    )
    locate.add_argument("text", nargs="?", help="a place or a relative place")
    locate.add_argument(
        "--format",
        choices=("text", "json", "geojson"),
        default="text",
        help="how to print it (default: text)",
    )
    locate.add_argument("--admin1", help="first-order unit that it lies in: a hint")
    locate.add_argument(
        "--from",
        dest="file",
        type=Path,
        metavar="FILE",
        help='lines of {"id", "text", "country"?, "admin1"?, "language"?}',
    )

    gazetteer = commands.add_parser("gazetteer", help="look into the gazetteer")
    actions = gazetteer.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("info", parents=[common], help="sources, sizes, licences")
    search = actions.add_parser("search", parents=[common], help="what a name could be, best first")
    search.add_argument("name")
    commands.add_parser("doctor", parents=[common], help="what is installed, whether the data is whole")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return _COMMANDS[options.command](options, _settings(options))
    except SettingsError as error:
        return _complain(error, 2)
    except InputError as error:
        return _complain(error, 1)
    except (GazetteerError, OutputError, LanguageError) as error:
        return _complain(error, 3)
    except MapperError as error:
        return _complain(error, 1)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _complain(error: MapperError, code: int) -> int:
    print(f"mapper: {error}", file=sys.stderr)
    return code


def _settings(options: argparse.Namespace) -> Settings:
    from mapper.settings import load

    flags = {k: v for k, v in vars(options).items() if v is not None}
    for name in ("countries", "formats"):
        if isinstance(flags.get(name), str):
            flags[name] = tuple(v.strip() for v in flags[name].split(",") if v.strip())
    return load(flags, flags.get("settings"))


def _open(settings: Settings) -> Gazetteer:
    from mapper.gazetteer import Gazetteer

    return Gazetteer.open(settings.gazetteer)


def _map(options: argparse.Namespace, settings: Settings) -> int:
    from mapper import pipeline

    begin = time.monotonic()
    result = pipeline.run(options.inputs, settings, progress=_progress())
    paths = pipeline.write(result, settings)
    unplaced = [e for e in result.events if e.location is None]
    lost = sum(r.location is None for _, r in result.places)
    print(f"Read {len(result.reports)} reports; found {len(result.events)} events, {len(unplaced)} without a place.")
    print(f"Place names: {len(result.places)}, of which {lost} could not be placed (places.csv says why).")
    for path in paths:
        print(f"  {path}")
    _print_failures(result.failures)
    print(f"Done in {time.monotonic() - begin:.1f} s.", file=sys.stderr)
    return 1 if result.failures else 0


def _progress() -> Any:
    """A line of progress on a terminal, with the time left; silent elsewhere."""
    if not sys.stderr.isatty():
        return None
    begin = time.monotonic()

    def show(done: int, of: int) -> None:
        left = (time.monotonic() - begin) / done * (of - done)
        print(f"\r{done}/{of} reports, {left:.0f} s left ", end="\n" if done == of else "", file=sys.stderr)

    return show


def _print_failures(failures: Sequence[Failure]) -> None:
    for failure in failures[:20]:
        line = f", line {failure.line}" if failure.line else ""
        print(
            f"mapper: {failure.stage}: {failure.source}{line}: {failure.error}. {failure.remedy}".rstrip(),
            file=sys.stderr,
        )
    if len(failures) > 20:
        print(f"mapper: and {len(failures) - 20} more in failures.jsonl", file=sys.stderr)


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file.

    Raises:
        InputError: A line is no JSON object; the message names file and line.
    """
    from mapper import files

    for number, line in enumerate(files.read(path, 2_000_000_000).decode("utf-8-sig", "replace").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(
                f"{path}, line {number}: not JSON: {error.msg}.", remedy="Write one object a line."
            ) from error
        if not isinstance(row, dict):
            raise InputError(f"{path}, line {number}: not an object.", remedy="Write one object a line.")
        yield row


def _places(options: argparse.Namespace, settings: Settings) -> int:
    from mapper import files, pipeline, readers
    from mapper.geocoders import fallback
    from mapper.model import Mention

    gazetteer, geocoder = _open(settings), fallback(settings)
    given: dict[str, list[tuple[int, int]]] = {}
    if options.mentions:
        for row in _json_lines(options.mentions):
            given.setdefault(str(row.get("doc_id")), []).append((int(row["start"]), int(row["end"])))
    content = readers.read(options.inputs, settings)
    lines: list[str] = []
    for report in content.reports:
        mentions = None
        if options.mentions:
            code = pipeline.language_of(report, settings)
            spans = [(s, e) for s, e in given.get(report.id, []) if 0 <= s < e <= len(report.text)]
            mentions = [Mention(s, e, report.text[s:e], language=code, reason="given") for s, e in spans]
        for resolved in pipeline.places_of(report, gazetteer, settings, geocoder, mentions):
            line = json.dumps(_place_line(report.id, resolved, explain=options.explain), ensure_ascii=False)
            if options.output_file:
                lines.append(line)
            else:
                print(line)
    if options.output_file:
        files.write(options.output_file, "".join(f"{line}\n" for line in lines))
    _print_failures(content.failures)
    return 1 if content.failures else 0


def _place_line(report_id: str, resolved: Resolved, *, explain: bool) -> dict[str, Any]:
    from mapper.exporters.tables import place_row

    row = place_row(report_id, resolved)
    where = resolved.location
    row["chain"] = list(where.chain) if where and explain else None
    if explain and where:
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
    return {k: v for k, v in row.items() if v is not None or k in ("lat", "lon")}


def _locate_line(identifier: Any, resolved: Resolved, error: str | None = None) -> dict[str, Any]:
    from shapely.geometry import mapping

    where = resolved.location
    if where is None:
        return {"id": identifier, "lat": None, "lon": None, "error": error or resolved.why_not or "not found"}
    return {
        "id": identifier,
        "lat": round(where.lat, 6),
        "lon": round(where.lon, 6),
        "radius_m": round(where.radius_m),
        "region": mapping(where.region) if where.region is not None else None,
        "precision": str(where.precision),
        "geo_precision": where.precision.geo_precision,
        "where_prec": where.precision.where_prec,
        "method": where.method,
        "name": where.name,
        "country": where.country,
        "confidence": round(where.confidence, 3),
        "chain": list(where.chain),
    }


def _locate(options: argparse.Namespace, settings: Settings) -> int:
    from mapper import resolve
    from mapper.geocoders import fallback

    gazetteer, geocoder = _open(settings), fallback(settings)
    hint = settings.countries[0] if settings.countries else None
    code = None if settings.language == "auto" else settings.language
    if options.file:
        failed = False
        for row in _json_lines(options.file):
            try:
                found = resolve.locate(
                    str(row.get("text") or ""),
                    gazetteer,
                    country=row.get("country") or hint,
                    admin1=row.get("admin1"),
                    language=row.get("language") or code,
                    geocoder=geocoder,
                )
                line = _locate_line(row.get("id"), found)
            except (MapperError, ValueError, KeyError, IndexError, TypeError, ArithmeticError) as error:
                line = {
                    "id": row.get("id"),
                    "lat": None,
                    "lon": None,
                    "error": f"{type(error).__name__}: {error}",
                }
            failed |= line["lat"] is None
            print(json.dumps(line, ensure_ascii=False))
        return 1 if failed else 0
    if not options.text:
        raise SettingsError(
            "locate needs a text or --from FILE.", remedy='Try: mapper locate "150 miles southeast of Sirte"'
        )
    found = resolve.locate(
        options.text, gazetteer, country=hint, admin1=options.admin1, language=code, geocoder=geocoder
    )
    line = _locate_line(options.text, found)
    if options.format == "json":
        print(json.dumps(line, ensure_ascii=False, indent=1))
    elif options.format == "geojson":
        region = line.pop("region", None)
        shape = {"type": "Point", "coordinates": [line["lon"], line["lat"]]} if line["lat"] is not None else None
        features = [{"type": "Feature", "geometry": g, "properties": line} for g in (shape, region) if g]
        print(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False))
    elif line["lat"] is None:
        print(f"{options.text}: {line['error']}")
    else:
        print(
            f"{line['lat']:.5f} {line['lon']:.5f}  ±{line['radius_m'] / 1000:.0f} km  {line['precision']} (where_prec {line['where_prec']})  {line['name']}"
        )
        for step in line["chain"]:
            print(f"  - {step}")
    return 0 if line["lat"] is not None else 1


def _gazetteer(options: argparse.Namespace, settings: Settings) -> int:
    gazetteer = _open(settings)
    if options.action == "info":
        print(json.dumps(gazetteer.info(), ensure_ascii=False, indent=1, default=str))
        return 0
    places = gazetteer.lookup(options.name, country=settings.countries[0] if settings.countries else None)
    for place in places:
        where = f"{place.name}, {place.admin1 or '–'}, {place.country}  {place.lat:.4f} {place.lon:.4f}"
        print(f"{where}  {place.feature_code}  population {place.population:,}  {place.id}")
    if not places:
        print(f"{options.name}: not in the gazetteer.")
    return 0 if places else 1


def _doctor(options: argparse.Namespace, settings: Settings) -> int:
    from importlib.metadata import PackageNotFoundError, version

    from mapper.language import codes

    print(f"mapper {__version__}, Python {sys.version.split()[0]}")
    for package in (
        "folium",
        "geographiclib",
        "geopy",
        "numpy",
        "pandas",
        "rapidfuzz",
        "shapely",
        "openpyxl",
        "pyarrow",
    ):
        try:
            print(f"  {package} {version(package)}")
        except PackageNotFoundError:
            print(f"  {package} is not installed")
    print(f"languages: {', '.join(codes())}")
    gazetteer = _open(settings)
    gazetteer.verify()
    print("gazetteer: whole")
    return 0


_COMMANDS = {"map": _map, "places": _places, "locate": _locate, "gazetteer": _gazetteer, "doctor": _doctor}

"""``mapper locate``: one description → a point, its region and how it was found."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mapper.cli.common import open_gazetteer
from mapper.errors import MapperError, SettingsError

if TYPE_CHECKING:
    from mapper.model import Resolved
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
    from mapper import files, resolve
    from mapper.geocoders import fallback

    gazetteer, geocoder = open_gazetteer(settings), fallback(settings)
    hint = settings.countries[0] if settings.countries else None
    code = None if settings.language == "auto" else settings.language
    if options.file:
        failed = False
        for _, row in files.json_lines(options.file):
            try:
                found = resolve.locate(
                    str(row.get("text") or ""),
                    gazetteer,
                    country=row.get("country") or hint,
                    admin1=row.get("admin1"),
                    language=row.get("language") or code,
                    geocoder=geocoder,
                    method=options.method,
                    kind=options.kind,
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


def _locate_line(identifier: Any, resolved: Resolved, error: str | None = None) -> dict[str, Any]:
    import shapely
    from shapely.geometry import mapping

    where = resolved.location
    if where is None:
        return {"id": identifier, "lat": None, "lon": None, "error": error or resolved.why_not or "not found"}
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

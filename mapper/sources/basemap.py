"""Build the map's base: ``python -m mapper.sources.basemap FOLDER``, from unpacked packages in FOLDER.

Taken are ``world_map.gpkg`` of Debian's qgis-common (Natural Earth 1:10 m, public domain: countries, first-order
units, disputed lines), names of countries and of well-known cities from Babel's CLDR (Unicode licence; Babel is
needed to build only) and large towns from the compiled gazetteer (GeoNames, CC BY 4.0). Countries and units are
simplified as one coverage, so that neighbours keep one border between them and no small state is lost. Borders
imply no endorsement.

Written is ``layers/assets/basemap.gz``: one line of JSON (names and counts), then integers of 1/250 degree (450 m)
as ``packed`` says, each line as steps from the end of the line before it, so that it packs well.
"""

from __future__ import annotations

import gzip
import itertools
import json
import re
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from babel import Locale
from shapely.geometry.base import BaseGeometry
from shapely.ops import linemerge

from mapper.gazetteer import Gazetteer
from mapper.layers.columns import by_weight

SCALE = 250
TOLERANCE = 0.08  # degrees: the side of the square whose area a kept corner must span
TOWN = 350_000  # inhabitants
NEAR = 0.2  # degrees within which two records of large towns are one
SMALL_ISLAND = 0.02  # square degrees; a country's largest part stays however small
OUT = Path(__file__).parent.parent / "layers" / "assets" / "basemap.gz"
# Bytes of a GeoPackage geometry's header by the envelope code in its flags, before the WKB.
_ENVELOPE = {0: 8, 1: 40, 2: 56, 3: 56, 4: 72}

Edge = tuple[tuple[float, float], tuple[float, float]]


def _geometry(blob: bytes) -> BaseGeometry:
    return shapely.from_wkb(blob[_ENVELOPE[blob[3] >> 1 & 7] :])


def _rows(connection: sqlite3.Connection, columns: str, table: str) -> list[tuple[Any, ...]]:
    return [(*row[1:], _geometry(row[0])) for row in connection.execute(f"SELECT geom, {columns} FROM {table}")]


def _steps(points: Sequence[Sequence[float]]) -> list[int]:
    """Integer steps from point to point; the first pair is the start. Points that fall together are one."""
    out: list[int] = []
    last = (0, 0)
    for x, y in points:
        now = (round(x * SCALE), round(y * SCALE))
        if out and now == last:
            continue
        out += [now[0] - last[0], now[1] - last[1]]
        last = now
    return out


def _kept(geometry: BaseGeometry) -> list[Any]:
    parts = sorted((p for p in shapely.get_parts(geometry) if p.geom_type == "Polygon"), key=lambda p: -p.area)
    return [p for n, p in enumerate(parts) if n == 0 or p.area > SMALL_ISLAND]


def _rings(geometry: BaseGeometry) -> list[list[int]]:
    rings = [r for p in _kept(geometry) for r in (p.exterior, *p.interiors)]
    steps = [_steps(r.coords) for r in rings]
    return [s for n, s in enumerate(steps) if len(s) >= 6 or n == 0]


def _edges(geometry: BaseGeometry) -> Iterable[Edge]:
    for part in _kept(geometry):
        for ring in (part.exterior, *part.interiors):
            points = list(ring.coords)
            for a, b in itertools.pairwise(points):
                yield (a, b) if a < b else (b, a)


def _inner_lines(shapes: Sequence[BaseGeometry], owners: Sequence[str]) -> list[list[int]]:
    """The borders between units of one country, each drawn once."""
    seen: dict[Edge, list[str]] = defaultdict(list)
    for shape, owner in zip(shapes, owners, strict=True):
        for edge in _edges(shape):
            seen[edge].append(owner)
    shared = [edge for edge, who in seen.items() if len(who) > 1 and len(set(who)) == 1]
    merged = linemerge([shapely.LineString(e) for e in sorted(shared)])
    lines = sorted(shapely.get_parts(merged), key=lambda line: tuple(line.coords[0]))
    return [steps for line in lines if len(steps := _steps(line.coords)) >= 4]


# Names in Uyghur, Kurdish, Persian or Urdu spelling stand as Arabic in the sources: letters, or places of
# letters in a word, that Arabic does not have.
_NOT_ARABIC = re.compile("[^\\u0621-\\u063a\\u0641-\\u064a\\u064b-\\u0652 \\-()]|ى\\B|\\bئ")


def _cities(language: str) -> dict[str, str]:
    """Well-known cities by their English name: those that CLDR names time zones after."""
    zones = Locale(language).time_zones
    return {zone.rsplit("/", 1)[-1].replace("_", " "): row["city"] for zone, row in zones.items() if "city" in row}


def _towns(gazetteer: Gazetteer) -> list[list[Any]]:
    """[lon, lat, thousands of people, name, Arabic, French], largest first; a name equal to the first is "".

    A town that several sources tell is one: named by GeoNames, with the first Arabic name that is Arabic.
    """
    large = sorted(gazetteer.large_places(TOWN), key=lambda p: (p.source != "geonames", -p.population, p.id))
    towns: list[tuple[Any, list[str]]] = []
    for p in large:
        near = [names for q, names in towns if abs(q.lat - p.lat) < NEAR and abs(q.lon - p.lon) < NEAR]
        if near:
            near[0].append(p.name_in("ar"))
        elif p.source == "geonames":
            towns.append((p, [p.name_in("ar")]))
    rows = []
    known = {language: _cities(language) for language in ("ar", "fr")}
    for p, arabic in sorted(towns, key=lambda row: (-row[0].population, row[0].id)):
        good = [n for n in arabic if not _NOT_ARABIC.search(n)]
        # The largest town of a name is the one that the time zone is named after.
        names = [
            known["ar"].pop(p.name, good[0] if good else p.name),
            known["fr"].pop(p.name, p.name_in("fr")),
        ]
        position = [round(p.lon * SCALE), round(p.lat * SCALE)]
        rows.append([*position, p.population // 1000, p.name, *("" if n == p.name else n for n in names)])
    return rows


def _names(code: str) -> list[str]:
    """English, Arabic and French name of a country, as CLDR has them."""
    return [str(Locale(language).territories.get(code, code)) for language in ("en", "ar", "fr")]


def build(folder: Path) -> dict[str, Any]:
    """The base map as the page reads it."""
    connection = sqlite3.connect(next(folder.rglob("world_map.gpkg")))
    gazetteer = Gazetteer.open()
    known = set(gazetteer.info_countries())
    # As one file: country outlines and inner lines come from the same simplified borders.
    units = _rows(connection, "iso_a2, adm0_a3", "states_provinces")
    shapes = [shapely.make_valid(u[2]) for u in units]
    simple = list(shapely.coverage_simplify(shapes, TOLERANCE))
    by_country: dict[str, list[BaseGeometry]] = defaultdict(list)
    for unit, shape in zip(units, simple, strict=True):
        by_country[unit[1]].append(shape)
    codes = {row[1]: row[0] for row in _rows(connection, "iso_a2, ISO_A3", "countries")}
    countries = []
    for iso3, parts in sorted(by_country.items()):
        majority = max(sorted({u[0] for u in units if u[1] == iso3}))
        iso2 = code if (code := codes.get(iso3, majority)) in known else majority if majority in known else ""
        names = []
        if iso2:
            names = _names(iso2)
        countries.append([iso2, names, _rings(shapely.union_all(parts))])
    for code in sorted(known - {c[0] for c in countries}):
        area = gazetteer.area(gazetteer.country(code))
        if area is not None:
            countries.append([code, _names(code), _rings(area)])
    disputed = [
        steps
        for row in _rows(connection, "name", "disputed_borders")
        for line in shapely.get_parts(row[1])
        if len(steps := _steps(line.simplify(0.01).coords)) >= 4
    ]
    return {
        "scale": SCALE,
        "countries": countries,
        "units": _inner_lines(simple, [u[1] for u in units]),
        "disputed": disputed,
        "towns": _towns(gazetteer),
    }


def _end(line: Sequence[int]) -> tuple[int, int]:
    return sum(line[0::2]), sum(line[1::2])


def _reversed(line: Sequence[int]) -> list[int]:
    x, y = _end(line)
    pairs = list(zip(line[2::2], line[3::2], strict=True))
    return [x, y, *(-step for pair in reversed(pairs) for step in pair)]


def _ordered(lines: Sequence[list[int]]) -> list[list[int]]:
    """``lines`` so that each begins where the one before it ends, or near; turned round where that helps."""
    left = dict.fromkeys(range(len(lines)))
    at: dict[tuple[int, int], list[tuple[int, bool]]] = defaultdict(list)
    for n, line in enumerate(lines):
        at[line[0], line[1]].append((n, False))
        at[_end(line)].append((n, True))
    out: list[list[int]] = []
    here = (0, 0)
    while left:
        following = [(n, turn) for n, turn in at[here] if n in left]
        if not following:
            x, y = here
            following = [(min(left, key=lambda n: abs(lines[n][0] - x) + abs(lines[n][1] - y)), False)]
        number, turn = following[0]
        del left[number]
        out.append(_reversed(lines[number]) if turn else lines[number])
        here = _end(out[-1])
    return out


def _zigzag(numbers: Sequence[int]) -> np.ndarray[Any, Any]:
    """Small numbers of either sign as small numbers without one."""
    plain = np.array(numbers, "<i4")
    return plain << 1 ^ plain >> 31


def packed(base: dict[str, Any]) -> bytes:
    """JSON of names and counts, a line end, then numbers by weight: points a line, steps in x, steps in y.

    Lines are those of all rings, the units and the disputed ones; the first step of each leads from the end of the
    line before it. Towns come last, as one line of positions. Steps are zigzag numbers.
    """
    rings = [ring for _, _, rings in base["countries"] for ring in rings]
    lines = [*rings, *_ordered(base["units"]), *_ordered(base["disputed"])]
    steps: list[int] = []
    here = (0, 0)
    for line in lines:
        steps += [line[0] - here[0], line[1] - here[1], *line[2:]]
        here = _end(line)
    xs, ys, people, *names = zip(*base["towns"], strict=True)
    head = {
        "scale": base["scale"],
        "countries": [[code, names, len(rings)] for code, names, rings in base["countries"]],
        "units": len(base["units"]),
        "disputed": len(base["disputed"]),
        "people": people,
        "names": names,
    }
    counts = np.array([len(line) // 2 for line in lines], "<i4")
    numbers = (counts, _zigzag([*steps[0::2], *xs]), _zigzag([*steps[1::2], *ys]))
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    return text + b"\n" + b"".join(map(by_weight, numbers))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the base map and say what is in it."""
    base = build(Path((arguments or sys.argv[1:])[0]))
    text = packed(base)
    OUT.write_bytes(gzip.compress(text, 9, mtime=0))
    print(*(f"{key}: {len(value)}" for key, value in base.items() if key != "scale"), sep=", ")
    print(f"{len(text):,} bytes, packed {OUT.stat().st_size:,}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Build ``data/gazetteer/places.bin``: ``python -m mapper.sources FOLDER [-o data/gazetteer]``."""

from __future__ import annotations

import argparse
import json
import math
import sys
import zlib
from array import array
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import shapely

from mapper import files
from mapper.gazetteer import key_hash, pack
from mapper.sources import areas, display, features, names, places
from mapper.sources.record import Record
from mapper.text import normalise

SEATS = ("P.PPLC", "P.PPLA")


def focus() -> dict[str, set[str]]:
    """The countries that are taken in full."""
    import tomllib

    content = tomllib.loads((Path(__file__).parent / "focus.toml").read_text(encoding="utf-8"))
    return {k: set(v) for k, v in content.items()}


def records(folder: Path) -> Iterator[Record]:
    """All records of all sources."""
    chosen = focus()
    spellings, aliases = names.territory_names(), names.countries()["aliases"]
    by_name = {normalise(n): c for c, many in spellings.items() for n in many}
    kinds = features.geonames_units(folder)
    # GeoNames' points: the convention of the field's corpora, and better known than a label's position.
    point_of_country = {r[2]: (r[4], r[3]) for r in kinds["country"]}
    point_of_unit = {int(r[5]): (r[4], r[3]) for r in kinds["admin1"]}
    # Natural Earth gives far islands a row under their country's code: the most peopled row is the country.
    states: dict[str, Record] = {}
    for record in areas.countries(folder):
        if record.country not in states or record.population > states[record.country].population:
            states[record.country] = record
    for record in states.values():
        record.names += spellings.get(record.country, []) + aliases.get(record.country, [])
        record.lat, record.lon = point_of_country.get(record.country, (record.lat, record.lon))
        yield record
    short = names.countries()["states"]
    for record in areas.provinces(folder):
        record.names += short.get(record.iso, [])
        record.lat, record.lon = point_of_unit.get(record.geonameid, (record.lat, record.lon))
        yield record
    yield from features.units(kinds["admin2"], "A.ADM2", 30_000)
    yield from areas.districts(folder, chosen["districts"])
    yield from places.geonames(folder, chosen["countries"])
    yield from places.overture(folder, chosen["countries"])
    yield from features.airports(folder, chosen["countries"])
    yield from features.ports(folder, lambda n: by_name.get(normalise(n)))
    yield from features.units(kinds["region"], "L.RGN", 80_000)
    yield from features.units(kinds["continent"], "L.CONT", 2_500_000)


def _fill_units(rows: list[Record]) -> None:
    """Give each place the names of the units whose polygons hold it."""
    for prefix, attribute in (("A.ADM1", "admin1"), ("A.ADM2", "admin2")):
        units = [r for r in rows if r.code == prefix and r.shape is not None]
        tree = shapely.STRtree([u.shape for u in units if u.shape is not None])
        points = shapely.points([r.lon for r in rows], [r.lat for r in rows])
        found: dict[int, Record] = {}
        for point, unit in zip(*tree.query(points, predicate="within"), strict=True):
            if units[unit].country == rows[point].country or int(point) not in found:
                found[int(point)] = units[unit]
        for i, row in enumerate(rows):
            if row.code == "A.PCLI":
                continue
            if row.code == prefix:
                setattr(row, attribute, row.name)
            elif not (prefix == "A.ADM2" and row.code == "A.ADM1"):
                unit_of = found.get(i)
                setattr(row, attribute, unit_of.name if unit_of and unit_of.country == row.country else "")


def _prominence(row: Record) -> float:
    if row.code == "A.PCLI":
        return 9.0
    if row.code == "A.ADM1":
        return 5.0
    if row.code in ("A.ADM2", "L.RGN"):
        return 3.3
    return math.log10(row.population + 1) + (1.5 if row.code in SEATS else 0.0)


def compile_rows(rows: list[Record], persons: frozenset[str]) -> bytes:
    """The bytes of the gazetteer file."""
    keys: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        for key in names.keys(row):
            if len(key) <= 80:
                kept = keys.setdefault(key, [])
                if not kept or kept[-1] != number:
                    kept.append(number)
    classes: dict[str, str] = {}
    for key, found in keys.items():
        # Only a place's chief names lend it their weight: old spellings of great towns are often words.
        chief = [r for r in found if key in map(normalise, (rows[r].name, rows[r].arabic, rows[r].french))] or (
            found if " " in key or key[0] > "\u0600" else []
        )
        population = max((rows[r].population for r in chief if rows[r].code[0] == "P"), default=0)
        seat = any(rows[r].code in SEATS or rows[r].code == "A.ADM1" for r in chief)
        country = any(rows[r].code == "A.PCLI" for r in found)
        if len(key) < 3 and any(rows[r].code == "A.ADM1" and rows[r].country == "US" for r in found):
            classes[key] = names.abbreviation(key)
            continue
        classes[key] = names.ambiguity(key, population, seat, country, persons)
    keys = {k: v for k, v in keys.items() if classes[k]}
    by_hash = sorted((key_hash(k), k) for k in keys)
    first: dict[int, int] = {}
    for _, key in by_hash:
        words = key.split(" ")
        start = key_hash(words[0])
        first[start] = max(first.get(start, 0), min(255, len(words)))
    rows_at, key_rows = array("I", [0]), array("I")
    for _, key in by_hash:
        key_rows.extend(keys[key])
        rows_at.append(len(key_rows))
    tables: dict[str, Any] = {}
    columns: dict[str, bytes] = {}
    for column, kind, values in (
        ("country", "H", [r.country for r in rows]),
        ("admin1", "H", [r.admin1 for r in rows]),
        ("admin2", "I", [r.admin2 for r in rows]),
        ("code", "H", [r.code for r in rows]),
        ("source", "B", [r.source for r in rows]),
    ):
        table = {v: i for i, v in enumerate(sorted(set(values)))}
        tables[column] = list(table)
        columns[column] = array(kind, [table[v] for v in values]).tobytes()
    text, text_at = bytearray(), array("I", [0])
    shapes, area_at, area = bytearray(), array("I", [0]), array("i")
    for row in rows:
        fields = (row.id, row.name, row.arabic, row.french)
        text += "\t".join(f.replace("\t", " ") for f in fields).encode()
        text_at.append(len(text))
        if row.shape is None:
            area.append(-1)
        else:
            area.append(len(area_at) - 1)
            rounded = shapely.set_precision(row.shape, 0.0001)
            shapes += zlib.compress(shapely.to_wkb(rounded if not rounded.is_empty else row.shape), 9)
            area_at.append(len(shapes))
    country_of_name = {normalise(n): c for c, many in names.territory_names().items() for n in many}
    for part in ("demonyms", "aliases"):
        country_of_name |= {normalise(n): c for c, many in names.countries()[part].items() for n in many}
    for row in rows:
        if row.code == "A.PCLI":
            for name in (row.name, *row.names):
                country_of_name.setdefault(normalise(name), row.country)
    tables["country_names"] = country_of_name
    blocks, block_at = bytearray(), {}
    names_of: dict[int, list[str]] = {}
    for key, found in keys.items():
        for r in found:
            names_of.setdefault(r, []).append(key)
    by_country: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        by_country.setdefault(row.country, []).append(number)
    for nation, numbers in by_country.items():
        lines = ["\t".join([str(n), *names_of[n]]) for n in numbers if n in names_of]
        data = zlib.compress("\n".join(lines).encode(), 9)
        block_at[nation] = [len(blocks), len(data)]
        blocks += data
    arrays = [
        ("keys", array("Q", [h for h, _ in by_hash]).tobytes()),
        ("rows_at", rows_at.tobytes()),
        ("key_rows", key_rows.tobytes()),
        ("first", array("Q", sorted(first)).tobytes()),
        ("first_max", bytes(first[h] for h in sorted(first))),
        ("flags", bytes("SAB".index(classes[k]) for _, k in by_hash)),
        ("prominence", bytes(min(255, int(20 * max(_prominence(rows[r]) for r in keys[k]))) for _, k in by_hash)),
        ("lat", array("i", [round(r.lat * 1e6) for r in rows]).tobytes()),
        ("lon", array("i", [round(r.lon * 1e6) for r in rows]).tobytes()),
        ("population", array("I", [max(0, r.population) for r in rows]).tobytes()),
        ("radius", array("I", [r.radius_m for r in rows]).tobytes()),
        *columns.items(),
        ("text_at", text_at.tobytes()),
        ("text", bytes(text)),
        ("area", area.tobytes()),
        ("area_at", area_at.tobytes()),
        ("area_data", bytes(shapes)),
        ("tables", zlib.compress(json.dumps(tables, ensure_ascii=False).encode(), 9)),
        ("names", bytes(blocks)),
    ]
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.source] = counts.get(row.source, 0) + 1
    header = {
        "rows": len(rows),
        "areas": len(area_at) - 1,
        "sources": counts,
        "country_rows": {r.country: i for i, r in enumerate(rows) if r.code == "A.PCLI"},
        "country_names": block_at,
    }
    return pack(arrays, header)


def main() -> int:
    """Read the packages, write the gazetteer, say what it holds."""
    parser = argparse.ArgumentParser(prog="python -m mapper.sources", description=__doc__)
    parser.add_argument("folder", type=Path, help="the unpacked packages, one folder each (see SOURCES.md)")
    parser.add_argument("-o", "--output", type=Path, default=Path("data/gazetteer"))
    options = parser.parse_args()
    rows = [r for r in chain(records(options.folder)) if math.isfinite(r.lat) and math.isfinite(r.lon)]
    for row in rows:
        row.country = row.country if isinstance(row.country, str) else ""
        display.tidy(row)
    _fill_units(rows)
    data = compile_rows(rows, names.surnames(options.folder))
    files.write(options.output / "places.bin", data)
    print(f"{len(rows):,} places, {len(data):,} bytes", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())

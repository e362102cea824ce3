"""Build the gazetteer that ships: ``python -m mapper.sources FOLDER [-o data/gazetteer]``.

It writes ``places.bin``, ``places-odbl.bin`` (what the Open Database Licence covers) and ``words.dat`` (words that are
hardly names, for the files that users build).
"""

from __future__ import annotations

import argparse
import math
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from mapper import files
from mapper.gazetteer_index import LONGEST_KEY
from mapper.gazetteer_words import pack_words
from mapper.gazetteer_writer import Writer
from mapper.sources import areas, display, features, joining, names, places, usual
from mapper.sources.places import arabic_of
from mapper.sources.record import Record
from mapper.text import normalise, script_of

SEATS = ("P.PPLC", "P.PPLA")
OPEN_DATABASE = "overture"
UNPEOPLED, SMALL = 1_000, 10_000


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))


def focus() -> dict[str, set[str]]:
    """The countries that are taken in full."""
    return {k: set(v) for k, v in _toml("focus.toml").items()}


def _open_names(row: Record) -> Record | None:
    """A copy of a unit with the names that it has from the open database; None when it has none."""
    if not row.open_names:
        return None
    return replace(row, source=OPEN_DATABASE, arabic=arabic_of(row.open_names), names=row.open_names, shape=None)


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
    provinces = list(areas.provinces(folder))
    for record in provinces:
        record.names += short.get(record.iso, [])
        # Atolls without people are no provinces: "Palmyra" is the town.
        if record.country in states and states[record.country].population < UNPEOPLED:
            record.code = "T.ISL"
        record.lat, record.lon = point_of_unit.get(record.geonameid, (record.lat, record.lon))
    real: dict[str, dict[str, list[str]]] = {}
    for row in kinds["admin1"]:
        real.setdefault(row[2], {}).setdefault(row[5], [row[1]]).append(row[0])
    yield from joining.first_order(provinces, {k: v.values() for k, v in real.items()})
    yield from features.units(kinds["admin2"], "A.ADM2", 30_000)
    second = list(areas.districts(folder, chosen["districts"]))
    yield from second
    yield from areas.communes(folder, chosen["communes"], list(states.values()), second)
    yield from places.geonames(folder, chosen["countries"])
    yield from places.overture(folder, chosen["countries"])
    yield from features.airports(folder, chosen["countries"])
    yield from features.ports(folder, lambda n: by_name.get(normalise(n)))
    yield from features.units(kinds["region"], "L.RGN", 80_000)
    yield from features.units(kinds["continent"], "L.CONT", 2_500_000)


def lesser(key: str) -> tuple[str, ...]:
    """The units whose name weighs no more than a village's: in Arabic also second-order ones, named after persons."""
    return ("A.ADM3",) if script_of(key) == "latin" else ("A.ADM2", "A.ADM3")


def classes_of(rows: list[Record], persons: frozenset[str]) -> dict[str, str]:
    """Normalised name → its class of ambiguity, for the names that may stand in the gazetteer."""
    keys: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        for key in names.keys(row):
            if len(key) <= LONGEST_KEY:
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
        small = population < SMALL and all(rows[r].code[:1] == "P" or rows[r].code in lesser(key) for r in chief)
        classes[key] = names.ambiguity(key, population, seat, country, persons, small=small)
    return {k: v for k, v in classes.items() if v}


def country_codes(rows: list[Record]) -> dict[str, str]:
    """Normalised name or demonym → ISO code."""
    found = {normalise(n): c for c, many in names.territory_names().items() for n in many}
    for part in ("demonyms", "aliases"):
        found |= {normalise(n): c for c, many in names.countries()[part].items() for n in many}
    for row in rows:
        if row.code == "A.PCLI":
            for name in (row.name, *row.names):
                found.setdefault(normalise(name), row.country)
    return found


def write(rows: list[Record], classes: dict[str, str], target: Path, extra: dict[str, Any]) -> None:
    """Write the rows as a file of the gazetteer."""
    used = {r.source for r in rows}
    licences = {k: v for k, v in _toml("licences.toml")["licences"].items() if k in used}
    with files.scratch(target.parent) as scratch, Writer(scratch) as writer:
        for row in rows:
            number = writer.row(
                row.id,
                row.name,
                row.lat,
                row.lon,
                country=row.country,
                admin1=row.admin1,
                admin2=row.admin2,
                code=row.code,
                source=row.source,
                population=row.population,
                radius_m=row.radius_m,
                arabic=row.arabic,
                french=row.french,
                usual=row.usual,
                shape=row.shape,
            )
            for key in names.keys(row):
                if key in classes:
                    writer.name(number, key, classes[key], row.country or "")
        for _ in writer.finish(target, {"licences": licences, **extra}):
            pass


def main() -> int:
    """Read the packages, write the gazetteer, say what it holds."""
    parser = argparse.ArgumentParser(prog="python -m mapper.sources", description=__doc__)
    parser.add_argument("folder", type=Path, help="the unpacked packages, one folder each (see SOURCES.md)")
    parser.add_argument("-o", "--output", type=Path, default=Path("data/gazetteer"))
    options = parser.parse_args()
    rows = [r for r in records(options.folder) if math.isfinite(r.lat) and math.isfinite(r.lon)]
    for row in rows:
        row.country = row.country if isinstance(row.country, str) else ""
    joining.drop_borrowed_names(rows)
    for row in rows:
        display.tidy(row)
    joining.name_units(rows)
    joining.add_names(rows, joining.written_names())
    joining.join_settlements(rows, OPEN_DATABASE)
    usual.settle(rows)
    joining.fill_units(rows)
    # The Open Database Licence asks for its own terms: what it covers stands in a file that can be left out.
    shared = [r for r in rows if r.source == OPEN_DATABASE] + [r for r in map(_open_names, rows) if r]
    persons = names.surnames(options.folder)
    classes = classes_of(rows + shared, persons)
    free = [r for r in rows if r.source != OPEN_DATABASE]
    country_rows = {r.country: i for i, r in enumerate(free) if r.code == "A.PCLI"}
    chief = {
        "country_rows": country_rows,
        "country_codes": country_codes(free),
        "borders": _toml("licences.toml")["borders"],
    }
    for name, part, extra in (("places.bin", free, chief), ("places-odbl.bin", shared, {})):
        write(part, classes, options.output / name, extra)
        size = (options.output / name).stat().st_size
        print(f"{name}: {len(part):,} places, {size:,} bytes", file=sys.stderr)
    files.write(options.output / "words.dat", pack_words(names.common_words(persons)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

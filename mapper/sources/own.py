"""A user's own list of places (CSV or GeoJSON) → rows of a gazetteer file; a bad row is told and left out."""

from __future__ import annotations

import csv
import json
import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from mapper import files
from mapper.errors import InputError
from mapper.gazetteer_features import feature_class
from mapper.gazetteer_writer import Writer
from mapper.model import Failure
from mapper.sources.names import keys_of
from mapper.text import normalise

if TYPE_CHECKING:
    from mapper.gazetteer import Gazetteer

MOST_BYTES = 2_000_000_000
# A place this far outside the country that its row names is told as a mistake, in degrees.
_BORDER_DEGREES = 0.6
_RADIUS_KM = 3.0


@cache
def known_columns() -> dict[str, list[str]]:
    """Field → names of columns that hold it, of ``columns.toml``."""
    return tomllib.loads((Path(__file__).parent / "columns.toml").read_text(encoding="utf-8"))


def _plain(column: str) -> str:
    return "".join(c for c in column.casefold() if c.isalnum())


def column_map(columns: list[str], given: Mapping[str, str], file: Path) -> dict[str, str]:
    """Field → column, by what the user gave and by what columns are usually called.

    Raises:
        InputError: A field or column is not known, or a needed one is missing.
    """
    fields = known_columns()
    by_plain = {_plain(c): c for c in reversed(columns)}
    found: dict[str, str] = {}
    for name, column in given.items():
        if name not in fields:
            raise InputError(f"{file}: no field {name!r}.", remedy=f"Fields: {', '.join(fields)}.")
        if column not in columns:
            raise InputError(f"{file}: no column {column!r}.", remedy=f"It has: {', '.join(columns)}.")
        found[name] = column
    for name, usual in fields.items():
        hit = next((by_plain[_plain(u)] for u in usual if _plain(u) in by_plain), None)
        if name not in found and hit is not None and hit not in found.values():
            found[name] = hit
    # A list in one language has names in that language only.
    other = next((found[k] for k in ("name_ar", "name_fr") if k in found), None)
    if "name" not in found and other is not None:
        found["name"] = other
    lacking = [k for k in ("name",) if k not in found]
    if "shape" not in found:
        lacking += [k for k in ("lat", "lon") if k not in found]
    if lacking:
        remedy = f"Name them with --columns, such as --columns {','.join(f'{k}=COLUMN' for k in lacking)}."
        raise InputError(f"{file}: no column for {', '.join(lacking)} among {', '.join(columns)}.", remedy=remedy)
    return found


@dataclass(slots=True)
class _Row:
    """A row on its way: the line it stands in, its fields, and what was made of them."""

    line: int
    cells: dict[str, str]
    shape: BaseGeometry | None = None
    lat: float = math.nan
    lon: float = math.nan
    country: str = ""
    admin1: str = ""
    admin2: str = ""


@dataclass(slots=True)
class Added:
    """What came of a file: rows taken, rows told as failures, field → column."""

    taken: int = 0
    failures: list[Failure] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)


def add(
    file: Path, target: Path, gazetteer: Gazetteer, words: Mapping[int, str], given: Mapping[str, str], *,
    country: str | None = None, licence: str = ""
) -> Added:  # fmt: skip
    """Make ``target`` of the places in ``file``.

    Args:
        file: CSV (comma, semicolon or tab; a header) or GeoJSON (a FeatureCollection).
        target: The file to write; its stem names the source.
        gazetteer: Tells countries and units of positions.
        words: See ``Writer``.
        given: Field → column, where the columns have unusual names.
        country: ISO code for rows that name none.
        licence: What the user's list may be used for.

    Raises:
        InputError: The file cannot be read, or lacks a column; no row can be taken.
        OutputError: The target cannot be written.
    """
    added = Added()
    rows: list[_Row] = []

    def fail(line: int, error: str, remedy: str) -> None:
        added.failures.append(Failure("gazetteer", str(file), error, remedy, line))

    read = _geojson if file.suffix.lower() in (".geojson", ".json") else _table
    for row in read(file, given, added, fail):
        try:
            _position(row)
            row.country = _country(row, gazetteer, country)
        except ValueError as error:
            fail(row.line, str(error), "Mend the row; the others are taken.")
            continue
        rows.append(row)
    rows = list(_placed(rows, gazetteer, fail))
    if not rows:
        first = (
            f" The first mistake: line {added.failures[0].line}: {added.failures[0].error}." if added.failures else ""
        )
        raise InputError(f"{file}: no row can be taken.{first}", remedy="Check the columns, or give --columns.")
    source = f"user:{target.stem}"
    with files.scratch(target.parent) as scratch, Writer(scratch, words) as writer:
        for row in rows:
            try:
                _write(row, source, writer)
                added.taken += 1
            except (ValueError, OverflowError) as error:
                fail(row.line, str(error), "Mend the row; the others are taken.")
        for _ in writer.finish(target, {"licences": {source: licence} if licence else {}}):
            pass
    added.failures.sort(key=lambda f: f.line or 0)
    return added


def _table(file: Path, given: Mapping[str, str], added: Added, fail: Any) -> Iterator[_Row]:
    data = files.read(file, MOST_BYTES)
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(f"{file}, line {line}: not UTF-8.", remedy="Save it as CSV UTF-8.") from error
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=head.count)
    reader = csv.DictReader(text.splitlines(keepends=True), delimiter=delimiter)
    added.columns = column_map(list(reader.fieldnames or []), given, file)
    try:
        for cells in reader:
            line = reader.line_num
            if None in cells or None in cells.values():
                fail(line, "more or fewer cells than the header has", "Quote cells that hold the delimiter.")
                continue
            yield _Row(line, {k: cells[c].strip() for k, c in added.columns.items()})
    except csv.Error as error:
        raise InputError(f"{file}, line {reader.line_num}: {error}.", remedy="Give a CSV file.") from error


def _geojson(file: Path, given: Mapping[str, str], added: Added, fail: Any) -> Iterator[_Row]:
    try:
        content = json.loads(files.read(file, MOST_BYTES).decode("utf-8-sig"))
        features = content["features"] if content["type"] == "FeatureCollection" else [content]
        columns = list(dict.fromkeys(k for f in features for k in (f.get("properties") or {})))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{file}: no GeoJSON: {error}.", remedy="Give a FeatureCollection.") from error
    added.columns = column_map([*columns, "geometry"], given, file)
    added.columns["shape"] = "geometry"
    for number, feature in enumerate(features, start=1):
        cells = feature.get("properties") or {}
        texts = {k: _text(cells.get(c)) for k, c in added.columns.items() if k != "shape"}
        try:
            geometry = shape(feature["geometry"])
            if geometry.is_empty or not all(map(math.isfinite, geometry.bounds)):
                raise ValueError("the geometry is empty or not finite")
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, shapely.errors.ShapelyError) as error:
            fail(number, f"feature {number}: no geometry: {error}", "Give each feature a Point or Polygon.")
            continue
        yield _Row(number, texts, geometry)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "|".join(map(str, value))
    return "" if value is None else str(value).strip()


def _position(row: _Row) -> None:
    """Find the point of a row, and its shape when it has one.

    Raises:
        ValueError: It has none, or one that is nowhere.
    """
    cells = row.cells
    if not any(normalise(cells.get(k, "")) for k in ("name", "name_ar", "name_fr")):
        raise ValueError("it has no name")
    if row.shape is None and cells.get("shape"):
        try:
            row.shape = shapely.from_wkt(cells["shape"])
        except shapely.errors.ShapelyError as error:
            raise ValueError(f"no WKT: {cells['shape'][:40]!r}") from error
    if cells.get("lat") and cells.get("lon"):
        row.lat, row.lon = (_degrees(cells[k], k) for k in ("lat", "lon"))
    elif row.shape is not None and not row.shape.is_empty:
        point = row.shape.representative_point()
        row.lat, row.lon = point.y, point.x
    if row.shape is not None and row.shape.geom_type == "Point":
        row.shape = None
    if not (math.isfinite(row.lat) and math.isfinite(row.lon)):
        raise ValueError("it has no position")
    if not (-90 <= row.lat <= 90 and -180 <= row.lon <= 180):
        swapped = ": are lat and lon swapped" if abs(row.lon) <= 90 and abs(row.lat) <= 180 else ""
        raise ValueError(f"lat {row.lat} lon {row.lon} is no position in degrees{swapped}")
    if row.lat == 0 and row.lon == 0:
        raise ValueError("lat 0 lon 0 stands for a missing position")


def _degrees(text: str, name: str) -> float:
    try:
        return float(text.replace(",", ".").replace("°", ""))
    except ValueError as error:
        raise ValueError(f"{name} is {text!r}, not a number of degrees") from error


def _whole(text: str, name: str) -> int:
    try:
        return int(float(text.replace(",", "").replace(" ", "")))
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{name} is {text!r}, not a number") from error


def _country(row: _Row, gazetteer: Gazetteer, default: str | None) -> str:
    text = row.cells.get("country") or default or ""
    code = gazetteer.country_code(text) if text else ""
    if code is None:
        raise ValueError(f"country {text!r} is no ISO code or name of a country")
    return code


def _placed(rows: list[_Row], gazetteer: Gazetteer, fail: Any) -> Iterator[_Row]:
    """The rows with country and units by their positions, those that lie outside the country they name told."""
    units = gazetteer.containing_many([r.lat for r in rows], [r.lon for r in rows])
    for row, (country, admin1, admin2) in zip(rows, units, strict=True):
        if row.country and country != row.country:
            area = gazetteer.area(gazetteer.country(row.country))
            if area is not None and area.distance(shapely.Point(row.lon, row.lat)) > _BORDER_DEGREES:
                swapped = " (lat and lon are swapped)" if area.covers(shapely.Point(row.lat, row.lon)) else ""
                fail(
                    row.line, f"{row.lat} {row.lon} does not lie in {row.country}{swapped}", "Mend position or country."
                )
                continue
        row.country = row.country or country or ""
        row.admin1 = row.cells.get("admin1") or admin1 or ""
        row.admin2 = row.cells.get("admin2") or admin2 or ""
        yield row


def _write(row: _Row, source: str, writer: Writer) -> None:
    cells = row.cells
    population = _whole(cells.get("population") or "0", "population")
    try:
        radius = 1000 * float(cells.get("radius_km") or _RADIUS_KM)
    except ValueError:
        radius = 0.0
    if not 0 < radius < 5_000_000:
        raise ValueError(f"radius_km is {cells.get('radius_km')!r}: give kilometres above 0")
    if row.shape is not None and not cells.get("radius_km"):
        west, south, east, north = row.shape.bounds
        wide = (east - west) * math.cos(math.radians(row.lat))
        radius = max(radius, 111_320 * math.hypot(wide, north - south) / 2)
    code = (cells.get("code") or "").upper()
    letter = (cells.get("class") or "").upper()
    if not code.isalnum() or not code.isascii() or len(code) > 6:
        code = "ADM3" if letter == "A" else "PPL"
    letter = letter if len(letter) == 1 and letter in "APLSTHRUV" else feature_class(code)
    others = [n.strip() for n in cells.get("aliases", "").replace(";", "|").replace(",", "|").split("|")]
    names = [n for n in (cells.get("name"), cells.get("name_ar"), cells.get("name_fr"), *others) if n]
    number = writer.row(
        f"{source}:{cells.get('id') or row.line}",
        names[0],
        row.lat,
        row.lon,
        country=row.country,
        admin1=row.admin1,
        admin2=row.admin2,
        code=f"{letter}.{code}",
        source=source,
        population=population,
        radius_m=int(radius),
        arabic=cells.get("name_ar", ""),
        french=cells.get("name_fr", ""),
        shape=row.shape,
    )
    for key in keys_of(names, f"{letter}.{code}", row.country):
        writer.name(number, key, "", row.country)

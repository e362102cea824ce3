"""The hand-made supplement: every row is well formed and stands where it says it stands."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from shapely import wkt
from shapely.geometry import Point

from mapper.gazetteer_supplement import COLUMNS

FOLDER = Path(__file__).parents[1] / "data" / "gazetteer" / "supplement"
OPEN_WATER = {"SEA", "GULF", "STRT", "OCN", "BAY", "CHN"}
# One degree is at most 111.32 km; good enough for a tolerance.
KM_PER_DEGREE = 111.32
BORDER_TOLERANCE_KM = 60.0


def _rows() -> list[tuple[str, int, list[str]]]:
    rows = []
    for path in sorted(FOLDER.glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as handle:
            for number, cells in enumerate(csv.reader(handle, delimiter="\t", quoting=csv.QUOTE_NONE), 1):
                rows.append((path.name, number, cells))
    return rows


ROWS = _rows()
RECORDS = [(f"{name}:{number}", dict(zip(COLUMNS, cells, strict=False))) for name, number, cells in ROWS if number > 1]


def test_headers_and_cells() -> None:
    assert len(RECORDS) > 600
    for name, number, cells in ROWS:
        assert len(cells) == len(COLUMNS), f"{name}:{number}"
        assert all(c == c.strip() for c in cells), f"{name}:{number}"
        if number == 1:
            assert cells == COLUMNS, name


def test_numbers_are_in_range() -> None:
    for where, row in RECORDS:
        assert -90 <= float(row["lat"]) <= 90, where
        assert -180 <= float(row["lon"]) <= 180, where
        assert 0 < float(row["radius_km"]) <= 3500, where


def test_names_are_given_once() -> None:
    counts = Counter((row["name"].casefold(), row["country"]) for _, row in RECORDS)
    assert [key for key, n in counts.items() if n > 1] == []
    for where, row in RECORDS:
        assert row["name"], where
        aliases = [a.casefold() for a in row["aliases"].split("|")] if row["aliases"] else []
        assert all(aliases), where
        assert len(aliases) == len(set(aliases)), f"{where}: {row['aliases']}"


def test_codes_have_their_form() -> None:
    for where, row in RECORDS:
        assert re.fullmatch(r"(?:[A-Z]{2})?", row["country"]), where
        assert re.fullmatch(r"[A-Z][A-Z0-9]+", row["feature_code"]), where


def test_shapes_agree_with_their_points() -> None:
    for where, row in RECORDS:
        if not row["shape"]:
            continue
        shape = wkt.loads(row["shape"])
        assert shape.is_valid, where
        assert shape.geom_type in {"Polygon", "LineString"}, where
        point = Point(float(row["lon"]), float(row["lat"]))
        distance_km = shape.distance(point) * KM_PER_DEGREE
        assert distance_km <= max(5.0, 0.5 * float(row["radius_km"])), f"{where}: {distance_km:.0f} km away"


@pytest.mark.parametrize(
    ("spelling", "lat", "lon"),
    [
        ("الغوطة الشرقية", 33.52, 36.42),
        ("أبو قرين", 31.45, 15.25),
        ("الهلال النفطي", 30.5, 19.2),
        ("T4", 34.52, 37.63),
        ("Kerem Shalom", 31.23, 34.28),
        ("camp de Yarmouk", 33.47, 36.30),
    ],
)
def test_news_spellings_are_there(spelling: str, lat: float, lon: float) -> None:
    found = [
        row
        for _, row in RECORDS
        if spelling in {row["name"], row["name_ar"], row["name_fr"], *row["aliases"].split("|")}
    ]
    assert any(abs(float(r["lat"]) - lat) < 0.3 and abs(float(r["lon"]) - lon) < 0.3 for r in found)


def test_points_lie_in_or_near_their_country() -> None:
    """Offline polygons are coarse, so a place just over a border or off the coast still passes."""
    gazetteer_module = pytest.importorskip("mapper.gazetteer")
    try:
        gazetteer = gazetteer_module.Gazetteer.open()
    except Exception as error:  # the built data are not there in a bare checkout
        pytest.skip(f"no built gazetteer: {error}")
    for code in {row["country"] for _, row in RECORDS} - {""}:
        assert gazetteer.country(code).feature_code.startswith("PCL"), code
    wrong = []
    for where, row in RECORDS:
        if not row["country"] or row["feature_code"] in OPEN_WATER:
            continue
        lat, lon = float(row["lat"]), float(row["lon"])
        if gazetteer.containing(lat, lon)[0] == row["country"]:
            continue
        polygon = gazetteer.area(gazetteer.country(row["country"]))
        if polygon is None:
            continue
        if polygon.distance(Point(lon, lat)) * KM_PER_DEGREE > BORDER_TOLERANCE_KM:
            wrong.append(f"{where} {row['name']}")
    assert wrong == []

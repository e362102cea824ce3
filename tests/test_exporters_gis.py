"""What others say of the exports: GDAL opens the GIS files, a validator finds no fault, pandas keeps the Arabic."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sqlite3
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from mapper import pipeline
from mapper.gazetteer import Gazetteer
from mapper.model import Run
from mapper.settings import Settings

ROOT = Path(__file__).parent.parent
FORMATS = ("geojson", "geojsonseq", "csv", "hxl", "acled", "ged", "kml", "kmz", "gpkg", "parquet", "rss")
FGB = importlib.util.find_spec("pyogrio") is not None


@pytest.fixture(scope="module")
def run(gazetteer: Gazetteer) -> Run:
    return pipeline.run([str(ROOT / "samples")], Settings(offline=True), gazetteer=gazetteer)


@pytest.fixture(scope="module")
def written(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gis")
    formats = (*FORMATS, "fgb") if FGB else FORMATS
    pipeline.write(run, Settings(output=folder, formats=formats))
    return folder


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="ogrinfo is not installed (apt-get install gdal-bin)")
@pytest.mark.parametrize(
    "name",
    ["events.geojson", "regions.geojson", "events.geojsons", "events.kml", "events.kmz", "events.gpkg", "events.csv",
     pytest.param("events.fgb", marks=pytest.mark.skipif(not FGB, reason="pyogrio is not installed (extra: gis)"))],
)  # fmt: skip
def test_gdal_opens_it_without_a_word(written: Path, run: Run, name: str) -> None:
    done = subprocess.run(
        ["ogrinfo", "-so", "-al", str(written / name)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert not done.stderr
    counts = [int(line.split(":")[1]) for line in done.stdout.splitlines() if line.startswith("Feature Count")]
    expected = sum(e.location is not None and e.location.region is not None for e in run.events)
    if name == "regions.geojson":
        assert counts == [expected]
    elif name == "events.gpkg":
        assert counts == [expected, len(run.events), 2]
    else:
        assert sum(counts) == len(run.events)


@pytest.mark.skipif(importlib.util.find_spec("geojson_validator") is None, reason="geojson-validator is not installed")
@pytest.mark.parametrize("name", ["events.geojson", "regions.geojson"])
def test_the_validator_finds_nothing(written: Path, name: str) -> None:
    import geojson_validator

    content = json.loads((written / name).read_text(encoding="utf-8"))
    assert geojson_validator.validate_structure(content) == {}
    found = geojson_validator.validate_geometries(content)
    assert (found["invalid"], found["problematic"]) == ({}, {})


def test_pandas_reads_the_tables_with_their_arabic(written: Path, run: Run) -> None:
    arabic = {c.sentence for e in run.events for c in e.claims if c.language == "ar"}
    for name in ("events.csv", "events.parquet"):
        frame = pd.read_csv(written / name) if name.endswith("csv") else pd.read_parquet(written / name)
        assert len(frame) == len(run.events)
        told = "".join(frame["claims"])
        assert all(sentence in told for sentence in arabic)
    assert frame["date_start"].dtype == "object" or "date" in str(frame["date_start"].dtype)
    assert frame["fatalities"].max() == 17


def test_the_geopackage_has_its_style_index_and_reference_system(written: Path, run: Run) -> None:
    base = sqlite3.connect(written / "events.gpkg")
    assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert base.execute("PRAGMA foreign_key_check").fetchall() == []
    assert base.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
    styles = dict(base.execute("SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault"))
    assert set(styles) == {"events", "regions"}
    for style in styles.values():
        root = ET.fromstring(style)
        kinds = {c.get("value") for c in root.iter("category")}
        assert {e.event_type for e in run.events} <= kinds
        assert len(list(root.iter("symbol"))) == len(kinds)
    located = sum(e.location is not None for e in run.events)
    assert base.execute('SELECT count(*) FROM "rtree_events_geom"').fetchone() == (located,)
    base.close()


def test_geoparquet_says_where_its_geometry_is(written: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    meta = json.loads(parquet.read_metadata(written / "events.parquet").metadata[b"geo"])
    assert meta["version"] == "1.1.0"
    assert meta["columns"][meta["primary_column"]]["encoding"] == "WKB"

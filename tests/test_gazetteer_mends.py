"""Names that the compiled files lack, and units that they have under wrong names."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from mapper.errors import GazetteerError
from mapper.gazetteer import Gazetteer, key_hash, metres_between
from mapper.gazetteer_mends import read_mends
from mapper.model import Report
from mapper.pipeline import places_of
from mapper.settings import Settings
from mapper.text import normalise

FOLDER = Path(__file__).parents[1] / "data" / "gazetteer"
with (FOLDER / "names.tsv").open(encoding="utf-8", newline="") as handle:
    ROWS = list(csv.reader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[2])
def test_every_name_leads_to_its_place_and_was_missing(row: list[str], gazetteer: Gazetteer) -> None:
    listed, country, filed = row
    for name in listed.split("|"):
        key = normalise(name)
        places = gazetteer.lookup(name)
        assert places and places == gazetteer.lookup(filed, country=country), name
        assert all(p.country == country for p in places) and gazetteer.lookup(name, country="AQ") == ()
        assert gazetteer.known(key) and gazetteer.begins(key) and gazetteer.match(key.split(), 0) == len(key.split())
        assert not any(table.rows(key_hash(key)) for table in gazetteer._tables), f"{name} is filed already"


def test_names_are_given_once() -> None:
    names = [normalise(name) for listed, _, _ in ROWS for name in listed.split("|")]
    assert len(names) == len(set(names))


def test_units_under_wrong_names_stand_for_nothing(gazetteer: Gazetteer) -> None:
    for name, country, lat, lon in (("Djibo", "BF", 14.10, -1.63), ("Ewo", "CG", -0.87, 14.82)):
        places = gazetteer.lookup(name, country=country)
        assert places and all(metres_between(p.lat, p.lon, lat, lon) < 40_000 for p in places)
    assert not any(p.feature_code == "ADM3" for _, p in gazetteer.names_in("BF"))
    assert any(p.feature_code == "ADM2" for p in gazetteer.lookup("Soum", country="BF"))


def test_a_row_that_breaks_the_form_is_told(tmp_path: Path) -> None:
    assert read_mends(tmp_path).names == {}
    (tmp_path / "names.tsv").write_text("names\tcountry\tfiled\nX\tSY\n", encoding="utf-8")
    with pytest.raises(GazetteerError, match="line 2"):
        read_mends(tmp_path)


def test_a_name_from_the_list_is_the_places_own(gazetteer: Gazetteer) -> None:
    report = Report("r", "قصف قرب بخديدا في العراق", language="ar")
    found = {r.mention.surface: r.location for r in places_of(report, gazetteer, Settings(offline=True))}
    where = found["بخديدا"]
    assert where is not None and metres_between(where.lat, where.lon, 36.27, 43.38) < 10_000

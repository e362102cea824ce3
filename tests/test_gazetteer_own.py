"""A user's own places: lists added, GeoNames dumps built, both used at once; killed half-way, the old one is whole."""

from __future__ import annotations

import json
import math
import random
import subprocess
import sys
import time
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapper import files
from mapper.cli import main
from mapper.errors import GazetteerError, InputError
from mapper.gazetteer import Gazetteer
from mapper.gazetteer_table import MAGIC, OWN, ROW, Table, key_hash
from mapper.gazetteer_writer import Writer
from mapper.ranking import likeness
from mapper.sources import dump, own
from mapper.text import normalise

ROOT = Path(__file__).parents[1]


def _row(identifier: int, name: str, lat: float, lon: float, kind: str = "P.PPL", **more: str) -> str:
    cells = [str(identifier), name, name, more.get("others", ""), str(lat), str(lon), *kind.split("."),
             more.get("country", "LY"), "", more.get("admin1", "76"), more.get("admin2", ""), "", "",
             more.get("people", "0"), "", "10", "Africa/Tripoli", "2024-01-01"]  # fmt: skip
    return "\t".join(cells) + "\n"


@pytest.fixture
def dumps(tmp_path: Path) -> Path:
    """A country file, alternate names, codes and a hierarchy, in the form of GeoNames."""
    folder = tmp_path / "dumps"
    folder.mkdir()
    rows = [
        _row(900001, "Qaryat Zumurrud", 30.9, 16.8, people="412", others="Zumurrudville,زمردة,绿宝石"),
        _row(900002, "Wadi Marjan", 30.5, 16.2, "H.WAD"),
        _row(900003, "Marjan Unit", 30.5, 16.2, "A.ADM1", admin1="99"),
        _row(900004, "Twin Zumurrud", 30.1, 16.1, admin1="00"),
        _row(900005, "Marjan School", 30.5, 16.3, "S.SCH"),
        _row(900006, "Zumurrud Forest", 30.5, 16.4, "V.FRST"),
        _row(900007, "Jenseits Zumurrud", 36.1, 10.1, country="TN"),
        _row(900008, "Zumurrud Nowhere", 130.0, 16.1),
        "900009\tZumurrud Cut\n",
    ]
    (folder / "LY.txt").write_text("".join(rows), encoding="utf-8")
    names = ["1\t900001\tar\tقرية الزمرد\t1\t\t\t\t\t\n", "2\t900001\tfr\tVillage-Émeraude\t\t\t\t\t\t\n",
             "3\t900001\tlink\thttps://example.org\t\t\t\t\t\t\n", "4\t900004\tzh\t绿\t\t\t\t\t\t\n",
             "7\t900004\ten\tPort Emerald\t1\t\t\t\t\t\n", "5\t999999\ten\tGone\t\t\t\t\t\t\n", "6\t900001\tar\tالزمرد القديمة\t\t\t\t1\t\t\n"]  # fmt: skip
    with zipfile.ZipFile(folder / "alternateNamesV2.zip", "w") as archive:
        archive.writestr("readme.txt", "The form of this file is …\n")
        archive.writestr("alternateNamesV2.txt", "".join(names))
    (folder / "admin1CodesASCII.txt").write_text("LY.76\tShamal\tShamal\t1\n", encoding="utf-8")
    (folder / "hierarchy.txt").write_text("900001\t900004\tADM\n", encoding="utf-8")
    return folder


def _build(folder: Path, own_folder: Path, *more: str) -> int:
    return main(["gazetteer", "build", str(folder), "--additions", str(own_folder), *more])


def test_a_dump_is_built_and_used_at_once(dumps: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _build(dumps, tmp_path / "own") == 1
    told = capsys.readouterr().err
    assert "LY.txt, line 8" in told and "130" in told and "LY.txt, line 9" in told and "19" in told
    gazetteer = Gazetteer.open(None, tmp_path / "own")
    gazetteer.verify()
    place = gazetteer.lookup("Qaryat Zumurrud")[0]
    assert (place.id, place.admin1, place.population) == ("900001", "Shamal", 412)
    assert place.name_in("ar") == "قرية الزمرد" and place.name_in("fr") == "Village-Émeraude"
    for name in ("قرية الزمرد", "Village-Émeraude", "الزمرد القديمة"):
        assert gazetteer.lookup(name)[0].id == "900001", name
    assert gazetteer.lookup("Twin Zumurrud")[0].admin1 == "Shamal", "a place without a unit takes its parent's"
    assert gazetteer.lookup("Wadi Marjan")[0].feature_class == "H"
    for name in ("https://example.org", "Zumurrud Forest", "Zumurrud Nowhere", "Zumurrud Cut", "绿"):
        assert not gazetteer.lookup(name), name
    assert gazetteer.lookup("Sirte")[0].country == "LY", "what ships is still there"
    keys = [normalise(w) for w in ["near", "Qaryat", "Zumurrud", "today"]]
    assert gazetteer.match(keys, 1) == 2
    assert gazetteer.info()["countries"]["LY"] > Gazetteer.open().info()["countries"]["LY"]


def test_a_build_keeps_what_is_asked_for(dumps: Path, tmp_path: Path) -> None:
    _build(dumps, tmp_path / "own", "--countries", "TN", "--classes", "P")
    gazetteer = Gazetteer.open(None, tmp_path / "own")
    assert gazetteer.lookup("Jenseits Zumurrud") and not gazetteer.lookup("Qaryat Zumurrud")
    _build(dumps, tmp_path / "own", "--languages", "fr")
    gazetteer = Gazetteer.open(None, tmp_path / "own")
    assert gazetteer.lookup("Village-Émeraude") and not gazetteer.lookup("قرية الزمرد")


def test_the_english_name_of_a_dump_is_in_use(dumps: Path, tmp_path: Path) -> None:
    _build(dumps, tmp_path / "own")
    place = Gazetteer.open(None, tmp_path / "own").lookup("Port Emerald")[0]
    assert place.name == "Twin Zumurrud" and ("", "Port Emerald") in place.names
    assert likeness("port emerald", place) == 1.0


def test_without_alternate_names_the_column_is_read(dumps: Path, tmp_path: Path) -> None:
    main(["gazetteer", "build", str(dumps / "LY.txt"), "--additions", str(tmp_path / "own")])
    gazetteer = Gazetteer.open(None, tmp_path / "own")
    assert gazetteer.lookup("زمردة")[0].name_in("ar") == "زمردة"
    assert gazetteer.lookup("Zumurrudville") and not gazetteer.lookup("绿宝石")


def test_what_is_no_dump_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("just a note\n", encoding="utf-8")
    with pytest.raises(InputError, match="no GeoNames dump"):
        dump.find([tmp_path / "notes.txt"])
    with pytest.raises(InputError, match="places"):
        dump.find([tmp_path])
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04nonsense")
    with pytest.raises(InputError):
        dump.find([tmp_path / "broken.zip"])


def test_killed_at_any_moment_the_old_one_is_whole(tmp_path: Path) -> None:
    folder, own_folder, dice = tmp_path / "dumps", tmp_path / "own", random.Random(1)
    folder.mkdir()
    (folder / "LY.txt").write_text("".join(_row(i, f"Zumurrud {i}", 30, 16) for i in range(1, 8001)), encoding="utf-8")
    command = [sys.executable, "-m", "mapper", "gazetteer", "build", str(folder), "--additions", str(own_folder)]
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    seconds, before = time.perf_counter() - start, (own_folder / "geonames.bin").read_bytes()
    for _ in range(3):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
        time.sleep(seconds * dice.uniform(0.3, 0.9))
        process.kill()
        process.wait()
        Gazetteer.open(None, own_folder).verify()
        assert (own_folder / "geonames.bin").read_bytes() == before
    with files.scratch(own_folder):
        left = [p.name for p in own_folder.iterdir() if p.name.startswith(".building")]
        assert len(left) == 1, "what the killed ones left behind is gone"


CSV = """Town;Y;X;Country;Pop;Kind
Umm Zumurrud;30.5;16.9;Libya;120;PPL
Wadi Zumurrud;16.5,1;31.0;LY;;
;31.0;16.5;LY;;
Zumurrud Null;0;0;LY;;
قرية الزمرد;30.9;16.1;;300;
Zumurrud Afar;48.1;2.1;LY;;
Zumurrud Turned;16.9;30.5;LY;5;
Zumurrud Short;31.2;16.5
Zumurrud Atlantis;31.2;16.5;Atlantis;;
Zumurrud Many;31.2;16.5;LY;many;
Zumurrud Base;30.6;16.6;LY;;AIRB
"""


def test_good_rows_are_added_and_bad_ones_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "My villages.csv"
    file.write_text(CSV, encoding="utf-8")
    assert main(["gazetteer", "add", str(file), "--additions", str(tmp_path / "own"), "--licence", "mine"]) == 1
    told = capsys.readouterr()
    assert "3 places taken" in told.out
    for line, why in ((3, "16.5,1"), (4, "no name"), (5, "lat 0 lon 0"), (7, "does not lie in LY"), (8, "swapped"),
                      (9, "fewer cells"), (10, "Atlantis"), (11, "many")):  # fmt: skip
        row = next(t for t in told.err.splitlines() if f"line {line}:" in t)
        assert why in row and "My villages.csv" in row, row
    gazetteer = Gazetteer.open(None, tmp_path / "own")
    assert gazetteer.lookup("Umm Zumurrud")[0].population == 120
    village = gazetteer.lookup("قرية الزمرد")[0]
    assert village.country == "LY" and village.admin1, "country and unit come from the position"
    assert gazetteer.lookup("Zumurrud Base")[0].feature_class == "S"
    assert gazetteer.info()["licences"]["user:my-villages"] == "mine"
    assert main(["gazetteer", "search", "Umm Zumurrud", "--additions", str(tmp_path / "own")]) == 0
    assert "by hand" in capsys.readouterr().out


def test_own_places_come_before_those_that_ship(tmp_path: Path, gazetteer: Gazetteer) -> None:
    (tmp_path / "own.csv").write_text("name,lat,lon,country\nSirte,30.0,15.0,LY\n", encoding="utf-8")
    own.add(tmp_path / "own.csv", tmp_path / "own" / "own.bin", gazetteer, gazetteer.words(), {})
    assert Gazetteer.open(None, tmp_path / "own").lookup("Sirte")[0].lat == 30.0


def test_columns_can_be_named(tmp_path: Path, gazetteer: Gazetteer) -> None:
    file = tmp_path / "odd.csv"
    file.write_text("wer,breit,lang\nZumurrud,30.5,16.5\n", encoding="utf-8")
    with pytest.raises(InputError, match="--columns name=COLUMN"):
        own.add(file, tmp_path / "odd.bin", gazetteer, {}, {})
    with pytest.raises(InputError, match="no column 'hoch'"):
        own.add(file, tmp_path / "odd.bin", gazetteer, {}, {"name": "hoch"})
    added = own.add(file, tmp_path / "odd.bin", gazetteer, {}, {"name": "wer", "lat": "breit", "lon": "lang"})
    assert added.taken == 1 and not added.failures
    assert Table.open(tmp_path / "odd.bin", "").fields(0)[4] == "LY"


def test_polygons_are_kept(tmp_path: Path, gazetteer: Gazetteer) -> None:
    ring = [[16.0, 30.0], [16.4, 30.0], [16.4, 30.4], [16.0, 30.4], [16.0, 30.0]]
    features = [
        {"type": "Feature", "properties": {"name": "Zumurrud Unit", "feature_code": "ADM3"},
         "geometry": {"type": "Polygon", "coordinates": [ring]}},
        {"type": "Feature", "properties": {"name": "Zumurrud Well"}, "geometry": {"type": "Point", "coordinates": [16.1, 30.1]}},
        {"type": "Feature", "properties": {"name": "Zumurrud Void"}, "geometry": None},
    ]  # fmt: skip
    file = tmp_path / "units.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    added = own.add(file, tmp_path / "own" / "units.bin", gazetteer, {}, {})
    assert added.taken == 2 and "feature 3" in added.failures[0].error
    opened = Gazetteer.open(None, tmp_path / "own")
    area = opened.area(opened.lookup("Zumurrud Unit")[0])
    assert area is not None and area.bounds == pytest.approx((16.0, 30.0, 16.4, 30.4), abs=1e-4)


def test_a_damaged_own_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine.bin").write_bytes(MAGIC + b"nonsense")
    with pytest.raises(GazetteerError, match=r"mine\.bin is damaged.*Remove the file"):
        Gazetteer.open(None, tmp_path)


def test_a_file_of_an_older_form_is_refused_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "mine.bin").write_bytes(b"MAPGAZ1\n" + bytes(100))
    with pytest.raises(GazetteerError, match=r"mine\.bin was written by another version.*gazetteer add.*build"):
        Gazetteer.open(None, tmp_path)


_names = st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=12), min_size=1, max_size=4)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(_names, st.integers(-90, 90), st.integers(-180, 180), st.integers(0, 10**7)), max_size=30))
def test_every_row_is_found_by_each_of_its_names(rows: list[tuple[list[str], int, int, int]]) -> None:
    with files.scratch(ROOT / "tests") as folder:
        (folder / "parts").mkdir()
        with Writer(folder / "parts") as writer:
            for number, (names, lat, lon, people) in enumerate(rows):
                row = writer.row(str(number), names[0], lat, lon, source="test", population=people)
                for name in names:
                    writer.name(row, normalise(name), "", "")
            list(writer.finish(folder / "places.bin", {}))
        table = Table.open(folder / "places.bin", "")
        assert table.whole() and len(table) == len(rows)
        for number, (names, lat, lon, people) in enumerate(rows):
            fields = table.fields(number)
            assert (fields[0], fields[2], fields[3], fields[9]) == (str(number), lat, lon, people)
            own = normalise(fields[1])
            for key in filter(None, map(normalise, names)):
                filed = table.rows(key_hash(key))
                found = [posting & ROW for posting in filed]
                assert number in found and len(found) == len(set(found))
                assert (filed[found.index(number)] >= OWN) == (key == own)
                weights = [math.log10(rows[r][3] + 10) + (p >= OWN) for r, p in zip(found, filed, strict=True)]
                assert all(a > b - 0.002 for a, b in pairwise(weights)), "the more prominent first"
                assert table.longest(key_hash(key.split(" ")[0])) >= key.count(" ") + 1

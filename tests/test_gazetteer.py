"""The gazetteer: coverage of the places that matter first, ranking, classes of names, areas, damage."""

from __future__ import annotations

import copy
import csv
import dataclasses
import pickle
import shutil
import time
from pathlib import Path

import pytest
from shapely.geometry import Point

from mapper.errors import GazetteerError
from mapper.gazetteer import Gazetteer, metres_between
from mapper.model import Place
from mapper.text import normalise

FOLDER = Path(__file__).parent.parent / "data" / "gazetteer"
HERE = Path(__file__).parent


def _list(name: str) -> list[list[str]]:
    """id, country, lat, lon, km that it may be off, Arabic spellings, Latin spellings."""
    with (HERE / f"test_gazetteer_{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t"))


def _right(gazetteer: Gazetteer, place: Place, row: list[str]) -> bool:
    lat, lon, km = map(float, row[2:5])
    if metres_between(lat, lon, place.lat, place.lon) <= 1000 * km:
        return True
    # A unit of administration is found when its polygon holds the place: its point is the middle of a desert.
    area = gazetteer.area(place) if place.feature_class == "A" else None
    return area is not None and area.contains(Point(lon, lat))


@pytest.mark.parametrize("row", [pytest.param(r, id=r[0]) for r in _list("core")])
def test_core_places_are_found_in_both_scripts(gazetteer: Gazetteer, row: list[str]) -> None:
    for names in row[5:7]:
        found = [p for n in names.split("|") for p in gazetteer.lookup(n, country=row[1])]
        assert any(_right(gazetteer, p, row) for p in found), names


@pytest.mark.parametrize("row", [pytest.param(r, id=r[0]) for r in _list("news")])
def test_every_spelling_of_much_reported_places_leads_there(gazetteer: Gazetteer, row: list[str]) -> None:
    for name in (n for names in row[5:7] for n in names.split("|")):
        assert any(_right(gazetteer, p, row) for p in gazetteer.lookup(name, country=row[1])[:2]), name


@pytest.mark.parametrize(("column", "script", "floor"), [(5, "Arabic", 0.90), (6, "Latin", 0.93)])
def test_villages_bases_ports_and_mountains_are_found(
    gazetteer: Gazetteer, column: int, script: str, floor: float
) -> None:
    found, first, rows = 0, 0, _list("hard")
    for row in rows:
        answers = [gazetteer.lookup(n, country=row[1]) for n in row[column].split("|")]
        found += any(_right(gazetteer, p, row) for places in answers for p in places)
        first += any(_right(gazetteer, places[0], row) for places in answers[:1] if places)
    assert found / len(rows) >= floor, script
    assert first / len(rows) >= 0.85, script


@pytest.mark.parametrize(
    ("name", "country"),
    [("Sirte", "LY"), ("سرت", "LY"), ("Paris", "FR"), ("Palmyra", "SY"), ("Fezzan", "LY"), ("Aleppo", "SY")],
)
def test_the_well_known_place_comes_first(gazetteer: Gazetteer, name: str, country: str) -> None:
    assert gazetteer.lookup(name)[0].country == country


@pytest.mark.parametrize(
    ("name", "classes"),
    [("سرت", "S"), ("طرابلس", "S"), ("بنغازي", "S"), ("صور", "AB"), ("الباب", "AB"), ("القائم", "A"), ("الزاوية", "A"),
     ("Reading", "A"), ("Mobile", "AB"), ("Nice", "A"), ("London", "S"), ("Paris", "S"), ("US", "A")],
)  # fmt: skip
def test_ambiguity(gazetteer: Gazetteer, name: str, classes: str) -> None:
    found = gazetteer.ambiguity(normalise(name))
    assert found and found in classes


@pytest.mark.parametrize("word", ["أن", "إلى", "في", "كان", "مدينة", "the", "of", "and"])
def test_function_words_are_no_names(gazetteer: Gazetteer, word: str) -> None:
    assert not gazetteer.known(normalise(word))


@pytest.mark.parametrize("name", ["الأمم المتحدة", "الاتحاد الأوروبي", "United Nations", "European Union"])
def test_pseudo_territories_are_left_out(gazetteer: Gazetteer, name: str) -> None:
    assert not [p for p in gazetteer.lookup(name) if p.feature_code == "PCLI"]


@pytest.mark.parametrize(
    ("name", "code"),
    [("UAE", "AE"), ("U.S.", "US"), ("أمريكا", "US"), ("السعودية", "SA"), ("DRC", "CD"), ("Yemen (North Yemen)", "YE"),
     ("Libyan", "LY"), ("Britain", "GB"), ("بريطانيا", "GB"), ("sy", "SY"), ("Atlantis", None)],
)  # fmt: skip
def test_country_codes(gazetteer: Gazetteer, name: str, code: str | None) -> None:
    assert gazetteer.country_code(name) == code


@pytest.mark.parametrize(
    ("name", "country"),
    [("محافظة كركوك", "IQ"), ("Kirkuk Governorate", "IQ"), ("محافظة صلاح الدين", "IQ"), ("Anbar Governorate", "IQ"),
     ("محافظة السويداء", "SY"), ("Hadramawt Governorate", "YE"), ("ولاية الجزيرة", "SD"), ("Zamfara State", "NG")],
)  # fmt: skip
def test_a_province_is_known_with_the_word_for_its_kind(gazetteer: Gazetteer, name: str, country: str) -> None:
    assert gazetteer.lookup(name, country=country)[0].feature_code == "ADM1"


@pytest.mark.parametrize(
    ("country", "name", "arabic"), [("LB", "Tyre", "صور"), ("AF", "Gardez", "جرديز"), ("SD", "El Fasher", "الفاشر")]
)
def test_a_town_is_shown_under_its_arabic_name(gazetteer: Gazetteer, country: str, name: str, arabic: str) -> None:
    assert gazetteer.lookup(name, country=country)[0].name_in("ar") == arabic


def test_places_that_are_read_when_asked_for_are_like_any_other(gazetteer: Gazetteer) -> None:
    def fresh() -> Place:
        return Gazetteer.open().lookup("Murzuq", country="LY")[0]

    place = fresh()
    made = Place(*(getattr(place, f.name) for f in dataclasses.fields(place)))
    assert fresh() == made == place and hash(fresh()) == hash(made) and repr(fresh()) == repr(made)
    assert pickle.loads(pickle.dumps(fresh())) == made == copy.copy(fresh())
    assert dataclasses.replace(fresh(), name="X").country == "LY"
    with pytest.raises(AttributeError, match="altitude"):
        _ = fresh().altitude  # type: ignore[attr-defined]
    with pytest.raises(dataclasses.FrozenInstanceError):
        fresh().name = "X"  # type: ignore[misc]


def test_rows_of_one_place_in_several_files_are_joined(gazetteer: Gazetteer) -> None:
    for name in ("Sirte", "Aleppo", "Nyala", "Taiz"):
        found = gazetteer.lookup(name)
        assert len({p.id for p in found}) == len(found), name
    assert len(gazetteer.lookup("San José")) == 30
    assert gazetteer.lookup("San José", limit=3) == gazetteer.lookup("San José")[:3]


def test_regions_keep_their_own_identity(gazetteer: Gazetteer) -> None:
    regions = {
        (p.country, p.name) for n in ("Fezzan", "Darfur", "Donbas", "Cyrenaica") for p in gazetteer.lookup(n)[:1]
    }
    assert {country for country, _ in regions} == {"LY", "SD", "UA"}
    assert len(regions) == 4


def test_matching_words(gazetteer: Gazetteer) -> None:
    keys = [normalise(w) for w in ["near", "Deir", "ez", "-", "Zor", ",", "Syria"]]
    assert gazetteer.match(keys, 1) == 4
    assert gazetteer.match(keys, 0) == 0
    assert gazetteer.matches(keys, 3) == []


def test_similar_says_why_and_is_never_certain(gazetteer: Gazetteer) -> None:
    found = gazetteer.similar("Khan Shaykhoon", "SY")
    assert found and all(0 < score < 1 and why for _, score, why in found)
    assert metres_between(35.439, 36.651, found[0][0].lat, found[0][0].lon) < 25_000


def test_areas(gazetteer: Gazetteer) -> None:
    for code in ("LY", "SY", "PS", "UA", "SD"):
        area = gazetteer.area(gazetteer.country(code))
        assert area is not None and area.is_valid and not area.is_empty
    aleppo = gazetteer.admin1_place("SY", "Aleppo")
    assert aleppo is not None and gazetteer.area(aleppo) is not None
    assert gazetteer.containing(36.2, 37.16)[:2] == ("SY", aleppo.name)
    assert gazetteer.containing(31.5, 34.46)[0] == "PS"
    assert gazetteer.containing(0.0, -30.0) == (None, None, None)


def test_nearest_keeps_to_its_class_and_order(gazetteer: Gazetteer) -> None:
    near = gazetteer.nearest(32.9, 13.2, 5, "S")
    assert len(near) == 5 and {p.feature_class for p, _ in near} == {"S"}
    assert [d for _, d in near] == sorted(d for _, d in near)


def test_opening_is_quick_and_the_file_is_whole(gazetteer: Gazetteer) -> None:
    start = time.process_time()
    Gazetteer.open()
    assert time.process_time() - start < 0.5
    gazetteer.verify()


def test_a_cut_file_is_refused_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "places.bin").write_bytes((FOLDER / "places.bin").read_bytes()[:100_000])
    with pytest.raises(GazetteerError) as error:
        Gazetteer.open(tmp_path)
    assert "mapper.sources" in error.value.remedy


def test_a_changed_byte_fails_verification(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "places.bin", tmp_path)
    with (tmp_path / "places.bin").open("r+b") as file:
        file.seek(-1000, 2)
        byte = file.read(1)
        file.seek(-1000, 2)
        file.write(bytes([byte[0] ^ 1]))
    with pytest.raises(GazetteerError):
        Gazetteer.open(tmp_path).verify()


def test_no_gazetteer(tmp_path: Path) -> None:
    with pytest.raises(GazetteerError):
        Gazetteer.open(tmp_path)


def test_what_the_open_database_licence_covers_can_be_left_out(tmp_path: Path) -> None:
    for name in ("places.bin", "words.dat"):
        shutil.copy(FOLDER / name, tmp_path)
    gazetteer = Gazetteer.open(tmp_path)
    assert gazetteer.lookup("سرت")[0].country == "LY"
    assert "overture" not in gazetteer.info()["sources"]
    assert {p.source for p in gazetteer.lookup("Paris")} <= {"geonames", "natural_earth", "ourairports", "searoute"}


def test_each_source_names_its_licence(gazetteer: Gazetteer) -> None:
    info = gazetteer.info()
    assert set(info["sources"]) == set(info["licences"])
    assert "ODbL" in info["licences"]["overture"]


def test_borders_are_those_that_it_says(gazetteer: Gazetteer) -> None:
    info = gazetteer.info()
    assert all(info["outlines"][level] > 200 for level in ("PCL", "ADM1", "ADM2", "ADM3"))
    assert "Crimea lies in Ukraine" in info["borders"]["countries"]
    places = {
        "Simferopol": (44.95, 34.10),
        "Laayoune": (27.15, -13.2),
        "Pristina": (42.66, 21.16),
        "Gaza": (31.5, 34.45),
    }
    codes = {name: gazetteer.containing(*position)[0] for name, position in places.items()}
    assert codes == {"Simferopol": "UA", "Laayoune": "EH", "Pristina": "XK", "Gaza": "PS"}
    assert gazetteer.containing(33.0, 35.78)[0] is None, "the Golan"
    assert gazetteer.containing(9.6, 28.43)[0] is None, "Abyei"
    town = gazetteer.lookup("Simferopol", country="UA")[0]
    assert town.admin1 is None, "a unit of another country is not its own"


def test_towns_on_coasts_and_borders_have_their_province(gazetteer: Gazetteer) -> None:
    for name, country, admin1 in (
        ("Kobani", "SY", "Aleppo"),
        ("Tel Abyad", "SY", "Al-Raqqah"),
        ("Tartus", "SY", "Tartus"),
    ):
        assert gazetteer.lookup(name, country=country)[0].admin1 == admin1, name


def test_a_unit_is_filed_under_its_own_country_and_kind(gazetteer: Gazetteer) -> None:
    for name, country, admin1 in (("Birao", "CF", "Vakaga"), ("Tripoli", "LY", "Tripoli"), ("London", "GB", "England"),
                                  ("Lyon", "FR", "Auvergne-Rhône-Alpes"), ("Djibo", "BF", "Sahel")):  # fmt: skip
        assert gazetteer.lookup(name, country=country)[0].admin1 == admin1
    kyiv = {p.name for p in gazetteer.lookup("Kyiv", country="UA") if p.feature_code == "ADM1"}
    assert len(kyiv) == 2, "the city and the land around it have names of their own"


def test_why_the_first_wins(gazetteer: Gazetteer) -> None:
    found = gazetteer.lookup("Tripoli")
    weights = [sum(value for _, value in gazetteer.explain("Tripoli", p)) for p in found]
    assert weights == sorted(weights, reverse=True) and len(weights) > 1
    assert any("population" in told for told, _ in gazetteer.explain("Tripoli", found[0]))


@pytest.mark.parametrize("name", ["Libya", "Tripoli", "Texas", "Sirte", "Clay", "Darfur", "القلمون"])
def test_ranks_are_what_is_told_of_them(gazetteer: Gazetteer, name: str) -> None:
    for place in gazetteer.lookup(name):
        told = dict(gazetteer.explain(name, place))
        own = told.pop("its usual name", 0.0)
        assert own in (0.0, 1.0)
        assert gazetteer.rank(place) == pytest.approx(sum(told.values()))


def test_a_country_without_names_has_no_likely_spellings(gazetteer: Gazetteer) -> None:
    assert gazetteer.similar("Bamako", "XX") == []

"""How the gazetteer's builder mends the names that sources give."""

from __future__ import annotations

import pytest

from mapper.sources import joining
from mapper.sources.display import tidy
from mapper.sources.names import ambiguity, keys_of
from mapper.sources.record import Record
from mapper.sources.usual import settle
from mapper.text import normalise


@pytest.mark.parametrize(
    ("name", "arabic", "names", "shown", "shown_arabic"),
    [
        ("Sirte", "شعبية سرت", ["سرت"], "Sirte", "سرت"),
        ("Adré أدري", "", [], "Adré", "أدري"),
        ("Tobruk", "Ţubruq", ["طبرق"], "Tobruk", "طبرق"),
        ("East Jerusalem", "al-Quds القدس الشرقية", [], "East Jerusalem", "القدس الشرقية"),
        ("QANDALA", "", [], "Qandala", ""),
        ("Mocha", "المخا", ["موكا"], "Mocha", "المخا"),  # another spelling is no reason to change the source's own
        ("Urmia", "", ["ئورمیە"], "Urmia", ""),  # Kurdish is not Arabic
    ],
)
def test_displayed_names(name: str, arabic: str, names: list[str], shown: str, shown_arabic: str) -> None:
    row = Record("1", name, 0.0, 0.0, "XX", "test", arabic=arabic, names=list(names))
    tidy(row)
    assert (row.name, row.arabic) == (shown, shown_arabic)
    assert {n for n in (arabic, *names) if n} <= {row.arabic, *row.names}, "a spelling was lost"


def test_the_governorates_name_is_not_the_districts() -> None:
    rows = [
        Record("1", "Lahij", 13.0, 44.8, "YE", "test", "A.ADM1", arabic="محافظة لحج"),
        Record(
            "2", "Lahij", 13.0, 44.9, "YE", "test", "A.ADM2", arabic="محافظة لحج", names=["محافظة لحج", "مديرية تبن"]
        ),
        Record("3", "Hawta", 13.0, 44.9, "YE", "test", names=["محافظة لحج", "الحوطة"]),
        Record("4", "Elsewhere", 33.0, 36.0, "SY", "test", names=["محافظة لحج"]),
    ]
    joining.drop_borrowed_names(rows)
    assert rows[0].arabic == "محافظة لحج"
    assert (rows[1].arabic, rows[1].names) == ("", ["مديرية تبن"])
    assert rows[2].names == ["الحوطة"]
    assert rows[3].names == ["محافظة لحج"], "another country's governorate"


def test_names_in_use_are_told_once() -> None:
    row = Record("1", "Tadmur", 34.5, 38.3, "SY", "geonames", arabic="تدمر", names=["Palmyra", "Tadmor", "Zenobia"])
    twin = Record("1", "Tadmur", 34.5, 38.3, "SY", "overture", names=["Zenobia", "Bel"])
    row.usual = ["Palmyra", "Palmira", "Tadmour", "Пальмира"]
    settle([row, twin])
    assert row.usual == ["Palmyra", "Zenobia"], "spellings of shown names, or of each other, need no telling"
    assert twin.usual == ["Zenobia"], "two sources vouch for it"


def test_names_by_hand_reach_towns_and_units_of_that_name() -> None:
    town = Record("1", "Mellit", 14.1, 25.5, "SD", "test")
    joining.add_names([town], lines=[{"country": "SD", "name": "Mellit", "name_ar": "مليط", "aliases": "Melit|Malit"}])
    assert town.arabic == "مليط" and {"Melit", "Malit", "مليط"} <= set(town.names) & set(town.usual)
    with pytest.raises(ValueError, match="no place in SD is called 'Nowhere'"):
        joining.add_names([town], lines=[{"country": "SD", "name": "Nowhere", "name_ar": "", "aliases": ""}])


def test_a_name_by_hand_may_correct_the_source() -> None:
    town = Record("1", "Tyre", 33.3, 35.2, "LB", "test", arabic="الصور", names=["الصور", "Sour"], usual=["الصور"])
    joining.add_names([town], lines=[{"country": "LB", "name": "Tyre", "name_ar": "=صور", "aliases": ""}])
    assert (town.arabic, town.names, town.usual) == ("صور", ["Sour", "صور"], ["صور"])


@pytest.mark.parametrize(
    ("name", "code", "country", "known", "unknown"),
    [
        ("كركوك", "A.ADM1", "IQ", "محافظة كركوك", "كركوك Governorate"),
        ("Kirkuk", "A.ADM1", "IQ", "Kirkuk Governorate", "محافظة Kirkuk"),
        ("Al Anbar", "A.ADM1", "IQ", "Anbar Governorate", "Al Anbar Province"),
        ("Kirkuk", "P.PPL", "IQ", "Kirkuk", "Kirkuk Governorate"),
        ("Texas", "A.ADM1", "US", "Texas", "Texas Governorate"),
    ],
)
def test_provinces_are_filed_with_the_word_for_their_kind(
    name: str, code: str, country: str, known: str, unknown: str
) -> None:
    keys = keys_of([name], code, country)
    assert normalise(known) in keys and normalise(unknown) not in keys


def test_names_by_hand_are_well_formed() -> None:
    lines = joining.written_names()
    assert len(lines) > 500
    assert len({(x["country"], x["name"]) for x in lines}) == len(lines)
    for line in lines:
        assert len(line["country"]) == 2 and line["name"], line
        assert any("\u0621" <= c <= "\u064a" for c in line["name_ar"]), line
        assert all(line["aliases"].split("|")) or not line["aliases"], line


@pytest.mark.parametrize(
    ("key", "population", "small", "level"),
    [
        ("nathan", 2_000, True, "A"),  # met often, as somebody's name
        ("nathan", 40_000, False, "S"),
        ("kabkabiya", 2_000, True, "S"),  # hardly ever met but as the town
        ("\u0627\u0628", 500_000, False, "B"),  # Ibb: a city, and the word for father
        ("\u0627\u0628", 2_000, True, ""),
    ],
)
def test_how_far_a_name_may_be_read_as_one(key: str, population: int, small: bool, level: str) -> None:
    pytest.importorskip("wordfreq", reason="only a build of the gazetteer needs it")
    assert ambiguity(key, population, False, False, frozenset(), small=small) == level

"""The names of one country, read by their first consonant: what is found is what a look at every name finds."""

from __future__ import annotations

import pytest
from rapidfuzz import fuzz

from mapper.gazetteer import Gazetteer
from mapper.text import script_of, skeleton

COUNTRY = "LY"


@pytest.fixture(scope="module")
def names(gazetteer: Gazetteer) -> list[tuple[str, int]]:
    return list(gazetteer._spellings._names_of(COUNTRY))


def test_a_country_has_each_of_its_names_once_for_each_place(
    gazetteer: Gazetteer, names: list[tuple[str, int]]
) -> None:
    assert len(names) == len(set(names)) > 3000
    assert {place.country for _, place in gazetteer.names_in(COUNTRY)} == {COUNTRY}
    assert {"sirte", "سرت"} <= {name for name, _ in names}


@pytest.mark.parametrize("name", ["sirt", "سرت", "misratah", "al bayda", "aeiou", "العزيزيه", "zzz"])
def test_names_with_the_same_consonants_are_found_without_looking_at_all(
    gazetteer: Gazetteer, names: list[tuple[str, int]], name: str
) -> None:
    bones = skeleton(name)
    found = gazetteer._spellings._names_of(COUNTRY).same_bones(bones)
    assert sorted(found) == sorted(row for other, row in names if skeleton(other) == bones)


@pytest.mark.parametrize("name", ["benghasi", "بنغازى", "tripolis", "ajdabya", "sabrata"])
def test_names_spelt_alike_are_those_of_the_same_script_and_first_consonant(
    gazetteer: Gazetteer, names: list[tuple[str, int]], name: str
) -> None:
    found = gazetteer._spellings._names_of(COUNTRY).alike(name, 80)
    expected = {
        (other, row)
        for other, row in names
        if fuzz.ratio(name, other) >= 80
        and skeleton(other)[:1] == skeleton(name)[:1]
        and script_of(other) == script_of(name)
    }
    assert {(other, row) for other, _, row in found} == expected
    assert expected
    assert [ratio for _, ratio, _ in found] == sorted((ratio for _, ratio, _ in found), reverse=True)


def test_a_country_without_names_has_none_alike(gazetteer: Gazetteer) -> None:
    assert gazetteer.similar("Sirte", "ZZ") == []

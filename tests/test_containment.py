"""The unit that a text names beside a place decides which of its namesakes is meant, and whether any is."""

from __future__ import annotations

import random

import pytest

from mapper.containment import lies_in, linked
from mapper.gazetteer import Gazetteer, metres_between
from mapper.model import Location, Mention, Place, PrecisionClass, Report
from mapper.pipeline import places_of
from mapper.recognise import recognise
from mapper.resolve import resolve
from mapper.settings import Settings
from mapper.text import normalise, script_of
from mapper.words import words_of

FAR_M = 120_000.0
SENTENCES = {
    "ar": ("قتل ثلاثة أشخاص في قرية {name} بمديرية {unit} أمس", "أصيب مدنيان في بلدة {name} في محافظة {unit}"),
    "en": ("Gunmen attacked the village of {name} in {unit} district.", "Two died in {name}, in the district of {unit}."),
    "fr": ("Trois personnes ont été tuées à {name}, cercle de {unit}.", "Ils ont pillé {name}, dans le district de {unit}."),
}  # fmt: skip
COUNTRIES = {"ar": ("SY", "YE", "IQ"), "en": ("AF", "NG", "SO"), "fr": ("ML", "BF", "TD")}


def where(text: str, name: str, language: str, gazetteer: Gazetteer) -> Location:
    report = Report("r", text, language=language)
    start = text.index(name)
    mention = Mention(start, start + len(name), name, language=language)
    others = [m for m in recognise(report, gazetteer, language=language) if not m.start < mention.end <= m.end]
    both = sorted([*others, mention], key=lambda m: m.start)
    one = next(r for r in resolve(report, both, gazetteer, language=language) if r.mention is mention)
    assert one.location is not None, one.reason
    return one.location


@pytest.mark.parametrize(
    ("text", "name", "language", "lat", "lon", "km"),
    [
        ("أصيب مدنيان في بلدة معربة بناحية تلكلخ", "معربة", "ar", 34.66, 36.26, 25),
        ("سقطت قذيفة على قرية مليتا في قضاء زغرتا", "مليتا", "ar", 34.35, 35.9, 25),
        ("Gunmen raided Dapchi in the Mikang district.", "Dapchi", "en", 8.97, 9.6, 40),
        ("Des hommes armés ont attaqué Nara, cercle de Bandiagara.", "Nara", "fr", 14.35, -3.6, 60),
        ("Ils ont brûlé Nyamina, commune de Madougou, cercle de Koro.", "Nyamina", "fr", 14.4, -3.08, 60),
    ],
)
def test_the_unit_beside_a_name_goes_before_a_namesake(
    gazetteer: Gazetteer, text: str, name: str, language: str, lat: float, lon: float, km: float
) -> None:
    found = where(text, name, language, gazetteer)
    assert metres_between(found.lat, found.lon, lat, lon) <= 1000 * km


def test_a_namesake_outside_is_told_again_where_the_name_stands_alone(gazetteer: Gazetteer) -> None:
    text = "Gunmen raided Dapchi in the Mikang district. Later they left Dapchi."
    first, again = (
        r.location
        for r in places_of(Report("r", text), gazetteer, Settings(offline=True))
        if r.mention.surface == "Dapchi"
    )
    assert first is not None and again is not None and first.place_id == again.place_id
    assert again.precision is not PrecisionClass.EXACT and any("not in the gazetteer" in step for step in again.chain)


@pytest.mark.parametrize(
    ("text", "name", "language", "country", "lat", "lon"),
    [
        ("Shelling hit Aleppo, Idlib province and Hama.", "Aleppo", "en", "SY", 36.2, 37.16),
        ("طال القصف حلب، محافظة إدلب، وحماة.", "حلب", "ar", "SY", 36.2, 37.16),
        ("The suspect was flown from Paris, Texas.", "Paris", "en", "US", 33.66, -95.55),
    ],
)
def test_lists_and_towns_of_a_unit_stay(
    gazetteer: Gazetteer, text: str, name: str, language: str, country: str, lat: float, lon: float
) -> None:
    found = where(text, name, language, gazetteer)
    assert found.country == country and metres_between(found.lat, found.lon, lat, lon) <= 60_000


def drawn(language: str, gazetteer: Gazetteer) -> list[tuple[str, str, Place]]:
    """(sentence, name, unit): villages named with a district far from every place of their name."""
    draw, found, words = random.Random(11), [], words_of(language)

    def written(place: Place) -> str:
        name = dict(place.names).get(language, "" if language == "ar" else place.name)
        return words.core(normalise(name)).title() if script_of(name) == script_of(language_letter) else ""

    language_letter = "ا" if language == "ar" else "a"
    for country in COUNTRIES[language]:
        places = sorted({p.id: p for _, p in gazetteer.names_in(country)}.values(), key=lambda p: p.id)
        villages = [p for p in places if p.feature_class == "P" and p.population < 50_000]
        units = [p for p in places if p.feature_code == "ADM2" and gazetteer.area(p) is not None]
        enough = len(found) + 12
        while len(found) < enough:
            village, unit = draw.choice(villages), draw.choice(units)
            name, holder = written(village), written(unit)
            if not name or not holder or " " in name or gazetteer.ambiguity(normalise(name)) != "S":
                continue
            if any(metres_between(p.lat, p.lon, unit.lat, unit.lon) < FAR_M for p in gazetteer.lookup(name)):
                continue
            found.append((draw.choice(SENTENCES[language]).format(name=name, unit=holder), name, unit))
    return found


@pytest.mark.parametrize(("language", "least"), [("ar", 0.8), ("en", 0.9), ("fr", 0.85)])
def test_no_namesake_far_from_the_stated_unit_is_taken(gazetteer: Gazetteer, language: str, least: float) -> None:
    cases = drawn(language, gazetteer)
    right, wrong = 0, []
    for text, name, unit in cases:
        found = where(text, name, language, gazetteer)
        near = metres_between(found.lat, found.lon, unit.lat, unit.lon) <= max(FAR_M / 2, found.radius_m)
        right += near
        wrong += [] if near else [(text, found.name)]
    assert right >= least * len(cases), f"{right} of {len(cases)}: {wrong}"


def test_borders_of_towns_and_units(gazetteer: Gazetteer) -> None:
    unit = next(p for p in gazetteer.lookup("Koro", country="ML") if p.feature_code == "ADM2")
    town = next(p for p in gazetteer.lookup("Koro", country="ML") if p.feature_class == "P")
    village = Place("x", "Zulvarine", town.lat + 0.1, town.lon, "ML")
    far = Place("y", "Zulvarine", town.lat + 3.0, town.lon, "ML")
    foreign = Place("z", "Zulvarine", town.lat, town.lon, "BF")
    assert lies_in(gazetteer, unit, village) and lies_in(gazetteer, town, village)
    assert not any(lies_in(gazetteer, holder, p) for holder in (unit, town) for p in (far, foreign))


@pytest.mark.parametrize(
    ("gap", "language", "is_link"),
    [
        (" بمديرية ", "ar", True),
        ("، ", "ar", True),
        (" وفي ", "ar", False),
        (" dans le cercle de ", "fr", True),
        (" in the district of ", "en", True),
        (" and ", "en", False),
        (". In ", "en", False),
    ],
)
def test_which_words_say_that_one_holds_the_other(gap: str, language: str, is_link: bool) -> None:
    assert linked(gap, words_of(language)) is is_link


@pytest.mark.parametrize(
    ("text", "name", "language", "lat", "lon", "km"),
    [
        # A province of the north somewhere, a list, a seat's whole countryside, a river, a province spelt otherwise.
        ("اندلعت اشتباكات قرب كوباني في إقليم شمال وشرق سوريا", "كوباني", "ar", 36.89, 38.35, 20),
        ("سقطت قذائف بين حمص وتدمر", "حمص", "ar", 34.72, 36.73, 20),
        ("انفجر لغم في السخنة بريف حمص الشرقي", "السخنة", "ar", 34.89, 38.87, 20),
        ("A raid hit Adan Yabaal, in the Middle Shabelle region of Somalia.", "Adan Yabaal", "en", 3.66, 46.29, 40),
    ],
)
def test_what_holds_no_place_moves_none(
    gazetteer: Gazetteer, text: str, name: str, language: str, lat: float, lon: float, km: float
) -> None:
    found = where(text, name, language, gazetteer)
    assert metres_between(found.lat, found.lon, lat, lon) <= 1000 * km


@pytest.mark.parametrize(
    ("text", "name", "language"),
    [
        ("أصيب مدنيان في حديثة في محافظة الأنبار", "حديثة", "ar"),
        ("اندلع حريق في الحصين التابعة لمحافظة الضالع", "الحصين", "ar"),
        ("انفجرت عبوة في بدر بمحافظة المدينة", "بدر", "ar"),
    ],
)
def test_a_name_that_is_also_a_word_is_one_beside_its_unit(
    gazetteer: Gazetteer, text: str, name: str, language: str
) -> None:
    found = recognise(Report("r", text), gazetteer, language=language)
    assert name in [m.surface for m in found]

"""Mentions and descriptions to locations, with the gazetteer that ships."""

from __future__ import annotations

import pytest

from mapper import described, relative
from mapper.errors import GeocoderError
from mapper.gazetteer import Gazetteer, metres_between
from mapper.localities import locate
from mapper.model import Mention, Place, PrecisionClass, Report, Resolved
from mapper.resolve import resolve


def named(text: str, *names: str, language: str = "en", role: str = "place") -> list[Mention]:
    return [Mention(text.index(n), text.index(n) + len(n), n, language=language, role=role) for n in names]


def resolved(gazetteer: Gazetteer, text: str, *names: str, language: str = "en") -> list[Resolved]:
    mentions = named(text, *names, language=language)
    mentions += relative.find(text, language, [(m.start, m.end) for m in mentions])
    mentions.sort(key=lambda m: (m.start, m.end))
    return resolve(Report("r", text), mentions, gazetteer, language=language)


def far(one: Resolved, lat: float, lon: float) -> float:
    """Kilometres from a location to a position."""
    assert one.location is not None, one.why_not
    return metres_between(one.location.lat, one.location.lon, lat, lon) / 1000


# ---- mentions
def test_order_and_length_are_kept(gazetteer: Gazetteer) -> None:
    text = "Aleppo, then Xqzvwk, then Homs."
    found = resolved(gazetteer, text, "Aleppo", "Xqzvwk", "Homs")
    assert [r.mention.surface for r in found] == ["Aleppo", "Xqzvwk", "Homs"]
    assert found[1].location is None and found[1].why_not == "not in the gazetteer"
    assert far(found[0], 36.2, 37.16) < 10 and far(found[2], 34.73, 36.72) < 10


@pytest.mark.parametrize(
    ("text", "name", "language", "precision", "country"),
    [
        ("Talks in Syria went on.", "Syria", "en", PrecisionClass.COUNTRY, "SY"),
        ("Shells fell in Idlib province.", "Idlib", "en", PrecisionClass.PROVINCE, "SY"),
        ("قصف في محافظة إدلب", "إدلب", "ar", PrecisionClass.PROVINCE, "SY"),
        ("قصف في مدينة سرت", "سرت", "ar", PrecisionClass.EXACT, "LY"),
        ("La ville de Djibo est encerclée.", "Djibo", "fr", PrecisionClass.EXACT, "BF"),
        ("Sudanese troops left.", "Sudanese", "en", PrecisionClass.COUNTRY, "SD"),
        ("The Syrians agreed.", "Syrians", "en", PrecisionClass.COUNTRY, "SY"),
    ],
)
def test_precision_follows_the_place(
    gazetteer: Gazetteer, text: str, name: str, language: str, precision: PrecisionClass, country: str
) -> None:
    place = resolved(gazetteer, text, name, language=language)[0].location
    assert place is not None
    assert (place.precision, place.country) == (precision, country)
    assert place.region is not None and not place.region.is_empty
    assert 0 < place.confidence <= 1 and place.radius_m >= 1000 and place.chain


def test_clitics_and_words_for_kinds_are_cut(gazetteer: Gazetteer) -> None:
    found = resolved(gazetteer, "وصلت المساعدات لمصر", "لمصر", language="ar")
    assert found[0].location is not None and found[0].location.country == "EG"


def test_a_gloss_chooses_between_namesakes(gazetteer: Gazetteer) -> None:
    text = "Fighting in Tripoli (some 70 km north of Beirut)."
    found = resolved(gazetteer, text, "Tripoli", "Beirut")
    assert found[0].location is not None and found[0].location.country == "LB"


def test_a_gloss_that_disagrees_is_doubt(gazetteer: Gazetteer) -> None:
    plain = resolved(gazetteer, "Fighting in Derna, not in Tripoli.", "Derna", "Tripoli")[0].location
    glossed = resolved(gazetteer, "Fighting in Derna (450 km east of Tripoli).", "Derna", "Tripoli")[0].location
    assert plain is not None and glossed is not None and plain.place_id == glossed.place_id
    assert glossed.confidence < plain.confidence and "disagrees" in glossed.chain[-1]


def test_relative_places_are_measured_from_their_anchor(gazetteer: Gazetteer) -> None:
    text = "Strikes hit a camp 150 miles southeast of Sirte, far from Misrata."
    found = resolved(gazetteer, text, "Sirte", "Misrata")
    one = next(r for r in found if r.mention.kind == "relative")
    assert one.location is not None and one.location.method == "relative"
    assert 200 < far(one, 31.2089, 16.5887) < 280


def test_coordinates_stand(gazetteer: Gazetteer) -> None:
    mention = Mention(0, 16, "31.2089, 16.5887", kind="coordinates", coordinates=(31.2089, 16.5887))
    found = resolve(Report("r", "31.2089, 16.5887"), [mention], gazetteer, language="en")[0]
    assert found.location is not None and found.location.method == "coordinates"
    assert found.location.country == "LY"


def test_the_geocoder_is_asked_last_and_its_trouble_is_told(gazetteer: Gazetteer) -> None:
    asked = []

    def knows(name: str, country: str | None) -> Place | None:
        asked.append(name)
        return Place("n1", name, 10.0, 20.0, "TD", source="nominatim")

    def fails(name: str, country: str | None) -> Place | None:
        raise GeocoderError("no network")

    text = "Homs and Xqzvwk."
    mentions = named(text, "Homs", "Xqzvwk")
    found = resolve(Report("r", text), mentions, gazetteer, language="en", geocoder=knows)
    assert asked == ["Xqzvwk"]
    assert found[1].location is not None and found[1].location.method == "geocoder"
    found = resolve(Report("r", text), mentions, gazetteer, language="en", geocoder=fails)
    assert found[0].location is not None
    assert found[1].location is None and "no network" in (found[1].why_not or "")


# ---- described localities
@pytest.mark.parametrize(
    ("text", "country", "admin1", "lat", "lon"),
    [
        ("Kafr Nabl town", "Syria", "Idlib", 35.61, 36.56),
        ("village of Sarmin (Idlib district)", "Syria", None, 35.90, 36.73),
        ("Sarmin in Idlib province", None, None, 35.90, 36.73),
        ("بلدة كفرنبل في ريف إدلب", "سوريا", None, 35.61, 36.56),
        ("مدينة سرت", "LY", None, 31.21, 16.59),
        ("Bria town", "Central African Republic", "Haute-Kotto province", 6.54, 21.99),
        ("Culiacán town", "Mexico", "Sinaloa state", 24.79, -107.39),
    ],
)
def test_described_settlements(
    gazetteer: Gazetteer, text: str, country: str | None, admin1: str | None, lat: float, lon: float
) -> None:
    found = locate(text, gazetteer, country=country, admin1=admin1)
    assert far(found, lat, lon) < 10
    assert found.location is not None and found.location.precision is PrecisionClass.EXACT


def test_described_relative(gazetteer: Gazetteer) -> None:
    found = locate("10 km south of Bria", gazetteer, country="CF")
    assert found.mention.kind == "relative" and far(found, 6.452, 21.986) < 3


def test_a_namesake_outside_the_unit_is_not_taken(gazetteer: Gazetteer) -> None:
    found = locate("Saraqib town", gazetteer, country="SY", admin1="Daraa")
    assert found.location is not None and found.location.precision is PrecisionClass.PROVINCE
    assert found.location.admin1 == "Daraa" and found.location.confidence < 0.5
    assert "not in the gazetteer" in " ".join(found.location.chain)


def test_an_unknown_head_falls_back_to_what_holds_it(gazetteer: Gazetteer) -> None:
    town = locate("Xqzvwk quarter, Aleppo city", gazetteer, country="SY").location
    unit = locate("Xqzvwk village", gazetteer, country="SY", admin1="Idlib").location
    assert town is not None and town.precision is PrecisionClass.VICINITY and town.radius_m >= 15_000
    assert unit is not None and unit.precision is PrecisionClass.PROVINCE and unit.confidence < 0.5


def test_two_named_together_are_one_area(gazetteer: Gazetteer) -> None:
    found = locate("Saraqib / Sarmin", gazetteer, country="SY").location
    assert found is not None
    for lat, lon in ((35.864, 36.806), (35.90, 36.73)):
        assert metres_between(found.lat, found.lon, lat, lon) < found.radius_m


def test_another_way_of_writing_is_found_and_told(gazetteer: Gazetteer) -> None:
    found = locate("Al Tuwayni village", gazetteer, country="SY", admin1="Al-Hasakah").location
    assert found is None or found.precision is not PrecisionClass.EXACT or "another way" in found.chain[-1]


@pytest.mark.parametrize("text", ["", "   ", "؟!", "Xqzvwk"])
def test_nothing_is_told_as_nothing(gazetteer: Gazetteer, text: str) -> None:
    found = locate(text, gazetteer)
    assert found.location is None and found.why_not


def test_namesakes_that_cannot_be_told_apart_are_not_sure(gazetteer: Gazetteer) -> None:
    found = locate("Springfield", gazetteer).location
    assert found is not None and found.confidence < 0.6 and found.candidates


@pytest.mark.parametrize(
    ("text", "cores"),
    [
        ("village of Sarmin (Idlib province)", [["sarmin"], ["idlib"]]),
        ("Saraqib / Sarmin", [["saraqib", "sarmin"]]),
        ("حي الصاخور، مدينة حلب", [["الصاخور"], ["حلب"]]),
        ("village de Sobame Da", [["sobame da"]]),
    ],
)
def test_pieces(text: str, cores: list[list[str]]) -> None:
    assert [[p.core for p in group] for group in described.pieces(text)] == cores


def test_a_territory_without_an_outline_is_measured_all_the_same(gazetteer: Gazetteer) -> None:
    found = locate("10 km north of Mamoudzou", gazetteer)
    assert found.location is not None
    assert found.location.country == "YT"


@pytest.mark.parametrize(
    ("text", "names", "language"),
    [
        ("سقطت قذيفة في خان يونس (20 كم جنوب غزة). ثم قصف شرق المدينة.", ("خان يونس", "غزة"), "ar"),
        ("Shells hit Sirte (450 km east of Tripoli). Smoke rose east of the city.", ("Sirte", "Tripoli"), "en"),
        (
            "Shells fell west of Sirte, which lies 450 km east of Tripoli, and south of the city.",
            ("Sirte", "Tripoli"),
            "en",
        ),
    ],
)
def test_the_city_is_not_the_one_that_only_explains_where_another_lies(
    gazetteer: Gazetteer, text: str, names: tuple[str, str], language: str
) -> None:
    found = resolved(gazetteer, text, *names, language=language)
    meant = next(r for r in found if r.mention.surface == names[0]).location
    assert meant is not None
    assert far(found[-1], meant.lat, meant.lon) < 60
    assert found[-1].location is not None and found[-1].location.anchor == (meant.lat, meant.lon)

"""Places that nobody lists, put where the text says that they lie; the names are made up."""

from __future__ import annotations

import pytest

from mapper.gazetteer import Gazetteer, metres_between
from mapper.language import identify
from mapper.localities import locate
from mapper.model import PrecisionClass, Report, Resolved
from mapper.recognise import recognise
from mapper.resolve import resolve


def read(text: str, gazetteer: Gazetteer) -> list[Resolved]:
    report, language = Report("r", text), identify(text)
    return resolve(report, recognise(report, gazetteer, language=language), gazetteer, language=language)


def found(text: str, name: str, gazetteer: Gazetteer) -> Resolved:
    return next(r for r in read(text, gazetteer) if r.mention.surface == name)


@pytest.mark.parametrize(
    ("text", "name", "lat", "lon", "km"),
    [
        ("Gunmen killed 12 people in the village of Zulvarine, 15 km west of the town of Djibo.", "Zulvarine", 14.10, -1.77, 15),
        ("They burned the village of Zulvarine, a village 15 km west of Djibo.", "Zulvarine", 14.10, -1.77, 15),
        ("Ils ont attaqué le village de Dorvey-Zayne (40 km de Ménaka), au Mali.", "Dorvey-Zayne", 15.92, 2.40, 45),
        ("Ils ont attaqué le village de Dorvey-Zayne, situé à 15 km à l’ouest de la ville d’Ansongo.", "Dorvey-Zayne", 15.66, 0.36, 20),
        ("قتل عشرة مدنيين في قصف استهدف قرية زلفرينة غرب مدينة سراقب.", "زلفرينة", 35.86, 36.75, 25),
        ("قتل سبعة أشخاص في هجوم على بلدة درفي-زاين (40 كلم من ميناكا).", "درفي-زاين", 15.92, 2.40, 45),
    ],
)  # fmt: skip
def test_where_the_text_measures_it(
    gazetteer: Gazetteer, text: str, name: str, lat: float, lon: float, km: float
) -> None:
    where = found(text, name, gazetteer).location
    assert where is not None and where.method == "relative" and where.name == name
    metres = metres_between(where.lat, where.lon, lat, lon)
    assert metres <= 1000 * km and metres <= where.radius_m
    assert any("not in the gazetteer" in step for step in where.chain)


@pytest.mark.parametrize(
    ("text", "name", "holder"),
    [
        ("Ils ont attaqué le village de Dorvey-Zayne, dans la commune de Tessit, au Mali.", "Dorvey-Zayne", "Tessit"),
        ("Raiders burned the village of Zulvarine in the Kutum locality of North Darfur.", "Zulvarine", "Kutum"),
        ("قتل عشرة مدنيين في هجوم على قرية زلفرينة في محلية كتم بشمال دارفور.", "زلفرينة", "كتم"),
        ("قتل عشرة مدنيين في هجوم على قرية زلفرينة التابعة لمحلية كتم بشمال دارفور.", "زلفرينة", "كتم"),
    ],
)
def test_what_holds_it(gazetteer: Gazetteer, text: str, name: str, holder: str) -> None:
    where = found(text, name, gazetteer).location
    town = found(text, holder, gazetteer).location
    assert where is not None and town is not None
    assert where.place_in_report == name and where.confidence < town.confidence
    assert where.precision is not PrecisionClass.EXACT and where.radius_m >= 20_000
    assert any("not in the gazetteer" in step for step in where.chain)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("تقدمت القوات من قرية زلفرينة نحو الفاشر.", "زلفرينة"),  # towards a town is not in it
        ("هاجم مسلحون قرية زلفرينة، وفي الفاشر هدأ القتال.", "زلفرينة"),  # another thought
        ("Raiders burned the village of Zulvarine. In Djibo it was quiet.", "Zulvarine"),
        ("Raiders burned the village of Zulvarine, then Djibo and Dori.", "Zulvarine"),  # a list
        ("Raiders burned the village of Zulvarine in Burkina Faso.", "Zulvarine"),  # a country is no answer
    ],
)
def test_what_tells_nothing(gazetteer: Gazetteer, text: str, name: str) -> None:
    assert found(text, name, gazetteer).location is None


@pytest.mark.parametrize(
    ("text", "country", "language", "lat", "lon"),
    [
        ("Zulvarine, in Tillabéri region", "NE", "en", 14.2, 1.5),
        ("Zulvarine, dans le cercle d’Ansongo", "ML", "fr", 15.66, 0.5),
        ("Zulvarine, village à 15 km à l’ouest de la ville d’Ansongo", "ML", "fr", 15.66, 0.36),
        ("قرية زلفرينة التابعة لمحلية كتم", "SD", "ar", 14.2, 24.67),
        ("زلفرينة (40 كلم من أنسونغو)", "ML", "ar", 15.66, 0.5),
    ],
)
def test_described_holders(
    gazetteer: Gazetteer, text: str, country: str, language: str, lat: float, lon: float
) -> None:
    where = locate(text, gazetteer, country=country, language=language).location
    assert where is not None and where.precision is not PrecisionClass.EXACT
    assert metres_between(where.lat, where.lon, lat, lon) <= where.radius_m

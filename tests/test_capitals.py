"""The capital that a text means: with its nationality, with its country, and never that of the dateline."""

from __future__ import annotations

import pytest

from mapper.gazetteer import Gazetteer, metres_between
from mapper.model import Report
from mapper.pipeline import places_of
from mapper.settings import Settings

TRIPOLI, BAMAKO, MOGADISHU = (32.88, 13.19), (12.65, -8.0), (2.04, 45.34)


@pytest.mark.parametrize(
    ("text", "capital"),
    [
        ("نيروبي - غارة على بعد 30 كيلومترا جنوب العاصمة الليبية طرابلس", TRIPOLI),
        ("نيروبي - غارة على بعد 30 كيلومترا جنوب العاصمة الليبية", TRIPOLI),
        ("NAIROBI - A raid 30 km south of the Libyan capital.", TRIPOLI),
        ("NAIROBI - A raid 30 km south of Libya's capital, Tripoli.", TRIPOLI),
        ("A raid 30 km south of Mali's capital.", BAMAKO),
        ("Un raid à 30 km au sud de la capitale malienne.", BAMAKO),
        ("نيروبي - قصف في الصومال على بعد 30 كيلومترا جنوب العاصمة", MOGADISHU),
    ],
)
def test_a_distance_counts_from_the_capital_that_is_meant(
    gazetteer: Gazetteer, text: str, capital: tuple[float, float]
) -> None:
    found = places_of(Report("r", text), gazetteer, Settings(offline=True))
    (where,) = [r.location for r in found if r.mention.kind == "relative"]
    assert where is not None and where.anchor is not None
    assert metres_between(*where.anchor, *capital) < 15_000
    assert 20_000 < metres_between(where.lat, where.lon, *capital) < 40_000


def test_the_capital_of_each_country_is_known(gazetteer: Gazetteer) -> None:
    seat = gazetteer.capital("LY")
    assert seat is not None and seat.feature_code == "PPLC"
    assert gazetteer.capital("XX") is None

"""Described localities, one and many at once: what is looked up, what is drawn, and what is asked of a geocoder."""

from __future__ import annotations

import pytest

from mapper import localities, regions, relative
from mapper.errors import GeocoderError
from mapper.gazetteer import Gazetteer
from mapper.model import Place


# ---- many at once
def test_many_are_located_as_one_by_one(gazetteer: Gazetteer) -> None:
    phrases = [
        "20 km south of Derna",
        "60 miles off the coast of Zuwara",
        "near Sirte",
        "northern Libya",
        "on the road between Misrata and Sirte",
        "30 km from Sabha",
        "south of Ghat",
        "25000 km north of Sirte",
        "10 nautical miles north of Tripoli",
    ]
    anchors = {"Libya": localities.locate("Libya", gazetteer).location}
    told = []
    for phrase in phrases:
        read = relative.parse(phrase, "en")
        assert read is not None, phrase
        for _, _, name in read[0].anchors:
            anchors.setdefault(name, localities.locate(name, gazetteer, country="LY").location)
        spots = [anchors[name] for _, _, name in read[0].anchors]
        told.append((read[0], [spot for spot in spots if spot is not None]))
    for knobs in ({}, {"kind": "news"}, {"method": "point-radius"}):
        for country in (None, "LY"):
            for world in (gazetteer, None):
                alone = [relative.locate(said, spots, world, country=country, **knobs) for said, spots in told]
                many = [relative.Anchored(said, spots, country) for said, spots in told]
                assert relative.locate_many(many, world, **knobs) == alone
    assert relative.locate_many([]) == []
    with pytest.raises(ValueError, match="at least one anchor"):
        relative.locate_many([*many, relative.Anchored(told[0][0], [])])


DESCRIPTIONS = [
    localities.Description("20 km south of Derna", "LY", language="en"),
    localities.Description("Sirte"),
    localities.Description("85 km east of Homs and 60 km west of Palmyra", "Syria"),
    localities.Description("Xqzvwk"),
    localities.Description("20 km west of Xqzvwk, which lies 60 km south of Misrata"),
    localities.Description("Sirte (450 km east of Tripoli)"),
    localities.Description("between Xqzvwk and Sirte"),
    localities.Description(""),
    localities.Description("31.2, 16.5"),
    localities.Description("شمال غرب إدلب", "SY"),
]


def test_many_descriptions_are_placed_as_one_by_one(gazetteer: Gazetteer) -> None:
    alone = [
        localities.locate(d.text, gazetteer, country=d.country, admin1=d.admin1, language=d.language)
        for d in DESCRIPTIONS
    ]
    assert list(localities.locate_many(DESCRIPTIONS, gazetteer)) == alone
    # More than are drawn together.
    assert list(localities.locate_many(DESCRIPTIONS * 30, gazetteer)) == alone * 30


@pytest.mark.parametrize("step", ["anchored", "locate_many"])
def test_a_description_that_trips_a_rule_costs_no_other(
    gazetteer: Gazetteer, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    whole = list(localities.locate_many(DESCRIPTIONS, gazetteer))
    rule = getattr(relative, step)

    def trips(told: object, *more: object, **knobs: object) -> object:
        many = told if isinstance(told, list | tuple) else [told]
        anchors = [a for one in many for a in getattr(one, "relative", one).anchors]
        if any(name == "Derna" for *_, name in anchors):
            raise ZeroDivisionError("no such line")
        return rule(told, *more, **knobs)

    monkeypatch.setattr(relative, step, trips)
    found = list(localities.locate_many(DESCRIPTIONS, gazetteer))
    assert found[0].location is None
    assert found[0].why_not == "ZeroDivisionError: no such line"
    assert found[1:] == whole[1:]


# ---- described localities and the geocoder
def _down(name: str, country: str | None) -> Place | None:
    raise GeocoderError("down")


@pytest.mark.parametrize(
    ("text", "country", "alone", "placed", "absent", "down"),
    [
        ("Xqzvwk", "ML", None, "geocoder", "not in the gazetteer", "not in the gazetteer; down"),
        ("Xqzvwk, Idlib Governorate", "SY", "province", "geocoder", None, None),
        ("10 km south of Xqzvwk", None, None, "geocoder", "not in the gazetteer", "not in the gazetteer; down"),
        ("10 km south of Bria", None, "vicinity", "relative", None, None),
    ],
)
def test_the_geocoder_is_asked_after_all_else(
    gazetteer: Gazetteer,
    text: str,
    country: str | None,
    alone: str | None,
    placed: str,
    absent: str | None,
    down: str | None,
) -> None:
    asked: list[tuple[str, str | None]] = []

    def knows(name: str, code: str | None) -> Place | None:
        asked.append((name, code))
        return Place("x", name, 1.0, 2.0, code, source="nominatim")

    first = localities.locate(text, gazetteer, country=country).location
    assert (first and str(first.precision)) == alone
    found = localities.locate(text, gazetteer, country=country, geocoder=knows).location
    assert found is not None
    assert found.method == placed
    assert asked == ([(text, country)] if placed == "geocoder" else [])
    for geocoder, why in ((lambda name, code: None, absent), (_down, down)):
        one = localities.locate(text, gazetteer, country=country, geocoder=geocoder)
        assert one.why_not == why
        assert (one.location is None) == (why is not None)


def test_no_text_and_glosses_in_descriptions(gazetteer: Gazetteer) -> None:
    assert localities.locate(" \n", gazetteer).why_not == "no text"
    unknown = localities.locate("Xqzvwk (10 km east of Bangui)", gazetteer)
    assert unknown.location is not None
    assert unknown.mention.kind == "relative"
    assert unknown.location.name == "Xqzvwk"
    assert unknown.location.anchor == pytest.approx((4.36, 18.55), abs=0.05)
    known = localities.locate("Bria (10 km east of Bangui)", gazetteer).location
    assert known is not None
    assert (known.name, known.method) == ("Bria", "gazetteer")
    assert known.confidence < 0.7
    assert "disagrees" in known.chain[-1]


@pytest.mark.parametrize(
    ("phrase", "country", "lat", "lon"),
    [
        ("25 km south of Kuwait City", None, 29.37, 47.98),
        ("90 km west of Cape Town", None, -33.93, 18.42),
        ("12 km east of Palmerston North", "NZ", -40.36, 175.61),
        ("30 km north of Guatemala City", None, 14.64, -90.51),
        ("15 km south of Idlib City", "SY", 35.93, 36.63),
        ("70 km south of the country's capital, Bangui", None, 4.36, 18.56),
        ("9 km north of the district capital, Bria", "CF", 6.54, 21.99),
    ],
)
def test_the_last_word_of_a_name_and_what_a_capital_is_of_belong_to_the_anchor(
    gazetteer: Gazetteer, phrase: str, country: str | None, lat: float, lon: float
) -> None:
    where = localities.locate(phrase, gazetteer, country=country, language="en").location
    assert where is not None and where.method == "relative" and where.anchor is not None
    assert regions.inverse(*where.anchor, lat, lon)[0] < 12_000

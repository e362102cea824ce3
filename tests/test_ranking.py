"""The ranking of namesakes: weights, features, senses, shares and reasons."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from mapper.containment import holds
from mapper.gazetteer import Gazetteer
from mapper.model import Mention, Place, Report
from mapper.ranking import Story, explained, likeness, softmax, story_of
from mapper.resolve import candidates
from mapper.spelling import Spellings, sounds, table
from mapper.text import normalise
from mapper.weights import weights
from mapper.words import words_of


def told(gazetteer: Gazetteer, text: str, names: Sequence[str], language: str = "en", **options: object) -> Story:
    """The story of a text in which ``names`` are the mentions, in order."""
    mentions, at = [], 0
    for name in names:
        at = text.index(name, at)
        mentions.append(Mention(at, at + len(name), name, language=language))
        at += len(name)
    found = {i: candidates(m, text, gazetteer) for i, m in enumerate(mentions)}
    return story_of(Report("t", text), mentions, found, gazetteer, **options)  # type: ignore[arg-type]


def first(story: Story, number: int) -> Place:
    return story.candidates()[number][0].place


def test_every_weight_says_what_it_is_for() -> None:
    silent = {"wrong_kind", "nothing", "doubt", "outside"}
    for name, weight in weights("ranking").items():
        assert math.isfinite(weight.weight)
        assert name in silent or (weight.why and weight.against)


def test_shares_leave_room_for_none_of_them() -> None:
    assert sum(softmax([1.0, 2.0])) == pytest.approx(1.0)
    assert sum(softmax([1.0, 2.0], 2.0)) < 0.7
    assert softmax([1000.0, 0.0], 0.0)[0] == pytest.approx(1.0)


def test_without_context_the_best_known_place(gazetteer: Gazetteer) -> None:
    story = told(gazetteer, "He left Paris.", ["Paris"])
    assert first(story, 0).country == "FR"


def test_container_to_the_right_decides_and_binds_the_bare_name(gazetteer: Gazetteer) -> None:
    story = told(gazetteer, "A blast in Paris, Texas. Officials in Paris said so.", ["Paris", "Texas", "Paris"])
    assert [first(story, i).admin1 for i in (0, 2)] == ["Texas", "Texas"]
    best, *others = story.candidates()[0]
    assert weights("ranking")["container"].why in best.reasons
    assert all(o.reasons for o in others) and others[0].score < 0.1


def test_the_country_of_the_story_decides(gazetteer: Gazetteer) -> None:
    lebanon = told(gazetteer, "Clashes in Tripoli. Beirut and Sidon were calm.", ["Tripoli", "Beirut", "Sidon"])
    libya = told(gazetteer, "Clashes in Tripoli. Misrata and Benghazi were calm.", ["Tripoli", "Misrata", "Benghazi"])
    assert first(lebanon, 0).country == "LB"
    assert first(libya, 0).country == "LY"
    assert libya.main_country() == "LY"


def test_a_nationality_word_is_a_vote(gazetteer: Gazetteer) -> None:
    story = told(gazetteer, "Lebanese troops and Lebanese police entered Tripoli.", ["Tripoli"])
    assert story.share("LB") > 0.2


def test_the_users_country_ranks(gazetteer: Gazetteer) -> None:
    story = told(gazetteer, "Shots in Tripoli.", ["Tripoli"], prior=["LB"])
    assert first(story, 0).country == "LB" and story.main_country() == "LB"


@pytest.mark.parametrize(
    ("text", "name", "language", "feature"),
    [
        ("Fighting in Idlib province went on.", "Idlib", "en", "A"),
        ("Fighting in the city of Idlib went on.", "Idlib", "en", "P"),
        ("معارك في محافظة حلب", "حلب", "ar", "A"),
        ("معارك في مدينة حلب", "حلب", "ar", "P"),
        ("des combats dans la province de Homs", "Homs", "fr", "A"),
    ],
)
def test_a_word_beside_the_name_tells_the_kind(
    gazetteer: Gazetteer, text: str, name: str, language: str, feature: str
) -> None:
    assert first(told(gazetteer, text, [name], language), 0).feature_class == feature


def test_one_name_two_kinds_are_two_senses(gazetteer: Gazetteer) -> None:
    story = told(gazetteer, "In Idlib province shells fell. The city of Idlib was calm.", ["Idlib", "Idlib"])
    assert [first(story, i).feature_class for i in (0, 1)] == ["A", "P"]


def test_a_lone_hamlet_far_from_the_story_is_doubted(gazetteer: Gazetteer) -> None:
    names = ["Aleppo", "Homs", "Marcus"]
    story = told(gazetteer, "Aleppo and Homs were shelled, said Marcus.", names)
    found = story.candidates()
    assert found[0][0].score > 0.9
    assert found[2][0].score < 0.6


def test_holds_and_likeness() -> None:
    town = Place("1", "Kafranbel", 35.6, 36.6, "SY", "Idlib", names=(("ar", "كفرنبل"),))
    unit = Place("2", "Idlib", 35.8, 36.7, "SY", "Idlib", None, "A", "ADM1")
    assert holds(unit, town) and not holds(town, unit) and not holds(unit, unit)
    assert likeness("كفرنبل", town) == 1.0
    assert likeness("kafr nabl", town) > 0.75 > likeness("springfield", town)


def test_a_foreign_name_in_use_is_the_places_own() -> None:
    town = Place("1", "Tadmur", 34.6, 38.3, "SY", names=(("ar", "تدمر"), ("fr", "Palmyre"), ("", "Palmyra")))
    assert likeness("palmyra", town) == likeness("palmyre", town) == likeness("تدمر", town) == 1.0
    assert likeness("hadriana", town) < 0.5 < likeness("пальмира", town), "a script without names tells nothing"


@pytest.mark.parametrize("name", ["Palmyra", "Palmyre", "Kobani", "Tel Abyad", "Hebron", "Alep", "Jérusalem", "Derna"])
def test_names_of_news_are_in_use(gazetteer: Gazetteer, name: str) -> None:
    place = gazetteer.lookup(name)[0]
    assert place.country in ("SY", "PS", "LY", "IL") and likeness(normalise(name), place) > 0.95


def test_the_town_needs_no_entry_by_hand_for_its_name_abroad(gazetteer: Gazetteer) -> None:
    """What ships says it: of the entries by hand none is for the name alone."""
    found = [p for p in gazetteer.lookup("Palmyra", country="SY") if p.source != "supplement"]
    assert likeness("palmyra", found[0]) == 1.0


def test_no_names_no_story(gazetteer: Gazetteer) -> None:
    story = story_of(Report("t", ""), [], {}, gazetteer)
    assert story.candidates() == {} and story.main_country() is None and story.share("SY") == 0.0


def test_explained_keeps_three_rejected(gazetteer: Gazetteer) -> None:
    story = told(gazetteer, "He left Springfield.", ["Springfield"])
    assert len(explained(story.senses[0])) == 4


@pytest.mark.parametrize("code", ["ar", "en", "fr"])
def test_words_around_names(code: str) -> None:
    from mapper.language import section

    for example in section(code, "described")["examples"]:
        key = normalise(example["text"])
        assert words_of(code).core(key) == example["core"]
        assert words_of(code).kind(key) == example.get("kind")


def test_sounds() -> None:
    for example in table()["examples"]:
        one, other = ("".join(sounds(normalise(example[k]))) for k in ("one", "other"))
        assert (one == other) is example["same"], example


def test_spellings_find_the_same_sound_and_the_like() -> None:
    spellings = Spellings([("kafrsadjna", 0), ("toueini", 1), ("homs", 2)])
    assert [x.number for x in spellings.same("kafr sajnah")] == [0]
    assert spellings.same("idlib") == []
    assert spellings.like("kafr sajna")[0].number == 0
    assert spellings.like("q") == []


@pytest.mark.parametrize(
    ("text", "name", "country", "code"),
    [
        ("انفجار في عمان", "عمان", "JO", "PPLC"),
        ("نقل الجرحى من درعا إلى عمان", "عمان", "JO", "PPLC"),
        ("زار الوفد سلطنة عمان", "عمان", "OM", "PCLI"),
        ("إعصار يضرب سواحل صلالة وصحار في عمان", "عمان", "OM", "PCLI"),
        ("تظاهر المئات في تونس العاصمة", "تونس", "TN", "PPLC"),
        ("تظاهر المئات في مدينة الكويت", "الكويت", "KW", "PPLC"),
        ("اندلعت حرائق في الجزائر", "الجزائر", "DZ", "PCLI"),
    ],
)
def test_a_country_or_its_namesake_among_capitals(
    gazetteer: Gazetteer, text: str, name: str, country: str, code: str
) -> None:
    others = [n for n in ("درعا", "صلالة", "صحار") if n in text]
    story = told(gazetteer, text, [*others, name], "ar")
    place = first(story, len(others))
    assert (place.country, place.feature_code) == (country, code)

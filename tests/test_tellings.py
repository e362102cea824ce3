"""Whole reports → events across languages: one event told in three is one; two on one day in one town stay two."""

import datetime as dt
from dataclasses import replace

import pytest

from mapper import merge, pipeline
from mapper.gazetteer import Gazetteer
from mapper.model import Actor, Event, Report
from mapper.settings import Settings

SETTINGS = Settings(offline=True)
ENGLISH = (
    "A car bomb exploded at a market in the Libyan town of Ajdabiya on Thursday, killing nine people and wounding 14."
)
ARABIC = "انفجرت سيارة مفخخة في سوق بمدينة أجدابيا الليبية أمس الخميس، ما أسفر عن مقتل تسعة أشخاص وإصابة 14 آخرين."
FRENCH = (
    "Une voiture piégée a explosé jeudi sur un marché d'Ajdabiya, en Libye, tuant neuf personnes et blessant 14 autres."
)


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.open(None)


def events(gazetteer: Gazetteer, *texts: tuple[str, str, str], keep_apart: tuple[str, ...] = ()) -> list[Event]:
    """The merged events of (language, day of publication, text), reports named r0, r1 …"""
    found: list[Event] = []
    for n, (code, day, text) in enumerate(texts):
        report = Report(f"r{n}", text, language=code, published=dt.date.fromisoformat(day))
        found += pipeline.events_of(report, pipeline.places_of(report, gazetteer, SETTINGS), SETTINGS)
    return merge.merge(found, keep_apart=keep_apart)


def reports(event: Event) -> set[str]:
    return {c.report_id for c in event.claims}


def test_one_event_told_in_arabic_english_and_french_is_one(gazetteer: Gazetteer) -> None:
    found = events(gazetteer, ("en", "2021-05-07", ENGLISH), ("ar", "2021-05-07", ARABIC), ("fr", "2021-05-08", FRENCH))
    assert len(found) == 1
    assert reports(found[0]) == {"r0", "r1", "r2"}
    assert (found[0].fatalities, found[0].injured) == (9, 14)
    assert {c.language for c in found[0].claims} == {"en", "ar", "fr"}
    joined = [n for n in found[0].notes if n.startswith("joined with")]
    assert len(joined) == 2
    assert all("one place" in n and "equal toll" in n for n in joined)


def test_a_join_is_undone_by_the_id_that_its_note_names(gazetteer: Gazetteer) -> None:
    texts = (("en", "2021-05-07", ENGLISH), ("ar", "2021-05-07", ARABIC))
    (one,) = events(gazetteer, *texts)
    other = next(n for n in one.notes if n.startswith("joined with")).split()[2].rstrip(",")
    parted = events(gazetteer, *texts, keep_apart=(other,))
    assert [reports(e) for e in parted] == [{"r0"}, {"r1"}]


def test_two_strikes_on_one_town_on_one_day_stay_two(gazetteer: Gazetteer) -> None:
    school = "An air strike hit a school in Taiz on Saturday, killing 11 people."
    market = "Warplanes bombed a market in Taiz on Saturday; five people were killed."
    assert len(events(gazetteer, ("en", "2016-08-14", school), ("en", "2016-08-14", market))) == 2
    arabic = "قصفت طائرات حربية سوقا في مدينة تعز السبت وقتل خمسة أشخاص."
    found = events(gazetteer, ("en", "2016-08-14", school), ("en", "2016-08-14", market), ("ar", "2016-08-14", arabic))
    assert sorted(sorted(reports(e)) for e in found) == [["r0"], ["r1", "r2"]]


def test_other_targets_without_a_toll_stay_two(gazetteer: Gazetteer) -> None:
    bridge = "An air strike destroyed a bridge in Taiz on Saturday."
    market = "An air strike hit a market in Taiz on Saturday."
    assert len(events(gazetteer, ("en", "2016-08-14", bridge), ("en", "2016-08-14", market))) == 2


def test_a_later_toll_is_an_update_and_both_stay_visible(gazetteer: Gazetteer) -> None:
    first = "Gunmen attacked a market in Ménaka on Monday, killing five civilians. The Malian army sent troops."
    later = "The death toll of Monday's attack by gunmen on a market in Ménaka rose to eight civilians."
    (one,) = events(gazetteer, ("en", "2019-05-14", first), ("en", "2019-05-15", later))
    assert (one.fatalities, one.fatalities_low) == (8, 5)
    assert "the dead, as told: 5 (r0, 2019-05-14); 8 (r1, 2019-05-15)" in one.notes


def test_sources_that_contradict_each_other_are_both_shown(gazetteer: Gazetteer) -> None:
    army = "Clashes between the army and rebels in Tarhuna on Sunday killed 12 fighters."
    rebels = "Clashes between the army and rebels in Tarhuna on Sunday killed at least 14 fighters."
    found = events(gazetteer, ("en", "2020-02-10", army), ("en", "2020-02-10", rebels))
    tolls = [e.fatalities for e in found]
    assert tolls == [12, 14] or "12 (r0" in found[0].notes[-1]


def test_a_denial_does_not_join_what_happened_as_a_fact(gazetteer: Gazetteer) -> None:
    denied = "The army denied any air strike on Taiz on Saturday."
    (event,) = events(gazetteer, ("en", "2016-08-14", denied))
    assert event.status == "denied"


def test_a_table_row_keeps_its_own_actors(gazetteer: Gazetteer) -> None:
    (text,) = events(gazetteer, ("en", "2021-05-07", ENGLISH.replace("exploded", "set off by gunmen exploded")))
    row = replace(text, id="row1", extra=(("row", 2),), actors=(Actor("Unidentified group", "party"),))
    row = replace(row, claims=(replace(row.claims[0], report_id="table:2"),))
    (one,) = merge.merge([row, text])
    assert [a.name for a in one.actors] == ["Unidentified group"]


def test_what_is_protested_against_did_not_happen_at_the_protest(gazetteer: Gazetteer) -> None:
    text = "شنت طائرات غارات على مدينة صعدة يوم الجمعة. وتظاهر الآلاف في تعز تنديدا بالغارات."
    found = events(gazetteer, ("ar", "2024-01-13", text))
    assert {(e.event_type, e.location.name if e.location else None) for e in found} == {
        ("Explosions/Remote violence", "صعده"),
        ("Protests", "تعز"),
    }


def test_strikes_on_a_list_of_towns_are_one_each(gazetteer: Gazetteer) -> None:
    text = "شنت طائرات غارات على صنعاء والحديدة وتعز وحجة وصعدة فجر الجمعة."
    assert len(events(gazetteer, ("ar", "2024-01-13", text))) == 5


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (
            "en",
            "A car bomb killed six people at a hotel in Mogadishu on Monday. Hours later a second blast hit the "
            "Hodan district, killing two.",
        ),
        (
            "fr",
            "Une voiture piégée a tué six personnes lundi à Mogadiscio. Une deuxième explosion a tué deux personnes "
            "dans le quartier de Hodan.",
        ),
        (
            "ar",
            "قتل ستة أشخاص في انفجار سيارة مفخخة في مقديشو يوم الاثنين. وقتل شخصان في انفجار آخر في حي هودان.",
        ),
    ],
)
def test_a_second_blast_in_the_same_city_is_another_event(code: str, text: str, gazetteer: Gazetteer) -> None:
    found = events(gazetteer, (code, "2021-05-07", text))
    assert [e.fatalities for e in found] == [6, 2]


def test_each_of_two_raids_in_one_sentence_has_its_own_toll(gazetteer: Gazetteer) -> None:
    text = "أسفرت غارة على بلدة ميس الجبل في جنوب لبنان عن جرح شخص، وأدت غارة على مدينة صور إلى مقتل أربعة."
    found = events(gazetteer, ("ar", "2024-10-03", text))
    tolls = [(round(e.location.lat, 1), e.fatalities, e.injured) for e in found if e.location]
    assert tolls == [(33.2, None, 1), (33.3, 4, None)]


def test_a_town_that_no_gazetteer_has_is_not_the_town_before(gazetteer: Gazetteer) -> None:
    text = "Shells killed two people in Sabha on Friday. Fighters seized the town of Qarwbxa on Saturday."
    found = events(gazetteer, ("en", "2021-05-10", text))
    assert [e.location.name for e in found if e.location] == ["Sabha"]
    assert found[0].sub_event_type == "Shelling/artillery/missile attack"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "Shells killed four people in Sabha on Friday. Separately, a raid on Murzuq killed three."),
        ("fr", "Des obus ont tué quatre personnes vendredi à Sabha. Par ailleurs, un raid sur Mourzouq a tué trois civils."),
        ("ar", "قتل أربعة أشخاص بقصف على سبها يوم الجمعة. وفي سياق متصل، أدت غارة على مرزق إلى مقتل ثلاثة مدنيين."),
    ],
)  # fmt: skip
def test_what_a_sentence_sets_apart_is_another_event(code: str, text: str, gazetteer: Gazetteer) -> None:
    assert [e.fatalities for e in events(gazetteer, (code, "2021-05-10", text))] == [4, 3]


def test_the_day_of_a_new_toll_is_not_that_of_the_attack(gazetteer: Gazetteer) -> None:
    text = "The death toll from the bombing of a market in Kassala rose to 18 on Tuesday. Dozens were hurt in Sunday's blast."
    (found,) = events(gazetteer, ("en", "2024-05-01", text))
    assert found.fatalities == 18
    assert found.date is not None
    assert found.date.start == found.date.end == dt.date(2024, 4, 28)


def test_off_the_coast_of_a_town_is_nearer_than_south_of_a_city(gazetteer: Gazetteer) -> None:
    text = "أودى انفجار لغم بحري بحياة أربعة صيادين قبالة سواحل الخوخة جنوب الحديدة يوم الاثنين."
    (found,) = events(gazetteer, ("ar", "2021-09-08", text))
    assert found.location is not None
    assert found.location.name == "قبالة سواحل الخوخة"


def test_the_dead_of_a_riot_are_told_in_the_next_sentence(gazetteer: Gazetteer) -> None:
    text = "Mobs burned houses in Kassala on Friday. Officials put the number of dead at nine."
    (found,) = events(gazetteer, ("en", "2024-05-06", text))
    assert found.fatalities == 9


def test_a_place_of_its_own_is_better_than_one_that_was_carried(gazetteer: Gazetteer) -> None:
    text = "Northern Gaza.\nShelling was heard all day on Friday. On Friday six people were killed in Bureij camp."
    (found,) = events(gazetteer, ("en", "2024-05-06", text))
    assert found.location is not None
    assert found.location.place_in_report.startswith("Bureij")


def test_the_injured_are_shown_as_each_source_told_them(gazetteer: Gazetteer) -> None:
    first = "Gunmen attacked a market in Ménaka on Monday, killing five civilians and wounding nine."
    later = "Five civilians were killed and 12 wounded when gunmen attacked a market in Ménaka on Monday."
    (one,) = events(gazetteer, ("en", "2019-05-14", first), ("en", "2019-05-15", later))
    assert one.notes[-1] == "the injured, as told: 9 (r0, 2019-05-14); 12 (r1, 2019-05-15)"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "A drone strike on Taiz killed four people on Saturday. Hours later the drones hit Taiz again, killing two."),
        ("ar", "قصفت طائرة مسيرة مدينة تعز السبت وقتل أربعة أشخاص. وعاودت المسيرات قصف المدينة مساء فقتل شخصان."),
        ("fr", "Une frappe de drone sur Taiz a tué quatre personnes samedi. Quelques heures plus tard, la frappe d'un "
               "autre drone sur Taiz a tué deux personnes."),
    ],
)  # fmt: skip
def test_the_same_town_hit_again_hours_later_is_another_event(gazetteer: Gazetteer, code: str, text: str) -> None:
    assert sorted(e.fatalities or 0 for e in events(gazetteer, (code, "2016-08-14", text))) == [2, 4]


def test_another_day_without_a_place_of_its_own_is_where_the_report_is(gazetteer: Gazetteer) -> None:
    text = "An air strike on Taiz killed four people on Saturday. On Monday, a drone hit a truck, killing its driver."
    first, second = events(gazetteer, ("en", "2016-08-17", text))
    assert first.location is not None and second.location is not None
    assert (second.location.name, second.fatalities) == (first.location.name, 1)
    assert "place taken from the sentences before" in second.notes
    assert second.date is not None and second.date.start == dt.date(2016, 8, 15)


def test_a_crowd_in_amman_is_not_in_oman(gazetteer: Gazetteer) -> None:
    (event,) = events(gazetteer, ("ar", "2024-05-14", "تظاهر المئات في عمان أمس الاثنين احتجاجا على الغلاء."))
    assert event.location is not None
    assert (event.location.country, round(event.location.lat)) == ("JO", 32)


@pytest.mark.parametrize(
    ("code", "text", "kinds"),
    [
        ("en", "Police seized 12 rifles and a drone loaded with explosives in Basra on Monday.", ["Disrupted weapons use"]),
        ("fr", "La police a saisi douze fusils et un drone chargé d'explosifs à Bassora lundi.", ["Disrupted weapons use"]),
        ("ar", "ضبطت الشرطة أسلحة وعبوات ناسفة في مدينة البصرة أمس الاثنين.", ["Disrupted weapons use"]),
        ("en", "Gunmen attacked a village near Gwoza on Monday and burned homes.", ["Attack"]),
        ("en", "Rioters clashed with police in Basra on Monday and looted shops.", ["Violent demonstration"]),
        ("en", "A round of talks planned in Geneva next month was called off.", []),
        ("en", "Police in Basra arrested two men suspected of sabotaging a pipeline on Monday.", ["Arrests"]),
    ],
)  # fmt: skip
def test_one_deed_is_told_once(gazetteer: Gazetteer, code: str, text: str, kinds: list[str]) -> None:
    assert [e.sub_event_type for e in events(gazetteer, (code, "2024-05-14", text))] == kinds


def test_the_first_sentence_without_a_place_is_where_it_was_written(gazetteer: Gazetteer) -> None:
    news = "Police opened fire on demonstrators on Tuesday, killing five people."
    (event,) = events(gazetteer, ("en", "2024-05-15", f"NAIROBI (Reuters) - {news}"))
    assert event.location is not None
    assert (event.location.name, event.fatalities) == ("Nairobi", 5)
    assert "place taken from the dateline" in event.notes
    abroad = f"NAIROBI (Reuters) - {news} Crowds had filled the streets of Kampala, Gulu and Entebbe in Uganda."
    assert all(
        e.location is None or e.location.country != "KE" for e in events(gazetteer, ("en", "2024-05-15", abroad))
    )

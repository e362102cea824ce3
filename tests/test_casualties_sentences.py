"""Sentences made of parts, in three languages: what is counted is what was put in, whatever stands around it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapper import casualties

# The dead ({k}), the hurt ({h}) and a part of the dead ({p}), as digits.
FRAMES = {
    "ar": [
        "أسفر القصف عن مقتل {k} مدنيا بينهم {p} أطفال وإصابة {h} آخرين",
        "قتل {k} شخصا، منهم {p} نساء، وأصيب {h} بجروح",
        "استشهد {k} مواطنا بينهم {p} أطفال وأصيب {h} آخرون",
        "لقي {k} شخصا مصرعهم بينهم {p} أطفال وجرح {h} آخرون",
        "سقط {k} قتيلا بينهم {p} أطفال و{h} جريحا",
        "أودى التفجير بحياة {k} شخصا بينهم {p} أطفال وأصاب {h} آخرين",
    ],
    "en": [
        "The blast killed {k} people, including {p} children, and wounded {h} others",
        "{k} civilians, among them {p} women, were killed and {h} were injured",
        "At the market {k} people died, including {p} children, and {h} people were hurt",
        "The raid left {k} dead, including {p} children, and {h} wounded",
        "It claimed the lives of {k} villagers, including {p} women, and injured {h}",
    ],
    "fr": [
        "L'explosion a tué {k} personnes, dont {p} enfants, et blessé {h} autres",
        "{k} civils, dont {p} femmes, ont été tués et {h} personnes ont été blessées",
        "Le raid a fait {k} morts, dont {p} enfants, et {h} blessés",
        "L'attaque a coûté la vie à {k} villageois, dont {p} femmes, et blessé {h} personnes",
    ],
}
# Numbers of what is nobody's death.
AROUND = {
    "ar": [
        "على بعد {n} كيلومترا من المدينة",
        "بحسب الكتيبة {n}",
        "وعمر السائق {n} عاما",
        "بعد {n} أيام من الحصار",
        "وفق القرار {n}",
        "على الطريق رقم {n}",
    ],
    "en": [
        "{n} kilometres from the city",
        "according to the 3rd brigade and Battalion {n}",
        "where the driver, aged {n}, lived",
        "after {n} days of siege",
        "near Route {n}",
        "at {n} metres from the school",
    ],
    "fr": [
        "à {n} kilomètres de la ville",
        "selon le bataillon {n}",
        "où vivait le chauffeur, âgé de {n} ans",
        "après {n} jours de siège",
        "près de la route {n}",
    ],
}
CASES = [(code, frame, around) for code in FRAMES for frame in FRAMES[code] for around in AROUND[code]]
THINGS = [
    ("ar", "أطلق المسلحون {n} صاروخا على البلدة", "rockets"),
    ("ar", "شن الطيران {n} غارة على البلدة", "strikes"),
    ("ar", "أسقطت الدفاعات {n} طائرة مسيرة", "drones"),
    ("ar", "سقطت {n} قذيفة على الحي", "shells"),
    ("ar", "نزح {n} شخصا من القرية", "displaced"),
    ("ar", "اختطف مسلحون {n} مدنيا", "abducted"),
    ("ar", "اعتقلت القوات {n} شخصا", "arrested"),
    ("en", "The group launched {n} rockets at the town", "rockets"),
    ("en", "Aircraft carried out {n} air strikes on the town", "strikes"),
    ("en", "Air defences shot down {n} drones", "drones"),
    ("en", "The fighting displaced {n} people", "displaced"),
    ("en", "Gunmen abducted {n} villagers", "abducted"),
    ("en", "Police arrested {n} people", "arrested"),
    ("en", "The blast destroyed {n} vehicles", "vehicles"),
    ("fr", "Le groupe a tiré {n} roquettes sur la ville", "rockets"),
    ("fr", "L'aviation a mené {n} frappes sur la ville", "strikes"),
    ("fr", "La défense a abattu {n} drones", "drones"),
    ("fr", "Les combats ont déplacé {n} personnes", "displaced"),
    ("fr", "Des hommes armés ont enlevé {n} villageois", "abducted"),
    ("fr", "La police a arrêté {n} personnes", "arrested"),
    ("fr", "L'explosion a détruit {n} véhicules", "vehicles"),
]


@given(st.sampled_from(CASES), st.integers(11, 900), st.integers(11, 900), st.integers(3, 10), st.integers(13, 99))
def test_the_dead_are_those_that_were_put_in(
    case: tuple[str, str, str], killed: int, hurt: int, part: int, other: int
) -> None:
    code, frame, around = case
    text = f"{frame.format(k=killed, h=hurt, p=part)} {around.format(n=other)}."
    found = casualties.counts(text, code)
    assert casualties.total(found, "killed") == (killed, killed, killed), text
    assert casualties.total(found, "injured") == (hurt, hurt, hurt), text
    assert [c.best for c in found if c.what == "killed" + casualties.PART] == [part], text


@given(st.sampled_from(THINGS), st.integers(11, 900))
def test_things_and_the_living_are_no_dead(case: tuple[str, str, str], number: int) -> None:
    code, text, what = case
    found = casualties.counts(text.format(n=number), code)
    assert [(c.what, c.best) for c in found if c.what == what] == [(what, number)], text
    assert not [c for c in found if c.what.startswith(("killed", "injured"))], text


@pytest.mark.parametrize(
    ("code", "text", "what", "low"),
    [
        ("ar", "نفذ الطيران عشرين غارة", "strikes", 20),
        ("ar", "نزح آلاف السكان من البلدة", "displaced", 2000),
        ("ar", "أطلقوا عشرات الصواريخ", "rockets", 20),
        ("en", "Thousands of people were displaced", "displaced", 2000),
        ("en", "Russia launched dozens of drones", "drones", 20),
        ("fr", "Des milliers de personnes ont été déplacées", "displaced", 2000),
        ("fr", "Une vingtaine de frappes ont visé la ville", "strikes", 20),
        ("fr", "Des dizaines de roquettes ont été tirées", "rockets", 20),
    ],
)
def test_words_for_many_give_a_low_bound(code: str, text: str, what: str, low: int) -> None:
    assert [c.low for c in casualties.counts(text, code) if c.what == what] == [low]

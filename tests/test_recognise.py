"""Finding names: the examples of every language, the dial, spans and surfaces, and the tagger's arithmetic."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapper import language, tagger
from mapper.cues import cues_of
from mapper.gazetteer import Gazetteer
from mapper.model import Mention, Report
from mapper.recognise import judged, recognise, weights_of
from mapper.text import tokenise
from mapper.weights import weights


def names(text: str, code: str, gazetteer: Gazetteer, dial: float = 0.5) -> list[Mention]:
    return [m for m in recognise(Report("r", text), gazetteer, language=code, dial=dial) if m.kind == "name"]


PARTS = [
    (
        "ar",
        'انسحبت القوات من بنغازي. وكتب شاهد: "Heavy shelling was heard near Zuwara all night" ثم صمت.',
        ["en"],
        {"بنغازي": "ar", "Zuwara": "en"},
    ),
    (
        "en",
        "The mayor said the town was calm. Les combats ont repris dans les faubourgs de Ménaka. He left for Gao.",
        ["fr"],
        {"Ménaka": "fr", "Gao": "en"},
    ),
    ("fr", "Le maire de Gao a parlé. Бои продолжаются на окраинах Бахмута. Il est rentré.", ["ru"], {"Gao": "fr"}),
    ("en", "La Plata and Los Angeles are cities; Le Mans is one of them, the mayor of El Paso said.", [], {}),
    ("ar", "وصل فريق CNN إلى طرابلس ثم غادر إلى Rome مساء.", [], {"طرابلس": "ar"}),
]


@pytest.mark.parametrize(("code", "text", "others", "places"), PARTS, ids=[p[1][:20] for p in PARTS])
def test_what_is_in_another_language_is_read_with_it(
    code: str, text: str, others: list[str], places: dict[str, str], gazetteer: Gazetteer
) -> None:
    pieces = language.parts(text, code)
    assert [c for _, _, c in pieces if c != code] == others
    assert "".join(text[a:b] for a, b, _ in pieces) == text
    found = {m.surface: m.language for m in names(text, code, gazetteer)}
    assert places.items() <= found.items()
    for m in names(text, code, gazetteer):
        assert m.surface in text[m.start : m.end]


@pytest.mark.parametrize("code", list(language.codes()))
def test_the_common_words_of_a_language_are_its_own(code: str) -> None:
    text = " ".join(language.section(code, "language")["common_words"] * 3)
    assert [c for _, _, c in language.parts(text, code)] == [code]


def examples() -> list[Any]:
    return [
        pytest.param(code, e, id=f"{code}: {e['text'][:40]}")
        for code in language.codes()
        for e in language.section(code, "places").get("examples", [])
    ]


@pytest.mark.parametrize(("code", "example"), examples())
def test_examples(code: str, example: dict[str, Any], gazetteer: Gazetteer) -> None:
    assert [m.surface for m in names(example["text"], code, gazetteer)] == example["places"]


def test_every_language_with_places_has_examples() -> None:
    for code in language.codes():
        assert not language.section(code, "places") or language.section(code, "places").get("examples")


def test_a_span_covers_the_word_and_the_surface_is_the_name(gazetteer: Gazetteer) -> None:
    text = "وصلت القوات إلى بنغازي ومصراتة ثم توجهت للقاهرة"
    found = names(text, "ar", gazetteer)
    assert [text[m.start : m.end] for m in found] == ["بنغازي", "ومصراتة", "للقاهرة"]
    assert [m.surface for m in found] == ["بنغازي", "مصراتة", "القاهرة"]


def test_names_written_together_are_known(gazetteer: Gazetteer) -> None:
    assert [m.surface for m in names("اندلع حريق في حفرالباطن مساء أمس", "ar", gazetteer)] == ["حفرالباطن"]


@pytest.mark.parametrize(
    ("text", "code", "wrong"),
    [
        ("شن علي غارة كلامية على خصومه", "ar", "علي"),
        ("Underwood thanked Jim Underwood's family in Boston.", "en", "Underwood"),
        ("Les Sabres de Buffalo ont gagné hier soir.", "fr", "Buffalo"),
        ("Fans of the Kansas City Star wrote in.", "en", "Kansas City"),
    ],
)
def test_names_of_others_are_left_alone(text: str, code: str, wrong: str, gazetteer: Gazetteer) -> None:
    assert wrong not in [m.surface for m in names(text, code, gazetteer)]


def test_a_place_on_a_preposition_that_is_spelt_like_a_given_name(gazetteer: Gazetteer) -> None:
    assert [m.surface for m in names("قصف عنيف على الحديدة", "ar", gazetteer)] == ["الحديدة"]


def test_abbreviations_keep_their_dot(gazetteer: Gazetteer) -> None:
    text = "The plant in Fairmont, W.Va., closed on Monday."
    assert "W.Va." in [text[m.start : m.end] for m in names(text, "en", gazetteer)]


def test_the_dial_goes_from_precision_to_recall(gazetteer: Gazetteer) -> None:
    text = "Troops took Orange. Officials in Hope said that shells fell on Saraqib and that Victoria was hit."
    counts = [len(names(text, "en", gazetteer, dial)) for dial in (0.0, 0.5, 1.0)]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def test_every_name_says_why(gazetteer: Gazetteer) -> None:
    text = "Shells hit Saraqib. President Jordan Hall flew to Paris, the New York Times wrote; the Aleppo Brigade fled."
    judgements = judged(text, gazetteer, "en", tagger.tagger_of("en"))
    assert {p.role for p in judgements} >= {"place", "trap", "group"}
    assert all(p.reason for p in judgements)


@settings(max_examples=60, deadline=None)
@given(
    st.text(alphabet="abcdزوبسرت .,'’\n\"()-ABCÉ#_،012", max_size=120), st.sampled_from(["ar", "en", "fr", "es", "ru"])
)
def test_any_text_gives_spans_in_range(text: str, code: str) -> None:
    gazetteer = _gazetteer()
    for mention in recognise(Report("r", text), gazetteer, language=code):
        assert 0 <= mention.start < mention.end <= len(text)
        assert mention.surface


_OPEN: list[Gazetteer] = []


def _gazetteer() -> Gazetteer:
    if not _OPEN:
        _OPEN.append(Gazetteer.open())
    return _OPEN[0]


def _toy(seed: int) -> tuple[tagger.Tagger, np.ndarray[Any, Any]]:
    draw = np.random.default_rng(seed)
    labels = ["O", "B-LOC", "I-LOC"]
    words = ["w=shells", "w=fell", "w=on", "w=sirte", "+1w=on", "-1w=fell", "g=bS2", "+2w=fell", "s=Xx", "+1s=x"]
    header = {"labels": labels, "transitions": draw.normal(size=(3, 3)).tolist()}
    packed = tagger.pack(header, words, draw.normal(size=(len(words), 3)))
    return tagger.load(packed, cues_of("en")), np.array(header["transitions"])


@pytest.mark.parametrize("seed", range(4))
def test_marginals_are_those_of_all_paths(seed: int) -> None:
    model, steps = _toy(seed)
    text = "Shells fell on Sirte.\nOn Sirte fell shells"
    tokens, marks = tokenise(text), ["-", "-", "-", "bS2", "-", "-", "bS2", "-", "-"]
    begin, inside = model.places(text, tokens, marks)
    rows, weights_ = {n: i for i, n in enumerate(model._rows)}, model._weights
    for first, last in tagger.sentences_of(text, tokens):
        words = [tagger.shape_of(t, model.cues) for t in tokens[first:last]]
        scores = np.zeros((last - first, 3))
        for i in range(last - first):
            features = tagger.context_of(i, marks[first:last], words)
            for d in range(-tagger.REACH, tagger.REACH + 1):
                if 0 <= i - d < last - first:
                    features = features + tagger.placed(words[i - d], d)
            scores[i] = sum((weights_[rows[f]] for f in features if f in rows), np.zeros(3))
        total, place = 0.0, np.zeros((last - first, 2))
        for path in itertools.product(range(3), repeat=last - first):
            weight = np.exp(
                sum(scores[i, y] for i, y in enumerate(path)) + sum(steps[a, b] for a, b in itertools.pairwise(path))
            )
            total += weight
            for i, y in enumerate(path):
                place[i] += weight * np.array([y == 1, y >= 1])
        assert np.allclose(begin[first:last], place[:, 0] / total)
        assert np.allclose(inside[first:last], place[:, 1] / total)


@pytest.mark.parametrize("code", ["ar", "en", "fr"])
def test_a_model_names_its_sources_and_licences(code: str) -> None:
    model = tagger.tagger_of(code)
    assert model is not None
    assert model.header["licence"]
    assert all(s["name"] and s["licence"] and s["by"] for s in model.header["sources"])
    table = weights("recognise")
    assert set(model.header["decision"]) <= set(table)
    assert {n for n, w in table.items() if not w.held} <= set(model.header["decision"])
    # What a file says of a held weight counts for nothing: a rule is the same with every tagger.
    used = weights_of(model)
    assert all(used[n] == w.weight for n, w in table.items() if w.held)
    assert all(used[n] == model.header["decision"].get(n, 0.0) for n, w in table.items() if not w.held)


@pytest.mark.parametrize(
    ("text", "code", "found"),
    [
        ("Des hommes armés ont brûlé le hameau de la Koumbarra.", "fr", True),
        ("Gunmen burned the village of Koumbarra.", "en", True),
        ("Gunmen burned the village. Koumbarra was spared.", "en", False),
        ("Gunmen burned the village\nKoumbarra, a herder, fled.", "en", False),
    ],
)
def test_an_unknown_name_is_found_behind_a_place_noun_and_words_that_link_it(
    text: str, code: str, found: bool, gazetteer: Gazetteer
) -> None:
    assert ("Koumbarra" in [m.surface for m in names(text, code, gazetteer)]) == found


def test_a_word_that_opens_a_list_of_places_is_one(gazetteer: Gazetteer) -> None:
    text = "أفرج عن معتقلين من الخليل ونابلس"
    found = [m.surface for m in recognise(Report("r", text), gazetteer, language="ar") if m.kind == "name"]
    assert found == ["الخليل", "نابلس"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("شنت طائرات غارات على مواقع في صنعاء والحديدة وتعز وحجة وصعدة.", ["صنعاء", "الحديدة", "تعز", "حجة", "صعدة"]),
        ("اندلعت معارك في سرت وأكد مصدر عسكري ذلك.", ["سرت"]),  # one name before it makes no list of a verb
    ],
)
def test_names_in_a_list_are_of_one_kind(gazetteer: Gazetteer, text: str, names: list[str]) -> None:
    found = recognise(Report("r", text), gazetteer, language="ar")
    assert [m.surface for m in found if m.kind == "name"] == names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Le Val-d'Oise reste calme.", ["Val-d'Oise"]),
        ("Il vit à Villeneuve d' Ascq , dans l' Oise .", ["Villeneuve d' Ascq", "Oise"]),  # as tokenised texts are
        ("La route Gao-Kidal est coupée.", ["Gao", "Kidal"]),
        ("Le conflit entre l'armée et l'université de Tunis dure.", ["Tunis"]),
        ("L'île d'Yeu et la mer d'Aral sont loin.", ["île d'Yeu", "mer d'Aral"]),
    ],
)
def test_hyphens_and_elisions(gazetteer: Gazetteer, text: str, found: list[str]) -> None:
    mentions = names(text, "fr", gazetteer)
    assert [m.surface for m in mentions if m.role == "place"] == [f for f in found if f != "Tunis"]
    assert all(text[m.start : m.end] == m.surface for m in mentions)


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("محادثات في مسقط", "ar", "مسقط"),
        ("نقل الجرحى إلى مستشفى في عمان", "ar", "عمان"),
        ("The suspect is a Nebraska pilot.", "en", "Nebraska"),
    ],
)
def test_a_sure_name_is_found_right_behind_what_stands_before_places(
    gazetteer: Gazetteer, text: str, code: str, name: str
) -> None:
    assert name in [m.surface for m in recognise(Report("r", text), gazetteer, language=code)]


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("تجمع المحتجون في شارع فلسطين قبل الظهر", "ar", "فلسطين"),
        ("أغلقت البلدية ساحة لبنان أمام السيارات", "ar", "لبنان"),
        ("Rue de Damas, à Beyrouth, les commerces ont rouvert.", "fr", "Damas"),
        ("They gathered on Cairo Street on Monday.", "en", "Cairo"),
    ],
)
def test_streets_bear_names_of_places(gazetteer: Gazetteer, text: str, code: str, name: str) -> None:
    assert name not in [m.surface for m in recognise(Report("r", text), gazetteer, language=code)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("قتل ثلاثة مدنيين في غارة على خان شيخون.", ["خان شيخون"]),  # not "علي خان"
        ("غارات جوية على اللطامنة بعدة صواريخ", ["اللطامنة"]),
        ("استشهد ثلاثة مدنيين في غارة على سراقب اليوم.", ["سراقب"]),
        ("ارتكب الطيران مجزرة في بلدة #هجين وقتل خمسة", ["هجين"]),
        ("استهدف القصف منازل غرب الرقة", ["الرقة"]),
        ("استهدف الطيران الحربي الروسي سراقب بغارتين", ["سراقب"]),
        ("استشهد مدنيان من أبناء سراقب جراء القصف", ["سراقب"]),
    ],
)
def test_a_place_where_harm_is_done(gazetteer: Gazetteer, text: str, found: list[str]) -> None:
    assert [m.surface for m in names(text, "ar", gazetteer)] == found


@pytest.mark.parametrize(
    ("text", "found"), [("غارتان على بلدة عين قانا فجرا", ["عين قانا"]), ("قصف على كفر قانا فجرا", [])]
)
def test_the_end_of_a_name_that_is_not_known_is_no_place(gazetteer: Gazetteer, text: str, found: list[str]) -> None:
    assert [m.surface for m in names(text, "ar", gazetteer)] == found


@pytest.mark.parametrize(
    ("text", "code", "ends"),
    [
        ("انفجرت عبوة ناسفة على طريق إدلب - سلقين.", "ar", ["إدلب", "سلقين"]),
        ("A blast hit a convoy on the Idlib - Salqin road.", "en", ["Idlib", "Salqin"]),
        ("Une mine a explosé sur la route Gao – Ménaka.", "fr", ["Gao", "Ménaka"]),
    ],
)
def test_the_ends_of_a_road_are_places_and_no_place_line(
    text: str, code: str, ends: list[str], gazetteer: Gazetteer
) -> None:
    assert [(m.surface, m.role) for m in names(text, code, gazetteer)] == [(end, "place") for end in ends]


def test_a_place_line_stays_one(gazetteer: Gazetteer) -> None:
    assert [m.role for m in names("BEIRUT - The road was closed.", "en", gazetteer)] == ["dateline"]


@pytest.mark.parametrize(
    ("code", "text", "found"),
    [
        ("en", "Djibo: seven killed in ambush", ["Djibo"]),
        ("fr", "Djibo : sept morts dans une embuscade", ["Djibo"]),
        ("ar", "اللطامنة: ثلاثة قتلى بقذائف", ["اللطامنة"]),
        ("ar", "سراقب || ثلاثة قتلى بقذائف", ["سراقب"]),
    ],
)
def test_a_label_at_the_head_of_a_sentence(gazetteer: Gazetteer, code: str, text: str, found: list[str]) -> None:
    assert [m.surface for m in names(text, code, gazetteer)] == found


@pytest.mark.parametrize("thing", ["الميناء", "المزرعة", "الحي", "القصر", "السوق", "المنزل"])
def test_what_is_hit_is_no_place_of_that_name(gazetteer: Gazetteer, thing: str) -> None:
    assert names(f"قتل ثلاثة أشخاص في غارة على {thing} أمس", "ar", gazetteer) == []


def test_nothing_runs_on_over_a_quotation_in_another_language(gazetteer: Gazetteer) -> None:
    text = "A shell fell north of the town of Ras «سقطت قذيفة على أطراف المدينة القديمة» Lanuf. Two died in Sirte."
    found = recognise(Report("r", text), gazetteer, language="en")
    assert [m.surface for m in found if m.surface not in text] == []
    assert "Sirte" in {m.surface for m in found}

"""Triggers and status cues: the examples in every language's files, broken spellings, clitics."""

import pytest

from mapper import language, status, taxonomy, triggers

TRIGGERS = [(c, e) for c in language.codes() for e in language.section(c, "triggers").get("examples", [])]
STATUS = [(c, e) for c in language.codes() for e in language.section(c, "status").get("examples", [])]


@pytest.mark.parametrize(("code", "example"), TRIGGERS, ids=lambda x: x if isinstance(x, str) else x["text"][:30])
def test_example_of_a_trigger_is_found(code: str, example: dict) -> None:
    found = {h.key for h in triggers.find(example["text"], code)}
    assert set(example["expect"]) <= found
    assert example["expect"] or not found


@pytest.mark.parametrize(("code", "example"), STATUS, ids=lambda x: x if isinstance(x, str) else x["text"][:30])
def test_example_of_a_status_is_read(code: str, example: dict) -> None:
    start = example["text"].index(example["trigger"])
    found = status.of(example["text"], start, start + len(example["trigger"]), code)
    assert (found[0] if found else "unreal") == example["status"]


def _found(form: str, code: str) -> list[triggers.Hit]:
    return triggers.find(form.replace("@", "Xyz"), code, {form.find("@")})


@pytest.mark.parametrize("code", [c for c in language.codes() if language.section(c, "triggers")])
def test_every_form_is_found_in_itself(code: str) -> None:
    lost = []
    for row in language.section(code, "triggers")["trigger"]:
        assert row["type"] in taxonomy.types()
        if row.get("with"):
            continue
        forms = [f for told in row["forms"] for f in triggers.expanded(told)]
        lost += [f for f in forms if "*" not in f and "…" not in f and not _found(f, code)]
    ignored = language.section(code, "triggers")["ignore"]
    assert not [f for f in lost if not any(x in f for x in ignored)]


def test_word_broken_by_dots_is_joined_and_keeps_its_offsets() -> None:
    text = "إصا..بات بعد قصـ.ـف مدفعي"
    found = triggers.find(text, "ar")
    assert "shelling" in {h.key for h in found}
    assert all(text[h.start : h.end] == h.text for h in found)


def test_means_come_before_the_dead() -> None:
    ranks = {key: kind.rank for key, kind in taxonomy.types().items()}
    assert (
        ranks["chemical"] < ranks["suicide"] < ranks["air_strike"] < ranks["battle"] < ranks["attack"] < ranks["toll"]
    )


def test_taxonomy_has_all_sub_types_of_acled() -> None:
    names = {(t.event_type, t.sub_event_type) for t in taxonomy.types().values() if t.event_type != "Diplomacy"}
    assert len(names) == 25
    assert len({a for a, _ in names}) == 6


def test_read_also_line_is_dropped() -> None:
    assert status.dropped("Read also: bomb in another town", "en")
    assert not status.dropped("Readers also wrote", "en")


@pytest.mark.parametrize(
    ("code", "text", "name"),
    [
        ("en", "Insurgents seized Tikrit on Wednesday.", "Tikrit"),
        ("fr", "La perte de Gharyan a affaibli le camp.", "Gharyan"),
        ("ar", "أعلن المتمردون سقوط الفاشر أمس.", "الفاشر"),
    ],
)
def test_a_name_of_a_place_ends_a_form_but_is_no_part_of_the_trigger(code: str, text: str, name: str) -> None:
    (hit,) = triggers.find(text, code, {text.index(name)})
    assert hit.key == "nonstate_takes" and name not in hit.text
    assert not triggers.find(text, code)


def test_a_row_that_is_written_is_met_with_its_accents_alone() -> None:
    assert [h.key for h in triggers.find("Une frappe a fait trois morts.", "fr") if not h.weak] == ["air_strike"]
    assert [h.key for h in triggers.find("Une explosion a frappé mardi le marché.", "fr")] == ["ied"]

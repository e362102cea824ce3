"""Parties and their roles: the examples of every language file, and the table of parties itself."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from typing import Any

import pytest

from mapper import actors, language, properties
from mapper.model import Actor

KINDS = {
    "state forces", "rebels", "political militia", "identity militia", "civilians", "protesters", "rioters",
    "external", "international org", "government",
}  # fmt: skip


def table() -> list[dict[str, str]]:
    with actors.FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def examples() -> list[Any]:
    return [
        pytest.param(code, e, id=f"{code}: {e['text'][:40]}")
        for code in language.codes()
        for e in language.section(code, "actors").get("examples", [])
    ]


@pytest.mark.parametrize(("code", "example"), examples())
def test_examples(code: str, example: dict[str, Any]) -> None:
    found = actors.mentions(example["text"], code, example.get("on"))
    assert [f"{m.actor.id} {m.actor.role}" for m in found] == example["actors"]


def test_the_table_is_whole() -> None:
    rows = table()
    assert len(rows) >= 250
    assert max(Counter(r["id"] for r in rows).values()) == 1
    for row in rows:
        assert None not in row and None not in row.values(), row["id"]
        assert row["kind"] in KINDS, row["id"]
        assert not row["country"] or (len(row["country"]) == 2 and row["country"].isupper()), row["id"]
        dates = [dt.date.fromisoformat(row[c]) for c in ("since", "until") if row[c]]
        assert dates == sorted(dates), row["id"]


@pytest.mark.parametrize("code", ["en", "ar", "fr"])
def test_every_alias_finds_its_row(code: str) -> None:
    """Each alias, alone, gives the party that it stands for (or its namesake, where two share it)."""
    owners: dict[str, set[str]] = {}
    for row in table():
        for alias in row[code].split("|"):
            owners.setdefault(alias, set()).add(row["id"])
    owners.pop("", None)
    missed = [
        alias
        for alias, ids in owners.items()
        if not {m.actor.id for m in actors.mentions(f"... {alias} ...", code)} & ids
    ]
    assert len(missed) <= len(owners) // 100, missed


@pytest.mark.parametrize(("on", "expected"), [("2016-01-01", "nusra"), ("2016-10-01", "nusra")])
def test_a_party_that_ended_is_still_named(on: str, expected: str) -> None:
    (found,) = actors.mentions("al-Nusra released a video", "en", dt.date.fromisoformat(on))
    assert found.actor.id == expected


@pytest.mark.parametrize("code", ["en", "ar", "fr"])
def test_nameless_parties_have_a_known_kind(code: str) -> None:
    assert {row["kind"] for row in language.section(code, "actors")["agents"]} <= KINDS


def test_words_are_not_acronyms() -> None:
    assert actors.mentions("This is for us and who else", "en") == []


def test_offsets_and_countries() -> None:
    text = "Later, the Nigerian army and Boko Haram clashed."
    found = actors.mentions(text, "en")
    assert [text[m.start : m.end] for m in found] == ["Nigerian army", "Boko Haram"]
    assert [m.country for m in found] == ["NG", "NG"]


def test_roles_belong_to_the_trigger() -> None:
    text = "Gunmen attacked the camp. Police arrested a journalist."
    found = actors.mentions(text, "en")
    at = text.index("attacked")
    parties = {a.id: a.role for a in actors.roles(text, "en", found, (at, at + 8))}
    assert parties["any:gunmen"] == "perpetrator"
    assert parties["any:police"] == "mentioned"


def test_names_come_out_in_the_readers_language() -> None:
    assert actors.name_in(Actor("Islamic State", id="is"), "ar") == "داعش"
    assert actors.name_in(Actor("police", id="any:police"), "ar") == "الشرطة"
    assert "ليبي" in actors.name_in(Actor("Libyan police", id="LY:police"), "ar")
    assert actors.name_in(Actor("Somebody"), "ar") == "Somebody"


def test_a_nameless_party_gives_its_role_to_the_named_one_of_its_kind() -> None:
    army = Actor("Malian Armed Forces", "mentioned", "state forces", "mali-army")
    echo = Actor("forces", "target", "state forces", "any:military")
    gunmen = Actor("gunmen", "perpetrator", "rebels", "any:gunmen")
    found = actors.without_echoes((army, echo, gunmen))
    assert [(a.name, a.role) for a in found] == [("Malian Armed Forces", "target"), ("gunmen", "perpetrator")]


def test_ids_of_parties_go_out_and_come_back_in_the_order_of_their_names() -> None:
    parties = (
        Actor("Islamic State", "perpetrator", id="is"),
        Actor("A militia"),
        Actor("Army", "target", id="SY:army"),
    )
    assert properties.actor_ids_text(parties) == "is; ?; SY:army"
    back = properties.with_ids(properties.actors_of(properties.actors_text(parties)), "is; ?; SY:army")
    assert [(a.name, a.role, a.id) for a in back] == [(a.name, a.role, a.id) for a in parties]
    assert properties.with_ids(back, "is") == back

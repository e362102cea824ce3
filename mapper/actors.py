"""Who: the parties that a sentence names, from ``actors.tsv`` and the language's generic agents, with roles by frame."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from mapper.language import section
from mapper.model import Actor
from mapper.text import Token, normalise, tokenise


@dataclass(frozen=True, slots=True)
class ActorMention:
    """An actor in a text: its span, who it is, and its country where one is known (ISO alpha-2)."""

    start: int
    end: int
    actor: Actor
    country: str | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    id: str
    name: str
    kind: str
    country: str | None
    since: dt.date | None
    until: dt.date | None


@cache
def _dictionary() -> dict[str, tuple[tuple[tuple[str, ...], _Entry], ...]]:
    """First word of an alias → (its words, the entry), longest first."""
    found: dict[str, list[tuple[tuple[str, ...], _Entry]]] = {}
    with (Path(__file__).parent / "actors.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            days = [dt.date.fromisoformat(row[c]) if row[c] else None for c in ("since", "until")]
            entry = _Entry(row["id"], row["name"], row["kind"], row["country"] or None, days[0], days[1])
            for alias in (row["name"], *row["aliases"].split("|")):
                words = tuple(normalise(alias).split())
                if words:
                    found.setdefault(words[0], []).append((words, entry))
    return {k: tuple(sorted(v, key=lambda x: -len(x[0]))) for k, v in found.items()}


@dataclass(frozen=True, slots=True)
class _Words:
    clitics: tuple[str, ...]
    verb_first: bool
    agents: dict[str, str]
    nations: dict[str, str]
    forces: frozenset[str]
    active: frozenset[str]
    by: frozenset[str]
    at: frozenset[str]


@cache
def _words(language: str) -> _Words:
    data = section(language, "actors")

    def keys(name: str) -> frozenset[str]:
        return frozenset(normalise(w) for w in data.get(name, []))

    agents = {normalise(w): kind for kind, words in data.get("agents", {}).items() for w in words}
    nations = {normalise(w): code for code, words in data.get("nations", {}).items() for w in words}
    return _Words(tuple(data.get("clitics", [])), bool(data.get("verb_first")), agents, nations, keys("forces"), keys("active"), keys("by"), keys("at"))


def mentions(text: str, language: str, on: dt.date | None = None) -> list[ActorMention]:
    """The actors of ``text`` with the roles that its frames give them, in order.

    Args:
        text: A sentence.
        language: Whose actors.toml is read.
        on: Day of the text: actors that did not exist then are left out.
    """
    w = _words(language)
    tokens = tokenise(text)
    found: list[ActorMention] = []
    i = 0
    while i < len(tokens):
        hit = _known(tokens, i, w, on) or _generic(tokens, i, w)
        if hit is None:
            i += 1
            continue
        mention, n = hit
        found.append(replace(mention, actor=replace(mention.actor, role=_role(tokens, i, n, w))))
        i += n
    return found


def _forms(key: str, w: _Words) -> list[str]:
    out = [key]
    for clitic in w.clitics:
        rest = key.removeprefix(clitic)
        if rest != key and len(rest) > 2:
            out.append("ال" + rest if clitic == "لل" else rest)
    return out


def _known(tokens: Sequence[Token], i: int, w: _Words, on: dt.date | None) -> tuple[ActorMention, int] | None:
    for first in _forms(tokens[i].key, w):
        for words, entry in _dictionary().get(first, ()):
            got: list[str] = [first]
            j = i + 1
            while len(got) < len(words) and j < len(tokens) and j - i < len(words) + 3:
                got += tokens[j].key.split()
                j += 1
            if tuple(got) != words:
                continue
            if on is not None and ((entry.since and on < entry.since) or (entry.until and on > entry.until)):
                continue
            if len(words) == 1 and len(words[0]) <= 4 and words[0].isascii() and not tokens[i].surface.isupper():
                continue
            actor = Actor(entry.name, "mentioned", entry.kind, entry.id)
            return ActorMention(tokens[i].start, tokens[j - 1].end, actor, entry.country), j - i
    return None


def _generic(tokens: Sequence[Token], i: int, w: _Words) -> tuple[ActorMention, int] | None:
    """"Libyan forces", "القوات الأمريكية", "gunmen"."""
    for key in _forms(tokens[i].key, w):
        follower = tokens[i + 1].key if i + 1 < len(tokens) else ""
        if key in w.forces and follower in w.nations:
            code = w.nations[follower]
            name = f"{tokens[i].surface} {tokens[i + 1].surface}"
            return ActorMention(tokens[i].start, tokens[i + 1].end, Actor(name, "mentioned", "state forces", f"state:{code}"), code), 2
        if key in w.nations and follower in w.forces:
            code = w.nations[key]
            name = f"{tokens[i].surface} {tokens[i + 1].surface}"
            return ActorMention(tokens[i].start, tokens[i + 1].end, Actor(name, "mentioned", "state forces", f"state:{code}"), code), 2
        if key in w.agents:
            return ActorMention(tokens[i].start, tokens[i].end, Actor(tokens[i].surface, "mentioned", w.agents[key], None), None), 1
    return None


def _role(tokens: Sequence[Token], i: int, n: int, w: _Words) -> str:
    """perpetrator behind "by" or before a verb of attack (after it in Arabic), target behind "on", "against"."""
    before = [t.key for t in tokens[max(0, i - 2) : i]]
    after = [t.key for t in tokens[i + n : i + n + 3]]
    if any(k in w.by for k in before):
        return "perpetrator"
    if any(k in w.at for k in before):
        return "target"
    if any(k in w.active for k in (before if w.verb_first else after)):
        return "perpetrator"
    return "mentioned"


def roles(text: str, language: str, found: Sequence[ActorMention], trigger: tuple[int, int]) -> list[Actor]:
    """The actors nearest to a trigger's span, each once, those with a role first."""
    near = sorted(found, key=lambda m: (m.actor.role == "mentioned", abs(m.start - trigger[0])))
    out: dict[str, Actor] = {}
    for mention in near:
        out.setdefault(mention.actor.id or normalise(mention.actor.name), mention.actor)
    return list(out.values())

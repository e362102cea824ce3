"""Who: the parties that a report names, and what part they take.

Named parties come from ``actors.tsv`` (aliases in Arabic, English and French, kind, country, dates);
nameless ones ("gunmen", "Libyan forces") from the lists of ``languages/<code>/actors.toml``, which also
hold the words that make a party the perpetrator or the target.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from mapper import patterns
from mapper.language import section
from mapper.model import Actor
from mapper.numbers import words
from mapper.patterns import Atom, Lexicon
from mapper.text import Token, normalise, word_key

FILE = Path(__file__).parent / "actors.tsv"
_LANGUAGES = ("en", "ar", "fr")
_FILL = 1  # words between a nationality and its noun, at most: "US special forces"
_NEAR = 4  # words between a party and the verb or preposition that gives its role, at most
_BETWEEN = 9  # words between "between" or a verb and the second party, at most
_ENDS = frozenset(".;؛:!?؟")


@dataclass(frozen=True, slots=True)
class ActorMention:
    """A party named in a text: offsets, the party, and its ISO 3166 country where it has one."""

    start: int
    end: int
    actor: Actor
    country: str | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    """A party of ``actors.tsv``; ``army``: its country's armed forces."""

    id: str
    name: str
    kind: str
    country: str | None
    since: dt.date | None
    until: dt.date | None
    army: bool

    def distance(self, on: dt.date | None) -> int:
        """Days between ``on`` and the time that the party existed; 0 inside it."""
        if on is None:
            return 0
        if self.since and on < self.since:
            return (self.since - on).days
        return (on - self.until).days if self.until and on > self.until else 0


@dataclass(frozen=True, slots=True)
class _Grammar:
    lexicon: Lexicon
    agents: tuple[tuple[str, str, str], ...]
    alone: tuple[bool, ...]
    verb_first: bool


@cache
def _table() -> tuple[tuple[_Row, ...], tuple[tuple[str, str, int], ...]]:
    """The rows, and (language, alias, index of its row) for all aliases."""
    rows: list[_Row] = []
    aliases: list[tuple[str, str, int]] = []
    with FILE.open(encoding="utf-8", newline="") as file:
        for n, row in enumerate(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)):
            since, until = (dt.date.fromisoformat(row[c]) if row[c] else None for c in ("since", "until"))
            country, army = row["country"] or None, bool(row["army"])
            rows.append(_Row(row["id"], row["name"], row["kind"], country, since, until, army))
            aliases.append(("en", row["name"], n))
            aliases += [(code, a, n) for code in _LANGUAGES for a in row[code].split("|") if a]
    return tuple(rows), tuple(aliases)


@cache
def _armies() -> dict[str, tuple[_Row, ...]]:
    found: dict[str, list[_Row]] = {}
    for row in _table()[0]:
        if row.army and row.country:
            found.setdefault(row.country, []).append(row)
    return {code: tuple(rows) for code, rows in found.items()}


@cache
def _adjectives() -> dict[str, str]:
    """The English adjective of each country: parties are named alike in all languages."""
    return {code: forms[0] for code, forms in section("en", "actors").get("nations", {}).items()}


@cache
def _grammar(language: str) -> _Grammar:
    data = section(language, "actors")
    # English names and acronyms stand in texts of every language; others only in their own.
    entries = [(a, "KNOWN", f"{n}|{a}") for code, a, n in _table()[1] if code in (language, "en")]
    affixes = data.get("nation_affixes", ["{}"])
    for code, forms in data.get("nations", {}).items():
        entries += [(affix.format(f), "NATION", f"{code}|{f}") for f in forms for affix in affixes]
    for code, forms in data.get("countries", {}).items():
        entries += [(f, "COUNTRY", f"{code}|{f}") for f in forms]
    agents, alone = [], []
    for n, row in enumerate(data.get("agents", [])):
        agents.append((row["id"], row["name"], row["kind"]))
        alone.append(not row.get("with_nation", False))
        entries += [(w, "AGENT", str(n)) for w in row["words"]]
    entries += [(w, name, name) for name, ws in data.get("words", {}).items() for w in ws]
    lex = patterns.lexicon(entries, data.get("prefixes", {}))
    return _Grammar(lex, tuple(agents), tuple(alone), bool(data.get("verb_first")))


def mentions(text: str, language: str, on: dt.date | None = None) -> list[ActorMention]:
    """The parties that ``text`` names, in order, not overlapping, with the role that its frames give.

    Args:
        text: A sentence.
        language: Whose words are read.
        on: The day of the text: of parties with one name, the one that existed then is meant.

    >>> [m.actor.name for m in mentions("Houthi fighters shelled Saudi troops", "en")]
    ['Houthi movement', 'Saudi Armed Forces']
    """
    grammar = _grammar(language)
    tokens = words(text)
    rows = patterns.grid(tokens, grammar.lexicon)
    spans = _spans(text, tokens, rows, grammar, on)
    taken = [(first, last) for first, last, _, _ in spans]
    out = []
    for n, (_, _, mention, named) in enumerate(spans):
        role = _role(n, taken, tokens, rows, grammar.verb_first)
        # A country's name is a party only where it does or suffers something.
        if named or role != "mentioned":
            out.append(replace(mention, actor=replace(mention.actor, role=role)))
    return out


@cache
def _nationalities(language: str) -> dict[str, str]:
    """The ISO code of the country of each word for a nationality."""
    data = section(language, "actors")
    affixes = data.get("nation_affixes", ["{}"])
    return {
        normalise(affix.format(form)): code
        for code, forms in data.get("nations", {}).items()
        for form in forms
        for affix in affixes
    }


def nationality(word: str, language: str) -> bool:
    """Whether a word is the adjective of a nation ("Turkish", "تركية"), not the name of a country."""
    return normalise(word) in _nationalities(language)


def nations_in(text: str, language: str) -> frozenset[str]:
    """The ISO codes of the countries whose nationalities a text names, by single words.

    >>> sorted(nations_in("Turkish aircraft over the Libyan coast", "en"))
    ['LY', 'TR']
    """
    known = _nationalities(language)
    return frozenset(known[w] for w in {word_key(w) for w in text.split()} & known.keys())


@cache
def _known_names(language: str) -> dict[str, str]:
    """The name in ``language`` of each party of the table: its first alias there."""
    rows = _table()[0]
    found: dict[str, str] = {}
    for code, alias, n in _table()[1]:
        if code == language:
            found.setdefault(rows[n].id, alias)
    return found


def name_in(actor: Actor, language: str) -> str:
    """A party's name in a language, by its id: the model keeps the English name, pages show the reader's.

    >>> name_in(Actor("Islamic State", id="is"), "fr")
    'État islamique'
    """
    if language == "en" or not actor.id:
        return actor.name
    known = _known_names(language).get(actor.id)
    if known:
        return known
    code, _, key = actor.id.partition(":")
    data = section(language, "actors")
    nouns = [row["words"][0] for row in data.get("agents", []) if row["id"] == key and not row.get("with_nation")]
    if not nouns:
        return actor.name
    if code == "any":
        return str(nouns[0])
    country = next((f[0] for t in ("countries", "nations") if (f := data.get(t, {}).get(code))), code)
    return f"{nouns[0]} ({country})"


def without_echoes(found: Sequence[Actor]) -> tuple[Actor, ...]:
    """Parties without nameless ones ("forces") that a named one of their kind is; it takes their role."""
    named = [a for a in found if not (a.id or "").startswith("any:")]
    kept = {id(a): a for a in found}
    for echo in found:
        if not (echo.id or "").startswith("any:"):
            continue
        same = [a for a in named if a.kind == echo.kind]
        if len(same) == 1:
            del kept[id(echo)]
            if kept[id(same[0])].role == "mentioned":
                kept[id(same[0])] = replace(kept[id(same[0])], role=echo.role)
    return tuple(kept.values())


def roles(text: str, language: str, found: Sequence[ActorMention], trigger: tuple[int, int]) -> list[Actor]:
    """The parties to the event at ``trigger`` (offsets of its word), each once, those nearest first.

    A party outside the trigger's sentence is "mentioned", whatever it does there.
    """
    start = max((text.rfind(sign, 0, trigger[0]) for sign in _ENDS), default=-1)
    ends = [at for sign in _ENDS if (at := text.find(sign, trigger[1])) >= 0]
    end = min(ends, default=len(text))
    out: dict[str, Actor] = {}

    def order(m: ActorMention) -> tuple[bool, bool, int]:
        outside = not start <= m.start < end
        return outside, m.actor.role == "mentioned", abs(m.start - trigger[0])

    for mention in sorted(found, key=order):
        outside = not start <= mention.start < end
        actor = replace(mention.actor, role="mentioned") if outside else mention.actor
        out.setdefault(actor.id or actor.name, actor)
    return list(out.values())


def _spans(
    text: str, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]], grammar: _Grammar, on: dt.date | None
) -> list[tuple[int, int, ActorMention, bool]]:
    """Parties as (first token, last excluded, mention, whether it is more than a country's name)."""
    out: list[tuple[int, int, ActorMention, bool]] = []
    i = 0
    while i < len(tokens):
        if not rows[i]:
            i += 1
            continue
        options = [*_known(text, rows[i], on), *_generic(text, i, rows, grammar, on)]
        ignored = max((a.last for a in rows[i] if a.name == "ignore"), default=0)
        if not options or ignored >= max(o[0] for o in options):
            i = max(i + 1, ignored)
            continue
        last, mention, named = max(options, key=lambda o: (o[2], o[0]))
        out.append((i, last, mention, named))
        i = last
    return out


def _written(text: str, atom: Atom) -> bool:
    """Whether an acronym is written as one: "IS" and "US", not "is" and "us"."""
    alias = atom.value.partition("|")[2]
    short = alias.replace(".", "")
    return not (short.isupper() and short.isascii() and len(short) <= 6) or text[atom.start : atom.end].isupper()


def _known(text: str, row: Sequence[Atom], on: dt.date | None) -> list[tuple[int, ActorMention, bool]]:
    table = _table()[0]
    hits = [(a.last, table[int(a.value.partition("|")[0])], a) for a in row if a.name == "KNOWN" and _written(text, a)]
    if not hits:
        return []
    last = max(h[0] for h in hits)
    _, best, atom = min((h for h in hits if h[0] == last), key=lambda h: h[1].distance(on))
    actor = Actor(best.name, "mentioned", best.kind, best.id)
    return [(last, ActorMention(atom.start, atom.end, actor, best.country), True)]


def _generic(
    text: str, i: int, rows: Sequence[Sequence[Atom]], grammar: _Grammar, on: dt.date | None
) -> list[tuple[int, ActorMention, bool]]:
    """ "Libyan forces", "القوات الأمريكية", "gunmen", and a country's bare name."""
    out: list[tuple[int, ActorMention, bool]] = []
    for atom in rows[i]:
        if atom.name == "AGENT":
            agent = grammar.agents[int(atom.value)]
            nation = _beside(text, atom.last, rows, "NATION")
            if nation is None and not grammar.alone[int(atom.value)]:
                continue
            last, code = (nation.last, nation.value.partition("|")[0]) if nation else (atom.last, None)
            end = nation.end if nation else atom.end
            out.append((last, ActorMention(atom.start, end, *_party(agent, code, on)), True))
        elif atom.name == "NATION" and _written(text, atom):
            noun = _beside(text, atom.last, rows, "AGENT")
            if noun:
                code = atom.value.partition("|")[0]
                party = _party(grammar.agents[int(noun.value)], code, on)
                out.append((noun.last, ActorMention(atom.start, noun.end, *party), True))
        elif atom.name == "COUNTRY" and _written(text, atom):
            code = atom.value.partition("|")[0]
            party = _party(("military", "forces", "state forces"), code, on)
            out.append((atom.last, ActorMention(atom.start, atom.end, *party), False))
    return out


def _beside(text: str, i: int, rows: Sequence[Sequence[Atom]], name: str) -> Atom | None:
    """The atom of a class at token ``i``, or after one word more."""
    for j in range(i, min(len(rows), i + 1 + _FILL)):
        hits = [a for a in rows[j] if a.name == name and (name != "NATION" or _written(text, a))]
        if hits:
            return max(hits, key=lambda a: a.last)
        if any(a.name in ("AGENT", "KNOWN", "by", "against", "and", "attack", "suffer", "between") for a in rows[j]):
            return None
    return None


def _party(agent: tuple[str, str, str], code: str | None, on: dt.date | None) -> tuple[Actor, str | None]:
    """The party of an agent noun and a country: the country's army where there is a row for it."""
    key, name, kind = agent
    if code is None:
        return Actor(name, "mentioned", kind, f"any:{key}"), None
    if key == "military" and code in _armies():
        row = min(_armies()[code], key=lambda r: r.distance(on))
        return Actor(row.name, "mentioned", row.kind, row.id), code
    return Actor(f"{_adjectives().get(code, code)} {name}", "mentioned", kind, f"{code}:{key}"), code


def _names(row: Sequence[Atom]) -> set[str]:
    return {a.name for a in row}


def _role(
    n: int, spans: Sequence[tuple[int, int]], tokens: Sequence[Token], rows: Sequence[Sequence[Atom]], verb_first: bool
) -> str:
    """The role of party ``n`` by the words before it, then by those after it."""
    first, last = spans[n]
    before = _scan(range(first - 1, max(-1, first - 1 - _NEAR), -1), tokens, rows)
    inner = n > 0 and spans[n - 1][0] >= first - 1 - _NEAR - 1  # another party stands before it
    between = _scan(range(first - 1, max(-1, first - 1 - _BETWEEN), -1), tokens, rows, {"between"})
    for name, gap in before:
        if name == "by" and gap <= 2:
            return "perpetrator"
        if name == "against" and gap <= 3 and not (inner and spans[n - 1][1] > first - 1 - gap):
            return "target"
        if name == "suffer":
            return "target"
        if name == "attack":
            if inner and spans[n - 1][1] > first - 1 - gap:
                return "target"  # verb, first party, this one
            return "perpetrator" if verb_first and gap == 0 else "target"
        if name in ("clash", "between", "with"):
            break
    if between:
        return "party"
    if n > 0 and _joined(spans[n - 1][1], first, tokens, rows):
        return _role(n - 1, spans[:n], tokens, rows, verb_first)
    far = _scan(range(first - 1, max(-1, first - 1 - _BETWEEN), -1), tokens, rows, {"attack"})
    if far and n > 0 and spans[n - 1][1] > first - 1 - far[0][1] and verb_first:
        return "target"
    after = _scan(range(last, min(len(tokens), last + _NEAR)), tokens, rows)
    passive = any(name == "passive" for name, _ in after[:1])
    for name, _ in after:
        if name == "passive":
            continue
        if name in ("attack", "suffer") and passive:
            return "target"
        if name == "attack" and not verb_first:
            return "perpetrator"
        if name == "suffer" and not verb_first:
            return "perpetrator"
        if name == "clash":
            return "party"
        break
    if any(name in ("clash", "with") for name, _ in before):
        return "party"
    return "mentioned"


def _scan(
    at: range, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]], only: set[str] | None = None
) -> list[tuple[str, int]]:
    """Role words met from one side, nearest first, with the words between; a sentence's end stops it."""
    wanted = only or {"by", "against", "attack", "suffer", "passive", "clash", "between", "with"}
    out = []
    for gap, i in enumerate(at):
        if tokens[i].surface in _ENDS:
            break
        for atom in rows[i]:
            if atom.name in wanted:
                # Counted from the end of a phrase: "on the orders of X".
                out.append((atom.name, max(0, gap - (atom.last - 1 - i)) if at.step < 0 else gap))
    return out


def _joined(first: int, last: int, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]]) -> bool:
    """Whether only "and" stands between two parties; behind a comma it opens a clause of its own."""
    between = range(first, last)
    return 0 < len(between) <= 3 and all("and" in _names(rows[j]) or tokens[j].surface in "'’" for j in between)

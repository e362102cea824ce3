"""What a sentence counts: numbers with their nouns, nouns that carry a number, and which belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mapper import patterns
from mapper.patterns import Atom
from mapper.text import Token

_FILL = 3  # adjectives between a number and its noun, at most
_NOUNS = frozenset({"many", "one", "two", "alone", "people", "person", "pair", "pair_or_more"})
STOPS = frozenset(".;؛:!?؟")


@dataclass(frozen=True, slots=True)
class Group:
    """People or things with their number. ``own`` is what the noun itself says ("three dead")."""

    first: int
    last: int
    start: int
    end: int
    low: int
    best: int | None
    high: int | None
    noun: bool
    own: str
    part: bool


def has(row: Sequence[Atom], *names: str) -> bool:
    return bool(row) and any(a.name in names for a in row)


def groups_of(text: str, language: str, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]]) -> list[Group]:
    out: list[Group] = []
    taken: set[int] = set()
    numbers = patterns.numbers(text, tokens, language)
    starts = frozenset(a.first for a in numbers)
    for atom in numbers:
        group = _numbered(atom, tokens, rows, starts)
        last = out[-1] if out else None
        if group and last and any(a.name == "partitive" and a.last == group.first for a in rows[last.last]):
            out[-1] = replace(last, last=group.last, end=group.end, noun=group.noun)  # "four of the six men"
            taken |= set(range(last.last, group.last))
            continue
        if group and group.first not in taken:
            out.append(group)
            taken |= set(range(group.first, group.last))
        elif group is None:
            taken |= set(range(atom.first, atom.last))
            # A noun behind an age or a distance is not counted by it, but may carry its own number.
    for i in range(len(rows)):
        if i in taken or not rows[i]:
            continue
        single = _single(i, tokens, rows, taken)
        if single:
            out.append(single)
            taken |= set(range(single.first, single.last))
    out.sort(key=lambda g: g.first)
    return [replace(g, part=_is_part(g, tokens, rows)) for g in out]


def _numbered(
    atom: Atom, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]], starts: frozenset[int]
) -> Group | None:
    """The group of a number, or None where it counts nothing of ours (an age, a distance, a unit's name)."""
    low, best, high = (float(x) if x else None for x in atom.value.split("|"))
    if best is not None and best != int(best) and high == low:
        return None
    before = [a.name for j in range(max(0, atom.first - 2), atom.first) for a in rows[j] if a.last == atom.first]
    if "named" in before:
        return None
    if _glued(atom, tokens):
        return None
    j, noun, own, last = atom.last, False, "", atom.last
    while j < len(tokens) and j <= atom.last + _FILL:
        surface = tokens[j].surface
        aged = [a for a in rows[j] if a.name == "by_age"]
        if aged:  # "a 35-year-old teacher": one person, by the age
            return Group(atom.first, aged[0].last, atom.start, aged[0].end, 1, 1, 1, True, "", False)
        if has(rows[j], "never"):
            return None
        nouns = [a for a in rows[j] if a.name in _NOUNS]
        if nouns:
            best_noun = max(nouns, key=lambda a: (a.value != "", a.last))
            noun, own, last = True, best_noun.value, max(a.last for a in nouns)
            break
        if has(rows[j], "FRAME", "stop", "and", "including", "NONE"):
            break
        if not tokens[j].key and surface not in "-'’ـ":
            break
        if j in starts:
            break
        j += 1
    while noun and last < len(rows) and has(rows[last], "people", "person"):  # "four police officers"
        last += 1
    year = best is not None and 1900 <= best <= 2100 and high == low
    # A year is not people, and an article that is also "one" counts nothing without its noun.
    if not noun and (year or has(rows[atom.first], "a")):
        return None
    if last < len(rows) and has(rows[last], "said"):
        return None
    own = _own(own)
    return Group(
        atom.first, last, atom.start, tokens[last - 1].end if noun else atom.end, int(low or 0),
        None if best is None else int(best), None if high is None else int(high), noun, own, False,
    )  # fmt: skip


def _speaks(first: int, last: int, rows: Sequence[Sequence[Atom]]) -> bool:
    """Whether one person is who tells ("a hospital official said"), not those it happened to."""
    return (last < len(rows) and has(rows[last], "said")) or (first > 0 and has(rows[first - 1], "said"))


def _glued(atom: Atom, tokens: Sequence[Token]) -> bool:
    """Whether a number is a piece of a name, a code or an hour: "155-", "S/1998", "13:40"; never across a space."""
    left = tokens[atom.first - 1] if atom.first else None
    if left is not None and (left.surface == "#" or (left.surface in "/:" and left.end == tokens[atom.first].start)):
        return True
    return atom.last + 1 < len(tokens) and tokens[atom.last].surface == "/" and tokens[atom.last].start == atom.end


def _own(value: str) -> str:
    """What a counted noun says by itself; empty when it needs a frame ("vehicles" a "destroyed")."""
    what, _, needs = value.partition("|")
    return "" if needs else what


def _single(i: int, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]], taken: set[int]) -> Group | None:
    """A noun that carries its number: a dual, or a singular with an article or by the language's rule."""
    for atom in rows[i]:
        if atom.name in ("pair", "two", "pair_or_more"):
            high = None if atom.name == "pair_or_more" else 2
            return Group(i, atom.last, atom.start, atom.end, 2, 2, high, True, _own(atom.value), False)
        if atom.name == "alone" and not _speaks(i, atom.last, rows):
            return Group(i, atom.last, atom.start, atom.end, 1, 1, 1, True, _own(atom.value), False)
    if not has(rows[i], "a"):
        return None
    for j in range(i + 1, min(len(tokens), i + 7)):
        nouns = [a for a in rows[j] if a.name in ("person", "one")]
        if nouns:
            atom = nouns[0]
            if _speaks(i, atom.last, rows):
                return None
            return Group(i, atom.last, tokens[i].start, atom.end, 1, 1, 1, True, _own(atom.value), False)
        if has(rows[j], "FRAME", "stop", "and", "including", "many", "people", "a"):
            return None
        if not tokens[j].key and tokens[j].surface not in "-'’":
            return None
        if j in taken and not has(rows[min(j + 1, len(rows) - 1)], "never") and not tokens[j].key.isdecimal():
            return None
    return None


def _is_part(group: Group, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]]) -> bool:
    """Whether "including" stands before the group in its own clause, or "of them" right after it."""
    for j in range(group.first - 1, max(-1, group.first - 13), -1):
        if has(rows[j], "including"):
            return True
        if tokens[j].surface in STOPS or tokens[j].surface == ")" or has(rows[j], "FRAME"):
            return False
        if tokens[j].surface in ",،" and j < group.first - 1:
            return False
    return group.last < len(rows) and has(rows[group.last], "of_them")


def chains_of(groups: list[Group], tokens: Sequence[Token], rows: Sequence[Sequence[Atom]]) -> list[list[Group]]:
    """Groups that are joined by "and" or a comma and say nothing of their own: one total together."""
    chains: list[list[Group]] = []
    listed = False  # the last joint was a comma alone: "two a, three b, and four c"
    parts = {j for g in groups if g.part for j in range(g.first, g.last)}
    for group in groups:
        if group.part:
            continue
        last = chains[-1][-1] if chains else None
        if last and group.noun and last.noun and group.own == last.own:
            between = range(last.last, group.first)
            aside = any(j in parts for j in between)
            words_between = [
                j for j in between if tokens[j].key and j not in parts and not has(rows[j], "and", "a", "including")
            ]
            commas = [j for j in between if tokens[j].surface in ",،"]
            # The conjunction may be a clitic of the number or noun itself.
            clitic = group.start > tokens[group.first].start
            joined = any(has(rows[j], "and") for j in between) or clitic
            # ", and" opens a new clause unless a list or a parenthesis comes before it.
            clause = joined and commas and not aside and not listed
            linked = (joined or commas) and not clause and len(commas) <= (2 if aside else 1)
            if linked and not words_between and not any(tokens[j].surface in STOPS for j in between):
                chains[-1].append(group)
                listed = not joined
                continue
        listed = False
        chains.append([group])
    return [_without_names(c, tokens, rows) for c in chains]


def _without_names(chain: list[Group], tokens: Sequence[Token], rows: Sequence[Sequence[Atom]]) -> list[Group]:
    """A chain without those that only say who was counted: "two civilians, a writer and a child"."""
    first, rest = chain[0], chain[1:]
    if not rest or first.best is None or first.best != sum(g.best or 0 for g in rest):
        return chain
    between = range(first.last, rest[0].first)
    comma = any(tokens[j].surface in ",،(" for j in between) and not any(has(rows[j], "and") for j in between)
    return [first] if comma else chain

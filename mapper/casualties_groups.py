"""What a sentence counts: numbers with their nouns, nouns that carry a number, and which belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mapper import patterns
from mapper.language import section
from mapper.patterns import Atom
from mapper.text import Token, normalise

_FILL = 3  # adjectives between a number and its noun, at most
_REACH = 3  # words between what leads to the dead ("leaving") and a plural without a number
_LISTED = 60  # tokens of a list of names, at most
_KIN = 6  # words of a name and its age between a person and the kin told with them
_NOUNS = frozenset({"many", "one", "two", "alone", "people", "person", "pair", "pair_or_more", "kin"})
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
    for atom in row:  # noqa: SIM110 - without a generator: a report asks some hundred times
        if atom.name in names:
            return True
    return False


def groups_of(text: str, language: str, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]]) -> list[Group]:
    out: list[Group] = []
    taken: set[int] = set()
    joint = normalise(section(language, "numbers").get("joined", ""))
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
        single = _single(i, tokens, rows, taken) or _named(i, tokens, rows, joint) or _uncounted(i, tokens, rows, out)
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
    if not noun and atom.first and has(rows[atom.first], "behind") and has(rows[atom.first - 1], "people"):
        start = next(a.start for a in rows[atom.first - 1] if a.name == "people")  # "their children, the four"
        count = int(best or low or 0)
        return Group(atom.first - 1, atom.last, start, atom.end, count, count, count, True, "", False)
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
    return (last < len(rows) and has(rows[last], "said")) or (first > 0 and has(rows[first - 1], "said", "according"))


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
        if atom.name in ("beside", "beside_pair"):
            # "Wounding another", "the others": counted right behind their verb alone.
            verb = any(a.name == "FRAME" and a.last == i for row in rows[max(0, i - 3) : i] for a in row)
            if verb:
                low = 1 if atom.name == "beside" else 2
                return Group(i, atom.last, atom.start, atom.end, low, low, 1 if low == 1 else None, True, "", False)
        if atom.name in ("alone", "kin") and not _speaks(i, atom.last, rows):
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


def _named(i: int, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]], joint: str) -> Group | None:
    """Those whose names are listed: "each of A, B and C were killed" is three."""
    opening = next((a for a in rows[i] if a.name in ("each", "each_own")), None)
    if opening is None:
        return None
    count, fresh, at, depth = 0, True, opening.last, 0
    while at < min(len(tokens), opening.last + _LISTED):
        surface = tokens[at].surface
        depth += (surface == "(") - (surface == ")")
        if depth == 0 and surface not in ")":
            if (surface in STOPS and (surface != ":" or count)) or has(rows[at], "stop", "FRAME", "NONE", "including"):
                break
            if surface in ",،-–":
                fresh = True
            elif tokens[at].key and not tokens[at].key.isdecimal():
                # The conjunction may be written onto a name; some names begin with its letter.
                key = tokens[at].key
                joined = bool(joint) and key.startswith(joint) and len(key) > 3 and not has(rows[at], "like_joint")
                count += fresh or joined
                fresh = False
        at += 1
    if count < 2 or at <= opening.last:
        return None
    end, own = tokens[at - 1].end, _own(opening.value) if opening.name == "each_own" else ""
    return Group(i, at, opening.start, end, count, count, count, True, own, False)


def _uncounted(i: int, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]], out: Sequence[Group]) -> Group | None:
    """Those whom a plural tells of without a number: at least one, nobody knows how many."""
    for atom in rows[i]:
        if atom.name == "plural" and any(a.name == "FRAME" and a.last == i for r in rows[max(0, i - 3) : i] for a in r):
            return Group(i, atom.last, atom.start, atom.end, 1, None, None, True, "", False)
        if atom.name == "plural_own":
            led = any(has(rows[j], "leaves") for j in range(max(0, i - _REACH), i))
            if any(has(rows[j], "without") for j in range(max(0, i - 2 * _REACH), i)):
                continue  # "no reports of dead or wounded"
            opens = not any(t.key for t in tokens[:i])
            follows = bool(out) and out[-1].last == i and out[-1].best is None and atom.start > tokens[i].start
            if led or opens or follows:
                return Group(i, atom.last, atom.start, atom.end, 1, None, None, True, _own(atom.value), False)
    return None


def _is_part(group: Group, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]]) -> bool:
    """Whether "including" stands before the group in its own clause, or "of them" right after it."""
    for j in range(group.first - 1, max(-1, group.first - 13), -1):
        if has(rows[j], "including"):
            # "Five dead, including two children, and nine hurt": the hurt are no part of the dead.
            return not (group.own and any(has(rows[k], *_NOUNS) for k in range(j + 1, group.first)))
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
            gap = [j for j in words_between if not tokens[j].key.isdecimal() and not has(rows[j], "never")]
            walls = any(has(rows[j], "stop", "FRAME", "NONE", "clause") for j in between)
            if clitic and not walls and len(gap) <= _KIN and not commas:
                # "The doctor X Y (40) and his wife", "three soldiers of the army and a civilian".
                kin = has(rows[group.first], "kin") and last.best == last.low == 1
                members = any(a.name == "partitive" and a.first == last.last for a in rows[last.last])
                linked, words_between = linked or kin or members, [] if kin or members else words_between
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
    joined = rest[0].start > tokens[rest[0].first].start or any(has(rows[j], "and") for j in between)
    comma = any(tokens[j].surface in ",،(" for j in between) and not joined
    return [first] if comma else chain

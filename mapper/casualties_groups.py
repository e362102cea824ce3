"""What a sentence counts: numbers with their nouns, nouns that carry a number, and which belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mapper import casualties_names as names
from mapper import patterns
from mapper.casualties_words import HARM, KIN, NOUNS, RELATED, STOPS, Group, has, own_of
from mapper.patterns import Atom
from mapper.text import Token

_FILL = 3  # adjectives between a number and its noun, at most
_REACH = 3  # words between what leads to the dead ("leaving") and a plural without a number
_OLDEST = 110  # years: a bare number above this behind a name is no age


def groups_of(text: str, language: str, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]]) -> list[Group]:
    out: list[Group] = []
    taken: set[int] = set()
    numbers = patterns.numbers(text, tokens, language)
    starts = frozenset(a.first for a in numbers)
    aged = -1  # the token behind the last age: "aged 9 and 12" is two ages
    for atom in numbers:
        if atom.first - aged in (0, 1) and aged >= 0 and has(rows[atom.first - 1], "and"):
            aged = atom.last
            taken |= set(range(atom.first, atom.last))
            continue
        group = _numbered(atom, tokens, rows, starts)
        if group is None and has(rows[atom.first - 1] if atom.first else (), "named"):
            aged = atom.last
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
    for found in names.listed(tokens, rows, language):
        span = set(range(found.first, found.last))
        # "A B and her three children": one item, three people; other numbers behind the names are ages.
        more = sum(g.best - 1 for g in out if g.first in span and g.best and _related(g, rows))
        more += sum(has(rows[j], "kin_pair") for j in span)
        found = replace(found, low=found.low + more, best=found.low + more, high=found.low + more) if more else found
        out = [g for g in out if not span.intersection(range(g.first, g.last))]
        out.append(found)
        taken |= span
    for i in range(len(rows)):
        if i in taken or not rows[i]:
            continue
        single = _single(i, tokens, rows, taken, out) or _uncounted(i, tokens, rows, out)
        if single:
            last = out[-1] if out else None
            bare = single.start == tokens[i].start and single.low == single.best == 1 and single.noun
            if last and bare and last.last == i and last.best == 1 and single.own in ("", last.own):
                out[-1] = replace(last, last=single.last, end=single.end)  # "an old man", in the order "رجل مسن"
            else:
                out.append(single)
            taken |= set(range(single.first, single.last))
    out += names.with_kin(out, tokens, rows)
    out.sort(key=lambda g: g.first)
    return [replace(g, part=_is_part(g, tokens, rows)) for g in out if not _does(g, rows)]


def _numbered(
    atom: Atom, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]], starts: frozenset[int]
) -> Group | None:
    """The group of a number, or None where it counts nothing of ours (an age, a distance, a unit's name)."""
    low, best, high = (float(x) if x else None for x in atom.value.split("|"))
    if best is not None and best != int(best) and high == low:
        return None
    before = [a.name for j in range(max(0, atom.first - 2), atom.first) for a in rows[j] if a.last == atom.first]
    joined = atom.start > tokens[atom.first].start  # "and" is written onto it
    if "named" in before and not joined:
        return None
    if _glued(atom, tokens):
        return None
    j, noun, own, last = atom.last, False, "", atom.last
    while j < len(tokens) and j <= atom.last + _FILL:
        surface = tokens[j].surface
        aged = [a for a in rows[j] if a.name == "by_age"]
        if aged:  # "a 35-year-old teacher": one person, by the age
            last = aged[0].last
            last += last < len(rows) and has(rows[last], "person")
            return Group(atom.first, last, atom.start, tokens[last - 1].end, 1, 1, 1, True, "", False)
        if has(rows[j], "dated"):
            break  # "two on Saturday", where the word for "day" stands before that of the week
        if has(rows[j], "never"):
            return None
        nouns = [a for a in rows[j] if a.name in NOUNS and a.start == tokens[j].start]
        if nouns:
            best_noun = max(nouns, key=lambda a: (a.value != "", a.last))
            noun, own, last = True, best_noun.value, max(a.last for a in nouns)
            break
        if has(rows[j], "FRAME", "stop", "and", "including", "NONE", *NOUNS):
            break  # a noun that a preposition is written onto is not the number's: "their three children, by a raid"
        if not tokens[j].key and surface not in "-'’ـ":
            break
        if j in starts:
            break
        j += 1
    while noun and last < len(rows) and has(rows[last], "people", "person"):  # "four police officers"
        last += 1
    if (
        noun
        and has(rows[j], "remains")
        and any(has(row, "found") for row in rows[max(0, atom.first - _REACH) : atom.first])
    ):
        own = "killed"  # "villagers counted 23 bodies"
    said = next((a for a in rows[last] if a.name == "many"), None) if noun and not own and last < len(rows) else None
    if said is not None and own_of(said.value) in HARM and not has(rows[last], "FRAME", "a"):  # "four civilian deaths"
        own, last = said.value, said.last
    if not noun and (_age(atom, tokens) or (best == 1 and last < len(rows) and has(rows[last], "collective"))):
        return None  # "Salim Nassar, 34, ..."; "all of one family"
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
    if atom.first > 1 and has(rows[atom.first - 1], "partitive") and has(rows[atom.first - 2], "collective"):
        noun = True  # "a family of seven"
    of = next((a.last for a in rows[atom.last] if a.name == "partitive"), 0) if atom.last < len(rows) else 0
    if not noun and 0 < of < len(rows):
        # "Fourteen soldiers of the army and eight of the rebels", where "and" is written on; "four of the same family".
        theirs = has(rows[of], *RELATED, "collective")
        noun, last = joined or theirs, of + 1 if theirs else last
    if noun and atom.first and has(rows[atom.first - 1], "from") and has(rows[last - 1], "collective"):
        return None  # "17 people from three families"
    own = own_of(own)
    return Group(
        atom.first, last, atom.start, tokens[last - 1].end if noun else atom.end, int(low or 0),
        None if best is None else int(best), None if high is None else int(high), noun, own, False,
    )  # fmt: skip


def _related(group: Group, rows: Sequence[Sequence[Atom]]) -> bool:
    return group.noun and any(has(rows[j], *RELATED) for j in range(group.first, group.last))


def _does(group: Group, rows: Sequence[Sequence[Atom]]) -> bool:
    """Whether those counted are who did it: "at the hands of gunmen", "two unknown gunmen" behind any verb."""
    before = (a for row in rows[max(0, group.first - 3) : group.first] for a in row)
    if not group.own and any(a.name == "hands" and a.last == group.first for a in before):
        return True
    return any(a.name == "doer" and a.last >= group.last for j in range(group.first, group.last) for a in rows[j])


def _speaks(first: int, last: int, rows: Sequence[Sequence[Atom]]) -> bool:
    """Whether one person is who tells ("a hospital official said"), not those it happened to."""
    return (last < len(rows) and has(rows[last], "said")) or (first > 0 and has(rows[first - 1], "said", "according"))


def _glued(atom: Atom, tokens: Sequence[Token]) -> bool:
    """Whether a number is a piece of a name, a code or an hour: "155-", "S/1998", "13:40"; never across a space."""
    left = tokens[atom.first - 1] if atom.first else None
    if left is not None and (left.surface == "#" or (left.surface in "/:" and left.end == tokens[atom.first].start)):
        return True
    return atom.last + 1 < len(tokens) and tokens[atom.last].surface == "/" and tokens[atom.last].start == atom.end


def _age(atom: Atom, tokens: Sequence[Token]) -> bool:
    """Whether a bare number between commas or in brackets behind a name is an age: "Salim Nassar, 34, was"."""
    if atom.first < 2 or atom.last >= len(tokens) or atom.last - atom.first > 1:
        return False
    name, left, right = tokens[atom.first - 2].surface, tokens[atom.first - 1].surface, tokens[atom.last].surface
    young = tokens[atom.first].key.isdecimal() and int(tokens[atom.first].key) <= _OLDEST
    return young and (left, right) in ((",", ","), ("(", ")")) and name[:1].isupper()


def _verb(i: int, rows: Sequence[Sequence[Atom]]) -> bool:
    """Whether a verb of what became of people ends right before a token."""
    return any(a.name == "FRAME" and a.last == i for row in rows[max(0, i - 3) : i] for a in row)


def _single(
    i: int, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]], taken: set[int], out: Sequence[Group]
) -> Group | None:
    """A noun that carries its number: a dual, or a singular with an article or by the language's rule."""
    for atom in sorted(rows[i], key=lambda a: -a.last) if len(rows[i]) > 1 else rows[i]:  # "a father and a mother"
        if atom.name in ("pair", "kin_pair", "two", "pair_or_more"):
            high = None if atom.name == "pair_or_more" else 2
            return Group(i, atom.last, atom.start, atom.end, 2, 2, high, True, own_of(atom.value), False)
        if atom.name in ("beside", "beside_pair") and _verb(i, rows):
            # "Wounding another", "the others": counted right behind their verb alone.
            low = 1 if atom.name == "beside" else 2
            return Group(i, atom.last, atom.start, atom.end, low, low, 1 if low == 1 else None, True, "", False)
        if atom.name == "alone" and i and has(rows[i - 1], "collective"):
            continue  # "a displaced family", in the order "عائلة نازحة"
        behind = atom.name == "titled" and _verb(i, rows)
        if atom.name == "pronoun" and _verb(i, rows) and _ended(i + 1, tokens, rows):
            return Group(i, atom.last, atom.start, atom.end, 1, 1, 1, True, "", False)
        if (behind or atom.name in ("alone", "kin")) and not _speaks(i, atom.last, rows):
            return Group(i, atom.last, atom.start, atom.end, 1, 1, 1, True, own_of(atom.value), False)
    if not has(rows[i], "a"):
        bare = next((a for a in rows[i] if a.name == "person"), None)
        if bare is None or _speaks(i, bare.last, rows):
            return None
        # "His father, mother and two brothers"; the headline's "Man killed in …".
        before = i - 1 if i and (tokens[i - 1].surface in ",،" or has(rows[i - 1], "and")) else -1
        follows = any(g.last == before and has(rows[g.first], "whose") for g in out)
        opens = i <= _REACH and tokens[0].surface[:1].isupper() and all(t.surface[:1].isupper() for t in tokens[:i])
        opens = opens and bare.last < len(rows) and has(rows[bare.last], "FRAME")
        if not (follows or opens):
            return None
        return Group(i, bare.last, bare.start, bare.end, 1, 1, 1, True, own_of(bare.value), False)
    for j in range(i + 1, min(len(tokens), i + 7)):
        nouns = [a for a in rows[j] if a.name in ("person", "one")]
        if nouns:
            atom = nouns[0]
            if _speaks(i, atom.last, rows):
                return None
            return Group(i, atom.last, tokens[i].start, atom.end, 1, 1, 1, True, own_of(atom.value), False)
        if has(rows[j], "FRAME", "stop", "and", "including", "many", "people", "a"):
            return None
        if not tokens[j].key and tokens[j].surface not in "-'’":
            return None
        if j in taken and not has(rows[min(j + 1, len(rows) - 1)], "never") and not tokens[j].key.isdecimal():
            return None
    return None


def _ended(at: int, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]]) -> bool:
    """Whether no noun that a word before could belong to stands at a token: "killing her and", not "her son"."""
    return at >= len(tokens) or not tokens[at].key or has(rows[at], "and", "together", "stop")


def _uncounted(i: int, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]], out: Sequence[Group]) -> Group | None:
    """Those whom a plural tells of without a number: at least one, nobody knows how many."""
    for atom in rows[i]:
        if atom.name == "plural" and _verb(i, rows):
            return Group(i, atom.last, atom.start, atom.end, 1, None, None, True, "", False)
        if atom.name == "plural_own":
            led = any(has(rows[j], "leaves") for j in range(max(0, i - _REACH), i))
            if any(has(rows[j], "without") for j in range(max(0, i - 2 * _REACH), i)):
                continue  # "no reports of dead or wounded"
            opens = not any(t.key for t in tokens[:i])
            follows = bool(out) and out[-1].last == i and out[-1].best is None and atom.start > tokens[i].start
            if led or opens or follows:
                return Group(i, atom.last, atom.start, atom.end, 1, None, None, True, own_of(atom.value), False)
    return None


def _is_part(group: Group, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]]) -> bool:
    """Whether "including" stands before the group in its own clause, or "of them" right after it."""
    spans = range(group.first + 1, min(group.last + 1, len(rows)))
    ends = [a.last for j in spans for a in rows[j] if a.name == "of_them"]
    if ends and ends[0] < len(rows) and has(rows[ends[0]], "FRAME"):
        return False  # "three were hurt; one of them died"
    of_them = bool(ends)
    led = (a for row in rows[max(0, group.first - 4) : group.first] for a in row)
    if any(a.name == "including" and a.last == group.first for a in led):
        return True  # "among the dead were two children"
    placed = group.last < len(rows) and has(rows[group.last], "placed")
    for j in range(group.first - 1, max(-1, group.first - 13), -1):
        if placed and has(rows[j], "placed"):
            return of_them  # "six, among them a child, in X, and two in Y"
        if has(rows[j], "including"):
            # "Five dead, including two children, and nine hurt": the hurt are no part of the dead.
            return not (group.own and any(has(rows[k], *NOUNS) for k in range(j + 1, group.first)))
        if tokens[j].surface in STOPS or tokens[j].surface == ")" or has(rows[j], "FRAME"):
            aside = tokens[group.first - 1].surface in ",،"  # "wounding six, two of them policemen"
            return aside and j < group.first - 1 and of_them and group.noun
        if tokens[j].surface in ",،" and j < group.first - 1:
            return False
    return of_them


def chains_of(
    groups: list[Group], tokens: Sequence[Token], rows: Sequence[Sequence[Atom]], *, apposed: bool
) -> list[list[Group]]:
    """Groups that are joined by "and" or a comma and say nothing of their own: one total together.

    ``apposed``: the language lists with "and" alone, so that behind a comma those before it are told one by one.
    """
    chains: list[list[Group]] = []
    listed = False  # the last joint was a comma alone: "two a, three b, and four c"
    parts = {j for g in groups if g.part for j in range(g.first, g.last)}
    for group in groups:
        if group.part:
            continue
        last = chains[-1][-1] if chains else None
        # "One dead and her child": the word for the dead counts both.
        of_dead = last and not group.own and last.best == 1 and group.first == last.last and _related(group, rows)
        if last and group.noun and last.noun and (group.own == last.own or of_dead):
            ands = [range(j, a.last) for j in range(last.last, group.first) for a in rows[j] if a.name == "and"]
            between = [j for j in range(last.last, group.first) if not any(j in r[1:] for r in ands)]  # "along with"
            aside = any(j in parts for j in between)
            words_between = [
                j
                for j in between
                if tokens[j].key
                and j not in parts
                and not has(rows[j], "and", "a", "including")
                and not (last.best == 1 and tokens[j].surface[:1].isupper())  # "his wife Rana and their sons"
            ]
            commas = [j for j in between if tokens[j].surface in ",،"]
            # The conjunction may be a clitic of the number or noun itself.
            clitic = group.start > tokens[group.first].start
            joined = any(has(rows[j], "and") for j in between) or clitic
            # ", and" opens a new clause unless a list or a parenthesis comes before it.
            clause = joined and commas and not aside and not listed
            linked = (joined or commas) and not clause and len(commas) <= (2 if aside else 1)
            gap = [j for j in words_between if not tokens[j].key.isdecimal() and not has(rows[j], "never")]
            force = (
                {j for a in rows[last.last] if a.name == "member_of" for j in range(a.first, a.last)}
                if between
                else set()
            )
            gap = [j for j in gap if j not in force]  # "a commander in the Brigades, X Y, and seven others"
            walls = any(has(rows[j], "stop", "FRAME", "NONE", "clause") for j in between if j not in force)
            if joined and not walls and len(gap) <= KIN and not commas:
                # "The doctor X Y (40) and his wife", "three soldiers of the army and a civilian".
                related = any(has(rows[j], *RELATED, "others") for j in range(group.first, group.last))
                kin = related and last.best == last.low == 1
                members = clitic and any(a.name == "partitive" and a.first == last.last for a in rows[last.last])
                linked, words_between = linked or kin or members, [] if kin or members else words_between
            if linked and not words_between and not any(tokens[j].surface in STOPS for j in between):
                chains[-1].append(group)
                listed = not joined
                continue
        listed = False
        chains.append([group])
    return [_without_names(c, tokens, rows, apposed) for c in chains]


def _without_names(
    chain: list[Group], tokens: Sequence[Token], rows: Sequence[Sequence[Atom]], apposed: bool
) -> list[Group]:
    """A chain without those that only say who was counted: "two civilians, a writer and a child"."""
    first, rest = chain[0], chain[1:]
    told = sum(g.best or 0 for g in rest)
    if not rest or first.best is None or (told > first.best if apposed else told != first.best):
        return chain
    between = range(first.last, rest[0].first)
    joined = rest[0].start > tokens[rest[0].first].start or any(has(rows[j], "and") for j in between)
    comma = any(tokens[j].surface in ",،(" for j in between) and not joined
    return [first] if comma else chain

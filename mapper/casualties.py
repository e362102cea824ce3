"""How many: killed, injured, abducted, arrested, displaced, missing, strikes, vehicles, weapons.

A *group* is a number with its noun ("at least 17 fighters"), a noun that carries its number ("a
soldier", the Arabic dual) or a bare number beside a verb. A *frame* is a word that says what became
of the group, and on which side it stands. Words and frames are data: ``languages/<code>/casualties.toml``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from mapper import patterns
from mapper.language import section
from mapper.model import Count
from mapper.numbers import words
from mapper.patterns import Atom, Lexicon
from mapper.text import Token

# Parts of a total ("including three children") are told apart by this ending of ``Count.what``.
PART = " (part)"
_AFTER, _BEFORE = 7, 10  # words between a frame and its group, at most
_FILL = 3  # adjectives between a number and its noun, at most
_NOUNS = frozenset({"many", "one", "two", "alone", "people", "person", "pair", "pair_or_more"})
_STOPS = frozenset(".;؛:!?؟")


@dataclass(frozen=True, slots=True)
class _Group:
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


@dataclass(frozen=True, slots=True)
class _Frame:
    first: int
    last: int
    what: str
    side: str
    bare: bool
    things: bool


@dataclass(frozen=True, slots=True)
class _Grammar:
    lexicon: Lexicon
    frames: tuple[tuple[str, str, bool, bool], ...]
    silence: tuple[tuple[str, ...], ...]


@cache
def _grammar(language: str) -> _Grammar:
    data = section(language, "casualties")
    entries: list[tuple[str, str, str]] = []
    for name, forms in data.get("words", {}).items():
        entries += [(w, name, name) for w in forms]
    for name, forms in data.get("people", {}).items():
        entries += [(w, name, "") for w in forms]
    for row in data.get("nouns", []):
        for name in ("many", "one", "two", "alone"):
            entries += [(w, name, f"{row['what']}|{row.get('needs', '')}") for w in row.get(name, [])]
    frames = []
    for n, row in enumerate(data.get("frames", [])):
        frames.append((row["what"], row.get("side", "after"), bool(row.get("bare", False)), bool(row.get("things"))))
        entries += [(w, "FRAME", str(n)) for w in row["words"]]
    silence = []
    for n, row in enumerate(data.get("none", [])):
        silence.append(tuple(row["what"]))
        entries += [(w, "NONE", str(n)) for w in row["phrases"]]
    return _Grammar(patterns.lexicon(entries, data.get("prefixes", {})), tuple(frames), tuple(silence))


def counts(text: str, language: str) -> list[Count]:
    """What ``text`` (a sentence or clause) counts, in order; offsets index into it.

    Groups joined in one clause are one count ("two soldiers and three civilians were killed": 5). Parts
    of a total have ``what`` ending in ``PART``. Vague numbers have a low bound and no best value.

    >>> [(c.what, c.best) for c in counts("The raid killed 17 people and wounded 30.", "en")]
    [('killed', 17), ('injured', 30)]
    """
    grammar = _grammar(language)
    if not grammar.frames:
        return []
    tokens = words(text)
    rows = patterns.grid(tokens, grammar.lexicon)
    found = _silence(rows, grammar, text)
    if not any(a.name in ("FRAME", "many", "one", "two", "alone") for row in rows for a in row):
        return found
    groups = _groups(text, language, tokens, rows)
    chains = _chains(groups, tokens, rows)
    frames = _frames(rows, grammar)
    used: set[int] = set()
    silent = [range(c.start, c.end) for c in found]
    for frame in frames:
        if any(tokens[frame.first].start in span for span in silent):
            continue
        at = _governed(frame, frames, chains, tokens, rows, used)
        if at is None:
            continue
        used.add(at)
        found += [_risen(c, rows, chains[at][0]) if frame.bare else c for c in _count(frame.what, chains[at], text)]
    for n, chain in enumerate(chains):
        own = chain[0].own
        if n not in used and own:
            found += _count(own, chain, text)
    found = _parts(found, groups, text)
    return sorted(found, key=lambda c: (c.start, c.end))


def total(found: Sequence[Count], what: str) -> tuple[int, int | None, int | None] | None:
    """(low, best, high) of what a text counts as ``what``, or None when it counts none.

    Rival totals are never added: the largest is the best, the smallest and largest are the bounds. Parts
    only give a low bound, where there is no total.
    """
    totals = [c for c in found if c.what == what]
    if not totals:
        parts = [c.low for c in found if c.what == what + PART]
        return (max(parts), None, None) if parts else None
    bests = [c.best for c in totals if c.best is not None]
    low = min(c.low for c in totals)
    best = max(bests, default=None)
    open_ended = any(c.high is None for c in totals)
    high = None if open_ended else max(c.high for c in totals if c.high is not None)
    return low, best, high


def _silence(rows: Sequence[Sequence[Atom]], grammar: _Grammar, text: str) -> list[Count]:
    out: list[Count] = []
    for row in rows:
        for atom in row:
            if atom.name == "NONE" and not any(c.start < atom.end and atom.start < c.end for c in out):
                span = text[atom.start : atom.end]
                out += [Count(w, 0, 0, 0, atom.start, atom.end, span) for w in grammar.silence[int(atom.value)]]
    return out


def _frames(rows: Sequence[Sequence[Atom]], grammar: _Grammar) -> list[_Frame]:
    """Frames in order; of two at one place the longer. "killed and wounded" becomes one of both."""
    out: list[_Frame] = []
    taken = 0
    for i, row in enumerate(rows):
        hits = [a for a in row if a.name == "FRAME"]
        if i < taken or not hits:
            continue
        atom = max(hits, key=lambda a: a.last)
        what, side, bare, things = grammar.frames[int(atom.value)]
        taken = atom.last
        before = out[-1] if out else None
        joined = before and all(_has(rows[j], "and", "or") for j in range(before.last, i)) and i - before.last <= 1
        if before and joined and {before.what, what} == {"killed", "injured"}:
            both = before.side if before.side != "both" else side
            out[-1] = _Frame(before.first, atom.last, "casualties", both, bare, things)
            continue
        out.append(_Frame(i, atom.last, what, side, bare, things))
    return out


def _has(row: Sequence[Atom], *names: str) -> bool:
    return any(a.name in names for a in row)


def _groups(text: str, language: str, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]]) -> list[_Group]:
    out: list[_Group] = []
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
        if i in taken:
            continue
        single = _single(i, tokens, rows, taken)
        if single:
            out.append(single)
            taken |= set(range(single.first, single.last))
    out.sort(key=lambda g: g.first)
    return [replace(g, part=_is_part(g, tokens, rows)) for g in out]


def _numbered(
    atom: Atom, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]], starts: frozenset[int]
) -> _Group | None:
    """The group of a number, or None where it counts nothing of ours (an age, a distance, a unit's name)."""
    low, best, high = (float(x) if x else None for x in atom.value.split("|"))
    if best is not None and best != int(best) and high == low:
        return None
    before = [a.name for j in range(max(0, atom.first - 2), atom.first) for a in rows[j] if a.last == atom.first]
    if "named" in before:
        return None
    if (atom.first and tokens[atom.first - 1].surface in "#/:") or _glued(atom, tokens):
        return None
    j, noun, own, last = atom.last, False, "", atom.last
    while j < len(tokens) and j <= atom.last + _FILL:
        surface = tokens[j].surface
        if _has(rows[j], "never"):
            return None
        nouns = [a for a in rows[j] if a.name in _NOUNS]
        if nouns:
            best_noun = max(nouns, key=lambda a: (a.value != "", a.last))
            noun, own, last = True, best_noun.value, max(a.last for a in nouns)
            break
        if _has(rows[j], "FRAME", "stop", "and", "including", "NONE"):
            break
        if not tokens[j].key and surface not in "-'’ـ":
            break
        if j in starts:
            break
        j += 1
    while noun and last < len(rows) and _has(rows[last], "people", "person"):  # "four police officers"
        last += 1
    year = best is not None and 1900 <= best <= 2100 and high == low
    # A year is not people, and an article that is also "one" counts nothing without its noun.
    if not noun and (year or _has(rows[atom.first], "a")):
        return None
    own = _own(own)
    return _Group(
        atom.first, last, atom.start, tokens[last - 1].end if noun else atom.end, int(low or 0),
        None if best is None else int(best), None if high is None else int(high), noun, own, False,
    )  # fmt: skip


def _glued(atom: Atom, tokens: Sequence[Token]) -> bool:
    """Whether a number is a piece of a name or a code: "155-", "S/1998"; never across a space."""
    return atom.last + 1 < len(tokens) and tokens[atom.last].surface == "/" and tokens[atom.last].start == atom.end


def _own(value: str) -> str:
    """What a counted noun says by itself; empty when it needs a frame ("vehicles" a "destroyed")."""
    what, _, needs = value.partition("|")
    return "" if needs else what


def _single(i: int, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]], taken: set[int]) -> _Group | None:
    """A noun that carries its number: a dual, or a singular with an article or by the language's rule."""
    for atom in rows[i]:
        if atom.name in ("pair", "two", "pair_or_more"):
            high = None if atom.name == "pair_or_more" else 2
            return _Group(i, atom.last, atom.start, atom.end, 2, 2, high, True, _own(atom.value), False)
        if atom.name == "alone":
            return _Group(i, atom.last, atom.start, atom.end, 1, 1, 1, True, _own(atom.value), False)
    if not _has(rows[i], "a"):
        return None
    for j in range(i + 1, min(len(tokens), i + 7)):
        nouns = [a for a in rows[j] if a.name in ("person", "one")]
        if nouns:
            atom = nouns[0]
            return _Group(i, atom.last, tokens[i].start, atom.end, 1, 1, 1, True, _own(atom.value), False)
        if _has(rows[j], "FRAME", "stop", "and", "including", "many", "people", "a"):
            return None
        if not tokens[j].key and tokens[j].surface not in "-'’":
            return None
        if j in taken and not _has(rows[min(j + 1, len(rows) - 1)], "never") and not tokens[j].key.isdecimal():
            return None
    return None


def _is_part(group: _Group, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]]) -> bool:
    """Whether "including" stands before the group in its own clause, or "of them" right after it."""
    for j in range(group.first - 1, max(-1, group.first - 13), -1):
        if _has(rows[j], "including"):
            return True
        if tokens[j].surface in _STOPS or tokens[j].surface == ")" or _has(rows[j], "FRAME"):
            return False
        if tokens[j].surface in ",،" and j < group.first - 1:
            return False
    return group.last < len(rows) and _has(rows[group.last], "of_them")


def _chains(groups: list[_Group], tokens: Sequence[Token], rows: Sequence[Sequence[Atom]]) -> list[list[_Group]]:
    """Groups that are joined by "and" or a comma and say nothing of their own: one total together."""
    chains: list[list[_Group]] = []
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
                j for j in between if tokens[j].key and j not in parts and not _has(rows[j], "and", "a", "including")
            ]
            commas = [j for j in between if tokens[j].surface in ",،"]
            # The conjunction may be a clitic of the number or noun itself.
            clitic = group.start > tokens[group.first].start
            joined = any(_has(rows[j], "and") for j in between) or clitic
            # ", and" opens a new clause unless a list or a parenthesis comes before it.
            clause = joined and commas and not aside and not listed
            linked = (joined or commas) and not clause and len(commas) <= (2 if aside else 1)
            if linked and not words_between and not any(tokens[j].surface in _STOPS for j in between):
                chains[-1].append(group)
                listed = not joined
                continue
        listed = False
        chains.append([group])
    return chains


def _governed(
    frame: _Frame,
    frames: Sequence[_Frame],
    chains: Sequence[Sequence[_Group]],
    tokens: Sequence[Token],
    rows: Sequence[Sequence[Atom]],
    used: set[int],
) -> int | None:
    """The index of the chain that a frame speaks of: right beside it, else on its side within reach."""
    passive = any(_has(rows[j], "passive") for j in range(max(0, frame.first - 3), frame.first))
    side = "before" if passive and frame.side == "both" else frame.side
    options: list[tuple[int, int]] = []
    for n, chain in enumerate(chains):
        first, last = chain[0], chain[-1]
        if n in used or not _fits(frame, first):
            continue
        if first.first >= frame.last and side in ("after", "both"):
            gap = range(frame.last, first.first)
            bare_ok = len([j for j in gap if tokens[j].key]) <= (4 if frame.bare else 1)
            near = len(gap) <= _AFTER + (4 if frame.bare else 0)
            if near and (first.noun or bare_ok) and _open(gap, frame, frames, tokens):
                far = len(gap) + (3 if len(gap) > 1 and side == "both" else 0)
                options.append((far, n))
        elif last.last <= frame.first and side in ("before", "both"):
            gap = range(last.last, frame.first)
            near = len([j for j in gap if tokens[j].key and not _has(rows[j], "passive")]) <= 2
            if len(gap) <= _BEFORE and (last.noun or near) and _open(gap, frame, frames, tokens):
                options.append((len(gap) + 1, n))
    return min(options)[1] if options else None


def _fits(frame: _Frame, group: _Group) -> bool:
    """People to what happens to people, things to what happens to things."""
    if frame.things:
        return group.own == "" and group.noun
    return group.own in ("", frame.what) or (frame.bare and group.own in ("killed", "casualties"))


def _open(gap: range, frame: _Frame, frames: Sequence[_Frame], tokens: Sequence[Token]) -> bool:
    """Whether nothing that ends a clause, and no other frame, stands in the gap."""
    for j in gap:
        inner = tokens[j].surface == "." and j + 1 < len(tokens) and tokens[j + 1].start == tokens[j].end  # "U.S."
        if tokens[j].surface in _STOPS and not inner:
            return False
    return not any(f.first in gap for f in frames if f is not frame)


def _count(what: str, chain: Sequence[_Group], text: str) -> list[Count]:
    start, end = chain[0].start, chain[-1].end
    low = sum(g.low for g in chain)
    bests = [g.best for g in chain if g.best is not None]
    highs = [g.high for g in chain if g.high is not None]
    best = sum(bests) if len(bests) == len(chain) else None
    high = sum(highs) if len(highs) == len(chain) else None
    return [Count(what, low, best, high, start, end, text[start:end])]


def _risen(count: Count, rows: Sequence[Sequence[Atom]], group: _Group) -> Count:
    """A toll that "rose from 40 to 45" is 45."""
    if count.high is None or not _has(rows[group.first], "from"):
        return count
    return replace(count, low=count.high, best=count.high)


def _parts(found: list[Count], groups: Sequence[_Group], text: str) -> list[Count]:
    """Parts ("including 3 children") as counts of the nearest total before them, else after."""
    out = list(found)
    for group in groups:
        people = [c for c in found if c.what in ("killed", "injured", "abducted", "arrested", "casualties", "missing")]
        if not group.part or not people:
            continue
        own = group.own if group.own in ("killed", "injured") else ""
        near = min(people, key=lambda c: (c.start > group.start, abs(c.start - group.start)))
        out += [replace(c, what=(own or near.what) + PART) for c in _count("", [group], text)]
    return out

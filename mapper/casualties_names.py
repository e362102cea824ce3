"""Victims who are told by their names: lists of them, and a named person beside counted kin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from mapper.casualties_words import KIN, NOUNS, RELATED, STOPS, Group, has, own_of
from mapper.language import section
from mapper.patterns import Atom
from mapper.text import Token, normalise

_LISTED = 60  # tokens of a list of names, at most
_NAME = 2  # words of a name that has only its capitals to tell it
_NAMES_OF = 4  # words of "five of his" before the kin
_VERB = 4  # words of a passive verb, at most ("have all been killed")


def listed(tokens: Sequence[Token], rows: Sequence[Sequence[Atom]], language: str) -> Iterator[Group]:
    """Groups of those whose names are listed: "each of A, B and C", "killed A, B and C", "A and B were killed"."""
    joint = normalise(section(language, "numbers").get("joined", ""))
    capitals = bool(section(language, "places").get("capitals", True))
    for i, row in enumerate(rows):
        for atom in row:
            if atom.name in ("each", "each_own"):
                own = own_of(atom.value) if atom.name == "each_own" else ""
                group = _each(i, atom, tokens, rows, joint, own)
            elif atom.name == "siblings":
                group = _siblings(i, atom.last, tokens, rows)
            elif atom.name == "FRAME" and capitals:
                known = _persons(language)
                group = _capitals(atom.last, tokens, rows, known) or _subject(i, tokens, rows, known)
            elif atom.name == "FRAME":
                group = _given(atom.last, tokens, rows, joint, _written(language))
            else:
                continue
            if group is not None:
                yield group
                break


@cache
def _persons(language: str) -> frozenset[str]:
    """Keys of the given names of a language."""
    lists = [section(language, name).get("given", []) for name in ("persons", "places")]
    lists.append(section(language, "casualties").get("words", {}).get("given", []))
    return frozenset(normalise(name) for names in lists for name in names)


@cache
def _written(language: str) -> frozenset[str]:
    """Given names as they are written."""
    return frozenset(section(language, "casualties").get("words", {}).get("given", []))


def _ends(at: int, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]]) -> bool:
    return tokens[at].surface in STOPS or has(rows[at], "stop", "FRAME", "NONE", "including")


def _joined(token: Token, row: Sequence[Atom], joint: str) -> bool:
    """Whether the conjunction is written onto a word; some names begin with its letter."""
    return bool(joint) and token.key.startswith(joint) and len(token.key) > 3 and not has(row, "like_joint")


def _each(
    i: int, opening: Atom, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]], joint: str, own: str
) -> Group | None:
    """Those who are listed behind "each of"."""
    count, fresh, at, depth = 0, True, opening.last, 0
    while at < min(len(tokens), opening.last + _LISTED):
        surface = tokens[at].surface
        depth += (surface == "(") - (surface == ")")
        if depth == 0 and surface not in ")":
            if _ends(at, tokens, rows) and (surface != ":" or count):
                break
            if surface in ",،-–" or has(rows[at], "and"):
                fresh = True
            elif tokens[at].key and not tokens[at].key.isdecimal():
                count += fresh or _joined(tokens[at], rows[at], joint)
                fresh = False
        at += 1
    if count < 2 or at <= opening.last:
        return None
    return Group(i, at, opening.start, tokens[at - 1].end, count, count, count, True, own, False)


def _given(
    first: int, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]], joint: str, written: frozenset[str]
) -> Group | None:
    """Those named behind their verb, where a language has no capitals: each name begins with a given name."""

    def given(at: int) -> bool:
        # Folding makes one of a name and a preposition: على and علي.
        return has(rows[at], "given") and (not has(rows[at], "stop") or tokens[at].surface in written)

    def opens(at: int) -> bool:
        return given(at) or (has(rows[at], "alone", "titled") and at + 1 < len(rows) and given(at + 1))

    if first >= len(tokens) or not opens(first) or any(a.start > tokens[first].start for a in rows[first]):
        return None  # what a conjunction leads is not the verb's
    count, at, fresh, last = 0, first, True, first
    while at < min(len(tokens), first + _LISTED):
        if _ends(at, tokens, rows) and not given(at):
            break
        if tokens[at].surface in ",،":
            fresh = True
        elif tokens[at].key:
            fresh = fresh or _joined(tokens[at], rows[at], joint)
            if (fresh and not opens(at)) or (not fresh and has(rows[at], *NOUNS)):
                break
            count += fresh
            fresh, last = False, at + 1
        at += 1
    if not count:
        return None
    return _of(first, last, count, tokens)


def _siblings(i: int, first: int, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]]) -> Group | None:
    """Brothers or children who are told by their names alone: "their sons Karim and Rami"."""
    if i and (tokens[i - 1].key.isdecimal() or has(rows[i - 1], "counted")):
        return None
    count, at, led = 0, first, True
    while led and at < min(len(tokens), first + _LISTED) and tokens[at].surface[:1].isupper():
        while at < len(tokens) and (tokens[at].surface[:1].isupper() or has(rows[at], "particle")):
            at += 1
        count, last = count + 1, at
        at = _aged(at, tokens, rows)
        if at < len(tokens) and tokens[at].surface == ",":
            at += 1
        led = at > last
        if at < len(tokens) and has(rows[at], "and"):
            at, led = at + 1, True
    return (
        Group(i, last, tokens[i].start, tokens[last - 1].end, count, count, count, True, "", False)
        if count > 1
        else None
    )


def _capitals(
    first: int, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]], known: frozenset[str]
) -> Group | None:
    """Names in capitals that begin at a token, ages behind them: one with a known given name, or a list with "and"."""
    count, at, led = 0, first, False
    while at < min(len(tokens), first + _LISTED):
        after = _name(at, tokens, rows)
        if after == at:
            break
        count, at = count + 1, _aged(after, tokens, rows)
        if led:
            return _of(first, at, count, tokens)
        comma = at < len(tokens) and tokens[at].surface == ","
        at += comma
        led = at < len(tokens) and has(rows[at], "and")
        if not (comma or led):
            break
        at += led
    single = _name(first, tokens, rows) if count else first
    return _of(first, single, 1, tokens) if single > first and tokens[first].key in known else None


def _of(first: int, last: int, count: int, tokens: Sequence[Token]) -> Group:
    return Group(first, last, tokens[first].start, tokens[last - 1].end, count, count, count, True, "", False)


def _name(at: int, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]]) -> int:
    """Where a name in capitals that begins at a token ends; ``at`` itself where none does."""
    capitals, j = 0, at
    while j < len(tokens):
        word, inside = tokens[j].surface, j > at
        if word[:1].isupper() and not has(rows[j], "FRAME", *NOUNS):
            capitals += 1
        elif not (inside and (word in "-'’" or has(rows[j], "particle"))) and not has(rows[j], "particle"):
            break
        j += 1
    return j if capitals >= _NAME else at


def _aged(at: int, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]]) -> int:
    """The token behind the age that may follow a name: ", 34," and "(34 years)"."""
    if at + 1 >= len(tokens) or tokens[at].surface not in ",(" or not tokens[at + 1].key.isdecimal():
        return at
    end = at + 2
    while end < len(tokens) and has(rows[end], "never"):
        end += 1
    if end < len(tokens) and (tokens[at].surface, tokens[end].surface) in ((",", ","), ("(", ")")):
        return end + (tokens[at].surface == "(")
    return at


def _subject(
    frame: int, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]], known: frozenset[str]
) -> Group | None:
    """Names before the verb that tells what became of them: "A B, 34, and C D were killed", "A B died"."""
    led = (j for j in range(max(0, frame - _VERB), frame) if has(rows[j], "passive", "perfect"))
    verb = next(led, frame if frame and not has(rows[frame], "passive") else 0)
    at = verb - 1
    while at >= 0 and (
        tokens[at].surface[:1].isupper()
        or tokens[at].key.isdecimal()
        or tokens[at].surface in ",()-'’"
        or has(rows[at], "and", "particle", "never")
    ):
        at -= 1
    if at >= 0 and has(rows[at], "siblings"):
        return None  # "two brothers, A and B C, were killed": they are counted with that word
    if at >= 0 and has(rows[at], "stop"):
        return None  # "in A B and C D were killed four"
    for first in range(at + 1, verb):
        group = _capitals(first, tokens, rows, known)
        if group is not None and verb in (group.last, _aged(group.last, tokens, rows) + 1, group.last + 1):
            return group
    return None


def with_kin(found: Sequence[Group], tokens: Sequence[Token], rows: Sequence[Sequence[Atom]]) -> list[Group]:
    """The named person whose kin are counted beside them: "Omar Halabi, his wife and their three sons"."""
    held = {j for g in found for j in range(g.first, g.last)}
    out = []
    for group in found:
        related = any(has(rows[j], *RELATED) for j in range(group.first, group.last))
        clitic = group.start > tokens[group.first].start
        led = group.first > 0 and has(rows[group.first - 1], "whose")  # "and his two sons"
        at = group.first - 1 - led
        joined = clitic or (at > 0 and (tokens[at].surface in ",،" or has(rows[at], "and")))
        whose = led or any(has(rows[j], "whose") for j in range(group.first, min(group.first + _NAMES_OF, group.last)))
        if not related or not joined or not (clitic or whose):
            continue
        last = at + 1 if clitic else at
        first = last
        if first > 2 and tokens[first - 1].surface in ",)" and tokens[first - 2].key.isdecimal():
            first -= 3  # "Rami Odeh, 28, and his cousin"
        while first and last - first < KIN and first - 1 not in held and _of_name(first - 1, tokens, rows):
            first -= 1
        if first and has(rows[first - 1], "the"):
            first -= 1
        opened = not first or _opened(first, tokens, rows, held)
        if first < last and opened:
            out.append(_of(first, last, 1, tokens))
    return out


def _of_name(at: int, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]]) -> bool:
    key = tokens[at].key
    if not key or key.isdecimal():
        return tokens[at].surface in "-'’"
    return not has(rows[at], "FRAME", "stop", "clause", "and", "NONE", "including", "many", "people", "said", "passive")


def _opened(first: int, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]], held: set[int]) -> bool:
    """Whether a person may be named from a token on: behind a verb of harm, a comma or a conjunction."""
    if first - 1 in held:
        return False
    verb = any(a.name == "FRAME" and a.last == first for row in rows[max(0, first - 4) : first] for a in row)
    return verb or tokens[first - 1].surface in ",،.;:" or has(rows[first - 1], "clause", "that")

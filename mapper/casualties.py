"""How many: killed, injured, abducted, arrested, displaced, missing, strikes, vehicles, weapons.

A *group* is a number with its noun ("at least 17 fighters"), a noun that carries its number ("a
soldier", the Arabic dual) or a bare number beside a verb. A *frame* is a word that says what became
of the group, and on which side it stands. Words and frames are data: ``languages/<code>/casualties.toml``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from mapper import patterns
from mapper.casualties_frames import NAMED, Frame, frames_of, is_open
from mapper.casualties_groups import chains_of, groups_of
from mapper.casualties_words import STOPS, Group, has
from mapper.language import section
from mapper.model import Count
from mapper.numbers import words
from mapper.patterns import Atom, Lexicon
from mapper.text import Token

# Parts of a total ("including three children") are told apart by this ending of ``Count.what``.
PART = " (part)"
# A further toll that its verb is not told again for ("three were killed in X and two in Y") by this one: it counts
# where a place stands beside it.
ELSEWHERE = " (elsewhere)"
# Classes of words without which nobody is counted.
_COUNTING = (
    "FRAME",
    "many",
    "one",
    "two",
    "alone",
    "plural_own",
    "each_own",
    "remains",
)  # without these nobody is counted
_AFTER, _BEFORE = 7, 10  # words between a frame and its group, at most
_FAR = 60  # tokens: more than any reach below, so that a long list costs no look at each pair of its parts
_LED = 20  # the same where "to" leads to the number of a toll
_SUBJECT = 45  # words between the subject of a passive and its verb, at most
_SPANNED = 14  # tokens behind a figure in which its span of time may be told
_AGAIN = 16  # tokens between a toll and the further one that has no verb of its own


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
        for name in ("many", "one", "two", "alone", "plural", "each"):
            kind = f"{name}_own" if name in ("plural", "each") else name
            entries += [(w, kind, f"{row['what']}|{row.get('needs', '')}") for w in row.get(name, [])]
    frames = []
    for n, row in enumerate(data.get("frames", [])):
        frames.append((row["what"], row.get("side", "after"), bool(row.get("bare", False)), bool(row.get("things"))))
        entries += [(w, "FRAME", str(n)) for w in row["words"]]
        entries += [(w, "unless", str(n)) for w in row.get("unless", [])]
    silence = []
    for n, row in enumerate(data.get("none", [])):
        silence.append(tuple(row["what"]))
        entries += [(w, "NONE", str(n)) for w in row["phrases"]]
    return _Grammar(patterns.lexicon(entries, data.get("prefixes", {})), tuple(frames), tuple(silence))


@lru_cache(maxsize=16)
def _rows(text: str, language: str) -> tuple[Sequence[Token], Sequence[Sequence[Atom]]]:
    """The words of a sentence and what begins at each; one sentence is asked for more than once."""
    tokens = words(text)
    return tokens, patterns.grid(tokens, _grammar(language).lexicon)


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
    tokens, rows = _rows(text, language)
    found = _silence(rows, grammar, text)
    if not any(a.name in _COUNTING for row in rows for a in row):
        return found
    groups = groups_of(text, language, tokens, rows)
    chains = chains_of(groups, tokens, rows, apposed=bool(section(language, "numbers").get("joined")))
    frames = frames_of(rows, grammar.frames, chains)
    used: set[int] = set()
    silent = [range(c.start, c.end) for c in found]
    # "Five lost their lives" is told with the word for "missing" in some languages: the dead come first.
    for frame in sorted(frames, key=lambda f: f.what == "missing"):
        if any(tokens[frame.first].start in span for span in silent):
            continue
        at = _governed(frame, frames, chains, tokens, rows, used)
        if at is not None:
            used.add(at)
            these = [_risen(c, rows, chains[at][0]) if frame.bare else c for c in _count(frame.what, chains[at], text)]
        else:
            these = _died(frame, frames, found, tokens) or _one(frame, tokens, rows, text)
        beside = _beside(frame, chains, rows, used) if these else None
        if beside is not None:
            used.add(beside)
            these = [_with(these[0], _count(frame.what, chains[beside], text)[0])]
        found += these
    for n, chain in enumerate(chains):
        own = chain[0].own
        if n not in used and own and not any(chain[0].start in span for span in silent):
            found += _count(own, chain, text)
    if any(has(row, "placed") for row in rows):
        found += _elsewhere(found, frames, [c for n, c in enumerate(chains) if n not in used], tokens, rows, text)
    found = [c for c in found if not _since(c, tokens, rows)]
    found = _parts(found, groups, text)
    return sorted(found, key=lambda c: (c.start, c.end))


def _elsewhere(
    found: Sequence[Count],
    frames: Sequence[Frame],
    chains: Sequence[Sequence[Group]],
    tokens: Sequence[Token],
    rows: Sequence[Sequence[Atom]],
    text: str,
) -> list[Count]:
    """Tolls without a verb of their own behind one that has it: "three were killed in X and two in Y"."""
    told = [c for c in found if c.what in ("killed", "injured") and c.best != 0]
    out: list[Count] = []
    for chain in chains:
        first, last = chain[0], chain[-1].last
        of_them = next((a.last for a in rows[last] if a.name == "of_them"), 0) if last < len(rows) else 0
        last = of_them or last
        if first.own or last >= len(rows) or not has(rows[last], "placed"):
            continue
        before = max((c for c in [*told, *out] if c.end <= first.start), key=lambda c: c.end, default=None)
        joint = first.first - 1
        joined = first.start > tokens[first.first].start or tokens[joint].surface in ",،" or has(rows[joint], "and")
        if before is None or not joined:
            continue
        what = before.what.removesuffix(ELSEWHERE)
        gap = [j for j in range(max(0, first.first - _AGAIN - 1), first.first) if tokens[j].start >= before.end]
        walled = len(gap) > _AGAIN or any(f.first in gap and f.what != what for f in frames)
        # "Three were killed in X, two of them in Y" is of one toll; "ten were killed, six of them in X" has two.
        stops = ("clause", "placed") if of_them else ("clause",)
        if not walled and not any(tokens[j].surface in STOPS or has(rows[j], *stops) for j in gap):
            out += _count(what + ELSEWHERE, chain, text)
    return out


def _since(count: Count, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]]) -> bool:
    """Whether a figure is that of a whole war or year: "44,000 killed since the start of the war"."""
    behind = [j for j, t in enumerate(tokens) if count.end <= t.start]
    for j in behind[:_SPANNED]:
        if tokens[j].surface in STOPS or tokens[j].surface in ",،":
            return False
        if has(rows[j], "since"):
            return count.what in ("killed", "injured", "casualties", "abducted", "arrested", "displaced")
    return False


def summed(text: str, language: str) -> bool:
    """Whether ``text`` speaks of a whole war or year ("since the start of the year")."""
    return any(has(row, "since") for row in _rows(text, language)[1])


@cache
def _tally(language: str) -> Lexicon:
    rows = section(language, "casualties").get("frames", [])
    return patterns.lexicon([(w, "TALLY", "") for row in rows if row.get("bare") for w in row["words"]])


def tallies(text: str, language: str) -> bool:
    """Whether ``text`` tells a toll as one ("the death toll rose to eight"), which may bring an older up to date."""
    return any(patterns.grid(words(text), _tally(language)))


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


def _governed(
    frame: Frame,
    frames: Sequence[Frame],
    chains: Sequence[Sequence[Group]],
    tokens: Sequence[Token],
    rows: Sequence[Sequence[Atom]],
    used: set[int],
) -> int | None:
    """The index of the chain that a frame speaks of: right beside it, else on its side within reach."""
    passive = any(has(rows[j], "passive") for j in range(max(0, frame.first - 3), frame.first))
    side = "before" if passive and frame.side == "both" else frame.side
    options: list[tuple[bool, int, int]] = []
    for n, chain in enumerate(chains):
        first, last = chain[0], chain[-1]
        if n in used or not _fits(frame, first) or max(first.first - frame.last, frame.first - last.last) > _FAR:
            continue
        if first.first >= frame.last and side in ("after", "both"):
            gap = range(frame.last, first.first)
            bare_ok = len([j for j in gap if tokens[j].key]) <= (4 if frame.bare else 1)
            between = len([j for j in gap if tokens[j].key])
            # "The toll of the attack on the market rose to eight": a far number, but led to.
            led = frame.bare and first.first > 0 and has(rows[first.first - 1], "reaches")
            near = between <= (_LED if led else _AFTER + (4 if frame.bare else 0))
            if near and (first.noun or bare_ok or led) and is_open(gap, frame, frames, tokens):
                far = len(gap) + (3 if len(gap) > 1 and side == "both" else 0)
                options.append((not led, far, n))
        elif last.last == frame.first and frame.bare and first.first and has(rows[first.first - 1], "reaches"):
            options.append((False, 1, n))  # "it rose to twenty, the number of the dead", as Arabic has it
        elif last.last <= frame.first and side in ("before", "both"):
            gap = range(last.last, frame.first)
            near = len([j for j in gap if tokens[j].key and not has(rows[j], "passive")]) <= 2
            reach = len(gap) <= _BEFORE or ((passive or frame.side == "before") and _is_subject(gap, tokens, rows))
            if reach and (last.noun or near) and is_open(gap, frame, frames, tokens):
                options.append((True, len(gap) + 1, n))
    return min(options)[2] if options else None


def _is_subject(gap: range, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]]) -> bool:
    """Whether a far group may be the subject: "six members of the X family, including two women, were killed"."""
    return len(gap) <= _SUBJECT and not any(has(rows[j], "clause") for j in gap)


def _one(frame: Frame, tokens: Sequence[Token], rows: Sequence[Sequence[Atom]], text: str) -> list[Count]:
    """The one person of "was killed", whose number is in the verb; nobody where a family or a crowd was."""
    first = next((j for j in range(max(0, frame.first - 3), frame.first) if has(rows[j], "one_passive")), None)
    if first is None or frame.things:
        return []
    for j in range(first - 1, max(-1, first - 1 - NAMED), -1):
        if tokens[j].surface in STOPS:
            break
        if has(rows[j], "collective"):
            return []
    start, end = tokens[first].start, tokens[frame.last - 1].end
    return [Count(frame.what, 1, 1, 1, start, end, text[start:end])]


def _beside(
    frame: Frame, chains: Sequence[Sequence[Group]], rows: Sequence[Sequence[Atom]], used: set[int]
) -> int | None:
    """The chain of those told right behind the verb: "was killed along with her two daughters"."""
    led = next((a.last for a in rows[frame.last] if a.name == "together"), None) if frame.last < len(rows) else None
    if led is None or frame.things:
        return None
    led += led < len(rows) and has(rows[led], "a") and not any(c[0].first == led for c in chains)  # "with her two sons"
    return next((n for n, c in enumerate(chains) if n not in used and c[0].first == led and c[0].noun), None)


def _with(count: Count, other: Count) -> Count:
    best = None if count.best is None or other.best is None else count.best + other.best
    high = None if count.high is None or other.high is None else count.high + other.high
    return replace(count, low=count.low + other.low, best=best, high=high)


def _died(frame: Frame, frames: Sequence[Frame], found: list[Count], tokens: Sequence[Token]) -> list[Count]:
    """Those told to be hurt who then died: "a guard, hit by a bullet, has died" is one dead, none hurt."""
    if frame.what != "killed" or frame.side != "before":
        return []
    hurt = [c for c in found if c.what == "injured" and c.best and c.end <= tokens[frame.first].start]
    last = max(hurt, key=lambda c: c.end, default=None)
    if last is None:
        return []
    gap = [j for j, t in enumerate(tokens[: frame.first]) if t.start >= last.end]
    between = [f for f in frames if f.first in gap]
    if len(gap) > _SUBJECT or [f.what for f in between] != ["injured"] or any(tokens[j].surface in STOPS for j in gap):
        return []
    found.remove(last)
    return [replace(last, what="killed")]


def _fits(frame: Frame, group: Group) -> bool:
    """People to what happens to people, things to what happens to things."""
    if frame.things:
        return group.own == "" and group.noun
    return group.own in ("", frame.what) or (frame.bare and group.own in ("killed", "casualties"))


def _count(what: str, chain: Sequence[Group], text: str) -> list[Count]:
    start, end = chain[0].start, chain[-1].end
    low = sum(g.low for g in chain)
    bests = [g.best for g in chain if g.best is not None]
    highs = [g.high for g in chain if g.high is not None]
    best = sum(bests) if len(bests) == len(chain) else None
    high = sum(highs) if len(highs) == len(chain) else None
    return [Count(what, low, best, high, start, end, text[start:end])]


def _risen(count: Count, rows: Sequence[Sequence[Atom]], group: Group) -> Count:
    """A toll that "rose from 40 to 45" is 45; one that "ranged from 40 to 45" is not."""
    ranged = group.first > 0 and has(rows[group.first - 1], "ranged")
    if count.high is None or ranged or not has(rows[group.first], "from"):
        return count
    return replace(count, low=count.high, best=count.high)


def _parts(found: list[Count], groups: Sequence[Group], text: str) -> list[Count]:
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

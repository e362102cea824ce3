"""The tolls of a sentence that has several, each with a place of its own: "three were killed in X and two in Y"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mapper import where
from mapper.casualties import ELSEWHERE
from mapper.model import Count
from mapper.nearness import coarseness, near
from mapper.story import Sentence
from mapper.triggers import Hit
from mapper.where_spots import PLAIN, Spot

_PEOPLE = frozenset({"killed", "injured", "killed" + ELSEWHERE, "injured" + ELSEWHERE})
_REACH = 120  # characters between a toll and its place, at most
_HEAD = 14  # characters of a clause before a place that heads it: "and in the town of"
_BESIDE = 30  # the same where the toll has no verb
_EXACT = 1  # coarseness of a place that has a toll of its own, at most


@dataclass(frozen=True, slots=True)
class Portion:
    """What a group of triggers tells of one place: its triggers, its numbers, its place with those listed beside it."""

    hits: list[Hit]
    counts: list[Count]
    spots: list[Spot]


def without_elsewhere(counts: Sequence[Count]) -> list[Count]:
    """The counts but those that count only beside a place."""
    return [c for c in counts if not c.what.endswith(ELSEWHERE)]


def portions(
    group: Sequence[Hit], counts: Sequence[Count], here: Sequence[Spot], sentence: Sentence, code: str
) -> list[Portion]:
    """What a group tells of each place that has a toll of its own; empty unless two or more have one.

    A total beside its parts ("ten were killed, six in X and four in Y") is nobody's. Triggers between two places go
    with the second; those before the first toll or behind the last place are for all that have none of their own.
    """
    if len(counts) < 2:
        return []
    people = [c for c in counts if c.what in _PEOPLE and c.best != 0]
    exact = [p for p in here if p.standing == PLAIN and coarseness(p.location) <= _EXACT]
    if len(people) < 2 or len(exact) < 2:
        return []
    found = _placed(people, exact, sentence)
    if len(found) > 2 and _is_total(found[0], found[1:]):
        found = found[1:]
    found = [x for n, x in enumerate(found) if all(_two(x, other) for other in found[:n])]
    places = [p for _, p in found]
    if len(found) < 2:
        return []
    ends = [max(p.end - sentence.start, tolls[-1].end) for tolls, p in found]
    for n, (tolls, p) in enumerate(found[1:]):
        if found[n][1].start - sentence.start < found[n][0][0].start:  # a place at the head has all up to the next
            ends[n] = min(p.start - sentence.start, tolls[0].start)
    opening = min(c.start for c in found[0][0])
    common = [h for h in group if h.start >= ends[-1] or (h.start < opening and not h.weak)]
    made: list[Portion] = []
    low, before = 0, list[Hit]()
    for (tolls, place), high in zip(found, ends, strict=True):
        own = [h for h in group if low <= h.start < high and h not in common]
        own = own or before
        hits = own if any(not h.weak for h in own) else [*own, *common]
        others = [c for c in counts if c.what not in _PEOPLE and low <= c.start < high]
        listed = where.listed(place, [p for p in here if p.start < _next(places, place)], sentence, code)
        made.append(Portion(hits or list(group), [*tolls, *others], [place, *listed]))
        low, before = high, own
    return made


def _two(a: tuple[list[Count], Spot], b: tuple[list[Count], Spot]) -> bool:
    """Whether two tolls are of two towns; the dead of a city and the injured of a quarter in it are of one blast."""
    alike = {c.what for c in a[0]} & {c.what for c in b[0]}
    return where.two_towns(a[1], b[1]) and (bool(alike) or not near(a[1].location, b[1].location))


def _next(places: Sequence[Spot], place: Spot) -> int:
    return next((p.start for p in places if p.start > place.start), place.end + _REACH)


def _placed(people: Sequence[Count], exact: Sequence[Spot], sentence: Sentence) -> list[tuple[list[Count], Spot]]:
    """The tolls that have a place, behind them or at the head of their clause, each with what was told before it."""

    def heads(p: Spot) -> bool:
        at = p.start - sentence.start
        return at - sentence.clause(at)[0] <= _HEAD

    found: list[tuple[list[Count], Spot]] = []
    waiting: dict[str, Count] = {}
    done = 0  # where the last toll with a place ends, or its place
    for n, toll in enumerate(people):
        verbless = toll.what.endswith(ELSEWHERE)
        reach = toll.end + (_BESIDE if verbless else _REACH)
        until = min(people[n + 1].start if n + 1 < len(people) else reach, reach)
        spot = next((p for p in exact if toll.end <= p.start - sentence.start < until), None)
        if verbless and spot is None:
            continue
        if spot is None or (heads(spot) and n + 1 < len(people)):
            # "In X three were killed, and in Y two": what heads the clause of a toll is its place.
            led = [p for p in exact if done <= p.start - sentence.start < toll.start and heads(p)]
            spot = led[-1] if led else spot
        what = toll.what.removesuffix(ELSEWHERE)
        waiting[what] = replace(toll, what=what)  # the later of two is the place's own: the first is a total
        if spot is not None:
            found.append((list(waiting.values()), spot))
            waiting = {}
            done = max(toll.end, spot.end - sentence.start)
    return found


def _is_total(first: tuple[list[Count], Spot], rest: Sequence[tuple[list[Count], Spot]]) -> bool:
    """Whether the first toll is that of all others: "nine in the province's seat, five in X and four in Y"."""

    def dead(tolls: Sequence[Count]) -> int:
        return sum(c.low for c in tolls if c.what == "killed")

    total = dead(first[0])
    same = total > 0 and total == sum(dead(tolls) for tolls, _ in rest)
    return same and all(where.seat(first[1].location, p.location) for _, p in rest)

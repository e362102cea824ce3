"""The triggers of a sentence sorted into those that tell one event together."""

from __future__ import annotations

from collections.abc import Sequence

from mapper import pointing, taxonomy, where
from mapper.model import Count
from mapper.nearness import VAGUE, coarseness, near
from mapper.story import Sentence
from mapper.triggers import Hit
from mapper.where_spots import Spot

# Families besides the conflict's in which people are hurt, so that a toll beside them is theirs.
_WITH_PEOPLE = frozenset({"demonstration", "transfer", "disrupted", "looting"})
_OBJECT = 60  # characters behind a trigger in which another may only name what it was done to


def told(hits: Sequence[Hit], sentence: Sentence, counts: Sequence[Count]) -> list[Hit]:
    """The triggers but those that only say what another was about: the drone of "shot down a drone".

    Where someone was hurt, the drone did it all the same.
    """
    if any(c.what in ("killed", "injured", "casualties") and c.best != 0 for c in counts):
        return list(hits)
    kept = []
    for hit in hits:
        clause = sentence.clause(hit.start)
        if not any(
            hit.key in taxonomy.types()[h.key].swallows
            and sentence.clause(h.start) == clause
            and h.start < hit.start <= h.end + _OBJECT
            for h in hits
        ):
            kept.append(hit)
    return kept


def main(group: list[Hit], hits: list[Hit], sentence: Sentence, here: list[Spot]) -> Hit:
    """The hit that decides the type: by precedence; in diplomacy first one that has a place."""

    told_of = {h.key for h in group if not h.weak}

    def order(hit: Hit) -> tuple[bool, bool, bool, bool, int]:
        kind = taxonomy.types()[hit.key]
        placeless = kind.family == "diplomacy" and not where.governed(hit, hits, sentence, here)
        return hit.weak, bool(kind.yields & told_of), kind.vague, placeless, kind.rank

    return min(group, key=order)


def groups_of(hits: list[Hit], sentence: Sentence, here: list[Spot], code: str) -> list[list[Hit]]:
    """Hits that tell one event together: one family (all violence is one), one place; "another shell" opens its own."""
    groups: list[list[Hit]] = []
    for hit in sorted(hits, key=lambda h: (h.weak, taxonomy.types()[h.key].vague, h.start)):
        kind = taxonomy.types()[hit.key]
        mine = "conflict" if kind.family in taxonomy.CONFLICT else kind.family
        loose = kind.vague or hit.weak  # "three killed" belongs to the strike that it stands next to
        if groups and not loose and pointing.one_more(sentence.text, hit, code):
            groups.append([hit])
            continue
        for group in sorted(groups, key=lambda g: _gap(hit, g, sentence)) if loose else groups:
            other = taxonomy.types()[group[0].key]
            theirs = "conflict" if other.family in taxonomy.CONFLICT else other.family
            toll = mine == "conflict" and kind.vague and theirs in _WITH_PEOPLE
            if theirs != mine and not toll and not (_part(kind, other) and not _between(hit, group, sentence, here)):
                continue
            if (
                (hit.weak and not toll)
                or (loose and not toll and not _apart(hit, group, sentence))
                or _one_place(hit, group, hits, sentence, here)
            ):
                group.append(hit)
                break
        else:
            if not (hit.weak and groups and kind.family == "other"):
                groups.append([hit])
    return groups


def _apart(hit: Hit, group: Sequence[Hit], sentence: Sentence) -> bool:
    """Whether a vague word stands in a clause of its own: "opened fire in A, and a priest was abducted in B"."""
    return all(sentence.clause(h.start) != sentence.clause(hit.start) for h in group)


def _between(hit: Hit, group: Sequence[Hit], sentence: Sentence, here: Sequence[Spot]) -> bool:
    """Whether one is told in one place and the other in the next: "a hotel was burned in A; in B, crowds rioted"."""
    nearest = min(group, key=lambda h: abs(h.start - hit.start))
    first, second = sorted((hit, nearest), key=lambda h: h.start)
    places = [p.start - sentence.start for p in here]
    return any(at < first.end for at in places) and any(first.end <= at < second.start for at in places)


def _part(a: taxonomy.EventType, b: taxonomy.EventType) -> bool:
    """Whether one of two types may be but a part of the other."""
    return a.key in b.yields or b.key in a.yields


def _gap(hit: Hit, group: Sequence[Hit], sentence: Sentence) -> tuple[bool, int]:
    """How far a hit is from a group: in another clause or not, then characters to the nearest of it."""
    clause = sentence.clause(hit.start)
    return min((sentence.clause(h.start) != clause, abs(h.start - hit.start)) for h in group)


def _one_place(hit: Hit, group: list[Hit], hits: list[Hit], sentence: Sentence, here: list[Spot]) -> bool:
    """Whether a hit's own words put it where the group is, or say nothing of a place."""
    mine = where.governed(hit, hits, sentence, here)
    theirs = [p for other in group for p in where.governed(other, hits, sentence, here)]
    if not mine or not theirs:
        return True
    # "Raids on A in the south, and a raid on B": that the south holds B too says nothing.
    mine, theirs = ([p for p in x if coarseness(p.location) < VAGUE] or x for x in (mine, theirs))
    return any(near(a.location, b.location) and not where.two_towns(a, b) for a in mine for b in theirs)


def belongs(count: Count, number: int, groups: list[list[Hit]], sentence: Sentence) -> bool:
    """A count goes to the nearest trigger on its side of a semicolon; people only to violence and crowds.

    That nobody was hurt is told behind what hurt nobody.
    """
    people = count.what in ("killed", "injured")
    able = []
    for i, group in enumerate(groups):
        family = taxonomy.types()[group[0].key].family
        if not people or family in taxonomy.CONFLICT or family in _WITH_PEOPLE:
            late = people and count.best == 0 and all(h.start > count.start for h in group)
            gap = min((sentence.parted(h.start, count.start), abs(h.start - count.start)) for h in group)
            able.append((late, gap, i))
    return bool(able) and min(able)[2] == number

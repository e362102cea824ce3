"""The places of a report that may hold an event, and how sure each is to be a scene."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from mapper import language
from mapper.actors import nationality, nations_in
from mapper.locations import disc
from mapper.model import Location, PrecisionClass, Resolved
from mapper.nearness import COUNTRY, coarseness
from mapper.where_aside import aside_at, labels, towards

_OUTNUMBERED = 3  # times that another country's names are as many: this one's are hardly the scene
_TOWARDS_M = 10_000.0  # how far from the place that it was aimed at a rocket may come down
_SURE_NAME, _SURE_PLACE = 0.95, 0.95
_PROMINENT = ("PPLC", "PPLA", "PCL")
# How sure a place is to be one where something happened: it stands for itself, it is someone's home,
# destination or a label, or nothing else in the report is anywhere near it.
PLAIN, ASIDE, LONE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that may hold an event: offsets in the report, where it is, and its standing (see above).

    ``foreign``: in another country than most places of the report. ``label``: a colon behind it heads its line.
    """

    start: int
    end: int
    location: Location
    standing: int = PLAIN
    foreign: bool = False
    label: bool = False


def spots(text: str, resolved: Sequence[Resolved], code: str) -> list[Spot]:
    """The places of a report that may hold an event, in order.

    A name inside a relative expression is only its anchor; a description ("the capital") is the place
    that it stands for.
    """
    inner = [(r.mention.start, r.mention.end) for r in resolved if r.mention.kind == "relative" and r.location]
    countries, named = _countries(resolved)
    spoken = nations_in(text, code)
    lone = [_lone(r, countries, named, spoken) for r in resolved]
    found: list[Spot] = []
    for r, alone in zip(resolved, lone, strict=True):
        where, mention = r.location, r.mention
        if where is None or where.feature_code == "CONT":
            continue
        if mention.role != "place":
            continue
        if mention.kind != "relative" and any(a <= mention.start and mention.end <= b for a, b in inner):
            continue
        aside = aside_at(text, mention.start, mention.end, code)
        if coarseness(where) >= COUNTRY and nationality(mention.surface, code):
            continue  # "a Turkish drone" is not in Turkey
        if towards(text, mention.start, code) and where.precision is PrecisionClass.EXACT:
            radius = max(where.radius_m, _TOWARDS_M)
            where = replace(
                where,
                precision=PrecisionClass.VICINITY,
                radius_m=radius,
                region=disc(where.lat, where.lon, radius),
                chain=(*where.chain, "fired or sent towards it: nothing says that it got there"),
            )
        standing = LONE if alone else ASIDE if aside else PLAIN
        share, most = countries[where.country] * 2, max(countries.values())
        foreign = share < most or (share == most and where.country not in named)
        label = standing == ASIDE and labels(text, mention.start, mention.end)
        found.append(Spot(mention.start, mention.end, where, standing, foreign, label))
    known = [r for r, alone in zip(resolved, lone, strict=True) if not alone]
    found += _described(text, found, known, resolved, code)
    return sorted(found, key=lambda s: (s.start, s.end))


def unknown(resolved: Sequence[Resolved]) -> list[tuple[int, int]]:
    """Spans of names that something beside them tells to be places, but that no gazetteer has."""
    return [
        (r.mention.start, r.mention.end)
        for r in resolved
        if r.location is None and r.mention.role == "place" and r.mention.kind == "name"
    ]


def dateline(resolved: Sequence[Resolved]) -> Location | None:
    """The town of the dateline, where the report's other places are in its country, or there are none.

    A correspondent abroad writes from a town that has nothing to do with the news.
    """
    line = next((r.location for r in resolved if r.mention.role == "dateline" and r.location is not None), None)
    others = [r for r in resolved if r.mention.role == "place" and r.location is not None]
    countries, _ = _countries(others)
    if line is None or line.precision is not PrecisionClass.EXACT:
        return None
    return line if not countries or countries[line.country] * 2 > countries.total() else None


def _countries(resolved: Sequence[Resolved]) -> tuple[Counter[str | None], frozenset[str | None]]:
    """How many different names of the report lie in each country, and the countries that it names."""
    placed = [(r.mention.surface, r.location) for r in resolved if r.location is not None]
    named = {(surface, where.country) for surface, where in placed}
    nations = {w.country for _, w in placed if (w.feature_code or "").startswith("PCL")}
    return Counter(country for _, country in named), frozenset(nations)


def _lone(
    place: Resolved, countries: Counter[str | None], named: frozenset[str | None], spoken: frozenset[str]
) -> bool:
    """A doubtful name, or a unit's, in a country that nothing else in the report speaks of.

    ``spoken`` are the countries that it speaks of by their nationality: "the Lebanese ministry".
    """
    where = place.location
    if where is None or place.mention.kind != "name":
        return False
    code = where.feature_code or ""
    doubtful = place.mention.score < 0.75 or code.startswith("ADM")
    # In a report about one country, a small place elsewhere is more often a word or a person's name.
    foreign = max(countries.values()) >= 3 and not code.startswith(_PROMINENT) and not _sure(place)
    few = countries[where.country] + (where.country in spoken) < 2
    if not few and where.country not in named | spoken:
        few = countries[where.country] * _OUTNUMBERED <= max(countries.values())
    return (doubtful or foreign) and few and len(countries) > 1


def _sure(place: Resolved) -> bool:
    """Whether a name is surely one, and surely of this place, whatever the report else speaks of."""
    where = place.location
    return where is not None and place.mention.score >= _SURE_NAME and where.confidence >= _SURE_PLACE


def _nation(where: Location | None) -> bool:
    return (where.feature_code or "").startswith("PCL") if where else False


@cache
def _descriptions(code: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns of the words for a capital and for a town, with the word behind them, and the feature that they mean."""
    data = language.section(code, "where")
    listed = (("descriptions", "PPLC"), ("descriptions_town", "PPL"), ("descriptions_unit", "ADM"))
    joined = [("|".join(map(re.escape, data.get(name, []))), feature) for name, feature in listed]
    return tuple(
        (re.compile(rf"(?<!\w)(?:{words})(?!\w)(?:\s+\w+)?", re.IGNORECASE), feature)
        for words, feature in joined
        if words
    )


def _described(
    text: str, spots_: Sequence[Spot], credible: Sequence[Resolved], resolved: Sequence[Resolved], code: str
) -> list[Spot]:
    """Places meant by a description alone: "the Libyan capital" after "the Libyan capital Tripoli".

    A description that names its place right after is left out; the same words earlier decide, else
    the capital, or town, that was named last (be it in the name of a unit), of those that are ``credible``.
    """
    known = [r for r in credible if r.location is not None and r.mention.kind == "name" and r.mention.role != "gloss"]
    starts = [s.start for s in spots_]
    unlisted = [a for a, _ in unknown(resolved)]
    measured = [
        (r.mention.start, r.mention.end) for r in resolved if r.mention.kind == "relative" and r.mention.role == "gloss"
    ]
    towns = tuple(f"{w} " for w in language.section(code, "where").get("towns", []))
    prepositions = language.section(code, "places").get("prepositions", [])
    found: list[Spot] = []
    for pattern, feature in _descriptions(code):
        named: dict[str, Resolved] = {}
        for match in pattern.finditer(text):
            end = match.end() + 1
            near_by = [p for p in known if match.start() <= p.mention.start <= end]
            if match.group().split()[-1].lower() in prepositions and any(_nation(p.location) for p in near_by):
                near_by, end = [], match.start()  # "the shelling of the town in Syria"
            if near_by:
                named[match.group().lower()] = near_by[0]
                continue
            before = [p for p in known if p.mention.end <= match.start()]
            if before and match.start() - before[-1].mention.end <= 3:
                continue  # "Tripoli, the capital"
            if any(match.start() <= s <= end for s in starts):
                continue
            if any(a <= match.start() < b for a, b in measured):
                continue  # "50 km south of the capital"
            if any(match.start() <= a <= match.end() + 2 for a in unlisted):
                continue  # "the town of X", which no gazetteer has, is not the town before
            fit = [p for p in before if p.location and (p.location.feature_code or "").startswith(feature)]
            if feature == "PPL":
                # A quarter is no town, and a capital that speaks is not the town that was told of.
                fit = [p for p in fit if p.location and p.location.feature_code != "PPLX"]
                fit = [p for p in fit if p.mention.role != "actor"] or fit
            # "The town" is rather one that was called a town than one named to say where that lies.
            called = [p for p in fit if text[max(0, p.mention.start - 14) : p.mention.start].endswith(towns)]
            meant = named.get(match.group().lower()) or next(iter((called or fit)[-1:]), None)
            if meant is not None and meant.location is not None:
                found.append(Spot(match.start(), match.end(), meant.location))
    return found

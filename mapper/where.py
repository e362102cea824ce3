"""Where it happened: the place that a trigger governs, never a home, a hospital, an affiliation or a label.

Order of precedence: the trigger's clause, then its sentence, then (in ``events``) what was told before.
Of several descriptions of one place the most precise wins. The words are ``languages/<code>/where.toml``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mapper import language, taxonomy
from mapper.actors import nationality, nations_in
from mapper.locations import LEAST_RADIUS_M, disc
from mapper.model import Location, PrecisionClass, Resolved
from mapper.nearness import COUNTRY, VAGUE, coarseness, distinct, finer, holds, near
from mapper.story import Sentence
from mapper.triggers import Hit
from mapper.where_aside import aside_at, towards

_REACH = 120  # characters between a trigger and a place that it may govern
_FRONTED = 48  # characters of a clause that does no more than name a place
_OUTNUMBERED = 3  # times that another country's names are as many: this one's are hardly the scene
_TOWARDS_M = 10_000.0  # how far from the place that it was aimed at a rocket may come down
_SURE_NAME, _SURE_PLACE = 0.95, 0.95
_SEATS = ("PPLA", "PPLC")
_PROMINENT = ("PPLC", "PPLA", "PCL")
# How sure a place is to be one where something happened: it stands for itself, it is someone's home,
# destination or a label, or nothing else in the report is anywhere near it.
PLAIN, ASIDE, LONE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that may hold an event: offsets in the report, where it is, and its standing (see above).

    ``foreign``: in another country than most places of the report.
    """

    start: int
    end: int
    location: Location
    standing: int = PLAIN
    foreign: bool = False


def spots(text: str, resolved: Sequence[Resolved], code: str) -> list[Spot]:
    """The places of a report that may hold an event, in order.

    A name inside a relative expression is only its anchor; a description ("the capital") is the place
    that it stands for.
    """
    inner = [(r.mention.start, r.mention.end) for r in resolved if r.mention.kind == "relative" and r.location]
    countries, named = _countries(resolved)
    spoken = nations_in(text, code)
    found: list[Spot] = []
    for r in resolved:
        where, mention = r.location, r.mention
        if where is None or where.feature_code == "CONT":
            continue
        if mention.role != "place":
            continue
        if mention.kind != "relative" and any(a <= mention.start and mention.end <= b for a, b in inner):
            continue
        lone = _lone(r, countries, named, spoken)
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
        standing = LONE if lone else ASIDE if aside else PLAIN
        share, most = countries[where.country] * 2, max(countries.values())
        foreign = share < most or (share == most and where.country not in named)
        found.append(Spot(mention.start, mention.end, where, standing, foreign))
    found += _described(text, found, resolved, code)
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


def _described(text: str, spots_: Sequence[Spot], resolved: Sequence[Resolved], code: str) -> list[Spot]:
    """Places meant by a description alone: "the Libyan capital" after "the Libyan capital Tripoli".

    A description that names its place right after is left out; the same words earlier decide, else
    the capital, or town, that was named last (be it in the name of a unit).
    """
    data = language.section(code, "where")
    countries, nations = _countries(resolved)
    spoken = nations_in(text, code)
    known = [
        r
        for r in resolved
        if r.location is not None
        and r.mention.kind == "name"
        and r.mention.role != "gloss"
        and not _lone(r, countries, nations, spoken)
    ]
    starts = [s.start for s in spots_]
    unlisted = [a for a, _ in unknown(resolved)]
    measured = [
        (r.mention.start, r.mention.end) for r in resolved if r.mention.kind == "relative" and r.mention.role == "gloss"
    ]
    towns = tuple(f"{w} " for w in data.get("towns", []))
    found: list[Spot] = []
    for name, feature in (("descriptions", "PPLC"), ("descriptions_town", "PPL")):
        words = data.get(name, [])
        if not words:
            continue
        pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, words)) + r")(?!\w)(?:\s+\w+)?", re.IGNORECASE)
        named: dict[str, Resolved] = {}
        for match in pattern.finditer(text):
            near_by = [p for p in known if match.start() <= p.mention.start <= match.end() + 1]
            if near_by:
                named[match.group().lower()] = near_by[0]
                continue
            before = [p for p in known if p.mention.end <= match.start()]
            if before and match.start() - before[-1].mention.end <= 3:
                continue  # "Tripoli, the capital"
            if any(match.start() <= s <= match.end() + 1 for s in starts):
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


def governed(hit: Hit, hits: Sequence[Hit], sentence: Sentence, here: Sequence[Spot]) -> list[Spot]:
    """Places in the trigger's clause, else the next one after it; never beyond another such trigger."""
    low, high = sentence.clause(hit.start)
    family = taxonomy.types()[hit.key].family
    walls = [
        h.start
        for h in hits
        if h != hit and not h.weak and not taxonomy.types()[h.key].vague and taxonomy.types()[h.key].family == family
    ]

    def open_to(at: int) -> bool:
        a, b = sorted((hit.start, at))
        return not any(a < w < b for w in walls) and not sentence.parted(a, b)

    after = [p for p in here if p.start - sentence.start >= hit.end]
    inside = [p for p in here if low <= p.start - sentence.start < high]
    # "visits, as ruler of the east, the capital": a vague place does not hide the next one.
    next_ones = after[:2] if after and coarseness(after[0].location) >= VAGUE else after[:1]
    if not inside and (front := _fronted(low, hits, sentence, here)):
        # "In the east, a child was killed, the fourth this week, in A": a place in that may be told behind.
        inside = [*front, *(p for p in next_ones if any(near(p.location, f.location) for f in front))]
    return [
        p
        for p in inside or next_ones
        if open_to(p.start - sentence.start) and abs(p.start - sentence.start - hit.end) <= _REACH
    ]


def _fronted(low: int, hits: Sequence[Hit], sentence: Sentence, here: Sequence[Spot]) -> list[Spot]:
    """The places that open what a clause tells: "In A, crowds burned an office, and in B thousands marched"."""
    first = low
    while first > 0:
        before = sentence.clause(first - 1)[0]
        if first - before > _FRONTED or any(before <= h.start < first for h in hits):
            break
        first = before
    # "In A, the capital of B, gunmen looted"; a home or a label opens nothing.
    return [p for p in here if first <= p.start - sentence.start < low and p.standing == PLAIN]


def choose(
    group: Sequence[Hit], hit: Hit, hits: Sequence[Hit], sentence: Sentence, here: Sequence[Spot], code: str
) -> list[Spot]:
    """The place of the trigger's clause, else of the sentence: the surest, the most precise, then the nearest.

    More than one when the trigger plainly spans a list of places ("strikes on A and B").
    """
    # Of the two sides of a semicolon each tells its own places, if it tells any.
    here = [p for p in here if not sentence.parted(p.start - sentence.start, hit.start)] or here
    if not here:
        return []
    inside = governed(hit, hits, sentence, here) or [p for h in group for p in governed(h, hits, sentence, here)]
    start, end = sentence.start + hit.start, sentence.start + hit.end

    talks = taxonomy.types()[hit.key].family == "diplomacy"

    def order(p: Spot) -> tuple[int, int]:
        # A place is told after its verb more often than before.
        gap = p.start - end if p.start >= end else (start - p.end) * 2 + 20
        return max(1, coarseness(p.location)), gap

    def rank(p: Spot) -> int:
        # Statesmen meet abroad; what strikes a town abroad is mostly a name that was misread.
        return max(p.standing, ASIDE) if p.foreign and not talks else p.standing

    surest = min(rank(p) for p in inside or here)
    surer = [p for p in here if rank(p) < surest]
    if inside and all(coarseness(p.location) >= COUNTRY for p in surer):
        surer = []  # a country that another clause names is no better
    pool = surer or [p for p in inside or here if rank(p) == surest]
    pool = _without_holders(_without_glosses(pool, sentence, code), sentence, code)
    best = min(pool, key=order)
    # "In the north of the country" is told more precisely elsewhere in the sentence.
    wide = [p for p in here if rank(p) <= rank(best)] if coarseness(best.location) >= VAGUE else pool
    while closer := [p for p in wide if p is not best and near(p.location, best.location) and _better(p, best)]:
        best = min(closer, key=lambda p: (coarseness(p.location), *order(p)))
    return [best, *listed(best, here, sentence, code)]


def _better(p: Spot, best: Spot) -> bool:
    return finer(p.location, best.location) and not finer(best.location, p.location)


def _without_holders(pool: list[Spot], sentence: Sentence, code: str) -> list[Spot]:
    """Places but those that are named only to say where another lies: "Afrin in the countryside of Aleppo"."""

    def held(p: Spot) -> bool:
        return any(
            q is not p
            and seat(p.location, q.location)
            and not _joined(min(p, q, key=_start), max(p, q, key=_start), sentence, code)
            for q in pool
        )

    return [p for p in pool if not held(p)] or pool


def _without_glosses(pool: list[Spot], sentence: Sentence, code: str) -> list[Spot]:
    """Places but those that only say where the one right before lies: "in Abasan, east of the city"."""
    towns = tuple(language.section(code, "where").get("descriptions_town", []))

    def glosses(p: Spot) -> bool:
        if p.location.method != "relative" or not p.location.place_in_report.endswith(towns):
            return False
        return any(
            coarseness(q.location) <= 0
            and q.end <= p.start
            and not sentence.text[q.end - sentence.start : p.start - sentence.start].strip(" ,،(")
            for q in pool
        )

    return [p for p in pool if not glosses(p)] if towns else pool


def _start(spot: Spot) -> int:
    return spot.start


def seat(seat: Location, other: Location) -> bool:
    """Whether ``seat`` is the seat of the province that a smaller place lies in, or a unit that holds it."""
    if coarseness(seat) > coarseness(other) and holds(seat, other):
        return True
    same = seat.country == other.country and seat.admin1 is not None and seat.admin1 == other.admin1
    seats = (seat.feature_code or "") in _SEATS and (other.feature_code or "") not in _SEATS
    exact = coarseness(other) <= 0 or (other.method == "relative" and other.anchor is not None)
    return same and seats and exact and seat.place_id != other.place_id


def _joined(first: Spot, second: Spot, sentence: Sentence, code: str) -> bool:
    """Whether only "and" or a comma stands between two places."""
    joints = {x.strip() for x in language.section(code, "where").get("between", [])}
    between = sentence.text[first.end - sentence.start : second.start - sentence.start]
    words = re.sub(r"[,،()]", " ", between).split()
    if not words:  # Arabic writes "and" onto the name, and the name's span holds it
        return sentence.text[second.start - sentence.start] in joints
    return len(words) <= 2 and (words[0] in joints or words[0][:1] in joints)


# Longer lists tell where a war is, not where something happened.
_MOST_LISTED = 5
_APART = 4  # words before a place in which "between" may stand


def listed(first: Spot, here: Sequence[Spot], sentence: Sentence, code: str) -> list[Spot]:
    """Places joined to ``first`` by "and" and as precise as it, far enough to be another event."""
    apart = language.section(code, "where").get("apart", [])
    opening = sentence.text[: first.start - sentence.start].lower().split()[-_APART:]
    if set(apart).intersection(opening):
        return []
    later = [p for p in here if p.start >= first.end and p.standing <= first.standing]
    found: list[Spot] = []
    last = first
    for place in sorted(later, key=_start)[:_MOST_LISTED]:
        alike = place.location.precision == first.location.precision or (
            max(coarseness(place.location), coarseness(first.location)) <= 1
        )
        apart = distinct(place.location, first.location) or not near(place.location, first.location)
        if not alike or not apart or not _joined(last, place, sentence, code):
            break
        found.append(place)
        last = place
    return found


def two_towns(a: Spot, b: Spot) -> bool:
    """Whether two spots are exact places of the gazetteer, however near: each was named for itself."""
    x, y = a.location, b.location
    exact = max(coarseness(x), coarseness(y)) <= 0 and None not in (x.place_id, y.place_id)
    return distinct(x, y) or (exact and x.place_id != y.place_id)


def in_capital(location: Location, *, abroad: bool = False) -> Location:
    """A country whose name is also a capital's, as the capital.

    Statesmen meet in that of the country itself ("تونس"); a crowd is in a town, be it another country's capital
    (``abroad``: "عمان" is Oman and Amman).
    """
    if location.precision is not PrecisionClass.COUNTRY:
        return location
    found = (
        c
        for c in location.candidates
        if c.place.feature_code == "PPLC" and (c.place.country != location.country) is abroad
    )
    capital = next(found, None)
    if capital is None:
        return location
    place = capital.place
    radius = max(LEAST_RADIUS_M, 1.3 * place.radius_m)
    return replace(
        location,
        lat=place.lat,
        lon=place.lon,
        radius_m=radius,
        precision=PrecisionClass.EXACT,
        name=place.name,
        region=disc(place.lat, place.lon, radius),
        place_id=place.id,
        country=place.country,
        admin1=place.admin1,
        feature_code=place.feature_code,
        chain=(*location.chain, f"this is done in the capital of that name: {place.name}"),
    )


def recent(places: Sequence[Spot], sentence: Sentence, reach: int) -> Location | None:
    """The finest place named in the story within ``reach`` characters before a sentence, the last of such."""
    good = [p for p in places if sentence.story_start <= p.start < sentence.start and sentence.start - p.end < reach]
    good = [p for p in good if p.standing == PLAIN]
    if not good:
        return None
    finest = min(coarseness(p.location) for p in good)
    return next(p.location for p in reversed(good) if coarseness(p.location) == finest)

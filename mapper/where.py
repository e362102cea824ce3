"""Where it happened: the place that a trigger governs, never a home, a hospital, an affiliation or a label.

Order of precedence: the trigger's clause, then its sentence, then (in ``events``) what was told before.
Of several descriptions of one place the most precise wins. The words are ``languages/<code>/where.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mapper import language, taxonomy
from mapper.gazetteer import metres_between
from mapper.locations import LEAST_RADIUS_M, disc
from mapper.model import Location, PrecisionClass
from mapper.nearness import COUNTRY, VAGUE, coarseness, distinct, finer, holds, near
from mapper.story import Sentence
from mapper.triggers import Hit
from mapper.where_spots import ASIDE, PLAIN, Spot

_REACH = 120  # characters between a trigger and a place that it may govern
_FRONTED = 48  # characters of a clause that does no more than name a place
_SEATS = ("PPLA", "PPLC")
_AREAS = frozenset({PrecisionClass.PART_OF_COUNTRY, PrecisionClass.PROVINCE, PrecisionClass.DISTRICT})
_AROUND = 2  # coarseness of "near X", at most


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

    # The sides meet and sign abroad.
    talks = taxonomy.types()[hit.key].family in ("diplomacy", "agreement")

    def order(p: Spot) -> tuple[int, int]:
        # A place is told after its verb more often than before.
        gap = p.start - end if p.start >= end else (start - p.end) * 2 + 20
        return max(1, coarseness(p.location)), gap

    def rank(p: Spot) -> int:
        # What strikes a town abroad is mostly a name that was misread.
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
    if coarseness(best.location) >= COUNTRY:
        # "Saraqib: three killed by shelling in Syria": the label says more.
        best = next((p for p in here if p.label and holds(best.location, p.location)), best)
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
    if _around(other, seat):
        return True
    if coarseness(seat) > coarseness(other) and holds(seat, other):
        return not _around(seat, other)
    same = seat.country == other.country and seat.admin1 is not None and seat.admin1 == other.admin1
    seats = (seat.feature_code or "") in _SEATS and (other.feature_code or "") not in _SEATS
    exact = coarseness(other) <= 0 or (other.method == "relative" and other.anchor is not None)
    return same and seats and exact and seat.place_id != other.place_id


def _around(near: Location, area: Location) -> bool:
    """Whether one is about a town in an area: "around Sarmin in the eastern countryside of Idlib" reaches farther."""
    if near.precision is not PrecisionClass.VICINITY or near.anchor is None or area.precision not in _AREAS:
        return False
    return coarseness(near) <= _AROUND and metres_between(area.lat, area.lon, *near.anchor) <= area.radius_m


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

"""Described localities, as tables and captions give them: "Sarmin village, Idlib province", "حي X، مدينة Y".

A description is a head and what holds it. The head is looked for in the country and unit of the scope;
when it is not known, the smallest known holder is the answer, with the precision of a holder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import shapely
from rapidfuzz import fuzz
from shapely.geometry import Point

from mapper.containment import BORDER_DEGREES, holds, lies_in
from mapper.described_pieces import Piece, piece_of, pieces
from mapper.gazetteer import Gazetteer, metres_between
from mapper.locations import doubted, of_place, vicinity_of
from mapper.model import Candidate, Location, Place, PrecisionClass
from mapper.ranking import likeness, prominence, shares_of
from mapper.relative_lexicon import is_nation, nation, nominatives
from mapper.spelling import Spellings
from mapper.text import normalise, skeleton
from mapper.words import all_words

_SAME_PLACE_M, _WITHIN_TOWN_M = 25_000.0, 40_000.0
_SURE, _TOO_WIDE_M = 0.6, 300_000.0
_OWN_NAME = 4.0
# Likeness of spelling, 0..1: what is taken for the place, and what only moves the point in its unit.
_LIKE, _GUESS = 0.745, 0.78
_LIKE_RADIUS_M, _HOLDER_RADIUS_M, _END_RADIUS_M = 8_000.0, 28_000.0, 35_000.0
_CONSONANTS, _LETTERS = 4, 4
_UNITS = ("ADM1", "RGN")
_MOST_LIKE = 25
# Of 100: least likeness of letters where both are in one script, to be thought of and to be taken.
_SAME_SCRIPT, _SAME_SCRIPT_SURE = 65.0, 78.0


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look: the country (ISO code), its first-order unit if known, the language to name things in."""

    gazetteer: Gazetteer
    country: str | None
    unit: Place | None
    language: str

    @classmethod
    def of(cls, gazetteer: Gazetteer, country: str | None, admin1: str | None, language: str) -> Scope:
        """The scope that the hints of a user or table mean; hints that are not understood are left out."""
        code = gazetteer.country_code(country) if country else None
        unit = _unit(gazetteer, code, normalise(admin1)) if code and admin1 else None
        if unit is None and code and admin1 and (foreign := _foreign_unit(gazetteer, normalise(admin1))):
            code, unit = foreign.country, foreign
        return cls(gazetteer, code, unit, language)

    def holds(self, place: Place) -> bool:
        """Whether a place lies in the scope, border strips included."""
        if self.country is not None and place.country != self.country:
            return False
        return self.unit is None or place.id == self.unit.id or lies_in(self.gazetteer, self.unit, place)


@lru_cache(maxsize=4096)
def _unit(gazetteer: Gazetteer, country: str, name: str) -> Place | None:
    """The first-order unit of that name, however it is written; one with borders before one without."""
    core = all_words().core(name)
    found = [p for n in dict.fromkeys([name, core]) for p in gazetteer.lookup(n, country=country)]
    found = [p for p in found if p.feature_class == "A" and not p.feature_code.startswith("PCL")]
    if not found:
        like = [p for p, score, _ in gazetteer.similar(core, country, _MOST_LIKE) if score >= 0.5]
        found = [p for p in like if p.feature_code == "ADM1"]
    return min(found, key=lambda p: (p.feature_code != "ADM1", gazetteer.area(p) is None), default=None)


@lru_cache(maxsize=4096)
def _foreign_unit(gazetteer: Gazetteer, name: str) -> Place | None:
    """The one unit of that name in the world: tables set Gaza under Israel, or Hatay under Syria."""
    found = [p for n in dict.fromkeys([name, all_words().core(name)]) for p in gazetteer.lookup(n)]
    units = [p for p in found if p.country and (p.feature_code in _UNITS or p.feature_code.startswith("PCL"))]
    return units[0] if units and len({p.country for p in units}) == 1 else None


# ---- looking up
def _exact(piece: Piece, scope: Scope) -> list[Place]:
    """The places that a piece names in the scope's country; those of the kind it tells, if there are."""
    for form in piece.forms:
        found = list(scope.gazetteer.lookup(form, country=scope.country))
        if found:
            return [p for p in found if p.feature_class == piece.kind] or found
    return []


def _chosen(found: Sequence[Place], piece: Piece, scope: Scope, holders: Sequence[Place], text: str) -> Location | None:
    """The likeliest of the places of one name in the scope; a wide answer where they cannot be told apart."""
    inside = [p for p in found if scope.holds(p)]
    within = [p for p in inside if any(_held(p, h) for h in holders)]
    inside = within or inside
    if not inside:
        return None
    core = scope.gazetteer.filed(piece.core)
    ranked = shares_of(inside, lambda p: prominence(p, scope.gazetteer) + _OWN_NAME * likeness(core, p))
    best, share = ranked[0]
    reasons = ["in the unit that the description or its hint names"] if within or scope.unit else []
    rivals = [(p, s) for p, s in ranked[1:] if _apart(p, best)]
    told = sum(s for p, s in ranked if not _apart(p, best))
    chosen = [Candidate(best, round(0.97 * told, 3), tuple(reasons))]
    chosen += [Candidate(p, round(s, 3), ("less known, and no nearer to what the text names",)) for p, s in rivals]
    place = of_place(text, chosen, scope.gazetteer, scope.language)
    if share < _SURE and rivals and place.precision is PrecisionClass.EXACT and told < _SURE:
        far = max(metres_between(p.lat, p.lon, best.lat, best.lon) for p, s in rivals if s > 0.1 or p is rivals[0][0])
        why = f"{len(rivals)} more of that name cannot be told from it"
        if far > _TOO_WIDE_M:
            return doubted(place, 1.0, why)
        place = replace(vicinity_of(place, far * 1.05, why, 1.0), precision=_wide(far))
    return place


def _wide(metres: float) -> PrecisionClass:
    if metres <= 25_000:
        return PrecisionClass.VICINITY
    return PrecisionClass.DISTRICT if metres <= 60_000 else PrecisionClass.PART_OF_COUNTRY


def _apart(a: Place, b: Place) -> bool:
    return metres_between(a.lat, a.lon, b.lat, b.lon) > _SAME_PLACE_M


def _held(place: Place, holder: Place) -> bool:
    if holder.id == place.id:
        return False
    if holder.feature_class == "A":
        return holds(holder, place)
    return metres_between(place.lat, place.lon, holder.lat, holder.lon) <= _WITHIN_TOWN_M


@lru_cache(maxsize=128)
def _spellings(gazetteer: Gazetteer, country: str, unit: Place | None) -> tuple[Spellings, tuple[Place, ...]]:
    """The names of a country, or of one of its units, ready for comparison."""
    listed = [(n, p) for n, p in gazetteer.names_in(country) if not p.feature_code.startswith("PCL")]
    places = list(dict.fromkeys(p for _, p in listed))
    area = gazetteer.area(unit) if unit is not None else None
    if area is not None:
        shapely.prepare(area)
        points = shapely.points([p.lon for p in places], [p.lat for p in places])
        places = [p for p, near in zip(places, shapely.dwithin(area, points, BORDER_DEGREES), strict=True) if near]
    elif unit is not None:
        places = [p for p in places if lies_in(gazetteer, unit, p)]
    numbers = {p.id: i for i, p in enumerate(places)}
    names = [(name, numbers[p.id]) for name, p in listed if p.id in numbers]
    return Spellings(names), tuple(places)


def _heard(piece: Piece, scope: Scope, holders: Sequence[Place], text: str) -> Location | None:
    """The place in the scope whose name sounds the same in another way of writing."""
    if scope.country is None or len(piece.core) < _LETTERS:
        return None
    spellings, places = _spellings(scope.gazetteer, scope.country, scope.unit)
    found = list(dict.fromkeys(places[x.number] for x in spellings.same(piece.core)))
    found = [p for p in found if p.feature_class == piece.kind] or found
    location = _chosen(found, piece, scope, holders, text) if found else None
    return doubted(location, 0.9, "the name is written in another way there") if location else None


def _like(piece: Piece, scope: Scope, holders: Sequence[Place], text: str) -> Location | None:
    """The one place in the scope whose name is written nearly so; its answer is a neighbourhood."""
    if scope.country is None or len(skeleton(piece.core)) < _CONSONANTS:
        return None
    found = [
        (p, s, why)
        for p, s, why in scope.gazetteer.similar(piece.core, scope.country, _MOST_LIKE)
        if s >= _LIKE and scope.holds(p) and (not holders or any(_held(p, h) for h in holders))
    ]
    found = [f for f in found if credible(piece.core, f[0], _SAME_SCRIPT_SURE)]
    found = [f for f in found if piece.kind is None or f[0].feature_class == piece.kind] or found
    if not found or any(s > found[0][1] - 0.04 and _apart(p, found[0][0]) for p, s, _ in found[1:]):
        return None
    place, score, why = found[0]
    reasons = (f"no place is written {piece.core!r}; {why}",)
    location = of_place(text, [Candidate(place, round(0.7 * score, 3), reasons)], scope.gazetteer, scope.language)
    if location.precision is not PrecisionClass.EXACT:
        return location
    return vicinity_of(location, _LIKE_RADIUS_M, "the spelling differs", 1.0)


def _guessed(piece: Piece, scope: Scope) -> tuple[Place, str, float] | None:
    """The place of the unit most like the head in spelling: too doubtful for an answer, a better point than none."""
    if scope.country is None or scope.unit is None:
        return None
    spellings, places = _spellings(scope.gazetteer, scope.country, scope.unit)
    best = next(iter(spellings.like(piece.core, 1)), None)
    if best is not None and best.likeness >= _GUESS:
        return places[best.number], best.name, best.likeness
    for place, score, _ in scope.gazetteer.similar(piece.core, scope.country, _MOST_LIKE):
        if score >= _LIKE and scope.holds(place) and credible(piece.core, place):
            return place, place.name, score
    return None


def credible(key: str, place: Place, least: float = _SAME_SCRIPT) -> bool:
    """Whether the likeness of a place's name is more than shared consonants, where scripts can be compared."""
    arabic = "\u0621" <= key[:1] <= "\u064a"
    names = [normalise(n) for n in (place.name, *(name for _, name in place.names))]
    same = [n for n in names if n and ("\u0621" <= n[:1] <= "\u064a") == arabic]
    return not same or max(fuzz.ratio(key, n) for n in same) >= least


# ---- answers
def whole(text: str, scope: Scope) -> Location | None:
    """The place whose name the whole text is, but for words for kinds and articles."""
    return _site(piece_of(text, all_words()), scope, [], text)


def settlement(text: str, scope: Scope) -> Location | None:
    """The described place itself: the head by name, then by a likely spelling. None when it is not known."""
    groups = pieces(text)
    if not groups:
        return None
    holders = _holders(groups, scope)
    sites = [s for piece in groups[0] if (s := _site(piece, scope, holders, text))]
    if not sites:
        joined = _joined(groups[0][0], scope, holders, text)
        sites = joined or [
            s for piece in groups[0] if (s := _heard(piece, scope, holders, text) or _like(piece, scope, holders, text))
        ]
    if len(sites) > 1 and len(groups[0]) > 1:
        return _middle(sites[0], sites[1])
    return sites[0] if sites else None


def anchor(text: str, scope: Scope, told: Location | None = None) -> Location | None:
    """Where an anchor of a relative place is: as described, else outside the scope's unit, else what holds it.

    ``told`` is where the text itself says that it lies: of several places of the name that one is taken.
    """
    if is_nation(text, scope.language):
        return people(text, scope.gazetteer, scope.language)
    if told is not None and told.region is not None:
        there = [
            p
            for form in piece_of(text, all_words()).forms
            for p in scope.gazetteer.lookup(form)
            if told.region.distance(Point(p.lon, p.lat)) < BORDER_DEGREES
        ]
        if there:
            meant = Candidate(there[0], 0.95, ("it lies where the text itself says",))
            return of_place(text, [meant], scope.gazetteer, scope.language)
    for form in nominatives(text, scope.language):
        if not scope.gazetteer.lookup(text) and (named := whole(form, scope)):
            return named
    found = whole(text, scope) or _opening(text, scope) or settlement(text, scope)
    if found is None and scope.unit is not None:
        wide = replace(scope, unit=None)
        found = whole(text, wide) or settlement(text, wide)
    return found or _held_by(pieces(text), scope, text)


def people(text: str, gazetteer: Gazetteer, language: str) -> Location | None:
    """The country that a nationality word stands for, as in "الشمال السوري"."""
    code = gazetteer.demonym(text) or nation(text, language)
    if code is None or gazetteer.country_code(code) is None:
        return None
    meant = Candidate(gazetteer.country(code), 0.9, ("the country of that nationality",))
    return of_place(text, [meant], gazetteer, language)


def _opening(text: str, scope: Scope) -> Location | None:
    """The known name that an anchor begins with, where the sentence runs on: "Bambari 3 districts namely"."""
    listed = text.split()
    for n in range(len(listed) - 1, 0, -1):
        rest = listed[n]
        runs_on = not rest[0].isupper() if rest[0].upper() != rest[0].lower() else not rest[0].isalpha()
        runs_on = runs_on or (len(rest) > 3 and any(rest.startswith(j) for j in all_words().joined))
        if runs_on and (found := whole(" ".join(listed[:n]).strip("،,"), scope)):
            return found
    return None


def end(known: Location, parsed: str) -> Location:
    """What leans on several places of which one is known: about that one."""
    return vicinity_of(known, _END_RADIUS_M, f"of the places that {parsed!r} leans on, only one is known", 0.6)


def region(text: str, scope: Scope) -> Location | None:
    """Where nothing of the head is known: the smallest known holder, with a holder's precision."""
    groups = pieces(text)
    found = _held_by(groups, scope, text)
    if found is not None or scope.unit is None:
        return found
    reasons = ("the place itself is not in the gazetteer; this is the unit that it lies in",)
    unit = of_place(text, [Candidate(scope.unit, 0.3, reasons)], scope.gazetteer, scope.language)
    if all_words().is_quarter(normalise(text)):
        seat = next((p for p in _towns_of(scope.unit, scope) if scope.holds(p)), None)
        why = "what lies in a town, with no town named: the seat of the unit is the likeliest"
        return _pointed(unit, seat, 0.5, why) if seat else unit
    guess = _guessed(groups[0][0], scope) if groups else None
    if guess is None:
        return unit
    place, name, likely = guess
    return _pointed(unit, place, 0.4 * likely, f"spelt like {name}, {likely:.0%} alike")


def _pointed(unit: Location, place: Place, share: float, reason: str) -> Location:
    """The unit still, its point moved to a place that may be meant."""
    moved = metres_between(unit.lat, unit.lon, place.lat, place.lon)
    why = f"perhaps {place.name} ({reason}): the point is there, the region stays the unit"
    return replace(
        unit,
        lat=place.lat,
        lon=place.lon,
        radius_m=unit.radius_m + 0.5 * moved,
        candidates=(Candidate(place, round(share, 3), (reason,)),),
        chain=(*unit.chain, why),
    )


def _towns_of(unit: Place, scope: Scope) -> list[Place]:
    """Towns that bear the name of a unit, as seats mostly do."""
    names = dict.fromkeys([all_words().core(normalise(n)) for n in (unit.name, *(n for _, n in unit.names))])
    towns = [p for n in names for p in scope.gazetteer.lookup(n, country=scope.country) if p.feature_class == "P"]
    return sorted(towns, key=lambda p: -prominence(p, scope.gazetteer))


def _holders(groups: Sequence[Sequence[Piece]], scope: Scope) -> list[Place]:
    """The places that the description says to hold its head, in the scope."""
    return [p for group in groups[1:] for piece in group for p in _exact(piece, scope) if scope.holds(p)]


def _site(piece: Piece, scope: Scope, holders: Sequence[Place], text: str) -> Location | None:
    found = _exact(piece, scope)
    location = _chosen(found, piece, scope, holders, text) if found else None
    if location is None:
        return None
    if holders and location.feature_code != "ADM1" and not any(c for c in holders if _near(location, c)):
        return doubted(location, 0.7, "it does not lie in what the description names")
    town = (location.feature_code or "").startswith("PPL")
    if piece.kind in ("S", "L", "A") and town and not scope.gazetteer.lookup(piece.key):
        why = "the place itself is not in the gazetteer, the town of that name is"
        return vicinity_of(location, _HOLDER_RADIUS_M, why, 0.8)
    return location


def _near(location: Location, holder: Place) -> bool:
    metres = metres_between(location.lat, location.lon, holder.lat, holder.lon)
    return metres <= max(_WITHIN_TOWN_M, holder.radius_m)


def _joined(piece: Piece, scope: Scope, holders: Sequence[Place], text: str) -> list[Location]:
    """Two names written together: "X وY" as two places, "X Y" as X of Y where Y is a known town of the unit."""
    listed = piece.core.split()
    for letters in all_words().joined:
        for i in range(1, len(listed)):
            if listed[i].startswith(letters) and len(listed[i]) > len(letters) + 2:
                sides = (" ".join(listed[:i]), " ".join([listed[i][len(letters) :], *listed[i + 1 :]]))
                both = [_site(piece_of(s, all_words()), scope, holders, text) for s in sides]
                if both[0] is not None and both[1] is not None:
                    return [_middle(both[0], both[1])]
    return []


def _middle(a: Location, b: Location) -> Location:
    """Two places named together: the middle, with both inside."""
    metres = metres_between(a.lat, a.lon, b.lat, b.lon)
    if metres < 3_000 or metres > 150_000:
        return a
    middle = replace(a, lat=(a.lat + b.lat) / 2, lon=(a.lon + b.lon) / 2, name=f"{a.name}, {b.name}", place_id=None)
    radius = metres / 2 + max(a.radius_m, b.radius_m)
    return replace(vicinity_of(middle, radius, f"halfway to {b.name}, named with it", 1.0), precision=_wide(radius))


def _held_by(groups: Sequence[Sequence[Piece]], scope: Scope, text: str) -> Location | None:
    """The smallest known holder that the description names."""
    for group in groups[1:]:
        for piece in group:
            found = _exact(piece, scope)
            location = _chosen(found, piece, scope, [], text) if found else None
            if location is None:
                continue
            why = "the place itself is not in the gazetteer, what holds it is"
            if location.precision is PrecisionClass.EXACT:
                return vicinity_of(location, _HOLDER_RADIUS_M, why, 0.7)
            return doubted(location, 0.6, why)
    return None

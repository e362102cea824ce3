"""What a text says that a place lies in ("X بمديرية Y", "Paris, Texas"), and whether a place lies there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import shapely
from shapely.geometry import Point

from mapper.cues import cues_of
from mapper.gazetteer import Gazetteer, metres_between
from mapper.model import Mention, Place
from mapper.text import normalise
from mapper.words import Words, words_of

# Borders in the gazetteer and in a writer's head differ by some kilometres (degrees; a degree is 111 km).
BORDER_DEGREES = 0.15
# How far the countryside of a town goes that has no unit of its own.
_ABOUT_TOWN_M = 40_000.0
# Waters, regions, roads and mountains: GeoNames' classes of what a point stands badly for.
_LONG = frozenset("HLRTVU")
_SEATS = ("PPLA", "PPLC")
_GAP, _NEXT = 22, 4
# How surely what follows holds the place: a word between them and one for its kind, or one of these.
_FIRM, _LOOSE = 1.0, 0.5


@dataclass(frozen=True, slots=True)
class Holder:
    """What the text names right behind a place as holding it.

    ``units`` are all places of that name that could; ``firm`` tells how sure it is that a place that lies in none of
    them is not meant, 0..1.
    """

    key: str
    units: tuple[Place, ...]
    firm: float


def holder_of(
    text: str, i: int, mentions: Sequence[Mention], options: Mapping[int, Sequence[Place]], kinds: Mapping[int, str]
) -> Holder | None:
    """The unit or country that follows name number ``i`` at once: "Paris, Texas", "سرت في ليبيا".

    Names of the chain that nobody knows are gone over: "X, commune de Y, cercle de Z".

    Args:
        text: What the spans index.
        i: Number of the name.
        mentions: In the order of the text.
        options: Number of a name → what it may mean.
        kinds: Number of a name → the feature class that the words beside it tell.
    """
    end, words = mentions[i].end, words_of(mentions[i].language)
    cues = cues_of(mentions[i].language)
    joins = tuple(cues.joins)
    for j in range(i + 1, min(len(mentions), i + _NEXT)):
        other = mentions[j]
        if other.kind != "name" or other.start < end:
            continue
        cut = text[other.start : other.end - len(other.surface)]
        if cut.startswith(joins) or not linked(text[end : other.start], words):
            return None  # "بين حمص وتدمر": a list
        key = normalise(other.surface)
        if all(word in cues.winds or word in cues.nouns for word in key.split()):
            return None  # "إقليم شمال وشرق سوريا" is not the Region of the North that Cameroon has
        places = options.get(j, ())
        if places:
            kind = kinds.get(j, "")
            units = tuple(p for p in places if p.feature_class == "A") if kind != "P" else ()
            parted = text[end : other.end - len(other.surface)].strip() in ("", ",", "،", "(")
            firm = _FIRM if kind == "A" or (kind == "P" and not parted) else _LOOSE if kind == "P" else 0.0
            if any(p.feature_class in _LONG for p in options.get(i, ())):
                firm = 0.0  # a river runs through many units, and its point lies in one
            return Holder(key, units or (tuple(places) if kind else ()), firm)
        end = other.end
    return None


class Named(Protocol):
    """A name in a text: where it begins and ends, and itself without clitics."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def surface(self) -> str: ...


def stated_unit(text: str, name: Named, unit: Named, language: str) -> bool:
    """Whether ``unit`` follows a name at once, as what holds it, with a word for units: "X بمديرية Y"."""
    words = words_of(language)
    if not linked(text[name.end : unit.start], words):
        return False
    return (words.kind(normalise(unit.surface)) or words.kind_beside(text, unit.start, unit.end)) == "A"


def linked(gap: str, words: Words) -> bool:
    """Whether the words between two names say that the second holds the first."""
    if len(gap) > _GAP or "." in gap or "\n" in gap:
        return False
    gap = normalise(gap)
    rest = [w for w in gap.split() if w not in words.before and w not in words.articles]
    return gap in words.links or " ".join(rest) in words.links


def holds(container: Place, place: Place) -> bool:
    """Whether a unit or country holds a place, by the names of its units."""
    if container.country != place.country or container.id == place.id:
        return False
    if container.feature_code.startswith("PCL") or container.name in (place.admin1, place.admin2):
        return True
    # Sources spell a province in more ways than one: "Middle Shabelle" is filed under "Middle Shebelle".
    return container.feature_code == "ADM1" and container.admin1 is not None and container.admin1 == place.admin1


@lru_cache(maxsize=100_000)
def lies_in(gazetteer: Gazetteer, unit: Place, place: Place, strip: float = BORDER_DEGREES) -> bool:
    """Whether a place lies in a unit or about a town: by names, else by the outline widened by ``strip`` degrees.

    A unit without an outline reaches as far as its radius.
    """
    if holds(unit, place):
        return True
    if unit.country != place.country or unit.id == place.id:
        return False
    if place.feature_class == "A" and place.radius_m >= unit.radius_m:
        return False  # whatever district the middle of a province lies in
    metres = metres_between(unit.lat, unit.lon, place.lat, place.lon)
    if unit.feature_class != "A":
        # The countryside of a seat is that of its whole unit, and a region without an outline ends nowhere surely.
        wide = unit.feature_code in _SEATS or unit.feature_class == "L"
        return (wide and unit.admin1 is not None and unit.admin1 == place.admin1) or metres <= max(
            _ABOUT_TOWN_M, unit.radius_m
        )
    area = gazetteer.area(unit)
    if area is None:
        return metres <= unit.radius_m
    shapely.prepare(area)
    return bool(shapely.dwithin(area, Point(place.lon, place.lat), strip))


def held_by(container: Holder, places: Sequence[Place], gazetteer: Gazetteer) -> list[Place]:
    """The places that lie in one of the units of a name; those within a border strip where none does."""
    inside = [p for p in places if any(lies_in(gazetteer, u, p, 0.0) for u in container.units)]
    return inside or [p for p in places if any(lies_in(gazetteer, u, p) for u in container.units)]

"""Described localities → Locations: a name, a name with what it lies in, or a relative place; one, or many at once.

Anchors are looked up first, then regions are drawn: of many descriptions each is looked up by itself, and those that
are to be drawn are drawn together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from mapper import coordinates, described, relative
from mapper.errors import TRIPPED, GeocoderError
from mapper.gazetteer import Gazetteer
from mapper.language import identify
from mapper.locations import of_coordinates, of_geocoder, of_place
from mapper.model import Candidate, Geocoder, Location, Mention, Relative, Resolved
from mapper.text import normalise

_UNIT_CONFIDENCE = 0.8
# So many are drawn together: more are no quicker, and none should wait long for its answer.
_TOGETHER = 200
_WORD_BEHIND = re.compile(r"[ -]([^\W\d_]+)")


@dataclass(frozen=True, slots=True)
class Description:
    """What is asked for: a described locality, such as "10 km south of Bria", and its hints (see ``locate``)."""

    text: str
    country: str | None = None
    admin1: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class _Undrawn:
    """A relative place whose anchors are found."""

    mention: Mention
    told: relative.Anchored


def unit(name: str, gazetteer: Gazetteer, country: str) -> Location | None:
    """The first-order unit of a country (ISO code) as a place by itself, None for none of that name."""
    place = gazetteer.admin1_place(country, name)
    if place is None:
        return None
    whole = Candidate(place, _UNIT_CONFIDENCE, ("the row names no place but this unit",))
    return of_place(name, [whole], gazetteer, identify(name))


def locate(
    text: str,
    gazetteer: Gazetteer,
    *,
    country: str | None = None,
    admin1: str | None = None,
    language: str | None = None,
    geocoder: Geocoder | None = None,
    method: str = "calibrated",
    kind: str = "",
) -> Resolved:
    """Place a described locality: a name, a name with what it lies in, or a relative place.

    Args:
        text: For instance "Kafr Nabl town", "10 km south of Bria" or "حي الصاخور، مدينة حلب".
        gazetteer: Where names are looked up.
        country: ISO code or name in any language that we read: names are looked for in it first.
        admin1: First-order unit: a place far outside it is not taken.
        language: How to read it; None to find out.
        geocoder: Asked for what the gazetteer lacks.
        method: How relative places are drawn: "calibrated", or "point-radius" for the circle of that method.
        kind: The kind of text, where it is known: news, encyclopaedic, military, maritime or seismic.
    """
    found = _looked_up(Description(text, country, admin1, language), gazetteer, geocoder, method, kind)
    return found if isinstance(found, Resolved) else _drawn([found], gazetteer, method, kind)[0]


def locate_many(
    asked: Iterable[Description],
    gazetteer: Gazetteer,
    *,
    geocoder: Geocoder | None = None,
    method: str = "calibrated",
    kind: str = "",
) -> Iterator[Resolved]:
    """``locate`` for many descriptions, in their order: the same answers in less time.

    One that trips a rule has no location, and its ``why_not`` says what happened; the others go on.
    """
    rest = iter(asked)
    while some := list(islice(rest, _TOGETHER)):
        found = [_tried(one, gazetteer, geocoder, method, kind) for one in some]
        undrawn = [one for one in found if isinstance(one, _Undrawn)]
        try:
            drawn = iter(_drawn(undrawn, gazetteer, method, kind))
        except TRIPPED:  # by one of them: each by itself shows which
            drawn = iter([_drawn_or_why(one, gazetteer, method, kind) for one in undrawn])
        yield from (one if isinstance(one, Resolved) else next(drawn) for one in found)


def _tried(
    asked: Description, gazetteer: Gazetteer, geocoder: Geocoder | None, method: str, kind: str
) -> Resolved | _Undrawn:
    try:
        return _looked_up(asked, gazetteer, geocoder, method, kind)
    except TRIPPED as error:
        return _tripped(Mention(0, len(asked.text), asked.text, language=asked.language or ""), error)


def _drawn_or_why(one: _Undrawn, gazetteer: Gazetteer, method: str, kind: str) -> Resolved:
    try:
        return _drawn([one], gazetteer, method, kind)[0]
    except TRIPPED as error:
        return _tripped(one.mention, error)


def _tripped(mention: Mention, error: Exception) -> Resolved:
    return Resolved(mention, None, f"{type(error).__name__}: {error}")


def _drawn(undrawn: list[_Undrawn], gazetteer: Gazetteer, method: str, kind: str) -> list[Resolved]:
    """Relative places with their regions, drawn together."""
    places = relative.locate_many([one.told for one in undrawn], gazetteer, kind=kind, method=method)
    return [Resolved(one.mention, place) for one, place in zip(undrawn, places, strict=True)]


def _looked_up(
    asked: Description, gazetteer: Gazetteer, geocoder: Geocoder | None, method: str, kind: str
) -> Resolved | _Undrawn:
    """What a description means; of a relative place its anchors, its region not yet drawn."""
    text = asked.text
    spoken = asked.language or identify(text)
    whole = Mention(0, len(text), text, language=spoken)
    if not normalise(text):
        return Resolved(whole, None, "no text")
    written = coordinates.find(text, spoken)
    if written and 2 * len(written[0].surface) > len(text):
        return Resolved(written[0], of_coordinates(written[0], gazetteer))
    scope = described.Scope.of(gazetteer, asked.country, asked.admin1, spoken)
    direct = described.whole(text, scope)
    if direct is not None:
        return Resolved(whole, direct)
    parsed = relative.parse(text, asked.language)
    if parsed is not None:
        measured = _anchored(whole, parsed[0], scope, asked, method, kind)
        if measured is not None:
            return measured
    found = described.settlement(text, scope)
    if found is None and geocoder is not None:
        try:
            answer = geocoder(text, scope.country)
        except GeocoderError as error:
            region = described.region(text, scope)
            return Resolved(whole, region, None if region else f"not in the gazetteer; {error.message}")
        found = of_geocoder(text, answer) if answer else None
    found = found or described.region(text, scope)
    return Resolved(whole, found, None if found else "not in the gazetteer")


def _whole_name(text: str, span: tuple[int, int, str], gazetteer: Gazetteer) -> str:
    """An anchor with the word behind it that belongs to its name, such as "City", "Town" or "North".

    The grammar leaves words for kinds and winds out of what a phrase leans on; the gazetteer knows "Mexico City".
    """
    _, end, name = span
    word = _WORD_BEHIND.match(text, end)
    if word is None or not word[1][0].isupper():
        return name
    longer = name + word[0]
    return longer if gazetteer.lookup(longer) else name


def _anchored(
    whole: Mention, said: Relative, scope: described.Scope, asked: Description, method: str, kind: str
) -> Resolved | _Undrawn | None:
    """A relative place with its anchors, or what it explains, or one end of it; None where no anchor is known."""
    known: list[Location] = []

    def anchor_of(span: tuple[int, int, str], told: Location | None) -> Location | None:
        found = described.anchor(_whole_name(asked.text, span, scope.gazetteer), scope, told)
        known.extend([found] if found else [])
        return found

    mention = replace(whole, kind="relative", relative=said)
    explained = relative.gloss(asked.text, asked.language)
    told = relative.place(explained[1], anchor_of, scope.gazetteer, country=scope.country) if explained else None
    if explained is not None and isinstance(told, Location):
        own = described.anchor(explained[0], scope, told)
        return Resolved(mention, relative.agreed(own, told, explained[0]))
    ready = relative.anchored(
        said, anchor_of, scope.gazetteer, country=scope.country, surface=asked.text, method=method, kind=kind
    )
    if not isinstance(ready, str):
        return _Undrawn(mention, ready)
    return Resolved(mention, described.end(known[0], asked.text)) if known else None

"""Relative places: "150 miles southeast of Sirte" to a point, a region and the steps in words.

``grammar`` reads the words, ``regions`` draws the shapes; this module joins them and holds the
measured widths. Distances in metres, angles in degrees.
"""

from __future__ import annotations

from collections.abc import Sequence

import shapely
from shapely.geometry import Point
from shapely.ops import nearest_points

from mapper import grammar, regions, relative_words
from mapper.language import codes, identify
from mapper.model import Location, Mention, Relative
from mapper.relative_regions import Areas, Draft, Scene, draw, name_of

_LEAST, _WHOLE = 0.05, 0.9999


def find(text: str, language: str, names: Sequence[tuple[int, int]]) -> list[Mention]:
    """The relative places of ``text`` that lean on ``names`` (spans) or on "the city", "the country" …

    A mention runs from its first grammar word to the end of its anchor. Role is gloss where it only
    explains the name before it.
    """
    if not relative_words.speaks(language):
        return []
    return [
        Mention(f.start, f.end, text[f.start : f.end], "relative", language, 0.9, f.relative.rule, f.role, f.relative)
        for f in grammar.search(text, language, names)
    ]


def parse(phrase: str, language: str | None = None) -> tuple[Relative, str] | None:
    """Read a whole phrase; its anchor is whatever the grammar leaves over. None if it is not relative.

    >>> relative, language = parse("150 miles southeast of Sirte")
    >>> relative.relation, round(relative.distance_m[1]), relative.bearing, relative.anchors[0][2]
    ('offset', 241402, 135.0, 'Sirte')
    """
    first = language or identify(phrase)
    for code in dict.fromkeys([first, *(codes() if language is None else [])]):
        if not relative_words.speaks(code):
            continue
        spans = grammar.candidates(phrase, code)
        found = grammar.search(phrase, code, spans)
        # Another language than the phrase's own is believed only when it reads a distance.
        found = [f for f in found if code == first or f.relative.distance_m is not None]
        if found:
            best = max(found, key=lambda f: (f.relative.distance_m is not None, len(f.relative.anchors), -f.start))
            return best.relative, code
    return None


def locate(
    relative: Relative,
    anchors: Sequence[Location],
    gazetteer: Areas | None = None,
    *,
    country: str | None = None,
    surface: str = "",
    kind: str = "",
) -> Location:
    """Where a relative expression is, given the locations of its anchors (at least one).

    ``country`` clips to that country (ISO 3166 alpha-2) when at least a twentieth of the region lies
    in it. ``kind`` is what the text is known to be:
    news, encyclopaedic, military, maritime or seismic.
    """
    if not anchors:
        raise ValueError("a relative place needs at least one anchor")
    a = anchors[0]
    steps = [
        f"parse: {relative.relation}" + "".join(f", {t}" for t in (relative.distance_text, relative.bearing_text) if t)
    ]
    steps += [f"anchor: {name_of(x)} at {x.lat:.5f}, {x.lon:.5f}" for x in anchors]
    draft = draw(Scene(relative, anchors, gazetteer, kind))
    steps += draft.steps
    if gazetteer is not None and draft.mask:
        _clip(draft, gazetteer, country, steps)
    point = Point(draft.lon, draft.lat)
    if not draft.point_fixed and not draft.region.covers(point):
        near = nearest_points(draft.region, point)[0]
        if regions.inverse(draft.lat, draft.lon, near.y, near.x)[0] > 1.0:
            draft.lat, draft.lon = near.y, near.x
            steps.append(f"point: moved to the nearest part of the region, {near.y:.5f}, {near.x:.5f}")
    return Location(
        lat=draft.lat,
        lon=draft.lon,
        radius_m=round(regions.reach(draft.lat, draft.lon, draft.region)),
        precision=draft.precision,
        method="relative",
        place_in_report=surface,
        name=surface or f"{relative.relation} {name_of(a)}",
        region=draft.region,
        place_id=None,
        country=a.country,
        country_name=a.country_name,
        admin1=a.admin1 if relative.relation in ("near", "outskirts") else None,
        confidence=round(draft.confidence * min(x.confidence for x in anchors) / 0.7, 3)
        if anchors
        else draft.confidence,
        chain=tuple(steps),
        anchor=(a.lat, a.lon),
    )


def _clip(draft: Draft, gazetteer: Areas, country: str | None, steps: list[str]) -> None:
    """Cut a draft to land and its country, or to the sea, unless nearly nothing would be left."""
    if draft.mask == "sea":
        west, south, east, north = draft.region.bounds
        sea = draft.region.difference(gazetteer.land(west - 0.2, south - 0.2, east + 0.2, north + 0.2))
        share = sea.area / draft.region.area
        if _LEAST <= share < _WHOLE:
            draft.region = regions.tidy(sea)
            steps.append(f"clip: {share:.0%} of the region is sea")
        return
    west, south, east, north = draft.region.bounds
    whole = gazetteer.area(gazetteer.country(country)) if country is not None else None
    if whole is not None:
        shapely.prepare(whole)  # most regions lie well inside their country: asking that is cheap, cutting is not
        if whole.covers(draft.region):
            return
        land, name = whole, f"country {country}"
    else:
        land, name = gazetteer.land(west - 0.2, south - 0.2, east + 0.2, north + 0.2), "land"
    draft.region, share = regions.clip(draft.region, land)
    if share < _LEAST:
        steps.append(f"conflict: less than 5 % of the region lies in {name}; not clipped")
    elif share < _WHOLE:
        steps.append(f"clip: {share:.0%} of the region lies in {name}")

"""Relative places: "150 miles southeast of Sirte" to a point, a region and the steps in words.

``grammar`` reads the words, ``regions`` draws the shapes; this module joins them and holds the
measured widths. Distances in metres, angles in degrees.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

import shapely
from shapely.geometry import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from mapper import grammar, regions, relative_lexicon, relative_point_radius
from mapper.grammar_found import Found
from mapper.language import codes, identify
from mapper.model import Location, Mention, Relative
from mapper.relative_regions import draw
from mapper.relative_scene import Areas, Draft, Scene, name_of
from mapper.relative_scene import home as home_of

_LEAST, _WHOLE = 0.05, 0.9999
_DOUBT, _GAP = 0.6, 40
_DETAILS = (0.001, 0.004, 0.016)
# A region of so many degrees is cut to a border of that detail, for one that is finer has tens of thousands of corners.
_VAST, _COARSE = 16.0, 0.064
_DEGREES_OFF = 0.1  # about the ten kilometres by which gazetteers differ
# As earthquake lists write: whole kilometres, letters for the wind, a place and its country or state.
_LISTED = re.compile(r"\d+ km [NESW]{1,3} of [^,;()]+, [^,;()]+$")

# Half the way round the Earth: nothing is farther from anything.
HALF_ROUND_M = 20_040_000.0


def find(text: str, language: str, names: Sequence[tuple[int, int]]) -> list[Mention]:
    """The relative places of ``text`` that lean on ``names`` (spans) or on "the city", "the country" …

    A mention runs from its first grammar word to the end of its anchor. Role is gloss where it only
    explains the name before it.
    """
    if not relative_lexicon.speaks(language):
        return []
    found = _joined([_told(f, text, language) for f in grammar.search(text, language, names)], text, language, False)
    return [
        Mention(f.start, f.end, text[f.start : f.end], "relative", language, 0.9, f.relative.rule, f.role, f.relative)
        for f in found
    ]


def parse(phrase: str, language: str | None = None) -> tuple[Relative, str] | None:
    """Read a whole phrase; its anchor is whatever the grammar leaves over. None if it is not relative.

    >>> relative, language = parse("150 miles southeast of Sirte")
    >>> relative.relation, round(relative.distance_m[1]), relative.bearing, relative.anchors[0][2]
    ('offset', 241402, 135.0, 'Sirte')
    """
    read = _read(phrase, language)
    return None if read is None else (read[0].relative, read[1])


def forget() -> None:
    """Forget the phrases read so far: for benchmarks."""
    _read.cache_clear()


def gloss(phrase: str, language: str | None = None) -> tuple[str, Relative] | None:
    """The name and what explains it in "Sirte (450 km east of Tripoli)"; None where nothing is explained."""
    read = _read(phrase, language)
    if read is None or read[0].role != "gloss":
        return None
    name = phrase[: read[0].start].strip(" (,،")
    return (name, read[0].relative) if name else None


@lru_cache(maxsize=4096)
def _read(phrase: str, language: str | None) -> tuple[Found, str] | None:
    first = language or identify(phrase)
    for code in dict.fromkeys([first, *(codes() if language is None else [])]):
        if not relative_lexicon.speaks(code):
            continue
        # Another language than the phrase's own is believed only when it reads a distance.
        found = [
            _told(f, phrase, code)
            for f in grammar.parse(phrase, code)
            if code == first or f.relative.distance_m is not None
        ]
        if found:
            joined = _joined(found, phrase, code, True)
            best = max(joined, key=lambda f: (f.relative.distance_m is not None, len(f.relative.anchors), -f.start))
            return best, code
    return None


def _told(found: Found, text: str, language: str) -> Found:
    """``found`` with the kind of text that its sentence shows: ships, earthquakes, armies."""
    r = found.relative
    if r.distance_m is None:
        return found
    kind = relative_lexicon.kind_of(text, found.start, found.end, language)
    if not kind and found.start == 0 and r.relation == "offset" and _LISTED.match(text):
        kind = "seismic"
    return replace(found, relative=replace(r, kind=kind)) if kind else found


def _joined(found: list[Found], text: str, language: str, phrase: bool) -> list[Found]:
    """Statements about one place made one: "X, which lies …", "… and 60 km west of Palmyra" (in a whole phrase)."""
    out: list[Found] = []
    for one in found:
        before = out[-1] if out else None
        if before is not None and before.relative.anchors and before.role == "place":
            gap = text[before.end : one.start]
            _, end, _ = before.relative.anchors[-1]
            glossed = one.role == "gloss" and relative_lexicon.only_kind(gap, language)
            if len(gap) < _GAP and end == before.end and (glossed or relative_lexicon.explains(gap, language)):
                joined = replace(before.relative, base=one.relative)
                out[-1] = replace(before, end=one.end, relative=joined)
                continue
            both = before.relative.distance_m is not None and one.relative.distance_m is not None
            if phrase and both and relative_lexicon.adds(gap, language):
                joined = replace(before.relative, also=(*before.relative.also, one.relative))
                out[-1] = replace(before, end=one.end, relative=joined)
                continue
        out.append(one)
    return out


def place(
    relative: Relative,
    anchor_of: Callable[[tuple[int, int, str], Location | None], Location | None],
    gazetteer: Areas | None = None,
    *,
    country: str | None = None,
    surface: str = "",
    kind: str = "",
    method: str = "calibrated",
) -> Location | str:
    """Where a relative expression is, its anchors looked up on the way; the missing anchor's name if one is.

    Args:
        relative: As ``parse`` or ``find`` gives it.
        anchor_of: Finds the place of an anchor (start, end, surface). Its second argument, when given, is where
            the text itself says that the anchor lies: it chooses between namesakes.
        gazetteer: Land, borders and settlements; None draws without them.
        country: ISO 3166 alpha-2: see ``locate``.
        surface: What the report calls the place.
        kind: See ``locate``.
        method: See ``locate``.
    """
    told: Location | None = None
    if relative.base is not None:
        base = place(relative.base, anchor_of, gazetteer, country=country, kind=kind, method=method)
        told = base if isinstance(base, Location) else None
    anchors: list[Location] = []
    for number, span in enumerate(relative.anchors):
        found = anchor_of(span, told if number == 0 else None)
        if number == 0 and told is not None:
            found = agreed(found, told, span[2])
        if found is None:
            return span[2]
        anchors.append(found)
    if not anchors:
        return ""
    where = locate(relative, anchors, gazetteer, country=country, surface=surface, kind=kind, method=method)
    for other in relative.also:
        second = place(other, anchor_of, gazetteer, country=country, surface=surface, kind=kind, method=method)
        where = _both(where, second) if isinstance(second, Location) else where
    return where


def agreed(found: Location | None, told: Location, name: str) -> Location:
    """An anchor checked against where the text says it lies; the latter alone when no gazetteer knows it."""
    if found is None:
        step = f"{name!r} is not known; the text itself says where it lies"
        return replace(told, name=name, place_in_report=name, chain=(*told.chain, step))
    assert told.region is not None
    if told.region.distance(Point(found.lon, found.lat)) < _DEGREES_OFF:
        return replace(found, chain=(*found.chain, "it lies where the text says"))
    step = "gloss disagrees: the text's own distance or direction does not lead there"
    return replace(found, confidence=round(found.confidence * _DOUBT, 3), chain=(*found.chain, step))


def _both(one: Location, two: Location) -> Location:
    """What fits two statements about one place; the first alone where they exclude each other."""
    assert one.region is not None
    assert two.region is not None
    common = one.region.intersection(two.region)
    if common.area < _LEAST * min(one.region.area, two.region.area):
        step = f"conflict: nothing fits {two.place_in_report!r} too"
        return replace(one, confidence=round(one.confidence * _DOUBT, 3), chain=(*one.chain, *two.chain[:1], step))
    region = regions.tidy(common)
    # The region holds both guesses as well as it can: between them, but inside.
    between = Point((one.lon + two.lon) / 2, (one.lat + two.lat) / 2)
    centre = region.centroid if region.covers(region.centroid) else nearest_points(region, between)[0]
    steps = (*one.chain, *two.chain, f"region: where both fit; point: its middle, {centre.y:.5f}, {centre.x:.5f}")
    return replace(
        one,
        lat=centre.y,
        lon=centre.x,
        region=region,
        radius_m=round(regions.reach(centre.y, centre.x, region)),
        confidence=round(min(0.9, 1.1 * max(one.confidence, two.confidence)), 3),
        chain=steps,
    )


def locate(
    relative: Relative,
    anchors: Sequence[Location],
    gazetteer: Areas | None = None,
    *,
    country: str | None = None,
    surface: str = "",
    kind: str = "",
    method: str = "calibrated",
) -> Location:
    """Where a relative expression is, given the locations of its anchors.

    Args:
        relative: As ``parse`` or ``find`` gives it.
        anchors: Where its anchors are, in their order; at least one.
        gazetteer: Land, borders and settlements; None draws without them.
        country: ISO 3166 alpha-2: the region is cut to it when at least a twentieth of it lies in there.
        surface: What the report calls the place.
        kind: What the text is known to be: news, encyclopaedic, military, maritime or seismic; "" when unknown.
        method: "calibrated" draws what held nine in ten; "point-radius" the circle of that method, for comparison.

    Returns:
        Point, region (WGS84 degrees) and the steps in words; ``radius_m`` reaches the region's farthest corner.

    Raises:
        ValueError: There is no anchor.
    """
    scene = _scene(relative, anchors, gazetteer, kind, country)
    draft = _drawn(scene, method)
    draft.settle()
    _cut(scene, draft)
    return _located(scene, draft, surface)


def locate_many(
    told: Sequence[tuple[Relative, Sequence[Location]]],
    gazetteer: Areas | None = None,
    *,
    country: str | None = None,
    kind: str = "",
    method: str = "calibrated",
) -> list[Location]:
    """``locate`` for many relative expressions, each with its anchors: the same answers in less time.

    All are drawn, then all settled, cut and measured: a processor is quicker at doing one thing again and again.

    Args:
        told: Pairs of what ``parse`` or ``find`` gives and where its anchors are, at least one each.
        gazetteer: See ``locate``.
        country: See ``locate``; of all of them.
        kind: See ``locate``; of all of them.
        method: See ``locate``.

    Returns:
        A location for each pair, in their order.

    Raises:
        ValueError: One of them has no anchor.
    """
    scenes = [_scene(relative, anchors, gazetteer, kind, country) for relative, anchors in told]
    drafts = [_drawn(scene, method) for scene in scenes]
    for draft in drafts:
        draft.settle()
    for scene, draft in zip(scenes, drafts, strict=True):
        _cut(scene, draft)
    return [_located(scene, draft, "") for scene, draft in zip(scenes, drafts, strict=True)]


def _scene(
    relative: Relative, anchors: Sequence[Location], gazetteer: Areas | None, kind: str, country: str | None
) -> Scene:
    if not anchors:
        raise ValueError("a relative place needs at least one anchor")
    if relative.distance_m is not None and relative.distance_m[0] > HALF_ROUND_M:
        relative = replace(relative, distance_m=None, distance_text=f"{relative.distance_text} (no distance on Earth)")
    return Scene(relative, anchors, gazetteer, kind, country)


def _drawn(scene: Scene, method: str) -> Draft:
    """The draft of a scene, not yet cut, with its steps from the first on."""
    relative = scene.relative
    steps = [
        f"parse: {relative.relation}" + "".join(f", {t}" for t in (relative.distance_text, relative.bearing_text) if t)
    ]
    steps += [f"anchor: {name_of(x)} at {x.lat:.5f}, {x.lon:.5f}" for x in scene.anchors]
    draft = relative_point_radius.draw(scene) if method == "point-radius" else draw(scene)
    draft.steps = steps + draft.steps
    return draft


def _located(scene: Scene, draft: Draft, surface: str) -> Location:
    """A draft as a location, its point inside its region."""
    relative, a = scene.relative, scene.first
    if not draft.point_fixed and not shapely.intersects_xy(draft.region, draft.lon, draft.lat):
        near = nearest_points(draft.region, Point(draft.lon, draft.lat))[0]
        if regions.inverse(draft.lat, draft.lon, near.y, near.x)[0] > 1.0:
            draft.lat, draft.lon = near.y, near.x
            draft.steps.append(f"point: moved to the nearest part of the region, {near.y:.5f}, {near.x:.5f}")
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
        confidence=round(draft.confidence * min(x.confidence for x in scene.anchors) / 0.7, 3),
        chain=tuple(draft.steps),
        anchor=(a.lat, a.lon),
    )


def _cut(scene: Scene, draft: Draft) -> None:
    """See that a draft has a region, and cut it to what it is meant to lie in."""
    if draft.region.is_empty:  # "0 km north of Sirte"
        draft.region = regions.disc(draft.lat, draft.lon, max(1000.0, scene.first.radius_m))
    if scene.gazetteer is not None and draft.mask:
        _clip(draft, scene.gazetteer, scene.country, scene.first.country)


def _clip(draft: Draft, gazetteer: Areas, country: str | None, home: str | None) -> None:
    """Cut a draft to its country, else to land, or to the sea, unless nearly nothing would be left.

    ``home`` is the anchor's country: what lies within it is not cut at all.
    """
    if draft.mask == "sea":
        sea = draft.region.difference(gazetteer.land(*draft.region.bounds))
        share = sea.area / draft.region.area
        if _LEAST <= share < _WHOLE:
            draft.region = regions.tidy(sea)
            draft.steps.append(f"clip: {share:.0%} of the region is sea")
        return
    code = country or home
    whole = home_of(gazetteer, code) if code is not None else None
    # Most regions lie well inside their country: asking that is cheap, cutting is not.
    if whole is not None and whole.covers(draft.region):
        return
    if whole is not None and country is not None:
        # A border is as exact as the region that it cuts is large, and a little farther out: harbours stay inside.
        west, south, east, north = draft.region.bounds
        size = max(east - west, north - south)
        usual = next((d for d in _DETAILS if size < 100 * d), _DETAILS[-1])
        detail = usual if size < _VAST else _COARSE
        room = 4 * detail
        near = shapely.clip_by_rect(whole, west - room, south - room, east + room, north + room)
        near = near if near.is_valid else shapely.make_valid(near)
        plain = near.simplify(detail) if size < _VAST else _plain(near, detail)
        land, name = plain.buffer(detail, quad_segs=1), f"country {country}"
        draft.region, share = regions.clip(draft.region, land, _LEAST)
    else:
        name = "land"
        draft.region, share = regions.clipped_to(draft.region, gazetteer.grounds(*draft.region.bounds), _LEAST)
    if share < _LEAST:
        draft.steps.append(f"conflict: less than 5 % of the region lies in {name}; not clipped")
        draft.confidence *= _DOUBT if country is not None else 1.0
    elif share < _WHOLE:
        draft.steps.append(f"clip: {share:.0%} of the region lies in {name}")


def _plain(area: BaseGeometry, detail: float) -> BaseGeometry:
    """``area`` simplified island by island, which may then overlap, for a sixth of what keeping them apart costs."""
    parts = shapely.simplify(shapely.get_parts(area), detail, preserve_topology=False)
    sound = shapely.is_valid(parts)
    parts[~sound] = shapely.make_valid(parts[~sound])
    return MultiPolygon([p for part in parts for p in shapely.get_parts(part) if isinstance(p, Polygon) and p.area > 0])

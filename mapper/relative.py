"""Relative places: "150 miles southeast of Sirte" to a point, a region and the steps in words.

``grammar`` reads the words, ``regions`` draws the shapes; this module joins them and holds the
measured widths. Distances in metres, angles in degrees.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import shapely
from shapely.geometry import Point
from shapely.ops import nearest_points

from mapper import grammar, regions, relative_lexicon, relative_point_radius
from mapper.grammar_found import Found
from mapper.language import codes, identify
from mapper.model import Location, Mention, Relative
from mapper.relative_cut import DOUBT, LEAST, cut
from mapper.relative_regions import draw
from mapper.relative_scene import Areas, Draft, Scene, name_of

_GAP = 40
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


@dataclass(frozen=True, slots=True)
class Anchored:
    """A relative expression with its anchors found: all that drawing it needs.

    ``anchors`` are in their order, at least one; ``country`` and ``surface`` are those of ``locate``; ``also`` are
    further statements about the same place, which hold with it.
    """

    relative: Relative
    anchors: Sequence[Location]
    country: str | None = None
    surface: str = ""
    also: tuple[Anchored, ...] = ()


AnchorOf = Callable[[tuple[int, int, str], Location | None], Location | None]


def anchored(
    relative: Relative,
    anchor_of: AnchorOf,
    gazetteer: Areas | None = None,
    *,
    country: str | None = None,
    surface: str = "",
    kind: str = "",
    method: str = "calibrated",
) -> Anchored | str:
    """A relative expression with its anchors looked up, ready for ``locate_many``; a missing anchor's name if one is.

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
    more = [
        anchored(other, anchor_of, gazetteer, country=country, surface=surface, kind=kind, method=method)
        for other in relative.also
    ]
    return Anchored(relative, anchors, country, surface, tuple([a for a in more if isinstance(a, Anchored)]))


def place(
    relative: Relative,
    anchor_of: AnchorOf,
    gazetteer: Areas | None = None,
    *,
    country: str | None = None,
    surface: str = "",
    kind: str = "",
    method: str = "calibrated",
) -> Location | str:
    """Where a relative expression is, its anchors looked up on the way: see ``anchored``; a missing anchor's name."""
    told = anchored(relative, anchor_of, gazetteer, country=country, surface=surface, kind=kind, method=method)
    return told if isinstance(told, str) else locate_many([told], gazetteer, kind=kind, method=method)[0]


def agreed(found: Location | None, told: Location, name: str) -> Location:
    """An anchor checked against where the text says it lies; the latter alone when no gazetteer knows it."""
    if found is None:
        step = f"{name!r} is not known; the text itself says where it lies"
        return replace(told, name=name, place_in_report=name, chain=(*told.chain, step))
    assert told.region is not None
    if told.region.distance(Point(found.lon, found.lat)) < _DEGREES_OFF:
        return replace(found, chain=(*found.chain, "it lies where the text says"))
    step = "gloss disagrees: the text's own distance or direction does not lead there"
    return replace(found, confidence=round(found.confidence * DOUBT, 3), chain=(*found.chain, step))


def _both(one: Location, two: Location) -> Location:
    """What fits two statements about one place; the first alone where they exclude each other."""
    assert one.region is not None
    assert two.region is not None
    common = one.region.intersection(two.region)
    if common.area < LEAST * min(one.region.area, two.region.area):
        step = f"conflict: nothing fits {two.place_in_report!r} too"
        return replace(one, confidence=round(one.confidence * DOUBT, 3), chain=(*one.chain, *two.chain[:1], step))
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
    told = Anchored(relative, anchors, country, surface)
    return locate_many([told], gazetteer, kind=kind, method=method)[0]


def locate_many(
    told: Sequence[Anchored], gazetteer: Areas | None = None, *, kind: str = "", method: str = "calibrated"
) -> list[Location]:
    """``locate`` for many relative expressions with their anchors: the same answers in less time.

    All are drawn, then all settled, cut and measured: a processor is quicker at doing one thing again and again.

    Args:
        told: As ``anchored`` gives them.
        gazetteer: See ``locate``.
        kind: See ``locate``; of all of them.
        method: See ``locate``.

    Returns:
        A location for each, in their order.

    Raises:
        ValueError: One of them has no anchor.
    """
    scenes = [_scene(one.relative, one.anchors, gazetteer, kind, one.country) for one in told]
    drafts = [_drawn(scene, method) for scene in scenes]
    for draft in drafts:
        draft.settle()
    for scene, draft in zip(scenes, drafts, strict=True):
        cut(scene, draft)
    found = [_located(scene, draft, one.surface) for scene, draft, one in zip(scenes, drafts, told, strict=True)]
    for number, one in enumerate(told):
        for other in locate_many(one.also, gazetteer, kind=kind, method=method) if one.also else ():
            found[number] = _both(found[number], other)
    return found


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

"""What a draft is cut to: a country, land or the sea, as exactly as it is small. Coordinates in degrees."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from mapper import regions
from mapper.relative_scene import Areas, Draft, Scene, home

# Less than this share left is no cut but a contradiction, which lowers the confidence so much.
LEAST, DOUBT = 0.05, 0.6
_WHOLE = 0.9999  # a share of an area that is all of it
_MANY = 10  # of so many pieces it pays to ask which touch each other
Shapes = npt.NDArray[np.object_]
_DETAILS = (0.001, 0.004, 0.016)
# A region of so many degrees is cut to a border of that detail, for one that is finer has tens of thousands of corners.
_VAST, _COARSE = 16.0, 0.064


def cut(scene: Scene, draft: Draft) -> None:
    """See that a draft has a region, and cut it to what it is meant to lie in."""
    if draft.region.is_empty:  # "0 km north of Sirte"
        draft.region = regions.disc(draft.lat, draft.lon, max(1000.0, scene.first.radius_m))
    if scene.gazetteer is not None and draft.mask:
        _clip(draft, scene.gazetteer, scene.country, scene.first.country)


def _clip(draft: Draft, gazetteer: Areas, country: str | None, own: str | None) -> None:
    """Cut a draft to its country, else to land, or to the sea, unless nearly nothing would be left.

    ``own`` is the anchor's country: what lies within it is not cut at all.
    """
    if draft.mask == "sea":
        sea = draft.region.difference(gazetteer.land(*draft.region.bounds))
        share = sea.area / draft.region.area
        if LEAST <= share < _WHOLE:
            draft.region = regions.tidy(sea)
            draft.steps.append(f"clip: {share:.0%} of the region is sea")
        return
    code = country or own
    whole = home(gazetteer, code) if code is not None else None
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
        draft.region, share = _clip_to(draft.region, land, LEAST)
    else:
        name = "land"
        draft.region, share = _clipped_to(draft.region, gazetteer.grounds(*draft.region.bounds), LEAST)
    if share < LEAST:
        draft.steps.append(f"conflict: less than 5 % of the region lies in {name}; not clipped")
        draft.confidence *= DOUBT if country is not None else 1.0
    elif share < _WHOLE:
        draft.steps.append(f"clip: {share:.0%} of the region lies in {name}")


def _plain(area: BaseGeometry, detail: float) -> BaseGeometry:
    """``area`` simplified island by island, which may then overlap, for a sixth of what keeping them apart costs."""
    parts = shapely.simplify(shapely.get_parts(area), detail, preserve_topology=False)
    sound = shapely.is_valid(parts)
    parts[~sound] = shapely.make_valid(parts[~sound])
    return MultiPolygon([p for part in parts for p in shapely.get_parts(part) if isinstance(p, Polygon) and p.area > 0])


def _clipped_to(region: BaseGeometry, pieces: Sequence[BaseGeometry], least: float) -> tuple[BaseGeometry, float]:
    """``region`` within pieces that do not overlap, and the share left; see ``_clip_to``.

    What is left of each is joined: joining the pieces before would cost more than all the rest.
    """
    cuts = shapely.intersection(pieces, region)
    areas = shapely.area(cuts)
    share = float(areas.sum()) / region.area if region.area else 0.0
    if least <= share < _WHOLE:
        left = cuts[areas > 0]
        return regions.turned(left[0] if len(left) == 1 else _joined(left)), share
    return region, share


def _joined(pieces: Shapes) -> BaseGeometry:
    """The union of pieces that do not overlap: islands are set beside what is joined, for most touch nothing."""
    if len(pieces) < _MANY:
        return shapely.union_all(pieces)
    pieces = pieces[np.argsort(-shapely.get_num_coordinates(pieces))]  # a large one is asked of many small ones
    large, small = shapely.STRtree(pieces).query(pieces)
    large, small = large[large < small], small[large < small]
    shapely.prepare(pieces)
    meet = shapely.intersects(pieces[large], pieces[small])
    touching = np.unique((large[meet], small[meet]))
    alone = np.delete(pieces, touching)
    return MultiPolygon([p for part in (shapely.union_all(pieces[touching]), *alone) for p in shapely.get_parts(part)])


def _clip_to(region: BaseGeometry, area: BaseGeometry, least: float) -> tuple[BaseGeometry, float]:
    """``region`` within ``area``, and the share left; the region unchanged when less than ``least`` is left."""
    west, south, east, north = region.bounds
    left, low, right, high = area.bounds
    near = area
    if left < west - 0.5 or low < south - 0.5 or right > east + 0.5 or high > north + 0.5:
        near = regions.within(area, (west - 0.1, south - 0.1, east + 0.1, north + 0.1))
    cut = region.intersection(near)
    share = cut.area / region.area if region.area else 0.0
    if least <= share < _WHOLE:
        return regions.turned(cut), share
    return region, share

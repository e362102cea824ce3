"""What the words read around one anchor mean: the relation, with its distance and bearing."""

from __future__ import annotations

import math
from dataclasses import replace

from mapper.grammar_found import distance_of
from mapper.grammar_reading import Reading, anchor_token
from mapper.model import Relative
from mapper.relative_lexicon import AZIMUTH
from mapper.relative_words import Item, Tagged


def relation_of(tagged: Tagged, r: Reading, anchor: tuple[int, int, str]) -> Relative | None:
    lex, language = tagged.lex, tagged.language
    near = r.nearest
    if near is None:
        return None
    links = {w for link in r.linked for w in link.split()} if r.linked else set()
    bearing: float | None = None
    winds, definite, wind = 8, False, ""
    dirs = [d for d in r.dirs if d.value]
    if dirs:
        wind, definite = dirs[0].value
        bearing = AZIMUTH.get(wind)
        winds = {1: 4, 2: 8, 3: 16}.get(len(wind), 8)
    bearing_text = tagged.text[tagged.tokens[dirs[0].first].start : tagged.tokens[dirs[0].last].end] if dirs else None
    travel = "air" if "air" in r.kinds else "road" if "road_mode" in r.kinds else None
    dists = [d for d in r.dists if "dist" in d.kinds]
    times = [d for d in r.dists if "time" in d.kinds]
    linked_b = not links.isdisjoint(lex.words["bearing_link"]) or "()" in r.linked

    def make(relation: str, metres: tuple[float, float, float] | None, unit: str = "") -> Relative:
        item = dists[0] if dists else times[0] if times else None
        words_ = tagged.text[tagged.tokens[item.first].start : tagged.tokens[item.last].end] if item else None
        about = bool(item and item.value[0].approximate)
        rule = ".".join(x for x in (language, relation, unit) if x)
        far = "extreme" in r.kinds
        return Relative(relation, (anchor,), metres, words_, bearing, bearing_text, winds, travel, about, rule, "", far)

    if times:
        if not r.kinds & {"travel", "walk", "road_mode"}:
            return None
        low, best, high = distance_of(times[0])
        slow, usual, fast = (3000.0, 4000.0, 5000.0) if "walk" in r.kinds else (25000.0, 55000.0, 80000.0)
        return make("travel_time", (low * slow, best * usual, high * fast))
    if "offshore" in r.kinds:
        return make("offshore", distance_of(dists[0]) if dists else None, dists[0].value[1] if dists else "")
    if dists:
        metres, unit = distance_of(dists[0]), str(dists[0].value[1])
        if len(dists) == 2 and len(dirs) == 2:
            return _orthogonal(make("offset", metres, unit), dists, dirs)
        if "within" in r.kinds:
            return make("distance_only", (0.0, metres[1], metres[2]), unit)
        if bearing is not None:
            return make("offset", metres, unit)
        linked_d = not links.isdisjoint(lex.words["distance_link"]) or "()" in r.linked
        linked_d = linked_d or bool(near.kinds & {"near", "outskirts"})
        if linked_d or any(" ".join(k) in r.linked for k in lex.sets["anchor_first"]):
            return make("distance_only", metres, unit)
        return None
    if "outskirts" in r.kinds:
        return make("outskirts", None)
    if "dir" in near.kinds or ("dir" in r.kinds and "countryside" in r.kinds):
        if "countryside" in r.kinds and "dir" not in near.kinds:
            return make("direction_only", None)
        own = tagged.at.get(anchor_token(tagged, anchor[0]) or 0)
        if own is not None and "adjective" in own.kinds:
            return make("inside_direction", None)
        if definite and not linked_b:
            return None
        if wind == "C":
            return make("inside_direction", None)
        outside = linked_b and not r.inside
        if lex.sets["strict"]:
            outside = not links.isdisjoint(lex.words["strict"])
        return make("direction_only" if outside else "inside_direction", None)
    if "near" in near.kinds:
        return make("near", None)
    return None


def _orthogonal(base: Relative, dists: list[Item], dirs: list[Item]) -> Relative:
    """Two offsets at right angles ("2 mi E and 3 mi N of X") as the one offset that they add up to."""
    x = y = 0.0
    for dist, way in zip(dists, dirs, strict=False):
        azimuth = math.radians(AZIMUTH.get(way.value[0], 0.0))
        d = distance_of(dist)[1]
        x, y = x + d * math.sin(azimuth), y + d * math.cos(azimuth)
    total = math.hypot(x, y)
    return replace(
        base,
        relation="orthogonal",
        distance_m=(total, total, total),
        bearing=math.degrees(math.atan2(x, y)) % 360,
        winds=16,
    )

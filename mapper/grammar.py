"""The grammar of relative places: reads the tagged words around an anchor.

Words next to an anchor are read outwards for as long as each one belongs to a list of the language, so
that the slots (distance, bearing, relation, type word) may come in any order: "150 miles southeast of
the city of Sirte", "شرق بغداد بـ20 كيلومترا".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mapper.grammar_borders import borders
from mapper.grammar_found import Found, distance_of
from mapper.model import Relative
from mapper.numbers import key, words
from mapper.relative_words import AZIMUTH, DASH, Item, Tagged, only_wind, telling
from mapper.text import fold

# What tells where a place lies, beside words that only link or name a kind.
_STRONG = frozenset(
    {"dist", "dir", "time", "near", "outskirts", "offshore", "between", "road", "border"}
    | {"within", "countryside", "travel", "walk", "air", "road_mode"}
)


@dataclass(slots=True)
class _Reading:
    """What stands around one anchor."""

    dists: list[Item]
    dirs: list[Item]
    kinds: set[str]
    first: int
    last: int
    nearest: Item | None = None
    linked: frozenset[str] = frozenset()
    inside: bool = False


def _anchor_token(tagged: Tagged, start: int) -> int | None:
    own = tagged.first_over(start)
    return own if own < len(tagged.tokens) else None


def _backward(tagged: Tagged, start: int) -> _Reading | None:
    """Read the tagged words that end right before an anchor at ``start``."""
    a = _anchor_token(tagged, start)
    if a is None:
        return None
    clitic = fold(tagged.text[tagged.tokens[a].start : start])[0].strip() if tagged.tokens[a].start < start else ""
    if clitic and ((clitic,) not in tagged.lex.sets["attached"] or clitic == tagged.lex.data.get("joined")):
        return None
    r = _Reading([], [], set(), a, a)
    links: list[str] = [clitic] if clitic else []
    j, commas = a - 1, 0
    meaning: Item | None = None
    while j >= 0:
        item = tagged.at.get(j)
        if item is None:
            surface = tagged.tokens[j].surface
            joiner = (tagged.tokens[j].key,) in tagged.lex.sets["joiners"] and len(r.dirs) == 1 and len(r.dists) == 1
            if tagged.taken[j] or (surface not in ",،'’\"“«ـ-" and not joiner) or commas > 2:
                break
            commas += surface in ",،"
            j -= 1
            continue
        if "stop" in item.kinds:
            return None
        if item.kinds == {"adjective"}:
            break
        strong = item.kinds & _STRONG
        # A second distance or bearing after a comma speaks of another place.
        if strong & {"dist", "time"} and r.dists and not r.dirs:
            break
        # "2 mi E and 3 mi N of": one more pair, joined by "and".
        if "dir" in strong and len(r.dirs) == 1 and len(r.dists) == 1 and meaning is r.dirs[0]:
            word = tagged.tokens[item.last + 1].key if item.last + 1 < len(tagged.tokens) else ""
            if (word,) not in tagged.lex.sets["joiners"]:
                break
        if strong and meaning is not None and "between" in strong and "between" in r.kinds:
            break
        if "dir" in strong and item.value[0] == "C" and meaning is None and _measured(tagged, item):
            # "25 km east of the centre of X": only a type word here.
            j = item.first - 1
            continue
        if strong:
            if meaning is None:
                meaning = item
                r.linked = frozenset(links)
            if "dist" in strong or "time" in strong:
                if len(r.dists) >= 2:
                    break
                r.dists.append(item)
            if "dir" in strong:
                # "the southern city of Sabha" says where the city itself lies.
                then = tagged.at.get(item.last + 1)
                plain = then is not None and "type" in then.kinds and "link" not in then.kinds
                if plain and meaning is item and tagged.lex.data.get("wind_describes_type"):
                    return None
                if len(r.dirs) >= 2 or (r.dirs and len(r.dists) != 1):
                    break
                r.dirs.append(item)
            r.kinds |= strong
            r.first = item.first
        else:
            got, _ = tagged.keys(item.first, item.last - item.first + 1)
            if meaning is None and item.kinds <= {"country_words", "capital_words", "place_words"}:
                break
            if meaning is None:
                links.append(" ".join(got))
            elif "open" in item.kinds:
                r.first = item.first
            if meaning is not None and got in tagged.lex.sets["extreme"]:
                r.kinds.add("extreme")
                r.first = item.first
            if meaning is not None and got in tagged.lex.sets["inside_open"] and item.last >= r.first - 3:
                r.inside = True
        j = item.first - 1
    r.nearest = meaning
    return r


def _measured(tagged: Tagged, item: Item) -> bool:
    """Whether a distance or bearing stands right before ``item``, a linking word between them or not."""
    before = tagged.at.get(item.first - 1)
    if before is not None and before.kinds <= {"link", "type"}:
        before = tagged.at.get(before.first - 1)
    return before is not None and bool(before.kinds & {"dist", "dir"})


def _forward(tagged: Tagged, end: int, r: _Reading) -> None:
    """Add a distance or bearing that follows its anchor: "شرق بغداد بـ20 كلم", "Obo town (15 km northeast)"."""
    j = tagged.first_from(end)
    opened = False
    got: list[Item] = []
    dirs: list[Item] = []
    last = j - 1
    while j < len(tagged.tokens):
        item = tagged.at.get(j)
        surface = tagged.tokens[j].surface
        if item is None:
            clitic = (tagged.tokens[j].key,) in tagged.lex.sets["after"]
            if surface == "(" and not opened:
                opened = True
            elif surface == ")" and opened:
                last = j
                break
            elif not clitic and surface not in "ـ\"'،,":
                break
            j += 1
            continue
        if tagged.taken[j]:
            break
        words_, _ = tagged.keys(item.first, item.last - item.first + 1)
        if "dist" in item.kinds and not got and not r.dists:
            got.append(item)
            last = item.last
        elif "dir" in item.kinds and not dirs and not r.dirs and (got or opened):
            dirs.append(item)
            last = item.last
        elif (
            ("type" in item.kinds and not got and not opened)
            or (words_ in tagged.lex.sets["after"] and not got)
            or (opened and item.kinds & {"link"})
        ):
            pass
        else:
            break
        j = item.last + 1
    if not got or (tagged.taken[min(j, len(tagged.taken) - 1)] and j < len(tagged.taken)):
        return
    # "north of A, 150 km from B": the distance belongs to B.
    if j in tagged.at and not opened:
        return
    if not opened and not dirs and not r.dirs:
        return
    plain = tagged.text[end : tagged.tokens[got[0].first].start]
    attached = (
        any((k,) in tagged.lex.sets["after"] for k in key(plain))
        or key(tagged.text[tagged.tokens[got[0].first].start : tagged.tokens[got[0].first].end]) == ()
    )
    first_key = tagged.tokens[got[0].first].key
    if not (opened or attached or dirs or any(first_key.startswith(x[0]) for x in tagged.lex.sets["after"])):
        return
    r.dists += got
    r.dirs += dirs
    r.kinds |= {"dist", *(["dir"] if dirs else [])}
    r.last = max(last, got[0].last)
    r.nearest = r.nearest or got[0]
    r.linked = r.linked or frozenset({"()"})


def _pair(tagged: Tagged, a: tuple[int, int], b: tuple[int, int]) -> str | None:
    """What joins two names: "dash", "and" or None."""
    gap = tagged.text[a[1] : b[0]]
    if len(gap) > 40:
        return None
    got = [k for t in words(gap) if (k := t.key)]
    marks = [t.surface for t in words(gap) if not t.key]
    if (not got and len(marks) == 1 and marks[0] in DASH + "ـ/") or gap == "ـ":
        return "dash"
    # "between Quebec City and X": a type word may follow the first name.
    while got and got[0] in tagged.lex.types:
        got = got[1:]
    joiners = {w for (w,) in tagged.lex.sets["joiners"] | tagged.lex.sets["road_joiners"]}
    types = tagged.lex.links
    if got and got[0] in joiners and all(w in types or w in joiners for w in got[1:]) and not marks:
        return "and"
    joined = str(tagged.lex.data.get("joined", ""))
    if joined and got and got[0].startswith(joined) and got[0][len(joined) :] in types and not marks:
        return "and"
    return None


def read(tagged: Tagged, name: tuple[int, int], following: tuple[int, int] | None) -> tuple[Found, bool] | None:
    """The relative expression around one name; True when it uses ``following`` as its second anchor."""
    text, lex = tagged.text, tagged.lex
    r = _backward(tagged, name[0])
    if r is None:
        return None
    anchor = (*name, text[name[0] : name[1]])
    join = _pair(tagged, name, following) if following else None
    after: set[tuple[str, ...]] = set()
    stop = following[1] if following else name[1]
    nxt = tagged.first_from(stop)
    tail = None
    if nxt < len(tagged.tokens) and join:
        for kind in ("road_after", "border_after"):
            hit = tagged.longest(nxt, lex.sets[kind])
            if hit and text[stop : tagged.tokens[nxt].start] in (" ", "-"):
                after.add((kind,))
                tail = tagged.tokens[hit[1]].end
    two = (anchor, (*following, text[following[0] : following[1]])) if following and join else None
    begin = _begin(tagged, r.first) if r.nearest else name[0]
    if two and (r.kinds & {"between", "road", "border"} or after) and (join == "dash" or r.kinds or after):
        relation = (
            "border"
            if "border" in r.kinds or ("border_after",) in after
            else ("along" if "road" in r.kinds or ("road_after",) in after else "between")
        )
        if relation == "between" and _parties(tagged, r.first):
            return None
        if relation != "between" or "between" in r.kinds:
            dist = distance_of(r.dists[0]) if r.dists and "dist" in r.dists[0].kinds else None
            rel = Relative(relation, two, dist, rule=f"{tagged.language}.{relation}")
            return Found(begin, tail or two[1][1], rel), True
    _forward(tagged, name[1], r)
    _countryside(tagged, name[1], r)
    made = _relation(tagged, r, anchor)
    if made is None:
        return None
    own = _anchor_token(tagged, name[0])
    begin = min(name[0], _begin(tagged, r.first))
    end = name[1] if r.last == own else max(name[1], tagged.tokens[r.last].end)
    role = "gloss" if _is_gloss(tagged, r.first) else "place"
    return Found(begin, end, made, role), False


def _means_place(tagged: Tagged, item: Item) -> bool:
    """Whether "the city", "there" means a place: not in "the state broadcaster", nor "la" where "là" would."""
    then = tagged.tokens[item.last + 1].key if item.last + 1 < len(tagged.tokens) else ""
    if (then,) in tagged.lex.sets["not_after_place"]:
        return False
    if item.kinds >= {"place_words", "link"}:
        written = tagged.text[tagged.tokens[item.first].start : tagged.tokens[item.last].end]
        return written.casefold() in tagged.lex.data["place_words"]
    return True


def _parties(tagged: Tagged, first: int) -> bool:
    """Whether the word before "between" makes its names two parties: "talks between Cairo and Tripoli"."""
    if first == 0:
        return False
    word = tagged.tokens[first - 1].key
    attached = [x[0] for x in tagged.lex.sets["attached"] if len(x) == 1]
    article = str(tagged.lex.data.get("article", ""))
    cuts = ("", *attached, *(a + article for a in attached))
    return any(word.startswith(c) and (word[len(c) :],) in tagged.lex.sets["parties_before"] for c in cuts)


def _begin(tagged: Tagged, first: int) -> int:
    """Where a mention starts in the text: after a joined "and" ("وغرب إدلب")."""
    token = tagged.tokens[first]
    joined = str(tagged.lex.data.get("joined", ""))
    if not joined or not token.key.startswith(joined) or first not in tagged.at:
        return token.start
    if tagged.longest(first, tagged.lex.phrases) or tagged.longest(first, tagged.lex.directions):
        return token.start
    return token.start + len(joined)


def _names_wind(tagged: Tagged, i: int) -> bool:
    """Whether the wind at ``i`` begins a name, a bearing or distance being told: "20 km west of North Bay"."""
    item, before = tagged.at.get(i), tagged.at.get(i - 1)
    if item is None or before is None or "dir" not in item.kinds or item.value[0] == "C" or i + 1 >= len(tagged.tokens):
        return False
    told = any(x.kinds & {"dist", "dir"} and x.last < i for x in tagged.items)
    capital = tagged.tokens[i].surface[:1].isupper() and tagged.tokens[i + 1].surface[:1].isupper()
    return told and capital and before.kinds <= {"link", "open", "type"} and item.last == i and i + 1 not in tagged.at


def _countryside(tagged: Tagged, end: int, r: _Reading) -> None:
    """Add the wind behind the anchor in "ريف حلب الشمالي": its northern countryside."""
    if "countryside" not in r.kinds or r.dirs:
        return
    j = tagged.first_from(end)
    item = tagged.at.get(j)
    if (
        item is not None
        and "dir" in item.kinds
        and item.value[1]
        and not tagged.text[end : tagged.tokens[item.first].start].strip()
    ):
        r.dirs.append(item)
        r.kinds.add("dir")
        r.last = item.last


def _is_gloss(tagged: Tagged, first: int) -> bool:
    """Whether the expression explains the name right before it: "Sirte (450 km east of Tripoli)".

    The name may have a word for its kind behind it: "the Wadi Seidna airbase, 22 km north of the capital".
    """
    j, marks = first - 1, 0
    while j >= 0 and not tagged.taken[j]:
        item = tagged.at.get(j)
        if tagged.tokens[j].surface in "(),،":
            marks += 1
        elif marks and tagged.tokens[j].key in tagged.lex.sites:
            back = (k for k in range(j, max(-1, j - 5), -1) if tagged.tokens[k].surface != "(")
            named = next((k for k in back if tagged.tokens[k].key not in tagged.lex.sites), -1)
            return named >= 0 and tagged.taken[named]
        elif item is None or not item.kinds & {"link", "open", "type"}:
            return False
        j -= 1
    return j >= 0 and marks >= 1 and first - j <= 4


def _relation(tagged: Tagged, r: _Reading, anchor: tuple[int, int, str]) -> Relative | None:
    lex, language = tagged.lex, tagged.language
    near = r.nearest
    if near is None:
        return None
    links = {w for link in r.linked for w in link.split()}
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
    linked_b = bool(links & {w for (w,) in lex.sets["bearing_link"] if w}) or "()" in r.linked

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
        linked_d = bool(links & {w for k in lex.sets["distance_link"] for w in k}) or "()" in r.linked
        linked_d = linked_d or bool(near.kinds & {"near", "outskirts"})
        if linked_d or any(" ".join(k) in r.linked for k in lex.sets["anchor_first"]):
            return make("distance_only", metres, unit)
        return None
    if "outskirts" in r.kinds:
        return make("outskirts", None)
    if "dir" in near.kinds or ("dir" in r.kinds and "countryside" in r.kinds):
        if "countryside" in r.kinds and "dir" not in near.kinds:
            return make("direction_only", None)
        own = tagged.at.get(_anchor_token(tagged, anchor[0]) or 0)
        if own is not None and "adjective" in own.kinds:
            return make("inside_direction", None)
        if definite and not linked_b:
            return None
        if wind == "C":
            return make("inside_direction", None)
        outside = linked_b and not r.inside
        if lex.sets["strict"]:
            outside = bool(links & {w for (w,) in lex.sets["strict"]})
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


def search(text: str, language: str, names: Sequence[tuple[int, int]]) -> list[Found]:
    """All relative expressions of ``text`` around ``names``, and around "the city", "the country" …"""
    # Gazetteers hold places named "South East"; in a text such words alone are a wind.
    spans = sorted(span for span in set(names) if not only_wind(text[span[0] : span[1]], language))
    found: list[Found] = []
    for begin, end in telling(text, language, spans):
        own = [(a - begin, b - begin) for a, b in spans if a >= begin and b <= end]
        found += [f.moved(begin) for f in around(Tagged(text[begin:end], language, own), own)]
    return found


def parse(phrase: str, language: str) -> list[Found]:
    """All relative expressions of a phrase; their anchors are what the word lists leave over."""
    bare = Tagged(phrase, language, ())
    spans = sorted(span for span in set(candidates(bare)) if not only_wind(phrase[span[0] : span[1]], language))
    return around(bare.named(spans) or Tagged(phrase, language, spans), spans)


def around(tagged: Tagged, spans: Sequence[tuple[int, int]]) -> list[Found]:
    """All relative expressions of a tagged text around its names and around "the city" and the like."""
    found: list[Found] = []
    skip = False
    for i, span in enumerate(spans):
        if skip:
            skip = False
            continue
        following = spans[i + 1] if i + 1 < len(spans) else None
        got = read(tagged, span, following)
        if got:
            found.append(got[0])
            skip = got[1]
    for item in tagged.items:
        before = tagged.at.get(item.first - 1)
        if "adjective" in item.kinds and (before is None or "dir" not in before.kinds):
            continue
        if not _means_place(tagged, item):
            continue
        if item.kinds & {"country_words", "capital_words", "place_words", "adjective"}:
            if item.last + 1 < len(tagged.taken) and tagged.taken[item.last + 1]:
                continue
            following_item = tagged.at.get(item.last + 1)
            if (
                "type" in item.kinds
                and following_item
                and following_item.kinds & {"link"}
                and item.last + 2 < len(tagged.taken)
                and tagged.taken[item.last + 2]
            ):
                continue
            span = (tagged.tokens[item.first].start, tagged.tokens[item.last].end)
            got = read(tagged, span, None)
            if got and all(got[0].end <= f.start or got[0].start >= f.end for f in found):
                found.append(got[0])
    found += [b for b in borders(tagged) if all(b.end <= f.start or b.start >= f.end for f in found)]
    return sorted(found, key=lambda f: f.start)


def candidates(tagged: Tagged) -> list[tuple[int, int]]:
    """Spans of a whole phrase that may be its anchors: what the word lists leave over."""
    lex = tagged.lex
    joined = str(lex.data.get("joined", ""))
    pair = any(i.kinds & {"between", "road", "border"} for i in tagged.items)
    borders, after = lex.sets["border_after"], lex.behind_two
    pair = pair or not after.isdisjoint([t.key for t in tagged.tokens])
    spans: list[tuple[int, int]] = []
    open_ = False
    for i, t in enumerate(tagged.tokens):
        item = tagged.at.get(i)
        weak = item is not None and item.kinds <= {
            "link",
            "type",
            "open",
            "place_words",
            "capital_words",
            "air",
            "road",
        }
        proper = t.surface[:1].isupper() and item is not None and "dir" in item.kinds and open_
        # "Myanmar" is a nationality before "town of", else the country.
        nation = item is not None and "nation" in item.kinds and item.last + 1 not in tagged.at
        # "The Polish border" is no place Polish; "the Polish-Ukrainian border" has two ends.
        nation = nation and not (not spans and i + 1 < len(tagged.tokens) and (tagged.tokens[i + 1].key,) in borders)
        if (item is None or nation or _names_wind(tagged, i)) and t.key:
            # "And" is written onto the second name of a pair; any other word may begin with that letter ("بني وليد").
            split = pair and joined and open_ and len(spans) == 1 and t.key.startswith(joined) and len(t.key) > 3
            split = split and (t.key,) not in lex.sets["not_joined"]
            begin = t.start + len(joined) if split else t.start
            if t.key in lex.ends or t.key in after:
                open_ = False
            elif open_ and not split:
                spans[-1] = (spans[-1][0], t.end)
            else:
                spans.append((begin, t.end))
                open_ = True
        elif (item is None and t.surface in "-'’ʼ." and not (pair and t.surface == "-")) or (
            (weak or proper) and open_
        ):
            joiner = (
                (t.key,) in lex.sets["joiners"]
                or (t.key,) in lex.sets["ends_name"]
                or (pair and (t.key,) in lex.sets["road_joiners"])
            )
            open_ = open_ and not joiner
        else:
            open_ = False
    return spans

"""Reads the tagged words around one anchor outwards, for as long as each belongs to a list of the language."""

from __future__ import annotations

from dataclasses import dataclass

from mapper.numbers import key
from mapper.relative_words import Item, Tagged
from mapper.text import fold

# What tells where a place lies, beside words that only link or name a kind.
_STRONG = frozenset(
    {"dist", "dir", "time", "near", "outskirts", "offshore", "between", "road", "border"}
    | {"within", "countryside", "travel", "walk", "air", "road_mode"}
)


@dataclass(slots=True)
class Reading:
    """What stands around one anchor."""

    dists: list[Item]
    dirs: list[Item]
    kinds: set[str]
    first: int
    last: int
    nearest: Item | None = None
    linked: frozenset[str] = frozenset()
    inside: bool = False


def anchor_token(tagged: Tagged, start: int) -> int | None:
    own = tagged.first_over(start)
    return own if own < len(tagged.tokens) else None


def backward(tagged: Tagged, start: int) -> Reading | None:
    """Read the tagged words that end right before an anchor at ``start``."""
    a = anchor_token(tagged, start)
    if a is None:
        return None
    clitic = fold(tagged.text[tagged.tokens[a].start : start])[0].strip() if tagged.tokens[a].start < start else ""
    if clitic and ((clitic,) not in tagged.lex.sets["attached"] or clitic == tagged.lex.data.get("joined")):
        return None
    r = Reading([], [], set(), a, a)
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


def forward(tagged: Tagged, end: int, r: Reading) -> None:
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


def countryside(tagged: Tagged, end: int, r: Reading) -> None:
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

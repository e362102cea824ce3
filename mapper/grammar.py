"""The grammar of relative places: reads the tagged words around an anchor.

Words next to an anchor are read outwards for as long as each one belongs to a list of the language, so
that the slots (distance, bearing, relation, type word) may come in any order: "150 miles southeast of
the city of Sirte", "شرق بغداد بـ20 كيلومترا".
"""

from __future__ import annotations

from collections.abc import Sequence

from mapper.grammar_borders import borders
from mapper.grammar_found import Found, distance_of
from mapper.grammar_reading import anchor_token, backward, countryside, forward
from mapper.grammar_relation import relation_of
from mapper.model import Relative
from mapper.numbers import words
from mapper.relative_lexicon import DASH, only_wind, owning, telling
from mapper.relative_words import Item, Tagged

# What a place may lean on other than a name, what makes two names a pair, and what may stand inside a name.
_LEANING = frozenset({"country_words", "capital_words", "place_words", "adjective"})
_PAIRING = frozenset({"between", "road", "border"})
_WEAK = frozenset({"link", "type", "open", "place_words", "capital_words", "air", "road"})


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
    joiners, more = tagged.lex.words["joiners"], tagged.lex.words["road_joiners"]
    types = tagged.lex.links
    joined_by = [w in joiners or w in more for w in got]
    if got and joined_by[0] and all(j or w in types for w, j in zip(got, joined_by, strict=True)) and not marks:
        return "and"
    joined = str(tagged.lex.data.get("joined", ""))
    if joined and got and got[0].startswith(joined) and got[0][len(joined) :] in types and not marks:
        return "and"
    return None


def read(tagged: Tagged, name: tuple[int, int], following: tuple[int, int] | None) -> tuple[Found, bool] | None:
    """The relative expression around one name; True when it uses ``following`` as its second anchor."""
    text, lex = tagged.text, tagged.lex
    r = backward(tagged, name[0])
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
    forward(tagged, name[1], r)
    countryside(tagged, name[1], r)
    made = relation_of(tagged, r, anchor)
    if made is None:
        return None
    own = anchor_token(tagged, name[0])
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


def search(text: str, language: str, names: Sequence[tuple[int, int]]) -> list[Found]:
    """All relative expressions of ``text`` around ``names``, and around "the city", "the country" …"""
    # Gazetteers hold places named "South East"; in a text such words alone are a wind.
    spans = sorted(span for span in set(names) if not only_wind(text[span[0] : span[1]], language))
    found: list[Found] = []
    for begin, end in telling(text, language, spans):
        own = [(a - begin, b - begin) for a, b in spans if a >= begin and b <= end]
        owners = owning(text[begin:end], own, language)
        own = [span for span in own if span[0] not in {start for start, _ in owners}]
        found += [f.moved(begin) for f in around(Tagged(text[begin:end], language, own, owners), own)]
    return found


def parse(phrase: str, language: str) -> list[Found]:
    """All relative expressions of a phrase; their anchors are what the word lists leave over."""
    bare = Tagged(phrase, language, ())
    spans = sorted(span for span in set(candidates(bare)) if not bare.only_wind(span))
    return around(bare.named(spans) or Tagged(phrase, language, spans), spans)


def around(tagged: Tagged, spans: Sequence[tuple[int, int]]) -> list[Found]:
    """All relative expressions of a tagged text around its names and around "the city" and the like."""
    found: list[Found] = []
    told = borders(tagged)
    beside = [(a, b) for f in told for a, b, _ in f.relative.anchors]
    # Gazetteers hold nationalities, too: "near the Chilean border" is not near Chile.
    spans = [(a, b) for a, b in spans if all(b <= first or a >= last for first, last in beside)]
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
        if item.kinds.isdisjoint(_LEANING):
            continue
        before = tagged.at.get(item.first - 1)
        if "adjective" in item.kinds and (before is None or "dir" not in before.kinds):
            continue
        if not _means_place(tagged, item):
            continue
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
    found += [b for b in told if all(b.end <= f.start or b.start >= f.end for f in found)]
    return sorted(found, key=lambda f: f.start)


def candidates(tagged: Tagged) -> list[tuple[int, int]]:
    """Spans of a whole phrase that may be its anchors: what the word lists leave over."""
    lex = tagged.lex
    joined = str(lex.data.get("joined", ""))
    borders, after = lex.sets["border_after"], lex.behind_two
    pair = not after.isdisjoint([t.key for t in tagged.tokens])
    for tag in tagged.items:
        pair = pair or not tag.kinds.isdisjoint(_PAIRING)
    spans: list[tuple[int, int]] = []
    open_ = False
    for i, t in enumerate(tagged.tokens):
        item = tagged.at.get(i)
        weak = item is not None and item.kinds <= _WEAK
        proper = open_ and item is not None and "dir" in item.kinds and t.surface[:1].isupper()
        # "Myanmar" is a nationality before "town of", else the country.
        nation = item is not None and "nation" in item.kinds and item.last + 1 not in tagged.at
        # "The Polish border" is no place Polish; "the Polish-Ukrainian border" has two ends.
        nation = nation and not (not spans and i + 1 < len(tagged.tokens) and (tagged.tokens[i + 1].key,) in borders)
        if (item is None or nation or ("dir" in item.kinds and _names_wind(tagged, i))) and t.key:
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

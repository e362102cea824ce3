"""Mentions → Locations: the gazetteer, the context, relative places, then the geocoder; says why.

Every mention is resolved by itself: one that cannot be placed never costs the others.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from mapper import described, relative, unlisted
from mapper.cues import Cues, cues_of
from mapper.errors import GeocoderError
from mapper.gazetteer import Gazetteer, metres_between
from mapper.locations import doubted, of_coordinates, of_geocoder, of_place, told, vicinity_of
from mapper.model import Candidate, Geocoder, Location, Mention, Place, PrecisionClass, Report, Resolved
from mapper.ranking import Gloss, Story, story_of
from mapper.relative_lexicon import owner, without_nation
from mapper.text import normalise, skeleton
from mapper.words import Words, words_of

# Below this the best holder of a name that is also a nationality word is not what is meant.
_GREAT = 6.0
_NATURE = ("T", "H")
_FACILITIES = ("S", "L")
_FACILITY_RADIUS_M, _UNIT_RADIUS_M = 15_000.0, 30_000.0
_CUT, _DISAGREES = 0.8, 0.6
# Below this share the best candidate is a guess among many.
_UNSURE = 0.2
# How sure a town must be that lends its place to an unknown facility, and how much surety it lends.
_TOWN_SURE, _LENT = 0.6, 0.5
_GLOSS_GAP = 12
_ABOUT_THERE = 0.4
_SIMILAR_LEAST, _SIMILAR_CONFIDENCE = 0.7, 0.45
_CONSONANTS = 4


def resolve(
    report: Report,
    mentions: Sequence[Mention],
    gazetteer: Gazetteer,
    *,
    language: str,
    prior: Sequence[str] = (),
    geocoder: Geocoder | None = None,
) -> list[Resolved]:
    """Place the mentions of a report, in their order, but for a description of a place that it also names.

    Args:
        report: The report whose text the spans index.
        mentions: What was recognised in it.
        gazetteer: Where names are looked up.
        language: How the report is read.
        prior: ISO codes of countries that the user names: they rank, they do not exclude.
        geocoder: Asked for names that the gazetteer lacks; None offline.
    """
    options = {i: candidates(m, report.text, gazetteer) for i, m in enumerate(mentions) if m.kind == "name"}
    glosses = _glosses(mentions, report.text)
    story = story_of(report, mentions, options, gazetteer, prior=prior, glosses=glosses)
    ranked = story.candidates()
    chosen = {i: best[0].place for i, best in ranked.items()}
    found: list[Resolved] = []
    for i, mention in enumerate(mentions):
        if mention.kind == "name":
            one = _named(mention, ranked.get(i, []), gazetteer, story, geocoder, language)
            if one.location is None:
                meant = _meant(mention.surface, mention, found, gazetteer, story, language)
                one = one if meant is None else Resolved(mention, meant)
            found.append(_checked(one, glosses.get(i), chosen.get(i), chosen))
        elif mention.kind == "coordinates" and mention.coordinates:
            found.append(Resolved(mention, of_coordinates(mention, gazetteer)))
        elif mention.kind == "described":
            nation = without_nation(mention.surface, mention.language)[1]
            seat = _seat(mention.surface, nation, gazetteer, mention.language)
            found.append(Resolved(mention, seat, None if seat else "the capital of that nation is not known"))
        else:
            found.append(Resolved(mention, None, "its anchor is not known"))
    for i, mention in enumerate(mentions):
        if mention.kind == "name" and found[i].location is None:
            found[i] = _inside_town(found[i], found)
    _measure(found, gazetteer, story, language)
    return _without_echoes(unlisted.placed(found, report.text))


def candidates(mention: Mention, text: str, gazetteer: Gazetteer) -> list[Place]:
    """What a name may mean: itself, then without its words for kinds, its article or its clitic."""
    words, key = words_of(mention.language), normalise(mention.surface)
    places = list(gazetteer.lookup(mention.surface))
    kind = words.kind(key) or words.kind_beside(text, mention.start, mention.end)
    if kind == "A" and not any(p.feature_class == "A" for p in places):
        places += [p for name in words.with_kind(key, kind) for p in gazetteer.lookup(name)]
    if not places or gazetteer.rank(places[0]) < _GREAT:
        code = _people(key, words, gazetteer)
        if code is not None:
            return [gazetteer.country(code)]
    if places:
        return places
    cues = cues_of(mention.language)
    forms = [*words.shorter(key), *_bare(key, words, cues), *cues.without_suffix(key)]
    for _, rest, _ in cues.without_clitic(mention.surface.lstrip("#")):
        forms += [rest, *words.shorter(rest), *_bare(rest, words, cues)]
    for form in dict.fromkeys(forms):
        places = [p for p in gazetteer.lookup(form) if kind not in _NATURE or p.feature_class in _NATURE]
        if places:
            return places
    return []


def _bare(key: str, words: Words, cues: Cues) -> list[str]:
    """Forms without words of the wind before them ("north of X" lies about X), and with joined words parted."""
    rest = key.split()
    while len(rest) > 1 and (rest[0] in cues.winds or rest[0] in words.articles):
        rest = rest[1:]
    core = words.core(" ".join(rest))
    return [form for form in (core if core != key else "", cues.parted(core)) if form]


def _people(key: str, words: Words, gazetteer: Gazetteer) -> str | None:
    """The country of a nationality word, one or many of its people."""
    forms = [key, *(key[: -len(e)] for e in words.endings if e and key.endswith(e) and len(key) > len(e) + 3)]
    return next((c for f in forms if (c := gazetteer.demonym(f)) and gazetteer.country_code(c)), None)


def _named(
    mention: Mention,
    ranked: list[Candidate],
    gazetteer: Gazetteer,
    story: Story,
    geocoder: Geocoder | None,
    language: str,
) -> Resolved:
    """A name's best candidate as a location; else a likely spelling, the geocoder, or why not."""
    if ranked and ranked[0].score < _UNSURE:
        return Resolved(mention, None, f"could not tell which: {', '.join(told(c.place) for c in ranked[:3])}")
    if ranked:
        return Resolved(mention, _as_said(mention, of_place(mention.surface, ranked, gazetteer, language), gazetteer))
    country = story.main_country()
    near = _spelling(mention, country, gazetteer) if country is not None else None
    if near is not None:
        return Resolved(mention, of_place(mention.surface, [near], gazetteer, language))
    if geocoder is not None and mention.role == "place":
        try:
            place = geocoder(mention.surface, country)
        except GeocoderError as error:
            return Resolved(mention, None, f"not in the gazetteer; {error.message}")
        if place is not None:
            return Resolved(mention, of_geocoder(mention.surface, place))
        return Resolved(mention, None, "neither in the gazetteer nor known to the geocoder")
    return Resolved(mention, None, "not in the gazetteer")


def _inside_town(one: Resolved, found: Sequence[Resolved]) -> Resolved:
    """A facility or quarter that nobody knows lies about the town that the report names last before it, or next."""
    mention = one.mention
    words, key = words_of(mention.language), normalise(mention.surface)
    if words.kind(key) not in _FACILITIES and not words.is_quarter(key):
        return one
    towns = [
        r
        for r in found
        if r.location is not None
        and r.mention.kind == "name"
        and r.location.precision is PrecisionClass.EXACT
        and r.location.confidence >= _TOWN_SURE
        and (r.location.feature_code or "").startswith("PPL")
    ]
    before = [r for r in towns if r.mention.end <= mention.start]
    town = next(iter(before[-1:] or towns[:1]), None)
    if town is None or town.location is None:
        return one
    where = replace(town.location, place_in_report=mention.surface, candidates=())
    return Resolved(
        mention, vicinity_of(where, _FACILITY_RADIUS_M, f"{mention.surface!r} is not in the gazetteer", _LENT)
    )


def _as_said(mention: Mention, location: Location, gazetteer: Gazetteer) -> Location:
    """A facility or unit known only by its town lies about that town, not in its middle."""
    words, key = words_of(mention.language), normalise(mention.surface)
    kind = words.kind(key)
    if kind is None or gazetteer.lookup(key) or location.precision is not PrecisionClass.EXACT:
        return location
    town = (location.feature_code or "").startswith("PPL")
    if town and kind in _FACILITIES:
        return vicinity_of(location, _FACILITY_RADIUS_M, f"{mention.surface!r} itself is not in the gazetteer", _CUT)
    if town and kind == "A":
        return vicinity_of(location, _UNIT_RADIUS_M, f"the area of {mention.surface!r} is not in the gazetteer", _CUT)
    return location


def _spelling(mention: Mention, country: str, gazetteer: Gazetteer) -> Candidate | None:
    """The one place of the story's country whose name is written nearly so; None when there are several."""
    surface, key = mention.surface, normalise(mention.surface)
    if len(skeleton(surface)) < _CONSONANTS:
        return None
    found = [
        s for s in gazetteer.similar(surface, country, 4) if s[1] >= _SIMILAR_LEAST and described.credible(key, s[0])
    ]
    if not found:
        return None
    if any(other[1] > found[0][1] - 0.03 for other in found[1:]):
        return None
    place, score, why = found[0]
    reasons = (f"no place is written {surface!r}; {why}", f"looked for in the story's country, {country}")
    return Candidate(place, round(min(_SIMILAR_CONFIDENCE, score / 1.8), 3), reasons)


# ---- glosses: "Sirte (450 km east of Tripoli)" checks which Sirte it is
def _glosses(mentions: Sequence[Mention], text: str) -> dict[int, Gloss]:
    """Number of a name → the check that a gloss right behind it makes, in brackets or behind a comma."""
    checks: dict[int, Gloss] = {}
    for gloss in mentions:
        if gloss.relative is None or not gloss.relative.anchors:
            continue
        start, end, _ = gloss.relative.anchors[0]
        anchor = next((i for i, m in enumerate(mentions) if m.kind == "name" and m.start < end and m.end > start), None)
        before = [
            i
            for i, m in enumerate(mentions)
            if m.kind == "name" and m.end <= gloss.start and gloss.start - m.end <= _GLOSS_GAP and i != anchor
        ]
        if before and anchor is not None and _of_name(gloss, mentions[before[-1]], text):
            checks[before[-1]] = _check(gloss, anchor)
    return checks


def _of_name(gloss: Mention, name: Mention, text: str) -> bool:
    """Whether what is measured is the name before: "Wadera, 60 km east of Debre Birhan", "Sirte (450 km …)"."""
    between = normalise(text[name.end : gloss.start].strip(" ,،"))
    return gloss.role == "gloss" or words_of(gloss.language).tells_nothing(between)


def _check(gloss: Mention, anchor: int) -> Gloss:
    said = gloss.relative
    assert said is not None

    def check(place: Place, chosen: Mapping[int, Place]) -> float:
        """1 when the place lies where the gloss says, less when only about there, -1 when not, 0 when untold."""
        base = chosen.get(anchor)
        if base is None or base.id == place.id:
            return 0.0
        metres = metres_between(base.lat, base.lon, place.lat, place.lon)
        close = 1.0
        if said.distance_m is not None:
            low, _, high = said.distance_m
            reach = place.radius_m if place.feature_class == "A" else 0.0  # a unit is measured from anywhere in it
            close = 1.0 if 0.85 * low - base.radius_m <= metres <= high + base.radius_m else _ABOUT_THERE
            # Stated distances are by road as often as not, and from the edge of the anchor.
            if not 0.6 * low - base.radius_m - reach - 5_000 <= metres <= 1.15 * high + base.radius_m + reach + 10_000:
                return -1.0
        if said.bearing is not None and metres > 2 * base.radius_m:
            off = abs((bearing_between(base, place) - said.bearing + 180) % 360 - 180)
            if off > 60:
                return -1.0
        return close if said.distance_m is not None or said.bearing is not None else 0.0

    return check


def bearing_between(a: Place, b: Place) -> float:
    """Degrees clockwise from north in which ``b`` lies from ``a``."""
    lat1, lat2, d = math.radians(a.lat), math.radians(b.lat), math.radians(b.lon - a.lon)
    east = math.sin(d) * math.cos(lat2)
    north = math.cos(lat1) * math.sin(lat2) - math.sin(lat1) * math.cos(lat2) * math.cos(d)
    return math.degrees(math.atan2(east, north)) % 360


def _checked(one: Resolved, gloss: Gloss | None, place: Place | None, chosen: Mapping[int, Place]) -> Resolved:
    """Doubt in a place that does not lie where the text says."""
    if gloss is None or one.location is None or place is None or gloss(place, chosen) >= 0:
        return one
    return replace(one, location=doubted(one.location, _DISAGREES, "the text's own distance or direction disagrees"))


def _without_echoes(found: list[Resolved]) -> list[Resolved]:
    """All but the descriptions of what is also named: the name says it better."""
    if all(r.mention.kind != "described" for r in found):
        return found
    named = {r.location.place_id for r in found if r.location is not None and r.mention.kind != "described"}
    return [r for r in found if r.mention.kind != "described" or (r.location and r.location.place_id not in named)]


# ---- relative places
def _measure(found: list[Resolved], gazetteer: Gazetteer, story: Story, language: str) -> None:
    """Measure relative places from their anchors, together, but for those that "the city" may be one of."""
    waiting: dict[int, relative.Anchored] = {}

    def draw() -> None:
        for i, place in zip(waiting, relative.locate_many([*waiting.values()], gazetteer), strict=True):
            found[i] = Resolved(found[i].mention, place)
        waiting.clear()

    for i, one in enumerate(found):
        if one.mention.relative is None:
            continue
        told = _anchored(one.mention, found, gazetteer, story, language, draw)
        if isinstance(told, relative.Anchored):
            waiting[i] = told
        else:
            why = f"its anchor {told!r} is not known" if told else "it leans on no place"
            found[i] = Resolved(one.mention, None, why)
    draw()


def _anchored(
    mention: Mention,
    found: Sequence[Resolved],
    gazetteer: Gazetteer,
    story: Story,
    language: str,
    draw: Callable[[], None],
) -> relative.Anchored | str:
    """A relative place with its anchors; ``draw`` places those before it, where an anchor may be one of them."""
    assert mention.relative is not None

    def anchor_of(span: tuple[int, int, str], told: Location | None) -> Location | None:
        start, end, surface = span
        inside = [
            r.location
            for r in found
            if r.location and r.mention.kind == "name" and r.mention.start < end and r.mention.end > start
        ]
        if inside and _owner(surface, found, language) is None:
            return inside[-1]
        draw()
        return _meant(surface, mention, found, gazetteer, story, language)

    # A place is cut to its anchor's country unless the text says where that is.
    first = anchor_of(mention.relative.anchors[0], None) if mention.relative.anchors else None
    country = first.country if first else None
    if mention.relative.relation == "border" and len(mention.relative.anchors) == 1:
        country = story.main_country()  # "the Turkish border" in a report from Syria: on its side
    return relative.anchored(mention.relative, anchor_of, gazetteer, country=country, surface=mention.surface)


_WANTED: Mapping[str, Callable[[Location], bool]] = {
    "city": lambda p: p.precision is PrecisionClass.EXACT,
    "province": lambda p: p.precision is PrecisionClass.PROVINCE,
    "capital": lambda p: p.feature_code == "PPLC",
    "country": lambda p: p.precision is PrecisionClass.COUNTRY,
    "place": lambda p: True,
}


def _owner(surface: str, found: Sequence[Resolved], language: str) -> str | None:
    """The code of the country whose capital a description means: "Libya's capital"."""
    name = owner(surface, language)
    named = (r.location for r in found if r.mention.surface == name) if name else ()
    return next((p.country for p in named if p is not None and p.precision is PrecisionClass.COUNTRY), None)


def _explaining(mention: Mention) -> Sequence[tuple[int, int, str]]:
    """The anchors that tell where something lies which has a name of its own: "Sirte (450 km east of Tripoli)"."""
    told = mention.relative
    if told is None:
        return ()
    return told.anchors if mention.role == "gloss" else told.base.anchors if told.base is not None else ()


def _seat(surface: str, country: str | None, gazetteer: Gazetteer, language: str) -> Location | None:
    """The capital of a country that the report speaks of."""
    place = gazetteer.capital(country) if country is not None else None
    if place is None:
        return None
    meant = Candidate(place, 0.7, (f"the capital of {country}, of which the report speaks",))
    return of_place(surface, [meant], gazetteer, language)


def _meant(
    surface: str,
    mention: Mention,
    found: Sequence[Resolved],
    gazetteer: Gazetteer,
    story: Story,
    language: str,
) -> Location | None:
    """What "the city", "the capital" or "the country" means here: the last fitting place before it."""
    bare, nation = without_nation(surface, language)
    kind = words_of(language).coreference(bare)
    if kind is None and (seat_of := _owner(surface, found, language)) is not None:
        kind, nation = "capital", seat_of
    if kind is None:
        return described.people(surface, gazetteer, language)
    country = nation or story.main_country()
    explaining = {(a, b) for r in found for a, b, _ in _explaining(r.mention)}
    # Correspondents write from abroad: the capital is not the one of their dateline.
    before = [
        r
        for r in found
        if r.location is not None
        and r.mention.end <= mention.start
        and (r.mention.role == "place" or (r.mention.role == "dateline" and country in (None, r.location.country)))
        and nation in (None, r.location.country)
    ]
    # "Khan Yunis, south of Gaza … the city": what only tells where another place lies is not what is spoken of.
    before.sort(key=lambda r: (r.mention.start, r.mention.end) not in explaining)
    named = next((r.location for r in reversed(before) if r.location and _WANTED[kind](r.location)), None)
    if named is None and kind == "capital" and (seat := _seat(surface, country, gazetteer, language)):
        return seat
    if (
        kind == "country"
        and country is not None
        and gazetteer.country_code(country)
        and (named is None or named.country != country)
    ):
        whole = Candidate(gazetteer.country(country), 0.7, ("the country that the report is about",))
        return of_place(surface, [whole], gazetteer, language)
    return replace(named, chain=(f"{surface!r} means {named.name}, named before", *named.chain)) if named else None

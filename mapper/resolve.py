"""Mentions → Locations: the gazetteer, the context, relative places, then the geocoder; says why.

Every mention is resolved by itself: one that cannot be placed never costs the others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from mapper import relative
from mapper.errors import GeocoderError
from mapper.gazetteer import Gazetteer
from mapper.language import identify
from mapper.locations import of_coordinates, of_geocoder, of_place
from mapper.model import Candidate, Location, Mention, Place, PrecisionClass, Report, Resolved
from mapper.ranking import Context, rank
from mapper.text import normalise
from mapper.words import described

Geocoder = Callable[[str, str | None], Place | None]


def resolve(
    report: Report,
    mentions: Sequence[Mention],
    gazetteer: Gazetteer,
    *,
    language: str,
    prior: Sequence[str] = (),
    geocoder: Geocoder | None = None,
) -> list[Resolved]:
    """Place the mentions of a report, in their order.

    Args:
        report: The report whose text the spans index.
        mentions: What was recognised in it.
        gazetteer: Where names are looked up.
        language: How the report is read.
        prior: ISO codes of countries that the user names: they rank, they do not exclude.
        geocoder: Asked for names that the gazetteer lacks; None offline.
    """
    names = [m for m in mentions if m.kind == "name"]
    options = {i: _candidates(m, gazetteer, language) for i, m in enumerate(mentions) if m.kind == "name"}
    context = Context.of(report, names, options.values(), gazetteer, prior)
    chosen = rank(report.text, mentions, options, context)
    found: list[Resolved] = []
    for i, mention in enumerate(mentions):
        if mention.kind == "name":
            found.append(_named(mention, chosen.get(i, []), gazetteer, context, geocoder, language))
        elif mention.kind == "coordinates" and mention.coordinates:
            found.append(Resolved(mention, of_coordinates(mention, gazetteer)))
        else:
            found.append(Resolved(mention, None, "its anchor is not known"))
    for i, mention in enumerate(mentions):
        if mention.relative is not None:
            found[i] = _measured(mention, found, gazetteer, context, language)
    return found


def _candidates(mention: Mention, gazetteer: Gazetteer, language: str) -> list[Place]:
    """What a name may mean: itself, then without its words for kinds and its article."""
    places = list(gazetteer.lookup(mention.surface))
    for shorter in described(language).shorter(normalise(mention.surface)):
        if places:
            break
        places = list(gazetteer.lookup(shorter))
    return places


def _named(
    mention: Mention,
    candidates: list[Candidate],
    gazetteer: Gazetteer,
    context: Context,
    geocoder: Geocoder | None,
    language: str,
) -> Resolved:
    """A name's best candidate as a location; else a likely spelling, the geocoder, or why not."""
    if candidates:
        return Resolved(mention, of_place(mention.surface, candidates, gazetteer, language))
    country = context.main_country()
    if country is not None:
        for place, score, why in gazetteer.similar(mention.surface, country, 2):
            if score >= 0.7:
                near = Candidate(place, min(0.5, score / 1.6), (why, f"in the story's country {country}"))
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


def _measured(
    mention: Mention, found: Sequence[Resolved], gazetteer: Gazetteer, context: Context, language: str
) -> Resolved:
    """A relative place, measured from its anchors."""
    assert mention.relative is not None  # noqa: S101 - the caller asked
    anchors: list[Location] = []
    for start, end, surface in mention.relative.anchors:
        inside = [
            r.location
            for r in found
            if r.location is not None and r.mention.kind == "name" and r.mention.start < end and r.mention.end > start
        ]
        anchor = inside[-1] if inside else _meant(surface, mention, found, gazetteer, context, language)
        if anchor is None:
            return Resolved(mention, None, f"its anchor {surface!r} is not known")
        anchors.append(anchor)
    place = relative.locate(
        mention.relative, anchors, gazetteer, country=anchors[0].country, surface=mention.surface
    )
    return Resolved(mention, place)


def _meant(
    surface: str,
    mention: Mention,
    found: Sequence[Resolved],
    gazetteer: Gazetteer,
    context: Context,
    language: str,
) -> Location | None:
    """What "the city", "the capital" or "the country" means here: the last fitting place before it."""
    kind = described(language).coreference(normalise(surface))
    country = context.main_country()
    if kind == "country" and country is not None:
        return of_place(surface, [Candidate(gazetteer.country(country), 0.7, ("the story's country",))], gazetteer, language)
    before = [r.location for r in found if r.location is not None and r.mention.end <= mention.start and r.mention.role == "place"]
    wanted = {
        "city": lambda p: p.precision is PrecisionClass.EXACT,
        "province": lambda p: p.precision is PrecisionClass.PROVINCE,
        "capital": lambda p: p.feature_code == "PPLC",
    }.get(kind or "")
    if wanted is None:
        return None
    return next((p for p in reversed(before) if wanted(p)), None)


_SPLIT = re.compile(r"\s*[,،;/(){}\[\]–—]\s*|\s+-\s+")


def locate(
    text: str,
    gazetteer: Gazetteer,
    *,
    country: str | None = None,
    admin1: str | None = None,
    language: str | None = None,
    geocoder: Geocoder | None = None,
) -> Resolved:
    """Place a described locality: a name, a name with what it lies in, or a relative place.

    Args:
        text: For instance "Kafr Nabl town", "10 km south of Bria" or "حي الصاخور، مدينة حلب".
        gazetteer: Where names are looked up.
        country: ISO code or name in any language that we read: it ranks.
        admin1: First-order unit: it ranks.
        language: How to read it; None to find out.
        geocoder: Asked for what the gazetteer lacks.
    """
    code = gazetteer.country_code(country) if country else None
    spoken = language or identify(text)
    whole = Mention(0, len(text), text, language=spoken)
    if not text.strip():
        return Resolved(whole, None, "no text")
    direct = _described(text, gazetteer, code, admin1, spoken, whole_only=True)
    parsed = None if direct is not None else relative.parse(text, language)
    if parsed is not None:
        anchors = [_described(a[2], gazetteer, code, admin1, parsed[1]) for a in parsed[0].anchors]
        known = [a for a in anchors if a is not None]
        if known and len(known) == len(anchors):
            place = relative.locate(parsed[0], known, gazetteer, country=code, surface=text)
            return Resolved(replace(whole, kind="relative", relative=parsed[0]), place)
    found = direct or _described(text, gazetteer, code, admin1, spoken)
    if found is None and geocoder is not None:
        try:
            place_found = geocoder(text, code)
        except GeocoderError as error:
            return Resolved(whole, None, f"not in the gazetteer; {error.message}")
        found = of_geocoder(text, place_found) if place_found else None
    if found is None:
        found = _container(text, gazetteer, code, admin1, spoken)
    return Resolved(whole, found, None if found else "not in the gazetteer")


def _described(
    text: str, gazetteer: Gazetteer, country: str | None, admin1: str | None, language: str, *, whole_only: bool = False
) -> Location | None:
    """The head of a description, chosen by what it says to lie in."""
    words = described(language)
    parts = [text] if whole_only else [text, *words.parts([p for p in _SPLIT.split(text) if p])]
    containers = {normalise(p) for p in parts[2:]}
    for number, part in enumerate(parts):
        key = normalise(part)
        for name in dict.fromkeys([key, *words.shorter(key)]):
            places = list(gazetteer.lookup(name, country=country))
            if not places and country is not None and number == 0:
                places = [p for p in gazetteer.lookup(name) if p.country == country]
            if places:
                kind = words.kind(key)
                candidates = _by_hints(places, admin1, containers, kind, gazetteer)
                return of_place(text, candidates, gazetteer, language, container=number > 1)
        if country is not None and number <= 1 and not whole_only:
            near = [s for s in gazetteer.similar(words.core(key), country, 3) if s[1] >= 0.68]
            if near:
                candidates = [Candidate(p, s * 0.6, (why,)) for p, s, why in near]
                return of_place(text, candidates, gazetteer, language)
    return None


def _by_hints(
    places: list[Place], admin1: str | None, containers: set[str], kind: str | None, gazetteer: Gazetteer
) -> list[Candidate]:
    """Candidates in the order that country, unit and containers suggest."""
    hint = normalise(admin1) if admin1 else ""
    scored = []
    for place in places:
        score, reasons = gazetteer.rank(place), []
        units = [normalise(u) for u in (place.admin1, place.admin2) if u]
        if hint and units and (hint in units[0] or units[0] in hint or _shares(hint, units[0])):
            score += 3.0
            reasons.append(f"in {place.admin1}, as the hint says")
        if containers.intersection(units):
            score += 2.0
            reasons.append("in the unit that the description names")
        if kind is not None and place.feature_class == kind:
            score += 2.5
            reasons.append("the kind of place that the description names")
        scored.append((score, place, tuple(reasons)))
    scored.sort(key=lambda s: -s[0])
    total = sum(2.0 ** (s - scored[0][0]) for s, _, _ in scored)
    return [Candidate(p, round(2.0 ** (s - scored[0][0]) / total, 3), r) for s, p, r in scored]


def _shares(a: str, b: str) -> bool:
    """Whether two unit names share a word that is not a word for units."""
    return any(len(w) > 3 and w in b.split() for w in a.split())


def _container(
    text: str, gazetteer: Gazetteer, country: str | None, admin1: str | None, language: str
) -> Location | None:
    """Where nothing of the description is known: the unit of the hint, marked as such."""
    place = None
    if admin1 and country:
        place = gazetteer.admin1_place(country, admin1) or next(
            (p for p in gazetteer.lookup(described(language).core(normalise(admin1)), country=country) if p.feature_class == "A"), None
        )
    if place is None:
        return None
    reasons = ("the place itself is not in the gazetteer; this is the unit that it lies in",)
    return of_place(text, [Candidate(place, 0.3, reasons)], gazetteer, language)


__all__ = ["Counter", "Geocoder", "Mapping", "locate", "resolve"]

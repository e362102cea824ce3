"""Report + places → events: what happened, where, when, to whom, and the sentence that says so.

Sentences → triggers → drafts (one for each family and place in a sentence, ``draft.py``) → joined inside
the report → events. A sentence that only adds a toll or a name to an event already told becomes a claim.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import replace

from mapper import taxonomy, tellings, when, where, where_spots
from mapper.draft import Draft, drafts
from mapper.joining import CARRY, gives_way, kinds_meet, of_more, old, same, takes
from mapper.model import Event, Location, Report, Resolved
from mapper.nearness import (
    COUNTRY,
    NOWHERE,
    PART,
    VAGUE,
    coarseness,
    distinct,
    finer,
    near,
)
from mapper.story import Sentence, sentences_of
from mapper.when import BACKGROUND_DAYS
from mapper.where_aside import here
from mapper.where_spots import PLAIN, Spot

_LEAD = 700  # characters back that a place may be taken from
_LONGEST_DAYS = 400
_REGION_M = 100_000.0
_NEWS_DAYS = 10  # an event so old is still the news of a report, not its history
_VAGUE_DAYS = 31  # an event somewhere in a country, some time in a longer span, is no event to draw
_THINGS = frozenset({"strikes", "vehicles", "rockets", "shells", "drones"})  # counts that hurt nobody
_NEEDS_PLACE = frozenset({"Diplomacy", "Strategic developments"})


def extract(report: Report, resolved: Sequence[Resolved], *, language: str) -> list[Event]:
    """The events of a report, each told once, in the order of their first sentence.

    Args:
        report: The report; offsets of claims index its text.
        resolved: Its places, from ``resolve.resolve``.
        language: The code of its language.
    """
    kept: list[Draft] = []
    places = where_spots.spots(report.text, resolved, language)
    unknown = where_spots.unknown(resolved)
    for sentence in sentences_of(report.text, language):
        first: int | None = None  # where the first place of a list went
        parted: set[int] = set()  # where those went that have a toll each
        before = next((d.event.date for d in reversed(kept) if d.story == sentence.story and d.own_date), None)
        for found in drafts(report, sentence, places, unknown, language, before):
            draft = _like(found, kept[first]) if found.listed and first is not None else found
            carried = _carry(draft, sentence, places, kept)
            at = _add(kept, carried, parted) if carried is not None else None
            if found.parted and at is not None:
                parted.add(at)
            first = first if found.listed else at
    line = where_spots.dateline(resolved)
    dated = [_of_that_day(d, kept[:i], report.published) for i, d in enumerate(kept)]
    return [_finish(d, report) for d in (_from_dateline(k, line) for k in dated) if _worth(d)]


def _of_that_day(draft: Draft, before: Sequence[Draft], published: dt.date | None) -> Draft:
    """What is told without a day, where something of a few days ago was just told to have been, was of that day too."""
    event = draft.event
    if event.date is not None or event.location is None or published is None or draft.points == "another":
        return draft
    if event.status != "happened" or event.background or event.event_type == "Diplomacy":
        return draft
    for other in reversed(before):
        day = other.event.date
        if draft.number - other.number > CARRY or other.story != draft.story:
            break
        if day is None or not other.own_date or other.event.background or not _one_scene(other, draft):
            continue
        if 0 <= (published - day.end).days <= _NEWS_DAYS:
            note = "day taken from what is told before of the same place"
            return replace(draft, event=replace(event, date=day, notes=(*event.notes, note)))
    return draft


def _one_scene(a: Draft, b: Draft) -> bool:
    """Whether two drafts are of one town and of one kind: a crowd that protests against a raid does so later."""
    x, y = a.event.location, b.event.location
    if max(coarseness(x), coarseness(y)) >= VAGUE or distinct(x, y) or not near(x, y):
        return False
    violent = taxonomy.CONFLICT | {"looting"}
    return a.kind.family == b.kind.family or {a.kind.family, b.kind.family} <= violent


def _from_dateline(draft: Draft, line: Location | None) -> Draft:
    """The news of a lead that names no place is where it is written: "NAIROBI - Police opened fire on a crowd"."""
    event = draft.event
    lead = draft.lead and event.status == "happened" and not draft.weak
    if line is None or event.location is not None or not lead or event.event_type in _NEEDS_PLACE:
        return draft
    told = event.claims[0]
    if draft.elsewhere and not here(told.sentence, told.language or ""):
        return draft  # local papers name a quarter that no gazetteer has, and say "here"
    note = "place taken from the dateline"
    return replace(draft, event=replace(event, location=line, notes=(*event.notes, note)))


def _of_kind(event: Event, first: Event) -> Event:
    return replace(event, event_type=first.event_type, sub_event_type=first.sub_event_type, weapon=first.weapon)


def _like(draft: Draft, other: Draft) -> Draft:
    """A further place of a list: what happened there is what happened at the first."""
    event, first = draft.event, other.event
    if draft.kind.vague and taxonomy.meet(draft.kind, other.kind):
        event = _of_kind(event, first)
        draft = replace(draft, kind=other.kind)
    if event.date is None and draft.kind.family in taxonomy.CONFLICT:
        event = replace(event, date=first.date)
    return replace(draft, event=event, own_date=event.date is not None)


def _only_echoes(draft: Draft, alike: Sequence[Draft]) -> bool:
    """Whether a sentence only says more of what was told: "the attack" again, beside a hospital or a capital."""
    event = draft.event
    plain = not (draft.kind.vague or draft.weak or draft.points)
    if draft.listed or (plain and all(d.kind.family != draft.kind.family for d in alike)):
        return False
    if draft.points == "this":
        return not near(alike[-1].event.location, event.location)
    if any(near(d.event.location, event.location) for d in alike):
        return False
    if draft.standing != PLAIN:
        return True
    untold = not draft.own_date and event.fatalities_low is None
    if untold and coarseness(event.location) >= VAGUE:
        return True
    vague = draft.kind.vague and not draft.own_date and (event.fatalities_low is None or draft.points != "")
    return vague or (untold and draft.points != "" and draft.far)


def _carry(draft: Draft, sentence: Sentence, places: Sequence[Spot], told: list[Draft]) -> Draft | None:
    """A draft without a place takes it from what was just told; None when it adds no event."""
    event = draft.event
    alike = [d for d in told if d.story == draft.story and kinds_meet(d, draft)]
    if draft.parted:
        if draft.weak and alike:  # "Strikes hit the province. Three died in A and two in B."
            draft = replace(draft, kind=alike[-1].kind, event=_of_kind(event, alike[-1].event))
        return draft
    if draft.points == "another":
        # A town that is taken is no word of what killed in the next.
        if draft.kind.vague and alike and not takes(alike[-1].kind):
            draft = replace(draft, kind=alike[-1].kind, event=_of_kind(event, alike[-1].event))
        alike = []
    elif draft.own_place and alike and _only_echoes(draft, alike):
        draft = replace(draft, event=replace(event, location=None), own_place=False)
        if draft.points == "this":  # "this attack comes days after the summit": the day is the summit's
            draft = replace(draft, event=replace(draft.event, date=None), own_date=False)
    event = draft.event
    if draft.own_place:
        return draft
    if alike and (draft.points or not draft.own_date or any(_dates_near(d, draft) for d in alike)):
        return draft
    if event.event_type in _NEEDS_PLACE or event.status == "planned":
        return None
    told_on = draft.own_date and (draft.weak or draft.kind.vague or event.fatalities_low is None)
    if alike and (draft.elsewhere or told_on):
        return draft  # another day, or a place that is named though not known: not where the other event was
    before = [d for d in told if d.story == draft.story and sentence.number - d.number <= CARRY]
    lead = next((d.event.location for d in reversed(before) if d.event.location), None)
    lead = lead or where.recent(places, sentence, _LEAD)
    if lead is None and (draft.weak or draft.kind.vague):
        return None
    note = ("place taken from the sentences before",) if lead else ()
    return replace(draft, event=replace(event, location=lead, notes=note))


def _dates_near(a: Draft, b: Draft) -> bool:
    return tellings.dates_meet(a.event.date, b.event.date, 1)


def _add(kept: list[Draft], draft: Draft, others: Collection[int]) -> int | None:
    """Join a draft to an event already told, or keep it as a new one; its index, None when it is dropped.

    ``others`` are events that it is told beside, as another.
    """
    options = [(i, d) for i, d in enumerate(kept) if i not in others and same(d, draft)]
    if not options:
        if not (draft.own_place or draft.event.location or not draft.weak):
            return None
        kept.append(draft)
        return len(kept) - 1

    def order(option: tuple[int, Draft]) -> tuple[bool, bool, bool, bool, int]:
        i, d = option
        exact = draft.own_place and d.event.location == draft.event.location
        # "The attack" is the news, not what is told of the past to compare it with.
        past = not draft.own_date and old(d.event, draft.event)
        return d.story != draft.story, past, d.event.background != draft.event.background, not exact, -i

    i, other = min(options, key=order)
    if of_more(other.event, draft):
        return None if draft.weak else i  # "a hundred were killed this month": of more than what was told
    known, standing = other.event, other.standing
    if draft.own_place and (gives_way(other, draft) or not other.own_place):
        known, standing = replace(known, location=draft.event.location), draft.standing
    event = tellings.combine(known, draft.event)
    if not draft.own_place and not other.kind.vague and event.sub_event_type != known.sub_event_type:
        # What is told of no place adds to an event; it does not turn the bombing into a battle.
        event = replace(event, event_type=known.event_type, sub_event_type=known.sub_event_type, weapon=known.weapon)
    if known.status == "planned" and draft.points in ("this", "the") and not draft.own_place:
        event = replace(event, status="planned")  # "the visit comes after …" says more of a plan, not that it was done
    if finer(event.location, other.event.location) and other.own_place and event.location:
        event = replace(event, notes=(*event.notes, "most precise of several descriptions of the place"))
    kept[i] = replace(
        other,
        event=event,
        kind=next(k for k in (other.kind, draft.kind) if k.sub_event_type == event.sub_event_type),
        number=draft.number,
        weak=other.weak and draft.weak,
        own_place=other.own_place or draft.own_place,
        own_date=other.own_date or draft.own_date,
        standing=standing,
    )
    return i


def _tolled(event: Event) -> bool:
    """Whether it says how many died; "dead and wounded" alone does not."""
    return event.fatalities is not None or (event.fatalities_low or 0) > 1 or event.fatalities_low == 0


def _worth(draft: Draft) -> bool:
    """Whether a draft is an event: a toll needs a number or a date, history needs a date."""
    event = draft.event
    if event.background and not draft.own_date:
        return False
    vague: Location | None = event.location
    coarse = coarseness(vague)
    if draft.weak:
        people = any(c.what not in _THINGS for c in event.counts)
        told = _tolled(event) or event.injured is not None or people
        if event.sub_event_type == "Attack" and not told:
            return False
        if coarse >= PART or (event.event_type in _NEEDS_PLACE and not (draft.own_date and draft.own_place)):
            return False
    untold = not _tolled(event) and event.injured is None
    # "The northern countryside of Aleppo" has a name and bounds; "the north of the country" has not.
    region = vague is not None and vague.place_id is not None and vague.radius_m <= _REGION_M and draft.own_place
    if coarse >= PART and untold and (draft.kind.vague or not (draft.own_date or region)):
        return False
    if coarse >= COUNTRY and untold and event.date and (event.date.end - event.date.start).days > _VAGUE_DAYS:
        return False
    if coarse >= COUNTRY and (event.event_type in _NEEDS_PLACE and not draft.own_date):
        return False
    if event.status == "planned" and event.event_type != "Diplomacy" and not draft.own_date:
        return False
    if event.date and (event.date.end - event.date.start).days > _LONGEST_DAYS:
        return False
    return not (coarse >= NOWHERE and event.fatalities_low is None)


def _finish(draft: Draft, report: Report) -> Event:
    """The draft with its date (news without a day is at most a day old) and its identity."""
    event = draft.event
    if draft.kind.with_deaths and event.fatalities_low:
        kind = taxonomy.types()[draft.kind.with_deaths]
        event = replace(event, event_type=kind.event_type, sub_event_type=kind.sub_event_type)
    if event.date is None and report.published:
        note = "no day is stated: taken as the day of publication or the day before"
        event = replace(event, date=when.unstated(report.published), notes=(*event.notes, note))
    if event.date and report.published and event.date.start > report.published and event.status == "happened":
        event = replace(event, status="planned")  # told in the present tense: "she travels to X tomorrow"
    if event.date and report.published:
        event = replace(event, background=(report.published - event.date.end).days > BACKGROUND_DAYS)
    return replace(event, id=tellings.event_id(event))

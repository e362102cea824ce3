"""Report + places → events: what happened, where, when, to whom, and the sentence that says so.

Sentences → triggers → drafts (one for each family and place in a sentence) → merged inside the
report → events. A sentence that only adds a toll or a name to an event already told becomes a claim.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mapper import actors, casualties, language, merge, nearness, status, taxonomy, time, triggers
from mapper.gazetteer import metres_between
from mapper.model import Actor, Claim, Count, DateRange, Event, Location, Report, Resolved
from mapper.story import Sentence, sentences_of
from mapper.triggers import Hit

BACKGROUND_DAYS = 60
_CARRY = 3  # sentences back that a place or an event may be taken from
_REACH = 120  # characters between a trigger and a place that it may govern
_NEEDS_PLACE = frozenset({"Diplomacy", "Strategic developments"})


@dataclass(frozen=True, slots=True)
class _Draft:
    """An event as one sentence tells it, before merging; ``own_place``: named in the sentence."""

    event: Event
    kind: taxonomy.EventType
    story: int
    number: int
    weak: bool
    own_place: bool
    own_date: bool


def extract(report: Report, resolved: Sequence[Resolved], *, language: str) -> list[Event]:
    """The events of a report, each told once, in the order of their first sentence.

    Args:
        report: The report; offsets of claims index its text.
        resolved: Its places, from ``resolve.resolve``.
        language: The code of its language.
    """
    kept: list[_Draft] = []
    usable = _usable(resolved)
    usable = sorted([*usable, *_described(report.text, usable, resolved, language)], key=lambda r: r.mention.start)
    for sentence in sentences_of(report.text, language):
        for draft in _drafts(report, sentence, usable, language, kept):
            _add(kept, draft)
    return [_finish(d, report) for d in kept if _worth(d)]


def _usable(resolved: Sequence[Resolved]) -> list[Resolved]:
    """Places that may hold an event; a name inside a relative expression is only its anchor."""
    spans = [
        (r.mention.start, r.mention.end) for r in resolved if r.mention.kind == "relative" and r.location is not None
    ]
    countries = _countries(resolved)
    return [
        r
        for r in resolved
        if r.location is not None
        and r.mention.role == "place"
        and not _lone(r, countries)
        and (r.mention.kind == "relative" or not any(a <= r.mention.start and r.mention.end <= b for a, b in spans))
    ]


def _countries(resolved: Sequence[Resolved]) -> Counter[str | None]:
    """How many different names of the report lie in each country."""
    named = {(r.mention.surface, r.location.country) for r in resolved if r.location is not None}
    return Counter(country for _, country in named)


def _lone(place: Resolved, countries: Counter[str | None]) -> bool:
    """A doubtful name, or a unit's, in a country that nothing else in the report speaks of."""
    where = place.location
    if where is None or place.mention.kind != "name":
        return False
    if where.feature_code == "CONT":
        return True
    code = where.feature_code or ""
    doubtful = place.mention.score < 0.75 or code.startswith("ADM")
    # In a report about one country, a small place elsewhere is more often a word or a person's name.
    foreign = max(countries.values()) >= 3 and not code.startswith(("PPLC", "PPLA", "PCL"))
    return (doubtful or foreign) and countries[where.country] < 2 and len(countries) > 1


def _described(text: str, places: list[Resolved], resolved: Sequence[Resolved], code: str) -> list[Resolved]:
    """Places meant by a description alone: "the Libyan capital" after "the Libyan capital Tripoli".

    A description that names its place right after is left out; the same words earlier decide, else
    the capital, or town, that was named last (be it in the name of a unit).
    """
    data = language.section(code, "status")
    countries = _countries(resolved)
    known = [
        r
        for r in resolved
        if r.location is not None and r.mention.kind == "name" and r.mention.role != "gloss" and not _lone(r, countries)
    ]
    found: list[Resolved] = []
    for section, feature in (("descriptions", "PPLC"), ("descriptions_town", "PPL")):
        words = data.get(section, [])
        if not words:
            continue
        pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, words)) + r")(?!\w)(?:\s+\w+)?", re.IGNORECASE)
        named: dict[str, Resolved] = {}
        for match in pattern.finditer(text):
            near = [p for p in known if match.start() <= p.mention.start <= match.end() + 1]
            if near:
                named[match.group().lower()] = near[0]
                continue
            before = [p for p in known if p.mention.end <= match.start()]
            if before and match.start() - before[-1].mention.end <= 3:
                continue  # "Tripoli, the capital"
            fit = [p for p in before if p.location and (p.location.feature_code or "").startswith(feature)]
            meant = named.get(match.group().lower()) or (fit[-1] if fit else None)
            if meant is not None:
                mention = replace(
                    meant.mention, start=match.start(), end=match.end(), surface=match.group(), role="place"
                )
                found.append(replace(meant, mention=mention))
    return found


def _drafts(report: Report, sentence: Sentence, places: list[Resolved], code: str, told: list[_Draft]) -> list[_Draft]:
    """What one sentence tells: its triggers grouped by family and place."""
    hits = triggers.find(sentence.text, code)
    if not hits:
        return []
    here = [p for p in places if sentence.start <= p.mention.start and p.mention.end <= sentence.end]
    found: list[_Draft] = []
    counts = casualties.counts(sentence.text, code)
    groups = _groups(hits, sentence, here)
    for number, group in enumerate(groups):
        main = _main(group, hits, sentence, here)
        kind = taxonomy.types()[main.key]
        state = _state(group, main, sentence, code)
        if state is None:
            continue
        spots = _places(group, main, hits, sentence, here, code)
        numbers = [c for c in counts if _belongs(c, number, groups)]
        when = _date(report, sentence, group, [h for g in groups if g is not group for h in g], code)
        choice: list[Resolved | None] = [*spots] or [None]
        for spot in choice:
            found.append(_draft(report, sentence, code, group, kind, state, spot, numbers, when, len(spots) > 1))
    return [d for d in (_carry(d, sentence, places, told) for d in found) if d is not None]


def _main(group: list[Hit], hits: list[Hit], sentence: Sentence, here: list[Resolved]) -> Hit:
    """The hit that decides the type: by precedence; in diplomacy first one that has a place."""

    def order(hit: Hit) -> tuple[bool, bool, bool, int]:
        kind = taxonomy.types()[hit.key]
        placeless = kind.family == "diplomacy" and not _governed(hit, hits, sentence, here)
        return hit.weak, kind.vague, placeless, kind.rank

    return min(group, key=order)


def _groups(hits: list[Hit], sentence: Sentence, here: list[Resolved]) -> list[list[Hit]]:
    """Hits that tell one event together: one family (all violence is one), one place."""
    groups: list[list[Hit]] = []
    for hit in sorted(hits, key=lambda h: (h.weak, taxonomy.types()[h.key].vague, h.start)):
        kind = taxonomy.types()[hit.key]
        mine = "conflict" if kind.family in taxonomy.CONFLICT else kind.family
        for group in groups:
            other = taxonomy.types()[group[0].key]
            theirs = "conflict" if other.family in taxonomy.CONFLICT else other.family
            toll = mine == "conflict" and kind.vague and theirs in ("demonstration", "disrupted", "looting", "transfer")
            if theirs != mine and not toll:
                continue
            if kind.vague or hit.weak or _one_place(hit, group, hits, sentence, here):
                group.append(hit)
                break
        else:
            if not (hit.weak and groups and kind.family == "other"):
                groups.append([hit])
    return groups


def _one_place(hit: Hit, group: list[Hit], hits: list[Hit], sentence: Sentence, here: list[Resolved]) -> bool:
    """Whether a hit's own words put it where the group is, or say nothing of a place."""
    mine = _governed(hit, hits, sentence, here)
    theirs = [p for other in group for p in _governed(other, hits, sentence, here)]
    if not mine or not theirs:
        return True
    return any(nearness.near(a.location, b.location) for a in mine for b in theirs)


def _governed(hit: Hit, hits: list[Hit], sentence: Sentence, here: list[Resolved]) -> list[Resolved]:
    """Places in the trigger's clause, else the next one after it; never beyond another such trigger."""
    low, high = sentence.clause(hit.start)
    family = taxonomy.types()[hit.key].family
    walls = [
        h.start
        for h in hits
        if h != hit and not h.weak and not taxonomy.types()[h.key].vague and taxonomy.types()[h.key].family == family
    ]

    def open_to(at: int) -> bool:
        a, b = sorted((hit.start, at))
        return not any(a < w < b for w in walls)

    after = [p for p in here if p.mention.start - sentence.start >= hit.end]
    inside = [p for p in here if low <= p.mention.start - sentence.start < high]
    # "visits, as ruler of the east, the capital": a vague place does not hide the next one.
    next_ones = after[:2] if after and nearness.coarseness(after[0].location) >= 4 else after[:1]
    return [
        p
        for p in inside or next_ones
        if open_to(p.mention.start - sentence.start) and abs(p.mention.start - sentence.start - hit.end) <= _REACH
    ]


def _places(
    group: list[Hit], hit: Hit, hits: list[Hit], sentence: Sentence, here: list[Resolved], code: str
) -> list[Resolved]:
    """The place of the trigger's clause, else of the sentence: the most precise, then the nearest.

    More than one when the trigger plainly spans a list of places ("strikes on A and B").
    """
    if not here:
        return []
    inside = _governed(hit, hits, sentence, here) or [p for h in group for p in _governed(h, hits, sentence, here)]
    start, end = sentence.start + hit.start, sentence.start + hit.end

    def gap(p: Resolved) -> int:
        if p.mention.start >= end:
            return p.mention.start - end
        return (start - p.mention.end) * 2 + 20  # a place is told after its verb more often than before

    def order(p: Resolved) -> tuple[int, int]:
        coarse = nearness.coarseness(p.location)
        return (0 if coarse < 0 else 1 if coarse <= 1 else coarse), gap(p)

    best = min(inside or here, key=order)
    if nearness.coarseness(best.location) >= 4:
        # "in the north of the country" is told more precisely elsewhere in the sentence.
        finer = [p for p in here if nearness.near(p.location, best.location)]
        best = min(finer, key=lambda p: (nearness.coarseness(p.location) >= 4, p not in inside, *order(p)))
    measured = [p for p in here if nearness.coarseness(p.location) < 0 and nearness.near(p.location, best.location)]
    if measured:
        return [measured[0]]
    return [best, *_listed(best, here, sentence, code)]


def _listed(first: Resolved, here: list[Resolved], sentence: Sentence, code: str) -> list[Resolved]:
    """Places joined to ``first`` by "and" and as precise as it, far enough to be another event."""
    joints = {x.strip() for x in language.section(code, "status").get("between", [])}
    later = [p for p in here if p.mention.start >= first.mention.end]
    found: list[Resolved] = []
    last = first
    for place in sorted(later, key=lambda p: p.mention.start)[:3]:
        between = sentence.text[last.mention.end - sentence.start : place.mention.start - sentence.start]
        words = re.sub(r"[,،()]", " ", between).split()
        same = place.location and first.location and place.location.precision == first.location.precision
        joined = bool(words) and (words[0] in joints or words[0][:1] in joints)
        if len(words) > 2 or not joined or not same or nearness.near(place.location, first.location):
            break
        found.append(place)
        last = place
    return found


def _state(group: list[Hit], main: Hit, sentence: Sentence, code: str) -> tuple[str, bool] | None:
    low, high = sentence.clause(main.start)
    return status.of(sentence.text[low:high], main.start - low, main.end - low, code)


def _belongs(count: Count, number: int, groups: list[list[Hit]]) -> bool:
    """A count goes to the group with the nearest trigger; people only to violence and crowds."""
    people = count.what in ("killed", "injured")
    able = []
    for i, group in enumerate(groups):
        family = taxonomy.types()[group[0].key].family
        if not people or family in taxonomy.CONFLICT or family in ("demonstration", "transfer", "disrupted"):
            able.append((min(abs(h.start - count.start) for h in group), i))
    return bool(able) and min(able)[1] == number


def _draft(
    report: Report,
    sentence: Sentence,
    code: str,
    group: list[Hit],
    kind: taxonomy.EventType,
    state: tuple[str, bool],
    spot: Resolved | None,
    numbers: list[Count],
    when: tuple[DateRange | None, tuple[int, int] | None],
    shared: bool,
) -> _Draft:
    date, date_span = when
    marks = [(sentence.start + h.start, sentence.start + h.end) for h in group]
    fields = ["event_type"]
    if spot is not None:
        marks.append((spot.mention.start, spot.mention.end))
        fields.append("location")
    if date_span:
        marks.append(date_span)
        fields.append("date")
    # A toll told for several places at once is the toll of none of them.
    people = [] if shared else [c for c in numbers if c.what == "killed"]
    hurt = [] if shared else [c for c in numbers if c.what == "injured"]
    killed = max(people, key=lambda c: c.best if c.best is not None else c.low, default=None)
    injured = max(hurt, key=lambda c: c.best if c.best is not None else c.low, default=None)
    if killed is not None:
        fields.append("fatalities")
    if injured is not None:
        fields.append("injured")
    marks += [(sentence.start + c.start, sentence.start + c.end) for c in numbers if c.end > c.start]
    who = _actors(report, sentence, code)
    if who:
        fields.append("actors")
    claim = Claim(
        report.id,
        sentence.start,
        sentence.end,
        sentence.text,
        tuple(fields),
        code,
        report.source,
        report.url,
        report.published,
        tuple(sorted(set(marks))),
    )
    weak = all(h.weak for h in group)
    event = Event(
        id="",
        event_type=kind.event_type,
        sub_event_type=kind.sub_event_type,
        claims=(claim,),
        location=spot.location if spot else None,
        date=date,
        status=state[0],
        background=state[1],
        actors=who,
        fatalities=killed.best if killed else None,
        fatalities_low=killed.low if killed else None,
        fatalities_high=killed.high if killed else None,
        injured=injured.best if injured else None,
        counts=tuple(c for c in numbers if c.what not in ("killed", "injured")),
        weapon=kind.weapon,
        confidence=_confidence(kind, weak, spot),
    )
    return _Draft(event, kind, sentence.story, sentence.number, weak, spot is not None, date is not None)


def _confidence(kind: taxonomy.EventType, weak: bool, spot: Resolved | None) -> float:
    base = 0.4 if weak else 0.55 if kind.vague else 0.75
    where = spot.location.confidence if spot and spot.location else 0.3
    return round(base * 0.6 + where * 0.4, 3)


def _actors(report: Report, sentence: Sentence, code: str) -> tuple[Actor, ...]:
    found: dict[str, Actor] = {}
    for mention in actors.mentions(sentence.text, code, report.published):
        key = mention.actor.id or mention.actor.name
        if key not in found or found[key].role == "mentioned":
            found[key] = mention.actor
    return tuple(found.values())


def _date(
    report: Report, sentence: Sentence, group: list[Hit], others: list[Hit], code: str
) -> tuple[DateRange | None, tuple[int, int] | None]:
    """The date nearest to the trigger in its clause, else in its sentence, and its span in the report."""
    published = report.published
    data = language.section(code, "status")
    gaps = [
        (at, int(row["days"]))
        for row in data.get("durations", [])
        for form in row["forms"]
        for at in [sentence.text.lower().find(form)]
        if at >= 0
    ]
    bounds = [at for at, _ in gaps]
    options = []
    for e in time.expressions(sentence.text, code, published):
        for hit in group:
            a, b = sorted((e.start, hit.start))
            if any(a < x < b for x in bounds):
                continue  # "a day after the talks on Tuesday": Tuesday is the other event's
            apart = sentence.clause(e.start) != sentence.clause(hit.start)
            if apart and any(sentence.clause(h.start) == sentence.clause(e.start) for h in others):
                continue  # the date of what else that clause tells
            walled = any(a < h.start < b for h in others)
            distance = e.start - hit.end if e.start >= hit.end else hit.start - e.end
            options.append((e.of_reporting, walled, apart, distance, e, hit))
    if options:
        reporting, _, apart, _, best, hit = min(options, key=lambda o: o[:4])
        span = (sentence.start + best.start, sentence.start + best.end)
        when = best.range
        length = (published - when.start).days if published else -1
        later = apart and best.end <= hit.start and _after(sentence, best.start, data.get("after", []))
        if later and published and 0 <= length <= BACKGROUND_DAYS:
            return DateRange(when.start, published, 1 if not length else 3 if length < 8 else 4, best.text), span
        if reporting:
            return DateRange(when.start - dt.timedelta(1), when.end, 2, best.text), span
        return when, span
    for at, days in sorted(gaps, reverse=True):
        if any(at < h.start for h in group) and published:
            slack = round(days / 4)
            middle = published - dt.timedelta(days)
            first, last = middle - dt.timedelta(slack), middle + dt.timedelta(slack)
            return DateRange(first, min(last, published), 1 if not slack else 3 if slack < 4 else 4), None
    return None, None


def _after(sentence: Sentence, at: int, words: Sequence[str]) -> bool:
    """Whether the clause of a date, or the one before it, opens with "after"."""
    low, _ = sentence.clause(at)
    previous = sentence.clause(low - 1)[0] if low > 0 else low
    opening = sentence.text[previous : previous + 16].lower().split()[:2]
    return any(w == x or w[1:] == x for w in opening for x in words)


def _carry(draft: _Draft, sentence: Sentence, places: list[Resolved], told: list[_Draft]) -> _Draft | None:
    """A draft without a place takes it from what was just told; None when it adds no event."""
    event = draft.event
    echo = draft.kind.vague and not draft.own_date and event.fatalities_low is None
    if draft.own_place and echo and any(merge.kinds_meet(d.event, event) for d in told if d.story == draft.story):
        # "the attack" again, beside a hospital or a capital: more of what was told, not a new event.
        return replace(draft, event=replace(event, location=None), own_place=False)
    if draft.own_place:
        return draft
    before = [d for d in told if d.story == draft.story and sentence.number - d.number <= _CARRY]
    if any(merge.kinds_meet(d.event, draft.event) for d in told if d.story == draft.story):
        return draft
    if draft.event.event_type in _NEEDS_PLACE or draft.event.status == "planned":
        return None
    lead = next((d.event.location for d in reversed(before) if d.event.location), None)
    if lead is None:
        recent = [p for p in places if sentence.story_start <= p.mention.start < sentence.start]
        good = [p for p in recent if sentence.start - p.mention.end < 700]
        if good:
            finest = min(nearness.coarseness(p.location) for p in good)
            lead = next(p.location for p in reversed(good) if nearness.coarseness(p.location) == finest)
    if lead is None and (draft.weak or draft.kind.vague):
        return None
    note = ("place taken from the sentences before",) if lead else ()
    return replace(draft, event=replace(draft.event, location=lead, notes=note))


def _add(kept: list[_Draft], draft: _Draft) -> None:
    """Join a draft to an event already told, or keep it as a new one."""
    options = [(i, d) for i, d in enumerate(kept) if _same(d, draft)]
    if not options:
        if draft.own_place or draft.event.location or not draft.weak:
            kept.append(draft)
        return

    def order(option: tuple[int, _Draft]) -> tuple[bool, bool, bool, int]:
        i, d = option
        exact = draft.own_place and d.event.location == draft.event.location
        return d.story != draft.story, d.event.background != draft.event.background, not exact, -i

    i, other = min(options, key=order)
    event = merge.combine(other.event, draft.event)
    finer = nearness.coarseness(event.location) < nearness.coarseness(other.event.location)
    if finer and other.own_place and event.location:
        event = replace(event, notes=(*event.notes, "most precise of several descriptions of the place"))
    kind = taxonomy.of(event.event_type, event.sub_event_type) or other.kind
    kept[i] = replace(
        other,
        event=event,
        kind=kind,
        number=draft.number,
        weak=other.weak and draft.weak,
        own_place=other.own_place or draft.own_place,
        own_date=other.own_date or draft.own_date,
    )


def _same(a: _Draft, b: _Draft) -> bool:
    """Whether two drafts of one report tell one event."""
    x, y = a.event, b.event
    if not merge.kinds_meet(x, y):
        return False
    if not b.own_place and a.story != b.story:
        return False
    if b.own_place and not (nearness.near(x.location, y.location) or _measured_from(x, y)):
        return False
    if x.date is None or y.date is None:
        # An undated telling does not join what is told as history long before.
        if a.story != b.story and (_old(x, y) or _old(y, x)):
            return False
    elif not merge.dates_meet(x.date, y.date, 0 if a.story == b.story else 1):
        return False
    if merge.tolls_meet(x, y):
        return True
    return b.weak or b.kind.vague or not b.own_place or not b.own_date


def _measured_from(a: Event, b: Event) -> bool:
    """Whether one place is measured from the other and the tolls are equal: two descriptions of one."""
    if a.fatalities is None or a.fatalities != b.fatalities:
        return False
    pairs = [(x.location, y.location) for x, y in ((a, b), (b, a)) if x.location and y.location]
    return any(x.anchor and metres_between(*x.anchor, y.lat, y.lon) <= nearness.NEAR_M for x, y in pairs)


def _old(event: Event, other: Event) -> bool:
    published = other.claims[0].published
    return bool(event.date and published and (published - event.date.end).days > BACKGROUND_DAYS)


def _worth(draft: _Draft) -> bool:
    """Whether a draft is an event: a toll needs a number or a date, history needs a date."""
    event = draft.event
    if event.background and not draft.own_date:
        return False
    vague: Location | None = event.location
    coarse = nearness.coarseness(vague)
    if draft.weak:
        told = event.fatalities_low is not None or event.injured is not None or bool(event.counts)
        if event.sub_event_type == "Attack" and not told:
            return False
        if coarse >= 7 or (event.event_type in _NEEDS_PLACE and not (draft.own_date and draft.own_place)):
            return False
    untold = event.fatalities_low is None and event.injured is None
    if coarse >= 7 and untold and (draft.kind.vague or not draft.own_date):
        return False
    if coarse >= 8 and (event.event_type in _NEEDS_PLACE and not draft.own_date):
        return False
    if event.status == "planned" and event.event_type != "Diplomacy" and not draft.own_date:
        return False
    if event.date and (event.date.end - event.date.start).days > 400:
        return False
    return not (coarse >= 9 and event.fatalities_low is None)


def _finish(draft: _Draft, report: Report) -> Event:
    """The draft with its date (news without a day is at most a day old) and its identity."""
    event = draft.event
    if draft.kind.with_deaths and event.fatalities_low:
        kind = taxonomy.types()[draft.kind.with_deaths]
        event = replace(event, event_type=kind.event_type, sub_event_type=kind.sub_event_type)
    if event.date is None and report.published:
        start = report.published - dt.timedelta(1)
        event = replace(
            event,
            date=DateRange(start, report.published, 2),
            notes=(*event.notes, "no day is stated: taken as the day of publication or the day before"),
        )
    if event.date and report.published:
        event = replace(event, background=(report.published - event.date.end).days > BACKGROUND_DAYS)
    return replace(event, id=merge.event_id(event))

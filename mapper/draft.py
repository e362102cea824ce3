"""An event as one sentence tells it: its triggers grouped, with place, days, numbers, parties and status."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from mapper import actors, casualties, language, status, taxonomy, triggers, when, where
from mapper.cues import cues_of
from mapper.model import Actor, Claim, Count, DateRange, Event, Report
from mapper.nearness import COUNTRY, VAGUE, coarseness, distinct, near
from mapper.story import Sentence
from mapper.triggers import Hit
from mapper.where import Spot

# Families besides the conflict's in which people are hurt, so that a toll beside them is theirs.
_WITH_PEOPLE = frozenset({"demonstration", "transfer", "disrupted", "looting"})
_TURN = 400  # characters back in which the first of two is told


@dataclass(frozen=True, slots=True)
class Draft:
    """An event of one sentence, before it meets the others of its report.

    ``own_place`` and ``own_date``: stated in the sentence itself; ``far``: its place is in another clause.
    ``points``: how its trigger points back to what was told, as "this" ("this attack") or "the"; "another"
    where it leads over to another event ("this attack comes a day after two others", "a second blast"); empty else.
    ``tallied``: its toll is told as a toll, which brings an older one up to date.
    ``elsewhere``: a place that no gazetteer has is named beside it. ``listed``: its place is a further one of
    a list ("strikes on A and B"), whose first the draft before has.
    """

    event: Event
    kind: taxonomy.EventType
    story: int
    number: int
    weak: bool
    own_place: bool
    own_date: bool
    standing: int = where.PLAIN
    points: str = ""
    far: bool = False
    elsewhere: bool = False
    listed: bool = False
    tallied: bool = False


def drafts(
    report: Report,
    sentence: Sentence,
    places: Sequence[Spot],
    unknown: Sequence[tuple[int, int]],
    code: str,
    before: DateRange | None = None,
) -> list[Draft]:
    """What one sentence tells: its triggers grouped by family and place.

    Args:
        report: Offsets of claims index its text.
        sentence: One of its sentences.
        places: The spots of the whole report.
        unknown: Spans of names that are places but that no gazetteer has.
        code: The language.
        before: The days of the event told before.
    """
    hits = triggers.find(sentence.text, code)
    if not hits:
        return []
    parties = actors.mentions(sentence.text, code, report.published)
    # A country that is struck is a place; one that strikes, or whose aircraft do, is a party.
    states = [
        (sentence.start + m.start, sentence.start + m.end, _acts(m, sentence.text, code)) for m in parties if m.country
    ]
    spans = [(sentence.start + h.start, sentence.start + h.end) for h in hits if h.text.count(" ") < 2]
    here = [
        p
        for p in places
        if sentence.start <= p.start
        and p.end <= sentence.end
        # A word of the trigger itself is no place ("قصف جوي" is no town of Joya).
        and not any(a <= p.start and p.end <= b for a, b in spans)
        # Nor is the country of a party ("Russian aircraft") where they strike.
        and not (
            coarseness(p.location) >= COUNTRY
            and any(a <= p.start and p.end <= b and (acts or b - a > p.end - p.start) for a, b, acts in states)
        )
    ]
    found: list[Draft] = []
    counts = casualties.counts(sentence.text, code)
    tallied = any(c.what == "killed" for c in counts) and casualties.tallies(sentence.text, code)
    turn = _turn(report, sentence, hits, code)
    about = _about(sentence, hits, code)
    sides = [
        (when.side(sentence.text, code, h.start), turn is not None and h.start >= turn, h.start in about and _hurts(h))
        for h in hits
    ]
    groups = [
        group
        for one in dict.fromkeys(sides)
        for group in _groups([h for h, s in zip(hits, sides, strict=True) if s == one], sentence, here)
    ]
    who = _actors(parties)
    for number, group in enumerate(groups):
        main = _main(group, hits, sentence, here)
        kind = taxonomy.types()[main.key]
        low, high = sentence.clause(main.start)
        state = status.of(sentence.text[low:high], main.start - low, main.end - low, code)
        if state is None:
            continue
        kind = _taken_by(kind, who)
        numbers = [c for c in counts if _belongs(c, number, groups)]
        others = [h for g in groups if g is not group for h in g]
        told = when.date_of(report, sentence, group, others, code, before)
        if tallied and all(h.weak for h in group):
            told = None, None  # the day on which a toll rose is not that of the event
        side = when.side(sentence.text, code, group[0].start)
        beside = [p for p in here if when.side(sentence.text, code, p.start - sentence.start) == side]
        if about:
            blamed = group[0].start in about and _hurts(group[0])
            beside = [p for p in beside if (p.start - sentence.start in about) == blamed]
            if blamed and not beside:
                continue  # what a crowd speaks against did not happen where the crowd is
        spots = where.choose(group, main, hits, sentence, beside, code)
        elsewhere = any(sentence.start + low <= a < sentence.start + high for a, _ in unknown)
        points = _points(sentence.text, group, numbers, others, code)
        if turn is not None and group[0].start >= turn:
            points = "another"
        if points in ("this", "the") and not spots and when.steps(sentence.text, code) and side < 0:
            told = None, None  # "the visit comes a day after the talks": the visit was dated where it was told
        inside = {sentence.clause(h.start) for h in group}
        if kind.family == "diplomacy":
            spots = [replace(s, location=where.seat_of_talks(s.location)) for s in spots]
        choice: list[Spot | None] = [*spots] or [None]
        for spot in choice:
            event = _event(report, sentence, code, group, kind, state, spot, numbers, told, who, len(spots) > 1)
            found.append(
                Draft(
                    event,
                    kind,
                    sentence.story,
                    sentence.number,
                    all(h.weak for h in group),
                    spot is not None,
                    told[0] is not None,
                    spot.standing if spot else where.PLAIN,
                    points,
                    spot is not None and sentence.clause(spot.start - sentence.start) not in inside,
                    elsewhere,
                    spot is not None and spot is not spots[0],
                    tallied,
                )
            )
    return found


def _taken_by(kind: taxonomy.EventType, who: Sequence[Actor]) -> taxonomy.EventType:
    """Territory by who takes it: the verb alone does not tell the government's gain from the rebels'."""
    if kind.key not in ("gov_regains", "nonstate_takes"):
        return kind
    takers = {a.kind for a in who if a.role == "perpetrator" and a.kind}
    if takers == {"state forces"}:
        return taxonomy.types()["gov_regains"]
    return taxonomy.types()["nonstate_takes"] if takers and "state forces" not in takers else kind


def _points(text: str, group: Sequence[Hit], numbers: Sequence[Count], others: Sequence[Hit], code: str) -> str:
    """Whether a trigger of the group points back, and how (see ``Draft``)."""
    data = language.section(code, "status")
    hit = min(group, key=lambda h: h.start)
    before = [t.surface.lower() for t in triggers.before(text, hit.start)[-2:]]
    if set(data.get("this", [])).intersection(before):
        rest = text[hit.end :].lower()
        after = any(form in rest for row in data.get("durations", []) if row["days"] > 0 for form in row["forms"])
        toll = any(c.what == "killed" and c.start > hit.end for c in numbers)
        return "another" if after and toll and not others else "this"
    if set(data.get("the", [])).intersection(before[-1:]) or hit.text.startswith(tuple(data.get("the_written_on", []))):
        return "the"
    led = data.get("another_led", [])
    opens = text.lstrip(" •-–—*").lower().startswith(tuple(led)) and (numbers or any(not h.weak for h in group))
    return "another" if opens or any(_one_more(text, h, data) for h in group) else ""


def _hurts(hit: Hit) -> bool:
    return taxonomy.types()[hit.key].family in taxonomy.CONFLICT


@cache
def _wording(code: str, key: str) -> re.Pattern[str] | None:
    """A pattern of the words of ``status.toml`` under ``key``; None where the language has none."""
    words = language.section(code, "status").get(key, [])
    closed = "" if key == "about" else r"(?!\w)"
    joined = "|".join(map(re.escape, words))
    return re.compile(rf"(?<!\w){language.written_on(code)}(?:{joined}){closed}", re.IGNORECASE) if words else None


def _about(sentence: Sentence, hits: Sequence[Hit], code: str) -> range:
    """The words that tell what a crowd speaks against ("marched in X over a raid on Y"); empty where none do."""
    crowds = [h for h in hits if taxonomy.types()[h.key].family == "demonstration"]
    cues = _wording(code, "about") if crowds else None
    for m in cues.finditer(sentence.text) if cues else ():
        found = range(m.end(), sentence.clause(m.end() - 1)[1])
        if any(h.start <= m.start() for h in crowds) and any(h.start in found and _hurts(h) for h in hits):
            return found
    return range(0)


def _turn(report: Report, sentence: Sentence, hits: Sequence[Hit], code: str) -> int | None:
    """Where a sentence turns to the second of two: "The first hit a school … The second hit a mill"."""
    alone = _wording(code, "second_alone")
    if alone is not None and (found := alone.search(sentence.text)):
        return found.start()
    first, second = _wording(code, "first"), _wording(code, "second")
    found = second.search(sentence.text) if second else None
    if first is None or found is None or any(h.start - found.end() in (0, 1) for h in hits if not h.weak):
        return None  # "the second attack in a week"
    low = max(sentence.story_start, sentence.start - _TURN)
    starts = [low + m.start() - sentence.start for m in first.finditer(report.text[low : sentence.end])]
    starts = [at for at in starts if at < found.start()]
    if not starts:
        return None
    clause = sentence.clause(found.start())[0]
    return clause if clause > starts[-1] else found.start()


def _one_more(text: str, hit: Hit, data: Mapping[str, Any]) -> bool:
    """Whether a trigger tells of one more event: "a second blast", not "the second blast"."""
    before = [t.surface.lower() for t in triggers.before(text, hit.start)[-2:]]
    if set(data.get("another", [])).intersection(before[-1:]) and not set(data.get("the", [])).intersection(
        before[:-1]
    ):
        return True
    behind = [surface.lower() for surface in triggers.behind(text, hit.end)[:1]]
    return bool(set(data.get("another_behind", [])).intersection(behind))


def _main(group: list[Hit], hits: list[Hit], sentence: Sentence, here: list[Spot]) -> Hit:
    """The hit that decides the type: by precedence; in diplomacy first one that has a place."""

    def order(hit: Hit) -> tuple[bool, bool, bool, int]:
        kind = taxonomy.types()[hit.key]
        placeless = kind.family == "diplomacy" and not where.governed(hit, hits, sentence, here)
        return hit.weak, kind.vague, placeless, kind.rank

    return min(group, key=order)


def _groups(hits: list[Hit], sentence: Sentence, here: list[Spot]) -> list[list[Hit]]:
    """Hits that tell one event together: one family (all violence is one), one place."""
    groups: list[list[Hit]] = []
    for hit in sorted(hits, key=lambda h: (h.weak, taxonomy.types()[h.key].vague, h.start)):
        kind = taxonomy.types()[hit.key]
        mine = "conflict" if kind.family in taxonomy.CONFLICT else kind.family
        loose = kind.vague or hit.weak  # "three killed" belongs to the strike that it stands next to
        for group in sorted(groups, key=lambda g: _gap(hit, g, sentence)) if loose else groups:
            other = taxonomy.types()[group[0].key]
            theirs = "conflict" if other.family in taxonomy.CONFLICT else other.family
            toll = mine == "conflict" and kind.vague and theirs in _WITH_PEOPLE
            if theirs != mine and not toll:
                continue
            if (loose and not toll) or _one_place(hit, group, hits, sentence, here):
                group.append(hit)
                break
        else:
            if not (hit.weak and groups and kind.family == "other"):
                groups.append([hit])
    return groups


def _gap(hit: Hit, group: Sequence[Hit], sentence: Sentence) -> tuple[bool, int]:
    """How far a hit is from a group: in another clause or not, then characters to the nearest of it."""
    clause = sentence.clause(hit.start)
    return min((sentence.clause(h.start) != clause, abs(h.start - hit.start)) for h in group)


def _one_place(hit: Hit, group: list[Hit], hits: list[Hit], sentence: Sentence, here: list[Spot]) -> bool:
    """Whether a hit's own words put it where the group is, or say nothing of a place."""
    mine = where.governed(hit, hits, sentence, here)
    theirs = [p for other in group for p in where.governed(other, hits, sentence, here)]
    if not mine or not theirs:
        return True
    # "Raids on A in the south, and a raid on B": that the south holds B too says nothing.
    mine, theirs = ([p for p in x if coarseness(p.location) < VAGUE] or x for x in (mine, theirs))
    return any(near(a.location, b.location) and not _two_towns(a, b) for a in mine for b in theirs)


def _two_towns(a: Spot, b: Spot) -> bool:
    """Whether two spots are exact places of the gazetteer, however near: each was named for itself."""
    x, y = a.location, b.location
    exact = max(coarseness(x), coarseness(y)) <= 0 and None not in (x.place_id, y.place_id)
    return distinct(x, y) or (exact and x.place_id != y.place_id)


def _belongs(count: Count, number: int, groups: list[list[Hit]]) -> bool:
    """A count goes to the group with the nearest trigger; people only to violence and crowds."""
    people = count.what in ("killed", "injured")
    able = []
    for i, group in enumerate(groups):
        family = taxonomy.types()[group[0].key].family
        if not people or family in taxonomy.CONFLICT or family in _WITH_PEOPLE:
            able.append((min(abs(h.start - count.start) for h in group), i))
    return bool(able) and min(able)[1] == number


def _acts(party: actors.ActorMention, text: str, code: str) -> bool:
    """Whether a party does it; "in Saudi Arabia" is where, whatever stands behind it."""
    if party.actor.role != "perpetrator":
        return False
    before = triggers.before(text, party.start)[-1:]
    return not any(t.key in cues_of(code).prepositions for t in before)


def _actors(parties: Sequence[actors.ActorMention]) -> tuple[Actor, ...]:
    found: dict[str, Actor] = {}
    for mention in parties:
        key = mention.actor.id or mention.actor.name
        if key not in found or found[key].role == "mentioned":
            found[key] = mention.actor
    return actors.without_echoes(tuple(found.values()))


def _event(
    report: Report,
    sentence: Sentence,
    code: str,
    group: list[Hit],
    kind: taxonomy.EventType,
    state: tuple[str, bool],
    spot: Spot | None,
    numbers: list[Count],
    told: when.Told,
    who: tuple[Actor, ...],
    shared: bool,
) -> Event:
    date, date_span = told
    marks = [(sentence.start + h.start, sentence.start + h.end) for h in group]
    fields = ["event_type"]
    if spot is not None:
        marks.append((spot.start, spot.end))
        fields.append("location")
    if date_span:
        marks.append(date_span)
        fields.append("date")
    # A toll told for several places at once is the toll of none of them.
    killed = None if shared else _largest(numbers, "killed")
    injured = None if shared else _largest(numbers, "injured")
    fields += ["fatalities"] * (killed is not None) + ["injured"] * (injured is not None) + ["actors"] * bool(who)
    marks += [(sentence.start + c.start, sentence.start + c.end) for c in numbers if c.end > c.start]
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
    return Event(
        id="",
        event_type=kind.event_type,
        sub_event_type=kind.sub_event_type,
        claims=(claim,),
        location=spot.location if spot else None,
        date=date,
        status=state[0],
        background=state[1],
        actors=who,
        fatalities=_best(killed),
        fatalities_low=killed.low if killed else None,
        fatalities_high=killed.high if killed else None,
        injured=_best(injured),
        counts=tuple(c for c in numbers if c.what not in ("killed", "injured")),
        weapon=kind.weapon,
        confidence=_confidence(kind, all(h.weak for h in group), spot),
    )


def _largest(numbers: Sequence[Count], what: str) -> Count | None:
    """The largest count of ``what``: rival totals are never added, parts never counted for a total."""
    found = [c for c in numbers if c.what == what]
    return max(found, key=lambda c: c.best if c.best is not None else c.low, default=None)


def _best(count: Count | None) -> int | None:
    """The best figure: of "between five and eight" the lower, as UCDP's coders take it; "dozens" has none."""
    if count is None or count.best is not None:
        return count.best if count else None
    return count.low if count.high is not None and count.high <= 2 * count.low else None


def _confidence(kind: taxonomy.EventType, weak: bool, spot: Spot | None) -> float:
    base = 0.4 if weak else 0.55 if kind.vague else 0.75
    where_ = spot.location.confidence if spot else 0.3
    return round(base * 0.6 + where_ * 0.4, 3)

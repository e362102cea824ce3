"""An event as one sentence tells it: its triggers grouped, with place, days, numbers, parties and status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mapper import actors, casualties, grouping, pointing, status, taxonomy, tolls, triggers, when, where
from mapper.casualties_roll import roll
from mapper.cues import cues_of
from mapper.model import Actor, Claim, Count, DateRange, Event, Report
from mapper.nearness import COUNTRY, coarseness
from mapper.story import Sentence
from mapper.triggers import Hit
from mapper.where_aside import there
from mapper.where_spots import PLAIN, Spot


@dataclass(frozen=True, slots=True)
class Draft:
    """An event of one sentence, before it meets the others of its report.

    ``own_place`` and ``own_date``: stated in the sentence itself; ``far``: its place is in another clause.
    ``points``: how its trigger points back to what was told, as "this" ("this attack") or "the"; "another"
    where it leads over to another event ("this attack comes a day after two others", "a second blast"); empty else.
    ``tallied``: its toll is told as a toll, which brings an older one up to date.
    ``elsewhere``: a place that no gazetteer has is named beside it. ``listed``: its place is a further one of
    a list ("strikes on A and B"), whose first the draft before has. ``lead``: it is told in the first sentence.
    ``parted``: its sentence gives several places a toll each, and this is one of them.
    """

    event: Event
    kind: taxonomy.EventType
    story: int
    number: int
    weak: bool
    own_place: bool
    own_date: bool
    standing: int = PLAIN
    points: str = ""
    far: bool = False
    elsewhere: bool = False
    listed: bool = False
    tallied: bool = False
    lead: bool = False
    parted: bool = False


@dataclass(frozen=True, slots=True)
class _Scene:
    """What is read of a sentence once, for all its events.

    ``here``: the places that may hold one; ``about``: the words that tell what a crowd speaks against; ``turn``:
    where the sentence turns to the second of two; ``before``: the days of the event told before.
    """

    report: Report
    sentence: Sentence
    code: str
    hits: list[Hit]
    here: list[Spot]
    unknown: Sequence[tuple[int, int]]
    parties: Sequence[actors.ActorMention]
    counts: Sequence[Count]
    tallied: bool
    turn: int | None
    about: range
    before: DateRange | None

    def side(self, at: int) -> int:
        """Which other event an offset tells of (see ``when.side``)."""
        return when.side(self.sentence.text, self.code, at)

    def blamed(self, hit: Hit) -> bool:
        """Whether a trigger tells only what a crowd speaks against."""
        return hit.end - 1 in self.about and pointing.hurts(hit)  # it may begin with the article that leads it


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
    names = _names(sentence, places, unknown)
    found = _not_of_names(triggers.find(sentence.text, code, {a for a, _ in names}), names)
    if not found:
        return []
    parties = actors.mentions(sentence.text, code, report.published)
    counts = casualties.counts(sentence.text, code)
    if not any(c.what == "killed" for c in counts):
        counts += roll(report.text, sentence.start, sentence.end, code)
    if (
        not counts
        and all(h.weak or taxonomy.types()[h.key].vague for h in found)
        and casualties.summed(sentence.text, code)
    ):
        return []  # "412 were killed in the province since the start of the year"
    hits = grouping.told(found, sentence, counts)
    scene = _Scene(
        report,
        sentence,
        code,
        hits,
        _here(sentence, places, hits, parties, code),
        unknown,
        parties,
        counts,
        any(c.what == "killed" for c in counts) and casualties.tallies(sentence.text, code),
        pointing.turn(report, sentence, hits, code),
        pointing.about(sentence, hits, code),
        before,
    )
    groups = _groups(scene)
    return [draft for number in range(len(groups)) for draft in _of_group(scene, groups, number)]


def _names(sentence: Sentence, places: Sequence[Spot], unknown: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans of the names of places in a sentence, as offsets of its text."""
    spans = [(p.start, p.end) for p in places if p.location.method != "relative"] + list(unknown)
    return [(a - sentence.start, b - sentence.start) for a, b in spans if sentence.start <= a < sentence.end]


def _not_of_names(found: list[Hit], names: Sequence[tuple[int, int]]) -> list[Hit]:
    """The triggers but those that are a word of a longer name: nobody visits in "عين زارة"."""

    def inside(hit: Hit) -> bool:
        return any(a <= hit.start and hit.end <= b and hit.end - hit.start < b - a for a, b in names)

    return [h for h in found if not inside(h)]


def _here(
    sentence: Sentence, places: Sequence[Spot], hits: Sequence[Hit], parties: Sequence[actors.ActorMention], code: str
) -> list[Spot]:
    """The places of a sentence that may hold an event."""
    # A country that is struck is a place; one that strikes, or whose aircraft do, is a party.
    states = [
        (sentence.start + m.start, sentence.start + m.end, _acts(m, sentence.text, code)) for m in parties if m.country
    ]
    spans = [(sentence.start + h.start, sentence.start + h.end) for h in hits if h.text.count(" ") < 2]
    return [
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


def _groups(scene: _Scene) -> list[list[Hit]]:
    """The triggers that tell one event together; never across what the sentence sets apart."""
    sides = [
        (scene.side(h.start), scene.turn is not None and h.start >= scene.turn, scene.blamed(h)) for h in scene.hits
    ]
    return [
        group
        for one in dict.fromkeys(sides)
        for group in grouping.groups_of(
            [h for h, s in zip(scene.hits, sides, strict=True) if s == one], scene.sentence, scene.here, scene.code
        )
    ]


def _of_group(scene: _Scene, groups: list[list[Hit]], number: int) -> list[Draft]:
    """The drafts of one group of triggers: one for each of its places, or each place that has a toll of its own."""
    group = groups[number]
    others = [h for g in groups if g is not group for h in g]
    numbers = [c for c in scene.counts if grouping.belongs(c, number, groups, scene.sentence)]
    parted = tolls.portions(group, numbers, scene.here, scene.sentence, scene.code)
    if not parted:
        return _told(scene, group, others, tolls.without_elsewhere(numbers))
    return [d for p in parted for d in _told(scene, p.hits, others, p.counts, p.spots)]


def _told(
    scene: _Scene, group: list[Hit], others: Sequence[Hit], numbers: list[Count], parted: list[Spot] | None = None
) -> list[Draft]:
    """The drafts of triggers that tell one event, be it in several places; ``parted``: where the toll puts it."""
    sentence, code = scene.sentence, scene.code
    main = grouping.main(group, scene.hits, sentence, scene.here)
    low, high = sentence.clause(main.start)
    state = status.of(sentence.text[low:high], main.start - low, main.end - low, code)
    if state is None:
        return []
    if state[0] in ("happened", "denied") and status.disputed(sentence.text, main.end, code):
        state = "claimed", state[1]
    who = _actors(scene.parties)
    kind = _taken_by(taxonomy.types()[main.key], who)
    spots = _places(scene, group, main) if parted is None else parted
    if spots is None:
        return []
    points = pointing.points(sentence.text, group, numbers, others, code)
    if scene.turn is not None and group[0].start >= scene.turn:
        points = "another"
    if spots and not points and pointing.also(sentence.text, group, code):
        points = "another"
    told = _days(scene, group, others, points, bool(spots), state[0] == "planned")
    if kind.family == "diplomacy":
        spots = [replace(s, location=where.in_capital(s.location)) for s in spots]
    elsewhere = any(sentence.start + low <= a < sentence.start + high for a, _ in scene.unknown)
    inside = {sentence.clause(h.start) for h in group}
    choice: list[Spot | None] = [*spots] or [None]
    return [
        Draft(
            _event(scene, group, kind, state, spot, numbers, told, who, len(spots) > 1),
            kind,
            sentence.story,
            sentence.number,
            all(h.weak for h in group),
            spot is not None,
            told[0] is not None,
            spot.standing if spot else PLAIN,
            points,
            spot is not None and sentence.clause(spot.start - sentence.start) not in inside,
            elsewhere,
            spot is not None and spot is not spots[0],
            scene.tallied,
            sentence.number == 0,
            parted is not None,
        )
        for spot in choice
    ]


def _places(scene: _Scene, group: list[Hit], main: Hit) -> list[Spot] | None:
    """The places of a group, empty where none is told; None for what did not happen where it is told."""
    start, side = scene.sentence.start, scene.side(group[0].start)
    beside = [p for p in scene.here if scene.side(p.start - start) == side]
    if not beside and scene.here and there(scene.sentence.text, scene.code):
        beside = scene.here
    if taxonomy.types()[main.key].family == "demonstration":
        beside = [replace(p, location=where.in_capital(p.location, abroad=True)) for p in beside]
    if scene.about:
        blamed = scene.blamed(group[0])
        beside = [p for p in beside if (p.start - start in scene.about) == blamed]
        if blamed and not beside:
            return None  # what a crowd speaks against did not happen where the crowd is
    return where.choose(group, main, scene.hits, scene.sentence, beside, scene.code)


def _days(
    scene: _Scene, group: list[Hit], others: Sequence[Hit], points: str, placed: bool, planned: bool
) -> when.Told:
    """The days of a group, and their words; none where they are another event's."""
    if scene.tallied and all(h.weak for h in group):
        return None, None  # the day on which a toll rose is not that of the event
    text = scene.sentence.text
    if points in ("this", "the") and not placed and when.steps(text, scene.code) and scene.side(group[0].start) < 0:
        return None, None  # "the visit comes a day after the talks": the visit was dated where it was told
    return when.date_of(scene.report, scene.sentence, group, others, scene.code, scene.before, planned)


def _taken_by(kind: taxonomy.EventType, who: Sequence[Actor]) -> taxonomy.EventType:
    """Territory by who takes it: the verb alone does not tell the government's gain from the rebels'."""
    if kind.key not in ("gov_regains", "nonstate_takes"):
        return kind
    takers = {a.kind for a in who if a.role == "perpetrator" and a.kind}
    if takers == {"state forces"}:
        return taxonomy.types()["gov_regains"]
    return taxonomy.types()["nonstate_takes"] if takers and "state forces" not in takers else kind


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
    scene: _Scene,
    group: list[Hit],
    kind: taxonomy.EventType,
    state: tuple[str, bool],
    spot: Spot | None,
    numbers: list[Count],
    told: when.Told,
    who: tuple[Actor, ...],
    shared: bool,
) -> Event:
    report, sentence = scene.report, scene.sentence
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
        scene.code,
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

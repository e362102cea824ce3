"""Whether two tellings in one report are of one event: kind, place, day and toll."""

from __future__ import annotations

from mapper import taxonomy, tellings, when, where
from mapper.draft import Draft
from mapper.model import Event, Location, PrecisionClass
from mapper.nearness import (
    NEAR_M,
    VAGUE,
    coarseness,
    distinct,
    from_anchor,
    holds,
    measured,
    metres_apart,
    near,
)
from mapper.when import BACKGROUND_DAYS
from mapper.where_spots import PLAIN

CARRY = 3  # sentences back that a place or an event may be taken from
_LEAD_SENTENCES = 2  # the first sentences of a report, which say where in the words of a headline
_WITH_DEAD = frozenset({"demonstration", "looting"})  # families in which people die without a battle
_NEIGHBOURS_M = 5_000.0
_OTHER_TOLL = 3  # a toll so many times another is of something else, unless it is told as the toll's new figure


def kinds_meet(a: Draft, b: Draft) -> bool:
    """Whether two drafts can tell one event; the dead of a riot are told in the next sentence."""
    if taxonomy.meet(a.kind, b.kind) or _left_and_taken(a, b):
        return True
    toll = b.weak and not b.own_place and b.event.fatalities_low is not None
    return toll and a.kind.family in _WITH_DEAD and 0 <= b.number - a.number <= 1


def takes(kind: taxonomy.EventType) -> bool:
    """Whether a type is a place taken from the other side, of which that side's leaving is a part."""
    return any(taxonomy.types()[key].family == "transfer" for key in kind.yields)


def _left_and_taken(a: Draft, b: Draft) -> bool:
    """Whether one side took the place that the other left, told apart: "They seized X. The army had withdrawn"."""
    if not (a.own_place and b.own_place):
        return False
    return (takes(a.kind) and b.kind.family == "transfer") or (takes(b.kind) and a.kind.family == "transfer")


def of_more(told: Event, draft: Draft) -> bool:
    """Whether a toll is far above that of the event told and is not its new figure ("the toll rose to")."""
    low, known = draft.event.fatalities_low, told.fatalities_high or told.fatalities
    if not low or not known or tellings.tolls_meet(told, draft.event) or draft.tallied:
        return False
    return low >= _OTHER_TOLL * known


def same(a: Draft, b: Draft) -> bool:
    """Whether two drafts of one report tell one event."""
    if not kinds_meet(a, b) or b.points == "another" or _unmoored(a, b):
        return False
    return not (_at_another_place(a, b) or _on_another_day(a, b) or _of_another_toll(a, b))


def _unlike(a: Draft, b: Draft) -> bool:
    """Whether both say what it was, and not the same: an air strike and shelling."""
    return not (a.kind.vague or b.kind.vague or a.weak or b.weak) and a.kind.key != b.kind.key


def _unrelated(a: Draft, b: Draft) -> bool:
    """Whether both say what it was, and not even alike: a battle and an abduction."""
    return _unlike(a, b) and a.kind.family != b.kind.family


def _named(a: Draft, b: Draft) -> bool:
    """Whether each has a place of its own, and the first does not give way to the second."""
    return a.own_place and b.own_place and not _unsure(a, b)


def _unsure(a: Draft, b: Draft) -> bool:
    return gives_way(a, b) and not _unrelated(a, b)


def _unmoored(a: Draft, b: Draft) -> bool:
    """Whether one has no place that tells what it belongs to, and nothing else does."""
    if not b.own_place:
        return a.story != b.story or (b.elsewhere and not b.points and not b.weak)
    if a.event.location is not None:
        return False
    # Told without a place, and not of the next sentence's; a clash on some front, and a bomb in another city.
    return (not b.points and b.number - a.number > 1) or _unrelated(a, b)


def _at_another_place(a: Draft, b: Draft) -> bool:
    x, y = a.event.location, b.event.location
    if b.own_place and not (_unsure(a, b) or near(x, y) or _measured_from(a.event, b.event)):
        return True
    if not _named(a, b):
        return False
    if a.number == b.number and not (a.weak or b.weak) and _apart(x, y):
        return True  # "strikes on A, B and C; a raid on D": one sentence that names neighbours means each
    if b.points:
        return False
    # Of a toll alone ("two were killed in Y on Friday") day, place and number must all be its own.
    told = not b.weak or b.parted or (b.own_date and b.event.fatalities_low is not None)
    if told and distinct(x, y):
        return True
    if _unlike(a, b) and _elsewhere(x, y):
        return True
    if _unrelated(a, b) and a.number != b.number and max(coarseness(x), coarseness(y)) < VAGUE:
        return True  # "they fought for the town. Jets bombed the town": each with its place in a sentence of its own
    # Fighting near one town and an air strike on another; a region's war, and what killed in a town there.
    return _unrelated(a, b) and (_far(x, y) or _scene_within(a.event, b.event))


def _on_another_day(a: Draft, b: Draft) -> bool:
    x, y = a.event, b.event
    if x.date is None or y.date is None:
        # An undated telling does not join what is told as history long before.
        return a.story != b.story and (old(x, y) or old(y, x))
    if b.own_date and not b.own_place and _unrelated(a, b) and not tellings.dates_meet(x.date, y.date, 0):
        return True  # the battle on Tuesday, and those abducted on Wednesday
    return not tellings.dates_meet(x.date, y.date, 0 if a.story == b.story and not a.kind.lasting else 1)


def _of_another_toll(a: Draft, b: Draft) -> bool:
    x, y = a.event, b.event
    if tellings.tolls_meet(x, y):
        return False
    if x.date is None and b.own_date and not b.points and _not_news(y):
        return True
    counted = y.fatalities_low is not None and _named(a, b)
    if counted and (_unlike(a, b) or (not (b.weak or b.points) and _other_spot(x.location, y.location))):
        return True  # another kind of event, or another spot, with a toll of its own
    return not (b.weak or b.kind.vague or not b.own_place or not b.own_date)


def _other_spot(a: Location | None, b: Location | None) -> bool:
    """Whether two places are not the very same one, be the one in the other."""
    return a is not None and b is not None and (a.place_id is None or a.place_id != b.place_id)


def _scene_within(region: Event, town: Event) -> bool:
    """Whether one tells a region's war, and the other what killed in a town there."""
    return coarseness(region.location) >= VAGUE > coarseness(town.location) and town.fatalities_low is not None


def _not_news(event: Event) -> bool:
    """Whether a dated event is of neither of the days that news without a day is of."""
    published = event.claims[0].published
    return published is not None and not tellings.dates_meet(when.unstated(published), event.date, 0)


def _far(a: Location | None, b: Location | None) -> bool:
    """Whether two places lie apart and neither holds the other."""
    if a is None or b is None or metres_apart(a, b) <= NEAR_M:
        return False
    # "Near Kfar Kila" reaches far, but is about that town, and "170 km east of Sanaa" about one spot.
    units = ((x, y) for x, y in ((a, b), (b, a)) if x.precision is not PrecisionClass.VICINITY and not measured(x))
    return not any(holds(x, y) for x, y in units)


def _apart(a: Location | None, b: Location | None) -> bool:
    """Whether two towns are named of which none reaches to the other."""
    return a is not None and b is not None and _elsewhere(a, b) and metres_apart(a, b) > max(a.radius_m, b.radius_m)


def _elsewhere(a: Location | None, b: Location | None) -> bool:
    """Whether two towns are named, be they neighbours: what differs in kind too is not one event."""
    if a is None or b is None or max(coarseness(a), coarseness(b)) >= VAGUE:
        return False
    if None in (a.place_id, b.place_id):  # "east of Rafah", and a town beside it
        return not (measured(a) or measured(b)) and metres_apart(a, b) > _NEIGHBOURS_M
    return a.place_id != b.place_id and not (holds(a, b) or holds(b, a))


def gives_way(a: Draft, b: Draft) -> bool:
    """Whether the place of what was told gives way to that of a new telling close after.

    A label or a home does so to a scene; in a lead, the seat of a province (which is then the province) to
    a place in it.
    """
    x, y = a.event.location, b.event.location
    if a.story != b.story or b.number - a.number > CARRY or x is None or y is None or not b.own_place:
        return False
    if a.standing > b.standing:
        return True
    lead = a.number <= _LEAD_SENTENCES and b.standing == PLAIN and not b.listed
    return lead and tellings.tolls_meet(a.event, b.event) and where.seat(x, y)


def _measured_from(a: Event, b: Event) -> bool:
    """Whether one place is measured from the other and the tolls are equal: two descriptions of one."""
    if a.fatalities is None or a.fatalities != b.fatalities:
        return False
    pairs = [(x.location, y.location) for x, y in ((a, b), (b, a)) if x.location and y.location]
    return any(from_anchor(x, y) for x, y in pairs)


def old(event: Event, other: Event) -> bool:
    """Whether an event was history already when ``other`` was published."""
    published = other.claims[0].published
    return bool(event.date and published and (published - event.date.end).days > BACKGROUND_DAYS)

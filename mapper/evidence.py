"""What speaks for two tellings of different reports being one event, in points and in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from mapper import triggers
from mapper.model import Event
from mapper.nearness import NEAR_M, coarseness, holds, metres_apart, near
from mapper.tellings import dates_meet, kinds_meet, parties, tolls_meet
from mapper.text import normalise

_SAME_SPOT_M = 6_000.0
LONGEST_DAYS = 62  # a longer span of days proves nothing
_COPIED_WORDS = 8  # words in a sentence that two reports can only have from one source


class Telling:
    """An event with what is asked of it each time it is compared with another, told once."""

    def __init__(self, event: Event) -> None:
        self.event = event
        date = event.date
        self.one_day = date is not None and date.start == date.end
        self.proves = event.location is not None and date is not None and (date.end - date.start).days <= LONGEST_DAYS

    @cached_property
    def parties(self) -> frozenset[str]:
        """See ``tellings.parties``."""
        return parties(self.event)

    @cached_property
    def reports(self) -> frozenset[str]:
        """The ids of the reports that tell it."""
        return frozenset(c.report_id for c in self.event.claims)

    @cached_property
    def sentences(self) -> frozenset[str]:
        """Sentences long enough that two reports can only have them from one source."""
        keys = (_sentence_key(c.sentence) for c in self.event.claims)
        return frozenset(k for k in keys if k.count(" ") >= _COPIED_WORDS)

    @cached_property
    def targets(self) -> frozenset[str]:
        """The kinds of target that its sentences name ("market"), alike in all languages."""
        return frozenset(t for c in self.event.claims for t in triggers.targets(c.sentence, c.language or "en"))

    @cached_property
    def published(self) -> dt.date | None:
        """The day of its newest report."""
        return max((c.published for c in self.event.claims if c.published), default=None)

    @cached_property
    def exact(self) -> bool:
        """Whether its place is one of a few kilometres."""
        return coarseness(self.event.location) <= 1

    @cached_property
    def is_row(self) -> bool:
        """Rows of a table are counted as their makers counted them; they only take in reports."""
        return any(key == "row" for key, _ in self.event.extra)


# An event is joined with others, and its sentences come again: they are folded once.
_sentence_key = lru_cache(maxsize=20_000)(normalise)


@dataclass(frozen=True, slots=True)
class Evidence:
    """How much speaks for two tellings being one event (points), in words, and whether the toll rose."""

    points: float
    words: tuple[str, ...]
    update: bool = False


def evidence(a: Telling, b: Telling, usual: Collection[str] = ()) -> Evidence | None:
    """What speaks for two tellings of different reports being one event; None where something forbids it.

    Args:
        a: One telling.
        b: The other.
        usual: Parties, and sentences, that so many reports have that they tell nothing apart.
    """
    x, y = a.event, b.event
    if not (a.proves and b.proves) or not kinds_meet(x, y):
        return None
    if x.background != y.background and not dates_meet(x.date, y.date, 0):
        return None
    if "planned" in (x.status, y.status) and x.status != y.status and x.event_type != "Diplomacy":
        return None
    # Cheap questions first: most events of a day are told apart by them.
    update = not tolls_meet(x, y)
    if (update and not _risen(a, b)) or not dates_meet(x.date, y.date, 1) or not near(x.location, y.location):
        return None
    found = [*_place_and_day(a, b), *_parties_and_means(a, b, usual)]
    if (a.sentences & b.sentences).difference(usual):
        found.append((2.0, "the same sentence"))
    if update:
        found.append((0.5, f"toll brought up to date ({x.fatalities_low} and {y.fatalities_low})"))
    else:
        found += _numbers(x, y)
    return Evidence(sum(p for p, _ in found), tuple(w for _, w in found if w), update)


def _place_and_day(a: Telling, b: Telling) -> Iterator[tuple[float, str]]:
    x, y = a.event, b.event
    assert x.location and y.location and x.date and y.date
    metres = metres_apart(x.location, y.location)
    if metres <= _SAME_SPOT_M and a.exact and b.exact:
        yield 1.0, "one place"
    elif holds(x.location, y.location) or holds(y.location, x.location):
        yield 0.25, "one place in the other"
    else:
        yield (-1.0 if metres > NEAR_M / 2 else 0.0), f"{metres / 1000:.0f} km apart"
    if a.one_day and b.one_day and x.date.start == y.date.start:
        yield 1.0, "one day"
    elif dates_meet(x.date, y.date, 0):
        yield 0.5, "dates that meet"
    else:
        yield -0.5, "dates a day apart"


def _parties_and_means(a: Telling, b: Telling, usual: Collection[str]) -> Iterator[tuple[float, str]]:
    if a.event.sub_event_type == b.event.sub_event_type:
        yield 1.0, "same type"
    shared = a.parties & b.parties
    if shared:
        # A party that half of the reports name tells nothing apart.
        yield min(1.5, sum(0.25 if p in usual else 1.0 for p in shared)), "same actors"
    if a.targets & b.targets:
        yield 1.0, f"same target ({', '.join(sorted(a.targets & b.targets))})"
    elif a.targets and b.targets:
        yield -1.5, "other targets"


def _numbers(a: Event, b: Event) -> Iterator[tuple[float, str]]:
    if a.fatalities is None or b.fatalities is None:
        pass
    elif a.fatalities != b.fatalities:
        low, high = sorted((a.fatalities, b.fatalities))
        yield (-0.5 if high < 2 * low else -1.5), "other tolls"
    else:
        # Many events have one dead; few have seventeen.
        yield min(3.0, 1.0 + a.fatalities / 4), "equal toll"
    if a.injured and a.injured == b.injured:
        yield min(1.5, 0.5 + a.injured / 10), "as many injured"


def _risen(a: Telling, b: Telling) -> bool:
    """Whether the later of two reports has the higher toll of the same spot; on one day they are two events."""
    first, second = a.published, b.published
    if not (first and second and first != second and a.event.location and b.event.location):
        return False
    if not a.parties & b.parties or metres_apart(a.event.location, b.event.location) > NEAR_M:
        return False
    return (second > first) == ((b.event.fatalities_low or 0) > (a.event.fatalities_low or 0))

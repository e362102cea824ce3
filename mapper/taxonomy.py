"""Event types and their order: ACLED's types and sub-types, and Diplomacy with PLOVER's words.

The table is ``taxonomy.toml``. Its order is the precedence: the means of violence decide the type
before words for the dead do.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mapper.errors import LanguageError


@dataclass(frozen=True, slots=True)
class EventType:
    """One row: ``family`` groups what may be one event told twice; lower ``rank`` wins.

    ``vague`` types ("attack", a toll alone) give way to any other conflict type. ``absorbs`` names
    the families that this type swallows when told in the same sentence; ``with_deaths`` the type that
    it becomes when someone died (ACLED codes an abduction with a death as an attack). ``swallows`` names the
    types whose words behind it in its clause only say what it was about ("shot down a drone"); ``yields`` those
    that it is only a part of ("attacked the village and burned homes"). ``lasting``: one event may be told of
    two days.
    """

    key: str
    event_type: str
    sub_event_type: str
    family: str
    rank: int
    weapon: str | None = None
    plover: str | None = None
    vague: bool = False
    absorbs: frozenset[str] = frozenset()
    with_deaths: str | None = None
    swallows: frozenset[str] = frozenset()
    yields: frozenset[str] = frozenset()
    lasting: bool = False


@cache
def types() -> dict[str, EventType]:
    """All types by key, in order of precedence."""
    path = Path(__file__).with_suffix(".toml")
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))["type"]
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise LanguageError(f"{path}: {error}.", remedy="Mend the table of event types.") from error
    return {
        row["key"]: EventType(
            **{**row, "rank": rank, **{k: frozenset(row.get(k, ())) for k in ("absorbs", "swallows", "yields")}}
        )
        for rank, row in enumerate(rows)
    }


@cache
def _by_name() -> dict[tuple[str, str], EventType]:
    found: dict[tuple[str, str], EventType] = {}
    # "attack" stands for the rows that share ACLED's name.
    for row in sorted(types().values(), key=lambda r: (not r.vague, r.rank)):
        found.setdefault((row.event_type, row.sub_event_type), row)
    return found


def of(event_type: str, sub_event_type: str) -> EventType | None:
    """The row of a pair of names; None for a type that is not in the table (imported events)."""
    return _by_name().get((event_type, sub_event_type))


CONFLICT = frozenset({"remote", "battle", "violence", "execution"})


def meet(x: EventType, y: EventType) -> bool:
    """Whether two types can tell one event: one family, or a vague word beside another conflict type."""
    if x.family == y.family:
        return True
    if {x.family, y.family} <= CONFLICT:
        return x.vague or y.vague or y.family in x.absorbs or x.family in y.absorbs
    return False

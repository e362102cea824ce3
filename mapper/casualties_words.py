"""What the readers of victims share: a group, and the classes of words in ``languages/<code>/casualties.toml``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mapper.patterns import Atom

KIN = 6  # words of a name and its age between a person and the kin told with them
NOUNS = frozenset({"many", "one", "two", "alone", "people", "person", "pair", "kin_pair", "pair_or_more", "kin"})
RELATED = ("kin", "kin_pair", "kinship")  # words that make someone the kin of another
HARM = frozenset({"killed", "injured", "casualties"})
STOPS = frozenset(".;؛:!?؟")


@dataclass(frozen=True, slots=True)
class Group:
    """People or things with their number. ``own`` is what the noun itself says ("three dead").

    ``first`` and ``last`` are tokens (last excluded), ``start`` and ``end`` offsets in the text.
    """

    first: int
    last: int
    start: int
    end: int
    low: int
    best: int | None
    high: int | None
    noun: bool
    own: str
    part: bool


def has(row: Sequence[Atom], *names: str) -> bool:
    """Whether an atom of one of the classes begins at a token."""
    for atom in row:  # noqa: SIM110 - without a generator: a report asks some hundred times
        if atom.name in names:
            return True
    return False


def own_of(value: str) -> str:
    """What a counted noun says by itself; empty when it needs a frame ("vehicles" a "destroyed")."""
    what, _, needs = value.partition("|")
    return "" if needs else what

"""Words that say what became of people or things, in a sentence that counts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mapper.casualties_words import STOPS, Group, has
from mapper.patterns import Atom
from mapper.text import Token

NAMED = 9  # words before "was killed" in which a name or a collective noun may stand
_OF = 3  # words that may stand between people and their verb: "five of the fighters of the government"


@dataclass(frozen=True, slots=True)
class Frame:
    """A word that says what became of people or things: tokens (last excluded), what, and on which side they stand.

    ``bare``: a number without a noun will do; ``things``: it is said of things.
    """

    first: int
    last: int
    what: str
    side: str
    bare: bool
    things: bool


def frames_of(
    rows: Sequence[Sequence[Atom]], table: Sequence[tuple[str, str, bool, bool]], chains: Sequence[Sequence[Group]]
) -> list[Frame]:
    """Frames in order; of two at one place the longer. "killed and wounded" becomes one of both.

    Not so where each has its own: "قتل 32 وأصيب 159" with the first number before its verb.
    """
    out: list[Frame] = []
    ends, starts = {c[-1].last for c in chains}, {c[0].first for c in chains}
    taken = 0
    for i, row in enumerate(rows):
        taken = max([taken, *(a.last for a in row if a.name == "one_of")])  # "was among the dead"
        hits = [a for a in row if a.name == "FRAME" and not _kept_out(a, rows)]
        if i < taken or not hits:
            continue
        atom = max(hits, key=lambda a: a.last)
        what, side, bare, things = table[int(atom.value)]
        taken = atom.last
        before = out[-1] if out else None
        joined = before and all(has(rows[j], "and", "or") for j in range(before.last, i)) and i - before.last <= 1
        apart = before and atom.last in starts and _subject(before.first, rows) & ends
        # "A woman met her end, and her husband was hurt": the first has had its people.
        done = before and before.side == "both" and before.first and has(rows[before.first - 1], "alone", "person")
        if before and joined and not done and not apart and {before.what, what} == {"killed", "injured"}:
            both = before.side if before.side != "both" else side
            out[-1] = Frame(before.first, atom.last, "casualties", both, bare, things)
            continue
        out.append(Frame(i, atom.last, what, side, bare, things))
    return out


def _subject(verb: int, rows: Sequence[Sequence[Atom]]) -> set[int]:
    """The tokens at which the people may end who are the subject of a verb: its own, or before what they are of."""
    found = {verb}
    for i in range(verb - 1, max(-1, verb - 1 - _OF), -1):
        if has(rows[i], "clause", "and", "or", "FRAME"):
            break
        found.add(i)
        if has(rows[i], "stop"):
            break  # "a hundred people at least were killed": they end before the preposition
    return found


def _kept_out(frame: Atom, rows: Sequence[Sequence[Atom]]) -> bool:
    """Whether a word before a frame makes it another: "sentenced two men to death"."""
    before = rows[max(0, frame.first - NAMED) : frame.first]
    return any(a.name == "unless" and a.value == frame.value for row in before for a in row)


def is_open(gap: range, frame: Frame, frames: Sequence[Frame], tokens: Sequence[Token]) -> bool:
    """Whether nothing that ends a clause, and no other frame, stands in the gap."""
    for j in gap:
        inner = tokens[j].surface == "." and j + 1 < len(tokens) and tokens[j + 1].start == tokens[j].end  # "U.S."
        if tokens[j].surface in STOPS and not inner:
            return False
    return not any(f.first in gap for f in frames if f is not frame)

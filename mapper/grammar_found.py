"""What the grammar of relative places finds, and how it reads a distance."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mapper.model import Relative
from mapper.relative_words import Item


@dataclass(frozen=True, slots=True)
class Found:
    """A relative expression in a text; ``role`` is gloss where it only explains another name."""

    start: int
    end: int
    relative: Relative
    role: str = "place"

    def moved(self, by: int) -> Found:
        """The same, so many letters further on."""
        if not by:
            return self
        anchors = tuple((a + by, b + by, name) for a, b, name in self.relative.anchors)
        return Found(self.start + by, self.end + by, replace(self.relative, anchors=anchors), self.role)


def distance_of(item: Item) -> tuple[float, float, float]:
    """(low, best, high) of a distance item in metres, or of a time item in hours."""
    number, _, size = item.value
    best = number.best
    low, high = number.low, number.high
    if high is None:
        high = max(low, best or low) * 1.3
    if low == 0 and high:
        low = 0.6 * high
    if best is None:
        best = (max(low, 0.1) * high) ** 0.5
    return low * size, best * size, high * size

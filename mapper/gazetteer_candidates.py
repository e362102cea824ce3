"""Rows of a name → the places that it could be: of several rows for one place the most prominent."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from mapper.gazetteer_areas import metres_between
from mapper.gazetteer_rank import OWN_NAME, kind_weight

T = TypeVar("T")
# As far apart as two rows for one place may lie; the millionths of a degree of latitude that are more than that.
SAME_PLACE_M, _SAME_PLACE = 15_000.0, 150_000
# Most places of a name.
_MOST = 30
# Latitude and longitude in millionths of a degree, what else two rows for one place share, and what is asked for.
Row = tuple[int, int, object, T]


class Hit(NamedTuple):
    """What decides between the places of a name; ``rows`` are those of one place in several files."""

    rows: tuple[int, ...]
    own: bool
    lat: int
    lon: int
    population: int
    country: str | None
    kind: tuple[str, str]
    chosen: float

    def rank(self) -> float:
        """As ``gazetteer_rank.rank``, with what the name adds."""
        people, kind = kind_weight(*self.kind)
        return people * math.log10(self.population + 10) + kind + self.chosen + OWN_NAME * self.own

    def row(self) -> Row[tuple[int, ...]]:
        """As ``apart`` takes it: units of one order, or whatever is no unit, may be the same place."""
        letter, code = self.kind
        return self.lat, self.lon, (code if letter == "A" else None, self.country), self.rows


def apart(rows: Iterable[Row[T]]) -> Iterator[T]:
    """The first ``_MOST``, without those that stand for the same place as one before."""
    kept = 0
    alike: dict[object, list[tuple[int, int]]] = {}
    for lat, lon, group, row in rows:
        others = alike.setdefault(group, [])
        if others and _beside(lat, lon, others):
            continue
        others.append((lat, lon))
        yield row
        kept += 1
        if kept == _MOST:
            return


def _beside(lat: int, lon: int, others: Sequence[tuple[int, int]]) -> bool:
    for y, x in others:
        near = -_SAME_PLACE < lat - y < _SAME_PLACE
        if near and metres_between(lat / 1e6, lon / 1e6, y / 1e6, x / 1e6) < SAME_PLACE_M:
            return True
    return False

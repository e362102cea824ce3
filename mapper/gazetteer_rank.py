"""How prominent a place is without context: one rule for the writer of a file, which orders it, and for its reader."""

from __future__ import annotations

import math
from functools import cache

from mapper.model import Place

_SEATS = {"PPLC": 3.0, "PPLA": 1.5, "PPLA2": 0.8, "PPLA3": 0.5, "PPLA4": 0.3}
_CLASS_BONUS = {"P": 0.6, "A": 0.5, "L": 0.4, "S": 0.0, "T": 0.0, "H": 0.2, "R": 0.0}
_BY_USER, _BY_HAND, _COUNTRY, _PROVINCE, _DISTRICT = 10.0, 5.0, 4.0, 3.0, 3.0
# What a place gains that goes by the name itself: it comes before a greater one that once was spelt so.
OWN_NAME = 1.0


def by_hand(source: str) -> float:
    """What a place gains because somebody chose to write it down, most of all the user; else 0."""
    if source.startswith("user:"):
        return _BY_USER
    return _BY_HAND if source == "supplement" else 0.0


def _kind_bonus(code: str) -> float:
    return _COUNTRY if code.startswith("PCL") else _PROVINCE if code == "ADM1" else 0.0


@cache
def kind_weight(feature_class: str, code: str) -> tuple[float, float]:
    """(how much log10 of the people counts, what the kind adds) of a feature class and code."""
    if code == "ADM2":
        return 0.0, _DISTRICT
    return 1.0, _CLASS_BONUS.get(feature_class, 0.0) + (_SEATS.get(code) or _kind_bonus(code))


def rank(place: Place) -> float:
    """Prominence of a place without context: population, seat, class and trust in its source."""
    people, kind = kind_weight(place.feature_class, place.feature_code)
    return people * math.log10(place.population + 10) + kind + by_hand(place.source)


def reasons(place: Place) -> list[tuple[str, float]]:
    """What makes a place prominent, in words, and how much each adds to its ``rank``; heaviest first, none is 0."""
    code = place.feature_code
    if code == "ADM2":
        found = [("a second-order unit", _DISTRICT)]
    else:
        found = [(f"population {place.population:,}", math.log10(place.population + 10))]
        found.append((f"kind {place.feature_class}", _CLASS_BONUS.get(place.feature_class, 0.0)))
        if code in _SEATS:
            found.append((f"seat {code}", _SEATS[code]))
        elif bonus := _kind_bonus(code):
            found.append(("a country" if code != "ADM1" else "a first-order unit", bonus))
    found.append(("written down by hand", by_hand(place.source)))
    return sorted((f for f in found if f[1]), key=lambda x: -x[1])

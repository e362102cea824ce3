"""What a relative place is drawn from, and what is drawn: the scene and the draft. Distances in metres, degrees."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

import shapely
from shapely.geometry.base import BaseGeometry

from mapper.model import Location, Place, PrecisionClass, Relative
from mapper.relative_guess import Settled, Sought, guess

AREAS = (PrecisionClass.COUNTRY, PrecisionClass.PROVINCE, PrecisionClass.DISTRICT, PrecisionClass.PART_OF_COUNTRY)
_NEAR_M = 25_000.0  # UCDP codes up to here as the anchor's vicinity


class Areas(Protocol):
    """What relative places ask of a gazetteer."""

    def __hash__(self) -> int: ...
    def area(self, place: Place) -> BaseGeometry | None: ...
    def country(self, code: str) -> Place: ...
    def land(self, west: float, south: float, east: float, north: float) -> BaseGeometry: ...
    def grounds(self, west: float, south: float, east: float, north: float) -> Any: ...
    @property
    def settlements(self) -> tuple[Any, Any, Any]: ...


@dataclass(frozen=True, slots=True)
class Scene:
    """A relative expression, its anchors, the gazetteer if there is one, the kind of text, the country it is about."""

    relative: Relative
    anchors: Sequence[Location]
    gazetteer: Areas | None
    kind: str
    country: str | None = None

    @property
    def first(self) -> Location:
        """The anchor that is named first."""
        return self.anchors[0]

    @property
    def settled(self) -> Settled | None:
        """Where people live, if the gazetteer tells."""
        return _settled(self.gazetteer) if self.gazetteer is not None else None

    @property
    def home(self) -> BaseGeometry | None:
        """The outline of the country that is told, ready to be asked what lies in it."""
        return home(self.gazetteer, self.country) if self.gazetteer is not None and self.country else None


@dataclass(slots=True)
class Draft:
    """A location in the making; ``mask`` is what it is cut to: land, sea or nothing.

    ``sought`` is what a better guess for its point is made of, ``usual`` the step in words where none can be made.
    """

    lat: float
    lon: float
    region: BaseGeometry
    precision: PrecisionClass
    steps: list[str]
    confidence: float = 0.6
    mask: str = "land"
    point_fixed: bool = False
    sought: Sought | None = None
    usual: str = ""

    def settle(self) -> None:
        """Move the point to where settlements say that it is, if they say anything."""
        if self.sought is None:
            return
        found = guess(*self.sought)
        if found is not None:
            self.lat, self.lon, weighed = found
            where = f"{self.lat:.5f}, {self.lon:.5f}"
            self.steps.append(f"point: where most of {weighed} settlements lie that fit, {where}")
        elif self.usual:
            self.steps.append(self.usual)


@lru_cache(maxsize=4)
def _settled(gazetteer: Areas) -> Settled:
    return Settled(*gazetteer.settlements)


@lru_cache(maxsize=512)
def home(gazetteer: Areas, code: str) -> BaseGeometry | None:
    """The outline of a country, made ready to be asked what lies in it; None for one that has none (Mayotte)."""
    try:
        whole = gazetteer.area(gazetteer.country(code))
    except KeyError:
        return None
    if whole is not None:
        shapely.prepare(whole)
    return whole


def name_of(anchor: Location) -> str:
    """An anchor's name, or what the report calls it."""
    return anchor.name or anchor.place_in_report


def km(metres: float) -> str:
    """A distance in words."""
    return f"{metres / 1000:.4g} km"


def area_of(anchor: Location) -> BaseGeometry | None:
    """The polygon of an anchor that is an area; None for points."""
    shape = anchor.region
    return shape if anchor.precision in AREAS and shape is not None and shape.area > 0 else None


def people_of(anchor: Location) -> int:
    """About how many live at the anchor: gazetteers give a town's extent from its people, 4,000 on a km²."""
    extent = anchor.radius_m / (1.3 if anchor.method == "gazetteer" else 1.0)
    return int(math.pi * 4000 * (extent / 1000) ** 2)


def near_or(precision: PrecisionClass, metres: float) -> PrecisionClass:
    return PrecisionClass.VICINITY if metres <= _NEAR_M else precision


@dataclass(frozen=True, slots=True)
class Whole:
    """An area under a name, so that its parts are cut but once."""

    name: str
    shape: BaseGeometry = field(compare=False)

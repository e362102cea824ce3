"""Every record that crosses a module border: frozen, slotted, units in the docstring.

Coordinates are WGS84 decimal degrees. Offsets index into ``Report.text`` (Python characters).
"None" always means unknown; 0 means that the report says none.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from shapely.geometry.base import BaseGeometry

T = TypeVar("T")


class PrecisionClass(StrEnum):
    """How precisely a location is known, from a point to a whole country."""

    EXACT = "exact"
    VICINITY = "vicinity"
    SECTOR = "sector"
    CORRIDOR = "corridor"
    DISTRICT = "district"
    PROVINCE = "province"
    PART_OF_COUNTRY = "part of a country"
    COUNTRY = "country"
    SEA = "sea"

    @property
    def where_prec(self) -> int:
        """UCDP GED where_prec, 1 (exact) to 7 (sea or air); GED codebook, appendix 3."""
        return _WHERE_PREC[self]

    @property
    def geo_precision(self) -> int:
        """ACLED geo_precision: 1 a town, 2 near a town or small region, 3 a larger region."""
        return _GEO_PRECISION[self]


_WHERE_PREC = {
    PrecisionClass.EXACT: 1,
    PrecisionClass.VICINITY: 2,
    PrecisionClass.SECTOR: 5,
    PrecisionClass.CORRIDOR: 5,
    PrecisionClass.DISTRICT: 3,
    PrecisionClass.PROVINCE: 4,
    PrecisionClass.PART_OF_COUNTRY: 5,
    PrecisionClass.COUNTRY: 6,
    PrecisionClass.SEA: 7,
}
_GEO_PRECISION = {
    PrecisionClass.EXACT: 1,
    PrecisionClass.VICINITY: 2,
    PrecisionClass.SECTOR: 3,
    PrecisionClass.CORRIDOR: 3,
    PrecisionClass.DISTRICT: 2,
    PrecisionClass.PROVINCE: 3,
    PrecisionClass.PART_OF_COUNTRY: 3,
    PrecisionClass.COUNTRY: 3,
    PrecisionClass.SEA: 3,
}


def check_coordinates(lat: float, lon: float) -> None:
    """Raise ValueError unless ``lat`` is in [-90, 90], ``lon`` in [-180, 180], both finite."""
    if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        raise ValueError(f"not a WGS84 position: latitude {lat}, longitude {lon}")


@dataclass(frozen=True, slots=True)
class Report:
    """One news report. ``text`` is what all spans index into; ``source`` is publisher, URL or path."""

    id: str
    text: str
    title: str | None = None
    language: str | None = None
    published: dt.date | None = None
    source: str | None = None
    url: str | None = None


class _Deferred:
    """Fields that are read when one of them is first asked for: of most candidates nobody asks."""

    __slots__ = ("_number", "_read")
    if not TYPE_CHECKING:  # a type checker knows the fields

        def __getattr__(self, name: str) -> Any:
            if name not in type(self).__slots__:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            for put, value in zip(_PUT, self._read(self._number), strict=True):
                put(self, value)
            return getattr(self, name)


@dataclass(frozen=True, slots=True)
class Place(_Deferred):
    """A gazetteer record in GeoNames terms (feature class and code), whatever its source.

    ``names`` maps a language code to the preferred name, "" to other names in use; ``radius_m`` is the extent in
    metres that the point stands for; ``population`` is 0 when unknown.
    """

    id: str
    name: str
    lat: float
    lon: float
    country: str | None = None
    admin1: str | None = None
    admin2: str | None = None
    feature_class: str = "P"
    feature_code: str = "PPL"
    population: int = 0
    radius_m: float = 3000.0
    source: str = "geonames"
    names: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        check_coordinates(self.lat, self.lon)

    def name_in(self, language: str) -> str:
        """The preferred name in ``language``, else the international one."""
        return dict(self.names).get(language, self.name)


# Asked for a name, in a country (ISO code) where one is known: a place, None for none; it may raise GeocoderError.
Geocoder = Callable[[str, str | None], Place | None]

_PUT = tuple(getattr(Place, f.name).__set__ for f in fields(Place))
_new, _put_read, _put_number = object.__new__, *(vars(_Deferred)[name].__set__ for name in ("_read", "_number"))


def deferred_place(read: Callable[[T], tuple[Any, ...]], number: T) -> Place:
    """A place whose fields, in their order, are ``read(number)`` when they are first asked for.

    They are taken as they come: their source has checked the position.
    """
    place = _new(Place)
    _put_read(place, read)
    _put_number(place, number)
    return place


@dataclass(frozen=True, slots=True)
class Relative:
    """A parsed relative expression ("150 miles south-east of Sirte").

    ``anchors`` are the (start, end, surface) spans of the places it leans on. ``distance_m`` is
    (low, best, high) in metres; ``bearing`` degrees clockwise from north, of a
    compass of ``winds`` (4, 8 or 16). ``travel`` is air, road or None. ``kind`` is what
    the text shows itself to be: "", maritime, seismic or military. ``extreme``: "the far north". ``also``
    says where else the place lies ("… and 60 km west of Palmyra"), ``base`` where its anchor lies.
    """

    relation: str
    anchors: tuple[tuple[int, int, str], ...]
    distance_m: tuple[float, float, float] | None = None
    distance_text: str | None = None
    bearing: float | None = None
    bearing_text: str | None = None
    winds: int = 8
    travel: str | None = None
    approximate: bool = False
    rule: str = ""
    kind: str = ""
    extreme: bool = False
    also: tuple[Relative, ...] = ()
    base: Relative | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A span of a report that names a place, gives coordinates or says where relative to a place.

    ``kind`` is name, relative, coordinates or described ("the Sudanese capital"). ``role`` is place (may hold an
    event), actor (a capital for its state, a unit named after a place), gloss (only a check on another place) or
    dateline. ``surface`` leaves out the clitics that the span holds. ``score`` is 0..1; ``reason`` says why the
    recogniser took it.
    """

    start: int
    end: int
    surface: str
    kind: str = "name"
    language: str = "und"
    score: float = 1.0
    reason: str = ""
    role: str = "place"
    relative: Relative | None = None
    coordinates: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that a mention could mean, with its score 0..1 and the reasons in words."""

    place: Place
    score: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Location:
    """Where a mention is: a point, the region that should hold the truth 9 times in 10, and why.

    ``method`` is gazetteer, relative, geocoder, coordinates, table or user. ``chain`` is how it was
    got, step by step, in words. ``anchor`` (lat, lon) is what a relative place was measured from.
    """

    lat: float
    lon: float
    radius_m: float
    precision: PrecisionClass
    method: str
    place_in_report: str
    name: str
    region: BaseGeometry | None = None
    place_id: str | None = None
    place_source: str | None = None
    country: str | None = None
    country_name: str | None = None
    admin1: str | None = None
    admin2: str | None = None
    confidence: float = 0.5
    candidates: tuple[Candidate, ...] = ()
    chain: tuple[str, ...] = ()
    anchor: tuple[float, float] | None = None
    feature_code: str | None = None

    def __post_init__(self) -> None:
        check_coordinates(self.lat, self.lon)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A mention and what became of it: a location, or None with the reason in ``why_not``."""

    mention: Mention
    location: Location | None
    why_not: str | None = None


@dataclass(frozen=True, slots=True)
class DateRange:
    """A span of days, both ends included. ``precision`` is UCDP's date_prec: 1 day … 5 a year."""

    start: dt.date
    end: dt.date
    precision: int = 1
    text: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """A number that a sentence gives for ``what`` (killed, injured, abducted, strikes, vehicles …).

    ``best`` is None where the text is vague ("dozens"); ``low`` and ``high`` bound it.
    """

    what: str
    low: int
    best: int | None
    high: int | None
    start: int = 0
    end: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """A party to an event. ``role`` is perpetrator, target, victim, party or mentioned."""

    name: str
    role: str = "mentioned"
    kind: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What one sentence of one report says of an event. ``fields`` are those that it supports."""

    report_id: str
    start: int
    end: int
    sentence: str
    fields: tuple[str, ...] = ()
    language: str | None = None
    source: str | None = None
    url: str | None = None
    published: dt.date | None = None
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """One event, however many sentences tell it. Missing numbers are None, never 0.

    ``status`` is happened, claimed, planned or denied. ``id`` is a content hash: the same input
    gives the same id.
    """

    id: str
    event_type: str
    sub_event_type: str
    claims: tuple[Claim, ...]
    location: Location | None = None
    date: DateRange | None = None
    status: str = "happened"
    background: bool = False
    actors: tuple[Actor, ...] = ()
    fatalities: int | None = None
    fatalities_low: int | None = None
    fatalities_high: int | None = None
    injured: int | None = None
    counts: tuple[Count, ...] = ()
    weapon: str | None = None
    confidence: float = 0.5
    notes: tuple[str, ...] = ()
    extra: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that could not be done. Nothing is skipped without one.

    ``stage`` is read, table, language, recognise, resolve, events, report, geocode, export or correct.
    """

    stage: str
    source: str
    error: str
    remedy: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """What a run read, found and could not do: what layers and exporters are given.

    ``places`` pairs each report id with its resolved mentions. Of a batch, ``reports`` and ``places`` are read
    from disk each time they are walked through: walk once, and build no list of them.
    ``tiles`` is the address of on-line map pictures that the page may ask for when its reader turns them on; empty
    for none. ``units`` are the first-order units in which events lie, with their polygons, for the page to shade.
    """

    events: tuple[Event, ...]
    reports: Collection[Report] = ()
    places: Collection[tuple[str, Resolved]] = ()
    failures: tuple[Failure, ...] = ()
    title: str = "Mapper"
    interface: str = "en"
    notes: tuple[str, ...] = field(default=())
    tiles: str = ""
    tiles_credit: str = ""
    units: tuple[tuple[Place, BaseGeometry], ...] = ()

"""A gazetteer place, a geocoder's answer or written coordinates as a Location with its region."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from mapper import regions
from mapper.gazetteer import Gazetteer
from mapper.model import Candidate, Location, Mention, Place, PrecisionClass

# Towns are areas: their centre is where reports put what happened anywhere in them.
LEAST_RADIUS_M = 3000.0
# Share of the way to a unit's farthest corner.
_NINE_TENTHS = 0.75
_REGIONS = ("RGN", "CONT", "DSRT", "MTS", "CMPRF", "OILF")
_SMALL_M, _POLAR, _CORNERS = 50_000.0, 75.0, 48
_WATERS = ("SEA", "GULF", "STRT", "OCN", "BAY", "CHN")


@lru_cache(maxsize=20_000)
def disc(lat: float, lon: float, radius: float) -> BaseGeometry:
    """The disc of ``radius`` metres; small ones by the length of a degree, which is right to a thousandth."""
    if radius > _SMALL_M or abs(lat) > _POLAR:
        return regions.disc(lat, lon, radius)
    north, east = regions.metres_per_degree(lat)
    easting, northing = _unit_circle()
    return Polygon(np.column_stack((lon + radius * easting / east, lat + radius * northing / north)))


@cache
def _unit_circle() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """How far east and north of the middle the corners of a disc of radius 1 lie, clockwise from the north."""
    turn = [2 * math.pi * i / _CORNERS for i in range(_CORNERS)]
    return np.array(list(map(math.sin, turn))), np.array(list(map(math.cos, turn)))


def precision_of(place: Place) -> PrecisionClass:
    """How precise a place of that kind is as a location."""
    code = place.feature_code
    if code.startswith("PCL"):
        return PrecisionClass.COUNTRY
    if place.feature_class == "A":
        return PrecisionClass.PROVINCE if code == "ADM1" else PrecisionClass.DISTRICT
    if place.feature_class == "P":
        return PrecisionClass.EXACT
    if code in _WATERS:
        return PrecisionClass.SEA
    if place.feature_class == "R" or code in ("RD", "STM"):
        return PrecisionClass.CORRIDOR
    if code in _REGIONS:
        return PrecisionClass.PART_OF_COUNTRY if place.radius_m > 12_000 else PrecisionClass.VICINITY
    return PrecisionClass.EXACT if place.radius_m <= 12_000 else PrecisionClass.VICINITY


def of_place(
    surface: str, candidates: Sequence[Candidate], gazetteer: Gazetteer, language: str, *, container: bool = False
) -> Location:
    """The first candidate as a location; the others are kept as rejected.

    Args:
        surface: The place as the report says it.
        candidates: Best first.
        gazetteer: Gives polygons and country names.
        language: For the country's name.
        container: The name is only what the place lies in: the location is its vicinity.
    """
    best, place = candidates[0], candidates[0].place
    precision = precision_of(place)
    radius = max(LEAST_RADIUS_M, 1.3 * place.radius_m if precision is PrecisionClass.EXACT else place.radius_m)
    if place.feature_class == "A":
        radius = max(radius, _reach(gazetteer, place))
    if container and precision is PrecisionClass.EXACT:
        precision, radius = PrecisionClass.VICINITY, max(radius, 15_000.0)
    area = gazetteer.area(place) if precision not in (PrecisionClass.EXACT, PrecisionClass.VICINITY) else None
    if area is not None and area.geom_type.endswith("LineString"):
        area = area.buffer(0.05)
    chain = [f"{surface!r} is {place.name} ({place.feature_code}, {place.country or 'no country'}) in {place.source}"]
    chain += best.reasons
    if len(candidates) > 1:
        chain.append(f"weighed against {', '.join(told(c.place) for c in candidates[1:4])}")
    country = place.country
    return Location(
        place.lat,
        place.lon,
        radius,
        precision,
        "gazetteer",
        surface,
        place.name_in(language) if language == "ar" else place.name,
        region=area if area is not None else disc(place.lat, place.lon, radius),
        place_id=place.id,
        place_source=place.source,
        country=country,
        country_name=gazetteer.country(country).name_in(language)
        if country and gazetteer.country_code(country)
        else None,
        admin1=place.admin1,
        admin2=place.admin2,
        confidence=best.score,
        candidates=tuple(candidates[1:4]),
        chain=tuple(chain),
        feature_code=place.feature_code,
    )


def vicinity_of(location: Location, radius: float, why: str, factor: float) -> Location:
    """``location`` as the neighbourhood of what was meant: ``radius`` metres, less sure by ``factor``, and why."""
    radius = max(radius, location.radius_m)
    return replace(
        location,
        precision=PrecisionClass.VICINITY,
        radius_m=radius,
        region=disc(location.lat, location.lon, radius),
        confidence=round(location.confidence * factor, 3),
        chain=(*location.chain, f"{why}: somewhere about {location.name}"),
    )


def doubted(location: Location, factor: float, why: str) -> Location:
    """``location``, less sure by ``factor``, and why."""
    return replace(location, confidence=round(location.confidence * factor, 3), chain=(*location.chain, why))


def told(place: Place) -> str:
    """A place with what it lies in, in words."""
    return " ".join([place.name, *(f"in {u}" for u in (place.admin1 or place.country,) if u and u != place.name)])


@lru_cache(maxsize=4096)
def _reach(gazetteer: Gazetteer, place: Place) -> float:
    """Metres from a unit's point that hold nine tenths of what lies in it."""
    area = gazetteer.area(place)
    if area is None or not area.geom_type.endswith("Polygon"):
        return place.radius_m
    return max(place.radius_m, _NINE_TENTHS * regions.reach(place.lat, place.lon, area))


def of_geocoder(surface: str, place: Place) -> Location:
    """A geocoder's answer: less sure than the gazetteer, and it says so."""
    return Location(
        place.lat,
        place.lon,
        max(5000.0, place.radius_m),
        PrecisionClass.EXACT if place.radius_m < 12_000 else PrecisionClass.VICINITY,
        "geocoder",
        surface,
        place.name or surface,
        region=disc(place.lat, place.lon, max(5000.0, place.radius_m)),
        place_id=place.id,
        place_source=place.source,
        country=place.country,
        confidence=0.5,
        chain=(f"{surface!r} is not in the gazetteer; {place.source} answered {place.name!r}",),
    )


def of_coordinates(mention: Mention, gazetteer: Gazetteer) -> Location:
    """Coordinates that the report itself gives."""
    assert mention.coordinates is not None
    lat, lon = mention.coordinates
    country, admin1, admin2 = gazetteer.containing(lat, lon)
    return Location(
        lat,
        lon,
        1000.0,
        PrecisionClass.EXACT,
        "coordinates",
        mention.surface,
        f"{lat:.4f}, {lon:.4f}",
        region=disc(lat, lon, 1000.0),
        country=country,
        admin1=admin1,
        admin2=admin2,
        confidence=0.95,
        chain=(f"the report gives the coordinates {mention.surface}",),
    )

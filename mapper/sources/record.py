"""The mutable row that sources fill on its way into the gazetteer."""

from __future__ import annotations

from dataclasses import dataclass, field

from shapely.geometry.base import BaseGeometry


@dataclass(slots=True)
class Record:
    """One place of a source, in GeoNames terms.

    ``usual`` are other names in use, in any language; ``open_names`` are names under the Open Database Licence;
    ``over`` names what holds a unit of too low an order, the nearer first; ``kind`` is what the country calls such
    a unit.
    """

    id: str
    name: str
    lat: float
    lon: float
    country: str
    source: str
    code: str = "P.PPL"
    admin1: str = ""
    admin2: str = ""
    population: int = 0
    radius_m: int = 3000
    arabic: str = ""
    french: str = ""
    names: list[str] = field(default_factory=list)
    shape: BaseGeometry | None = None
    open_names: list[str] = field(default_factory=list)
    over: list[str] = field(default_factory=list)
    kind: str = ""
    iso: str = ""
    geonameid: int = 0
    usual: list[str] = field(default_factory=list)

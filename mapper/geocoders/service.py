"""One question to one geopy geocoder, its answer checked before it is believed."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from typing import Any

from mapper.errors import GeocoderError, SettingsError
from mapper.model import Place

USER_AGENT = "mapper-conflict-maps/0.1"
TIMEOUT_S = 4.0
Ask = Callable[[str, str | None], Place | None]


def ask(name: str, domain: str | None) -> Ask:
    """A function that asks the geopy geocoder ``name`` (at ``domain`` when given) for a place.

    Raises:
        SettingsError: geopy has no such geocoder, or it needs a key.
    """

    def question(query: str, country: str | None) -> Place | None:
        geocoder = _geocoder(name, domain)
        options: dict[str, Any] = {"timeout": TIMEOUT_S}
        if name == "nominatim":
            options |= {
                "language": "en",
                "addressdetails": True,
                "country_codes": country.lower() if country else None,
            }
        exceptions = importlib.import_module("geopy.exc")
        try:
            answer = geocoder.geocode(query, **options)
        except exceptions.GeopyError as error:
            raise GeocoderError(f"{name}: {type(error).__name__}: {error}".rstrip(": ")) from error
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
            raise GeocoderError(f"{name}: an answer that is not of its form ({type(error).__name__})") from error
        return None if answer is None else _place(answer, name)

    _geocoder(name, domain)
    return question


def _geocoder(name: str, domain: str | None) -> Any:
    """The geopy geocoder of that name."""
    geocoders = importlib.import_module("geopy.geocoders")
    try:
        cls = geocoders.get_geocoder_for_service(name)
    except importlib.import_module("geopy.exc").GeocoderNotFound as error:
        known = ", ".join(sorted(geocoders.SERVICE_TO_GEOCODER))
        raise SettingsError(f"no geocoder {name!r}.", remedy=f"Known: {known}.") from error
    options: dict[str, Any] = {"user_agent": USER_AGENT}
    if domain:
        scheme, _, host = domain.rpartition("://")
        options |= {"domain": host, "scheme": scheme or "http"}
    try:
        return cls(**options)
    except TypeError as error:
        raise SettingsError(
            f"geocoder {name!r} needs a key or cannot be set by an address.",
            remedy="Use nominatim or photon.",
        ) from error


def _place(answer: Any, service: str) -> Place:
    """The answer as a place.

    Raises:
        GeocoderError: Its coordinates are missing, out of range, or the (0, 0) of an empty answer.
    """
    raw: dict[str, Any] = answer.raw if isinstance(getattr(answer, "raw", None), dict) else {}
    try:
        lat, lon = float(answer.latitude), float(answer.longitude)
        if lat == 0 and lon == 0:
            raise ValueError("(0, 0)")
        address = raw.get("address")
        code = str(address.get("country_code") or "").upper()[:2] or None if isinstance(address, dict) else None
        return Place(
            id=f"{service}:{raw.get('osm_type', '')}{raw.get('osm_id', '')}",
            name=str(answer.address or "").split(",")[0][:200],
            lat=lat,
            lon=lon,
            country=code,
            radius_m=_extent(raw.get("boundingbox")),
            source=service,
        )
    except (ValueError, TypeError) as error:
        raise GeocoderError(f"{service}: an answer without a usable position ({error})") from error


def _extent(box: Any) -> float:
    """Half the diagonal of Nominatim's [south, north, west, east] in metres, at least 1 km."""
    try:
        south, north, west, east = map(float, box)
    except (TypeError, ValueError):
        return 5000.0
    return min(500_000.0, max(1000.0, 55_660.0 * math.hypot(north - south, east - west)))

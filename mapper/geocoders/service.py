"""One question to one geopy geocoder, its answer checked before it is believed."""

from __future__ import annotations

import importlib
import inspect
import math
from collections.abc import Callable
from functools import cache
from typing import Any

from mapper.errors import GeocoderError, SettingsError
from mapper.model import Place

USER_AGENT = "mapper-conflict-maps/0.1"
TIMEOUT_S = 4.0
Ask = Callable[[str, str | None], Place | None]
# What geopy's classes call the address of a server and the key of an account.
_ADDRESS = ("domain",)
_KEY = ("api_key", "access_token", "subscription_key", "apikey", "key")


def ask(name: str, domain: str | None, key: str | None = None, transport: Any = None) -> Ask:
    """A function that asks the geopy geocoder ``name`` (at ``domain`` when given) for a place.

    ``transport`` is the geopy adapter to use in place of our own.

    Raises:
        SettingsError: geopy has no such geocoder, or it cannot be made with what is given.
    """

    @cache
    def made() -> tuple[Any, frozenset[str]]:
        geocoder = _geocoder(name, domain, key, transport)
        return geocoder, frozenset(inspect.signature(geocoder.geocode).parameters)

    # A wrong setting is told at the start; the default is right, and loading geopy takes as long as a look-up.
    if (name, domain, key) != ("nominatim", None, None):
        made()

    def question(query: str, country: str | None) -> Place | None:
        geocoder, takes = made()
        options: dict[str, Any] = {"timeout": TIMEOUT_S, "language": "en", "addressdetails": True}
        if country:
            options["country_codes"] = country.lower()
        try:
            answer = geocoder.geocode(query, **{k: v for k, v in options.items() if k in takes})
        except importlib.import_module("geopy.exc").GeopyError as error:
            raise _error(name, error) from error
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
            raise GeocoderError(f"{name}: an answer that is not of its form ({type(error).__name__})") from error
        if isinstance(answer, (list, tuple)) and not hasattr(answer, "latitude"):
            answer = answer[0] if answer else None
        return None if answer is None else place_of(answer, name)

    return question


def _error(name: str, error: Exception) -> GeocoderError:
    """geopy's error as ours; worth another try when the server or the way to it may recover."""
    exceptions = importlib.import_module("geopy.exc")
    passing = (exceptions.GeocoderRateLimited, exceptions.GeocoderTimedOut, exceptions.GeocoderUnavailable)
    again = isinstance(error, passing) or "HTTP 5" in str(error)
    told = f"{name}: {type(error).__name__}: {error}".rstrip(": ")[:200]
    return GeocoderError(told, again=again, after_s=getattr(error, "retry_after", None))


def _geocoder(name: str, domain: str | None, key: str | None, transport: Any) -> Any:
    """The geopy geocoder of that name."""
    geocoders = importlib.import_module("geopy.geocoders")
    exceptions = importlib.import_module("geopy.exc")
    try:
        cls = geocoders.get_geocoder_for_service(name)
    except exceptions.GeocoderNotFound as error:
        known = ", ".join(sorted(geocoders.SERVICE_TO_GEOCODER))
        raise SettingsError(f"no geocoder {name!r}.", remedy=f"Known: {known}.") from error
    takes = inspect.signature(cls.__init__).parameters
    transport = transport or importlib.import_module("mapper.geocoders.transport").Transport
    options: dict[str, Any] = {"user_agent": USER_AGENT, "adapter_factory": transport}
    if domain:
        scheme, _, host = domain.rpartition("://")
        options |= {"domain": host.rstrip("/"), "scheme": scheme or "http"}
    if key:
        options |= {next((k for k in _KEY if k in takes), "api_key"): key}
    unknown = [k for k in options if k not in takes]
    try:
        if unknown:
            raise TypeError(f"it takes no {', '.join(unknown)}")
        return cls(**options)
    except (TypeError, ValueError, exceptions.GeopyError) as error:
        told = str(error).replace(key, "…") if key else str(error)
        raise SettingsError(
            f"geocoder {name!r} cannot be used so: {told}.",
            remedy="Give its key as MAPPER_GEOCODER_KEY, or use nominatim or photon.",
        ) from error


def place_of(answer: Any, service: str) -> Place:
    """The answer as a place.

    Raises:
        GeocoderError: Its coordinates are missing, out of range, or the (0, 0) of an empty answer.
    """
    raw: dict[str, Any] = answer.raw if isinstance(getattr(answer, "raw", None), dict) else {}
    try:
        lat, lon = _position(answer, raw)
        if lat == 0 and lon == 0:
            raise ValueError("(0, 0)")
        inner = raw.get("properties")
        about: dict[str, Any] = inner if isinstance(inner, dict) else raw
        address = raw.get("address")
        code = address.get("country_code") if isinstance(address, dict) else about.get("countrycode")
        return Place(
            id=f"{service}:{about.get('osm_type', '')}{about.get('osm_id', '')}"[:100],
            name="".join(c for c in str(answer.address or "").split(",")[0] if c.isprintable())[:200],
            lat=lat,
            lon=lon,
            country=code.upper() if isinstance(code, str) and len(code) == 2 and code.isalpha() else None,
            radius_m=_extent(raw.get("boundingbox")),
            source=service,
        )
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise GeocoderError(f"{service}: an answer without a usable position ({error})"[:200]) from error


def _position(answer: Any, raw: dict[str, Any]) -> tuple[float, float]:
    """(lat, lon) as the service gave them: geopy turns a longitude of 999 into one in range, and none into 0."""
    if "lat" in raw or "lon" in raw:
        return float(raw["lat"]), float(raw["lon"])
    if isinstance(raw.get("geometry"), dict):
        lon, lat = raw["geometry"]["coordinates"][:2]
        return float(lat), float(lon)
    return float(answer.latitude), float(answer.longitude)


def _extent(box: Any) -> float:
    """Half the diagonal of Nominatim's [south, north, west, east] in metres, 1 to 500 km."""
    try:
        south, north, west, east = map(float, box)
        metres = 55_660.0 * math.hypot(north - south, east - west)
    except (TypeError, ValueError, OverflowError):
        return 5000.0
    return min(500_000.0, max(1000.0, metres)) if math.isfinite(metres) else 5000.0

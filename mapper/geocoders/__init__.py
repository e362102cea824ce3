"""Geocoders: name → place, absent, or an error. Three different answers, never mixed.

Any geopy geocoder class is taken by its name (``nominatim``, ``photon``, ``opencage`` …), with the address of your
own server or the key of your account. A place name and a country code are all that ever leaves the machine, never a
report's text.
"""

from __future__ import annotations

from mapper.geocoders.cache import Cache
from mapper.geocoders.fallback import Fallback
from mapper.geocoders.limiter import Limiter
from mapper.geocoders.service import ask
from mapper.settings import Settings

__all__ = ["Cache", "Fallback", "Limiter", "ask", "cache_of", "fallback"]


def cache_of(settings: Settings) -> Cache:
    """The answers on disk of the geocoder that the settings name."""
    return Cache(settings.cache / "geocoder.sqlite", settings.geocoder + (settings.geocoder_domain or ""))


def fallback(settings: Settings) -> Fallback | None:
    """The fallback that the settings ask for; None when offline."""
    if settings.offline or settings.geocoder_limit == 0:
        return None
    return Fallback(
        ask=ask(settings.geocoder, settings.geocoder_domain, settings.geocoder_key),
        cache=cache_of(settings),
        limiter=Limiter(settings.cache / "geocoder.slot", seconds=1.0),
        limit=settings.geocoder_limit,
        deadline_s=settings.geocoder_deadline_s,
    )

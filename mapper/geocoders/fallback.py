"""The fallback for names that the gazetteer lacks: cache, limit, budget, deadline and breaker."""

from __future__ import annotations

import time
from collections.abc import Callable

from mapper.errors import GeocoderError
from mapper.geocoders.cache import Cache
from mapper.geocoders.limiter import Limiter
from mapper.model import Place

BREAK_AFTER = 2
MAX_NAME = 120


class Fallback:
    """Callable as ``fallback(name, country)``: a place, None for absent, or GeocoderError.

    Args:
        ask: Asks the service once.
        cache: Answers already known.
        limiter: Spaces the requests.
        limit: Most requests in this run.
        deadline_s: Seconds that all requests together may take.
    """

    def __init__(
        self,
        *,
        ask: Callable[[str, str | None], Place | None],
        cache: Cache,
        limiter: Limiter,
        limit: int,
        deadline_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask, self._cache, self._limiter = ask, cache, limiter
        self._limit, self._left_s, self._clock = limit, deadline_s, clock
        self._failed = 0
        self.asked = 0
        self.stopped: str | None = None

    def __call__(self, name: str, country: str | None) -> Place | None:
        name = " ".join(name.split())[:MAX_NAME]
        known, place = self._cache.get(name, country)
        if known:
            return place
        if self.stopped:
            raise GeocoderError(self.stopped, remedy="Try again later, or use --offline.")
        if self.asked >= self._limit:
            self.stopped = f"the budget of {self._limit} geocoder requests is used up"
        elif self._left_s <= 0:
            self.stopped = "the geocoder's time is used up"
        if self.stopped:
            raise GeocoderError(self.stopped, remedy="Raise it in the settings.")
        begin = self._clock()
        try:
            self._limiter.wait()
            self.asked += 1
            place = self._ask(name, country)
        except GeocoderError as error:
            self._failed += 1
            if self._failed >= BREAK_AFTER:
                self.stopped = f"the geocoder failed {self._failed} times in a row and is left alone: {error.message}"
            raise
        finally:
            self._left_s -= self._clock() - begin
        self._failed = 0
        self._cache.put(name, country, place)
        return place

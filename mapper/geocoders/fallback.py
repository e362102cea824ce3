"""The fallback for names that the gazetteer lacks: cache, limit, budget, deadline, tries and breaker."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from mapper.errors import GeocoderError
from mapper.geocoders.cache import Cache
from mapper.geocoders.limiter import Limiter
from mapper.model import Place

TRIES = 3
# Seconds that one name may take with all its tries; also what a dead network may cost a run.
QUESTION_S = 4.0
BREAK_AFTER = 2
# A server that asks for more patience than this is left alone for the rest of the run.
RETRY_AFTER_S = 20.0
MAX_NAME = 120


class Fallback:
    """Callable as ``fallback(name, country)``: a place, None for absent, or GeocoderError for "could not ask".

    Args:
        ask: Asks the service once.
        cache: Answers already known.
        limiter: Spaces the requests.
        limit: Most requests in this run.
        deadline_s: Seconds that all requests together may take.
        jitter: Seconds between two tries, by their number: never the same, so that clients do not march in step.
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
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[int], float] = lambda attempt: random.uniform(0.2, 0.6) * attempt,  # noqa: S311 - no secret
    ) -> None:
        self._ask, self._cache, self._limiter = ask, cache, limiter
        self._limit, self._left_s = limit, deadline_s
        self._clock, self._sleep, self._jitter = clock, sleep, jitter
        self._failed = 0
        self._answered = False
        self.asked = 0
        self.stopped: str | None = None

    def __call__(self, name: str, country: str | None) -> Place | None:
        name = " ".join(name.split())[:MAX_NAME]
        known, place = self._cache.get(name, country)
        if known:
            return place
        begin = self._clock()
        try:
            place = self._answer(name, country, begin)
        except GeocoderError as error:
            self._failed += 1
            if self.stopped is None and error.again and not self._answered:
                self.stopped = f"the geocoder cannot be reached and is left alone: {error.message}"
            elif self.stopped is None and self._failed >= BREAK_AFTER:
                self.stopped = f"the geocoder failed {self._failed} times in a row and is left alone: {error.message}"
            raise
        finally:
            self._left_s -= self._clock() - begin
        self._failed = 0
        self._answered = True
        self._cache.put(name, country, place)
        return place

    def _answer(self, name: str, country: str | None, begin: float) -> Place | None:
        """Ask up to ``TRIES`` times, as far as time and budget go."""
        attempt = 0
        patience = QUESTION_S
        while True:
            self._check(begin)
            self._limiter.wait()
            self.asked += 1
            attempt += 1
            try:
                return self._ask(name, country)
            except GeocoderError as error:
                pause = self._jitter(attempt)
                if error.after_s is not None:
                    pause = error.after_s
                    if pause > RETRY_AFTER_S:
                        self.stopped = f"the geocoder asks to be left alone for {pause:,.0f} s"
                        raise
                    patience += pause
                if not error.again or attempt >= TRIES or self._clock() - begin + pause >= patience:
                    raise
                self._sleep(pause)

    def _check(self, begin: float) -> None:
        """Raise GeocoderError when the breaker, the budget or the time of the run allows no request."""
        if self.stopped is None and self.asked >= self._limit:
            self.stopped = f"the budget of {self._limit} geocoder requests is used up"
        elif self.stopped is None and self._left_s <= self._clock() - begin:
            self.stopped = "the geocoder's time is used up"
        if self.stopped:
            raise GeocoderError(self.stopped, remedy="Raise it in the settings, try again later, or use --offline.")

"""One request a second across all processes of this machine, as Nominatim's usage policy asks."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no fcntl; there the limit holds within a process
    fcntl = None  # type: ignore[assignment]


class Limiter:
    """Waits until ``seconds`` have passed since the last request of any process that shares ``path``."""

    def __init__(
        self,
        path: Path,
        *,
        seconds: float,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._path, self._seconds, self._clock, self._sleep = path, seconds, clock, sleep
        self._last = 0.0

    def wait(self) -> float:
        """Take the next slot and return its time. The lock is held while waiting: slots are given in order."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            self._pause(self._last)
            return self._last
        try:
            if fcntl is not None:
                fcntl.flock(handle, fcntl.LOCK_EX)
            with contextlib.suppress(ValueError):
                self._last = max(self._last, float(os.read(handle, 40) or b"0"))
            self._pause(self._last)
            os.lseek(handle, 0, os.SEEK_SET)
            os.ftruncate(handle, 0)
            os.write(handle, f"{self._last:.6f}".encode())
        finally:
            os.close(handle)
        return self._last

    def _pause(self, last: float) -> None:
        now = self._clock()
        # A clock that was set back must not make us wait for hours.
        due = min(last + self._seconds, now + self._seconds)
        if due > now:
            self._sleep(due - now)
        self._last = max(self._clock(), due)

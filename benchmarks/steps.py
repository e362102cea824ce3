"""Where time goes: functions that note the processor seconds spent in them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


class Spent(dict[str, float]):
    """Label → seconds of a core."""

    def timed(self, label: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """``function``, whose time goes to ``label``; what it calls counts as its own."""

        def call(*args: Any, **kwargs: Any) -> Any:
            start = time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                self[label] = self.get(label, 0.0) + time.process_time() - start

        return call

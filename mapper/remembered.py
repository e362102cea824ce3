"""Answers that are asked for ten thousand times a second, kept by what was asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Remembered(dict[K, V]):
    """``remembered[key]`` is ``tell(key)``, told once; all is forgotten when ``most`` keys are known.

    A look-up costs what a dictionary's does, a third of a call that ``functools.lru_cache`` keeps.
    """

    def __init__(self, tell: Callable[[K], V], most: int = 100_000) -> None:
        super().__init__()
        self._tell, self._most = tell, most

    def __missing__(self, key: K) -> V:
        if len(self) >= self._most:
            self.clear()
        self[key] = found = self._tell(key)
        return found

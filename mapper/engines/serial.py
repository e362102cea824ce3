"""One after another in this process: for debugging, and where no process may be started."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

J = TypeVar("J")
R = TypeVar("R")


def run(
    task: Callable[[J], R], jobs: Iterable[J], *, workers: int = 1, scheduler: str | None = None
) -> Iterator[tuple[J, R | None]]:
    """Each job with its result, in order. A job that crashes ends the process with it."""
    for job in jobs:
        yield job, task(job)

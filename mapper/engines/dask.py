"""Dask: many machines that see the same files, or the cores of this one. Needs ``pip install 'mapper[dask]'``.

Dask's wire carries pickles and knows no password: a scheduler belongs on loopback or a private network, or
behind TLS (docs/cluster.md).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import distributed

from mapper.errors import MapperError, SettingsError

J = TypeVar("J")
R = TypeVar("R")
# Jobs under way for each worker: enough that none waits, few enough that a million shards are not a million futures.
AHEAD = 3


@contextlib.contextmanager
def _client(workers: int, scheduler: str | None) -> Iterator[Any]:
    """A client of the scheduler at that address, or of a cluster of our own on loopback."""
    if scheduler is not None:
        try:
            client = distributed.Client(scheduler, timeout="20s")
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"no Dask scheduler answers at {scheduler}: {error}.", remedy="Start one with `dask scheduler`."
            ) from error
        with client:
            yield client
        return
    cluster = distributed.LocalCluster(
        n_workers=max(1, workers), threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    )
    with cluster, distributed.Client(cluster) as client:
        yield client


def run(
    task: Callable[[J], R], jobs: Iterable[J], *, workers: int = 1, scheduler: str | None = None
) -> Iterator[tuple[J, R | None]]:
    """Each job with its result as it comes, or with None when Dask gave it up after several lost workers.

    Raises:
        SettingsError: No scheduler answers at the address.
        MapperError: What a task raised.
    """
    with _client(workers, scheduler) as client:
        waiting = iter(jobs)
        of: dict[str, J] = {}
        count = max(1, len(client.scheduler_info(n_workers=-1)["workers"]), workers)
        pending = distributed.as_completed()

        def submit(job: J) -> None:
            future = client.submit(task, job, pure=False)
            of[future.key] = job
            pending.add(future)

        for _, job in zip(range(AHEAD * count), waiting, strict=False):
            submit(job)
        for future in pending:
            job = of.pop(future.key)
            error = future.exception()
            if isinstance(error, MapperError):
                raise error
            result = None if error is not None else future.result()
            future.release()
            following = next(waiting, None)
            if following is not None:
                submit(following)
            yield job, result

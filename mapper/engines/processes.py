"""Worker processes of this machine, each with its own pipe: one that dies costs its own job a second try.

``multiprocessing.Pool`` waits for ever for the job of a killed worker, and ``ProcessPoolExecutor`` fails all jobs
when one worker dies; here each worker is watched by itself.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import connection, get_context, parent_process
from typing import Any, TypeVar

from mapper import memory
from mapper.engines import TRIES
from mapper.errors import MapperError

J = TypeVar("J")
R = TypeVar("R")
# A worker is replaced after so many jobs, so that a leak anywhere below cannot grow for ever.
RENEW_AFTER = 1000
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)


def _serve(task: Callable[[Any], Any], pipe: connection.Connection) -> None:
    """The life of a worker: take a job, send its result, until the pipe closes."""
    memory.collect_rarely()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    parent = parent_process()
    if parent is not None:
        # A worker must not outlive the run and write into the folder of the next one.
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    while True:
        try:
            job = pipe.recv()
        except EOFError:
            return
        try:
            answer: tuple[Any, MapperError | None] = (task(job), None)
        except MapperError as error:
            answer = (None, error)
        pipe.send(answer)


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold back interrupts: a worker half started would complain to the terminal."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    old = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, old)


class _Worker:
    """A process, its pipe and the job that it has."""

    def __init__(self, task: Callable[[Any], Any]) -> None:
        context = get_context("spawn")  # forked copies of a process with threads can hang
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(task, theirs), daemon=True)
        with _uninterrupted():
            self.process.start()
        theirs.close()
        self.job: Any = None
        self.done = 0

    def give(self, job: Any) -> None:
        self.job = job
        with contextlib.suppress(OSError):  # it has died already; its end is noticed when waiting
            self.pipe.send(job)

    def stop(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.join()


def run(
    task: Callable[[J], R], jobs: Iterable[J], *, workers: int = 1, scheduler: str | None = None
) -> Iterator[tuple[J, R | None]]:
    """Each job with its result as it comes, or with None when its worker was lost ``TRIES`` times.

    Raises:
        MapperError: What a task raised.
    """
    waiting = iter(jobs)
    again: deque[J] = deque()
    lost: Counter[int] = Counter()
    crew: list[_Worker] = []

    def feed(worker: _Worker) -> None:
        job = again.popleft() if again else next(waiting, None)
        if job is None:
            crew.remove(worker)
            worker.stop()
        else:
            worker.give(job)

    try:
        first = [job for _, job in zip(range(max(1, workers)), waiting, strict=False)]
        for job in first:
            crew.append(_Worker(task))
            crew[-1].give(job)
        while crew:
            connection.wait([w.pipe for w in crew])
            for worker in [w for w in crew if w.pipe.poll()]:
                job = worker.job
                try:
                    result, error = worker.pipe.recv()
                except (EOFError, OSError):
                    worker.stop()
                    lost[id(job)] += 1
                    if lost[id(job)] < TRIES:
                        again.append(job)
                    else:
                        del lost[id(job)]
                        yield job, None
                    crew[crew.index(worker)] = fresh = _Worker(task)
                    feed(fresh)
                    continue
                if error is not None:
                    raise error
                lost.pop(id(job), None)
                worker.done += 1
                if worker.done >= RENEW_AFTER:
                    worker.stop()
                    crew[crew.index(worker)] = worker = _Worker(task)
                feed(worker)
                yield job, result
    finally:
        for worker in crew:
            worker.stop()

"""Engines: run jobs, one by one or many at a time. One file for each; this table is where a new one is added.

An engine is ``run(task, jobs, *, workers, scheduler)``. It gives ``(job, result)`` in any order, and
``(job, None)`` for a job whose worker was lost ``TRIES`` times: the caller finds out why. It promises to try each
job at least once; that a result counts once is the part file's business. What a task raises ends the run.
A package may add more under the entry-point group ``mapper.engines``.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, cast

from mapper.errors import SettingsError

Engine = Callable[..., Any]
ENGINES = {"serial": "mapper.engines.serial", "processes": "mapper.engines.processes", "dask": "mapper.engines.dask"}
TRIES = 2


def engine(name: str) -> Engine:
    """The engine of that name, imported only when it is asked for.

    Raises:
        SettingsError: There is none, or what it needs is not installed.
    """
    others = {e.name: e for e in entry_points(group="mapper.engines")}
    if name in others:
        return cast(Engine, others[name].load())
    if name not in ENGINES:
        raise SettingsError(f"no engine {name!r}.", remedy=f"Known: {', '.join([*ENGINES, *others])}.")
    try:
        return cast(Engine, import_module(ENGINES[name]).run)
    except ImportError as error:
        raise SettingsError(f"engine {name!r} needs {error.name}.", remedy=f"pip install 'mapper[{name}]'") from error

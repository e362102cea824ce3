"""Mapper: from conflict reports to a map that can be defended.

All that the command line does can be done from here: ``run`` and ``write`` (the map), ``places_of`` and
``events_of`` (one report), ``locate`` (one description), ``Gazetteer``, ``Report``, ``Settings``, ``to_folium``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mapper.gazetteer import Gazetteer as Gazetteer
    from mapper.layers import to_folium as to_folium
    from mapper.model import Event as Event
    from mapper.model import Report as Report
    from mapper.pipeline import events_of as events_of
    from mapper.pipeline import places_of as places_of
    from mapper.pipeline import run as run
    from mapper.pipeline import write as write
    from mapper.resolve import locate as locate
    from mapper.settings import Settings as Settings

__version__ = "0.1.0"

# Loaded on first use: `mapper locate` must not wait for folium and pandas.
_HOME = {
    "Event": "model",
    "Gazetteer": "gazetteer",
    "Report": "model",
    "Settings": "settings",
    "events_of": "pipeline",
    "locate": "resolve",
    "places_of": "pipeline",
    "run": "pipeline",
    "to_folium": "layers",
    "write": "pipeline",
}
__all__ = [*_HOME]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"mapper.{_HOME[name]}"), name)
    raise AttributeError(f"module 'mapper' has no attribute {name!r}")

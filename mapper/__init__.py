"""Mapper: from conflict reports to a map that can be defended.

``events``, ``places`` and ``locate`` take a text, a file or reports; ``read`` reads files. All that the command
line does can be done from here: ``run`` and ``write`` (the map), ``places_of`` and ``events_of`` (one report).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mapper.api import Events as Events
    from mapper.api import Places as Places
    from mapper.api import events as events
    from mapper.api import locate as locate
    from mapper.api import locate_many as locate_many
    from mapper.api import places as places
    from mapper.api import read as read
    from mapper.frames import event_frame as event_frame
    from mapper.frames import place_frame as place_frame
    from mapper.gazetteer import Gazetteer as Gazetteer
    from mapper.layers import to_folium as to_folium
    from mapper.model import Event as Event
    from mapper.model import Report as Report
    from mapper.pipeline import events_of as events_of
    from mapper.pipeline import places_of as places_of
    from mapper.pipeline import run as run
    from mapper.pipeline import write as write
    from mapper.settings import Settings as Settings

__version__ = "0.1.0"

# Loaded on first use: `mapper locate` must not wait for folium and pandas.
_NAMES = {
    "api": ("Events", "Places", "events", "locate", "locate_many", "places", "read"),
    "frames": ("event_frame", "place_frame"),
    "gazetteer": ("Gazetteer",),
    "layers": ("to_folium",),
    "model": ("Event", "Report"),
    "pipeline": ("events_of", "places_of", "run", "write"),
    "settings": ("Settings",),
}
_HOME = {name: module for module, names in _NAMES.items() for name in names}
__all__ = [*_HOME]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"mapper.{_HOME[name]}"), name)
    raise AttributeError(f"module 'mapper' has no attribute {name!r}")

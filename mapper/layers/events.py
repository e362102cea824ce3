"""The events themselves."""

from __future__ import annotations

from mapper.layers.element import Overlay


class Events(Overlay):
    """A sign and a colour for each type; at low zoom a count for each neighbourhood."""

    key = "events"


class Density(Overlay):
    """How many events lie where, as shade; off until it is asked for."""

    key = "density"
    shown = False

"""Where an event may have been: its region of uncertainty, and the line from what it was measured from."""

from __future__ import annotations

from mapper.layers.element import Overlay


class Regions(Overlay):
    """Regions as thin dashed outlines, filled for the selected event; none for whole countries."""

    key = "regions"


class Lines(Overlay):
    """From the anchor of a relative place to the derived point, with distance and bearing."""

    key = "lines"

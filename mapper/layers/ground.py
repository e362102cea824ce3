"""The ground: countries, first-order units, disputed lines and towns, drawn from the embedded base map."""

from __future__ import annotations

from mapper.layers.element import Overlay


class Countries(Overlay):
    """Land and country borders (Natural Earth, 1:10 m simplified)."""

    key = "countries"


class Shade(Overlay):
    """Countries, close up provinces, by their number of events; off until it is asked for."""

    key = "shade"
    shown = False


class Tiles(Overlay):
    """On-line map pictures, only where the settings name them; off until the reader turns them on."""

    key = "tiles"
    shown = False


class Units(Overlay):
    """Borders between first-order units of a country."""

    key = "units"


class Disputed(Overlay):
    """Lines that are in dispute, dashed."""

    key = "disputed"


class Towns(Overlay):
    """Names of large towns and of countries, in the language of the interface."""

    key = "towns"

"""Map layers: a run → one page that opens offline, with ``folium.Map`` as its shell.

To add a layer: one file here with an ``Overlay`` subclass, its drawing in ``assets/js``, one line in ``LAYERS``.
"""

from __future__ import annotations

import folium

from mapper.layers.element import Overlay
from mapper.layers.events import Density, Events
from mapper.layers.ground import Countries, Disputed, Shade, Tiles, Towns, Units
from mapper.layers.regions import Lines, Regions
from mapper.layers.shell import page as _page
from mapper.layers.shell import shell
from mapper.model import Run

# In the order of drawing, lowest first; each is a folium layer and has its row in the layer control.
LAYERS: tuple[type[Overlay], ...] = (Countries, Shade, Units, Disputed, Towns, Regions, Lines, Density, Events)


def to_folium(run: Run, *, title: str | None = None, language: str = "en") -> folium.Map:
    """The map of ``run`` as a ``folium.Map`` to which you can add layers of your own, in a notebook as well.

    Only the run's own layers keep data out of templates: what you add through folium is yours to trust.
    """
    layers = (*LAYERS, Tiles) if run.tiles else LAYERS
    return shell(run, layers, title=title or run.title, language=language)


def page(run: Run, *, title: str, language: str = "en") -> str:
    """The whole map as one HTML text that opens by double click and asks the network for nothing.

    Args:
        run: Events, reports, places and failures.
        title: Shown as text, never as markup.
        language: Language that the interface opens in: en, ar or fr.
    """
    return _page(to_folium(run, title=title, language=language), title=title, language=language, tiles=run.tiles)


__all__ = ["LAYERS", "page", "to_folium"]

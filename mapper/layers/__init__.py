"""Map layers: a run → one page that opens offline. folium is the shell; data never passes through a template."""

from __future__ import annotations

from mapper.layers.page import page, to_folium

__all__ = ["page", "to_folium"]

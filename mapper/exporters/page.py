"""map.html: the page that people open."""

from __future__ import annotations

from mapper.files import Content
from mapper.model import Run


def export(run: Run) -> dict[str, Content]:
    """The whole map as one file that needs no network."""
    from mapper.layers import page  # folium is slow to import, and other formats do without

    return {"map.html": page(run, title=run.title, language=run.interface)}

"""The page: a ``folium.Map`` with everything inline under a strict Content-Security-Policy.

Event data travels as spelt gzip in inert tags (``pack``) and reaches the page by ``textContent`` alone.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import folium

from mapper.layers.element import Overlay, Raw, Start
from mapper.layers.letters import letters, spell, text_of
from mapper.layers.pack import pack
from mapper.model import Run
from mapper.text import encodable

ASSETS = Path(__file__).parent / "assets"
# The page's script in the order in which its parts are read; they share one scope.
SCRIPTS = (
    "core", "strings", "data", "filters", "canvas", "ground", "regions", "events", "compare", "timeline",
    "list", "details", "panels", "save", "address", "start",
)  # fmt: skip
LANGUAGES = ("en", "ar", "fr")
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_VIEWPORT = re.compile(r"<meta name=\"viewport\".*?/>", re.DOTALL)
# For mail programs and previews that show pages without running their script.
_NOSCRIPT = (
    '<noscript><p class="old-browser">Open this file in a browser: the map needs its script. · '
    '<span lang="ar" dir="rtl">افتح هذا الملف في متصفح: تحتاج الخريطة إلى برنامجها.</span> · '
    '<span lang="fr">Ouvrez ce fichier dans un navigateur : la carte a besoin de son script.</span></p></noscript>\n'
)
# folium wraps the popups that users add by jQuery, which the page does without.
_POPUPS = """<script>
window.$ ||= (html) => [new DOMParser().parseFromString(html, "text/html").body.firstElementChild];
</script>"""
_INERT = '<script type="text/plain" id="mapper-{name}">{text}</script>'


@cache
def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


@cache
def strings() -> dict[str, dict[str, Any]]:
    """The interface's words by language; every language has the same keys."""
    return {code: json.loads(_asset(f"strings/{code}.json")) for code in LANGUAGES}


def _lean(source: str) -> str:
    """``source`` without indentation, and without comments that have lines of their own."""
    source = re.sub(r"/\*\*.*?\*/", "", source, flags=re.DOTALL)
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


@cache
def _library() -> str:
    """Leaflet, our script and both style sheets. Nothing in them comes from a report."""
    # Leaflet's style asks for images beside the page; the page has none and needs none.
    leaflet_css = re.sub(r"url\([^)]*\)", "none", _asset("leaflet.css"))
    leaflet_css = re.sub(r"/\*.*?\*/", "", leaflet_css, flags=re.DOTALL)
    parts = "\n".join(_lean(_asset(f"js/{name}.js")) for name in SCRIPTS)
    script = f'"use strict";\nconst Mapper = (() => {{\n{parts}\nreturn api;\n}})();'
    licence = _asset("leaflet.LICENSE").replace("*/", "")
    return (
        f"<style>{_lean(leaflet_css)}\n{_lean(_asset('map.css'))}</style>\n"
        f"<script>/*\n{licence}*/\n{_asset('leaflet.js')}</script>\n<script>{script}</script>\n"
    )


def _inert(run: Run, title: str, language: str) -> str:
    """All data as inert tags: letters that begin no tag only, whatever the reports hold."""
    tags = {
        "base": spell((ASSETS / "basemap.gz").read_bytes()),
        "strings": letters(text_of(strings())),
        **pack(run, title=title, language=language),
    }
    return "\n".join(_INERT.format(name=name, text=text) for name, text in tags.items())


class Shell(folium.Map):
    """A ``folium.Map`` whose layer control comes after all layers, those that a user adds later too."""

    def render(self, **kwargs: Any) -> Any:
        """As folium does, the layer control and the page's start last."""
        for name in [n for n, child in self._children.items() if isinstance(child, folium.LayerControl | Start)]:
            self._children.move_to_end(name)
        if not all(isinstance(child, Overlay | folium.LayerControl | Start) for child in self._children.values()):
            figure: Any = self.get_root()
            figure.header.add_child(Raw(_POPUPS), name="mapper_popups")
        return super().render(**kwargs)  # type: ignore[no-untyped-call]  # of folium


def shell(run: Run, layers: Sequence[type[Overlay]], *, title: str, language: str) -> folium.Map:
    """A ``folium.Map`` without tiles that holds the library, the data and ``layers``."""
    words = strings()[language if language in LANGUAGES else "en"]
    made = Shell(
        location=[25, 20],
        zoom_start=4,
        tiles=None,
        max_zoom=17,
        min_zoom=2,
        zoom_control=False,
        attribution_control=False,
        world_copy_jump=False,
        zoom_snap=0.5,
        max_bounds=True,
        min_lat=-84,
        max_lat=85,
        min_lon=-210,
        max_lon=210,
        max_bounds_viscosity=0.7,
    )
    made._id = "mapper"
    # Lists of the instance: those of the class are shared by every map of the process.
    made.default_js, made.default_css = [], []
    figure: Any = made.get_root()
    figure._id = "figure"
    figure.header.add_child(Raw(_library()), name="mapper_library")
    figure.html.add_child(Raw(_NOSCRIPT + _inert(run, title, language)), name="mapper_data")
    for layer in layers:
        layer(words["layers"][layer.key]).add_to(made)
    control = folium.LayerControl(position="topright", collapsed=True)
    control._id = "mapper"
    control.add_to(made)
    Start().add_to(made)
    return made


def page(made: folium.Map, *, title: str, language: str, tiles: str = "") -> str:
    """The HTML of a map made by ``shell``, with its policy: only the scripts that are in it now may run."""
    text = _VIEWPORT.sub("", made.get_root().render(), count=1)
    hashes = sorted({base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in _SCRIPT.findall(text)})
    allowed = " ".join(f"'sha256-{h}'" for h in hashes)
    # The one address that the page may ask for anything: that of the on-line map, when the settings name one.
    pictures = " " + re.sub(r"(https://[^/]+)/.*", r"\1", tiles).replace("{s}", "*") if tiles else ""
    policy = (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        f"img-src data: blob:{pictures}; font-src data:; connect-src 'none'; base-uri 'none'; form-action 'none'"
    )
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{html.escape(encodable(title))}</title>\n"
    )
    code = language if language in LANGUAGES else "en"
    way = "rtl" if code == "ar" else "ltr"
    text = re.sub(r"<html[^>]*>", f'<html lang="{code}" dir="{way}">', text, count=1)
    return text.replace("<head>", "<head>\n" + head, 1)

"""The page: a ``folium.Map`` with our script as its layers, everything inline, under a strict policy.

Event data travels as base64 of gzipped JSON in an inert tag and reaches the page by ``textContent`` alone: folium
and branca run template code that they find in data, so none is ever given to them.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import folium
from shapely.geometry import mapping

from mapper.language import direction
from mapper.model import Event, Run
from mapper.properties import properties

ASSETS = Path(__file__).parent / "assets"
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_LINKS = re.compile(r'\s*<script src="[^"]*"></script>|\s*<link rel="stylesheet" href="[^"]*"\s*/?>')


@cache
def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _packed(value: Any) -> str:
    """Base64 of gzipped JSON: letters, digits, ``+/=`` and nothing that a page could run."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode("utf-8", "replace"), 9, mtime=0)).decode()


def _row(event: Event) -> dict[str, Any]:
    """An event for the page: its properties, place, region, chain and claims with their marks."""
    row, where = properties(event), event.location
    row["claims"] = [
        {
            "report": c.report_id, "text": c.sentence, "source": c.source, "url": c.url, "language": c.language,
            "dir": direction(c.language), "published": c.published.isoformat() if c.published else None,
            "marks": [[max(0, a - c.start), b - c.start] for a, b in c.marks],
        }
        for c in event.claims
    ]  # fmt: skip
    row["notes"] = list(event.notes)
    row["parties"] = [[a.name, a.role] for a in event.actors]
    if where is not None:
        row |= {"lat": round(where.lat, 5), "lon": round(where.lon, 5), "chain": list(where.chain)}
        row["anchor"] = [round(v, 5) for v in where.anchor] if where.anchor else None
        row["rejected"] = [[c.place.name, c.place.country, round(c.score, 3)] for c in where.candidates]
        if where.region is not None:
            row["region"] = mapping(where.region.simplify(0.005))
    return row


def to_folium(run: Run) -> folium.Map:
    """The shell as a ``folium.Map`` without tiles: add your own layers to it before ``page`` is made."""
    shell = folium.Map(
        location=[25, 25], zoom_start=4, tiles=None, max_zoom=16, min_zoom=2, prefer_canvas=True, zoom_control=True
    )
    shell._id = "mapper"
    # Lists of the instance: those of the class are shared by every map of the process.
    shell.default_js, shell.default_css = [("leaflet", "leaflet.js")], [("leaflet_css", "leaflet.css")]
    return shell


def page(run: Run, *, title: str, language: str = "en") -> str:
    """The whole map as one HTML text that opens with no network.

    Args:
        run: Events, reports and failures.
        title: Shown as text, never as markup.
        language: Interface language: en, ar or fr.
    """
    figure = to_folium(run).get_root()
    figure._id = "figure"
    shell = _LINKS.sub("", figure.render())
    shell = re.sub(r'<meta name="viewport".*?/>', "", shell, flags=re.DOTALL)
    data = {
        "title": title,
        "language": language,
        "events": [_row(e) for e in run.events],
        "reports": len(run.reports),
        "unplaced": sum(r.location is None for _, r in run.places),
        "failures": [[f.stage, f.source, f.error] for f in run.failures[:500]],
    }
    head = f"<style>{_asset('leaflet.css')}\n{_asset('map.css')}</style><script>{_asset('leaflet.js')}</script>"
    inert = "".join(
        f'<script type="text/plain" id="{name}">{_packed(value)}</script>'
        for name, value in (
            ("data", data),
            ("base", json.loads(_asset("basemap.json"))),
            ("strings", json.loads(_asset("strings.json"))),
        )
    )
    shell = shell.replace("</head>", head + "</head>", 1)
    end = f"{_asset('body.html')}{inert}<script>{_asset('map.js')}</script></html>"
    shell = shell.rsplit("</html>", 1)[0] + end
    hashes = " ".join(
        "'sha256-" + base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() + "'"
        for s in _SCRIPT.findall(shell)
    )
    policy = f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"
    meta = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><title>Mapper</title>'
    )
    return shell.replace("<head>", "<head>" + meta, 1)

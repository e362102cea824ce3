"""A still map as SVG: land, borders, country names and the events, for print and for mail."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from html import escape

import shapely
from shapely.geometry.base import BaseGeometry

from mapper.exporters.signs import colour
from mapper.gazetteer import Gazetteer
from mapper.model import Event

WIDTH, HEIGHT = 720, 400
_MARGIN = 0.12  # of the span of the events, on each side
_LEAST = 2.0  # degrees that are always shown
_CELL = 5  # pixels: events of one type within are one mark, sized by their number
_SCALES_KM = (5, 10, 20, 50, 100, 200, 500, 1000, 2000)


class _View:
    """Degrees to pixels: equirectangular, true along the middle parallel."""

    def __init__(self, spots: Sequence[tuple[float, float]]) -> None:
        lats, lons = [s[0] for s in spots] or [-55, 75], [s[1] for s in spots] or [-170, 175]
        middle = (min(lats) + max(lats)) / 2
        self.squeeze = max(0.2, math.cos(math.radians(middle)))
        tall = max(_LEAST, (max(lats) - min(lats)) * (1 + 2 * _MARGIN))
        wide = max(_LEAST, (max(lons) - min(lons)) * (1 + 2 * _MARGIN))
        self.per_degree = min(HEIGHT / tall, WIDTH / (wide * self.squeeze))
        tall, wide = HEIGHT / self.per_degree, WIDTH / (self.per_degree * self.squeeze)
        self.west = (min(lons) + max(lons)) / 2 - wide / 2
        self.north = middle + tall / 2
        self.box = (max(-180, self.west), max(-90, self.north - tall), min(180, self.west + wide), min(90, self.north))

    def __call__(self, lat: float, lon: float) -> tuple[float, float]:
        return (lon - self.west) * self.squeeze * self.per_degree, (self.north - lat) * self.per_degree

    def bar(self) -> tuple[float, int]:
        """Pixels and kilometres of the scale bar: the longest round one within a fifth of the width."""
        per_km = self.per_degree / 111.2
        km = max((k for k in _SCALES_KM if k * per_km <= WIDTH / 5), default=_SCALES_KM[0])
        return km * per_km, km


def _path(shape: BaseGeometry, view: _View) -> str:
    parts = []
    for polygon in getattr(shape, "geoms", [shape]):
        if polygon.geom_type == "Polygon":
            for ring in (polygon.exterior, *polygon.interiors):
                points = (view(lat, lon) for lon, lat in ring.coords)
                parts.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z")
    return "".join(parts)


def _ground(view: _View, gazetteer: Gazetteer, language: str) -> Iterator[str]:
    """The countries that the view holds, then the names of those that have room for theirs."""
    labels = []
    for code in gazetteer.info_countries():
        country = gazetteer.country(code)
        area = gazetteer.area(country)
        if area is None or not area.intersects(shapely.box(*view.box)):
            continue
        # Less than half a pixel is not seen; what is cut may touch itself.
        simple = shapely.make_valid(area.simplify(0.5 / view.per_degree))
        inside = shapely.clip_by_rect(simple, *view.box)
        if inside.is_empty:
            continue
        yield f'<path class="land" d="{_path(inside, view)}"/>'
        largest = max(getattr(inside, "geoms", [inside]), key=lambda g: g.area)
        name = country.name_in(language)
        if math.sqrt(largest.area) * view.per_degree > 7 * len(name):
            x, y = view(largest.representative_point().y, largest.representative_point().x)
            labels.append(f'<text class="name" x="{x:.0f}" y="{y:.0f}">{escape(name)}</text>')
    yield from labels


def _marks(events: Iterable[Event], view: _View) -> Iterator[str]:
    cells: Counter[tuple[int, int, str]] = Counter()
    for event in events:
        if event.location:
            x, y = view(event.location.lat, event.location.lon)
            cells[round(x / _CELL), round(y / _CELL), event.event_type] += 1
    # The large ones first, so that the small ones lie on top.
    for (x, y, kind), number in sorted(cells.items(), key=lambda c: (-c[1], c[0])):
        size = min(22.0, 3.2 * math.sqrt(number))
        title = f"<title>{escape(kind)}: {number}</title>"
        yield f'<circle cx="{x * _CELL}" cy="{y * _CELL}" r="{size:.1f}" fill="{colour(kind)}">{title}</circle>'


def picture(events: Sequence[Event], gazetteer: Gazetteer, *, language: str, km: str) -> str:
    """The events on a map, as SVG that needs no network and no script.

    Args:
        events: Those without a place are not drawn.
        gazetteer: Gives the countries.
        language: For their names.
        km: The word for kilometres.
    """
    view = _View([(e.location.lat, e.location.lon) for e in events if e.location])
    pixels, length = view.bar()
    bar = f'<path class="bar" d="M12 {HEIGHT - 12}h{pixels:.1f}"/>'
    label = f'<text class="scale" x="12" y="{HEIGHT - 18}" direction="ltr">{length} {escape(km)}</text>'
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" xmlns="http://www.w3.org/2000/svg" direction="ltr">'
        f'<rect class="sea" width="{WIDTH}" height="{HEIGHT}"/>{"".join(_ground(view, gazetteer, language))}'
        f"{''.join(_marks(events, view))}{bar}{label}</svg>"
    )

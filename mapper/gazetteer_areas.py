"""Polygons and positions: which unit holds a point, which places are nearest, what land is."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from mapper.gazetteer_table import Table
from mapper.model import Place

if TYPE_CHECKING:
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry
    from shapely.strtree import STRtree

EARTH_M = 6_371_008.8
# Countries, first-order and second-order units, by what their feature codes begin with.
_COUNTRIES = "PCL"
_LEVELS = (_COUNTRIES, "ADM1", "ADM2")


def metres_between(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance in metres: enough to compare neighbours, not to measure."""
    p = math.pi / 180
    h = math.sin((lat2 - lat1) * p / 2) ** 2
    h += math.cos(lat1 * p) * math.cos(lat2 * p) * math.sin((lon2 - lon1) * p / 2) ** 2
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(h)))


class Areas:
    """The polygons of all tables and of hand-written places.

    ``starts`` is the number that the first row of each table has among all rows; ``shapes`` maps the ids of
    hand-written places to WKT.
    """

    def __init__(
        self,
        tables: Sequence[Table],
        starts: Sequence[int],
        place: Callable[[int], Place],
        country_rows: Mapping[str, int],
        shapes: Mapping[str, str],
    ) -> None:
        self._tables, self._starts, self._place = tables, starts, place
        self._country_rows, self._shapes = country_rows, shapes

    def of(self, place: Place) -> BaseGeometry | None:
        """The polygon (or line) of a place, where one is known."""
        if place.id in self._shapes:
            return self._written(self._shapes[place.id])
        if place.feature_code.startswith("PCL") and place.country and place.country in self._country_rows:
            place = self._place(self._country_rows[place.country])
        # A unit may have rows in several files; any of them may be the one with the polygon.
        rows = ((table, row) for table in self._tables for row in table.area_rows_of(place.id))
        return next((table.geometry(table.area_number(row)) for table, row in rows), None)

    @lru_cache(maxsize=512)  # noqa: B019 - a gazetteer lives as long as the run
    def _written(self, wkt: str) -> BaseGeometry:
        import shapely

        return shapely.from_wkt(wkt)

    def land(self, west: float, south: float, east: float, north: float) -> BaseGeometry:
        """See ``Gazetteer.land``."""
        import shapely

        return shapely.union_all(self.grounds(west, south, east, north))

    def grounds(self, west: float, south: float, east: float, north: float) -> Sequence[BaseGeometry]:
        """See ``Gazetteer.grounds``."""
        import shapely

        tree = self._ground
        inside = tree.geometries[tree.query(shapely.box(west, south, east, north))]
        cut = shapely.clip_by_rect(inside, west, south, east, north)
        sound = shapely.is_valid(cut)
        if not sound.all():
            cut[~sound] = shapely.make_valid(cut[~sound])
        return list(cut)

    @cached_property
    def _ground(self) -> STRtree:
        """The islands and mainlands of all countries one by one: cutting a rectangle from them needs but a few."""
        import shapely
        from shapely.strtree import STRtree

        return STRtree(shapely.get_parts(self._tree(_COUNTRIES)[0].geometries))

    @lru_cache(maxsize=len(_LEVELS))  # noqa: B019
    def _tree(self, prefix: str) -> tuple[STRtree, list[int]]:
        """The polygons, with their rows, of one of the ``_LEVELS`` of the gazetteer that ships."""
        from shapely.strtree import STRtree

        shapes, rows = [], []
        for table, start in zip(self._tables, self._starts, strict=True):
            if "country_rows" in table.header:
                own = table.rows_with_area(prefix).tolist()
                shapes += [table.geometry(table.area_number(r)) for r in own]
                rows += [start + r for r in own]
        return STRtree(shapes), rows

    def containing(self, lat: float, lon: float) -> tuple[str | None, str | None, str | None]:
        """See ``Gazetteer.containing``."""
        return self.containing_many([lat], [lon])[0]

    def containing_many(
        self, lats: Sequence[float], lons: Sequence[float]
    ) -> list[tuple[str | None, str | None, str | None]]:
        """(ISO code, first-order unit, second-order unit) of each position; a unit lies in the country found."""
        import shapely

        points = shapely.points(lons, lats)
        found: list[list[Place | None]] = [[None, None, None] for _ in lats]
        for level, (tree, rows) in enumerate(map(self._tree, _LEVELS)):
            for point, shape in zip(*tree.query(points, predicate="intersects"), strict=True):
                place, kept = self._place(rows[shape]), found[point]
                # Borders of several sources overlap: the smaller unit, of the country that was found.
                known = kept[level]
                if level and kept[0] is not None and place.country != kept[0].country:
                    continue
                if known is None or (level and place.radius_m < known.radius_m):
                    kept[level] = place
        return [(a.country if a else None, b.name if b else None, c.name if c else None) for a, b, c in found]

    @lru_cache(maxsize=8)  # noqa: B019
    def _points(self, letter: str) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
        import numpy as np

        rows, lats, lons = [], [], []
        for table, start in zip(self._tables, self._starts, strict=True):
            own = table.rows_of_class(letter)
            rows.append(own + start)
            lats.append(table.records["lat"][own] / 1e6)
            lons.append(table.records["lon"][own] / 1e6)
        return np.concatenate(rows), np.concatenate(lats), np.concatenate(lons)

    @cached_property
    def settlements(self) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
        """See ``Gazetteer.settlements``; a place with rows in several files counts once."""
        import numpy as np

        towns = [(t.records, t.rows_of_class("P")) for t in self._tables]
        columns = ([records[name][own] for records, own in towns] for name in ("lat", "lon", "population"))
        lats, lons, people = map(np.concatenate, columns)
        # One whole number a spot, south to north and then west to east: sorting such is quickest by far.
        filed = ((lats.astype(np.int64) + 90_000_000) << 29) + (lons.astype(np.int64) + 180_000_000)
        order = np.argsort(filed)
        filed = filed[order]
        starts = np.flatnonzero(np.concatenate(([len(filed) > 0], filed[1:] != filed[:-1])))
        # Of places of one spot the first counts.
        order = np.minimum.reduceat(order, starts) if len(starts) else order
        return lats[order] / 1e6, lons[order] / 1e6, people[order].astype(np.float64)

    def nearest(self, lat: float, lon: float, limit: int, letter: str) -> list[tuple[Place, float]]:
        """See ``Gazetteer.nearest``."""
        import numpy as np

        rows, lats, lons = self._points(letter)
        # Longitudes are a circle: 179.9 E and 179.9 W are neighbours.
        east = (lons - lon + 180) % 360 - 180
        near = np.hypot(lats - lat, east * math.cos(math.radians(lat)))
        # A place may have a row in several files.
        most = len(self._tables) * limit
        best = np.argsort(near) if most >= len(near) else np.argpartition(near, most)[:most]
        found = sorted((metres_between(lat, lon, lats[i], lons[i]), int(rows[i])) for i in best)
        by_id: dict[str, tuple[Place, float]] = {}
        for metres, row in found:
            place = self._place(row)
            by_id.setdefault(place.id, (place, metres))
        return list(by_id.values())[:limit]

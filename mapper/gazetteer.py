"""The place table: one memory-mapped file, opened in milliseconds, verified, looked up by name.

``data/gazetteer/places.bin`` holds a JSON header and flat arrays; ``supplement/*.tsv`` beside it holds
hand-written places, read when opening and ranked first. Names are found by the 8-byte BLAKE2b hash of
their normalised form, so nothing is parsed at start.
"""

from __future__ import annotations

import bisect
import hashlib
import json
import math
import mmap
import zlib
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import shapely
from rapidfuzz import fuzz, process
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from shapely.strtree import STRtree

from mapper.errors import GazetteerError
from mapper.gazetteer_supplement import Addition, read_additions
from mapper.model import Place
from mapper.text import normalise, skeleton, skeletons

MAGIC = b"MAPGAZ1\n"
EARTH_M = 6_371_008.8
_SEATS = {"PPLC": 3.0, "PPLA": 1.5, "PPLA2": 0.8, "PPLA3": 0.5, "PPLA4": 0.3}
_CLASS_BONUS = {"P": 0.6, "A": 0.5, "L": 0.4, "S": 0.0, "T": 0.0, "H": 0.2, "R": 0.0}
SAME_PLACE_M = 15_000.0
_MOST_SIMILAR = 30


def _is_arabic(key: str) -> bool:
    return any("\u0600" <= c <= "\u06ff" for c in key)


def key_hash(key: str) -> int:
    """The 64-bit hash under which a normalised name is filed."""
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=8).digest(), "little")


def metres_between(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance in metres: enough to compare neighbours, not to measure."""
    p = math.pi / 180
    h = math.sin((lat2 - lat1) * p / 2) ** 2
    h += math.cos(lat1 * p) * math.cos(lat2 * p) * math.sin((lon2 - lon1) * p / 2) ** 2
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(h)))


def _default_folder() -> Path:
    """The gazetteer of the working tree, else the copy inside the installed package."""
    here = Path(__file__).parent
    tree = here.parent / "data" / "gazetteer"
    return tree if (tree / "places.bin").is_file() else here / "_gazetteer"


class Gazetteer:
    """The local gazetteer. Make one with ``Gazetteer.open()``."""

    def __init__(self, folder: Path, raw: mmap.mmap, header: dict[str, Any], additions: Sequence[Addition]) -> None:
        self._folder, self._raw, self._header = folder, raw, header
        self._additions = list(additions)
        self._view = memoryview(raw)
        self._keys = self._memory("keys", "Q")
        self._rows_at = self._memory("rows_at", "I")
        self._key_rows = self._memory("key_rows", "I")
        self._first = self._memory("first", "Q")
        self._first_max = self._memory("first_max", "B")
        self._flags = self._memory("flags", "B")
        self._prominence = self._memory("prominence", "B")
        self._count = int(header["rows"])
        self._own_keys: dict[str, list[int]] = {}
        self._own_first: dict[str, int] = {}
        for number, addition in enumerate(self._additions):
            for key in addition.keys:
                self._own_keys.setdefault(key, []).append(self._count + number)
                first, _, rest = key.partition(" ")
                self._own_first[first] = max(self._own_first.get(first, 0), 1 + (rest.count(" ") + 1 if rest else 0))

    # ---- opening
    @classmethod
    def open(cls, path: Path | None = None, additions: Path | None = None) -> Gazetteer:
        """Open the gazetteer in ``path`` (default: the one that ships) with the user's ``additions``.

        Raises:
            GazetteerError: It is missing, damaged or of another version.
        """
        folder = path or _default_folder()
        file = folder / "places.bin"
        remedy = "Install Mapper anew, or build it with `python -m mapper.sources`."
        try:
            with file.open("rb") as handle:
                raw = mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise GazetteerError(f"The gazetteer {file} cannot be opened: {error}.", remedy=remedy) from error
        try:
            if raw[: len(MAGIC)] != MAGIC:
                raise ValueError("it is not a gazetteer of this version")
            size = int.from_bytes(raw[8:12], "little")
            text = raw[44 : 44 + size]
            if hashlib.sha256(text).digest() != raw[12:44]:
                raise ValueError("its header is damaged")
            header: dict[str, Any] = json.loads(text)
            if header["size"] != len(raw):
                raise ValueError(f"it has {len(raw):,} bytes instead of {header['size']:,}")
        except (ValueError, KeyError, IndexError) as error:
            raise GazetteerError(f"The gazetteer {file} is damaged: {error}.", remedy=remedy) from error
        extra = read_additions(sorted((folder / "supplement").glob("*.tsv")))
        if additions is not None:
            extra = read_additions([additions]) + extra
        return cls(folder, raw, header, extra)

    def verify(self) -> None:
        """Check every byte against the checksum in the header.

        Raises:
            GazetteerError: A byte differs.
        """
        begin = self._header["start"]
        if hashlib.sha256(self._view[begin:]).hexdigest() != self._header["sha256"]:
            raise GazetteerError(
                f"The gazetteer {self._folder / 'places.bin'} is damaged: its checksum differs.",
                remedy="Install Mapper anew, or build it with `python -m mapper.sources`.",
            )

    def info(self) -> dict[str, Any]:
        """Sources, sizes and licences."""
        return {
            "folder": self._folder.name,
            "places": self._count,
            "supplement": len(self._additions),
            "names": len(self._keys),
            "areas": int(self._header["areas"]),
            "bytes": len(self._raw),
            "sources": self._header["sources"],
            "licences": "SOURCES.md",
        }

    def _memory(self, name: str, kind: Literal["B", "H", "I", "Q", "i"]) -> memoryview[int]:
        at, length = self._header["arrays"][name]
        return self._view[at : at + length].cast(kind)

    def _array(self, name: str, kind: str) -> npt.NDArray[Any]:
        at, length = self._header["arrays"][name]
        return np.frombuffer(self._view[at : at + length], dtype=kind)

    @cached_property
    def _lat(self) -> memoryview[int]:
        return self._memory("lat", "i")

    @cached_property
    def _lon(self) -> memoryview[int]:
        return self._memory("lon", "i")

    @cached_property
    def _columns(self) -> dict[str, memoryview[int]]:
        kinds: dict[str, Literal["B", "H", "I", "Q", "i"]] = {
            "population": "I",
            "country": "H",
            "admin1": "H",
            "admin2": "I",
            "code": "H",
            "source": "B",
            "radius": "I",
            "text_at": "I",
            "area": "i",
        }
        return {name: self._memory(name, kind) for name, kind in kinds.items()}

    @cached_property
    def _tables(self) -> dict[str, list[str]]:
        at, length = self._header["arrays"]["tables"]
        tables: dict[str, list[str]] = json.loads(zlib.decompress(self._view[at : at + length]))
        return tables

    # ---- rows
    @lru_cache(maxsize=60_000)  # noqa: B019 - a gazetteer lives as long as the run
    def _place(self, row: int) -> Place:
        if row >= self._count:
            return self._additions[row - self._count].place
        c, tables = self._columns, self._tables
        at, end = c["text_at"][row], c["text_at"][row + 1]
        start = self._header["arrays"]["text"][0]
        identifier, name, arabic, french = bytes(self._view[start + at : start + end]).decode("utf-8").split("\t")
        code = tables["code"][c["code"][row]]
        names = tuple((k, v) for k, v in (("ar", arabic), ("fr", french)) if v)
        return Place(
            identifier,
            name,
            self._lat[row] / 1e6,
            self._lon[row] / 1e6,
            tables["country"][c["country"][row]] or None,
            tables["admin1"][c["admin1"][row]] or None,
            tables["admin2"][c["admin2"][row]] or None,
            code[0],
            code[2:],
            c["population"][row],
            float(c["radius"][row]),
            tables["source"][c["source"][row]],
            names,
        )

    def _rows(self, key: str) -> list[int]:
        own = self._own_keys.get(key, [])
        wanted = key_hash(key)
        i = bisect.bisect_left(self._keys, wanted)
        if i < len(self._keys) and self._keys[i] == wanted:
            return own + self._key_rows[self._rows_at[i] : self._rows_at[i + 1]].tolist()
        return own

    def _key_index(self, key: str) -> int:
        wanted = key_hash(key)
        i = bisect.bisect_left(self._keys, wanted)
        return i if i < len(self._keys) and self._keys[i] == wanted else -1

    # ---- names in running text
    @lru_cache(maxsize=200_000)  # noqa: B019
    def known(self, key: str) -> bool:
        """Whether a normalised name is in the gazetteer."""
        return bool(key) and (key in self._own_keys or self._key_index(key) >= 0)

    @lru_cache(maxsize=200_000)  # noqa: B019
    def _longest(self, first: str) -> int:
        own = self._own_first.get(first, 0)
        wanted = key_hash(first)
        i = bisect.bisect_left(self._first, wanted)
        return max(own, self._first_max[i]) if i < len(self._first) and self._first[i] == wanted else own

    def matches(self, keys: Sequence[str], i: int) -> list[int]:
        """All numbers of tokens n such that ``keys[i:i+n]`` is a known name, longest first.

        Empty keys (signs) stand for nothing: they may lie inside a name but not begin or end it.
        """
        if not keys[i]:
            return []
        longest = self._longest(keys[i].split(" ")[0])
        found: list[int] = []
        name, words = "", 0
        for n in range(1, min(len(keys) - i, longest + 3) + 1):
            part = keys[i + n - 1]
            if not part:
                continue
            name = f"{name} {part}" if name else part
            words += part.count(" ") + 1
            if words > longest:
                break
            if self.known(name):
                found.append(n)
        return found[::-1]

    def match(self, keys: Sequence[str], i: int) -> int:
        """The longest of ``matches``, 0 when there is none."""
        return next(iter(self.matches(keys, i)), 0)

    def ambiguity(self, key: str) -> str:
        """S safe, A also a common word or a person's name, B only behind a place noun, "" unknown."""
        if key in self._own_keys and self._key_index(key) < 0:
            return "S"
        i = self._key_index(key)
        if i < 0:
            return ""
        return "SAB"[self._flags[i]]

    def prominence(self, key: str) -> float:
        """About log10 of the population of the best place of that name; 0 when unknown."""
        i = self._key_index(key)
        value = self._prominence[i] / 20 if i >= 0 else 0.0
        return max(value, 4.5) if key in self._own_keys else value

    # ---- look-up
    def rank(self, place: Place) -> float:
        """Prominence of a place without context: population, seat, class and trust in its source."""
        score = math.log10(place.population + 10) + _SEATS.get(place.feature_code, 0.0)
        score += _CLASS_BONUS.get(place.feature_class, 0.0)
        if place.feature_code.startswith("PCL"):
            score += 4.0
        elif place.feature_code == "ADM1":
            score += 3.0
        elif place.feature_code == "ADM2":
            score = 3.0
        if place.source == "supplement":
            score += 5.0
        return score

    @lru_cache(maxsize=50_000)  # noqa: B019
    def _looked_up(self, key: str, country: str | None) -> tuple[Place, ...]:
        places = [self._place(r) for r in self._rows(key)]
        if country is not None:
            places = [p for p in places if p.country == country]
        # A place that goes by this name comes before a greater one that once was spelt so.
        own = {p.id for p in places if key in map(normalise, (p.name, *(n for _, n in p.names)))}
        ranked = sorted(places, key=lambda p: (-self.rank(p) - (p.id in own), p.id))
        kept: list[Place] = []
        for place in ranked:
            for other in kept:
                same_class = (place.feature_class == "A") == (other.feature_class == "A")
                same = same_class and place.country == other.country
                if place.feature_class == "A" and place.feature_code != other.feature_code:
                    same = False
                if same and metres_between(place.lat, place.lon, other.lat, other.lon) < SAME_PLACE_M:
                    break
            else:
                kept.append(place)
        return tuple(kept)

    def lookup(self, name: str, *, country: str | None = None, limit: int = 30) -> tuple[Place, ...]:
        """The places of a name, most prominent first, near-duplicates of one place joined.

        Args:
            name: Any spelling; it is normalised.
            country: ISO 3166 code to look in; None for the world.
            limit: Most places to return.
        """
        return self._looked_up(normalise(name), country)[:limit]

    @lru_cache(maxsize=64)  # noqa: B019
    def _country_names(self, country: str) -> list[tuple[str, int]]:
        """(normalised name, row) of all names in one country."""
        blocks: dict[str, list[int]] = self._header["country_names"]
        out: list[tuple[str, int]] = []
        if country in blocks:
            at, length = blocks[country]
            for line in zlib.decompress(self._view[at : at + length]).decode("utf-8").split("\n"):
                row, _, names = line.partition("\t")
                out += [(name, int(row)) for name in names.split("\t")]
        for number, addition in enumerate(self._additions):
            if addition.place.country == country:
                out += [(key, self._count + number) for key in addition.keys]
        return out

    def names_in(self, country: str) -> list[tuple[str, Place]]:
        """(normalised name, place) of all names of one country; a place comes once for each of its names."""
        return [(name, self._place(row)) for name, row in self._country_names(country) if name]

    @lru_cache(maxsize=64)  # noqa: B019
    def _skeletons(self, country: str) -> dict[str, list[int]]:
        out: dict[str, list[int]] = {}
        for bones, (_, row) in zip(self._bones(country), self._country_names(country), strict=True):
            out.setdefault(bones, []).append(row)
        return out

    @lru_cache(maxsize=64)  # noqa: B019
    def _bones(self, country: str) -> list[str]:
        """The skeleton of each of a country's names."""
        return skeletons([name for name, _ in self._country_names(country)])

    def similar(self, name: str, country: str, limit: int = 5) -> list[tuple[Place, float, str]]:
        """Places of one country whose names are near: consonants shared, then spelling.

        Returns:
            (place, score 0..1, reason in words), best first. Never certain: 0.75 at most.
        """
        return list(self._similar(normalise(name), country)[:limit])

    @lru_cache(maxsize=20_000)  # noqa: B019
    def _similar(self, key: str, country: str) -> tuple[tuple[Place, float, str], ...]:
        bones = skeleton(key)
        found: dict[int, tuple[float, str]] = {}
        if len(bones) >= 3:
            for row in self._skeletons(country).get(bones, []):
                found[row] = (0.75 if len(bones) >= 4 else 0.5, f"same consonants as {self._place(row).name}")
        names, rows = self._by_sound(country).get((_is_arabic(key[:4]), bones[:1]), ([], []))
        for other, ratio, i in process.extract(key, names, scorer=fuzz.ratio, score_cutoff=84, limit=None):
            if ratio / 125 > found.get(rows[i], (0.0, ""))[0]:
                found[rows[i]] = (ratio / 125, f"spelt like {other} ({ratio:.0f} of 100)")
        ranked = sorted(
            ((self._place(r), s, why) for r, (s, why) in found.items()),
            key=lambda x: (-x[1], -self.rank(x[0]), x[0].id),
        )
        out: list[tuple[Place, float, str]] = []
        for place, score, why in ranked:
            if not any(metres_between(place.lat, place.lon, p.lat, p.lon) < SAME_PLACE_M for p, _, _ in out):
                out.append((place, score, why))
            if len(out) == _MOST_SIMILAR:
                break
        return tuple(out)

    @lru_cache(maxsize=64)  # noqa: B019
    def _by_sound(self, country: str) -> dict[tuple[bool, str], tuple[list[str], list[int]]]:
        """The names of a country and their rows by script and first consonant: spellings of one name share both."""
        out: dict[tuple[bool, str], tuple[list[str], list[int]]] = {}
        for bones, (name, row) in zip(self._bones(country), self._country_names(country), strict=True):
            names, rows = out.setdefault((_is_arabic(name[:4]), bones[:1]), ([], []))
            names.append(name)
            rows.append(row)
        return out

    # ---- countries and areas
    @lru_cache(maxsize=4096)  # noqa: B019
    def country_code(self, name: str) -> str | None:
        """ISO 3166 alpha-2 of a country's code, name, short name or demonym in a language that we read."""
        text = str(name).strip()
        upper = text.upper()
        if upper in self._country_rows:
            return upper
        code = self._tables_by_name.get(normalise(text))
        if code is None and text.endswith(")") and "(" in text:
            return self.country_code(text[: text.index("(")]) or self.country_code(text[text.index("(") + 1 : -1])
        return code

    def demonym(self, word: str) -> str | None:
        """The country that a word such as "Libyan" or "الليبية" speaks of."""
        return self._tables_by_name.get(normalise(word))

    @cached_property
    def _tables_by_name(self) -> dict[str, str]:
        names: dict[str, str] = self._tables["country_names"]  # type: ignore[assignment]
        return names

    @cached_property
    def _country_rows(self) -> dict[str, int]:
        rows: dict[str, int] = self._header["country_rows"]
        return rows

    def country(self, code: str) -> Place:
        """The country as a place.

        Raises:
            KeyError: No such code.
        """
        return self._place(self._country_rows[code])

    def info_countries(self) -> tuple[str, ...]:
        """The codes of all countries."""
        return tuple(self._country_rows)

    def large_places(self, population: int) -> list[Place]:
        """Towns with at least that many people, largest first."""
        rows = np.nonzero(self._array("population", "u4") >= population)[0]
        places = [self._place(int(r)) for r in rows]
        return sorted((p for p in places if p.feature_class == "P"), key=lambda p: (-p.population, p.id))

    @lru_cache(maxsize=512)  # noqa: B019
    def _geometry(self, number: int) -> BaseGeometry:
        ats = self._memory("area_at", "I")
        start = self._header["arrays"]["area_data"][0]
        return shapely.from_wkb(zlib.decompress(self._view[start + ats[number] : start + ats[number + 1]]))

    @cached_property
    def _area_of(self) -> dict[str, int]:
        """Gazetteer id → number of its polygon."""
        area = self._array("area", "i4")
        return {self._place(int(r)).id: int(area[r]) for r in np.nonzero(area >= 0)[0]}

    @cached_property
    def _shape_of_addition(self) -> dict[str, BaseGeometry]:
        return {a.place.id: a.shape for a in self._additions if a.shape is not None}

    def area(self, place: Place) -> BaseGeometry | None:
        """The polygon (or line) of a place, where one is known."""
        if place.id in self._shape_of_addition:
            return self._shape_of_addition[place.id]
        if place.feature_code.startswith("PCL") and place.country in self._country_rows:
            number = self._columns["area"][self._country_rows[place.country]]
            return self._geometry(number) if number >= 0 else None
        if place.feature_class != "A":
            return None
        found = self._area_of.get(place.id)
        return None if found is None else self._geometry(found)

    def land(self, west: float, south: float, east: float, north: float) -> BaseGeometry:
        """The land of all countries within a rectangle of degrees."""
        tree, _, shapes = self._trees[0]
        inside = [shapes[int(i)] for i in tree.query(shapely.box(west, south, east, north))]
        cut = shapely.clip_by_rect(np.array(inside, dtype=object), west, south, east, north)
        return shapely.union_all(shapely.make_valid(cut))

    def _area_rows(self, prefix: str) -> dict[int, int]:
        """Number of each polygon of a level → its row."""
        area = self._array("area", "i4")
        codes = self._tables["code"]
        wanted = np.array([i for i, c in enumerate(codes) if c[2:].startswith(prefix)])
        rows = np.nonzero((area >= 0) & np.isin(self._array("code", "u2"), wanted))[0]
        return {int(area[r]): int(r) for r in rows}

    @cached_property
    def _trees(self) -> list[tuple[STRtree, list[int], list[BaseGeometry]]]:
        """A tree of polygons for countries, first-order and second-order units."""
        out = []
        for prefix in ("PCL", "ADM1", "ADM2"):
            numbers = self._area_rows(prefix)
            shapes = [self._geometry(n) for n in numbers]
            out.append((STRtree(shapes), list(numbers.values()), shapes))
        return out

    def containing(self, lat: float, lon: float) -> tuple[str | None, str | None, str | None]:
        """(ISO code, first-order unit, second-order unit) of a position; None where there is none."""
        point = Point(lon, lat)
        names: list[str | None] = []
        for tree, rows, _ in self._trees:
            hits = tree.query(point, predicate="intersects")
            place = self._place(rows[int(hits[0])]) if len(hits) else None
            names.append(None if place is None else place.country if not names else place.name)
        return names[0], names[1], names[2]

    def admin1_place(self, country: str, name: str) -> Place | None:
        """The first-order unit of that name in a country, if there is one."""
        for place in self.lookup(name, country=country):
            if place.feature_code == "ADM1":
                return place
        return None

    @cached_property
    def _classes(self) -> dict[str, npt.NDArray[Any]]:
        codes = self._array("code", "u2")
        wanted: dict[str, list[int]] = {}
        for i, code in enumerate(self._tables["code"]):
            wanted.setdefault(code[0], []).append(i)
        return {letter: np.nonzero(np.isin(codes, numbers))[0] for letter, numbers in wanted.items()}

    @lru_cache(maxsize=8)  # noqa: B019
    def _points(self, letter: str) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
        rows = self._classes.get(letter, np.zeros(0, np.int64))
        return rows, self._array("lat", "i4")[rows] / 1e6, self._array("lon", "i4")[rows] / 1e6

    @cached_property
    def settlements(self) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
        """Latitudes in rising order, longitudes and people (0: unknown) of all populated places."""
        rows, lats, lons = self._points("P")
        order = np.argsort(lats, kind="stable")
        return lats[order], lons[order], self._array("population", "u4")[rows][order].astype(np.float64)

    def nearest(self, lat: float, lon: float, limit: int = 5, feature_class: str = "P") -> list[tuple[Place, float]]:
        """The nearest places of a feature class with their distances in metres, the nearest first."""
        rows, lats, lons = self._points(feature_class)
        # Longitudes are a circle: 179.9 E and 179.9 W are neighbours.
        east = (lons - lon + 180) % 360 - 180
        near = np.hypot(lats - lat, east * math.cos(math.radians(lat)))
        best = np.argsort(near) if limit >= len(near) else np.argpartition(near, limit)[:limit]
        found = [(self._place(int(rows[i])), metres_between(lat, lon, lats[i], lons[i])) for i in best]
        return sorted(found, key=lambda x: x[1])


def pack(arrays: Iterable[tuple[str, bytes]], header: dict[str, Any]) -> bytes:
    """The bytes of a gazetteer file: magic, length and digest of the header, the header, the arrays."""
    body, places = bytearray(), {}
    for name, data in arrays:
        body += b"\0" * (-len(body) % 8)
        places[name] = [len(body), len(data)]
        body += data
    header = header | {"sha256": hashlib.sha256(body).hexdigest()}
    start = 0
    while True:
        content = header | {
            "start": start,
            "size": start + len(body),
            "arrays": {k: [v[0] + start, v[1]] for k, v in places.items()},
            "country_names": {k: [v[0] + start + places["names"][0], v[1]] for k, v in header["country_names"].items()},
        }
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        needed = 44 + len(text) + (-(44 + len(text)) % 8)
        if needed == start:
            break
        start = needed
    padding = b"\0" * (start - 44 - len(text))
    return MAGIC + len(text).to_bytes(4, "little") + hashlib.sha256(text).digest() + text + padding + bytes(body)

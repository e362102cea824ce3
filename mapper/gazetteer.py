"""The gazetteer: the files of places that ship, those a user added and hand-written places, looked up as one.

``data/gazetteer/*.bin`` are compiled (``gazetteer_table``); ``supplement/*.tsv`` beside them holds hand-written
places, read when opening and ranked first. A user's folder holds files of the same two forms.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mapper.errors import GazetteerError
from mapper.gazetteer_areas import EARTH_M, Areas, metres_between
from mapper.gazetteer_mends import NONE, Mends, read_mends
from mapper.gazetteer_names import Spellings
from mapper.gazetteer_rank import OWN_NAME, rank, reasons
from mapper.gazetteer_rows import Rows, names_of
from mapper.gazetteer_supplement import Addition, read_additions
from mapper.gazetteer_table import Table, key_hash
from mapper.gazetteer_words import read_words
from mapper.model import Place
from mapper.remembered import Remembered
from mapper.text import BESIDE, normalise, word_key

if TYPE_CHECKING:
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

__all__ = ["EARTH_M", "Gazetteer", "key_hash", "metres_between"]

_LEVELS = ("PCL", "ADM1", "ADM2", "ADM3")
# What the name of a hand-written place is worth at least.
_OWN_PROMINENCE = 4.5
_SHIPS = "Install Mapper anew, or build it with `python -m mapper.sources`."
_REMOVE = "Remove the file; then add the list again (`mapper gazetteer add`), or build it again (`… build`)."


class _Longest(NamedTuple):
    """Words of the longest name that begins with a word: in all files and among hand-written places, in each file.

    ``key`` is the hash under which the word is filed.
    """

    most: int
    each: tuple[int, ...]
    key: int


_NONE = _Longest(0, (), 0)


def _default_folder() -> Path:
    """The gazetteer of the working tree, else the copy inside the installed package."""
    here = Path(__file__).parent
    tree = here.parent / "data" / "gazetteer"
    return tree if (tree / "places.bin").is_file() else here / "_gazetteer"


class Gazetteer:
    """The local gazetteer. Make one with ``Gazetteer.open()``.

    The places of a name are told by ``gazetteer_rows``, those that are spelt nearly so by ``gazetteer_names``, outlines
    and what lies in them by ``gazetteer_areas``.
    """

    def __init__(
        self, folder: Path, tables: Sequence[Table], additions: Sequence[Addition], mends: Mends = NONE
    ) -> None:
        self._mends = mends
        self._folder, self._tables, self._additions = folder, list(tables), list(additions)
        self._rows = Rows(folder, self._tables, self._additions, mends)
        self._files, self._place = self._rows.files, self._rows.place
        self._name = Remembered(self._told_of, 200_000)
        self._longest = Remembered(self._words_behind, 200_000)
        # Words as written, signs included → the bare word and the country that it speaks of (see ``demonym``).
        self.peoples = Remembered(self._people)

    @cached_property
    def _own_first(self) -> dict[str, int]:
        """Words of the longest name outside the files that begins with each word."""
        longest: dict[str, int] = {}
        for key in (*self._rows.own, *self._mends.names):
            first, words = key.partition(" ")[0], key.count(" ") + 1
            if words > longest.get(first, 0):
                longest[first] = words
        return longest

    # ---- opening
    @classmethod
    def open(cls, path: Path | None = None, additions: Path | None = None) -> Gazetteer:
        """Open the gazetteer in ``path`` (default: the one that ships) with those in the user's folder ``additions``.

        Raises:
            GazetteerError: One is missing, damaged or of another version.
        """
        folder = path or _default_folder()
        chief = folder / "places.bin"
        own = sorted(additions.glob("*.bin")) if additions is not None else []
        tables = [Table.open(chief, _SHIPS)]
        tables += [Table.open(f, _SHIPS) for f in sorted(folder.glob("*.bin")) if f != chief]
        tables += [Table.open(f, _REMOVE) for f in own]
        written = sorted(additions.glob("*.tsv")) if additions is not None else []
        own_places = read_additions([*written, *sorted((folder / "supplement").glob("*.tsv"))])
        return cls(folder, tables, own_places, read_mends(folder))

    def words(self) -> dict[int, str]:
        """Hash of a normalised word → A, B or X: words that a village's name should not be read from.

        Raises:
            GazetteerError: The list is missing or damaged.
        """
        return read_words(self._folder / "words.dat")

    def verify(self) -> None:
        """Check every byte against the checksums in the headers.

        Raises:
            GazetteerError: A byte differs.
        """
        for table in self._tables:
            if not table.whole():
                remedy = _SHIPS if table.file.parent == self._folder else _REMOVE
                raise GazetteerError(f"The gazetteer {table.file} is damaged: its checksum differs.", remedy=remedy)

    def info(self) -> dict[str, Any]:
        """Sources, sizes, licences, and the number of places by country."""
        import numpy as np

        countries: dict[str, int] = {}
        sources: dict[str, int] = {}
        licences: dict[str, str] = {}
        outlines = {level: sum(len(t.rows_with_area(level)) for t in self._tables) for level in _LEVELS}
        for table in self._tables:
            counts = np.bincount(table.records["country"], minlength=len(table.tables["country"]))
            for code, n in zip(table.tables["country"], counts.tolist(), strict=True):
                countries[code] = countries.get(code, 0) + n
            for source, n in table.header["sources"].items():
                sources[source] = sources.get(source, 0) + n
            licences |= table.header.get("licences", {})
        if any(a.place.source == "supplement" for a in self._additions):
            licences["supplement"] = "hand-written facts, MIT, as the project"
        for addition in self._additions:
            country, source = addition.country or "", addition.place.source
            countries[country] = countries.get(country, 0) + 1
            sources[source] = sources.get(source, 0) + 1
        return {
            "places": self._rows.count,
            "supplement": len(self._additions),
            "names": sum(t.names for t in self._tables),
            "areas": sum(int(t.header["areas"]) for t in self._tables),
            "outlines": outlines,
            "borders": self._tables[0].header.get("borders", {}),
            "bytes": sum(int(t.header["size"]) for t in self._tables),
            "files": {t.file.name: {"places": len(t), "sha256": t.header["sha256"]} for t in self._tables},
            "sources": sources,
            "licences": licences,
            "countries": dict(sorted(((k or "none", n) for k, n in countries.items() if n), key=lambda x: -x[1])),
        }

    # ---- names in running text
    def _told_of(self, key: str) -> tuple[str, float]:
        """Ambiguity and prominence of a normalised name, as the methods of these names tell them."""
        level, prominence = "", 0.0
        words, first = key.count(" ") + 1, self._longest[key.partition(" ")[0]] if key else _NONE
        if words <= first.most:
            wanted = first.key if words == 1 else key_hash(key)
            for table, longest in zip(self._tables, first.each, strict=True):
                if words <= longest and (found := table.name(wanted)) is not None:
                    level, prominence = level or found[0], max(prominence, found[1])
            if key in self._rows.own:
                level, prominence = level or "S", max(prominence, _OWN_PROMINENCE)
            if key in self._mends.names:
                level, prominence = level or "S", max(prominence, self._name[self._mends.names[key].key][1])
        return level, prominence

    def known(self, key: str) -> bool:
        """Whether a normalised name is in the gazetteer."""
        return self._name[key][0] != ""

    def _words_behind(self, first: str) -> _Longest:
        wanted = key_hash(first)
        each = tuple([t.longest(wanted) for t in self._tables])
        return _Longest(max(self._own_first.get(first, 0), *each), each, wanted)

    def begins(self, key: str) -> bool:
        """Whether a known name begins with the first word of a normalised name."""
        return bool(key) and self._longest[key.partition(" ")[0]].most > 0

    def matches(self, keys: Sequence[str], i: int, ends: Sequence[bool] | None = None) -> list[int]:
        """All numbers of tokens n such that ``keys[i:i+n]`` is a known name, longest first.

        Empty keys (signs) stand for nothing: they may lie inside a name but not begin or end it. ``ends`` says at which
        tokens a name of several may end, if not at all.
        """
        name = keys[i]
        longest = self._longest[name.partition(" ")[0]].most if name else 0
        if not longest:
            return []
        words = name.count(" ") + 1
        found = [1] if words <= longest and self.known(name) else []
        for n in range(2, min(len(keys) - i, longest + 3) + 1):
            part = keys[i + n - 1]
            if part:
                words += part.count(" ") + 1
                if words > longest:
                    break
                name = f"{name} {part}"
                if (ends is None or ends[i + n - 1]) and self._name[name][0]:
                    found.append(n)
        return found[::-1]

    def match(self, keys: Sequence[str], i: int) -> int:
        """The longest of ``matches``, 0 when there is none."""
        return next(iter(self.matches(keys, i)), 0)

    def ambiguity(self, key: str) -> str:
        """S safe, A also a common word or a person's name, B only behind a place noun, "" unknown."""
        return self._name[key][0]

    def prominence(self, key: str) -> float:
        """About log10 of the population of the best place of that name; 0 when unknown."""
        return self._name[key][1]

    # ---- look-up
    def rank(self, place: Place) -> float:
        """Prominence of a place without context: population, seat, class and trust in its source."""
        return rank(place)

    def explain(self, name: str, place: Place) -> list[tuple[str, float]]:
        """What ``lookup`` weighs for a place of that name, in words, heaviest first."""
        key, found = normalise(name), reasons(place)
        if key in names_of(place):
            found.append(("its usual name", OWN_NAME))
        return sorted(found, key=lambda x: -x[1])

    def filed(self, key: str) -> str:
        """The normalised name that the files have for a normalised name that they lack; any other as it is."""
        return self._mends.names[key].key if key in self._mends.names else key

    def lookup(self, name: str, *, country: str | None = None, limit: int = 30) -> tuple[Place, ...]:
        """The places of a name, most prominent first, near-duplicates of one place joined.

        Args:
            name: Any spelling; it is normalised.
            country: ISO 3166 code to look in; None for the world.
            limit: Most places to return.
        """
        return self._rows.named(normalise(name), country)[:limit]

    @cached_property
    def _spellings(self) -> Spellings:
        own: dict[str, list[tuple[str, int]]] = {}
        for number, addition in enumerate(self._additions):
            own.setdefault(addition.country or "", []).extend((key, self._rows.count + number) for key in addition.keys)

        def unsound(table: Table, country: str) -> frozenset[tuple[int, int]]:
            return self._rows.mixed(table) if any(nation == country for nation, _ in self._mends.wrong) else frozenset()

        return Spellings(self._files, own, unsound, self._place)

    def names_in(self, country: str) -> list[tuple[str, Place]]:
        """(normalised name, place) of all names of one country; a place comes once for each of its names."""
        return self._spellings.of(country)

    def similar(self, name: str, country: str, limit: int = 5) -> list[tuple[Place, float, str]]:
        """Places of one country whose names are near: consonants shared, then spelling.

        Returns:
            (place, score 0..1, reason in words), best first. Never certain: 0.75 at most.
        """
        return list(self._spellings.similar(normalise(name), country)[:limit])

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
        return self._tables_by_name.get(word_key(word))

    def _people(self, written: str) -> tuple[str, str | None]:
        word = written.strip(BESIDE)
        return word, self._tables_by_name.get(word_key(word))

    @cached_property
    def _tables_by_name(self) -> dict[str, str]:
        names: dict[str, str] = self._tables[0].tables["country_names"]
        return names

    @cached_property
    def _country_rows(self) -> dict[str, int]:
        rows: dict[str, int] = self._tables[0].header["country_rows"]
        return rows

    def country(self, code: str) -> Place:
        """The country as a place.

        Raises:
            KeyError: No such code.
        """
        return self._place(self._country_rows[code])

    @cached_property
    def _capitals(self) -> dict[str, Place]:
        found: dict[str, Place] = {}
        for table, start in self._files:
            for row in table.rows_of_code("PPLC").tolist():
                place = self._place(start + row)
                if place.country and place.country not in found:
                    found[place.country] = place
        return found

    def capital(self, country: str) -> Place | None:
        """The capital of a country, by its ISO code; None where no file tells one."""
        return self._capitals.get(country)

    def info_countries(self) -> tuple[str, ...]:
        """The codes of all countries."""
        return tuple(self._country_rows)

    def large_places(self, population: int) -> list[Place]:
        """Towns with at least that many people, largest first."""
        rows = [
            start + row
            for table, start in self._files
            for row in (table.records["population"] >= population).nonzero()[0].tolist()
        ]
        by_id = {p.id: p for p in map(self._place, rows)}
        return sorted((p for p in by_id.values() if p.feature_class == "P"), key=lambda p: (-p.population, p.id))

    @cached_property
    def _areas(self) -> Areas:
        shapes = {a.id: a.shape for a in self._additions if a.shape}
        return Areas(self._tables, [start for _, start in self._files], self._place, self._country_rows, shapes)

    def area(self, place: Place) -> BaseGeometry | None:
        """The polygon (or line) of a place, where one is known."""
        return self._areas.of(place)

    def land(self, west: float, south: float, east: float, north: float) -> BaseGeometry:
        """The land of all countries within a rectangle of degrees."""
        return self._areas.land(west, south, east, north)

    def grounds(self, west: float, south: float, east: float, north: float) -> Sequence[BaseGeometry]:
        """The land within a rectangle of degrees as an array of pieces, by country and island: not joined."""
        return self._areas.grounds(west, south, east, north)

    @property
    def settlements(self) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
        """Latitudes in rising order, longitudes and people (0: unknown) of all populated places."""
        return self._areas.settlements

    def containing(self, lat: float, lon: float) -> tuple[str | None, str | None, str | None]:
        """(ISO code, first-order unit, second-order unit) of a position; None where there is none."""
        return self._areas.containing(lat, lon)

    def containing_many(
        self, lats: Sequence[float], lons: Sequence[float]
    ) -> list[tuple[str | None, str | None, str | None]]:
        """``containing`` for many positions at once."""
        return self._areas.containing_many(lats, lons)

    def admin1_place(self, country: str, name: str) -> Place | None:
        """The first-order unit of that name in a country, if there is one."""
        for place in self.lookup(name, country=country):
            if place.feature_code == "ADM1":
                return place
        return None

    def nearest(self, lat: float, lon: float, limit: int = 5, feature_class: str = "P") -> list[tuple[Place, float]]:
        """The nearest places of a feature class with their distances in metres, the nearest first."""
        return self._areas.nearest(lat, lon, limit, feature_class)

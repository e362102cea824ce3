"""The gazetteer: the files of places that ship, those a user added and hand-written places, looked up as one.

``data/gazetteer/*.bin`` are compiled (``gazetteer_table``); ``supplement/*.tsv`` beside them holds hand-written
places, read when opening and ranked first. A user's folder holds files of the same two forms.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import fields
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mapper.errors import GazetteerError
from mapper.gazetteer_areas import EARTH_M, Areas, metres_between
from mapper.gazetteer_candidates import SAME_PLACE_M, Hit, Row, apart
from mapper.gazetteer_mends import NONE, Mends, mixed_up, read_mends
from mapper.gazetteer_names import CountryNames, Names
from mapper.gazetteer_rank import OWN_NAME, by_hand, rank, reasons
from mapper.gazetteer_supplement import Addition, read_additions
from mapper.gazetteer_table import OWN, ROW, Table, key_hash
from mapper.gazetteer_words import read_words
from mapper.model import Place, deferred_place
from mapper.remembered import Remembered
from mapper.text import BESIDE, initial_of, normalise, skeleton, word_key

if TYPE_CHECKING:
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

__all__ = ["EARTH_M", "Gazetteer", "key_hash", "metres_between"]

_LEVELS = ("PCL", "ADM1", "ADM2", "ADM3")
_MOST_SIMILAR, _SPELT_ALIKE = 30, 84.0
# What the name of a hand-written place is worth at least.
_OWN_PROMINENCE = 4.5
_ID, _PEOPLE, _NAMES = ([f.name for f in fields(Place)].index(name) for name in ("id", "population", "names"))
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


def _names(place: Place) -> set[str]:
    """The normalised names that a place goes by itself."""
    return {word_key(place.name), *(word_key(name) for _, name in place.names)}


def _default_folder() -> Path:
    """The gazetteer of the working tree, else the copy inside the installed package."""
    here = Path(__file__).parent
    tree = here.parent / "data" / "gazetteer"
    return tree if (tree / "places.bin").is_file() else here / "_gazetteer"


class Gazetteer:
    """The local gazetteer. Make one with ``Gazetteer.open()``.

    Rows of all files are numbered through: those of the first file, of the second, …, hand-written places last.
    """

    def __init__(
        self, folder: Path, tables: Sequence[Table], additions: Sequence[Addition], mends: Mends = NONE
    ) -> None:
        self._mends = mends
        self._folder, self._tables, self._additions = folder, list(tables), list(additions)
        self._starts = [sum(len(t) for t in self._tables[:i]) for i in range(len(self._tables))]
        self._files = list(zip(self._tables, self._starts, strict=True))
        self._count = sum(map(len, self._tables))
        # Kept with the gazetteer, not its class: a number is then a key by itself, and nothing for the collector of
        # garbage to follow.
        self._read = self._fields
        self._place = lru_cache(maxsize=60_000)(self._made)
        self._looked_up = lru_cache(maxsize=50_000)(self._candidates)
        self._name = Remembered(self._told_of, 200_000)
        self._longest = Remembered(self._words_behind, 200_000)
        # Words as written, signs included → the bare word and the country that it speaks of (see ``demonym``).
        self.peoples = Remembered(self._people)
        self._own_keys: dict[str, list[int]] = {}
        for number, addition in enumerate(self._additions):
            for key in addition.keys:
                self._own_keys.setdefault(key, []).append(self._count + number)

    @cached_property
    def _own_first(self) -> dict[str, int]:
        """Words of the longest name outside the files that begins with each word."""
        longest: dict[str, int] = {}
        for key in (*self._own_keys, *self._mends.names):
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
            "places": self._count,
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

    # ---- rows
    def _table_of(self, row: int) -> tuple[Table, int]:
        number = bisect.bisect_right(self._starts, row) - 1
        return self._tables[number], row - self._starts[number]

    def _made(self, row: int) -> Place:
        if row >= self._count:
            return self._additions[row - self._count].place
        return deferred_place(self._read, row)

    def _fields(self, row: int) -> tuple[Any, ...]:
        """The fields of ``Place`` of a row."""
        table, own = self._table_of(row)
        return table.fields(own)

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
            if key in self._own_keys:
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
        if key in _names(place):
            found.append(("its usual name", OWN_NAME))
        return sorted(found, key=lambda x: -x[1])

    @lru_cache(maxsize=8)  # noqa: B019
    def _mixed(self, table: Table) -> frozenset[tuple[int, int]]:
        """Numbers of country and kind of the rows of a file that stand for nothing."""
        return mixed_up(table, self._mends.wrong) if table.file.parent == self._folder else frozenset()

    def filed(self, key: str) -> str:
        """The normalised name that the files have for a normalised name that they lack; any other as it is."""
        return self._mends.names[key].key if key in self._mends.names else key

    def _candidates(self, key: str, country: str | None) -> tuple[Place, ...]:
        filed_as = self._mends.names.get(key)
        if filed_as is not None:
            return self._looked_up(*filed_as) if country in (None, filed_as.country) else ()
        wanted = key_hash(key)
        own = self._own_keys.get(key, [])
        if own and country is not None:
            own = [row for row in own if self._additions[row - self._count].country == country]
        filed = [(t, start, p) for t, start in self._files if (p := t.rows(wanted, country))]
        if not own and len(filed) == 1:
            table, start, postings = filed[0]
            if len(postings) == 1:
                row = postings[0] & ROW
                return () if table.figures(row)[4:] in self._mixed(table) else (self._place(start + row),)
            # The file has them in order.
            return tuple(map(self._place, apart(self._filed(table, start, postings))))
        if not filed and len(own) < 2:
            return tuple(map(self._place, own))
        found: dict[object, Hit] = {}
        for row in own:
            place = self._place(row)
            known, kind = key in _names(place), (place.feature_class, place.feature_code)
            lat, lon = round(place.lat * 1e6), round(place.lon * 1e6)
            found[place.id] = Hit((row,), known, lat, lon, place.population, place.country, kind, by_hand(place.source))
        for table, start, postings in filed:
            countries, kinds, chosen = table.countries, table.kinds, self._chosen(table)
            mixed = self._mixed(table)
            for posting in postings:
                row = posting & ROW
                lat, lon, people, mark, nation, code = table.figures(row)
                if (nation, code) in mixed:
                    continue
                hit = found.get(mark)
                if hit is None:
                    country, kind = countries[nation], kinds[code]
                    found[mark] = Hit((start + row,), posting >= OWN, lat, lon, people, country, kind, chosen)
                else:  # files share places: a later one may know a name that an earlier one lacks
                    people, own_name = hit.population or people, hit.own or posting >= OWN
                    found[mark] = hit._replace(rows=(*hit.rows, start + row), population=people, own=own_name)
        hits = sorted(found.values(), key=lambda hit: (-hit.rank(), hit.rows))
        return tuple(map(self._joined, apart(map(Hit.row, hits))))

    def _filed(self, table: Table, start: int, postings: Sequence[int]) -> Iterator[Row[int]]:
        """The rows of a name in one file."""
        figures, units, mixed = table.figures, table.units, self._mixed(table)
        for posting in postings:
            row = posting & ROW
            lat, lon, _, _, nation, code = figures(row)
            if (nation, code) in mixed:
                continue
            yield lat, lon, (nation, units[code]), start + row

    @lru_cache(maxsize=8)  # noqa: B019
    def _chosen(self, table: Table) -> float:
        """What the places of a file gain because the user chose them: a list of the user's has one source."""
        return max((by_hand(source) for source in table.header["sources"]), default=0.0)

    @lru_cache(maxsize=20_000)  # noqa: B019
    def _joined(self, rows: tuple[int, ...]) -> Place:
        """The place of rows in several files."""
        return self._place(rows[0]) if len(rows) == 1 else deferred_place(self._joined_fields, rows)

    def _joined_fields(self, rows: tuple[int, ...]) -> tuple[Any, ...]:
        """The fields of the first row, with the names and people that only the others know."""
        first, *others = map(self._fields, rows)
        identifier, names, people = first[_ID], first[_NAMES], first[_PEOPLE]
        for other in others:
            if other[_ID] == identifier:
                told = {k for k, _ in names if k}
                names += tuple([n for n in other[_NAMES] if n[0] not in told and n not in names])
                people = people or other[_PEOPLE]
        return (*first[:_PEOPLE], people, *first[_PEOPLE + 1 : _NAMES], names)

    def lookup(self, name: str, *, country: str | None = None, limit: int = 30) -> tuple[Place, ...]:
        """The places of a name, most prominent first, near-duplicates of one place joined.

        Args:
            name: Any spelling; it is normalised.
            country: ISO 3166 code to look in; None for the world.
            limit: Most places to return.
        """
        return self._looked_up(normalise(name), country)[:limit]

    @lru_cache(maxsize=64)  # noqa: B019
    def _country_names(self, country: str) -> CountryNames:
        """All names in one country, with their rows."""
        own: dict[str, list[tuple[str, str, int]]] = {}
        for number, addition in enumerate(self._additions):
            if addition.country == country:
                for key in addition.keys:
                    bones = skeleton(key)
                    own.setdefault(initial_of(bones), []).append((bones, key, self._count + number))

        def read(initial: str) -> list[Names]:
            some = sorted(own.get(initial, []))
            found: list[Names] = [([name for _, name, _ in some], [row for _, _, row in some])]
            for table, start in self._files:
                names, rows = table.names_of(country, initial)
                if any(nation == country for nation, _ in self._mends.wrong):
                    mixed = self._mixed(table)
                    sound = [i for i, row in enumerate(rows) if table.figures(row)[4:] not in mixed]
                    names, rows = [names[i] for i in sound], [rows[i] for i in sound]
                found.append((names, [start + row for row in rows]))
            return found

        return CountryNames(read)

    def names_in(self, country: str) -> list[tuple[str, Place]]:
        """(normalised name, place) of all names of one country; a place comes once for each of its names."""
        return [(name, self._place(row)) for name, row in self._country_names(country)]

    def similar(self, name: str, country: str, limit: int = 5) -> list[tuple[Place, float, str]]:
        """Places of one country whose names are near: consonants shared, then spelling.

        Returns:
            (place, score 0..1, reason in words), best first. Never certain: 0.75 at most.
        """
        return list(self._similar(normalise(name), country)[:limit])

    @lru_cache(maxsize=20_000)  # noqa: B019
    def _similar(self, key: str, country: str) -> tuple[tuple[Place, float, str], ...]:
        bones, names = skeleton(key), self._country_names(country)
        found: dict[int, tuple[float, str]] = {}
        if len(bones) >= 3:
            for row in names.same_bones(bones):
                found[row] = (0.75 if len(bones) >= 4 else 0.5, f"same consonants as {self._place(row).name}")
        for other, ratio, row in names.alike(key, _SPELT_ALIKE):
            if ratio / 125 > found.get(row, (0.0, ""))[0]:
                found[row] = (ratio / 125, f"spelt like {other} ({ratio:.0f} of 100)")
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
        return (word, self.demonym(word)) if word == written else self.peoples[word]

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
        return Areas(self._tables, self._starts, self._place, self._country_rows, shapes)

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

"""The rows of all files of the gazetteer, numbered through, and the places of a name among them."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from mapper.gazetteer_candidates import Hit, Row, apart
from mapper.gazetteer_mends import Mends, mixed_up
from mapper.gazetteer_rank import by_hand
from mapper.gazetteer_supplement import Addition
from mapper.gazetteer_table import OWN, ROW, Table, key_hash
from mapper.model import Place, deferred_place
from mapper.text import word_key

_ID, _PEOPLE, _NAMES = ([f.name for f in fields(Place)].index(name) for name in ("id", "population", "names"))


def names_of(place: Place) -> set[str]:
    """The normalised names that a place goes by itself."""
    return {word_key(place.name), *(word_key(name) for _, name in place.names)}


class Rows:
    """The rows of the first file, of the second, …, and of hand-written places last.

    ``files`` are the tables, each with the number of its first row; ``count`` is how many rows they have; ``own`` gives
    the rows of hand-written places by normalised name; ``place(row)`` is the place of a row; ``named(key, country)``
    are the places of a normalised name in one country, or in all for None, the most prominent first.
    """

    def __init__(self, folder: Path, tables: Sequence[Table], additions: Sequence[Addition], mends: Mends) -> None:
        self._folder, self._tables, self._additions, self._mends = folder, tables, additions, mends
        self._starts = [sum(len(t) for t in tables[:i]) for i in range(len(tables))]
        self.files = list(zip(tables, self._starts, strict=True))
        self.count = sum(map(len, tables))
        # Kept with the rows, not their class: a number is then a key by itself, and nothing for the collector of
        # garbage to follow.
        self._read = self._fields
        self.place = lru_cache(maxsize=60_000)(self._made)
        self.named = lru_cache(maxsize=50_000)(self._candidates)
        self.own: dict[str, list[int]] = {}
        for number, addition in enumerate(additions):
            for key in addition.keys:
                self.own.setdefault(key, []).append(self.count + number)

    def _table_of(self, row: int) -> tuple[Table, int]:
        number = bisect.bisect_right(self._starts, row) - 1
        return self._tables[number], row - self._starts[number]

    def _made(self, row: int) -> Place:
        if row >= self.count:
            return self._additions[row - self.count].place
        return deferred_place(self._read, row)

    def _fields(self, row: int) -> tuple[Any, ...]:
        """The fields of ``Place`` of a row."""
        table, own = self._table_of(row)
        return table.fields(own)

    @lru_cache(maxsize=8)  # noqa: B019
    def mixed(self, table: Table) -> frozenset[tuple[int, int]]:
        """Numbers of country and kind of the rows of a file that stand for nothing."""
        return mixed_up(table, self._mends.wrong) if table.file.parent == self._folder else frozenset()

    def _candidates(self, key: str, country: str | None) -> tuple[Place, ...]:
        filed_as = self._mends.names.get(key)
        if filed_as is not None:
            return self.named(*filed_as) if country in (None, filed_as.country) else ()
        wanted = key_hash(key)
        own = self.own.get(key, [])
        if own and country is not None:
            own = [row for row in own if self._additions[row - self.count].country == country]
        filed = [(t, start, p) for t, start in self.files if (p := t.rows(wanted, country))]
        if not own and len(filed) == 1:
            table, start, postings = filed[0]
            if len(postings) == 1:
                row = postings[0] & ROW
                return () if table.figures(row)[4:] in self.mixed(table) else (self.place(start + row),)
            # The file has them in order.
            return tuple(map(self.place, apart(self._filed(table, start, postings))))
        if not filed and len(own) < 2:
            return tuple(map(self.place, own))
        found: dict[object, Hit] = {}
        for row in own:
            place = self.place(row)
            known, kind = key in names_of(place), (place.feature_class, place.feature_code)
            lat, lon = round(place.lat * 1e6), round(place.lon * 1e6)
            found[place.id] = Hit((row,), known, lat, lon, place.population, place.country, kind, by_hand(place.source))
        for table, start, postings in filed:
            countries, kinds, chosen = table.countries, table.kinds, self._chosen(table)
            mixed = self.mixed(table)
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
        figures, units, mixed = table.figures, table.units, self.mixed(table)
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
        return self.place(rows[0]) if len(rows) == 1 else deferred_place(self._joined_fields, rows)

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

"""The names of each country: those with the same consonants, those spelt nearly so.

A large country has a hundred thousand names: only those that share the first consonant of what is looked for are read,
and they lie sorted by their consonants.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from mapper.gazetteer_areas import metres_between
from mapper.gazetteer_candidates import SAME_PLACE_M
from mapper.gazetteer_rank import rank
from mapper.gazetteer_table import Table
from mapper.model import Place
from mapper.remembered import Remembered
from mapper.text import INITIALS, initial_of, skeleton

_ARABIC = re.compile("[\u0600-\u06ff]")
# The letters of a name in which its script shows.
_SHOWS = 4
_MOST_SIMILAR, _SPELT_ALIKE = 30, 84.0

# Normalised names in the order of their skeletons, and the row of each.
Names = tuple[Sequence[str], Sequence[int]]


def _is_arabic(key: str) -> bool:
    return _ARABIC.search(key, 0, _SHOWS) is not None


class CountryNames:
    """Normalised names, none of them empty, and the row of each.

    Args:
        read: Gives the lists of names whose skeleton begins with one of ``INITIALS``.
    """

    def __init__(self, read: Callable[[str], list[Names]]) -> None:
        self._with = Remembered(read)

    def __iter__(self) -> Iterator[tuple[str, int]]:
        for initial in INITIALS:
            for names, rows in self._with[initial]:
                yield from zip(names, rows, strict=True)

    def same_bones(self, bones: str) -> list[int]:
        """The rows of the names with that skeleton."""
        found: list[int] = []
        for names, rows in self._with[initial_of(bones)]:
            first = last = bisect_left(names, bones, key=skeleton)
            while last < len(names) and skeleton(names[last]) == bones:
                last += 1
            found += rows[first:last]
        return found

    def alike(self, key: str, cutoff: float) -> list[tuple[str, float, int]]:
        """(name, likeness, row) of the names spelt like ``key``, best first.

        Only names of its script and first consonant are looked at: spellings of one name share both.

        Args:
            key: A normalised name.
            cutoff: The least likeness, 0 to 100: twice the letters in common, of all letters.
        """
        from rapidfuzz import fuzz, process

        arabic = _is_arabic(key)
        found = [
            (name, ratio, rows[i])
            for names, rows in self._with[initial_of(skeleton(key))]
            for name, ratio, i in process.extract(key, names, scorer=fuzz.ratio, score_cutoff=cutoff, limit=None)
            if _is_arabic(name) == arabic
        ]
        return sorted(found, key=lambda x: -x[1])


class Spellings:
    """The names of every country, and the places whose names are written nearly like another.

    Args:
        files: Each with the number of its first row.
        own: ISO code → normalised name and row of each hand-written place.
        unsound: Numbers of country and kind of the rows of a file, in one country, that stand for nothing.
        place: Gives the place of a row.
    """

    def __init__(
        self,
        files: Sequence[tuple[Table, int]],
        own: Mapping[str, Sequence[tuple[str, int]]],
        unsound: Callable[[Table, str], frozenset[tuple[int, int]]],
        place: Callable[[int], Place],
    ) -> None:
        self._files, self._own, self._unsound, self._place = files, own, unsound, place
        self._names_of = lru_cache(maxsize=64)(self._read)
        self.similar = lru_cache(maxsize=20_000)(self._similar)

    def of(self, country: str) -> list[tuple[str, Place]]:
        """(normalised name, place) of all names of one country."""
        return [(name, self._place(row)) for name, row in self._names_of(country)]

    def _read(self, country: str) -> CountryNames:
        own: dict[str, list[tuple[str, str, int]]] = {}
        for key, row in self._own.get(country, ()):
            bones = skeleton(key)
            own.setdefault(initial_of(bones), []).append((bones, key, row))

        def read(initial: str) -> list[Names]:
            some = sorted(own.get(initial, []))
            found: list[Names] = [([name for _, name, _ in some], [row for _, _, row in some])]
            for table, start in self._files:
                names, rows = table.names_of(country, initial)
                unsound = self._unsound(table, country)
                if unsound:
                    sound = [i for i, row in enumerate(rows) if table.figures(row)[4:] not in unsound]
                    names, rows = [names[i] for i in sound], [rows[i] for i in sound]
                found.append((names, [start + row for row in rows]))
            return found

        return CountryNames(read)

    def _similar(self, key: str, country: str) -> tuple[tuple[Place, float, str], ...]:
        """Places of a country whose names are near a normalised one (see ``Gazetteer.similar``)."""
        bones, names = skeleton(key), self._names_of(country)
        found: dict[int, tuple[float, str]] = {}
        if len(bones) >= 3:
            for row in names.same_bones(bones):
                found[row] = (0.75 if len(bones) >= 4 else 0.5, f"same consonants as {self._place(row).name}")
        for other, ratio, row in names.alike(key, _SPELT_ALIKE):
            if ratio / 125 > found.get(row, (0.0, ""))[0]:
                found[row] = (ratio / 125, f"spelt like {other} ({ratio:.0f} of 100)")
        ranked = sorted(
            ((self._place(r), s, why) for r, (s, why) in found.items()),
            key=lambda x: (-x[1], -rank(x[0]), x[0].id),
        )
        out: list[tuple[Place, float, str]] = []
        for place, score, why in ranked:
            if not any(metres_between(place.lat, place.lon, p.lat, p.lon) < SAME_PLACE_M for p, _, _ in out):
                out.append((place, score, why))
            if len(out) == _MOST_SIMILAR:
                break
        return tuple(out)

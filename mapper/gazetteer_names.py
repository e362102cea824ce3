"""The names of one country: those with the same consonants, those spelt nearly so.

A large country has a hundred thousand names: only those that share the first consonant of what is looked for are read,
and they lie sorted by their consonants.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

from mapper.remembered import Remembered
from mapper.text import INITIALS, initial_of, skeleton

_ARABIC = re.compile("[\u0600-\u06ff]")
# The letters of a name in which its script shows.
_SHOWS = 4

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

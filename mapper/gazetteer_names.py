"""The names of one country as columns: those with the same consonants, those spelt nearly so.

A large country has a hundred thousand names: they are compared where they lie, without an object for each.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

import numpy as np

from mapper.text import skeleton, skeletons

_ARABIC = re.compile("[\u0600-\u06ff]")
# The letters of a name in which its script shows.
_SHOWS = 4


def _is_arabic(key: str) -> bool:
    return _ARABIC.search(key, 0, _SHOWS) is not None


class CountryNames:
    """Normalised names, none of them empty, and the row of each."""

    def __init__(self, names: Sequence[str], rows: Sequence[int]) -> None:
        self.names, self.rows = names, rows
        bones = skeletons(names)
        self._bones = "\n" + "\n".join(bones) + "\n"
        lengths = np.fromiter(map(len, bones), np.int64, len(bones))
        self._starts = (1 + np.cumsum(lengths + 1) - (lengths + 1)).tolist()
        letters = np.frombuffer(self._bones.encode("ascii"), np.uint8)
        self._initials = letters[self._starts] if names else np.zeros(0, np.uint8)
        self._arabic = np.zeros(len(names), bool)
        for i, plain in enumerate(map(str.isascii, names)):
            if not plain:
                self._arabic[i] = _is_arabic(names[i])
        self._lengths = np.fromiter(map(len, names), np.int64, len(names))

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return zip(self.names, self.rows, strict=True)

    def same_bones(self, bones: str) -> list[int]:
        """The rows of the names with that skeleton."""
        wanted, found = f"\n{bones}\n", []
        at = self._bones.find(wanted)
        while at >= 0:
            found.append(self.rows[bisect_right(self._starts, at + 1) - 1])
            at = self._bones.find(wanted, at + 1)
        return found

    def alike(self, key: str, cutoff: float) -> list[tuple[str, float, int]]:
        """(name, likeness, row) of the names spelt like ``key``, best first.

        Only names of its script and first consonant are looked at: spellings of one name share both.

        Args:
            key: A normalised name.
            cutoff: The least likeness, 0 to 100: twice the letters in common, of all letters.
        """
        from rapidfuzz import fuzz, process

        initial = ord(skeleton(key)[:1] or "\n")
        # As many letters in common as the shorter has are too few when the lengths differ by more.
        most = 200 / cutoff - 1
        near = (self._initials == initial) & (self._arabic == _is_arabic(key))
        near &= (self._lengths <= len(key) * most + 1) & (self._lengths >= len(key) / most - 1)
        listed: list[int] = np.flatnonzero(near).tolist()
        some = [self.names[i] for i in listed]
        found = process.extract(key, some, scorer=fuzz.ratio, score_cutoff=cutoff, limit=None)
        return [(name, ratio, self.rows[listed[i]]) for name, ratio, i in found]

"""The names of one country: those with the same consonants, those spelt nearly so.

A large country has a hundred thousand names: what is looked for is compared with those that share its first consonant,
where they lie, without an object for each.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mapper.text import initials, skeleton, skeletons

_ARABIC = re.compile("[\u0600-\u06ff]")
# The letters of a name in which its script shows.
_SHOWS = 4


def _is_arabic(key: str) -> bool:
    return _ARABIC.search(key, 0, _SHOWS) is not None


@dataclass(frozen=True, slots=True)
class _Group:
    """The names with one first consonant, the row of each, and what tells at once that a name is another."""

    names: list[str]
    rows: list[int]
    by_bones: dict[str, list[int]]
    arabic: npt.NDArray[np.bool_]
    lengths: npt.NDArray[np.int64]


class CountryNames:
    """Normalised names, none of them empty, and the row of each."""

    def __init__(self, names: Sequence[str], rows: Sequence[int]) -> None:
        self.names, self.rows = names, rows
        self._initials = initials(names)
        self._groups: dict[str, _Group] = {}

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return zip(self.names, self.rows, strict=True)

    def _group(self, initial: str) -> _Group:
        if initial not in self._groups:
            numbers = np.flatnonzero(self._initials == ord(initial or "\n")).tolist()
            names, rows = [self.names[i] for i in numbers], [self.rows[i] for i in numbers]
            by_bones: dict[str, list[int]] = defaultdict(list)
            for bones, row in zip(skeletons(names), rows, strict=True):
                by_bones[bones].append(row)
            arabic = np.array([not name.isascii() and _is_arabic(name) for name in names], bool)
            lengths = np.fromiter(map(len, names), np.int64, len(names))
            self._groups[initial] = _Group(names, rows, by_bones, arabic, lengths)
        return self._groups[initial]

    def same_bones(self, bones: str) -> list[int]:
        """The rows of the names with that skeleton."""
        return self._group(bones[:1]).by_bones.get(bones, [])

    def alike(self, key: str, cutoff: float) -> list[tuple[str, float, int]]:
        """(name, likeness, row) of the names spelt like ``key``, best first.

        Only names of its script and first consonant are looked at: spellings of one name share both.

        Args:
            key: A normalised name.
            cutoff: The least likeness, 0 to 100: twice the letters in common, of all letters.
        """
        from rapidfuzz import fuzz, process

        group = self._group(skeleton(key)[:1])
        # As many letters in common as the shorter has are too few when the lengths differ by more.
        most = 200 / cutoff - 1
        near = group.arabic == _is_arabic(key)
        near &= (group.lengths <= len(key) * most + 1) & (group.lengths >= len(key) / most - 1)
        listed: list[int] = np.flatnonzero(near).tolist()
        some = [group.names[i] for i in listed]
        found = process.extract(key, some, scorer=fuzz.ratio, score_cutoff=cutoff, limit=None)
        return [(name, ratio, group.rows[listed[i]]) for name, ratio, i in found]

"""What is known better than the compiled files have it: more names of their places, and units under wrong names."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from mapper.errors import GazetteerError
from mapper.gazetteer_table import Table
from mapper.text import normalise

_NAMES, _WRONG = ("names", "country", "filed"), ("country", "feature_code", "note")


class Filed(NamedTuple):
    """The normalised name and the country (ISO code) that a place is filed under."""

    key: str
    country: str


class Mends(NamedTuple):
    """``names`` maps normalised names that the files lack; ``wrong`` are countries with a feature code to leave out."""

    names: Mapping[str, Filed]
    wrong: frozenset[tuple[str, str]]


NONE = Mends({}, frozenset())


def read_mends(folder: Path) -> Mends:
    """The mends of ``names.tsv`` and ``wrong.tsv`` in a folder; none where there are no such files.

    Raises:
        GazetteerError: A row breaks the form; the message names file and line.
    """
    names = {
        normalise(name): Filed(normalise(filed), country)
        for listed, country, filed in _rows(folder / "names.tsv", _NAMES)
        for name in listed.split("|")
    }
    return Mends(names, frozenset((country, code) for country, code, _ in _rows(folder / "wrong.tsv", _WRONG)))


def _rows(path: Path, columns: Sequence[str]) -> list[list[str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    for number, row in enumerate(rows, start=1):
        if len(row) != len(columns) or (number == 1 and tuple(row) != columns):
            raise GazetteerError(f"{path}, line {number}: {row}.", remedy=f"The columns must be {list(columns)}.")
    return rows[1:]


def mixed_up(table: Table, wrong: frozenset[tuple[str, str]]) -> frozenset[tuple[int, int]]:
    """Countries and feature codes to leave out as the numbers that a file has for country and kind."""
    codes = [code for _, code in table.kinds]
    return frozenset(
        (table.countries.index(c), codes.index(k)) for c, k in wrong if c in table.countries and k in codes
    )

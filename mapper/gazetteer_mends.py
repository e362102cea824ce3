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


def wrong_rows(table: Table, wrong: frozenset[tuple[str, str]]) -> frozenset[int]:
    """The rows of a file that are of a country and feature code to leave out."""
    import numpy as np

    found: set[int] = set()
    codes = [code for _, code in table.kinds]
    for country, unit in wrong:
        if country in table.countries and unit in codes:
            of_country = table.records["country"] == table.countries.index(country)
            found.update(np.flatnonzero(of_country & (table.records["code"] == codes.index(unit))).tolist())
    return frozenset(found)

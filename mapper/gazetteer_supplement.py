"""Hand-written places: ``data/gazetteer/supplement/*.tsv`` and the user's own files of that form."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from mapper.errors import GazetteerError
from mapper.gazetteer_features import feature_class
from mapper.model import Place, check_coordinates
from mapper.text import normalise

COLUMNS = [
    "name",
    "name_ar",
    "name_fr",
    "aliases",
    "country",
    "admin1",
    "feature_code",
    "lat",
    "lon",
    "radius_km",
    "shape",
    "note",
]
_TOWN = "PPL"
# Parsed when it is asked for: reading geometry costs a start-up more than all else in these files.
_SHAPE = re.compile(r"(?:MULTI)?(?:POLYGON|LINESTRING|POINT) ?\([-0-9., ()]+\)")


class Addition:
    """A hand-written place, made when it is asked for, and the keys that find it.

    ``shape`` is its line or polygon as WKT, empty when it has none.
    """

    __slots__ = ("_place", "_row", "country", "keys", "shape")

    def __init__(self, row: Sequence[str]) -> None:
        """``row`` has the ``COLUMNS``; ValueError when one of them cannot be read."""
        if len(row) != len(COLUMNS):
            raise ValueError(f"it has {len(row)} columns instead of {len(COLUMNS)}")
        lat, lon, radius, self.shape = row[7:11]
        check_coordinates(float(lat), float(lon))
        float(radius)
        if self.shape and not _SHAPE.fullmatch(self.shape):
            raise ValueError(f"no line or polygon in WKT: {self.shape[:40]!r}")
        self._place: Place | None = None
        self._row, self.country = row, row[4] or None
        keys = map(normalise, (*row[:3], *row[3].split("|")))
        self.keys = tuple(dict.fromkeys(filter(None, keys)))

    @property
    def id(self) -> str:
        """The id of the place: the same for a row of the same name, country and kind."""
        name, country, code = self._row[0], self._row[4], self._row[6] or _TOWN
        return f"supplement:{hashlib.sha256(f'{name}|{country}|{code}'.encode()).hexdigest()[:10]}"

    @property
    def place(self) -> Place:
        """The place itself."""
        if self._place is None:
            row = dict(zip(COLUMNS, self._row, strict=True))
            code = row["feature_code"] or _TOWN
            self._place = Place(
                self.id,
                row["name"],
                float(row["lat"]),
                float(row["lon"]),
                self.country,
                row["admin1"] or None,
                None,
                feature_class(code),
                code,
                0,
                1000.0 * float(row["radius_km"]),
                "supplement",
                tuple((k, v) for k, v in (("ar", row["name_ar"]), ("fr", row["name_fr"])) if v),
            )
        return self._place


def read_additions(paths: Iterable[Path]) -> list[Addition]:
    """The places of supplement files.

    Raises:
        GazetteerError: A row breaks the form; the message names file and line.
    """
    additions = []
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            header = next(rows, [])
            if header != COLUMNS:
                raise GazetteerError(f"{path}: the columns are {header}.", remedy=f"They must be {COLUMNS}.")
            for number, row in enumerate(rows, start=2):
                if row and not row[0].startswith("#"):
                    try:
                        additions.append(Addition(row))
                    except ValueError as error:
                        raise GazetteerError(f"{path}, line {number}: {error}.", remedy="Mend the row.") from error
    return additions

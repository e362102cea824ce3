"""Hand-written places: ``data/gazetteer/supplement/*.tsv`` and the user's own files of that form."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mapper.errors import GazetteerError
from mapper.gazetteer_features import feature_class
from mapper.model import Place
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
# Parsed when it is asked for: reading geometry costs a start-up more than all else in these files.
_SHAPE = re.compile(r"(?:MULTI)?(?:POLYGON|LINESTRING|POINT) ?\([-0-9., ()]+\)")


@dataclass(frozen=True, slots=True)
class Addition:
    """A hand-written place with the keys that find it and its shape as WKT, empty when it has none."""

    place: Place
    keys: tuple[str, ...]
    shape: str


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
                        additions.append(_addition(dict(zip(COLUMNS, row, strict=True))))
                    except ValueError as error:
                        raise GazetteerError(f"{path}, line {number}: {error}.", remedy="Mend the row.") from error
    return additions


def _addition(row: dict[str, str]) -> Addition:
    names = [row["name"], row["name_ar"], row["name_fr"], *row["aliases"].split("|")]
    keys = tuple(dict.fromkeys(k for k in map(normalise, names) if k))
    code = row["feature_code"] or "PPL"
    digest = hashlib.sha256(f"{row['name']}|{row['country']}|{code}".encode()).hexdigest()[:10]
    place = Place(
        f"supplement:{digest}",
        row["name"],
        float(row["lat"]),
        float(row["lon"]),
        row["country"] or None,
        row["admin1"] or None,
        None,
        feature_class(code),
        code,
        0,
        1000.0 * float(row["radius_km"]),
        "supplement",
        tuple((k, v) for k, v in (("ar", row["name_ar"]), ("fr", row["name_fr"])) if v),
    )
    if row["shape"] and not _SHAPE.fullmatch(row["shape"]):
        raise ValueError(f"no line or polygon in WKT: {row['shape'][:40]!r}")
    return Addition(place, keys, row["shape"])

"""Short reports by the thousand, made from parts: for tests and benchmarks of batches."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Sequence
from pathlib import Path

TOWNS = [
    "Sirte", "Misrata", "Ajdabiya", "Sabha", "Raqqa", "Idlib", "Deir ez-Zor", "Kobani", "Gao", "Kidal", "Mopti",
    "Bamako", "Aden", "Taiz", "Marib", "Mosul", "Kirkuk", "Baiji", "Kharkiv", "Sumy",
]  # fmt: skip
FORMS = [
    "{n} people were killed when an air strike hit a market in {a} on {day}. Residents fled towards {b}.",
    "Gunmen attacked a checkpoint {km} km north of {a} on {day}, killing {n} soldiers, an official said.",
    "A roadside bomb went off between {a} and {b} on {day}, wounding {n} civilians.",
    "Dozens protested in {a} on {day} over power cuts. A convoy left for {b}.",
    "Shells fell on the eastern outskirts of {a} on {day}; {n} people died, medics told reporters.",
]


def write(path: Path, count: int, *, seed: int = 1, towns: Sequence[str] = TOWNS) -> Path:
    """``count`` reports of these towns as JSON Lines, the same for the same seed."""
    chance = random.Random(seed)
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            day = dt.date(2015, 1, 1) + dt.timedelta(days=chance.randrange(3000))
            a, b = chance.sample(towns, 2)
            text = chance.choice(FORMS).format(
                n=chance.randint(2, 60), a=a, b=b, km=chance.randint(3, 90), day=f"{day:%d %B %Y}"
            )
            row = {"doc_id": f"r{number}", "text": text, "published": f"{day + dt.timedelta(days=1)}", "language": "en"}
            file.write(json.dumps(row) + "\n")
    return path

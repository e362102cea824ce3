"""How fast place names are found and placed: ``python -m benchmarks.names [FILE.jsonl]``; one core, start-up left out.

Without a file the reports of ``benchmarks.events`` are read: sentences of our own samples, which come again, so that
their figure is higher than that of news. A file has one report
a line, as ``mapper map`` takes them. Prints documents a second, and each step's share.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from benchmarks.events import reports
from benchmarks.steps import Spent
from mapper import coordinates, language, pipeline, readers, recognise, relative, resolve, tagger
from mapper.gazetteer import Gazetteer
from mapper.model import Report
from mapper.settings import Settings

SETTINGS = Settings(offline=True)
# (where the step's name is looked up, its name, what it does); those that begin with a space lie inside the one above.
STEPS: tuple[tuple[Any, str, str], ...] = (
    (language, "identify", "language"),
    (recognise, "judged", "names found"),
    (recognise, "proposals", "  by the gazetteer"),
    (tagger.Tagger, "places", "  by the tagger"),
    (coordinates, "find", "coordinates"),
    (relative, "find", "relative places found"),
    (resolve, "candidates", "places of a name"),
    (resolve, "story_of", "ranked"),
    (resolve, "_spelling", "likely spellings"),
    (relative, "place", "relative places measured"),
)


def main() -> None:
    """Print each figure with its unit."""
    made = list(readers.read(sys.argv[1:2], SETTINGS).reports) if len(sys.argv) > 1 else reports(400)
    gazetteer = Gazetteer.open(None)
    for code in language.codes():  # the tables of the languages are read once
        pipeline.places_of(Report("first", "Sirte, 20 km south of Tripoli", language=code), gazetteer, SETTINGS)
    start = time.process_time()
    found = sum(len(pipeline.places_of(report, gazetteer, SETTINGS)) for report in made)
    whole = time.process_time() - start
    characters = sum(len(r.text) for r in made) / len(made)
    print(f"{len(made)} reports of {characters:.0f} characters, {found} mentions: {len(made) / whole:.1f} a second")
    spent = Spent()

    for owner, name, label in STEPS:
        setattr(owner, name, spent.timed(label, getattr(owner, name)))
    again = Gazetteer.open(None)  # with nothing looked up yet
    start = time.process_time()
    for report in made:
        pipeline.places_of(report, again, SETTINGS)
    whole = time.process_time() - start
    for _, _, label in STEPS:
        share = spent.get(label, 0.0)
        print(f"{label:28s} {100 * share / whole:5.1f} %  {1000 * share / len(made):6.2f} ms a report")


if __name__ == "__main__":
    main()

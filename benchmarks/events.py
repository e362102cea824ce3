"""Where the time of a report goes: ``python -m benchmarks.events [200]``; one core, without the page.

Reports are made of the sentences of our own samples, each told apart by a word, so that nothing is read from a
cache that news would not be in. Prints reports a second for the whole way, and each step's share of it.
"""

from __future__ import annotations

import json
import random
import sys
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.steps import Spent
from mapper import actors, casualties, language, pipeline, resolve, status, triggers, when, where, where_spots
from mapper.gazetteer import Gazetteer
from mapper.merge import merge
from mapper.model import Report
from mapper.recognise import recognise
from mapper.settings import Settings
from mapper.story import sentences_of

ROOT = Path(__file__).parent.parent
SETTINGS = Settings(offline=True)


def reports(number: int) -> list[Report]:
    """So many reports of about eight sentences, in the languages of the samples by turns."""
    chance = random.Random(1)
    by_language: dict[str, list[str]] = {}
    for file in ("samples/reports.jsonl", "tests/quality/events.jsonl"):
        for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            by_language.setdefault(row["language"], []).extend(
                row["text"][s.start : s.end] for s in sentences_of(row["text"], row["language"])
            )
    codes = sorted(by_language)
    made = []
    for n in range(number):
        code = codes[n % len(codes)]
        told = [chance.choice(by_language[code]).rstrip(". ") for _ in range(8)]
        text = "\n".join(f"{s}, ref{n}x{k}." for k, s in enumerate(told))
        day = when.dt.date(2020, 1, 1) + when.dt.timedelta(n)
        made.append(Report(f"r{n}", text, language=code, published=day))
    return made


def main() -> None:
    """Print each figure with its unit."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    gazetteer = Gazetteer.open(None)
    for report in reports(6):  # the tables of the languages are read once
        pipeline.of_report(report, gazetteer, SETTINGS, None)
    spent = Spent()

    all_reports = [replace(r, id=f"{r.id}b", text=r.text.replace("ref", "note")) for r in reports(number)]
    start = time.process_time()
    found = []
    for report in all_reports:
        found += pipeline.of_report(report, gazetteer, SETTINGS, None)[1]
    whole = time.process_time() - start
    begin = time.process_time()
    merged = merge(found)
    joined = time.process_time() - begin
    characters = sum(len(r.text) for r in all_reports) / number
    print(f"{number} reports of {characters:.0f} characters: {number / (whole + joined):.1f} a second on one core")
    print(f"{len(found)} events, {len(merged)} after merging ({joined:.2f} s)")

    kept = [
        (triggers, "find", "triggers"),
        (when, "date_of", "days"),
        (casualties, "counts", "numbers of people"),
        (actors, "mentions", "parties"),
        (status, "of", "status"),
        (where, "choose", "place of a trigger"),
        (where_spots, "spots", "places that may hold an event"),
    ]
    old = [(module, name, getattr(module, name)) for module, name, _ in kept]
    for module, name, label in kept:
        setattr(module, name, spent.timed(f"  {label}", getattr(module, name)))
    find, place = spent.timed("recognise", recognise), spent.timed("resolve", resolve.resolve)
    tell = spent.timed("events", pipeline.events_of)
    for report in reports(number):
        code = language.identify(report.text)
        mentions = find(report, gazetteer, language=code)
        places = place(report, mentions, gazetteer, language=code)
        tell(report, places, SETTINGS)
    for module, name, function in old:
        setattr(module, name, function)
    steps = sum(v for k, v in spent.items() if not k.startswith(" "))
    for name in ("recognise", "resolve", "events", *sorted((k for k in spent if k[0] == " "), key=lambda k: -spent[k])):
        print(f"{name:34s} {100 * spent[name] / steps:5.1f} %  {1000 * spent[name] / number:6.2f} ms a report")


if __name__ == "__main__":
    main()

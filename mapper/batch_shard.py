"""One shard → its part: the function that engines run, on any machine that sees the files."""

from __future__ import annotations

import faulthandler
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

from mapper import files, pipeline, readers
from mapper.batch_parts import Part, Summary, path_of
from mapper.batch_plan import Shard
from mapper.errors import GeocoderError
from mapper.gazetteer import Gazetteer
from mapper.geocoders import Cache, cache_of
from mapper.model import Failure, Place, Resolved
from mapper.readers import jsonl
from mapper.readers.content import Content
from mapper.records import decode
from mapper.settings import Settings

ANSWERS = "answers.jsonl"
LOST = "its worker died or took too long, twice"
LOST_REMEDY = "Please report it with the text; all else was done."
Answered = dict[tuple[str, str | None], tuple[Place | None, str | None]]
NOT_ASKED = "the geocoder could not be asked in this batch (failures.jsonl says why)"


@dataclass(frozen=True, slots=True)
class Job:
    """A shard to do. ``lost`` items are left out and told; with ``only``, that item is tried and nothing written.

    ``asked`` is True in the second pass, when the geocoder's answers are known.
    """

    folder: Path
    settings: Settings
    shard: Shard
    lost: tuple[int, ...] = ()
    only: int | None = None
    asked: bool = False
    guarded: bool = True


class _Answers:
    """Stands for the geocoder in a worker, which must not ask: knows answers, and keeps what is to be asked."""

    def __init__(self, known: Answered, disk: Cache) -> None:
        self._known, self._disk = known, disk
        self.open: dict[tuple[str, str | None], None] = {}

    def __call__(self, name: str, country: str | None) -> Place | None:
        if (name, country) in self._known:
            place, error = self._known[name, country]
            if error is not None:
                raise GeocoderError(error)
            return place
        known, place = self._disk.get(name, country)
        if known:
            return place
        self.open[name, country] = None
        raise GeocoderError(NOT_ASKED, remedy="Try again later.")


@cache
def _gazetteer(path: Path | None, additions: Path) -> Gazetteer:
    """The gazetteer, opened once a process."""
    return Gazetteer.open(path, additions)


@cache
def _disk(settings: Settings) -> Cache:
    return cache_of(settings)


def answers_of(path: Path) -> Answered:
    """The geocoder's answers that a batch has had: none yet, or those of its file.

    Raises:
        InputError: The file cannot be read.
    """
    return _answers(path, path.stat().st_mtime_ns) if path.exists() else {}


@lru_cache(maxsize=4)
def _answers(path: Path, _changed: int) -> Answered:
    rows = [json.loads(line) for line in files.read(path, 1 << 30).splitlines()]
    return {(name, country): (decode(Place | None, place, []), error) for name, country, place, error in rows}


@contextmanager
def _watched(job: Job) -> Iterator[None]:
    """End this process when the item takes too long: even a loop inside a C library is stopped that way.

    To the engine a worker that hangs is then a worker that died.
    """
    if job.guarded and job.settings.report_deadline_s > 0:
        with Path(os.devnull).open("w") as nowhere:
            faulthandler.dump_traceback_later(job.settings.report_deadline_s, exit=True, file=nowhere)
            try:
                yield
            finally:
                faulthandler.cancel_dump_traceback_later()
    else:
        yield


def work(job: Job) -> Summary:
    """Do a shard and write its part; returns the numbers only.

    Raises:
        OutputError: The part cannot be written.
        GazetteerError: The gazetteer cannot be opened here.
    """
    settings, part = job.settings, Part()
    geocoder = None
    if not settings.offline and settings.geocoder_limit > 0:
        geocoder = _Answers(answers_of(job.folder / ANSWERS) if job.asked else {}, _disk(settings))
    gazetteer = _gazetteer(settings.gazetteer, settings.additions)
    for content in _contents(job):
        for failure in content.failures:
            part.add("failed-read", failure)
        for note in content.notes:
            part.add("note", note)
        for report in content.reports:
            with _watched(job):
                report = replace(report, language=pipeline.language_of(report, settings))
                resolved, events, failures = pipeline.of_report(report, gazetteer, settings, geocoder)
            part.add("report", replace(report, text=""))
            for place in resolved:
                part.add("place", report.id, _light(place))
            for event in events:
                part.add("event", event)
            for failure in failures:
                part.add("failed-report", failure)
        rows = pipeline.of_rows(content.events, gazetteer, geocoder)
        for _ in content.events:
            with _watched(job):
                event, failures = next(rows)
            part.add("row", event, failures)
    for name, country in geocoder.open if geocoder else ():
        part.add("ask", name, country)
    if job.only is not None:
        return Summary()
    return part.write(path_of(job.folder, job.shard.number, job.asked), job.shard.items)


def _contents(job: Job) -> Iterator[Content]:
    """What each item of the shard holds, read one by one; of a lost item, that it was lost."""
    shard, settings = job.shard, job.settings
    wanted = range(shard.items) if job.only is None else (job.only,)
    lines: list[bytes] = []
    if shard.of_lines:
        lines = files.read_range(Path(shard.files[0]), shard.start, shard.end).split(b"\n")
    for item in wanted:
        path = Path(shard.files[0 if shard.of_lines else item])
        line = shard.first + item if shard.of_lines else None
        if item in job.lost:
            yield Content(failures=[Failure("report", str(path), LOST, LOST_REMEDY, line)])
            continue
        with _watched(job):
            content = jsonl.read_line(path, lines[item], line, settings) if line else readers.read_file(path, settings)
        yield content
    yield Content(failures=list(shard.failures))


def _light(resolved: Resolved) -> Resolved:
    """A place without its region and rejected candidates: places.csv and the page do without them."""
    where = resolved.location
    return resolved if where is None else replace(resolved, location=replace(where, region=None, candidates=()))

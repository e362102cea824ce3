"""Many reports: shards, a journal, resume, workers.

plan → shards → engine (work → one part file each) → ask the geocoder once, serially → the shards that its
answers change, again → merge. What is written is the same for any number of workers, any engine, and any
number of interruptions.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from mapper import files, pipeline, readers
from mapper.batch_parts import FOLDER, Parts, Summary, View, path_of, summary_of
from mapper.batch_plan import Plan, Shard, plan
from mapper.batch_shard import ANSWERS, Job, work
from mapper.engines import engine as engine_of
from mapper.errors import GeocoderError, InputError, OutputError, SettingsError
from mapper.extractors import extractor
from mapper.geocoders import fallback
from mapper.merge import merge
from mapper.model import Event, Failure, Report, Resolved, Run
from mapper.records import Encoder, decode
from mapper.settings import Settings

# When so many shards are lost and none is done, it is not the reports.
HOPELESS = 5


def run(
    inputs: Iterable[str],
    settings: Settings,
    *,
    workers: int = 1,
    engine: str = "processes",
    scheduler: str | None = None,
    resume: bool = False,
    progress: pipeline.Progress | None = None,
) -> Run:
    """Read inputs of any number and make of them events on the map.

    Finished shards lie in ``output/.batch`` until ``clear`` is called, so that a run that was stopped goes on
    from them with ``resume``. ``Run.reports`` (without their texts) and ``Run.places`` (without regions and
    rejected candidates) are read from there each time they are walked through.

    Args:
        inputs: Files and folders.
        settings: As for ``pipeline.run``.
        workers: Processes that work at the same time.
        engine: serial, processes or dask.
        scheduler: Address of a Dask scheduler, when the engine is dask.
        resume: Go on with what an earlier run of the same inputs and settings has left.
        progress: Called with items done, all items, and failures so far.

    Raises:
        SettingsError: Inputs or settings are not those of the run to be resumed; no such engine.
        OutputError: A part cannot be written.
    """
    pipeline.formats(settings)  # known before the first report is read, not after the last
    extractor(settings)
    of_all = plan(inputs, settings)
    folder = settings.output / FOLDER
    _open(folder, of_all, resume)
    batch = _Batch(of_all, folder, settings, engine, workers, scheduler, progress)
    batch.do(of_all.shards, asked=False)
    stopped = batch.ask()
    batch.do(batch.changed(), asked=True)
    return batch.joined(stopped)


def clear(settings: Settings) -> None:
    """Remove the journal, once all is written."""
    files.remove(settings.output / FOLDER)


def _open(folder: Path, of_all: Plan, resume: bool) -> None:
    """Begin a journal, or check that the one that is there is of the same inputs and settings."""
    stamp = folder / "plan.json"
    if resume and stamp.exists():
        try:
            same = json.loads(files.read(stamp, 10_000))["fingerprint"] == of_all.fingerprint
        except (InputError, ValueError, KeyError, TypeError):
            same = False
        if not same:
            raise SettingsError(
                f"{folder} was begun with other inputs, settings or another version of Mapper.",
                remedy="Begin anew without --resume.",
            )
        return
    files.remove(folder)
    files.write(stamp, files.json_line({"fingerprint": of_all.fingerprint, "shards": len(of_all.shards)}))


class _Batch:
    """What the steps of one run share."""

    def __init__(
        self,
        of_all: Plan,
        folder: Path,
        settings: Settings,
        engine: str,
        workers: int,
        scheduler: str | None,
        progress: pipeline.Progress | None,
    ) -> None:
        self._shards, self._folder, self._settings = of_all.shards, folder, settings
        self._engine, self._serial = engine_of(engine), engine == "serial"
        self._workers, self._scheduler, self._progress = workers, scheduler, progress
        self._items = sum(s.items for s in of_all.shards)

    def do(self, shards: Iterable[Shard], *, asked: bool) -> None:
        """Do the shards whose parts are not there yet; find and leave out what costs a worker its life."""
        jobs: list[Job] = []
        done = failures = 0
        shards = list(shards)
        of = self._items if not asked else sum(s.items for s in shards)
        for shard in shards:
            summary = summary_of(path_of(self._folder, shard.number, asked))
            if summary is None:
                jobs.append(Job(self._folder, self._settings, shard, asked=asked, guarded=not self._serial))
            else:
                done, failures = done + summary.items, failures + summary.failures
        for job, summary in self._done(jobs):
            done, failures = done + job.shard.items, failures + summary.failures
            if self._progress:
                self._progress(done, of, failures)

    def _run(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, Summary | None]]:
        found: Iterator[tuple[Job, Summary | None]] = self._engine(
            work, jobs, workers=self._workers, scheduler=self._scheduler
        )
        return found

    def _done(self, jobs: list[Job]) -> Iterator[tuple[Job, Summary]]:
        """Every job with its numbers. One that was lost is tried item by item, then done without the guilty."""
        lost: list[Job] = []
        alive = hopeless = False
        for job, summary in self._run(jobs) if jobs else ():
            if summary is not None:
                alive = True
                yield job, summary
                continue
            lost.append(job)
            hopeless = len(lost) > HOPELESS and not alive
            if hopeless:
                break
        for job in () if hopeless else lost:
            tries = [replace(job, only=item) for item in range(job.shard.items)]
            guilty = [one.only for one, summary in self._run(tries) if summary is None]
            # Should the rest still cost a worker its life, all items of the shard are told as lost.
            for leave_out in (guilty, range(job.shard.items)):
                again, summary = next(self._run([replace(job, lost=tuple(n for n in leave_out if n is not None))]))
                if summary is not None:
                    yield again, summary
                    break
            else:
                hopeless = True
        if hopeless:
            raise OutputError("Workers die as soon as they start.", remedy="Try --engine serial to see why.")

    def ask(self) -> str | None:
        """Ask the geocoder for all names that workers could not place, each once, in the order of the reports.

        Workers cannot ask: one request a second is the rule for all of them together. Returns why the geocoder
        was left alone, if it was.
        """
        geocoder = fallback(self._settings)
        path = self._folder / ANSWERS
        state = self._folder / "asked.json"
        if geocoder is None:
            return None
        if state.exists():
            stopped: str | None = json.loads(files.read(state, 10_000))["stopped"]
            return stopped
        seen: set[int] = set()
        lines: list[str] = []
        for _, (name, country), _ in Parts(self._folder, len(self._shards)).rows("ask"):
            if hash((name, country)) in seen:
                continue
            seen.add(hash((name, country)))
            place, error = None, None
            try:
                place = geocoder(name, country)
            except GeocoderError as problem:
                if geocoder.stopped:
                    continue
                error = problem.message
            lines.append(files.json_line([name, country, Encoder()(place), error]))
        files.write(path, lines)
        files.write(state, files.json_line({"stopped": geocoder.stopped}))
        return geocoder.stopped

    def changed(self) -> Iterator[Shard]:
        """The shards that wait for one of the answers."""
        path = self._folder / ANSWERS
        known = (
            {tuple(json.loads(line)[:2]) for line in files.read(path, 1 << 30).splitlines()} if path.exists() else ()
        )
        for shard in self._shards if known else ():
            summary = summary_of(path_of(self._folder, shard.number, asked=False))
            if summary is None or not summary.asks:
                continue
            text = files.read(path_of(self._folder, shard.number, asked=False), 1 << 40)
            asks = (json.loads(line) for line in text.splitlines() if line.startswith(b'["ask"'))
            if any((name, country) in known for _, name, country in asks):
                yield shard

    def joined(self, stopped: str | None) -> Run:
        """The run as exporters take it: events merged in the order of their reports."""
        parts = Parts(self._folder, len(self._shards))
        events: list[Event] = []
        rows: list[tuple[Event, tuple[Failure, ...]]] = []
        notes: dict[str, None] = {}
        failures: dict[str, list[Failure]] = {"failed-read": [], "failed-report": []}
        reports = places = 0
        for kind, values, shapes in parts.rows("event", "row", "note", *failures, "end"):
            if kind == "end":
                summary: Summary = decode(Summary, values[0], [])
                reports, places = reports + summary.reports, places + summary.places
            elif kind == "event":
                events.append(decode(Event, values[0], shapes))
            elif kind == "row":
                rows.append((decode(Event, values[0], shapes), decode(tuple[Failure, ...], values[1], shapes)))
            elif kind == "note":
                notes[values[0]] = None
            else:
                failures[kind].append(decode(Failure, values[0], shapes))
        failed_rows: list[Failure] = []
        once = readers.once((event for event, _ in rows), failures["failed-read"])
        kept = {id(event) for event in once}
        for event, failed in rows:
            if id(event) in kept:
                events.append(event)
                failed_rows += failed
        return Run(
            tuple(merge(events, keep_apart=self._settings.apart)),
            View(parts, "report", _report, reports),
            View(parts, "place", _place, places),
            (*failures["failed-read"], *failures["failed-report"], *failed_rows, *pipeline.not_asked(stopped)),
            title=self._settings.title,
            interface=self._settings.interface,
            notes=tuple(notes),
        )


def _report(values: list[Any], shapes: list[str]) -> Report:
    report: Report = decode(Report, values[0], shapes)
    return report


def _place(values: list[Any], shapes: list[str]) -> tuple[str, Resolved]:
    return values[0], decode(Resolved, values[1], shapes)

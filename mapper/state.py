"""A whole run as a file, so that a later run can add to it: ``run.jsonl.gz`` in the output folder."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import shapely

from mapper import files
from mapper.errors import InputError
from mapper.model import (
    Actor,
    Candidate,
    Claim,
    Count,
    DateRange,
    Event,
    Location,
    Mention,
    Place,
    Report,
    Resolved,
    Run,
)
from mapper.records import Encoder, decode

NAME = "run.jsonl.gz"
_LINES = 5000
_RECORDS = (Actor, Candidate, Claim, Count, DateRange, Event, Location, Mention, Place, Report, Resolved)


def _version() -> str:
    """Changes when a record gets or loses a field: then an older file cannot be read."""
    return hashlib.sha256(repr([[f.name for f in fields(r)] for r in _RECORDS]).encode()).hexdigest()[:12]


def _lines(run: Run) -> Iterator[list[Any]]:
    """[kind, record, geometries] of everything in ``run``, behind a line with the version."""
    yield ["mapper", _version(), []]
    for kind, records in (("report", run.reports), ("event", run.events), ("place", run.places)):
        for record in records:
            encode = Encoder()
            yield [kind, encode(record), encode.shapes]


def _pieces(run: Run) -> Iterator[bytes]:
    """Gzip members of some thousand lines, so that neither text nor archive lies in memory as a whole."""
    block: list[str] = []
    for line in _lines(run):
        block.append(files.json_line(line))
        if len(block) == _LINES:
            yield gzip.compress("".join(block).encode(), mtime=0)
            block.clear()
    if block:
        yield gzip.compress("".join(block).encode(), mtime=0)


def save(run: Run, folder: Path) -> Path:
    """Write the run into ``folder``, as it is before corrections; returns the file.

    Raises:
        OutputError: It cannot be written.
    """
    files.write(folder / NAME, _pieces(run))
    return folder / NAME


def load(folder: Path) -> Run | None:
    """The run that ``save`` wrote into ``folder``; None when there is none and the folder holds no map.

    Raises:
        InputError: The file is damaged or of another version, or the folder holds a map that was not kept.
    """
    path = folder / NAME
    if not path.exists():
        if any(folder.glob("events.*")):
            # Going on would write over events that no one can bring back.
            raise InputError(
                f"{folder} holds a map that was made without --append.",
                remedy="Choose another folder with -o and map all inputs with --append, or remove that map first.",
            )
        return None
    reports, events, places = [], [], []
    number = 0
    remedy = "Map all inputs anew, without --append."
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                kind, value, shapes = json.loads(line)
                if number == 1 and (kind, value) != ("mapper", _version()):
                    raise InputError(f"{path}: of another version of Mapper.", remedy=remedy)
                if kind == "report":
                    reports.append(decode(Report, value, shapes))
                elif kind == "event":
                    events.append(decode(Event, value, shapes))
                elif kind == "place":
                    places.append(decode(tuple[str, Resolved], value, shapes))
    except InputError:
        raise
    except (OSError, EOFError, ValueError, KeyError, IndexError, TypeError, shapely.errors.ShapelyError) as error:
        raise InputError(f"{path}, line {number}: damaged: {type(error).__name__}: {error}.", remedy=remedy) from error
    return Run(tuple(events), tuple(reports), tuple(places))

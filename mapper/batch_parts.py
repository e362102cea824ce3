"""The journal of a batch: a folder with one part file for each finished shard.

A part is written whole or not at all, and its last line holds the checksum of the lines before: that a valid
part exists is all that says its shard is done. Lines are ``[kind, value, …]``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from mapper import files
from mapper.errors import InputError, OutputError
from mapper.records import Encoder, decode

T = TypeVar("T")
FOLDER = ".batch"
_REMEDY = "Run the batch again with --resume."


@dataclass(frozen=True, slots=True)
class Summary:
    """What a part holds, in numbers. ``asks`` are place names that only the geocoder could know."""

    items: int = 0
    reports: int = 0
    events: int = 0
    places: int = 0
    failures: int = 0
    asks: int = 0


class Part:
    """Collects what a shard gives and writes it."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._encode = Encoder()
        self._shapes = 0
        self._counts: dict[str, int] = {}
        self._failures = 0

    def add(self, kind: str, *values: object) -> None:
        """One line; the geometries that it is the first to use go before it."""
        row = [self._encode(v) for v in values]
        self._lines += [files.json_line(["shape", s]) for s in self._encode.shapes[self._shapes :]]
        self._shapes = len(self._encode.shapes)
        self._lines.append(files.json_line([kind, *row]))
        self._counts[kind] = self._counts.get(kind, 0) + 1
        if kind.startswith("failed"):
            self._failures += 1
        elif kind == "row":
            self._failures += len(row[1])

    def write(self, path: Path, items: int) -> Summary:
        """Write it with its last line.

        Raises:
            OutputError: It cannot be written.
        """
        of = self._counts.get
        failures = self._failures
        summary = Summary(items, of("report", 0), of("event", 0) + of("row", 0), of("place", 0), failures, of("ask", 0))
        body = "".join(self._lines)
        digest = hashlib.sha256(body.encode()).hexdigest()
        files.write(path, body + files.json_line(["end", Encoder()(summary), digest]))
        return summary


def path_of(folder: Path, shard: int, asked: bool) -> Path:
    """Where the part of a shard lies: of the first pass, or of the one after the geocoder was asked."""
    return folder / ("asked" if asked else "parts") / f"{shard:07d}.jsonl"


def summary_of(path: Path) -> Summary | None:
    """What a part holds; None when it is not there or damaged, so that its shard is to be done."""
    try:
        body = files.read(path, 1 << 40)
        at = body.rstrip(b"\n").rfind(b"\n") + 1
        kind, counts, digest = json.loads(body[at:])
        if kind == "end" and digest == hashlib.sha256(body[:at]).hexdigest():
            summary: Summary = decode(Summary, counts, [])
            return summary
    except (InputError, ValueError, TypeError):
        pass
    return None


class Parts:
    """All parts of a finished batch, in the order of their shards."""

    def __init__(self, folder: Path, shards: int) -> None:
        self._folder, self._shards = folder, shards

    def rows(self, *kinds: str) -> Iterator[tuple[str, list[Any], list[str]]]:
        """(kind, values, shapes) of each line of these kinds, one part in memory at a time.

        Raises:
            OutputError: A part that was there has gone or cannot be read.
        """
        heads = tuple(f'["{kind}"' for kind in kinds)
        for shard in range(self._shards):
            path = path_of(self._folder, shard, asked=True)
            path = path if path.exists() else path_of(self._folder, shard, asked=False)
            shapes: list[str] = []
            try:
                text = files.read(path, 1 << 40).decode("ascii")
                for line in text.splitlines():
                    if line.startswith('["shape"'):
                        shapes.append(json.loads(line)[1])
                    elif line.startswith(heads):
                        kind, *values = json.loads(line)
                        yield kind, values, shapes
            except (InputError, ValueError) as error:
                raise OutputError(f"{path} cannot be read: {error}", remedy=_REMEDY) from error


class View(Generic[T]):
    """The lines of one kind as records, read from the parts each time they are walked through."""

    def __init__(self, parts: Parts, kind: str, make: Callable[[list[Any], list[str]], T], length: int) -> None:
        self._parts, self._kind, self._make, self._length = parts, kind, make, length

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[T]:
        for _, values, shapes in self._parts.rows(self._kind):
            yield self._make(values, shapes)

    def __contains__(self, value: object) -> bool:
        return any(value == v for v in self)

"""Many inputs as shards: small pieces of work with stable numbers, the same for any number of workers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from mapper import __version__, files, readers
from mapper.errors import InputError, SettingsError
from mapper.gazetteer import Gazetteer
from mapper.model import Failure
from mapper.readers import jsonl
from mapper.settings import Settings

# Small enough that a lost worker costs seconds, large enough that the files stay few.
SHARD_ITEMS = 50
SHARD_BYTES = 1_000_000
# Settings that change how a run goes or is shown, not what its shards give.
_NOT_IN_SHARDS = {
    "output", "formats", "title", "interface", "cache", "geocoder_key", "geocoder_limit", "geocoder_deadline_s",
    "report_deadline_s", "tiles", "tiles_credit", "coarsen", "sensitive", "apart", "extractor_timeout_s",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shard:
    """A piece of work: whole ``files``, or the lines of the one file between two offsets in bytes.

    ``items`` are what one can be lost and named: the files, or the lines from number ``first`` on.
    ``failures`` were met while planning.
    """

    number: int
    files: tuple[str, ...] = ()
    start: int = 0
    end: int = 0
    first: int = 0
    items: int = 0
    failures: tuple[Failure, ...] = ()

    @property
    def of_lines(self) -> bool:
        """Whether the items are lines of one file."""
        return self.first > 0


@dataclass(frozen=True, slots=True)
class Plan:
    """The shards, and a hash of all that decides what they give."""

    shards: tuple[Shard, ...]
    fingerprint: str


def plan(inputs: Iterable[str], settings: Settings) -> Plan:
    """Cut ``inputs`` into shards, without holding what they contain.

    Raises:
        SettingsError: Standard input is among them, which cannot be read twice.
        GazetteerError: The gazetteer cannot be opened.
    """
    gazetteer = Gazetteer.open(settings.gazetteer, settings.additions)
    gazetteer.verify()
    shards: list[Shard] = []
    stamps: list[object] = [
        __version__,
        [[f.name, str(getattr(settings, f.name))] for f in fields(settings) if f.name not in _NOT_IN_SHARDS],
        gazetteer.info(),
        [[p.name, p.stat().st_size, p.stat().st_mtime_ns] for p in sorted(settings.additions.glob("*.tsv"))],
    ]
    group: list[str] = []
    size = 0

    def close() -> None:
        nonlocal size
        if group:
            shards.append(Shard(len(shards), tuple(group), items=len(group)))
        group.clear()
        size = 0

    for path in readers.found(inputs, settings.output):
        if isinstance(path, Failure):
            close()
            shards.append(Shard(len(shards), failures=(path,)))
            continue
        if str(path) == "-":
            raise SettingsError("a batch cannot read standard input.", remedy="Give a file.")
        try:
            stat = path.stat()
            stamps.append([str(path), stat.st_size, stat.st_mtime_ns])
            if path.suffix.lower() in (".jsonl", ".ndjson") and _is_cut(path):
                close()
                shards += _of_lines(path, len(shards), settings)
                continue
            weight = stat.st_size
        except (OSError, InputError):
            stamps.append([str(path), None])
            weight = 0  # the reader will say what is wrong with it
        if len(group) >= SHARD_ITEMS or size + weight > SHARD_BYTES:
            close()
        group.append(str(path))
        size += weight
    close()
    text = json.dumps(stamps, ensure_ascii=True, default=str)
    return Plan(tuple(shards), hashlib.sha256(text.encode()).hexdigest())


def _is_cut(path: Path) -> bool:
    """Whether a JSON Lines file can be cut at its line ends: reports in UTF-8."""
    return jsonl.holds_reports(files.read_range(path, 0, 1 << 16)) and files.is_utf8(path)


def _of_lines(path: Path, number: int, settings: Settings) -> Iterator[Shard]:
    """The lines of a file in shards; a line above the limit is left out and told."""
    begin, first, items = 0, 1, 0
    line = 0
    at = 0
    for line, (end, long) in enumerate(files.line_ends(path, settings.max_report_bytes), start=1):
        if long:
            told = jsonl.too_long(path, line, settings)
            yield Shard(number, (str(path),), begin, at, first, items, (told,))
        elif items + 1 >= SHARD_ITEMS or end - begin >= SHARD_BYTES:
            yield Shard(number, (str(path),), begin, end, first, items + 1)
        else:
            items, at = items + 1, end
            continue
        number, begin, first, items, at = number + 1, end, line + 1, 0, end
    if items:
        yield Shard(number, (str(path),), begin, at, first, items)

"""Sorts names into the index of a gazetteer file (``gazetteer_table``), in bounded memory.

Names go as (hash, row) pairs to scratch files by the first bits of the hash, so that each can be sorted alone;
joined they are the sorted index.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mapper.gazetteer_rank import OWN_NAME
from mapper.gazetteer_table import ENTRY, LEVELS, OWN, ROW, key_hash, numpy_kind

# Scratch files of names, by the first bits of the hash: each holds a million pairs when the whole world is read.
_BITS, BUCKETS = 6, 64
BUFFER = 400_000
LONGEST_KEY = 80
# About how many names share the first bits by which they are found, and most rows that a name keeps.
_RUN, _MOST_OF_A_NAME = 8, 2**16 - 1
# Ranks are kept in thousandths.
RANK = 1000
# The class of a filing that says nothing of it.
NO_LEVEL = 255
# ``row`` has the bit ``OWN`` where the row goes by the name itself.
_PAIR = np.dtype([("hash", "<u8"), ("row", "<u4"), ("words", "u1"), ("level", "u1")])
_FIRST = np.dtype([("hash", "<u8"), ("words", "u1")])
_first_hash = lru_cache(maxsize=200_000)(key_hash)


class Scratch:
    """Files of a folder that are written to their ends, and read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stack = ExitStack()
        self._open: dict[str, IO[bytes]] = {}
        self._lengths: dict[str, int] = {}

    def close(self) -> None:
        """Close them all."""
        self._stack.close()

    def __contains__(self, name: str) -> bool:
        return name in self._open

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._open))

    def length(self, name: str) -> int:
        """The bytes of a file; 0 for one that there is not."""
        return self._lengths.get(name, 0)

    def append(self, name: str, data: bytes) -> None:
        """Write on."""
        if name not in self._open:
            self._open[name] = self._stack.enter_context((self.folder / name).open("ab"))
        self._open[name].write(data)
        self._lengths[name] = self._lengths.get(name, 0) + len(data)

    def path(self, name: str) -> Path:
        """A file's path, all that was written in it."""
        self._open[name].flush()
        return self.folder / name

    def read(self, name: str, kind: Any, count: int = -1, start: int = 0) -> npt.NDArray[Any]:
        """A file as an array, or ``count`` of its items from ``start`` on; empty where there is none."""
        if name not in self._open:
            return np.zeros(0, kind)
        return np.fromfile(self.path(name), kind, count, offset=start * np.dtype(kind).itemsize)

    def replace(self, old: str, new: str) -> None:
        """Let the file ``new`` be the file ``old``, and ``new`` be none."""
        self.path(new).replace(self.folder / old)
        self._open[old], self._lengths[old] = self._open.pop(new), self._lengths.pop(new)


class _Sorted(NamedTuple):
    """How much of the index there is: names, postings, first words."""

    names: int = 0
    postings: int = 0
    firsts: int = 0


class NameIndex:
    """Takes names and their rows, and writes the index."""

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch
        self._pairs = {"hash": array("Q"), "row": array("I"), "words": array("B"), "level": array("B")}
        self._firsts = {"hash": array("Q"), "words": array("B")}

    def file(self, key: str, wanted: int, row: int, level: int, *, own: bool) -> bool:
        """File a row under a name; returns whether it is time to ``flush``.

        Args:
            key: The normalised name; ``wanted`` is its hash.
            row: The row's number.
            level: The number of its class of ambiguity in ``LEVELS``, or ``NO_LEVEL``.
            own: Whether the row goes by this name itself.
        """
        space = key.find(" ")
        words = min(255, key.count(" ") + 1) if space > 0 else 1
        pairs = self._pairs
        pairs["hash"].append(wanted)
        pairs["row"].append(row | OWN if own else row)
        pairs["words"].append(words)
        pairs["level"].append(level)
        if space > 0:
            self._firsts["hash"].append(_first_hash(key[:space]))
            self._firsts["words"].append(words)
        return len(pairs["hash"]) >= BUFFER

    def flush(self) -> None:
        """Write what was taken to the scratch files."""
        for kind, waiting, dtype in (("pairs", self._pairs, _PAIR), ("firsts", self._firsts, _FIRST)):
            data = np.zeros(len(waiting["hash"]), dtype)
            for field in dtype.names or ():
                data[field] = waiting[field]
                del waiting[field][:]
            bucket = (data["hash"] >> np.uint64(64 - _BITS)).astype(np.int64)
            order = np.argsort(bucket, kind="stable")
            ends = np.searchsorted(bucket[order], np.arange(BUCKETS), side="right")
            for number, part in enumerate(np.split(data[order], ends[:-1])):
                self._scratch.append(f"{kind}.{number}", part.tobytes())

    def write(self, ranks: npt.NDArray[np.uint16], known: npt.NDArray[np.uint8]) -> Iterator[int]:
        """Sort the scratch files into the index; yields the number of each that is done.

        Args:
            ranks: Of each row, in thousandths (see ``gazetteer_rank``): the order in which a name's rows are kept.
            known: Prominence of each row: a name has that of its best row.
        """
        pairs = sum(self._scratch.length(f"pairs.{i}") for i in range(BUCKETS)) // _PAIR.itemsize
        bits, done = max(_BITS, (pairs // _RUN).bit_length()), _Sorted()
        for number in range(BUCKETS):
            data = self._scratch.read(f"pairs.{number}", _PAIR)
            single = data["hash"][data["words"] == 1]
            names, postings = self._names(data, ranks, known, done)
            self._scratch.append("runs", _begins(names, number, bits, done.names))
            firsts = self._first_words(self._scratch.read(f"firsts.{number}", _FIRST), single)
            self._scratch.append("first_runs", _begins(firsts, number, bits, done.firsts))
            done = _Sorted(done.names + len(names), done.postings + postings, done.firsts + len(firsts))
            yield number + 1
        self._scratch.append("runs", np.uint32(done.names).tobytes())
        self._scratch.append("first_runs", np.uint32(done.firsts).tobytes())

    def _names(
        self, data: npt.NDArray[Any], ranks: npt.NDArray[np.uint16], known: npt.NDArray[np.uint8], before: _Sorted
    ) -> tuple[npt.NDArray[np.uint64], int]:
        """Write the entries and postings of one scratch file; returns its sorted hashes and how many postings."""
        if not len(data):
            return np.zeros(0, "<u8"), 0
        # A name and a row once, with what any of its filings says of it.
        data = data[np.lexsort((data["row"] & ROW, data["hash"]))]
        fresh = np.ones(len(data), bool)
        fresh[1:] = (data["hash"][1:] != data["hash"][:-1]) | ((data["row"][1:] ^ data["row"][:-1]) & ROW > 0)
        at = np.flatnonzero(fresh)
        own = np.bitwise_or.reduceat(data["row"] & OWN, at)
        level = np.minimum.reduceat(data["level"], at)
        hashes, rows = data["hash"][at], data["row"][at] & ROW
        weight = ranks[rows].astype(np.int64) + np.where(own > 0, int(RANK * OWN_NAME), 0)
        order = np.lexsort((rows, -weight, hashes))
        hashes, rows, own, level = hashes[order], rows[order], own[order], level[order]
        starts = np.ones(len(hashes), bool)
        starts[1:] = hashes[1:] != hashes[:-1]
        at = np.flatnonzero(starts)
        counts = np.diff(np.append(at, len(hashes)))
        postings = (rows | own).astype("<u4")
        # The entry of a name with one row holds it itself; the others say where their rows begin.
        listed = np.where(counts > 1, counts, 0)
        entries = np.zeros(len(at), numpy_kind(ENTRY))
        entries["at"] = np.where(counts > 1, before.postings + np.cumsum(listed) - listed, postings[at])
        entries["count"] = np.minimum(counts, _MOST_OF_A_NAME)
        entries["level"] = np.minimum(np.minimum.reduceat(level, at), len(LEVELS) - 1)
        entries["prominence"] = np.maximum.reduceat(known[rows], at)
        self._scratch.append("keys", hashes[at].tobytes())
        self._scratch.append("entries", entries.tobytes())
        self._scratch.append("postings", postings[np.repeat(counts > 1, counts)].tobytes())
        return hashes[at], int(listed.sum())

    def _first_words(self, data: npt.NDArray[Any], single: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        """Write how long the longest name is that begins with each word; returns their sorted hashes."""
        words = np.concatenate([data["words"], np.ones(len(single), "u1")])
        first = np.concatenate([data["hash"], single])
        order = np.lexsort((255 - words, first))
        chosen, where = np.unique(first[order], return_index=True)
        # The run knows the first bits: the last ones are enough to tell its words apart.
        self._scratch.append("first", chosen.astype("<u4").tobytes())
        self._scratch.append("first_max", words[order][where].tobytes())
        return chosen


def _begins(hashes: npt.NDArray[np.uint64], number: int, bits: int, before: int) -> bytes:
    """Where the runs of a scratch file's sorted hashes begin in the whole column, ``before`` being what went before."""
    inside = bits - _BITS
    run = (hashes >> np.uint64(64 - bits)).astype(np.int64) - (number << inside)
    return (np.searchsorted(run, np.arange(1 << inside)) + before).astype("<u4").tobytes()

"""Delimited tables: the delimiter is found, HXL tags are read, a ragged row is a Failure, never a shifted column."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from mapper.errors import InputError
from mapper.readers.content import Content
from mapper.readers.layout import Row, events_of, is_tag_row, layouts
from mapper.settings import Settings

_DELIMITERS = ",;\t|"
_LARGEST_CELL = 10_000_000
# How a spreadsheet-safe writer (ours too) keeps a cell from being run.
_NEUTRALISED = re.compile(r"'[=+\-@\t]")


def _lines(text: str) -> Iterator[str]:
    """The lines of ``text``, one at a time: a list of them would double the memory."""
    at = 0
    while at < len(text):
        end = text.find("\n", at) + 1 or len(text)
        yield text[at:end]
        at = end


def _records(lines: Iterable[str], delimiter: str, quoted: bool, first: int) -> Iterator[tuple[int, list[str] | str]]:
    """(line at which it starts, cells) of each record that is not blank; for what is none, the problem in words.

    A quotation mark that is never closed would swallow the rest of the file: it costs its own line alone.
    """
    csv.field_size_limit(_LARGEST_CELL)
    taken: list[str] = []

    def noted() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line

    # Quotation marks are mere letters where tabs separate and nothing is quoted.
    reader = csv.reader(noted(), delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE)
    held: tuple[int, list[str] | str] | None = None
    last: list[str] = []
    for cells in reader:
        if held is not None:
            yield held
        held = (first, cells) if any(c and not c.isspace() for c in cells) else None
        first += len(taken)
        last = taken[:] if len(taken) > 1 else []
        taken.clear()
    if held is not None and quoted and sum(line.count('"') for line in last) % 2:
        yield held[0], "ragged row: a quotation mark in it is never closed"
        yield from _records(last[1:], delimiter, quoted, held[0] + 1)
    elif held is not None:
        yield held


def read(path: Path, data: bytes, settings: Settings) -> Content:
    """Events of a delimited table.

    Raises:
        InputError: It is empty or binary, or no column says where its rows are.
    """
    content, source = Content(), str(path)
    text = content.decode(data, source)
    first = text.split("\n", 1)[0]
    skip = 0
    if re.fullmatch(r"sep=.", first.strip(), re.IGNORECASE):
        delimiter, skip = first.strip()[-1], 1
    else:
        delimiter = max(_DELIMITERS, key=lambda d: len(next(csv.reader([first], delimiter=d), [])))
    try:
        return Content.joined([content, _read(source, text, delimiter, skip, settings)])
    except csv.Error as error:
        raise InputError(
            f"{source}: not a table: {error}.", remedy="Look for a quotation mark that is never closed."
        ) from error


def _read(source: str, text: str, delimiter: str, skip: int, settings: Settings) -> Content:
    quoted = delimiter != "\t" or '\t"' in text[:100_000]
    records = _records(islice(_lines(text), skip, None), delimiter, quoted, skip + 1)
    number, cells = next(records, (0, []))
    if not number or isinstance(cells, str):
        raise InputError(f"{source}: the file is empty.", remedy="Give a table with a header and rows.")
    header = _headless(cells, delimiter, settings)
    if header is not None:
        records = _records(islice(_lines(text), skip, None), delimiter, delimiter != "\t", skip + 1)
        return events_of(source, header, _rows(header, records), settings)
    header = [c.strip() for c in cells]
    tags: list[str] = []
    if is_tag_row(header):
        tags = header
        header = [t or f"column {i}" for i, t in enumerate(tags, start=1)]
    second = next(records, None)
    if second is not None and isinstance(second[1], list) and is_tag_row(second[1]):
        tags, second = second[1], next(records, None)

    def body() -> Iterator[tuple[int, list[str] | str]]:
        if second is not None:
            yield second
        yield from records

    return events_of(source, _unique(header), _rows(_unique(header), body()), settings, tags)


def _headless(cells: Sequence[str], delimiter: str, settings: Settings) -> list[str] | None:
    """The columns of a file without a header that is known by its width; its first cell is an id."""
    if not cells[0].strip().isdigit():
        return None
    for key, rule in layouts()["headless"].items():
        name = rule.get(str(len(cells)))
        if name and settings.layout in ("", key) and (delimiter == "\t" or rule["separator"] == "any"):
            return str(layouts()["columns"][name]).split(",")
    return None


def _unique(header: Sequence[str]) -> list[str]:
    """Column names, a repeated one with its number: the first keeps the name."""
    out: list[str] = []
    for name in header:
        out.append(f"{name} ({len(out) + 1})" if name in out else name)
    return out


def _rows(header: Sequence[str], records: Iterator[tuple[int, list[str] | str]]) -> Iterator[tuple[int, Row | str]]:
    width = len(header)
    for number, cells in records:
        if isinstance(cells, str):
            yield number, cells
            continue
        if len(cells) != width:
            if len(cells) == width - 1 and header[-1] in ("SOURCEURL",):
                cells = [*cells, ""]  # GDELT 1 before April 2013 has no address
            elif len(cells) > width and not any(c.strip() for c in cells[width:]):
                cells = cells[:width]  # separators at the end shift nothing
            else:
                yield number, f"ragged row: {len(cells)} cells, the header has {width}"
                continue
        row: dict[str, Any] = dict(zip(header, cells, strict=True))
        for name, cell in row.items():
            if cell[:1] == "'" and _NEUTRALISED.match(cell):
                row[name] = cell[1:]
        yield number, row

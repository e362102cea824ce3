"""What several commands need."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mapper.errors import InputError

if TYPE_CHECKING:
    from mapper.gazetteer import Gazetteer
    from mapper.model import Failure
    from mapper.settings import Settings


def open_gazetteer(settings: Settings) -> Gazetteer:
    """The gazetteer that the settings name."""
    from mapper.gazetteer import Gazetteer

    return Gazetteer.open(settings.gazetteer)


def print_failures(failures: Sequence[Failure]) -> None:
    """The first twenty failures, each with what helps."""
    for failure in failures[:20]:
        line = f", line {failure.line}" if failure.line else ""
        print(
            f"mapper: {failure.stage}: {failure.source}{line}: {failure.error}. {failure.remedy}".rstrip(),
            file=sys.stderr,
        )
    if len(failures) > 20:
        print(f"mapper: and {len(failures) - 20} more in failures.jsonl", file=sys.stderr)


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file.

    Raises:
        InputError: A line is no JSON object; the message names file and line.
    """
    from mapper import files

    for number, line in enumerate(files.read(path, 2_000_000_000).decode("utf-8-sig", "replace").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(
                f"{path}, line {number}: not JSON: {error.msg}.", remedy="Write one object a line."
            ) from error
        if not isinstance(row, dict):
            raise InputError(f"{path}, line {number}: not an object.", remedy="Write one object a line.")
        yield row

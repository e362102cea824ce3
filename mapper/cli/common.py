"""What several commands need."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mapper.gazetteer import Gazetteer
    from mapper.model import Failure
    from mapper.settings import Settings


def open_gazetteer(settings: Settings) -> Gazetteer:
    """The gazetteer that the settings name, with the user's own places."""
    from mapper.gazetteer import Gazetteer

    return Gazetteer.open(settings.gazetteer, settings.additions)


def visible(text: str) -> str:
    """``text`` for a terminal: what would begin a line, colour or turn the text is a question mark."""
    return "".join(c if c.isprintable() else "?" for c in text)


def print_failures(failures: Sequence[Failure]) -> None:
    """The first twenty failures, each with what helps."""
    for failure in failures[:20]:
        line = f", line {failure.line}" if failure.line else ""
        told = (
            f"mapper: {failure.stage}: {failure.source}{line}: {failure.error.rstrip('.')}. {failure.remedy}".rstrip()
        )
        print(visible(told), file=sys.stderr)
    if len(failures) > 20:
        print(f"mapper: and {len(failures) - 20} more in failures.jsonl", file=sys.stderr)

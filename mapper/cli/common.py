"""What several commands need."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mapper.gazetteer import Gazetteer
    from mapper.model import Failure
    from mapper.pipeline import Progress
    from mapper.settings import Settings


def open_gazetteer(settings: Settings) -> Gazetteer:
    """The gazetteer that the settings name, with the user's own places."""
    from mapper.gazetteer import Gazetteer

    return Gazetteer.open(settings.gazetteer, settings.additions)


def visible(text: str) -> str:
    """``text`` for a terminal: what would begin a line, colour or turn the text is a question mark."""
    return "".join(c if c.isprintable() else "?" for c in text)


def print_failures(failures: Sequence[Failure], rest: str = "failures.jsonl") -> None:
    """The first twenty failures, each with what helps, and where the ``rest`` stands."""
    for failure in failures[:20]:
        line = f", line {failure.line}" if failure.line else ""
        told = (
            f"mapper: {failure.stage}: {failure.source}{line}: {failure.error.rstrip('.')}. {failure.remedy}".rstrip()
        )
        print(visible(told), file=sys.stderr)
    if len(failures) > 20:
        print(f"mapper: and {len(failures) - 20} more in {rest}", file=sys.stderr)


def progress(of_what: str) -> Progress:
    """A line of progress: "7/20 reports", the time left, the failures so far.

    On a terminal it is shown always, else once a minute.
    """
    begin = shown = time.monotonic()
    terminal = sys.stderr.isatty()
    first: int | None = None

    def show(done: int, of: int, failed: int) -> None:
        nonlocal first, shown
        now = time.monotonic()
        first = done if first is None else first  # what a run before has done says nothing of the speed
        if not terminal and now - shown < 60:
            return
        shown = now
        left = f", {(now - begin) / (done - first) * (of - done):.0f} s left" if done > first else ""
        told = f", {failed} failures" if failed else ""
        end = "\n" if done == of or not terminal else ""
        print(f"{chr(13) if terminal else ''}{done}/{of} {of_what}{left}{told} ", end=end, file=sys.stderr, flush=True)

    return show

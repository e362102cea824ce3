"""Extractors: a report and its places → its events. The rules are the default; others are asked for by name.

To add one, write an object with the method of ``Extractor`` and either put a line into ``EXTRACTORS`` or
give it as an entry point of the group ``mapper.extractors`` (a callable that takes the Settings). The
contract, which ``checked`` keeps: every event has a claim whose sentence stands at its offsets in the
report, and its location is one of the places (or of their rejected
candidates) that it was given. An extractor never makes coordinates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.metadata import entry_points
from typing import Protocol

from mapper.errors import SettingsError
from mapper.extraction import extract
from mapper.extractors.chat import Chat
from mapper.model import Event, Report, Resolved
from mapper.settings import Settings

GROUP = "mapper.extractors"


class Extractor(Protocol):
    """What the pipeline asks of an extractor."""

    def extract(self, report: Report, resolved: Sequence[Resolved], *, language: str) -> list[Event]:
        """The events of a report, each told once, in the order of their first sentence.

        Raises:
            ExtractorError: It could not be asked; the rules then read the report, and the run says so.
        """


class Rules:
    """The rules of ``extraction.py``: offline, and the same answer every time."""

    def extract(self, report: Report, resolved: Sequence[Resolved], *, language: str) -> list[Event]:
        return extract(report, resolved, language=language)


EXTRACTORS: dict[str, Callable[[Settings], Extractor]] = {"rules": lambda _: Rules(), "chat": Chat.of}


@lru_cache(maxsize=8)
def extractor(settings: Settings) -> Extractor:
    """The extractor that the settings name.

    Raises:
        SettingsError: There is none of that name; the message lists those that there are.
    """
    made = EXTRACTORS.get(settings.extractor)
    if made is not None:
        return made(settings)
    found = {e.name: e for e in entry_points(group=GROUP)}
    if settings.extractor not in found:
        known = ", ".join([*EXTRACTORS, *found])
        raise SettingsError(f"no extractor {settings.extractor!r}.", remedy=f"Known: {known}.")
    loaded: Callable[[Settings], Extractor] = found[settings.extractor].load()
    return loaded(settings)


def checked(report: Report, resolved: Sequence[Resolved], events: Sequence[Event]) -> list[Event]:
    """The events that keep the contract; those whose sentence or place is made up are left out."""
    known = [r.location for r in resolved if r.location is not None]
    places = {(w.lat, w.lon) for w in known} | {(c.place.lat, c.place.lon) for w in known for c in w.candidates}
    return [
        e
        for e in events
        if e.claims
        and all(report.text[c.start : c.end] == c.sentence for c in e.claims if c.report_id == report.id)
        and (e.location is None or (e.location.lat, e.location.lon) in places)
    ]

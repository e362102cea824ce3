"""Mapper from Python, for notebooks and scripts: ``read``, ``places``, ``events``, ``locate``, ``locate_many``.

Each takes what a person has at hand (a text, a file, a folder, reports) and gives a list that shows itself as a
table, knows its frame, and says what could not be done. Settings go by their names: ``offline=True``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from mapper import localities, pipeline, readers
from mapper.gazetteer import Gazetteer
from mapper.geocoders import fallback
from mapper.model import Event, Failure, Report, Resolved, Run
from mapper.readers.content import Content
from mapper.readers.text import report_id
from mapper.settings import Settings, load

if TYPE_CHECKING:
    import folium
    import pandas as pd

Source = str | Path | Report | Content | Iterable["str | Path | Report"]
_SHOWN = 20


@cache
def _gazetteer(folder: Path | None) -> Gazetteer:
    return Gazetteer.open(folder)


def settings_of(knobs: dict[str, Any]) -> Settings:
    """Settings from names and values, as flags of the command line give them.

    Raises:
        SettingsError: A name is unknown or a value not allowed.
    """
    given = {k: Path(v) if k in ("output", "gazetteer", "cache") and v is not None else v for k, v in knobs.items()}
    unknown = set(given) - set(Settings.__dataclass_fields__)
    if unknown:
        raise TypeError(f"no setting {', '.join(sorted(unknown))}; known: {', '.join(Settings.__dataclass_fields__)}")
    return load(given)


def _table(header: Sequence[str], rows: Iterable[Sequence[Any]], more: int) -> str:
    """An HTML table; every cell is text, whatever it holds, and is read in its own direction."""
    head = "".join(f"<th>{escape(h)}</th>" for h in header)
    body = "".join(
        "<tr>" + "".join(f'<td dir="auto">{"" if c is None else escape(str(c))}</td>' for c in row) + "</tr>"
        for row in rows
    )
    foot = f"<p>… and {more:,} more</p>" if more > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{foot}"


class Found(Resolved):
    """What ``locate`` gives: ``location`` with its chain, or ``why_not``."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        where = self.location
        if where is None:
            return f"<p>{escape(self.mention.surface)}: {escape(self.why_not or 'not found')}</p>"
        steps = "".join(f'<li dir="auto">{escape(step)}</li>' for step in where.chain)
        line = f"{where.lat:.5f}, {where.lon:.5f} ± {where.radius_m / 1000:.0f} km ({where.precision})"
        return f"<p><b>{escape(where.name)}</b> {line}</p><ol>{steps}</ol>"


class Events(Sequence[Event]):
    """Events, in order, with the run that they come from: ``failures``, ``run``, a frame, a map, files."""

    def __init__(self, run: Run, settings: Settings) -> None:
        self.run = run
        self.settings = settings

    @property
    def failures(self) -> tuple[Failure, ...]:
        """What could not be done."""
        return self.run.failures

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> Events: ...
    def __getitem__(self, index: int | slice) -> Event | Events:
        if isinstance(index, slice):
            return Events(replace(self.run, events=self.run.events[index]), self.settings)
        return self.run.events[index]

    def __len__(self) -> int:
        return len(self.run.events)

    def __iter__(self) -> Iterator[Event]:
        return iter(self.run.events)

    def __repr__(self) -> str:
        return f"<{len(self)} events, {sum(e.location is None for e in self)} without a place>"

    def _repr_html_(self) -> str:
        rows = [
            (
                e.date.start if e.date else None,
                e.sub_event_type,
                e.location.name if e.location else None,
                e.fatalities,
                e.status,
                e.claims[0].sentence,
            )
            for e in self.run.events[:_SHOWN]
        ]
        head = ("date", "what", "where", "killed", "status", "sentence")
        return f"<p>{escape(repr(self))}</p>" + _table(head, rows, len(self) - _SHOWN)

    def frame(self) -> pd.DataFrame:
        """The events as a table with typed columns and shapely points, see ``mapper.frames.event_frame``."""
        from mapper.frames import event_frame

        return event_frame(self.run.events)

    def map(self) -> folium.Map:
        """The map, which shows itself in a notebook."""
        from mapper.layers import to_folium

        return to_folium(self.run, title=self.settings.title, language=self.settings.interface)

    def write(self, output: str | Path = "output", formats: Iterable[str] = ("html", "geojson", "csv")) -> list[Path]:
        """Write files into the folder ``output``, as ``mapper map`` does; returns their paths.

        Raises:
            SettingsError: A format is not known.
            OutputError: A file cannot be written.
        """
        return pipeline.write(self.run, replace(self.settings, output=Path(output), formats=tuple(formats)))


class Places(Sequence[Resolved]):
    """Mentions of places and what became of them; ``reports`` holds the report id of each."""

    def __init__(self, pairs: Sequence[tuple[str, Resolved]]) -> None:
        self._pairs = tuple(pairs)
        self.reports = tuple(report for report, _ in self._pairs)

    @overload
    def __getitem__(self, index: int) -> Resolved: ...
    @overload
    def __getitem__(self, index: slice) -> Places: ...
    def __getitem__(self, index: int | slice) -> Resolved | Places:
        return Places(self._pairs[index]) if isinstance(index, slice) else self._pairs[index][1]

    def __len__(self) -> int:
        return len(self._pairs)

    def __repr__(self) -> str:
        return f"<{len(self)} places, {sum(r.location is None for r in self)} not resolved>"

    def _repr_html_(self) -> str:
        rows = []
        for resolved in self[:_SHOWN]:
            where = resolved.location
            spot = f"{where.lat:.4f}, {where.lon:.4f}" if where else resolved.why_not
            rows.append((resolved.mention.surface, where.name if where else None, where and where.country, spot))
        head = ("in the report", "place", "country", "latitude, longitude")
        return f"<p>{escape(repr(self))}</p>" + _table(head, rows, len(self) - _SHOWN)

    def frame(self) -> pd.DataFrame:
        """The mentions as a table with typed columns and shapely points, see ``mapper.frames.place_frame``."""
        from mapper.frames import place_frame

        return place_frame(self._pairs)


def read(*paths: str | Path, **knobs: Any) -> Content:
    """Reports and events of tables in files and folders, not yet placed.

    >>> content = read("samples/events.csv")
    >>> len(content.reports), len(content.events), content.failures
    (0, 3, [])
    """
    return readers.read([str(p) for p in paths], settings_of(knobs))


def _content(source: Source, settings: Settings) -> Content:
    """What a caller means: a text is a report, a ``Path`` is read."""
    if isinstance(source, Content):
        return source
    if isinstance(source, Path):
        return readers.read([str(source)], settings)
    if isinstance(source, str):
        return Content(reports=[Report(report_id(Path("-"), source), source, published=settings.published)])
    if isinstance(source, Report):
        return Content(reports=[source])
    return Content.joined(_content(one, settings) for one in source)


def places(source: Source, **knobs: Any) -> Places:
    """Every place that a text, a report or a file names, resolved.

    >>> [(p.mention.surface, p.location.country) for p in places("Shells fell on Khan Shaykhun.", offline=True)]
    [('Khan Shaykhun', 'SY')]

    Args:
        source: A text; a ``Path`` to a file or folder; a ``Report``; what ``read`` gave; or several of them.
        **knobs: Settings by name, such as ``offline=True`` or ``countries=("LY",)``.
    """
    settings = settings_of(knobs)
    gazetteer, geocoder = _gazetteer(settings.gazetteer), fallback(settings)
    found = []
    for report in _content(source, settings).reports:
        found += [(report.id, r) for r in pipeline.places_of(report, gazetteer, settings, geocoder)]
    return Places(found)


def events(source: Source, **knobs: Any) -> Events:
    """The events that texts, reports and tables tell, merged, each with its claims.

    >>> found = events("An air strike hit Sirte on 22 September 2017, killing three.", offline=True)
    >>> [(e.sub_event_type, e.location.name, e.fatalities) for e in found]
    [('Air/drone strike', 'Sirte', 3)]

    Args:
        source: As for ``places``.
        **knobs: Settings by name.
    """
    settings = settings_of(knobs)
    content = _content(source, settings)
    return Events(pipeline.run(content, settings, gazetteer=_gazetteer(settings.gazetteer)), settings)


def locate(
    text: str,
    gazetteer: Gazetteer | None = None,
    *,
    country: str | None = None,
    admin1: str | None = None,
    language: str | None = None,
    **knobs: Any,
) -> Found:
    """One described place: a name, a name with what it lies in, or a relative place.

    >>> where = locate("150 miles southeast of Sirte", offline=True).location
    >>> round(where.lat, 1), round(where.lon, 1), str(where.precision)
    (29.7, 18.4, 'sector')

    Args:
        text: As a report says it, in a language that we read.
        gazetteer: Where names are looked up; the one that ships unless given.
        country: ISO code or name, a hint that ranks.
        admin1: First-order unit that it lies in, a hint.
        language: How to read the text; None to find out.
        **knobs: Settings by name.
    """
    settings = settings_of(knobs)
    known = gazetteer or _gazetteer(settings.gazetteer)
    found = localities.locate(
        text, known, country=country, admin1=admin1, language=language, geocoder=fallback(settings)
    )
    return Found(found.mention, found.location, found.why_not)


def locate_many(
    texts: Iterable[str | Mapping[str, str]], gazetteer: Gazetteer | None = None, **knobs: Any
) -> Iterator[Found]:
    """``locate`` for many, in their order and in less time; one that trips a rule says why, and the others go on.

    >>> two = ["20 km south of Derna", {"text": "Tripoli", "country": "LB"}]
    >>> [found.location.country for found in locate_many(two, offline=True)]
    ['LY', 'LB']

    Args:
        texts: What is described, or ``text`` with any of ``country``, ``admin1`` and ``language`` as for ``locate``.
        gazetteer: Where names are looked up; the one that ships unless given.
        **knobs: Settings by name.
    """
    settings = settings_of(knobs)
    asked = (localities.Description(**({"text": one} if isinstance(one, str) else dict(one))) for one in texts)
    known = gazetteer or _gazetteer(settings.gazetteer)
    for found in localities.locate_many(asked, known, geocoder=fallback(settings)):
        yield Found(found.mention, found.location, found.why_not)

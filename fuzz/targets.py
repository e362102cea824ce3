"""What must hold for any bytes. Needs no fuzzer: the tests replay the corpus with it."""

from __future__ import annotations

import tempfile
import warnings
from functools import cache
from pathlib import Path
from typing import Any

from mapper import pipeline, readers, relative
from mapper.errors import GeocoderError
from mapper.gazetteer import Gazetteer
from mapper.geocoders import ask
from mapper.geocoders.transport import Transport
from mapper.model import Report
from mapper.settings import Settings

LANGUAGES = ("en", "ar", "fr")
ENDINGS = tuple(sorted(e for e in readers.READERS if e not in {".parquet", ".geoparquet", ".fgb", ".gpkg"}))


def _text(data: bytes) -> tuple[str, str]:
    """A language (by the first byte) and a text."""
    return LANGUAGES[data[0] % 3 if data else 0], data[1:].decode("utf-8", "replace")


def grammar(data: bytes) -> None:
    """Relative places: spans are those of the text, distances and bearings in range."""
    language, text = _text(data)
    names = [(m, min(m + 5, len(text))) for m in range(0, min(len(text), 200), 11)]
    for mention in relative.find(text, language, names):
        assert text[mention.start : mention.end] == mention.surface
    parsed = relative.parse(text, language)
    if parsed is not None:
        for start, end, surface in parsed[0].anchors:
            assert text[start:end] == surface
        if parsed[0].distance_m is not None:
            low, best, high = parsed[0].distance_m
            assert 0 <= low <= best <= high
        if parsed[0].bearing is not None:
            assert 0 <= parsed[0].bearing <= 360


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="fuzz-readers-"))


def reading(data: bytes) -> None:
    """Readers: content or failures for any file, never another error; the first byte chooses the kind."""
    ending = ENDINGS[data[0] % len(ENDINGS)] if data else ".txt"
    path = _folder() / f"input{ending}"
    path.write_bytes(data[1:])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        content = readers.read([str(path)], Settings(max_report_bytes=100_000))
    for event in content.events:
        assert event.claims
    for failure in content.failures:
        assert failure.error


class _Given(Transport):
    """Answers with the bytes that the fuzzer made."""

    body = b""

    def get_text(self, url: str, *, timeout: float, headers: dict[str, str]) -> str:
        return self.body.decode("utf-8", "replace")


@cache
def _questions() -> tuple[Any, ...]:
    return tuple(ask(name, "x.example", transport=_Given) for name in ("nominatim", "photon", "pelias"))


def answers(data: bytes) -> None:
    """The geocoder's answers: a place on the globe, absent, or our error."""
    _Given.body = data[1:]
    question = _questions()[data[0] % 3 if data else 0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            place = question("Sirte", "LY")
        except GeocoderError as error:
            assert len(error.message) <= 200
            return
    if place is not None:
        assert abs(place.lat) <= 90
        assert abs(place.lon) <= 180
        assert (place.lat, place.lon) != (0, 0)


@cache
def _gazetteer() -> Gazetteer:
    return Gazetteer.open()


def reports(data: bytes) -> None:
    """A whole report: no rule trips, every span is that of its words."""
    language, text = _text(data[:1200])
    report = Report("x", text, language=language)
    resolved, events, failures = pipeline.of_report(report, _gazetteer(), Settings(offline=True), None)
    assert not failures, failures[0].error
    for place in resolved:  # a span holds what its surface leaves out: clitics before, the dot of an abbreviation after
        mention = place.mention
        span = text[mention.start : mention.end]
        assert span.endswith((mention.surface, f"{mention.surface}.")), (span, mention.surface)
    for claim in (c for e in events for c in e.claims):
        assert text[claim.start : claim.end] == claim.sentence


TARGETS = {"grammar": grammar, "readers": reading, "answers": answers, "reports": reports}

"""The printed summary: right figures, three languages, nothing that runs or asks."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from mapper.exporters import summary
from mapper.exporters.summary import words
from mapper.model import Claim, DateRange, Event, Location, PrecisionClass, Run

SENTENCE = "Shells hit <script>alert(1)</script> the {{7*7}} market & killed"


def _event(name: str, lon: float, toll: int | None = None, **more: object) -> Event:
    where = Location(31.2, lon, 3000, PrecisionClass.EXACT, "gazetteer", "سرت", "سرت", country="LY", admin1="Surt")
    day = DateRange(dt.date(2020, 1, 1), dt.date(2020, 1, 2))
    claim = Claim(name, 0, len(SENTENCE), SENTENCE, source="<b>Wire</b>")
    event = Event(name, "Battles", "Armed clash", (claim,), where, day)
    return replace(event, fatalities=toll, fatalities_low=toll, fatalities_high=toll, **more)  # type: ignore[arg-type]


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data + "|"


def _page(run: Run) -> _Page:
    page = _Page()
    page.feed(str(summary.export(run)["summary.html"]))
    assert not page.open
    return page


RUN = Run(
    (
        _event("a", 16.6, 1200),
        replace(_event("b", 16.7), fatalities_low=3, fatalities_high=9),
        _event("c", 16.8),
        _event("d", 16.9, 50, status="denied"),
        _event("e", 16.9, 70, background=True),
        replace(_event("f", 16.9, 1), location=None),
    ),
    title="<i>T</i> & {{1}}",
)


def test_planned_denied_and_told_as_history_are_not_counted() -> None:
    text = _page(RUN).text
    assert "Events|4|" in text
    assert "1\u202f204|" in text  # 1200 + at least 3 + 1
    assert "1\u202f210" in text  # at most
    assert "Planned and denied events, not counted here: |1|" in text
    assert "Events without a place: |1|" in text


@pytest.mark.parametrize("language", ["en", "ar", "fr"])
def test_it_runs_nothing_and_asks_nothing(language: str) -> None:
    page = _page(replace(RUN, interface=language))
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "b2", "form", "a"}
    assert not any(k.startswith("on") or k in ("src", "href") for _, attrs in page.tags for k in attrs)
    assert SENTENCE in page.text
    assert "<b>Wire</b>" in page.text
    root = dict(page.tags)["html"]
    assert (root["lang"], root["dir"]) == (language, "rtl" if language == "ar" else "ltr")


def test_every_language_has_the_same_words() -> None:
    assert len({frozenset(w) for w in words().values()}) == 1


def test_the_map_has_land_names_and_every_event_with_a_place() -> None:
    page = _page(RUN)
    marks = [attrs for tag, attrs in page.tags if tag == "circle"]
    assert 1 <= len(marks) <= 3
    assert all(0 <= float(m["cx"] or -1) <= 720 and 0 <= float(m["cy"] or -1) <= 400 for m in marks)
    assert "Battles: 1|" in page.text or "Battles: 2|" in page.text or "Battles: 3|" in page.text
    assert any(tag == "path" and attrs.get("class") == "land" for tag, attrs in page.tags)


@pytest.mark.parametrize("events", [(), (replace(_event("x", 0), location=None, date=None),), (_event("a", 179.9), _event("b", -179.9))])  # fmt: skip
def test_nothing_and_the_whole_world_are_drawn(events: tuple[Event, ...]) -> None:
    assert re.search(r"<svg.*</svg>", str(summary.export(Run(events))["summary.html"]), re.DOTALL)
    _page(Run(events))

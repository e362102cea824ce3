"""summary.html: one page for print and mail, with tables and a still map; no script, no request."""

from __future__ import annotations

import textwrap
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from mapper.exporters.picture import picture
from mapper.exporters.signs import colour
from mapper.files import Content
from mapper.gazetteer import Gazetteer
from mapper.language import direction
from mapper.model import Event, Run

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_ROWS, _DEADLY, _SENTENCE = 8, 10, 220


@cache
def words() -> dict[str, dict[str, str]]:
    """The words by language; every language has the same keys."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@cache
def _style() -> str:
    return Path(__file__).with_suffix(".css").read_text(encoding="utf-8")


def _bdi(value: Any) -> str:
    """A value as text of its own direction."""
    return f'<bdi dir="auto">{escape(str(value))}</bdi>' if value not in (None, "") else ""


def _number(value: int) -> str:
    return f'<bdi dir="ltr">{value:,}</bdi>'.replace(",", "\u202f")


def _range(events: Iterable[Event]) -> tuple[int, int, int, int]:
    """(low, best, high) of all the dead that are known, and in how many events none is."""
    low = best = high = untold = 0
    for event in events:
        known = [v for v in (event.fatalities_low, event.fatalities, event.fatalities_high) if v is not None]
        if not known:
            untold += 1
            continue
        low += known[0]
        best += event.fatalities if event.fatalities is not None else known[0]
        high += known[-1]
    return low, best, high, untold


def _killed(events: Sequence[Event]) -> str:
    low, best, high, untold = _range(events)
    if untold == len(events):
        return "–"
    return _number(best) if low == high else f"{_number(best)} ({_number(low)}–{_number(high)})"


def _table(heads: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]]) -> str:
    """A table; heads are (text, class), cells are HTML that is safe already."""
    head = "".join(f'<th class="{k}">{escape(t)}</th>' for t, k in heads)
    body = "".join(
        "<tr>" + "".join(f'<td class="{k}">{c}</td>' for c, (_, k) in zip(row, heads, strict=True)) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _by_type(events: Sequence[Event], say: dict[str, str], names: dict[str, str]) -> str:
    kinds: dict[str, list[Event]] = {}
    for event in events:
        kinds.setdefault(event.event_type, []).append(event)
    rows = [
        (f'<i style="background:{colour(k)}"></i>{_bdi(names.get(k, k))}', _number(len(v)), _killed(v))
        for k, v in sorted(kinds.items(), key=lambda kind: (-len(kind[1]), kind[0]))
    ]
    return _table([(say["type"], ""), (say["events"], "n"), (say["killed"], "n")], rows)


def _by_country(events: Sequence[Event], say: dict[str, str], gazetteer: Gazetteer, language: str) -> str:
    places: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        if event.location:
            code = event.location.country or ""
            known = gazetteer.country(code).name_in(language) if code in gazetteer.info_countries() else code
            places.setdefault((known, event.location.admin1 or ""), []).append(event)
    rows = [
        (_bdi(country) + (" · " if country and unit else "") + _bdi(unit), _number(len(v)), _killed(v))
        for (country, unit), v in sorted(places.items(), key=lambda p: (-len(p[1]), p[0]))[:_ROWS]
    ]
    return _table([(say["country"], ""), (say["events"], "n"), (say["killed"], "n")], rows)


def _deadliest(events: Sequence[Event], say: dict[str, str]) -> str:
    def dead(event: Event) -> int:
        return event.fatalities if event.fatalities is not None else event.fatalities_low or 0

    ranked = sorted((e for e in events if dead(e)), key=lambda e: (-dead(e), str(e.date.start) if e.date else ""))
    rows = []
    for event in ranked[:_DEADLY]:
        first = event.claims[0]
        told = textwrap.shorten(first.sentence, _SENTENCE, placeholder=" …")
        day = f'<bdi dir="ltr">{event.date.start}</bdi>' if event.date else ""
        place = _bdi(event.location.name) if event.location else ""
        rows.append((day, place, _number(dead(event)), _bdi(told), _bdi(first.source)))
    heads = [(say["date"], ""), (say["place"], ""), (say["killed"], "n"), (say["what"], ""), (say["source"], "")]
    return _table(heads, rows)


def _days(events: Sequence[Event]) -> str:
    """From the first day to the last, ISO, of the events that have one."""
    days = [d for e in events if e.date for d in (e.date.start, e.date.end)]
    return f'<bdi dir="ltr">{min(days)} – {max(days)}</bdi>' if days else "–"


def export(run: Run) -> dict[str, Content]:
    """summary.html, in the language of the interface."""
    from mapper.layers.shell import strings  # folium is slow to import, and other formats do without

    language = run.interface if run.interface in words() else "en"
    say, names = words()[language], strings()[language]["type"]
    gazetteer = Gazetteer.open()
    counted = [e for e in run.events if e.status in ("happened", "claimed") and not e.background]
    notes = Counter(
        {
            "reports": len(run.reports),
            "unplaced": sum(e.location is None for e in counted),
            "undated": sum(e.date is None for e in counted),
            "not_counted": sum(e.status in ("planned", "denied") for e in run.events),
            "background": sum(e.background and e.status in ("happened", "claimed") for e in run.events),
            "failures": len(run.failures),
        }
    )
    injured = sum(e.injured or 0 for e in counted)
    untold = _range(counted)[3]
    figures = [
        (say["events"], _number(len(counted))),
        (say["period"], _days(counted)),
        (say["killed"], _killed(counted)),
        (say["injured"], _number(injured) if any(e.injured is not None for e in counted) else "–"),
        (say["untold"], _number(untold)),
    ]
    parts = [
        f'<!DOCTYPE html>\n<html lang="{language}" dir="{direction(language)}"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><title>{escape(run.title)}</title>',
        f"<style>{_style()}</style></head><body><h1>{_bdi(run.title)}</h1>",
        '<div class="figures">' + "".join(f"<div>{escape(k)}<b>{v}</b></div>" for k, v in figures) + "</div>",
        picture(counted, gazetteer, language=language, km=say["km"]),
        f'<div class="tables"><div><h2>{escape(say["by_type"])}</h2>{_by_type(counted, say, names)}</div>',
        f"<div><h2>{escape(say['by_country'])}</h2>{_by_country(counted, say, gazetteer, language)}</div></div>",
        f"<h2>{escape(say['deadliest'])}</h2>{_deadliest(counted, say)}",
        "<footer>" + " · ".join(f"{escape(say[k])}: {_number(v)}" for k, v in notes.items() if v),
        f"<p>{escape(say['limits'])}</p></footer></body></html>\n",
    ]
    return {"summary.html": "".join(parts)}

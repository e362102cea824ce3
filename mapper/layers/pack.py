"""A run as the page reads it: columns for what is filtered and drawn, blocks for what is read.

What only the details panel shows (sentences, chain, rejected candidates) is JSON in blocks of ``BLOCK`` events, by
column, each value once: a block is inflated when someone opens one of its events. Everything leaves here spelt in
letters that begin neither tag nor template (``letters``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from mapper.language import codes, direction
from mapper.layers.columns import NONE, Tables, columns, day, ids, rings
from mapper.layers.letters import letters, spell, text_of
from mapper.layers.provinces import unit_numbers
from mapper.model import Claim, Event, Location, PrecisionClass, Run

BLOCK = 2000
_ARABIC = re.compile("[\u0600-\u06ff]")
_MANY_FAILURES = 1000
_MANY_NAMES = 2000


def _units(text: str) -> int:
    """Length of ``text`` as the page counts it: in UTF-16."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _marks(claim: Claim) -> tuple[int, ...]:
    """Lengths of the sentence's pieces, plain, marked, plain …, without the last; overlapping marks are one."""
    if not claim.marks:
        return ()
    cut: list[int] = []
    text, at = claim.sentence, 0
    for begin, end in sorted((max(0, a - claim.start), b - claim.start) for a, b in claim.marks):
        begin, end = max(begin, at), min(end, len(text))
        if begin >= end:
            continue
        if cut and begin == at:
            cut[-1] += _units(text[begin:end])
        else:
            cut += [_units(text[at:begin]), _units(text[begin:end])]
        at = end
    return tuple(cut)


def _column(values: list[Any]) -> list[Any] | dict[str, Any] | None:
    """``values`` as they are, or each different one once with a number for each row; None when all are empty."""
    if not any(values):
        return None
    numbers: dict[Any, int] = {}
    at = [numbers.setdefault(value, len(numbers)) for value in values]
    if len(numbers) * 2 > len(values):
        return values
    return {"of": list(numbers), "at": at} if len(numbers) > 1 else {"of": list(numbers)}


def _place_columns(where: Location | None) -> tuple[Any, ...]:
    if where is None:
        return (None,) * 6
    rejected = tuple(
        (c.place.name, c.place.country, c.place.admin1, round(c.score, 3), c.reasons) for c in where.candidates
    )
    said = where.place_in_report if where.place_in_report != where.name else None
    return where.chain, said, where.place_id, where.place_source, where.admin2, rejected


_OF_EVENT = ("n", "k", "x", "dt", "ch", "pr", "pi", "ps", "a2", "rc")
_OF_CLAIM = ("text", "marks", "report", "language", "source", "day", "start", "fields", "url")


def _block(events: Sequence[Event], tables: Tables) -> dict[str, Any]:
    """What only the details panel and the downloads need, of some events."""
    rows: list[tuple[Any, ...]] = []
    said: list[tuple[Any, ...]] = []
    report, language, source, fields = (tables[name].number for name in ("report", "language", "source", "fields"))
    for event in events:
        rows.append(
            (
                event.notes,
                tuple((c.what, c.low, c.best, c.high, c.text) for c in event.counts),
                tuple((str(key), str(value)) for key, value in event.extra),
                event.date.text if event.date else None,
                *_place_columns(event.location),
            )
        )
        sources = list(dict.fromkeys(source(c.source) for c in event.claims)) if len(event.claims) > 1 else []
        since = day(event.date.start) if event.date else 0
        first = event.claims[0].language
        for claim in event.claims:
            said.append(
                (
                    claim.sentence,
                    _marks(claim),
                    report(claim.report_id),
                    # Most claims speak the language of the first; most come from the first source.
                    0 if claim.language == first else language(claim.language) + 1,
                    sources.index(source(claim.source)) if sources else 0,
                    day(claim.published) - since if claim.published else NONE,
                    claim.start,
                    fields(claim.fields),
                    claim.url,
                )
            )
    named = [
        *zip(_OF_EVENT, zip(*rows, strict=True), strict=True),
        *zip(_OF_CLAIM, zip(*said, strict=True), strict=True),
    ]
    packed = {name: _column(list(values)) for name, values in named}
    counts = _column([len(e.claims) for e in events])
    return {"claims": counts} | {name: column for name, column in packed.items() if column is not None}


def _is_settlement(where: Location) -> bool:
    area = (where.feature_code or "").startswith(("ADM", "PCL", "RGN"))
    point = where.precision in (PrecisionClass.EXACT, PrecisionClass.VICINITY)
    return point and not area and where.method != "relative"


def _mentioned(run: Run) -> tuple[list[list[Any]], list[list[str]], int]:
    """Of the place names in the reports, walked through once: labels close up, the first without a place, and how many.

    A label is [lon, lat, name, name in Arabic letters], in micro-degrees.
    """
    found: dict[tuple[int, int], list[str]] = {}
    unplaced: list[list[str]] = []
    lost = 0
    for report, resolved in run.places:
        where = resolved.location
        if where is None:
            lost += 1
            if lost <= _MANY_FAILURES:
                unplaced.append([report, resolved.mention.surface, resolved.why_not or ""])
        elif len(found) < _MANY_NAMES and _is_settlement(where):
            names = found.setdefault((round(where.lon * 1e6), round(where.lat * 1e6)), ["", ""])
            script = bool(_ARABIC.search(where.name))
            names[script] = names[script] or where.name
    return [[lon, lat, *names] for (lon, lat), names in found.items()], unplaced, lost


def _packed(contents: Iterable[bytes]) -> list[str]:
    """Each content packed and spelt; packing takes no interpreter lock, so that two threads halve the time."""
    with ThreadPoolExecutor(2) as workers:
        return list(workers.map(letters, contents))


def pack(run: Run, *, title: str, language: str) -> dict[str, str]:
    """The inert tags of the page, name → letters: ``head``, ``columns``, ``ids`` and ``block-0`` …"""
    # By time, undated last; the id decides between equals, so that the order is always the same.
    events = sorted(run.events, key=lambda e: (e.date is None, e.date.start if e.date else dt.date.max, e.id))
    titles = {r.id: r.title for r in run.reports if r.title}
    tables = Tables()
    layout, numbers = columns(events, tables, unit_numbers(events, run.units), language)
    blocks = _packed(text_of(_block(events[start : start + BLOCK], tables)) for start in range(0, len(events), BLOCK))
    id_bytes, id_block = ids(events)
    names, unplaced, lost = _mentioned(run)
    reports = tables["report"].values
    head = {
        "title": title,
        "language": language,
        "count": len(events),
        "block": BLOCK,
        "none": NONE,
        "precisions": ["", *(str(p) for p in PrecisionClass)],
        "wherePrec": [0, *(p.where_prec for p in PrecisionClass)],
        "geoPrecision": [0, *(p.geo_precision for p in PrecisionClass)],
        "layout": layout,
        "directions": {code: direction(code) for code in codes()},
        "tables": {name: table.values for name, table in tables.items()},
        "titles": _column([titles.get(report) for report in reports]),
        "idBytes": id_bytes,
        "ids": [] if id_bytes else [e.id for e in events],
        "names": names,
        "units": [[[p.name, p.name_in("ar"), p.name_in("fr")], rings(area)] for p, area in run.units],
        "reports": len(run.reports),
        "mentions": len(run.places),
        "unplaced": unplaced,
        "unplacedCount": lost,
        "failures": [[f.stage, f.source, f.error, f.remedy] for f in run.failures[:_MANY_FAILURES]],
        "failureCount": len(run.failures),
        "notes": list(run.notes),
        "tiles": run.tiles,
        "tilesCredit": run.tiles_credit,
    }
    return {
        "head": letters(text_of(head)),
        "columns": letters(numbers),
        "ids": spell(id_block),  # hashes do not pack
        **{f"block-{number}": block for number, block in enumerate(blocks)},
    }

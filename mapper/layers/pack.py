"""A run as the page reads it: columns for what is filtered and drawn, blocks for what is read.

Columns are integers in one gzip, each group of them as its different rows and a row number for each event; what only
the details panel shows (sentences, chain, rejected candidates) is JSON in blocks of ``BLOCK`` events, each its own
gzip, inflated when someone opens one of its events. Everything leaves here as base64: letters, digits, ``+``, ``/``
and ``=``.
"""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import json
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from mapper.language import codes, direction
from mapper.model import Claim, Event, Location, PrecisionClass, Run

BLOCK = 1000
NONE = -(2**31)  # no position, no date, no count: no value of ours comes near it
_EPOCH = dt.date(1970, 1, 1).toordinal()
_SURROGATES = re.compile("[\ud800-\udfff]")
_ARABIC = re.compile("[\u0600-\u06ff]")
_MANY_FAILURES = 1000
_MANY_NAMES = 2000
# A region within this share of the disc of its radius is sent as the disc.
_ROUND = 0.08


def clean(text: str) -> str:
    """``text`` with lone surrogates, which no encoding can carry, as U+FFFD."""
    return _SURROGATES.sub("\ufffd", text)


def text_of(value: Any) -> bytes:
    """``value`` as JSON in UTF-8."""
    return clean(json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))).encode()


def letters(content: bytes) -> str:
    """Base64 of gzip; no time stamp, so that the same content gives the same letters."""
    return base64.b64encode(gzip.compress(content, 6, mtime=0)).decode()


class Table:
    """Strings (or lists of them) by number, in order of first use; number 0 is "none"."""

    def __init__(self) -> None:
        self.values: list[Any] = [None]
        self._numbers: dict[Any, int] = {None: 0}

    def number(self, value: Any) -> int:
        """The number of ``value``; None and the empty string are 0."""
        if not value:
            return 0
        found = self._numbers.get(value)
        if found is None:
            found = self._numbers[value] = len(self.values)
            self.values.append(value)
        return found


def _day(day: dt.date | None) -> int:
    return day.toordinal() - _EPOCH if day else NONE


def _count(value: int | None) -> int:
    return NONE if value is None else min(value, 2**31 - 1)


def _segments(claim: Claim) -> list[str]:
    """The sentence cut at its marks: plain, marked, plain, … Overlapping marks are one."""
    cut: list[str] = []
    at = 0
    spans = sorted((max(0, a - claim.start), b - claim.start) for a, b in claim.marks)
    for begin, end in spans:
        begin, end = max(begin, at), min(end, len(claim.sentence))
        if begin >= end:
            continue
        if cut and begin == at:
            cut[-1] += claim.sentence[begin:end]
        else:
            cut += [claim.sentence[at:begin], claim.sentence[begin:end]]
        at = end
    return [*cut, claim.sentence[at:]]


def _short(row: list[Any]) -> list[Any]:
    """``row`` without what is missing at its end."""
    while row and not row[-1]:
        row.pop()
    return row


def _claim(claim: Claim, titles: dict[str, str | None], tables: dict[str, Table]) -> list[Any]:
    """[report, segments, language, source, day, start, title, fields, url]; tables by number, 0 for none."""
    return _short(
        [
            tables["report"].number(claim.report_id),
            _segments(claim),
            tables["language"].number(claim.language),
            tables["source"].number(claim.source),
            claim.published.toordinal() - _EPOCH if claim.published else None,
            claim.start,
            tables["title"].number(titles.get(claim.report_id)),
            tables["fields"].number(claim.fields),
            claim.url,
        ]
    )


def _details(event: Event, titles: dict[str, str | None], tables: dict[str, Table]) -> dict[str, Any]:
    """What only the details panel and the downloads need."""
    row: dict[str, Any] = {"c": [_claim(c, titles, tables) for c in event.claims]}
    row["n"] = list(event.notes)
    row["k"] = [[c.what, c.low, c.best, c.high, c.text] for c in event.counts]
    row["x"] = [[str(key), str(value)] for key, value in event.extra]
    row["dt"] = event.date.text if event.date else None
    where = event.location
    if where is not None:
        row["ch"] = list(where.chain)
        row["pr"] = where.place_in_report if where.place_in_report != where.name else None
        row |= {"pi": where.place_id, "ps": where.place_source, "a2": where.admin2}
        row["rc"] = [
            [c.place.name, c.place.country, c.place.admin1, round(c.score, 3), list(c.reasons)]
            for c in where.candidates
        ]
    return {key: value for key, value in row.items() if value}


def _rings(shape: BaseGeometry, lat: float) -> list[list[list[int]]]:
    """Rings of ``shape`` in 1/10,000 degree, simplified to what can be seen at its own size."""
    west, south, east, north = shape.bounds
    simple = shape.simplify(max(east - west, north - south) / 150)
    out = []
    for part in shapely.get_parts(simple):
        if part.geom_type == "Polygon" and not part.is_empty:
            for ring in (part.exterior, *part.interiors):
                out.append([[round(x * 10_000), round(y * 10_000)] for x, y in ring.coords])
    return out


def _is_disc(shape: BaseGeometry, lat: float, lon: float, radius_m: float) -> bool:
    """Whether the disc of ``radius_m`` around the point says the same as ``shape``."""
    metres = 111_320.0
    narrow = max(math.cos(math.radians(lat)), 0.01)
    area = shape.area * metres * metres * narrow
    disc = math.pi * radius_m * radius_m
    centre = shape.centroid
    off = math.hypot((centre.x - lon) * narrow, centre.y - lat) * metres
    return abs(area - disc) <= _ROUND * disc and off <= _ROUND * radius_m


def _regions(events: Sequence[Event]) -> tuple[list[int], list[list[list[list[int]]]]]:
    """For each event the number of its region (0: the disc of its radius), and the regions, each once."""
    numbers, found, seen = [], [[]], {}  # type: ignore[var-annotated]
    of_shape: dict[int, int] = {}  # one geometry shared by many events is looked at once
    for event in events:
        where = event.location
        if where is None or where.region is None or where.region.is_empty:
            numbers.append(0)
            continue
        number = of_shape.get(id(where.region))
        if number is None:
            key = (where.region.wkb, where.lat, where.lon, where.radius_m)
            number = seen.get(key)
            if number is None:
                number = 0
                if not _is_disc(where.region, where.lat, where.lon, where.radius_m):
                    rings = _rings(where.region, where.lat)
                    number = len(found) if rings else 0
                    found += [rings] if rings else []
                seen[key] = number
            of_shape[id(where.region)] = number
        numbers.append(number)
    return numbers, found


def _grouped(rows: Iterable[tuple[int, ...]]) -> tuple[list[int], list[tuple[int, ...]]]:
    """For each row its number, and the different rows: events share places, kinds and tolls."""
    numbers: dict[tuple[int, ...], int] = {}
    index = [numbers.setdefault(row, len(numbers)) for row in rows]
    return index, list(numbers)


def _groups(
    events: Sequence[Event], tables: dict[str, Table]
) -> dict[str, tuple[tuple[str, ...], list[tuple[int, ...]]]]:
    """What is filtered, sorted or drawn: group → (names of its columns, one row of integers an event)."""
    places = [e.location for e in events]
    regions, rings = _regions(events)
    tables["rings"] = Table()
    tables["rings"].values = rings
    classes = {p: n + 1 for n, p in enumerate(PrecisionClass)}

    def named(table: str, value: Any) -> int:
        return tables.setdefault(table, Table()).number(value)

    def where(p: Location | None, region: int) -> tuple[int, ...]:
        if p is None:
            return (NONE, NONE, NONE, NONE, NONE, 0, 0, 0, 0, 0, 0, 0, 0)
        anchor = (round(p.anchor[0] * 1e6), round(p.anchor[1] * 1e6)) if p.anchor else (NONE, NONE)
        return (
            round(p.lat * 1e6), round(p.lon * 1e6), *anchor, min(round(p.radius_m), 2**31 - 1), region,
            classes[p.precision], named("place", p.name), named("country", p.country),
            named("countryName", p.country_name), named("admin1", p.admin1), named("method", p.method),
            round(100 * min(max(p.confidence, 0), 1)),
        )  # fmt: skip

    def people(e: Event) -> int:
        return named("actors", tuple(named("actor", (a.name, a.role, a.kind or "")) for a in e.actors))

    def said(e: Event) -> int:
        return named("sources", tuple(dict.fromkeys(named("source", c.source) for c in e.claims)))

    return {
        "where": (
            ("lat", "lon", "anchorLat", "anchorLon", "radius", "region", "precision", "place", "country",
             "countryName", "admin1", "method", "placeConfidence"),
            [where(p, r) for p, r in zip(places, regions, strict=True)],
        ),
        "when": (
            ("start", "end", "datePrecision"),
            [(_day(d.start), _day(d.end), d.precision) if (d := e.date) else (NONE, NONE, 0) for e in events],
        ),
        "kind": (
            ("type", "subtype", "status", "background", "weapon"),
            [
                (named("type", e.event_type), named("subtype", e.sub_event_type), named("status", e.status),
                 int(e.background), named("weapon", e.weapon))
                for e in events
            ],
        ),
        "toll": (
            ("killed", "killedLow", "killedHigh", "injured"),
            [tuple(map(_count, (e.fatalities, e.fatalities_low, e.fatalities_high, e.injured))) for e in events],
        ),
        "actors": (("actors",), [(people(e),) for e in events]),
        "origin": (("sources", "language"), [(said(e), named("language", e.claims[0].language)) for e in events]),
        "confidence": (("confidence",), [(round(100 * min(max(e.confidence, 0), 1)),) for e in events]),
    }  # fmt: skip


def _columns(events: Sequence[Event], tables: dict[str, Table]) -> tuple[list[Any], bytes]:
    """The layout and the numbers: for each group its different rows by column, then each event's row number."""
    layout: list[Any] = []
    parts: list[bytes] = []
    for group, (names, rows) in _groups(events, tables).items():
        index, different = _grouped(rows)
        table = np.array(different, "<i4").reshape(len(different), len(names))
        layout.append([group, list(names), len(different)])
        # Bytes of equal weight side by side pack better than whole numbers do.
        parts += [_by_weight(np.ascontiguousarray(table[:, n])) for n in range(len(names))]
        parts.append(_by_weight(np.array(index, "<i4")))
    return layout, b"".join(parts)


def _by_weight(numbers: np.ndarray[Any, Any]) -> bytes:
    return numbers.view("u1").reshape(-1, 4).T.tobytes()


def _names(run: Run) -> list[list[Any]]:
    """[lon, lat, name, name in Arabic letters] of the named places of the reports: labels close up; micro-degrees."""
    found: dict[tuple[int, int], list[str]] = {}
    for _, resolved in run.places:
        where = resolved.location
        if where is None or where.method == "relative" or (where.feature_code or "").startswith(("ADM", "PCL", "RGN")):
            continue
        if where.precision in (PrecisionClass.EXACT, PrecisionClass.VICINITY) and len(found) < _MANY_NAMES:
            names = found.setdefault((round(where.lon * 1e6), round(where.lat * 1e6)), ["", ""])
            script = bool(_ARABIC.search(where.name))
            names[script] = names[script] or where.name
    return [[lon, lat, *names] for (lon, lat), names in found.items()]


def pack(run: Run, *, title: str, language: str) -> dict[str, str]:
    """The inert tags of the page, name → letters: ``head``, ``columns`` and ``block-0`` …"""
    # By time, undated last; the id decides between equals, so that the order is always the same.
    events = sorted(run.events, key=lambda e: (e.date is None, e.date.start if e.date else dt.date.max, e.id))
    titles = {r.id: r.title for r in run.reports}
    tables: dict[str, Table] = {}
    for name in ("report", "language", "source", "title", "fields"):
        tables[name] = Table()
    layout, columns = _columns(events, tables)
    blocks = [
        letters(text_of([_details(e, titles, tables) for e in events[start : start + BLOCK]]))
        for start in range(0, len(events), BLOCK)
    ]
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
        "ids": [e.id for e in events],
        "names": _names(run),
        "reports": len(run.reports),
        "mentions": len(run.places),
        "unplaced": [[report, r.mention.surface, r.why_not or ""] for report, r in run.places if r.location is None][
            :_MANY_FAILURES
        ],
        "unplacedCount": sum(r.location is None for _, r in run.places),
        "failures": [[f.stage, f.source, f.error, f.remedy] for f in run.failures[:_MANY_FAILURES]],
        "failureCount": len(run.failures),
        "notes": list(run.notes),
    }
    return {
        "head": letters(text_of(head)),
        "columns": letters(columns),
        **{f"block-{number}": block for number, block in enumerate(blocks)},
    }

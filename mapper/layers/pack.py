"""A run as the page reads it: columns for what is filtered and drawn, blocks for what is read.

Columns are little-endian arrays in one gzip; what only the details panel shows (sentences, actors, chain, rejected
candidates) is JSON in blocks of ``BLOCK`` events, each its own gzip, inflated when someone opens one of its events.
Everything leaves here as base64: letters, digits, ``+``, ``/`` and ``=``.
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
from mapper.model import Claim, Event, PrecisionClass, Run

BLOCK = 500
NONE = -(2**31)  # no position, no date, no count: no value of ours comes near it
_EPOCH = dt.date(1970, 1, 1).toordinal()
_SURROGATES = re.compile("[\ud800-\udfff]")
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


def _claim(claim: Claim, titles: dict[str, str | None], known: Sequence[str]) -> dict[str, Any]:
    row = {
        "r": claim.report_id,
        "t": _segments(claim),
        "l": claim.language,
        "d": direction(claim.language) if claim.language in known else None,
        "s": claim.source,
        "u": claim.url,
        "p": claim.published.isoformat() if claim.published else None,
        "h": titles.get(claim.report_id),
        "f": list(claim.fields),
        "o": [claim.start, claim.end],
    }
    return {key: value for key, value in row.items() if value}


def _details(event: Event, titles: dict[str, str | None], known: Sequence[str]) -> dict[str, Any]:
    """What only the details panel and the downloads need."""
    row: dict[str, Any] = {"c": [_claim(c, titles, known) for c in event.claims]}
    row["n"] = list(event.notes)
    row["k"] = [[c.what, c.low, c.best, c.high, c.text] for c in event.counts]
    row["x"] = [[str(key), str(value)] for key, value in event.extra]
    row["dt"] = event.date.text if event.date else None
    where = event.location
    if where is not None:
        row |= {"ch": list(where.chain), "pr": where.place_in_report, "m": where.method, "pi": where.place_id}
        row |= {"ps": where.place_source, "a2": where.admin2, "fc": where.feature_code}
        row["lc"] = round(where.confidence, 3)
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


def _columns(events: Sequence[Event], tables: dict[str, Table]) -> dict[str, np.ndarray[Any, Any]]:
    """One array for each thing that is filtered, sorted or drawn."""

    def ints(values: Iterable[int], kind: str = "<i4") -> np.ndarray[Any, Any]:
        return np.fromiter(values, kind, len(events))

    def named(name: str, values: Iterable[Any]) -> np.ndarray[Any, Any]:
        return ints(tables.setdefault(name, Table()).number(v) for v in values)

    places = [e.location for e in events]
    number = {p: n + 1 for n, p in enumerate(PrecisionClass)}
    regions, rings = _regions(events)
    tables["rings"] = Table()
    tables["rings"].values = rings
    return {
        "lon": ints(round(p.lon * 1e6) if p else NONE for p in places),
        "lat": ints(round(p.lat * 1e6) if p else NONE for p in places),
        "anchorLon": ints(round(p.anchor[1] * 1e6) if p and p.anchor else NONE for p in places),
        "anchorLat": ints(round(p.anchor[0] * 1e6) if p and p.anchor else NONE for p in places),
        "start": ints(_day(e.date.start if e.date else None) for e in events),
        "end": ints(_day(e.date.end if e.date else None) for e in events),
        "datePrecision": ints((e.date.precision if e.date else 0 for e in events), "u1"),
        "radius": ints(min(round(p.radius_m), 2**31 - 1) if p else NONE for p in places),
        "region": ints(regions),
        "precision": ints((number[p.precision] if p else 0 for p in places), "u1"),
        "confidence": ints((round(100 * min(max(e.confidence, 0), 1)) for e in events), "u1"),
        "background": ints((int(e.background) for e in events), "u1"),
        "killed": ints(_count(e.fatalities) for e in events),
        "killedLow": ints(_count(e.fatalities_low) for e in events),
        "killedHigh": ints(_count(e.fatalities_high) for e in events),
        "injured": ints(_count(e.injured) for e in events),
        "claims": ints(len(e.claims) for e in events),
        "type": named("type", (e.event_type for e in events)),
        "subtype": named("subtype", (e.sub_event_type for e in events)),
        "status": named("status", (e.status for e in events)),
        "weapon": named("weapon", (e.weapon for e in events)),
        "country": named("country", (p.country if p else None for p in places)),
        "countryName": named("countryName", (p.country_name if p else None for p in places)),
        "admin1": named("admin1", (p.admin1 if p else None for p in places)),
        "place": named("place", (p.name if p else None for p in places)),
        "language": named("language", (e.claims[0].language for e in events)),
        "sources": named("sources", (tuple(dict.fromkeys(c.source or "" for c in e.claims)) for e in events)),
        "actors": named("actors", (tuple((a.name, a.role, a.kind or "") for a in e.actors) for e in events)),
    }


def _names(run: Run) -> list[list[Any]]:
    """[lon, lat, name] in micro-degrees of the named places of the reports: what labels the map close up."""
    found: dict[tuple[int, int], str] = {}
    for _, resolved in run.places:
        where = resolved.location
        if where is None or where.method == "relative" or (where.feature_code or "").startswith(("ADM", "PCL", "RGN")):
            continue
        if where.precision in (PrecisionClass.EXACT, PrecisionClass.VICINITY) and len(found) < _MANY_NAMES:
            found.setdefault((round(where.lon * 1e6), round(where.lat * 1e6)), where.name)
    return [[lon, lat, name] for (lon, lat), name in found.items()]


def pack(run: Run, *, title: str, language: str) -> dict[str, str]:
    """The inert tags of the page, name → letters: ``head``, ``columns`` and ``block-0`` …"""
    # By time, undated last; the id decides between equals, so that the order is always the same.
    events = sorted(run.events, key=lambda e: (e.date is None, e.date.start if e.date else dt.date.max, e.id))
    titles = {r.id: r.title for r in run.reports}
    known = codes()
    tables: dict[str, Table] = {}
    columns = _columns(events, tables)
    head = {
        "title": title,
        "language": language,
        "count": len(events),
        "block": BLOCK,
        "none": NONE,
        "precisions": ["", *(str(p) for p in PrecisionClass)],
        "wherePrec": [0, *(p.where_prec for p in PrecisionClass)],
        "geoPrecision": [0, *(p.geo_precision for p in PrecisionClass)],
        "columns": [[name, array.dtype.str.lstrip("<|")] for name, array in columns.items()],
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
    tags = {"head": letters(text_of(head)), "columns": letters(b"".join(a.tobytes() for a in columns.values()))}
    for start in range(0, len(events), BLOCK):
        block = [_details(e, titles, known) for e in events[start : start + BLOCK]]
        tags[f"block-{start // BLOCK}"] = letters(text_of(block))
    return tags

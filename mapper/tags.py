"""What ACLED's and UCDP's columns have no room for, as text in one column of theirs, and back again.

``mapper: id=a1b2; dates=2017-08-28/2017-09-28/4; low=17; report=r1#0-64; report=r2#10-80`` - keys may stand
more than once; values are percent-encoded where they hold ``;``, ``=`` or control characters.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote

from mapper.model import Claim, DateRange, Event
from mapper.properties import claim_of, claim_properties, counts_of, counts_text
from mapper.text import encodable

MARK = "mapper:"
JOIN = " | "
_SAFE = " /:,.#-_+*()'"
_REPORT = re.compile(r"(.*)#(\d+)-(\d+)(?:\*(\d+))?", re.DOTALL)


def _plain(value: Any) -> str:
    return quote(encodable(str(value)), safe=_SAFE)


class Tags:
    """The keys and values of one row."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.pairs = pairs

    @classmethod
    def of(cls, event: Event) -> Tags:
        """What a row of another layout would lose of ``event``."""
        pairs: list[tuple[str, Any]] = [("id", event.id), ("type", f"{event.event_type}>{event.sub_event_type}")]
        if event.date:
            pairs.append(("dates", f"{event.date.start}/{event.date.end}/{event.date.precision}"))
        counts = {
            "best": event.fatalities,
            "low": event.fatalities_low,
            "high": event.fatalities_high,
            "injured": event.injured,
            "counts": counts_text(event.counts),
            "weapon": event.weapon,
        }
        pairs += [(k, v) for k, v in counts.items() if v is not None]
        pairs += [("status", event.status)] if event.status != "happened" else []
        pairs += [("background", "true")] if event.background else []
        for claim in event.claims:
            # A sentence is as long as its span, unless its report is not the text that the span indexes.
            longer = "" if len(claim.sentence) == claim.end - claim.start else f"*{len(claim.sentence)}"
            pairs.append(("report", f"{claim.report_id}#{claim.start}-{claim.end}{longer}"))
            known = claim_properties(claim)
            pairs += [(k, known[k]) for k in ("source", "url", "published", "language") if k in known]
        return cls([(k, str(v)) for k, v in pairs])

    def __str__(self) -> str:
        return f"{MARK} " + "; ".join(f"{k}={_plain(v)}" for k, v in self.pairs)

    @classmethod
    def parse(cls, text: str | None) -> Tags | None:
        """The tags in a cell; None when the cell is not ours."""
        if not text or not text.startswith(MARK):
            return None
        parts = (p.strip().partition("=") for p in text[len(MARK) :].split(";"))
        return cls([(k, unquote(v)) for k, equals, v in parts if equals])

    def restored(self, event: Event) -> Event:
        """``event`` with what its own columns could not say; tags that someone broke are left out."""
        known = dict(self.pairs)
        kind, _, sub_kind = known.get("type", f"{event.event_type}>{event.sub_event_type}").partition(">")

        def whole(key: str) -> int | None:
            return int(known[key]) if known.get(key, "").isdigit() else None

        return replace(
            event,
            id=known.get("id", event.id),
            event_type=kind,
            sub_event_type=sub_kind or kind,
            date=_dates(known.get("dates")) or event.date,
            status=known.get("status", "happened"),
            background=known.get("background") == "true",
            fatalities=whole("best"),
            fatalities_low=whole("low"),
            fatalities_high=whole("high"),
            injured=whole("injured"),
            counts=counts_of(known.get("counts")),
            weapon=known.get("weapon"),
            claims=self._claims(event.claims[0]),
        )

    def _claims(self, one: Claim) -> tuple[Claim, ...]:
        """The claims, their sentences cut from the joined ones by their lengths."""
        found: list[dict[str, Any]] = []
        for key, value in self.pairs:
            span = _REPORT.fullmatch(value) if key == "report" else None
            if span:
                start, end = int(span[2]), int(span[3])
                found.append({"report_id": span[1], "start": start, "end": end, "length": int(span[4] or end - start)})
            elif found and key in ("source", "url", "published", "language"):
                found[-1][key] = value
        at, claims = 0, []
        for row in found:
            length = row.pop("length")
            claims.append(claim_of(row | {"sentence": one.sentence[at : at + length]}))
            at += length + len(JOIN)
        if at - len(JOIN) != len(one.sentence):
            return (one,)  # someone edited the text: it stands as one claim
        return tuple(claims)


def _dates(text: str | None) -> DateRange | None:
    parts = (text or "").split("/")
    if len(parts) != 3:
        return None
    try:
        return DateRange(dt.date.fromisoformat(parts[0]), dt.date.fromisoformat(parts[1]), int(parts[2]))
    except ValueError:
        return None

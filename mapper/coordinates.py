"""Coordinates in running text: decimal degrees with letters or degree signs, and degrees-minutes-seconds."""

from __future__ import annotations

import re

from mapper.model import Mention

_DMS = r"(\d{{1,3}})\s*°\s*(?:(\d{{1,2}})\s*['′’]\s*(?:(\d{{1,2}}(?:\.\d+)?)\s*(?:\"|″|''|”)\s*)?)?([{0}])"
_BOTH = re.compile(_DMS.format("NSns") + r"[\s,;/]*" + _DMS.format("EWew"))
_DECIMAL = re.compile(
    r"(?<![\d.])(-?\d{1,2}\.\d{3,8})\s*°?\s*([NSns]?)\s*[,;/ ]\s*(-?\d{1,3}\.\d{3,8})\s*°?\s*([EWew]?)(?![\d.])"
)


def _degrees(degrees: str, minutes: str | None, seconds: str | None, side: str) -> float:
    value = int(degrees) + float(minutes or 0) / 60 + float(seconds or 0) / 3600
    return -value if side.upper() in "SW" else value


def find(text: str, language: str) -> list[Mention]:
    """The coordinates of ``text`` as mentions; pairs outside the globe are left alone.

    >>> find("at 31.2089, 16.5887 in the desert", "en")[0].coordinates
    (31.2089, 16.5887)
    """
    pairs = [(m, _degrees(*m.groups()[:4]), _degrees(*m.groups()[4:])) for m in _BOTH.finditer(text)]
    for m in _DECIMAL.finditer(text):
        lat, north, lon, east = m.groups()
        pairs.append((m, _signed(lat, north), _signed(lon, east)))
    return [
        Mention(
            m.start(), m.end(), m.group(), "coordinates", language, 0.95, "written coordinates", coordinates=(lat, lon)
        )
        for m, lat, lon in pairs
        if abs(lat) <= 90 and abs(lon) <= 180 and (lat, lon) != (0, 0)
    ]


def _signed(number: str, side: str) -> float:
    value = float(number)
    return -abs(value) if side.upper() in ("S", "W") else value

"""Coordinates in running text: decimal degrees, degrees-minutes-seconds and MGRS, in digits of any script.

Patterns want letters, degree signs or several decimals: two bare numbers are no coordinates.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from mapper import language
from mapper.model import Mention

_DECIMAL = re.compile(
    r"(?<![\d.])(?P<a>-?\d{1,2}\.\d{3,8})\s*°?\s*(?P<aw>[NSns]?)\s*[,;/ ]\s*"
    r"(?P<o>-?\d{1,3}\.\d{3,8})\s*°?\s*(?P<ow>[EWew]?)(?![\d.])"
)
_DIGIT, _DECIMALS = re.compile(r"\d"), re.compile(r"\d\.\d")
_MGRS = re.compile(
    r"(?<!\w)(?P<zone>0?[1-9]|[1-5]\d|60)\s?(?P<band>[C-HJ-NP-X])\s?(?P<square>[A-HJ-NP-Z][A-HJ-NP-V])\s?"
    r"(?P<digits>\d{2,5}\s\d{2,5}|\d{4,10})(?!\w)"
)
# Signs of other scripts, one for one, so that offsets stay.
_PLAIN = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫،؛", "01234567890123456789.,;")
_A, _F = 6378137.0, 1 / 298.257223563
_SCALE, _FALSE_EAST = 0.9996, 500_000.0
_BANDS = "CDEFGHJKLMNPQRSTUVWX"
_ROWS = "ABCDEFGHJKLMNPQRSTUV"
_COLUMNS = ("ABCDEFGH", "JKLMNPQR", "STUVWXYZ")


@dataclass(frozen=True, slots=True)
class _Patterns:
    """What all languages write: the letter N, S, E or W for each word, and the patterns made of the words."""

    sides: Mapping[str, str]
    degree: re.Pattern[str]
    marked: re.Pattern[str]
    led: re.Pattern[str]
    worded: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    """The patterns of ``languages/*/coordinates.toml``."""
    found = [language.section(code, "coordinates") for code in language.codes()]

    def words(name: str) -> str:
        listed = {re.escape(w) for data in found for w in data.get(name, [])}
        return "|".join(sorted(listed, key=lambda w: (-len(w), w)))

    sides = {
        word: letter
        for name, letter in (("north", "N"), ("south", "S"), ("east", "E"), ("west", "W"))
        for data in found
        for word in data.get(name, [])
    }
    letters = "|".join(sorted(map(re.escape, sides), key=lambda w: (-len(w), w)))
    side = rf"(?:(?P<%s>{letters})(?!\w))"
    open_side = rf"(?:(?P<%s>{letters}))"
    joins = words("joins")
    degrees = (
        rf"(?P<{{0}}d>\d{{{{1,3}}}}(?:\.\d+)?)\s*(?:{words('degrees')})\s*"
        rf"(?:(?P<{{0}}m>\d{{{{1,2}}}}(?:\.\d+)?)\s*(?:{words('minutes')})\s*"
        rf"(?:(?:{joins})\s*)?(?:(?P<{{0}}s>\d{{{{1,2}}}}(?:\.\d+)?)\s*(?:{words('seconds')})\s*)?)?"
    )
    between = rf"\s*(?:[,;/]|{joins})?\s*"
    number = r"(?P<{0}>\d{{1,{1}}}\.\d+)\s*(?:°\s*)?"
    return _Patterns(
        sides,
        re.compile(rf"\d\s*(?:{words('degrees')})", re.IGNORECASE),
        re.compile(degrees.format("a") + side % "aw" + between + degrees.format("o") + side % "ow", re.IGNORECASE),
        re.compile(
            rf"(?<!\w){open_side % 'aw'}\s*{degrees.format('a')}{between}{open_side % 'ow'}\s*{degrees.format('o')}",
            re.IGNORECASE,
        ),
        re.compile(number.format("a", 2) + side % "aw" + between + number.format("o", 3) + side % "ow", re.IGNORECASE),
    )


def _degrees(found: re.Match[str], name: str) -> float:
    value = float(found[f"{name}d"])
    value += float(found[f"{name}m"] or 0) / 60 + float(found[f"{name}s"] or 0) / 3600
    return value


def _signed(value: float, side: str | None) -> float:
    return -abs(value) if side and _patterns().sides.get(side.casefold(), side.upper()) in ("S", "W") else value


def _axes(found: re.Match[str]) -> bool:
    """Whether the first side is north or south and the second east or west."""
    sides = _patterns().sides
    return sides[found["aw"].casefold()] in "NS" and sides[found["ow"].casefold()] in "EW"


@lru_cache(maxsize=1)
def _series() -> tuple[tuple[float, ...], tuple[float, ...], float]:
    """Krüger's coefficients to the fourth order (Karney 2011): beta, delta, and the rectifying radius."""
    n = _F / (2 - _F)
    beta = (
        n / 2 - 2 * n**2 / 3 + 37 * n**3 / 96 - n**4 / 360,
        n**2 / 48 + n**3 / 15 - 437 * n**4 / 1440,
        17 * n**3 / 480 - 37 * n**4 / 840,
        4397 * n**4 / 161280,
    )
    delta = (
        2 * n - 2 * n**2 / 3 - 2 * n**3 + 116 * n**4 / 45,
        7 * n**2 / 3 - 8 * n**3 / 5 - 227 * n**4 / 45,
        56 * n**3 / 15 - 136 * n**4 / 35,
        4279 * n**4 / 630,
    )
    return beta, delta, _A / (1 + n) * (1 + n**2 / 4 + n**4 / 64)


def from_utm(zone: int, easting: float, northing: float) -> tuple[float, float]:
    """(lat, lon) in degrees of metres in a UTM zone; northings south of the equator are negative."""
    beta, delta, radius = _series()
    xi, eta = northing / (_SCALE * radius), (easting - _FALSE_EAST) / (_SCALE * radius)
    x = xi - sum(b * math.sin(2 * (j + 1) * xi) * math.cosh(2 * (j + 1) * eta) for j, b in enumerate(beta))
    e = eta - sum(b * math.cos(2 * (j + 1) * xi) * math.sinh(2 * (j + 1) * eta) for j, b in enumerate(beta))
    chi = math.asin(math.sin(x) / math.cosh(e))
    lat = chi + sum(d * math.sin(2 * (j + 1) * chi) for j, d in enumerate(delta))
    return math.degrees(lat), 6 * zone - 183 + math.degrees(math.atan2(math.sinh(e), math.cos(x)))


def from_mgrs(zone: int, band: str, square: str, digits: str) -> tuple[float, float] | None:
    """(lat, lon) of the middle of an MGRS square, None where there is no such square.

    >>> lat, lon = from_mgrs(33, "R", "XQ", "512539")
    >>> round(lat, 2), round(lon, 2)
    (31.21, 16.59)
    """
    half = len(digits) // 2
    step = 10 ** (5 - half)
    column = _COLUMNS[(zone - 1) % 3].find(square[0])
    row = (_ROWS.index(square[1]) - (0 if zone % 2 else 5)) % 20
    if column < 0 or len(digits) % 2:
        return None
    easting = 100_000 * (column + 1) + int(digits[:half]) * step + step / 2
    inside = 100_000 * row + int(digits[half:]) * step + step / 2
    south = -80 + 8 * _BANDS.index(band)
    # Rows repeat every 2,000 km: the one that lies in the band is meant.
    for turn in range(-5, 6):
        lat, lon = from_utm(zone, easting, inside + 2_000_000 * turn)
        if south - 0.5 <= lat <= south + (12 if band == "X" else 8) + 0.5:
            return lat, lon
    return None


def find(text: str, code: str) -> list[Mention]:
    """The coordinates of ``text`` as mentions; pairs outside the globe are left alone.

    >>> find("at 31.2089, 16.5887 in the desert", "en")[0].coordinates
    (31.2089, 16.5887)
    """
    plain = text if text.isascii() else text.translate(_PLAIN)
    if _DIGIT.search(plain) is None:
        return []
    pairs: list[tuple[re.Match[str], float, float, str]] = []
    # What all matches of a pattern hold is looked for first: few texts have it.
    marked = (_patterns().marked, _patterns().led) if _patterns().degree.search(plain) else ()
    for pattern in marked:
        for m in pattern.finditer(plain):
            if _axes(m):
                lat, lon = _signed(_degrees(m, "a"), m["aw"]), _signed(_degrees(m, "o"), m["ow"])
                pairs.append((m, lat, lon, "written coordinates"))
    if _DECIMALS.search(plain) is not None:
        for m in _patterns().worded.finditer(plain):
            if _axes(m):
                lat, lon = _signed(float(m["a"]), m["aw"]), _signed(float(m["o"]), m["ow"])
                pairs.append((m, lat, lon, "written coordinates"))
        for m in _DECIMAL.finditer(plain):
            lat, lon = _signed(float(m["a"]), m["aw"]), _signed(float(m["o"]), m["ow"])
            pairs.append((m, lat, lon, "written coordinates"))
    for m in _MGRS.finditer(plain):
        spot = from_mgrs(int(m["zone"]), m["band"], m["square"], m["digits"].replace(" ", ""))
        if spot is not None:
            pairs.append((m, *spot, "military grid reference"))
    found: list[Mention] = []
    for m, lat, lon, how in sorted(pairs, key=lambda p: (p[0].start(), -p[0].end())):
        inside = abs(lat) <= 90 and abs(lon) <= 180 and (lat, lon) != (0, 0)
        if inside and (not found or m.start() >= found[-1].end):
            surface = text[m.start() : m.end()].rstrip()
            end = m.start() + len(surface)
            found.append(Mention(m.start(), end, surface, "coordinates", code, 0.95, how, coordinates=(lat, lon)))
    return found

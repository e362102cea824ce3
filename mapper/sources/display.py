"""The names that are shown: one script each, the town's own name before that of its district."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from mapper.sources.record import Record
from mapper.text import skeleton

_ARABIC = re.compile(r"[\u0621-\u064a]")
_LATIN = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ]")
# Letters that Arabic itself does not use: names with them are Persian, Urdu, Kurdish, Uyghur or Pashto.
FOREIGN = set("یکگپچەۆڵێڕٹڈےہھںګښځڅړږڼېډټ")


def arabic(name: str) -> bool:
    """Whether a name is written in Arabic letters alone, and in those of Arabic."""
    return bool(_ARABIC.search(name)) and not _LATIN.search(name) and not FOREIGN.intersection(name)


def _split(name: str) -> tuple[str, str]:
    """The words in Latin letters and those in Arabic ones of a name that has both."""
    words = name.split()
    return (
        " ".join(w for w in words if not _ARABIC.search(w)).strip(" -/()"),
        " ".join(w for w in words if _ARABIC.search(w)).strip(" -/()"),
    )


def tidy(row: Record) -> None:
    """Mend the displayed names of a row in place; every old spelling stays among its names."""
    if _ARABIC.search(row.name) and _LATIN.search(row.name):
        latin, other = _split(row.name)
        if latin and other:
            row.names += [n for n in (row.name, other, latin) if n not in row.names]
            row.name = latin
    if row.name.isupper() and len(row.name) > 3:
        row.name = row.name.title()
    if row.arabic and not arabic(row.arabic):
        row.names += [row.arabic, *(part for part in _split(row.arabic) if part)]
        row.arabic = ""
    spellings = [n for n in (row.arabic, *row.names) if arabic(n)]
    if not spellings or not row.name.strip() or arabic(row.name):
        row.arabic = row.arabic or (spellings[0] if spellings else "")
        return
    own = skeleton(row.name)
    sound = {n: fuzz.ratio(own, skeleton(n)) for n in spellings}
    row.arabic = row.arabic or max(spellings, key=lambda n: sound[n])  # the first of equals
    words = set(row.arabic.split())
    shorter = [n for n in spellings if set(n.split()) < words and sound[n] > sound[row.arabic]]
    if shorter:  # "district of X" for X: the word for the unit goes, the name stays
        row.names.append(row.arabic)
        row.arabic = max(shorter, key=lambda n: sound[n])

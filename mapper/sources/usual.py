"""Which of a place's many filed names are in use: "Palmyra" for Tadmur is, one old map's spelling is not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz import fuzz

from mapper.sources.record import Record
from mapper.spelling import sounds
from mapper.text import normalise, script_of, skeleton

# A name that is filed in so many spellings is a name that people write.
_SPELLINGS, _CONSONANTS = 3, 3
# Spelt so nearly like a name that is shown that it needs no telling (of 100); and most names that are kept.
_SAME, _MOST = 92.0, 4


def much_written(names: Iterable[str]) -> list[str]:
    """One spelling of each name that a list has in several.

    >>> much_written(["Tadmur", "Palmyra", "Palmira", "Palmyre", "Bel"])
    ['Palmyra']
    """
    families: dict[str, list[str]] = defaultdict(list)
    for name in dict.fromkeys(names):
        families[skeleton(name)].append(name)
    return [many[0] for bones, many in families.items() if len(bones) >= _CONSONANTS and len(many) >= _SPELLINGS]


def settle(rows: list[Record]) -> None:
    """Leave of each row's ``usual`` names what its shown names do not tell; rows of one place vouch for each other."""
    filed: dict[str, list[frozenset[str]]] = defaultdict(list)
    for row in rows:
        filed[row.id].append(frozenset(map(normalise, row.names)))
    for row in rows:
        found = list(row.usual)
        if len(filed[row.id]) > 1:
            own = filed[row.id]
            found += [n for n in row.names if sum(normalise(n) in names for names in own) > 1]
        row.usual = _new(found, (row.name, row.arabic, row.french))


def _new(names: Iterable[str], shown: Iterable[str]) -> list[str]:
    """The names that are spelt unlike every one before."""
    known = [normalise(n) for n in shown if n]
    out: list[str] = []
    for name in names:
        key = normalise(name)
        if script_of(key) == "other":
            continue
        same = (k for k in known if script_of(k) == script_of(key))
        if key and not any(fuzz.ratio("".join(sounds(key)), "".join(sounds(k))) >= _SAME for k in same):
            known.append(key)
            out.append(name)
    return out[:_MOST]

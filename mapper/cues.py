"""Words that tell a place name from its likes, from ``languages/<code>/places.toml``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from mapper.language import section
from mapper.text import normalise


@dataclass(frozen=True, slots=True)
class Cues:
    """One language's words, normalised."""

    capitals: bool
    clitics: tuple[tuple[str, str], ...]
    nouns: frozenset[str]
    nouns_after: frozenset[str]
    strong_nouns: frozenset[str]
    linking: frozenset[str]
    prepositions: frozenset[str]
    media: frozenset[str]
    media_after: frozenset[str]
    units: frozenset[str]
    speech: frozenset[str]
    titles: frozenset[str]
    given: frozenset[str]
    never: frozenset[str]
    stop: frozenset[str]
    winds: frozenset[str]
    traps: dict[str, tuple[tuple[str, ...], ...]]

    def trap(self, keys: Sequence[str], i: int) -> int:
        """Tokens of the trap phrase that begins at ``keys[i]``, 0 for none."""
        for phrase in self.traps.get(keys[i], ()):
            if tuple(keys[i : i + len(phrase)]) == phrase:
                return len(phrase)
        return 0

    def without_clitic(self, surface: str) -> list[tuple[str, str, bool]]:
        """(letters cut, normalised rest, whether letters of the rest were put back), for each clitic that fits."""
        out = []
        for clitic, put in self.clitics:
            if surface.startswith(clitic) and len(surface) > len(clitic) + 1:
                out.append((clitic, normalise(put + surface[len(clitic) :]), bool(put)))
        return out


@cache
def cues_of(language: str) -> Cues:
    """The words of a language; empty for one without the file."""
    data = section(language, "places")

    def words(name: str) -> frozenset[str]:
        return frozenset(normalise(w) for w in data.get(name, []))

    traps: dict[str, list[tuple[str, ...]]] = {}
    for phrase in data.get("traps", []):
        parts = tuple(normalise(phrase).split())
        traps.setdefault(parts[0], []).append(parts)
    return Cues(
        bool(data.get("capitals", True)),
        tuple((c["cut"], c.get("put", "")) for c in data.get("clitics", [])),
        words("nouns"),
        words("nouns_after"),
        words("strong_nouns"),
        words("linking"),
        words("prepositions"),
        words("media"),
        words("media_after"),
        words("units"),
        words("speech"),
        words("titles"),
        words("given"),
        words("never"),
        words("stop"),
        words("winds"),
        {k: tuple(sorted(v, key=len, reverse=True)) for k, v in traps.items()},
    )

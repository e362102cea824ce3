"""Words around place names, from ``languages/<code>/described.toml``: kinds, links, what "the city" means."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from mapper.language import section
from mapper.text import normalise, tokenise


@dataclass(frozen=True, slots=True)
class Described:
    """One language's words. ``kinds`` maps a normalised word to a GeoNames feature class (P, A, S, L, T, H)."""

    before: dict[str, str]
    after: dict[str, str]
    articles: tuple[str, ...]
    links: frozenset[str]
    separators: tuple[str, ...]
    references: dict[str, str]

    def kind(self, key: str) -> str | None:
        """The feature class that a word at either end of ``key`` tells."""
        words = key.split()
        if len(words) < 2:
            return None
        return self.before.get(words[0]) or self.after.get(words[-1]) or self.after.get(" ".join(words[-2:]))

    def kind_beside(self, text: str, start: int, end: int) -> str | None:
        """The feature class that the word before or after a span tells."""
        before = [t.key for t in tokenise(text[max(0, start - 30) : start])]
        while before and before[-1] in self.articles:
            before.pop()
        if before and before[-1] in self.before:
            return self.before[before[-1]]
        after = [t.key for t in tokenise(text[end : end + 25])]
        return self.after.get(after[0]) if after else None

    def core(self, key: str) -> str:
        """``key`` without words for kinds and articles at its ends."""
        words = key.split()
        while len(words) > 1 and (words[0] in self.before or words[0] in self.articles):
            words = words[1:]
        while len(words) > 1 and words[-1] in self.after:
            words = words[:-1]
        return " ".join(words)

    def shorter(self, key: str) -> list[str]:
        """Forms of a name to try when it is not known whole, the least cut first."""
        core = self.core(key)
        forms = [core]
        words = core.split()
        if words and words[0].startswith("ال") and len(words[0]) > 4:
            forms.append(" ".join([words[0][2:], *words[1:]]))
        elif words and "\u0621" <= words[0][0] <= "\u064a":
            forms.append("ال" + core)
        return [f for f in dict.fromkeys(forms) if f and f != key]

    def parts(self, pieces: list[str]) -> list[str]:
        """Pieces of a description, split at words such as "in" and "of", each without its kind."""
        out: list[str] = []
        for piece in pieces:
            words, current = piece.split(), list[str]()
            for word in words:
                if normalise(word) in self.separators and current:
                    out.append(" ".join(current))
                    current = []
                else:
                    current.append(word)
            out += [" ".join(current)] if current else []
        return [p for p in out if normalise(p)]

    def coreference(self, key: str) -> str | None:
        """city, capital, province or country when the words mean a place named before."""
        return self.references.get(key)


@cache
def described(language: str) -> Described:
    """The words of a language; none for a language without the file."""
    data = section(language, "described")

    def keys(table: dict[str, list[str]]) -> dict[str, str]:
        return {normalise(w): kind for kind, words in table.items() for w in words}

    return Described(
        keys(data.get("before", {})),
        keys(data.get("after", {})),
        tuple(normalise(w) for w in data.get("articles", [])),
        frozenset(normalise(w) for w in data.get("links", [""])),
        tuple(normalise(w) for w in data.get("separators", [])),
        keys(data.get("references", {})),
    )

"""Words around place names, from ``languages/<code>/described.toml``: kinds, links, what "the city" means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from mapper.language import codes, section
from mapper.text import normalise, tokenised_keys

# How far to look for a word that tells the kind of a place, in characters.
_BEFORE, _AFTER = 30, 25


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language, or of all. ``before`` and ``after`` map a normalised word to a GeoNames
    feature class (P, A, S, L, T, H): where it stands tells which name it belongs to.
    """

    before: Mapping[str, str]
    after: Mapping[str, str]
    articles: frozenset[str]
    links: frozenset[str]
    listing: frozenset[str]
    separators: frozenset[str]
    alternatives: frozenset[str]
    joined: tuple[str, ...]
    indefinite: frozenset[str]
    quarters: frozenset[str]
    endings: tuple[str, ...]
    references: Mapping[str, str]
    written: frozenset[str]

    def kind(self, key: str) -> str | None:
        """The feature class that a word at either end of ``key`` tells."""
        words = key.split()
        if len(words) < 2:
            return None
        return self.before.get(words[0]) or self.after.get(words[-1]) or self.after.get(" ".join(words[-2:]))

    def kind_beside(self, text: str, start: int, end: int) -> str | None:
        """The feature class that the word before or after a span tells; signs part it from the span."""
        before = next(
            (k for k in reversed(_keys_in(text[max(0, start - _BEFORE) : start])) if k not in self.articles), ""
        )
        if before in self.before:
            return self.before[before]
        after = _keys_in(text[end : end + _AFTER])[:2]
        return (self.after.get(" ".join(after)) or self.after.get(after[0])) if after and after[0] else None

    def is_quarter(self, key: str) -> bool:
        """Whether ``key`` has a word for something that lies inside a town."""
        return any(w in self.quarters for w in key.split())

    def core(self, key: str) -> str:
        """``key`` without words for kinds and articles at its ends."""
        words = key.split()
        while len(words) > 1 and (words[0] in self.before or (words[0] in self.articles and words != key.split())):
            words = words[1:]
        while len(words) > 1:
            if len(words) > 2 and " ".join(words[-2:]) in self.after:
                words = words[:-2]
            elif words[-1] in self.after:
                words = words[:-1]
            else:
                break
        return " ".join(words)

    def without_separator(self, key: str) -> str:
        """``key`` without the words at its beginning that part a place from what holds it: "in", "dans la"."""
        words = key.split()
        while len(words) > 1 and words[0] in self.separators:
            words = words[1:]
        return " ".join(words)

    def tells_holder(self, gap: str) -> bool:
        """Whether the normalised words between two names say that the second holds the first, and only that."""
        words = gap.split()
        known = all(w in self.separators or w in self.articles or w in self.before or w in self.after for w in words)
        return known and any(w in self.separators for w in words)

    def tells_nothing(self, gap: str) -> bool:
        """Whether normalised words only tell a kind ("a village"): what follows still speaks of the name before."""
        return all(w in self.articles or w in self.indefinite or w in self.before for w in gap.split())

    def shorter(self, key: str) -> list[str]:
        """Forms of a name to try when it is not known whole, the least cut first."""
        core = self.core(key)
        forms = [core]
        words = core.split()
        # Arabic writers set and drop the article freely; that is spelling, not a word of one language.
        if words and words[0].startswith("ال") and len(words[0]) > 4:
            forms.append(" ".join([words[0][2:], *words[1:]]))
        elif words and "\u0621" <= words[0][0] <= "\u064a":
            forms.append("ال" + core)
        return [f for f in dict.fromkeys(forms) if f and f != key]

    def with_kind(self, key: str, kind: str) -> list[str]:
        """Forms of a bare name with words of a kind: "douglas" → "douglas county"."""
        after = [f"{key} {word}" for word, k in self.after.items() if k == kind]
        return after + [f"{word} {key}" for word, k in self.before.items() if k == kind]

    def coreference(self, surface: str) -> str | None:
        """city, capital, province or country when the words mean a place named before.

        What without its marks would be an article must be written with them: "là" is a place, "la" is none.
        """
        key = normalise(surface)
        written = key in self.articles and surface.casefold() not in self.written
        return None if written else self.references.get(key)


def _keys(tables: Iterable[dict[str, list[str]]]) -> dict[str, str]:
    return {normalise(w): kind for table in tables for kind, words in table.items() for w in words}


def _read(languages: Iterable[str]) -> Words:
    data = [section(code, "described") for code in languages]

    def many(name: str) -> list[str]:
        return [normalise(w) for d in data for w in d.get(name, [])]

    return Words(
        _keys(d.get("before", {}) for d in data),
        _keys(d.get("after", {}) for d in data),
        frozenset(many("articles")),
        frozenset(["", *many("links")]),
        frozenset(["", *many("listing")]),
        frozenset(many("separators")),
        frozenset(many("alternatives")),
        tuple(many("joined")),
        frozenset(many("indefinite")),
        frozenset(many("quarters")),
        tuple(many("endings")),
        _keys(d.get("references", {}) for d in data),
        frozenset(w.casefold() for d in data for words in d.get("references", {}).values() for w in words),
    )


@lru_cache(maxsize=4096)
def _keys_in(text: str) -> tuple[str, ...]:
    """The keys of the words and signs of a few characters; each name is asked for its neighbours twice."""
    return tuple(tokenised_keys(text))


@cache
def words_of(language: str) -> Words:
    """The words of a language; none for a language without the file."""
    return _read([language])


@cache
def all_words() -> Words:
    """The words of all languages together: tables mix them freely."""
    return _read(codes())

"""Words that tell a place name from its likes, from ``languages/<code>/places.toml`` and ``persons.toml``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

from mapper.language import section
from mapper.remembered import Remembered
from mapper.text import normalise

# The lists of a language, in the order in which they describe a word that stands in several.
LISTS = (
    "units",
    "units_after",
    "offices",
    "offices_after",
    "media",
    "media_after",
    "streets",
    "streets_after",
    "titles",
    "given",
    "surnames",
    "strong_nouns",
    "nouns",
    "nouns_after",
    "prepositions",
    "speech",
    "months",
    "heads",
    "tails",
    "winds",
    "stop",
    "sites",
    "scenes",
    "strikes",
    "aimed",
    "bound",
)


APOSTROPHES = "'’"
_PRESENTING = frozenset(("given", "titles"))


@dataclass(frozen=True, slots=True, eq=False)  # there is one for each language
class Cues:
    """One language's words, normalised.

    Of a normalised word, ``table`` gives the lists that it stands in, by itself or behind a clitic ("وبمدينة"). Of a
    word as written, ``opening`` says whether its case lets it begin a name or a trap, ``presenting`` whether a person's
    name follows it: a given name or a title, with a capital; ``closing`` whether it may end a name of several words;
    and ``elided`` how many letters of it are an elision.
    """

    capitals: bool
    article: str
    capital_heads: bool
    endings: tuple[str, ...]
    attached: tuple[str, ...]
    dateline_ends: tuple[str, ...]
    suffixes: tuple[tuple[str, str], ...]
    clitics: tuple[tuple[str, str], ...]
    joins: frozenset[str]
    nouns: frozenset[str]
    nouns_after: frozenset[str]
    strong_nouns: frozenset[str]
    sites: frozenset[str]
    linking: frozenset[str]
    roads: frozenset[str]
    prepositions: frozenset[str]
    leads: frozenset[str]
    media: frozenset[str]
    media_after: frozenset[str]
    streets: frozenset[str]
    streets_after: frozenset[str]
    units: frozenset[str]
    units_after: frozenset[str]
    offices: frozenset[str]
    offices_after: frozenset[str]
    speech: frozenset[str]
    titles: frozenset[str]
    given: frozenset[str]
    surnames: frozenset[str]
    written_given: frozenset[str]
    months: frozenset[str]
    heads: frozenset[str]
    tails: frozenset[str]
    never: frozenset[str]
    stop: frozenset[str]
    winds: frozenset[str]
    scenes: frozenset[str]
    strikes: frozenset[str]
    aimed: frozenset[str]
    bound: frozenset[str]
    traps: Mapping[str, tuple[tuple[str, ...], ...]]
    table: Remembered[str, tuple[str, ...]]
    opening: Remembered[str, bool]
    presenting: Remembered[str, bool]
    closing: Remembered[str, bool]
    elided: Remembered[str, int]

    def trap(self, keys: Sequence[str], i: int) -> int:
        """Tokens of the trap phrase that begins at ``keys[i]``, 0 for none."""
        for phrase in self.traps.get(keys[i], ()):
            if tuple(keys[i : i + len(phrase)]) == phrase:
                return len(phrase)
        return 0

    def without_clitic(self, surface: str) -> list[tuple[str, str, str]]:
        """(letters cut, normalised rest, letters of the rest that were put back), for each clitic that fits."""
        out = []
        for clitic, put in self.clitics:
            if surface.startswith(clitic) and len(surface) > len(clitic) + 1:
                out.append((clitic, normalise(put + surface[len(clitic) :]), put))
        return out

    def parted(self, key: str) -> str:
        """``key`` with a space before an article inside it: Arabic writers join "حفر الباطن" to "حفرالباطن"."""
        at = key.find(self.article, 2) if self.article and " " not in key else -1
        return f"{key[:at]} {key[at:]}" if 0 < at <= len(key) - len(self.article) - 2 else ""

    def without_suffix(self, key: str) -> list[str]:
        """Forms of a normalised name without the endings of cases ("харькова" → "харьков")."""
        forms = [key[: -len(cut)] + put for cut, put in self.suffixes if key.endswith(cut) and len(key) > len(cut) + 2]
        return list(dict.fromkeys(forms))

    def lists(self, key: str) -> tuple[str, ...]:
        """The lists that a word stands in (see ``table``)."""
        return self.table[key]


@cache
def cues_of(language: str) -> Cues:
    """The words of a language; empty for one without the file."""
    data, persons, relations = (section(language, name) for name in ("places", "persons", "relative"))

    def words(name: str) -> frozenset[str]:
        return frozenset(normalise(w) for w in [*data.get(name, []), *persons.get(name, [])])

    lists = {name: words(name) for name in LISTS}
    clitics = tuple((c["cut"], c.get("put", "")) for c in data.get("clitics", []))
    folded = tuple(dict.fromkeys((normalise(cut), normalise(put)) for cut, put in clitics))
    table: dict[str, list[str]] = {}
    for name, listed in lists.items():
        for word in listed:
            table.setdefault(word, []).append(name)
    capitals, article, traps = bool(data.get("capitals", True)), data.get("article"), _phrases(data.get("traps", []))
    elisions = tuple(cut for cut, _ in clitics)
    listed_of = Remembered(partial(_lists_of, {word: tuple(names) for word, names in table.items()}, folded))

    def opens(surface: str) -> bool:
        small = capitals and not surface[0].isupper()
        return not small or bool(article) or surface.startswith(elisions) or normalise(surface) in traps

    def presents(surface: str) -> bool:
        return surface[0].isupper() and not _PRESENTING.isdisjoint(listed_of[normalise(surface)])

    def elided(surface: str) -> int:
        return next((len(cut) for cut in elisions if cut[-1] in APOSTROPHES and surface.lower().startswith(cut)), 0)

    def closes(surface: str) -> bool:
        return not capitals or surface[elided(surface) - len(surface)].isupper() or surface[0].isdigit()

    return Cues(
        capitals,
        str(data.get("article", "")),
        bool(data.get("capital_heads", True)),
        tuple(data.get("endings", [])),
        tuple(data.get("attached", [])),
        tuple(data.get("dateline_ends", [])),
        tuple((normalise(c["cut"]), normalise(c.get("put", ""))) for c in data.get("suffixes", [])),
        clitics,
        frozenset(data.get("joins", [])),
        linking=words("linking"),
        roads=frozenset(
            normalise(w) for name in ("road", "road_after") for w in relations.get(name, []) if " " not in w
        ),
        leads=words("leads"),
        written_given=frozenset([*data.get("given", []), *persons.get("given", [])]),
        never=words("never") | lists["months"],
        traps=traps,
        table=listed_of,
        opening=Remembered(opens),
        presenting=Remembered(presents),
        closing=Remembered(closes),
        elided=Remembered(elided),
        **lists,
    )


def _lists_of(table: Mapping[str, tuple[str, ...]], clitics: Sequence[tuple[str, str]], key: str) -> tuple[str, ...]:
    rest = (put + key[len(cut) :] for cut, put in clitics if key.startswith(cut) and len(key) > len(cut) + 2)
    return next((table[form] for form in (key, *rest) if form in table), ())


def _phrases(phrases: Iterable[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """First word → the phrases that begin with it, the longest first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        parts = tuple(normalise(phrase).split())
        found.setdefault(parts[0], []).append(parts)
    return {first: tuple(sorted(listed, key=len, reverse=True)) for first, listed in found.items()}

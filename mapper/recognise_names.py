"""What may be a place name: the longest names of the gazetteer, unknown names behind a place noun, the tagger's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from mapper.cues import APOSTROPHES, Cues
from mapper.gazetteer import Gazetteer
from mapper.text import Token, normalise, tokenise

SHORTEST = 3
_ABBREVIATION = 5
# Behind these a capital says nothing.
SENTENCE_SIGNS = frozenset(".!?:;«»\"“”'‘’-–—•*|()")
_COUNTRY = 7.5
_HYPHENS = "-‐‑"
# Words of these lists are no part of a name whose kind stands beside it.
# Words of these end a name whose first word calls for more.
_UNBOUND = frozenset(("nouns", "prepositions", "stop", "winds", "nouns_after", "speech"))
_IMPROPER = frozenset(("titles", "stop", "heads", "tails"))
# A country or great city keeps its name to itself beside a hyphen: "Damas-Téhéran", "Israël-Hamas".
_GREAT = 6.0


@dataclass(slots=True)
class Proposal:
    """A possible name: token indices [first, last), the span of the name, its key and what the gazetteer says.

    ``level`` is the gazetteer's class of the name (S, A, B), ``unknown`` behind a place noun, ``tagged`` where
    only the tagger sees it, or ``trap``. ``word_start`` is where the word begins that carries the name, ``surface``
    the name itself: clitics are written onto it, and may have swallowed a letter of it ("للقاهرة").
    """

    first: int
    last: int
    start: int
    end: int
    key: str
    level: str
    word_start: int = 0
    surface: str = ""
    proclitic: str = ""
    prominence: float = 0.0
    probability: float | None = None
    score: float = 0.0
    reason: str = ""
    role: str = "place"
    features: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Read:
    """A text as it is searched for names: its tokens and their keys, and with what it is read.

    ``cased`` says whether it has capitals and small letters; ``ends``, in a language that has capitals, which tokens a
    name of several words may end at (see ``Gazetteer.matches``).
    """

    text: str
    tokens: list[Token]
    keys: list[str]
    ends: Sequence[bool] | None
    gazetteer: Gazetteer
    cues: Cues
    cased: bool


def words_of(text: str, cues: Cues) -> list[Token]:
    """The tokens of a text, without the endings that a language hangs on names ("London's")."""
    tokens = _elided(tokenise(text), cues)
    if not cues.endings:
        return tokens
    for i, token in enumerate(tokens):
        if token.surface.endswith(cues.endings):
            ending = next(e for e in cues.endings if token.surface.endswith(e))
            rest = token.surface[: -len(ending)]
            if rest:
                tokens[i] = Token(token.start, token.end - len(ending), rest, normalise(rest))
    return tokens


def _elided(tokens: list[Token], cues: Cues) -> list[Token]:
    """Tokens in which an elision that stands apart ("l' Oise", as tokenised texts have it) is one with its word."""
    cuts = {clitic[:-1] for clitic, _ in cues.clitics if clitic[-1] in APOSTROPHES}
    if not cuts:
        return tokens
    joined = list(tokens)
    for i in range(len(tokens) - 3, -1, -1):  # from the end, so that what is joined shifts nothing that is to come
        if tokens[i].surface.lower() not in cuts or tokens[i + 1].surface not in APOSTROPHES:
            continue
        first, sign, word = tokens[i : i + 3]
        if sign.start == first.end and word.start - sign.end < 2 and word.key[:1].isalpha():
            surface = first.surface + sign.surface + word.surface
            joined[i : i + 3] = [Token(first.start, word.end, surface, normalise(surface))]
    return joined


def bare_start(token: Token, cues: Cues) -> int:
    """Where the word of a token begins behind its elision; the token's start for one without."""
    letters = cues.elided[token.surface]
    return token.end - len(token.surface) + letters if letters else token.start


def proposals(text: str, tokens: list[Token], gazetteer: Gazetteer, cues: Cues) -> list[Proposal]:
    """Longest matches, left to right, none inside another."""
    keys = [t.key for t in tokens]
    letters = set(text)
    cased = any(c.isupper() for c in letters) and any(c.islower() for c in letters)
    found: list[Proposal] = []
    i = 0
    capitals = cased and cues.capitals
    # Four words of five open nothing.
    surfaces = [t.surface for t in tokens]
    opening = list(map(cues.opening.__getitem__, surfaces)) if capitals else [True] * len(tokens)
    opening.append(True)
    ends = list(map(cues.closing.__getitem__, surfaces)) if capitals else None
    read = _Read(text, tokens, keys, ends, gazetteer, cues, cased)
    while (i := opening.index(True, i)) < len(tokens):
        proposal = _at(i, read)
        if proposal is None or proposal.level != "trap":
            proposal = _compound(i, proposal, read)
        if proposal is None:
            i += 1
            continue
        if capitals and proposal.level != "trap":
            proposal = _hyphened(proposal, read, found[-1].last if found else 0)
        # Letters are part of their word, an elision is a word of its own.
        if proposal.proclitic == "" and cues.capitals and not _capital(tokens[proposal.first], cues):
            proposal.start = bare_start(tokens[proposal.first], cues)  # "L'île d'Yeu" opens a sentence
        proposal.word_start = proposal.start if cues.capitals else tokens[proposal.first].start
        proposal.surface = proposal.surface or text[proposal.start : proposal.end]
        if cues.capitals and text[proposal.end : proposal.end + 1] == "." and _abbreviates(proposal, text, gazetteer):
            proposal.end += 1
        proposal.prominence = gazetteer.prominence(proposal.key) if proposal.level in ("S", "A", "B") else 0.0
        found.append(proposal)
        i = proposal.last
    return found


def _compound(i: int, p: Proposal | None, read: _Read) -> Proposal | None:
    """A name with the word for its kind that belongs to it: "Walker County", "mer Égée", "Gulf of Sidra"."""
    tokens, keys, cues = read.tokens, read.keys, read.cues
    if not read.cased or not cues.capitals:
        return p
    if p is None and not (tokens[i].surface[0].isupper() and _proper(tokens[i], cues)):
        return None
    first, last = (p.first, p.last) if p else (i, i + 1)
    if last < len(tokens) and keys[last] in cues.tails and _beside(tokens[last - 1], tokens[last]) == 1:
        last += tokens[last].surface[0].isupper()
    before = first - 1
    while before > 0 and keys[before] in cues.linking and first - before < 3:
        before -= 1
    head = before >= 0 and "heads" in cues.lists(keys[before]) and _beside(tokens[before], tokens[before + 1]) < 2
    if head and (tokens[before].surface[0].isupper() or not cues.capital_heads):
        first = before
    if (first, last) == ((p.first, p.last) if p else (i, i + 1)):
        return p
    key = " ".join(
        [tokens[first].surface[bare_start(tokens[first], cues) - tokens[first].end :], *keys[first + 1 : last]]
    )
    key = normalise(key)
    level = read.gazetteer.ambiguity(key) or "compound"
    return Proposal(first, last, bare_start(tokens[first], cues), tokens[last - 1].end, key, level)


def _hyphened(p: Proposal, read: _Read, free: int) -> Proposal:
    """A name with all words that hyphens join to it: "Val-d'Oise", not "Val"; two places stay two: "Gao-Kidal"."""
    tokens, keys, gazetteer, cues = read.tokens, read.keys, read.gazetteer, read.cues
    if p.prominence >= _GREAT or gazetteer.prominence(p.key) >= _GREAT:
        return p

    def joined(sign: int) -> bool:
        return (
            0 < sign < len(tokens) - 1
            and tokens[sign].surface in _HYPHENS
            and _beside(tokens[sign - 1], tokens[sign]) == 0
            and _beside(tokens[sign], tokens[sign + 1]) == 0
        )

    first, last, at = p.first, p.last, p.last
    while joined(at) and keys[at + 1][:1].isalpha():
        at += 2
        last = at if _capital(tokens[at - 1], cues) else last
    at = p.first
    while at - 2 >= free and joined(at - 1) and keys[at - 2][:1].isalpha():
        at -= 2
        first = at if _capital(tokens[at], cues) else first
    others = [tokens[j] for j in (*range(first, p.first), *range(p.last, last)) if keys[j]]
    names = [t for t in others if t.surface[0].isupper()]
    if not others or any(t.surface.isupper() or gazetteer.ambiguity(t.key) == "S" for t in names):
        return p
    if first == p.first and p.last - first > 1 and keys[first] in cues.linking:
        first += 1  # "Le Val" is a town, "le Val-d'Oise" another place
    start = p.start if first == p.first else bare_start(tokens[first], cues)
    key = normalise(" ".join([tokens[first].surface[start - tokens[first].end :], *keys[first + 1 : last]]))
    return Proposal(first, last, start, tokens[last - 1].end, key, gazetteer.ambiguity(key) or "hyphened")


def _proper(token: Token, cues: Cues) -> bool:
    if len(token.key) < 3 or token.key in cues.never:
        return False
    return _IMPROPER.isdisjoint(cues.lists(token.key))


def _capital(token: Token, cues: Cues) -> bool:
    """Whether a word, without its elision, begins with a capital."""
    return token.surface[cues.elided[token.surface] - len(token.surface)].isupper()


def _beside(left: Token, right: Token) -> int:
    """Characters between two tokens."""
    return right.start - left.end


def _abbreviates(p: Proposal, text: str, gazetteer: Gazetteer) -> bool:
    """Whether the dot behind a name belongs to it: "W.Va.", "Calif."."""
    if "." in text[p.start : p.end].rpartition(" ")[2]:
        return True
    if len(p.key) > _ABBREVIATION or " " in p.key:
        return False
    best = next(iter(gazetteer.lookup(p.key)), None)
    return best is not None and best.feature_class == "A" and len(best.name) > len(p.key) + 2


def _at(i: int, read: _Read) -> Proposal | None:
    tokens, keys, gazetteer, cues, cased = read.tokens, read.keys, read.gazetteer, read.cues, read.cased
    token = tokens[i]
    if not token.key or token.key[0].isdigit():
        return None
    trap = cues.trap(keys, i)
    if trap:
        end = tokens[i + trap - 1].end
        reason = "a phrase that is no place"
        return Proposal(i, i + trap, token.start, end, "", "trap", reason=reason, role="trap")
    latin = cues.capitals
    small = latin and cased and not token.surface[0].isupper()
    if small and not cues.parted(token.key) and not cues.without_clitic(token.surface):
        return None
    quiet = _opens_nothing(token.surface, token.key, gazetteer, cues)
    acronym = cased and latin and len(token.surface) == 2 and token.surface.isupper()
    if token.key in cues.never and not acronym and (quiet or not any(n > 1 for n in gazetteer.matches(keys, i))):
        return None
    if not quiet:
        found = _listed(i, read, small)
        if found is not None:
            return (_bound(i, read) or found) if found.last == i + 1 else found
    elided = 0  # letters of "d'" in "le village d'Amasrakad"
    if small:
        cuts = [len(clitic) for clitic, rest, put in cues.without_clitic(token.surface) if rest and not put]
        elided = next((n for n in cuts if token.surface[n].isupper()), 0)
        if not elided:
            return None
    return _bound(i, read) or _after_noun(i, read, elided)


def _bound(i: int, read: _Read) -> Proposal | None:
    """A name of two words that no gazetteer has, whose first is never one alone: "عين قانا" is not "قانا"."""
    tokens, keys, cues = read.tokens, read.keys, read.cues
    if keys[i] not in cues.bound or i + 1 >= len(tokens) or _beside(tokens[i], tokens[i + 1]) != 1:
        return None
    if len(keys[i + 1]) < SHORTEST or keys[i + 1] in cues.never or not _UNBOUND.isdisjoint(cues.lists(keys[i + 1])):
        return None
    first, end, key = tokens[i], tokens[i + 1].end, f"{keys[i]} {keys[i + 1]}"
    if i and "strong_nouns" in cues.lists(keys[i - 1]):
        return Proposal(i, i + 2, first.start, end, key, "unknown")
    return Proposal(i, i + 2, first.start, end, "", "trap", reason="the end of a name that is not known", role="trap")


@lru_cache(maxsize=100_000)
def _opens_nothing(surface: str, key: str, gazetteer: Gazetteer, cues: Cues) -> bool:
    """Whether no name of the gazetteer begins with a word, nor with what is left of it without clitics and endings."""
    if gazetteer.begins(key) or any(gazetteer.begins(rest) for _, rest, _ in cues.without_clitic(surface)):
        return False
    return not any(gazetteer.begins(form) for form in (cues.parted(key), *cues.without_suffix(key)))


def _listed(i: int, read: _Read, small: bool) -> Proposal | None:
    """The longest name of the gazetteer at a word: as it stands, parted, without its ending or its clitic."""
    text, tokens, keys, gazetteer, cues = read.text, read.tokens, read.keys, read.gazetteer, read.cues
    token, latin, cased = tokens[i], cues.capitals, read.cased
    # Folding makes one of على and علي: the preposition opens no name.
    leads = not latin and token.key in cues.prepositions and token.surface not in cues.written_given
    for n in gazetteer.matches(keys, i, read.ends) if not (small or leads) else []:
        last = tokens[i + n - 1]
        if n > 1 and "\n" in text[token.end : last.start]:
            continue
        key = " ".join(k for k in keys[i : i + n] if k)
        written = text[token.start : last.end].replace(".", "")
        if key in cues.never and not (cased and len(written) == 2 and written.isupper()):
            continue
        if n == 1 and key in cues.nouns:
            continue  # "valley" is the word, whatever town is called so
        if all(k in cues.winds for k in key.split()):
            continue  # "south-east" is the name of a district somewhere, and hardly ever meant
        # "US" and "UK" in capitals are no words.
        great = cased and len(written) == 2 and written.isupper() and gazetteer.prominence(key) >= _COUNTRY
        return Proposal(i, i + n, token.start, last.end, key, "S" if great else gazetteer.ambiguity(key))
    parted = cues.parted(token.key)
    if parted and gazetteer.ambiguity(parted) == "S":
        return Proposal(i, i + 1, token.start, token.end, parted, "S")
    for form in cues.without_suffix(token.key) if not small else []:
        if gazetteer.ambiguity(form) == "S" and form not in cues.never:
            return Proposal(i, i + 1, token.start, token.end, form, "S")
    for clitic, rest, put in cues.without_clitic(token.surface):
        length = len(clitic)
        if latin and not token.surface[length].isupper():
            continue
        for n in gazetteer.matches([rest, *keys[i + 1 : i + 8]], 0) if rest else []:
            key = " ".join([rest, *[k for k in keys[i + 1 : i + n] if k]])
            if key in cues.never or len(rest) < SHORTEST:
                continue
            if n > 1 and "\n" in text[token.end : tokens[i + n - 1].start]:
                continue
            start = token.start if put else token.end - len(token.surface) + length
            cut = clitic[:1] if put else clitic
            end = tokens[i + n - 1].end
            surface = put + text[token.end - len(token.surface) + length : end]
            level = gazetteer.ambiguity(key)
            return Proposal(i, i + n, start, end, key, level, surface=surface, proclitic=cut)
    return None


def _after_noun(i: int, read: _Read, elided: int) -> Proposal | None:
    """An unknown name behind a place noun: "قرية X", "the village of X"; ``elided`` letters before it are not its."""
    text, tokens, keys, cues, cased = read.text, read.tokens, read.keys, read.cues, read.cased
    before = i - 1
    while before >= 0 and keys[before] in cues.linking:
        before -= 1
    if (
        before < 0
        or "strong_nouns" not in cues.lists(keys[before])
        or "\n" in text[tokens[before].end : tokens[i].start]
        or any(not t.key and t.surface not in APOSTROPHES for t in tokens[before + 1 : i])
    ):
        return None
    if cased and cues.capitals and not tokens[i].surface[elided].isupper():
        return None
    if keys[i] in cues.stop or len(keys[i]) < SHORTEST or keys[i] in cues.nouns:
        return None
    last = _hyphens(i + 1, tokens, keys)
    while (
        cased
        and cues.capitals
        and last < len(tokens)
        and last < i + 3
        and tokens[last].surface[:1].isupper()
        and tokens[last].start - tokens[last - 1].end == 1
    ):
        last = _hyphens(last + 1, tokens, keys)
    first = tokens[i]
    rest = [k for k in keys[i + 1 : last] if k]
    key = " ".join([normalise(first.surface[elided:]) if elided else first.key, *rest])
    cut = first.surface[:elided]
    return Proposal(i, last, first.start + elided, tokens[last - 1].end, key, "unknown", proclitic=cut)


def _hyphens(last: int, tokens: Sequence[Token], keys: Sequence[str]) -> int:
    """The end of a name that goes on behind hyphens ("Darey-Daye"): ``last``, or the token after the last part."""
    while (
        last + 1 < len(tokens)
        and tokens[last].surface in _HYPHENS
        and keys[last + 1].isalpha()
        and tokens[last - 1].end == tokens[last].start
        and tokens[last].end == tokens[last + 1].start
    ):
        last += 2
    return last

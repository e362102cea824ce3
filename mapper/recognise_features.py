"""What speaks for a possible name being a place, and against it: the features that ``recognise.toml`` weighs."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mapper.cues import Cues
from mapper.gazetteer import Gazetteer
from mapper.recognise_names import SENTENCE_SIGNS, Proposal
from mapper.text import Token

_GREAT, _COUNTRY, _TOWN = 6.0, 7.5, 5.0
# A tagger that was trained on other news does not know small towns: its no counts less than its yes.
_MOST_ODDS, _LEAST_ODDS, _CALLED_ODDS = 6.0, -3.5, -1.0
# A capital on a word of these lists makes of the name beside it no name of others.
_COMMON = frozenset(
    ("titles", "nouns", "nouns_after", "strong_nouns", "months", "winds", "prepositions", "stop", "given")
)
_MANY_WORDS = 3
# What a city's name must not have beside it to be the city; how prominent it is.
_OF_OTHERS = frozenset(("capital_before", "capital_after", "inside", "person", "introduced", "acronym"))
_CITY = 6.5
_LABELLED = frozenset(".!?؟•*-–—")  # signs that a label may stand behind
_HARMED = ("safe", "ambiguous")  # names that harm told before them makes surer; a common word is what was hit


def features_of(
    p: Proposal,
    tokens: list[Token],
    before: Sequence[str],
    after: Sequence[str],
    preposition: bool,
    gazetteer: Gazetteer,
    cues: Cues,
    persons: frozenset[str],
) -> dict[str, float]:
    """The features of a possible name, by the names in ``recognise.toml``."""
    kind = {"S": "safe", "A": "ambiguous", "B": "weak", "": "unknown"}.get(p.level, p.level)
    found = {"base": 1.0, kind: 1.0, "size": p.prominence / 10}
    if p.probability is not None:
        odds = math.log(max(p.probability, 1e-9) / max(1 - p.probability, 1e-9))
        # "In the town of #X": a noun that only towns have says more than a tagger that never read such lines.
        called = kind in _HARMED and before and not cues.capitals and "strong_nouns" in cues.lists(before[-1])
        found["tagger"] = max(_CALLED_ODDS if called else _LEAST_ODDS, min(_MOST_ODDS, odds))
    if p.last - p.first > 1:
        found["words"] = 1.0
        keys = [t.key for t in tokens[p.first : p.last] if t.key]
        if kind == "safe" and (len(keys) >= _MANY_WORDS or keys[0] in cues.sites):
            found["long"] = 1.0
    if p.prominence >= _COUNTRY:
        found["great"] = 1.0
    if kind in ("ambiguous", "weak"):
        beside = next((w for w in reversed(before[-2:]) if w not in cues.linking), "")
        if "nouns" in cues.lists(beside) or (after and after[0] in cues.nouns_after):
            found["noun"] = 1.0
        elif preposition:
            found["preposition"] = p.prominence / 5
    elif kind == "safe" and p.last - p.first == 1 and before and before[-1] in cues.leads:
        found["sited"] = 1.0
    aims = kind == "ambiguous" and bool(cues.scenes) and _aimed(p.key, cues)
    # "وسط" leads as "في" does, and so does "أهالي".
    led = preposition or (bool(before) and (before[-1] in cues.winds or before[-1] in cues.leads))
    if cues.scenes and kind in _HARMED and not aims and (led or kind == "safe") and _harmed(before, not led, cues):
        found["harmed"] = 1.0
    if kind == "safe" and _labels(p, tokens):
        found["label"] = 1.0
    if kind == "safe" and before and not cues.capitals and before[-1] in cues.winds:
        found["wind"] = 1.0
    if cues.capitals:
        found |= _capitals(p, tokens, cues, gazetteer)
        opens = p.first == 0 or tokens[p.first - 1].surface in SENTENCE_SIGNS
        if kind in ("ambiguous", "weak") and not opens and tokens[p.first].surface[0].isupper():
            # Inside a sentence a capital tells "Nice" from "nice", but not from the person.
            found["capital"] = 1.0
        first = tokens[p.first].surface
        alone = p.last - p.first == 1 and len(first) > 2 and first.isupper() and p.prominence < _COUNTRY
        if alone and any(t.surface.islower() for t in tokens[max(0, p.first - 3) : p.last + 3]):
            found["acronym"] = 1.0
    if _person(p, tokens, before, after, cues, gazetteer):
        found["person"] = 1.0
    elif not preposition and p.key in persons:
        found["introduced"] = 1.0
    if p.key in cues.given or p.key in cues.surnames:
        found["personal"] = 1.0
    elif cues.capitals and kind == "safe" and p.prominence >= _CITY and _OF_OTHERS.isdisjoint(found):
        found["city"] = float(found.get("tagger", 0.0) > _LEAST_ODDS)  # a model that is sure of its no is heard
    return found


def _aimed(key: str, cues: Cues) -> bool:
    """Whether a name is, but for its article, a word for what is hit: "غارة على الميناء"."""
    word = key.removeprefix(cues.article) if cues.article else key
    return word in cues.aimed or word in cues.nouns


def _labels(p: Proposal, tokens: Sequence[Token]) -> bool:
    """Whether a name opens the text or its line and a colon follows: "Djibo: seven killed"."""
    if p.last + 1 >= len(tokens) or tokens[p.last].surface not in ":|":
        return False
    # No token stands for the end of a line: a label is told by what a sentence before ends with.
    return p.first == 0 or tokens[p.first - 1].surface in _LABELLED


def _harmed(before: Sequence[str], free: bool, cues: Cues) -> bool:
    """Whether the words before a name tell of harm that is done there: "غارة على", "قتلى في", "استهدف الطيران".

    ``free``: no preposition leads the name, so that a verb of harm must have it for its object.
    """
    if not cues.scenes:
        return False
    for back, word in enumerate(reversed(before)):
        lists = cues.lists(word) if word else ("stop",)
        if "strikes" in lists or ("scenes" in lists and (not free or not back)):
            return True
        if not word or (free and "prepositions" in lists):
            return False
    return False


def _capitals(p: Proposal, tokens: Sequence[Token], cues: Cues, gazetteer: Gazetteer) -> dict[str, float]:
    """What capitals beside a name say: "Sabres de Buffalo", "Kansas City Star", "Air France" are names of others."""

    def foreign(i: int) -> bool:
        key = tokens[i].key
        if len(key) < 3 or not tokens[i].surface[0].isupper() or not _COMMON.isdisjoint(cues.lists(key)):
            return False
        return gazetteer.prominence(key) < _TOWN

    found = {}
    if p.last < len(tokens) and tokens[p.last].start - tokens[p.last - 1].end == 1 and foreign(p.last):
        found["capital_after"] = 1.0
    left, linked = p.first - 1, bool(p.proclitic)
    while left > 0 and (tokens[left].key in cues.linking or tokens[left].surface in "'’") and p.first - left < 4:
        left, linked = left - 1, True
    opens = left <= 0 or tokens[left - 1].surface in SENTENCE_SIGNS
    gap = tokens[left + 1].start - tokens[left].end if left >= 0 else 9
    # "Le quartier Katindo de Goma": what bears a place noun is no name of others.
    placed = left > 0 and "nouns" in cues.lists(tokens[left - 1].key)
    if left >= 0 and not opens and not placed and gap < 2 and foreign(left):
        found["inside" if linked else "capital_before"] = 1.0
    if found:
        beside = (*tokens[max(0, p.first - 5) : p.first], *tokens[p.last : p.last + 5])
        capitals = [t.surface[0].isupper() for t in beside if t.key.isalpha()]
        if sum(capitals) > len(capitals) / 2:
            return {}  # a headline, or a list of names
    return found


def _person(
    p: Proposal, tokens: list[Token], before: Sequence[str], after: Sequence[str], cues: Cues, gazetteer: Gazetteer
) -> bool:
    """Whether the neighbours make a name a person's."""
    previous = before[-1] if before else ""
    lists = cues.lists(previous)
    if "prepositions" in lists and "given" in lists and tokens[p.first - 1].surface not in cues.written_given:
        return False  # folding makes على and علي one
    if "strong_nouns" in lists and not tokens[p.first - 1].surface[:1].isupper():
        return False  # "la ville d'Ansongo", though Ville is a given name
    if p.first > 1 and cues.capitals:
        second = cues.lists(tokens[p.first - 2].key)
        left = tokens[p.first - 1]
        # "M. Paris", "colonel Moussa Gao"
        if "titles" in second and (left.surface == "." or (left.surface[0].isupper() and left.key not in cues.never)):
            return True
    if "titles" in lists or "given" in lists:
        return True
    if p.last - p.first == 1 and p.key in cues.given and after and p.last < len(tokens):
        follower = tokens[p.last]
        return not cues.capitals or follower.surface[:1].isupper()
    if not cues.capitals or p.first < 2:
        return False
    left = tokens[p.first - 1]
    if left.surface == "." and len(tokens[p.first - 2].surface) == 1 and p.first > 2:
        return "given" in cues.lists(tokens[p.first - 3].key)  # "John F. Kennedy"
    beside = tokens[p.first].start - left.end == 1 and left.surface[0].isupper() and len(left.key) > 2
    if beside and not {"nouns", "prepositions", "stop"} & set(lists):
        return not gazetteer.known(left.key) and p.level != "S" and p.prominence < _GREAT
    return False

"""Which place a name means: one linear model over named features, its weights and words in ``ranking.toml``.

Names of a report are grouped into senses (same name, same stated kind and container: same place). Each
sense's candidates get shares; what the others probably are feeds back in a few passes.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz

from mapper.containment import Holder, held_by, holder_of, holds
from mapper.gazetteer import Gazetteer
from mapper.gazetteer_rank import by_hand, rank
from mapper.model import Candidate, Mention, Place, Report
from mapper.spelling import sounds
from mapper.text import normalise, script_of, word_key
from mapper.weights import weights
from mapper.words import words_of

_PASSES = 3
# All candidates of a report are compared pair by pair; this bounds the table.
_MOST_PAIRS, _LEAST_EACH, _MOST_EACH = 900, 4, 12
_NEAR_M = 90_000.0
_KEPT = 4
_SUREST = 0.98
_EARTH_M = 6_371_008.8
# The gazetteer ranks hand-written places first for look-ups; here they compete as middling towns.
_WRITTEN_RANK = 2.0
_MAIN_SHARE = 0.3
_OTHER_SCRIPT = 0.8
# Rows of the table that are no features of a place.
_NOTHING, _DOUBT, _OUTSIDE = "nothing", "doubt", "outside"
_DEMONYM_VOTE, _PERSONS_FEWEST = 0.5, 4

Array = npt.NDArray[np.float64]


@dataclass(slots=True)
class Sense:
    """A name as a report uses it, its mentions by number, and its candidates with their shares.

    ``held`` are the ids of the candidates that lie in what the text names as the container.
    """

    key: str
    kind: str | None
    container: Holder | None
    mentions: list[int]
    places: list[Place]
    held: frozenset[str] = frozenset()
    lands: list[tuple[str, str]] = field(default_factory=list)  # country and first-order unit of each, "" for none
    weight: float = 1.0
    nothing: float = 0.0
    fixed: list[dict[str, float]] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)
    features: list[dict[str, float]] = field(default_factory=list)


def prominence(place: Place, gazetteer: Gazetteer) -> float:
    """How often texts mean this place when they give its name, without context; about 1 to 10."""
    whole, chosen = rank(place), by_hand(place.source)
    return whole - chosen + _WRITTEN_RANK if chosen else whole


def softmax(scores: Sequence[float], nothing: float = -math.inf) -> list[float]:
    """Shares of e^score; they sum to 1 with that of ``nothing``, the score of meaning none of them."""
    top = max(*scores, nothing)
    powers = [math.exp(s - top) for s in scores]
    total = sum(powers) + math.exp(nothing - top)
    return [p / total for p in powers]


def likeness(key: str, place: Place) -> float:
    """How alike a name is to those of the place that are in use, in any language, 0..1.

    Only names in the same script are compared: many old and odd ones are filed too.
    """
    names = [word_key(place.name), *[word_key(name) for _, name in place.names]]
    if key in names:
        return 1.0
    script = script_of(key)
    return max([_alike(key, n) for n in names if n and script_of(n) == script], default=_OTHER_SCRIPT)


def _alike(key: str, name: str) -> float:
    heard = fuzz.ratio("".join(sounds(key)), "".join(sounds(name)))
    return max(heard, 0.9 * fuzz.token_set_ratio(key, name)) / 100


@dataclass(slots=True)
class Story:
    """What a report as a whole says: its senses, votes for countries, and the user's prior."""

    senses: list[Sense]
    votes: defaultdict[str, float]
    prior: frozenset[str]

    def share(self, country: str | None) -> float:
        """Share of the votes that a country has, 0..1."""
        total = sum(self.votes.values())
        return self.votes.get(country or "", 0.0) / total if total else 0.0

    def main_country(self) -> str | None:
        """The country that the report is about, if one has enough of the votes; the user's word goes first."""
        if len(self.prior) == 1:
            return next(iter(self.prior))
        best = max(self.votes.items(), key=lambda v: (v[1], v[0]), default=None)
        return best[0] if best and self.share(best[0]) >= _MAIN_SHARE else None

    def candidates(self) -> dict[int, list[Candidate]]:
        """For each mention its candidates, best first, with shares and reasons in words."""
        return {i: explained(sense) for sense in self.senses for i in sense.mentions}


Gloss = Callable[[Place, Mapping[int, Place]], float]


def story_of(
    report: Report,
    mentions: Sequence[Mention],
    options: Mapping[int, Sequence[Place]],
    gazetteer: Gazetteer,
    *,
    prior: Sequence[str] = (),
    glosses: Mapping[int, Gloss] | None = None,
) -> Story:
    """Rank the places that the mentions of a report could mean.

    Args:
        report: The text that the spans index.
        mentions: All mentions; only those in ``options`` are ranked.
        options: Mention number → places of that name.
        gazetteer: Tells what a container is and which country a nationality word speaks of.
        prior: ISO codes of countries that the user names: they rank, they do not exclude.
        glosses: Mention number → a check of a candidate against the text, given the places chosen so far.
    """
    senses = _senses(report.text, mentions, options, gazetteer)
    codes = frozenset(c for p in prior if (c := gazetteer.country_code(p)))
    peoples = _peoples(report.text, gazetteer)
    for sense in senses:
        sense.lands = [(place.country or "", place.admin1 or "") for place in sense.places]
        sense.fixed = [_fixed(place, sense, codes, gazetteer) for place in sense.places]
        sense.features = sense.fixed
        sense.shares = softmax([_score(f) for f in sense.fixed], sense.nothing)
    nearness = _Nearness(senses)
    votes = _votes(senses, peoples)
    for _ in range(_PASSES):
        near = nearness.of(senses)
        chosen = {i: s.places[_best(s.shares)] for s in senses for i in s.mentions} if glosses else {}
        units = _unit_votes(senses)
        after = []
        for sense, close in zip(senses, near, strict=True):
            features = _with_context(sense, votes, units, close, senses)
            checks = [glosses[i] for i in sense.mentions if glosses and i in glosses]
            for place, found in zip(sense.places, features, strict=True):
                if checks:
                    found["gloss"] = max((c(place, chosen) for c in checks), key=abs)
            after.append(features)
        for sense, features in zip(senses, after, strict=True):
            sense.features = features
            sense.shares = softmax([_score(f) for f in features], sense.nothing)
        votes = _votes(senses, peoples)
    return Story(senses, votes, codes)


@cache
def _numbers() -> dict[str, float]:
    return {name: w.weight for name, w in weights("ranking").items()}


def _score(features: Mapping[str, float]) -> float:
    table = _numbers()
    return sum([table[name] * value for name, value in features.items()])


def _best(shares: Sequence[float]) -> int:
    return max(range(len(shares)), key=lambda i: shares[i])


def explained(sense: Sense) -> list[Candidate]:
    """A sense's candidates, best first: why the first was taken, and why not the others."""
    table, numbers = weights("ranking"), _numbers()
    order = sorted(range(len(sense.places)), key=lambda i: (-sense.shares[i], sense.places[i].id))
    winner = sense.features[order[0]]

    def differences(other: Mapping[str, float]) -> list[tuple[float, str]]:
        """By how much the winner leads in each feature that either has."""
        return [
            (numbers[n] * winner.get(n, 0.0) - numbers[n] * other.get(n, 0.0), n) for n in winner.keys() | other.keys()
        ]

    gains = differences(sense.features[order[1]] if len(order) > 1 else {})
    why = [table[n].why for gain, n in sorted(gains, reverse=True) if gain > 0.4 and table[n].why][:3]
    # The unit that bears the name of its town is the same answer, less precise.
    best = sense.places[order[0]]
    share = sum(sense.shares[i] for i in order if i == order[0] or _same(best, sense.places[i]))
    found = [Candidate(best, round(_SUREST * share, 3), tuple(why))]
    for i in order[1:_KEPT]:
        losses = differences(sense.features[i])
        reasons = [table[n].against for loss, n in sorted(losses, reverse=True) if loss > 0.3][:2]
        found.append(Candidate(sense.places[i], round(sense.shares[i], 3), tuple(reasons)))
    return found


def _same(a: Place, b: Place) -> bool:
    return holds(a, b) or holds(b, a)


# ---- senses
def _senses(
    text: str, mentions: Sequence[Mention], options: Mapping[int, Sequence[Place]], gazetteer: Gazetteer
) -> list[Sense]:
    """Mentions grouped: one name means one place in a report unless the text says otherwise."""
    kinds = _kinds(text, mentions, options)
    groups: dict[tuple[str, str | None, str | None], Sense] = {}
    for i, places in options.items():
        if not places:
            continue
        key = normalise(mentions[i].surface)
        container = holder_of(text, i, mentions, options, kinds)
        if container is not None and not container.firm and not held_by(container, places, gazetteer):
            container = None
        kind = kinds.get(i)
        kind = kind if kind and any(p.feature_class == kind for p in places) else None
        group = (key, kind, container.key if container else None)
        if group in groups:
            groups[group].mentions.append(i)
        else:
            groups[group] = Sense(key, kind, container, [i], list(places))
    # A bare name takes the sense that the text spells out once.
    for group, sense in list(groups.items()):
        if sense.container is not None:
            continue
        spelt = [s for s in groups.values() if s.key == sense.key and s.container and sense.kind in (None, s.kind)]
        if len(spelt) == 1:
            spelt[0].mentions += sense.mentions
            del groups[group]
    senses = list(groups.values())
    each = max(_LEAST_EACH, min(_MOST_EACH, _MOST_PAIRS // max(1, len(senses))))
    for sense in senses:
        kept = held_by(sense.container, sense.places, gazetteer) if sense.container else []
        rest = [p for p in sense.places if p not in kept]
        sense.places = (kept + rest)[: max(each, len(kept[:_MOST_EACH]))]
        sense.held = frozenset(p.id for p in kept)
        surest = max(mentions[i].score for i in sense.mentions)
        sense.nothing = weights("ranking")[_NOTHING].weight + weights("ranking")[_DOUBT].weight * (1.0 - surest)
        if sense.container is not None and not kept:
            sense.nothing += weights("ranking")[_OUTSIDE].weight * sense.container.firm
        sense.weight = 1.0 if any(mentions[i].role != "actor" for i in sense.mentions) else 0.5
    return senses


def _kinds(text: str, mentions: Sequence[Mention], options: Mapping[int, Sequence[Place]]) -> dict[int, str]:
    """What the words in or beside each name say of its kind; a list shares its word ("Clay and Swift counties")."""
    kinds: dict[int, str] = {}
    for i in options:
        mention, words = mentions[i], words_of(mentions[i].language)
        kind = words.kind(normalise(mention.surface)) or words.kind_beside(text, mention.start, mention.end)
        if kind is not None:
            kinds[i] = kind
    order = sorted(options, key=lambda i: mentions[i].start)
    for i, j in reversed(list(pairwise(order))):
        words = words_of(mentions[i].language)
        between = normalise(text[mentions[i].end : mentions[j].start])
        if i in kinds or j not in kinds or between not in words.listing:
            continue
        units = {(u.country, u.admin1) for u in options[j] if u.feature_code == "ADM1"}
        if any(p.feature_class == "P" and (p.country, p.admin1) in units for p in options[i]):
            continue  # "Bourem, Gao region": a town and what it lies in
        behind = normalise(text[mentions[j].end : mentions[j].end + 20]).split()[:1]
        if behind and words.after.get(behind[0]) == kinds[j]:
            kinds[i] = kinds[j]
    return kinds


# ---- features
def _fixed(place: Place, sense: Sense, prior: frozenset[str], gazetteer: Gazetteer) -> dict[str, float]:
    """The features that do not depend on what the other names turn out to be."""
    found = {"prominence": prominence(place, gazetteer), "likeness": likeness(gazetteer.filed(sense.key), place)}
    if by_hand(place.source):
        found["written"] = 1.0
    if place.country in prior:
        found["prior"] = 1.0
    if place.feature_code.startswith("PCL"):
        found["country_itself"] = float(sense.kind in (None, place.feature_class))
    elif place.feature_code == "PPLC" and any(
        p.feature_code.startswith("PCL") and p.country != place.country for p in sense.places
    ):
        found["capital"] = 1.0
    if place.feature_code == "ADM1" and not any(
        p.feature_class == "P" and p.country == place.country and normalise(p.admin1 or "") == normalise(place.name)
        for p in sense.places
    ):
        found["first_order"] = 1.0
    if place.id in sense.held:
        found["container"] = 1.0
    if sense.kind is not None:
        found["kind" if place.feature_class == sense.kind else "wrong_kind"] = 1.0
    return found


def _peoples(text: str, gazetteer: Gazetteer) -> defaultdict[str, float]:
    """Votes of the nationality words of a text."""
    votes: defaultdict[str, float] = defaultdict(float)
    for word, code in set(map(gazetteer.peoples.__getitem__, text.split())):
        if code and len(word) >= _PERSONS_FEWEST:
            votes[code] += _DEMONYM_VOTE
    return votes


def _votes(senses: Sequence[Sense], peoples: defaultdict[str, float]) -> defaultdict[str, float]:
    """Which countries the report's names speak for, each name once."""
    votes = defaultdict(float, peoples)
    for sense in senses:
        for (country, _), share in zip(sense.lands, sense.shares, strict=True):
            if country:
                votes[country] += sense.weight * share
    return votes


def _unit_votes(senses: Sequence[Sense]) -> defaultdict[tuple[str, str], float]:
    votes: defaultdict[tuple[str, str], float] = defaultdict(float)
    for sense in senses:
        for land, share in zip(sense.lands, sense.shares, strict=True):
            if land[0] and land[1]:
                votes[land] += sense.weight * share
    return votes


def _with_context(
    sense: Sense,
    votes: defaultdict[str, float],
    units: defaultdict[tuple[str, str], float],
    near: Sequence[float],
    senses: Sequence[Sense],
) -> list[dict[str, float]]:
    """The fixed features with those of the story; a sense has no vote on itself."""
    own: defaultdict[str, float] = defaultdict(float)
    own_units: defaultdict[tuple[str, str], float] = defaultdict(float)
    for other in senses:
        if other is sense or other.key == sense.key:
            for land, share in zip(other.lands, other.shares, strict=True):
                own[land[0]] += other.weight * share
                own_units[land] += other.weight * share
    total = sum(votes.values()) - sum(own.values())
    all_units = sum(units.values()) - sum([v for u, v in own_units.items() if u[0] and u[1]])
    features = []
    for fixed, unit, close in zip(sense.fixed, sense.lands, near, strict=True):
        found = dict(fixed)
        country = unit[0]
        if country and total > 0.05:
            # Few other names are little evidence.
            found["country_share"] = max(0.0, votes[country] - own[country]) / total * min(1.0, total / 2)
        if country and unit[1] and all_units > 0.05:
            found["unit_share"] = max(0.0, units[unit] - own_units[unit]) / all_units * min(1.0, all_units / 2)
        found["near"] = close
        features.append(found)
    return features


class _Nearness:
    """How surely other names of the report lie near each candidate; distances are measured once."""

    def __init__(self, senses: Sequence[Sense]) -> None:
        places = [p for s in senses for p in s.places]
        self._starts = np.cumsum([0, *(len(s.places) for s in senses[:-1])]) if senses else np.zeros(0, np.int64)
        if not places:
            return
        lat = np.radians([p.lat for p in places])
        lon = np.radians([p.lon for p in places])
        h = np.sin((lat[:, None] - lat) / 2) ** 2
        h += np.cos(lat)[:, None] * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
        metres = 2 * _EARTH_M * np.arcsin(np.minimum(1.0, np.sqrt(h)))
        kernel = np.exp(-metres / _NEAR_M)
        # A country's middle is near nothing in particular.
        wide = np.array([p.feature_code.startswith("PCL") or p.radius_m > 250_000 for p in places])
        kernel[wide, :] = 0.0
        kernel[:, wide] = 0.0
        keys = {k: n for n, k in enumerate(dict.fromkeys(s.key for s in senses))}
        group = np.array([keys[s.key] for s in senses for _ in s.places])
        kernel[group[:, None] == group] = 0.0
        self._kernel = kernel

    def of(self, senses: Sequence[Sense]) -> list[list[float]]:
        """For each sense and candidate, 0..1."""
        if not len(self._starts):
            return []
        shares = np.array([x for s in senses for x in s.shares])
        each = np.maximum.reduceat(self._kernel * shares, self._starts, axis=1)
        near = 1.0 - np.prod(1.0 - np.minimum(0.95, each), axis=1)
        ends = [*self._starts[1:], len(near)]
        return [near[a:b].tolist() for a, b in zip(self._starts, ends, strict=True)]


def shares_of(places: Iterable[Place], score: Callable[[Place], float]) -> list[tuple[Place, float]]:
    """Places with their shares of e^score, best first."""
    listed = list(places)
    found = zip(listed, softmax([score(p) for p in listed]), strict=True) if listed else ()
    return sorted(found, key=lambda x: (-x[1], x[0].id))

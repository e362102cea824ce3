"""Which place a name means: one linear model with its weights in ``ranking.toml``, each answer with reasons."""

from __future__ import annotations

import math
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mapper.gazetteer import Gazetteer, metres_between
from mapper.model import Candidate, Mention, Place, Report
from mapper.text import normalise
from mapper.words import described

# A mention with more candidates than this says nothing about the story's country.
_VOTERS = 12
_KEPT = 12


@cache
def weights() -> dict[str, float]:
    """The content of ``ranking.toml``."""
    return tomllib.loads((Path(__file__).parent / "ranking.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Context:
    """What the report as a whole says: votes for countries, the user's prior, the gazetteer's ranks."""

    votes: Mapping[str, float]
    prior: frozenset[str]
    gazetteer: Gazetteer

    @classmethod
    def of(
        cls,
        report: Report,
        mentions: Sequence[Mention],
        options: Iterable[Sequence[Place]],
        gazetteer: Gazetteer,
        prior: Sequence[str],
    ) -> Context:
        """Count which countries the report's places and nationality words speak for."""
        votes: Counter[str] = Counter()
        seen: set[str] = set()
        for mention, places in zip(mentions, options, strict=True):
            key = normalise(mention.surface)
            weight = 1.0 if key not in seen else 0.25
            seen.add(key)
            if not places or len(places) > _VOTERS:
                continue
            ranks = [gazetteer.rank(p) for p in places]
            total = sum(10 ** (r - ranks[0]) for r in ranks)
            for place, r in zip(places, ranks, strict=True):
                if place.country:
                    votes[place.country] += weight * 10 ** (r - ranks[0]) / total
        for word in set(report.text.split()):
            if len(word) > 3 and (code := gazetteer.demonym(word.strip(".,;:،؛\"'()"))):
                votes[code] += 0.7
        codes = {c for p in prior if (c := gazetteer.country_code(p))}
        return cls(votes, frozenset(codes), gazetteer)

    def share(self, country: str | None) -> float:
        """Share of the votes that a country has, 0..1."""
        total = sum(self.votes.values())
        return self.votes.get(country or "", 0.0) / total if total else 0.0

    def main_country(self) -> str | None:
        """The country that the report is about, if one has most of the votes."""
        if len(self.prior) == 1:
            return next(iter(self.prior))
        best = max(self.votes.items(), key=lambda v: (v[1], v[0]), default=None)
        return best[0] if best and self.share(best[0]) >= 0.3 else None


def rank(
    text: str, mentions: Sequence[Mention], options: Mapping[int, list[Place]], context: Context
) -> dict[int, list[Candidate]]:
    """The candidates of each mention, best first, with shares and reasons. Two passes: the second knows the first."""
    first = {i: _scored(text, i, mentions, places, context, {}) for i, places in options.items() if places}
    settled = {i: c[0].place for i, c in first.items() if c[0].score > 0.5}
    second = {i: _scored(text, i, mentions, options[i], context, settled) for i in first}
    return _one_sense(mentions, second)


def _scored(
    text: str,
    i: int,
    mentions: Sequence[Mention],
    places: Sequence[Place],
    context: Context,
    settled: Mapping[int, Place],
) -> list[Candidate]:
    w, words = weights(), described(mentions[i].language)
    mention = mentions[i]
    kind = words.kind_beside(text, mention.start, mention.end)
    follower = _follower(text, i, mentions, context.gazetteer)
    others = [(j, p) for j, p in settled.items() if j != i and not p.feature_code.startswith("PCL")]
    scored: list[tuple[float, Place, tuple[str, ...]]] = []
    for place in places[:30]:
        reasons: list[str] = []
        score = w["prominence"] * context.gazetteer.rank(place) * 0.9
        if place.source == "supplement":
            score += w["source"]
        share = context.share(place.country)
        score += w["country_share"] * share
        if share > 0.25:
            reasons.append(f"the report is mostly about {place.country}")
        if place.country in context.prior:
            score += w["prior"]
            reasons.append(f"you said that it is about {place.country}")
        if place.feature_code.startswith("PCL"):
            score += w["country_itself"]
        if follower is not None and _holds(follower, place):
            score += w["container"]
            reasons.append(f"the text goes on with {follower.name}, which holds it")
        if kind is not None:
            fits = place.feature_class == kind
            score += w["kind"] if fits else w["wrong_kind"]
            if fits:
                reasons.append("a word beside it tells that kind of place")
        near = max((_nearness(place, p) for _, p in others), default=0.0)
        score += w["near"] * near
        if near > 0.5:
            reasons.append("near another place of the report")
        scored.append((score, place, tuple(reasons)))
    scored.sort(key=lambda s: (-s[0], s[1].id))
    total = sum(math.exp(s - scored[0][0]) for s, _, _ in scored)
    return [Candidate(p, round(0.97 * math.exp(s - scored[0][0]) / total, 3), r) for s, p, r in scored[:_KEPT]]


def _nearness(a: Place, b: Place) -> float:
    """1 beside each other, 0.5 at 150 km, falling on."""
    return 1.0 / (1.0 + metres_between(a.lat, a.lon, b.lat, b.lon) / 150_000.0)


def _follower(text: str, i: int, mentions: Sequence[Mention], gazetteer: Gazetteer) -> Place | None:
    """The unit or country that follows a name at once: "Paris, Texas", "سرت في ليبيا"."""
    end = mentions[i].end
    for other in mentions[i + 1 : i + 3]:
        if other.kind != "name" or other.start < end:
            continue
        between = normalise(text[end : other.start])
        if other.start - end > 14 or between not in described(mentions[i].language).links:
            return None
        units = [p for p in gazetteer.lookup(other.surface) if p.feature_class == "A"]
        return units[0] if units else None
    return None


def _holds(container: Place, place: Place) -> bool:
    if container.feature_code.startswith("PCL"):
        return container.country == place.country and container.id != place.id
    return container.country == place.country and container.name in (place.admin1, place.admin2) and container.id != place.id


def _one_sense(mentions: Sequence[Mention], found: dict[int, list[Candidate]]) -> dict[int, list[Candidate]]:
    """One name means one place in a report, that of its surest mention."""
    best: dict[str, int] = {}
    for i, candidates in found.items():
        key = normalise(mentions[i].surface)
        if key not in best or candidates[0].score > found[best[key]][0].score:
            best[key] = i
    return {i: found[best[normalise(mentions[i].surface)]] for i in found}

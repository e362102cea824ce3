"""Report → Mentions: names by the gazetteer, a tagger, the words around them and the document; coordinates;
relative places.

The gazetteer and the tagger propose; one linear model over named features, its weights and words in
``recognise.toml``, decides; rules that are data take away what belongs to persons, papers and forces. A name
that was accepted once is accepted throughout.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import compress, pairwise

from mapper import capitals, coordinates, relative
from mapper import language as languages
from mapper.containment import stated_unit
from mapper.cues import Cues, cues_of
from mapper.gazetteer import Gazetteer
from mapper.model import Mention, Report
from mapper.recognise_features import features_of
from mapper.recognise_names import Proposal, proposals, words_of
from mapper.recognise_tagged import marks_of, tagged, widen
from mapper.tagger import PlaceTagger, tagger_of
from mapper.text import Token
from mapper.weights import weights

# Accepted names carry the like of them in the same report; the dial moves the line between them.
_CARRIES, _CARRIED, _LEAST_CARRIED = 0.85, 0.8, 0.2
_ACTOR = 0.4
# What a name in a list of names is worth; from which prominence a town's name is heard in it that is also a word.
_LISTED, _LISTED_TOWN, _NEVER = 0.6, 5.5, 99
# A name that the gazetteer lacks needs a word that reads surely like a place; how surely, the model's file says.
_SURE = 0.85
_SPEAKS = 5.5
_COMMAS, _UNITS, _HELD = frozenset(",،"), 4, 40
_FARTHEST = 8  # tokens between a place and what holds it, at most
_HASHTAG = "#"
_BACK = 6  # words before a name that say what it is
_DASHES = "-–—"
_DATELINE_REACH, _DATELINE_ENDS = 60, (" - ", " – ", " — ", ") -", "):")


# Language → what reads its sentences.
Taggers = Callable[[str], PlaceTagger | None]


def recognise(
    report: Report, gazetteer: Gazetteer, *, language: str, dial: float = 0.5, taggers: Taggers = tagger_of
) -> list[Mention]:
    """The place names, coordinates, described and relative places of a report, by offset.

    Args:
        report: Spans index into its text.
        gazetteer: Proposes names.
        language: What most of the report is written in; quotations and sentences in another are read with theirs.
        dial: 0 takes only sure names, 1 every likely one.
        taggers: Another model for a language than the one that ships.

    Returns:
        Mentions in the order of the text. The span of a name covers its whole words; its surface leaves out
        the clitics that are written onto it ("وبسرت" → سرت).
    """
    read = _read(report.text, gazetteer, language, taggers)
    mentions: list[Mention] = []
    for code, text, found in read:
        names = [p for p in found if _taken(p, dial)]
        own = [
            Mention(p.word_start, p.end, p.surface, "name", code, round(p.score, 2), p.reason, p.role) for p in names
        ]
        own += coordinates.find(text, code)
        own += capitals.find(text, code)
        own += relative.find(text, code, [(p.start, p.end) for p in names])
        # Nothing runs on over a quotation in another language, of which blanks were read.
        mentions += [m for m in own if text is report.text or text[m.start : m.end] == report.text[m.start : m.end]]
    glosses = [m for m in mentions if m.kind == "relative" and m.role == "gloss"]
    for i, mention in enumerate(mentions):
        # An anchor inside a gloss is only a yardstick: nothing happened there.
        if mention.kind == "name" and any(g.start <= mention.start and mention.end <= g.end for g in glosses):
            mentions[i] = replace(mention, role="gloss")
    return sorted(mentions, key=lambda m: (m.start, m.end, m.kind))


def left_out(
    report: Report, gazetteer: Gazetteer, *, language: str, dial: float = 0.5, taggers: Taggers = tagger_of
) -> list[Proposal]:
    """The possible names that ``recognise`` does not take, with their scores and the reasons against them."""
    read = _read(report.text, gazetteer, language, taggers)
    return sorted((p for _, _, found in read for p in found if not _taken(p, dial)), key=lambda p: p.start)


def _read(text: str, gazetteer: Gazetteer, language: str, taggers: Taggers) -> list[tuple[str, str, list[Proposal]]]:
    """For each language of a text: its code, the text with blanks for all that is in others, the possible names."""
    pieces = languages.parts(text, language)
    read = []
    for code in dict.fromkeys(code for _, _, code in pieces):
        # Blanks keep every offset; lines stay lines.
        own = [text[a:b] if c == code else re.sub(r"[^\n]", " ", text[a:b]) for a, b, c in pieces]
        whole = text if len(pieces) == 1 else "".join(own)
        read.append((code, whole, judged(whole, gazetteer, code, taggers(code))))
    _agree([p for _, _, found in read for p in found])
    return read


def _taken(p: Proposal, dial: float) -> bool:
    return p.score >= 0.75 - 0.5 * dial or (p.role == "actor" and p.score >= _ACTOR)


def judged(text: str, gazetteer: Gazetteer, language: str, model: PlaceTagger | None) -> list[Proposal]:
    """All possible names of a text with their features, scores, reasons and roles; ``model`` reads its sentences."""
    cues = cues_of(language)
    tokens = words_of(text, cues)
    found = proposals(text, tokens, gazetteer, cues)
    if model is not None and tokens:
        begin, inside = model.places(text, tokens, marks_of(len(tokens), found))
        # A model that little text stands behind is believed in its yes more than in its no.
        floor = float(model.header.get("floor", 0.0))
        taken = [False] * len(tokens)
        for p in found:
            p.probability = max(floor, float(inside[p.first : p.last].mean()))
            taken[p.first : p.last] = [True] * (p.last - p.first)
        begins, insides = begin.tolist(), inside.tolist()
        widen(text, tokens, found, begins, insides, taken, cues, language)
        found += tagged(text, tokens, begins, insides, taken, cues, model.header.get("sure", _SURE))
        for p in found:
            if p.level == "tagged":
                p.probability = float(inside[p.first : p.last].mean())
        found.sort(key=lambda p: p.first)
    table = weights_of(model)
    persons = _persons(tokens, cues)
    linked = {"chained": _chained(found, text, tokens, gazetteer, language), "joined": _joined(found, cues)}
    for proposal in found:
        _judge(proposal, text, tokens, gazetteer, cues, table, persons)
        links = {name: 1.0 for name, firsts in linked.items() if proposal.first in firsts}
        if links and proposal.features:
            proposal.features |= links
            _score(proposal, table)
    _listed(found, cues)
    _at_a_road(found, tokens, cues)
    return found


def weights_of(model: PlaceTagger | None) -> dict[str, float]:
    """The weights of the decision: a model brings those that were fitted with it, the held ones stand for all."""
    fitted: Mapping[str, float] = model.header.get("decision", {}) if model is not None else {}
    return {n: w.weight if w.held or not fitted else fitted.get(n, 0.0) for n, w in weights("recognise").items()}


def _listed(found: Sequence[Proposal], cues: Cues) -> None:
    """Names in one list of names are of one kind: "صنعاء والحديدة وتعز وحجة".

    Behind one accepted name a name that is no word is taken; behind two, so is that of a town which is also a word.
    """
    length: dict[int, int] = {}  # token after an accepted name → how many names its list has so far
    for p in found:
        before = length.get(p.first, 0) if p.proclitic in cues.joins else 0
        towns = 1 if p.level == "S" else 2 if p.level == "A" and p.prominence >= _LISTED_TOWN else _NEVER
        if p.role == "place" and before >= towns and p.score < _LISTED:
            p.score, p.reason = _LISTED, "in a list of places"
        if p.role == "place" and p.score >= _LISTED:
            length[p.last] = before + 1


def _at_a_road(found: Sequence[Proposal], tokens: Sequence[Token], cues: Cues) -> None:
    """The ends of a road are places, not the place line: "طريق إدلب - سلقين", "the Idlib - Salqin road"."""
    for p, other in pairwise(found):
        if other.first != p.last + 1 or tokens[p.last].surface not in _DASHES:
            continue
        beside = {t.key for i in (p.first - 1, other.last) for t in tokens[max(0, i) : i + 1]}
        roles = {p.role, other.role} <= {"place", "dateline"}
        sure = p.level == other.level == "S" or max(p.score, other.score) >= _LISTED
        if roles and sure and not beside.isdisjoint(cues.roads):
            for end in (p, other):
                end.role = "place"
                if end.score < _LISTED:
                    end.score, end.reason = _LISTED, "the end of a road"


def _chained(
    found: Sequence[Proposal], text: str, tokens: Sequence[Token], gazetteer: Gazetteer, language: str
) -> set[int]:
    """First tokens of names that stand beside what holds them: "Macon, Georgia", "حديثة في محافظة الأنبار"."""
    chained = set()
    for p, unit in pairwise(found):
        if p.level == unit.level == "S" or "trap" in (p.level, unit.level) or unit.first - p.last > _FARTHEST:
            continue
        apart = unit.first == p.last + 1 and tokens[p.last].surface in _COMMAS
        if not apart and not stated_unit(text, p, unit, language):
            continue
        units = [u for u in gazetteer.lookup(unit.key) if u.feature_class == "A"][:_UNITS]
        if any(
            u.country == held.country
            and (u.feature_code.startswith("PCL") or u.admin1 == held.admin1)
            and u.id != held.id
            for u in units
            for held in gazetteer.lookup(p.key)[:_HELD]
        ):
            chained |= {p.first, unit.first}
    return chained


def _joined(found: Sequence[Proposal], cues: Cues) -> set[int]:
    """First tokens of names that are also words, right before a sure name that is written into one list with them."""
    return {
        p.first
        for p, other in pairwise(found if cues.joins else ())
        if other.first == p.last and other.level == "S" and p.level in ("A", "B") and other.proclitic in cues.joins
    }


def _persons(tokens: Sequence[Token], cues: Cues) -> frozenset[str]:
    """The surnames that a report introduces behind a given name or a title: later they stand alone."""
    found = set()
    presenting = map(cues.presenting.__getitem__, [t.surface for t in tokens[:-1]])
    for i in compress(range(1, len(tokens)), presenting):
        token = tokens[i]
        if token.surface[0].isupper() and token.start - tokens[i - 1].end <= 2 and token.key not in cues.given:
            found.add(token.key)
    return frozenset(found)


def _judge(
    p: Proposal,
    text: str,
    tokens: list[Token],
    gazetteer: Gazetteer,
    cues: Cues,
    table: Mapping[str, float],
    persons: frozenset[str],
) -> None:
    """Give a proposal its features, score, reason and role."""
    if p.role == "trap":
        return
    before = [t.key for t in tokens[max(0, p.first - _BACK) : p.first] if t.surface != _HASHTAG]  # "بلدة #هجين"
    after = [t.key for t in tokens[p.last : p.last + 3]]
    if any("media" in cues.lists(w) for w in before[-2:]) or (after and after[0] in cues.media_after):
        p.reason, p.role = "a newspaper or channel", "media"
        return
    led = next((w for w in reversed(before[-3:]) if w not in cues.linking), "")
    bare = tokens[p.first].key in cues.streets or tokens[p.first].key in cues.linking
    if bare:
        bare = all(t.key in cues.streets or t.key in cues.linking for t in tokens[p.first : p.last])
    if bare or "streets" in cues.lists(led) or (after and after[0] in cues.streets_after):
        p.reason, p.role = "the name of a street", "street"
        return
    previous = before[-1] if before else ""
    preposition = bool(p.proclitic and p.proclitic[-1] in cues.attached) or "prepositions" in cues.lists(previous)
    # "L'ambassade d'Iran": an elision links; the Arabic "السفارة بعمان" tells where.
    elided = cues.capitals and bool(p.proclitic) and not {"offices", "units"}.isdisjoint(cues.lists(previous))
    free = preposition and previous not in cues.linking and not elided
    force = "" if free else _belongs(before, after, cues)
    if force == "units":
        p.reason, p.role = "part of the name of a force or group", "group"
        return
    p.features = features_of(p, tokens, before, after, preposition, gazetteer, cues, persons)
    _score(p, table)
    if force == "offices":
        p.role, p.reason = "actor", "the seat of a government or office"
    elif not preposition and (
        (after and after[0] in cues.speech and p.prominence >= _SPEAKS) or "speech" in cues.lists(previous)
    ):
        p.role, p.reason = "actor", "a capital or state that speaks"
    elif p.first < 6 and _dateline(p, text, cues):
        p.role, p.reason = "dateline", "the place line of the report"


def _score(p: Proposal, table: Mapping[str, float]) -> None:
    """The logistic of the weighted features, and the loudest of them as the reason."""
    parts = [(value * table.get(n, 0.0), n) for n, value in p.features.items()]
    total = sum(v for v, _ in parts)
    p.score = 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
    words = weights("recognise")
    said = [(v, words[n].why if v > 0 else words[n].against) for v, n in parts]
    loudest = max(((v if total > 0 else -v, reason) for v, reason in said if reason), default=(0.0, ""))
    p.reason = loudest[1]


def _belongs(before: Sequence[str], after: Sequence[str], cues: Cues) -> str:
    """units or offices when the name is part of a force's or office's: "كتائب ثوار الشام", "government of X"."""
    if after:
        lists = cues.lists(after[0])
        if "units_after" in lists:
            return "units"
        if "offices_after" in lists:
            return "offices"
    for back, word in enumerate(reversed(before[-3:])):
        lists = cues.lists(word)
        if "units" in lists:
            return "units"
        if "offices" in lists:
            return "offices"
        # A chain of nouns goes on through words without an article; a preposition or a sign ends it.
        ended = (
            not word or "prepositions" in lists or "nouns" in lists or (cues.article and word.startswith(cues.article))
        )
        if word not in cues.linking and (ended or back == 2 or not cues.article):
            break
    return ""


def _dateline(p: Proposal, text: str, cues: Cues) -> bool:
    """ "BEIRUT (Reuters) -" at the start."""
    rest = text[p.end : p.end + 40].split("\n")[0]
    return (
        p.start < _DATELINE_REACH
        and "\n" not in text[: p.start]
        and any(d in rest for d in (*_DATELINE_ENDS, *cues.dateline_ends))
    )


def _agree(found: Sequence[Proposal]) -> None:
    """A name accepted once in a report is accepted throughout."""
    sure = {p.key for p in found if p.score >= _CARRIES and p.role == "place"}
    for p in found:
        if p.key in sure and _LEAST_CARRIED < p.score < _CARRIED:
            p.score, p.reason = _CARRIED, "accepted elsewhere in the report"

"""Report → Mentions: names by the gazetteer, the words around them and the document; coordinates; relative places.

The gazetteer proposes (longest match on normalised tokens, clitics cut where the rest is known); the class of
the name, cue words, trap phrases and neighbours decide; a name that was accepted once is accepted throughout.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from mapper import coordinates, relative
from mapper.cues import Cues, cues_of
from mapper.gazetteer import Gazetteer
from mapper.model import Mention, Report
from mapper.text import Token, normalise, tokenise

# Scores of the reasons for which a name is taken; the dial moves the line between them.
SAFE, CUED, REPEATED, UNKNOWN, BARE_AMBIGUOUS = 0.9, 0.85, 0.8, 0.6, 0.3


@dataclass(slots=True)
class _Proposal:
    """A possible name: token indices [first, last), its span and how sure it is."""

    first: int
    last: int
    start: int
    end: int
    key: str
    level: str
    score: float = 0.0
    reason: str = ""
    role: str = "place"
    proclitic: str = ""
    rivals: list[str] = field(default_factory=list)


def recognise(report: Report, gazetteer: Gazetteer, *, language: str, dial: float = 0.5) -> list[Mention]:
    """The place names, coordinates and relative places of a report, by offset.

    Args:
        report: Spans index into its text.
        gazetteer: Proposes names.
        language: Whose cue words are read.
        dial: 0 takes only sure names, 1 every likely one.
    """
    text = report.text
    tokens = tokenise(text)
    cues = cues_of(language)
    proposals = _proposals(text, tokens, gazetteer, cues)
    for proposal in proposals:
        _judge(proposal, text, tokens, gazetteer, cues)
    _agree(proposals)
    line = 0.75 - 0.5 * dial
    names = [p for p in proposals if p.score >= line or (p.role == "actor" and p.score >= 0.4)]
    mentions = [
        Mention(p.start, p.end, text[p.start : p.end], "name", language, round(p.score, 2), p.reason, p.role)
        for p in names
    ]
    spans = [(m.start, m.end) for m in mentions]
    mentions += coordinates.find(text, language)
    mentions += relative.find(text, language, spans)
    glosses = [m for m in mentions if m.kind == "relative" and m.role == "gloss"]
    for i, mention in enumerate(mentions):
        # An anchor inside a gloss is only a yardstick: nothing happened there.
        if mention.kind == "name" and any(g.start <= mention.start and mention.end <= g.end for g in glosses):
            mentions[i] = replace(mention, role="gloss")
    return sorted(mentions, key=lambda m: (m.start, m.end, m.kind))


def _proposals(text: str, tokens: list[Token], gazetteer: Gazetteer, cues: Cues) -> list[_Proposal]:
    """Longest matches, left to right, none inside another."""
    keys = [t.key for t in tokens]
    cased = any(c.isupper() for c in text) and any(c.islower() for c in text)
    found: list[_Proposal] = []
    i = 0
    while i < len(tokens):
        proposal = _at(i, text, tokens, keys, gazetteer, cues, cased)
        if proposal is None:
            i += 1
            continue
        found.append(proposal)
        i = proposal.last
    return found


def _at(
    i: int, text: str, tokens: list[Token], keys: list[str], gazetteer: Gazetteer, cues: Cues, cased: bool
) -> _Proposal | None:
    token = tokens[i]
    if not token.key or token.key[0].isdigit():
        return None
    trap = cues.trap(keys, i)
    if trap:
        return _Proposal(i, i + trap, token.start, tokens[i + trap - 1].end, "", "trap", 0.0, "trap phrase", "trap")
    if token.key in cues.never:
        return None
    latin = cues.capitals
    small = latin and cased and not token.surface[0].isupper()
    for n in gazetteer.matches(keys, i) if not small else []:
        last = tokens[i + n - 1]
        if cased and latin and not last.surface[0].isupper() and n > 1 and not last.surface[0].isdigit():
            continue
        if any("\n" in text[a.end : b.start] for a, b in zip(tokens[i : i + n], tokens[i + 1 : i + n], strict=False)):
            continue
        key = " ".join(k for k in keys[i : i + n] if k)
        if key in cues.never or all(k in cues.winds for k in key.split()):
            continue  # "south-east" is the name of a district somewhere, and hardly ever meant
        return _Proposal(i, i + n, token.start, last.end, key, gazetteer.ambiguity(key))
    for clitic, rest, replaced in cues.without_clitic(token.surface):
        length = len(clitic)
        if latin and not token.surface[length].isupper():
            continue
        for n in gazetteer.matches([rest, *keys[i + 1 :]], 0) if rest else []:
            key = " ".join([rest, *[k for k in keys[i + 1 : i + n] if k]])
            if key in cues.never or len(rest) < 3:
                continue
            start = token.start + length
            level = gazetteer.ambiguity(key)
            return _Proposal(
                i, i + n, start, tokens[i + n - 1].end, key, level, proclitic=clitic if not replaced else clitic[:1]
            )
    return None if small else _after_noun(i, text, tokens, keys, cues, cased)


def _after_noun(i: int, text: str, tokens: list[Token], keys: list[str], cues: Cues, cased: bool) -> _Proposal | None:
    """An unknown name behind a place noun: "قرية X", "the village of X"."""
    before = i - 1
    while before >= 0 and keys[before] in cues.linking:
        before -= 1
    if (
        before < 0
        or keys[before] not in cues.strong_nouns
        or text[tokens[before].end : tokens[i].start].strip(" ofdelu'’")
    ):
        return None
    if cased and cues.capitals and not tokens[i].surface[0].isupper():
        return None
    if keys[i] in cues.stop or len(keys[i]) < 3 or keys[i] in cues.nouns:
        return None
    last = i + 1
    while (
        cased
        and cues.capitals
        and last < len(tokens)
        and last < i + 3
        and tokens[last].surface[:1].isupper()
        and tokens[last].start - tokens[last - 1].end == 1
    ):
        last += 1
    key = " ".join(keys[i:last])
    return _Proposal(i, last, tokens[i].start, tokens[last - 1].end, key, "unknown")


def _judge(p: _Proposal, text: str, tokens: list[Token], gazetteer: Gazetteer, cues: Cues) -> None:
    """Give a proposal its score, reason and role."""
    if p.role == "trap":
        return
    before = [t.key for t in tokens[max(0, p.first - 4) : p.first]]
    after = [t.key for t in tokens[p.last : p.last + 3]]
    previous = before[-1] if before else ""
    noun = next((w for w in reversed(before[-2:]) if w not in cues.linking), "") in cues.nouns or (
        bool(after) and after[0] in cues.nouns_after
    )
    preposition = bool(p.proclitic and p.proclitic[-1] in "بفل'’") or previous in cues.prepositions
    if p.level == "unknown":
        p.score, p.reason = UNKNOWN, "behind a place noun; not in the gazetteer"
        return
    if any(w in cues.media for w in before[-2:]) or (after and after[0] in cues.media_after):
        p.score, p.reason, p.role = 0.0, "a newspaper or channel", "media"
        return
    if _person(p, tokens, before, after, cues, gazetteer):
        p.score, p.reason = 0.15, "part of a person's name"
        return
    if p.level == "S":
        p.score, p.reason = SAFE, "a name that is no common word"
    elif noun:
        p.score, p.reason = CUED, "a place noun beside it"
    elif p.level == "A" and preposition and gazetteer.prominence(p.key) >= 4.0:
        p.score, p.reason = 0.7, "a preposition of place before it"
    elif p.level == "A" and gazetteer.prominence(p.key) >= 5.2:
        p.score, p.reason = 0.6, "a large place, though also a word"
    else:
        p.score, p.reason = BARE_AMBIGUOUS, "also a common word, and nothing beside it tells a place"
    if any(w in cues.units for w in before[-2:]):
        p.role, p.reason = "actor", "part of the name of a force, group or government"
    elif (after and after[0] in cues.speech and not preposition and gazetteer.prominence(p.key) >= 5.5) or (
        previous in cues.speech and not preposition
    ):
        p.role, p.reason = "actor", "a capital or state that speaks"
    elif p.first < 6 and _dateline(p, text):
        p.role, p.reason = "dateline", "the place line of the report"


def _person(
    p: _Proposal, tokens: list[Token], before: list[str], after: list[str], cues: Cues, gazetteer: Gazetteer
) -> bool:
    """Whether the neighbours make a name a person's."""
    previous = before[-1] if before else ""
    if previous in cues.titles or previous in cues.given:
        return True
    if p.last - p.first == 1 and p.key in cues.given and after and p.last < len(tokens):
        follower = tokens[p.last]
        return not cues.capitals or follower.surface[:1].isupper()
    if not cues.capitals or p.first == 0:
        return False
    left = tokens[p.first - 1]
    beside = tokens[p.first].start - left.end == 1 and left.surface[0].isupper() and len(left.key) > 2
    if (
        beside
        and p.first >= 2
        and left.key not in cues.nouns
        and left.key not in cues.prepositions
        and left.key not in cues.stop
    ):
        return not gazetteer.known(left.key) and p.level != "S" and gazetteer.prominence(p.key) < 6
    return False


def _dateline(p: _Proposal, text: str) -> bool:
    """ "BEIRUT (Reuters) -" at the start."""
    rest = text[p.end : p.end + 45]
    return (
        p.start < 60
        and "\n" not in text[: p.start]
        and any(d in rest[:40].split("\n")[0] for d in (" - ", " – ", " — ", ") -", "):", "(رويترز)", "(أ ف ب)"))
    )


def _agree(proposals: list[_Proposal]) -> None:
    """A name accepted once in a report is accepted throughout."""
    sure = {p.key for p in proposals if p.score >= CUED and p.role == "place"}
    for p in proposals:
        if p.key in sure and 0.2 < p.score < REPEATED:
            p.score, p.reason = REPEATED, "accepted elsewhere in the report"


__all__ = ["normalise", "recognise"]

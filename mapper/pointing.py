"""How a sentence points to the events told before: back to one ("this attack"), or over to one more."""

from __future__ import annotations

from collections.abc import Sequence

from mapper import language, taxonomy, triggers, when
from mapper.model import Count, Report
from mapper.story import Sentence
from mapper.triggers import Hit

_LED = 24  # characters before a trigger in which words that point to no event may stand
_VERB = 3  # letters of a verb, at least; what is shorter is a preposition
_TURN = 400  # characters back in which the first of two is told


def points(text: str, group: Sequence[Hit], numbers: Sequence[Count], others: Sequence[Hit], code: str) -> str:
    """Whether a trigger of the group points back, and how (see ``Draft``)."""
    data = language.section(code, "status")
    hit = min(group, key=lambda h: h.start)
    steps = when.steps(text, code)
    before = [
        t.surface.lower()
        for t in triggers.before(text, hit.start)[-2:]
        if not any(s.start <= t.start < s.end for s in steps)  # "a day before that, jets bombed X"
    ]
    led = text[max(0, hit.start - _LED) : hit.start].lower()
    if set(data.get("this", [])).intersection(before) and not any(w in led for w in data.get("not_this", [])):
        rest = text[hit.end :].lower()
        after = any(form in rest for row in data.get("durations", []) if row["days"] > 0 for form in row["forms"])
        toll = any(c.what == "killed" and c.start > hit.end for c in numbers)
        return "another" if after and toll and not others else "this"
    harmed = any(c.what in ("killed", "injured") for c in numbers)
    if harmed and text.lstrip(" •-–—*").lower().startswith(tuple(data.get("again_led", []))):
        return "another"  # "Hours later, the jets returned …, killing three"
    if set(data.get("the", [])).intersection(before[-1:]) or _definite(hit.text, tuple(data.get("the_written_on", []))):
        return "the"
    led = data.get("another_led", [])
    opens = text.lstrip(" •-–—*").lower().startswith(tuple(led)) and (numbers or any(not h.weak for h in group))
    return "another" if opens or any(one_more(text, h, code) for h in group) else ""


def _definite(phrase: str, articles: tuple[str, ...]) -> bool:
    """Whether a trigger has the article written on: "the air raid", not "the jets destroyed", whose noun only acts."""
    first, *rest = phrase.split()
    return first.startswith(articles) and (not rest or rest[-1].startswith(articles) or len(rest[-1]) < _VERB)


def also(text: str, group: Sequence[Hit], code: str) -> bool:
    """Whether a verb of harm has "also" beside it: "they also shelled X"."""
    words = language.section(code, "status").get("also", [])
    return any(
        not h.weak
        and hurts(h)
        and (
            {t.surface.lower() for t in triggers.before(text, h.start)[-2:]}.intersection(words)
            or {w.lower() for w in triggers.behind(text, h.end)[:1]}.intersection(words)
        )
        for h in group
    )


def hurts(hit: Hit) -> bool:
    return taxonomy.types()[hit.key].family in taxonomy.CONFLICT


def about(sentence: Sentence, hits: Sequence[Hit], code: str) -> range:
    """The words that tell what a crowd speaks against ("marched in X over a raid on Y"); empty where none do."""
    crowds = [h for h in hits if taxonomy.types()[h.key].family == "demonstration"]
    cues = language.wording(code, "status", "about", closed=False) if crowds else None
    for m in cues.finditer(sentence.text) if cues else ():
        found = range(m.end(), sentence.clause(m.end() - 1)[1])
        if any(h.start <= m.start() for h in crowds) and any(h.end - 1 in found and hurts(h) for h in hits):
            return found
    return range(0)


def turn(report: Report, sentence: Sentence, hits: Sequence[Hit], code: str) -> int | None:
    """Where a sentence turns to the second of two: "The first hit a school … The second hit a mill"."""
    alone = language.wording(code, "status", "second_alone")
    if alone is not None and (found := alone.search(sentence.text)):
        return found.start()
    first, second = (language.wording(code, "status", name) for name in ("first", "second"))
    found = second.search(sentence.text) if second else None
    if first is None or found is None or any(h.start - found.end() in (0, 1) for h in hits if not h.weak):
        return None  # "the second attack in a week"
    low = max(sentence.story_start, sentence.start - _TURN)
    starts = [low + m.start() - sentence.start for m in first.finditer(report.text[low : sentence.end])]
    starts = [at for at in starts if at < found.start()]
    if not starts:
        return None
    clause = sentence.clause(found.start())[0]
    return clause if clause > starts[-1] else found.start()


def one_more(text: str, hit: Hit, code: str) -> bool:
    """Whether a trigger tells of one more event: "a second blast", not "the second blast"."""
    data = language.section(code, "status")
    before = [t.surface.lower() for t in triggers.before(text, hit.start)[-2:]]
    if set(data.get("another", [])).intersection(before[-1:]) and not set(data.get("the", [])).intersection(
        before[:-1]
    ):
        return True
    behind = [surface.lower() for surface in triggers.behind(text, hit.end)[:1]]
    return bool(set(data.get("another_behind", [])).intersection(behind))

"""The days of one trigger: the date of its own clause, else of its sentence, never that of what else is told."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from mapper import language, time
from mapper.model import DateRange, Report
from mapper.story import Sentence
from mapper.triggers import Hit

# News older than this is history: it is told as background.
BACKGROUND_DAYS = 60
# Words between a trigger and a relative pronoun that still speaks of it: "the blast, which".
_ANTECEDENT = 2
# Words between the verb of a rising toll and its day, and the days before it in which the event lies.
_UPDATE_REACH, _UPDATE_DAYS = 7, 6
# The sign behind the place, day and agency that a report opens with: "PORT SUDAN, May 12 (Reuters) -".
_DATELINE = re.compile(r"\s*(?:\([^)\n]{1,30}\)\s*)?[-–—]\s")
_DATELINE_REACH = 60
_STOPS = re.compile(r"[,،;؛:()\n]|$")
_FULL = re.compile(r"[;؛\n]|$")
Told = tuple[DateRange | None, tuple[int, int] | None]


@dataclass(frozen=True, slots=True)
class Step:
    """Days from another event: "two days after the blast in X", "the next day".

    ``start`` and ``end`` are the offsets of its words in the sentence, ``days`` is negative before the other
    event. ``low`` and ``high`` bound the words that tell the other; they are equal where it was told before.
    """

    start: int
    end: int
    days: int
    low: int
    high: int


@cache
def _step_forms(code: str) -> tuple[re.Pattern[str], dict[str, int], frozenset[str]] | None:
    data = language.section(code, "status")
    of = {form.lower(): int(row["days"]) for row in data.get("durations", []) for form in row["forms"]}
    alone = {form.lower(): int(row["days"]) for row in data.get("steps", []) for form in row["forms"]}
    words = sorted({*of, *alone}, key=len, reverse=True)
    if not words:
        return None
    pattern = re.compile(rf"(?<!\w){language.written_on(code)}({'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)
    return pattern, {**of, **alone}, frozenset(of)


@lru_cache(maxsize=256)
def steps(text: str, code: str) -> tuple[Step, ...]:
    """The steps in time that a sentence takes from another event."""
    forms = _step_forms(code)
    if forms is None:
        return ()
    pattern, days, of = forms
    found = []
    for m in pattern.finditer(text):
        form = m[1].lower()
        # What opens a sentence ends with its clause; what comes behind the news runs to the end.
        stop = (_STOPS if not text[: m.start()].strip() else _FULL).search(text, m.end())
        high = stop.start() if stop else len(text)
        if form not in of or not text[m.end() : high].strip():
            high = m.end()
        found.append(Step(m.start(), m.end(), days[form], m.end(), high))
    return tuple(found)


@lru_cache(maxsize=64)
def _gaps(text: str, code: str) -> tuple[tuple[int, int], ...]:
    """Where a sentence first says each length of time between it and another event, and the days."""
    lowered = text.lower()
    return tuple(
        (at, int(row["days"]))
        for row in language.section(code, "status").get("durations", [])
        if int(row["days"]) > 0
        for form in row["forms"]
        if (at := lowered.find(form)) >= 0
    )


def side(text: str, code: str, at: int) -> int:
    """Which other event an offset of a sentence tells of (the number of the step); -1 for the sentence's own."""
    return next((n for n, s in enumerate(steps(text, code)) if s.low <= at < s.high), -1)


def _stepped(when: DateRange, days: int) -> DateRange:
    gap = dt.timedelta(days)
    return DateRange(when.start + gap, when.end + gap, when.precision)  # the words are another day's


@lru_cache(maxsize=64)
def _expressions(text: str, code: str, published: dt.date | None, ahead: bool) -> tuple[time.DateExpression, ...]:
    """The days of a sentence, which each of its events asks for."""
    return tuple(time.expressions(text, code, published, ahead=ahead))


def _days(text: str, code: str, published: dt.date | None, planned: bool) -> Sequence[time.DateExpression]:
    """The days of a sentence; those of a plan lie ahead, but for the day on which it was told."""
    plain = _expressions(text, code, published, False)
    if not planned:
        return plain
    later = {e.start: e for e in _expressions(text, code, published, True) if not e.of_reporting}
    return [later.get(e.start, e) for e in plain]


def date_of(
    report: Report,
    sentence: Sentence,
    group: Sequence[Hit],
    others: Sequence[Hit],
    code: str,
    before: DateRange | None = None,
    planned: bool = False,
) -> Told:
    """The date nearest to a trigger of ``group`` in its clause, else in its sentence, and its span in the report.

    Args:
        report: Its day of publication is what "yesterday" counts from.
        sentence: Where the triggers stand.
        group: The triggers that tell this event.
        others: Those that tell others: a date beside them is theirs.
        code: The language.
        before: The days of the event told before, which "the next day" counts from.
        planned: Whether it is only planned: then its weekday is the next, not the last.
    """
    published = report.published
    data = language.section(code, "status")
    gaps = _gaps(sentence.text, code)
    bounds = [at for at, _ in gaps]
    options = []
    own = side(sentence.text, code, group[0].start)
    marks = steps(sentence.text, code)
    told = [
        e
        for e in _days(sentence.text, code, published, planned)
        if not any(s.start < e.end and e.start < s.end for s in marks)  # "the previous day" counts from the event
    ]
    opening = min(h.start for h in [*group, *others])
    for e in told:
        if sentence.number == 0 and e.end <= min(opening, _DATELINE_REACH) and _DATELINE.match(sentence.text, e.end):
            continue  # the day of the dateline is that of telling
        if side(sentence.text, code, e.start) != own:
            continue  # "a day after the talks on Tuesday"
        for hit in group:
            a, b = sorted((e.start, hit.start))
            if any(a < x < b for x in bounds):
                continue  # "a day after the talks on Tuesday": Tuesday is the other event's
            apart = sentence.clause(e.start) != sentence.clause(hit.start)
            if apart and any(sentence.clause(h.start) == sentence.clause(e.start) for h in others):
                continue  # the date of what else that clause tells
            if _relative_between(sentence.text[hit.end : e.start], data.get("relative", [])):
                continue  # "talks on a plan that was shown last week": the week is the plan's
            walled = any(a < h.start < b for h in others)
            distance = e.start - hit.end if e.start >= hit.end else hit.start - e.end
            options.append((e.of_reporting, walled, apart, distance, e, hit))
    of_wounds = language.wording(code, "status", "of_wounds", closed=False) if len(options) > 1 else None
    wounds = of_wounds.search(sentence.text) if of_wounds else None
    if wounds:  # "died today of wounds from a shell on Friday": the day of the event stands behind the wounds
        options = [o for o in options if o[4].start > wounds.start()] or options
    step = marks[0] if marks and own < 0 else None
    if step is not None and not (options and (step.high > step.low or not _apart(step, options, sentence))):
        theirs = [e.range for e in told if step.low <= e.start < step.high]
        theirs += [min(options, key=lambda o: o[:4])[4].range] if options else []
        theirs += [before] if before is not None else []
        if theirs:
            return _stepped(theirs[0], step.days), (sentence.start + step.start, sentence.start + step.end)
        return None, None
    if options:
        reporting, _, apart, _, best, hit = min(options, key=lambda o: o[:4])
        span = (sentence.start + best.start, sentence.start + best.end)
        when = best.range
        length = (published - when.start).days if published else -1
        later = apart and best.end <= hit.start and _after(sentence, best.start, data.get("after", []))
        if later and published and 0 <= length <= BACKGROUND_DAYS:
            return DateRange(when.start, published, 1 if not length else 3 if length < 8 else 4, best.text), span
        if _of_update(sentence.text[: best.start], data.get("updates", [])):
            return DateRange(when.start - dt.timedelta(_UPDATE_DAYS), when.end, 3, best.text), span
        if reporting:
            return DateRange(when.start - dt.timedelta(1), when.end, 2, best.text), span
        return when, span
    if own >= 0:
        # "The attack came a day after the start of the offensive": the offensive began a day before the attack.
        step = marks[own]
        news = [
            e.range
            for e in told
            if e.end <= step.start and not e.of_reporting and side(sentence.text, code, e.start) < 0
        ]
        start = news[-1] if news else before
        if start is not None:
            return _stepped(start, -step.days), (sentence.start + step.start, sentence.start + step.end)
    for at, days in sorted(gaps, reverse=True):
        if any(at < h.start for h in group) and published:
            slack = round(days / 4)
            middle = published - dt.timedelta(days)
            first, last = middle - dt.timedelta(slack), middle + dt.timedelta(slack)
            return DateRange(first, min(last, published), 1 if not slack else 3 if slack < 4 else 4), None
    return None, None


def _of_update(before: str, verbs: Sequence[str]) -> bool:
    """Whether a date stands behind the verb of a toll that rose and its number: "rose to 100 on Tuesday"."""
    words = before.lower().split()[-_UPDATE_REACH:]
    return any(f" {verb} " in f" {' '.join(words)} " for verb in verbs)


def _apart(step: Step, options: Sequence[tuple[bool, bool, bool, int, time.DateExpression, Hit]], s: Sentence) -> bool:
    """Whether the step stands in the trigger's clause and the date in another: "on Monday …; the next day …"."""
    _, _, _, _, date, hit = min(options, key=lambda o: o[:4])
    clause = s.clause(hit.start)
    return s.clause(step.start) == clause and s.clause(date.start) != clause


def _relative_between(between: str, pronouns: Sequence[str]) -> bool:
    """Whether a relative clause of another noun opens between a trigger and a date after it."""
    words = between.lower().split()
    return any(w in pronouns for w in words[_ANTECEDENT:])


def _after(sentence: Sentence, at: int, words: Sequence[str]) -> bool:
    """Whether the clause of a date, or the one before it, opens with "after"."""
    low, _ = sentence.clause(at)
    previous = sentence.clause(low - 1)[0] if low > 0 else low
    opening = sentence.text[previous : previous + 16].lower().split()[:2]
    return any(w == x or w[1:] == x for w in opening for x in words)


def unstated(published: dt.date) -> DateRange:
    """What a report that gives no day means: that day or the one before."""
    return DateRange(published - dt.timedelta(1), published, 2)

"""The days of one trigger: the date of its own clause, else of its sentence, never that of what else is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache

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
Told = tuple[DateRange | None, tuple[int, int] | None]


@lru_cache(maxsize=64)
def _expressions(text: str, code: str, published: dt.date | None) -> tuple[time.DateExpression, ...]:
    """The days of a sentence, which each of its events asks for."""
    return tuple(time.expressions(text, code, published))


def date_of(report: Report, sentence: Sentence, group: Sequence[Hit], others: Sequence[Hit], code: str) -> Told:
    """The date nearest to a trigger of ``group`` in its clause, else in its sentence, and its span in the report.

    Args:
        report: Its day of publication is what "yesterday" counts from.
        sentence: Where the triggers stand.
        group: The triggers that tell this event.
        others: Those that tell others: a date beside them is theirs.
        code: The language.
    """
    published = report.published
    data = language.section(code, "status")
    gaps = [
        (at, int(row["days"]))
        for row in data.get("durations", [])
        for form in row["forms"]
        for at in [sentence.text.lower().find(form)]
        if at >= 0
    ]
    bounds = [at for at, _ in gaps]
    options = []
    for e in _expressions(sentence.text, code, published):
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

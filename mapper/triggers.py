"""Words that tell of an event: ``languages/<code>/triggers.toml`` matched on tokens.

A form is a word or a phrase; ``*`` at the end of a word allows any ending, ``…`` up to five words between, and ``@``
at the end of a form stands for the name of a place; ``a|b`` is either (``expanded``). A row that is ``written`` is met
only as it is written, with its accents. Clitics that a language writes onto the word (Arabic and, in, the, his) are
listed in its file.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from typing import Any

from mapper import language, taxonomy
from mapper.errors import LanguageError
from mapper.text import Token, normalise, tokenise

_GAP = 5
_NAME = "@"
_MANY = 2
_SUBJECT = 24  # characters between a subject that tells what happened and its verb
# Posts on social media break words with dots and tatweel to pass filters: "قصـ.ـف", "إصا..بات".
# Each part is taken whole (``*+``) and begins where a word begins: a row of tatweel costs its length, not its cube.
_BROKEN = re.compile(r"(?<![^\W\d_])[^\W\d_][\w\u064b-\u0652]*+(?:\.{1,2}[\u0621-\u064a][\w\u064b-\u0652]*+)+")


@dataclass(frozen=True, slots=True)
class Hit:
    """A trigger in a text: offsets, the type's key, whether it is ``weak`` (needs more evidence)."""

    start: int
    end: int
    key: str
    weak: bool
    text: str


@dataclass(frozen=True, slots=True)
class _Form:
    words: tuple[str, ...]
    key: str
    weak: bool
    company: tuple[str, ...]
    without: tuple[str, ...]
    # How the phrases of ``without`` begin: whole words, and the beginnings of those that end in ``*``.
    unwanted: frozenset[str] = frozenset()
    stems: tuple[str, ...] = ()
    # The second word, where nothing may stand before it and its end is not open.
    second: str = ""
    # The letters with their accents, where a word without them is another: "frappe" is no "frappé".
    written: str = ""
    # What may stand for the last word: forms that are else the same are one.
    ends: frozenset[str] = frozenset()


@cache
def clitics(code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The prefixes and suffixes that a language writes onto words, longest first."""
    data = language.section(code, "triggers")

    def ordered(name: str) -> tuple[str, ...]:
        return tuple(sorted((normalise(x) for x in data.get(name, [])), key=len, reverse=True))

    return ordered("prefixes"), ordered("suffixes")


# French writes its article onto the word: "l'attaque"; it is a token of its own here.
_ELIDED = re.compile(r"(?<!\w)(\w{1,2})['’](?=\w{3})")


def spaced(form: str) -> str:
    """A form of the language files with elided words set apart, as ``tokens`` does."""
    return _ELIDED.sub(r"\1 ", form)


def _split(form: str) -> tuple[str, ...]:
    words: list[str] = []
    for word in spaced(form).split():
        if word in ("…", _NAME):
            words.append(word)
            continue
        star = "*" if word.endswith("*") else ""
        parts = normalise(word.rstrip("*")).split()
        if parts:
            words += [*parts[:-1], parts[-1] + star]
    return tuple(words)


def expanded(form: str) -> list[str]:
    """The forms that one with alternatives stands for; ``_`` joins the words of one alternative.

    >>> expanded("took|seized … border_post|bridge")
    ['took … border post', 'took … bridge', 'seized … border post', 'seized … bridge']
    """
    choices = [[word.replace("_", " ") for word in place.split("|")] for place in form.split()]
    return [" ".join(words) for words in product(*choices)]


@cache
def _forms(code: str) -> tuple[dict[str, tuple[_Form, ...]], dict[str, tuple[_Form, ...]]]:
    exact: dict[str, list[_Form]] = {}
    stems: dict[str, list[_Form]] = {}
    data = language.section(code, "triggers")
    rows: list[dict[str, Any]] = [*data.get("trigger", []), {"type": "", "forms": data.get("ignore", [])}]
    for row in rows:
        if row["type"] and row["type"] not in taxonomy.types():
            raise LanguageError(f"triggers of {code}: no type {row['type']!r}.", remedy="Use a key of taxonomy.toml.")
        company, without = (tuple(" ".join(_split(w)) for w in row.get(name, [])) for name in ("with", "without"))
        opening = [w.partition(" ")[0] for w in without]
        unwanted = frozenset(w for w in opening if not w.endswith("*"))
        stemmed = tuple(w[:-1] for w in opening if w.endswith("*"))
        exactly = bool(row.get("written"))
        for words, ends, written in (f for told in row["forms"] for f in _told(told, exactly)):
            if not ends and "…" in words and words[-1][-1] not in "*@":
                ends = frozenset(words[-1:])
            fixed = words[:-1] if ends else words
            made = _Form(
                words,
                row["type"],
                bool(row.get("weak", False)),
                company,
                without,
                unwanted,
                stemmed,
                next((w for w in fixed[1:2] if w != "…" and not w.endswith("*")), ""),
                written,
                ends,
            )
            if words[0].endswith("*"):
                stems.setdefault(words[0][:3], []).append(made)
            else:
                exact.setdefault(words[0], []).append(made)
    return {k: tuple(v) for k, v in exact.items()}, {k: tuple(v) for k, v in stems.items()}


def _told(form: str, exactly: bool) -> Iterator[tuple[tuple[str, ...], frozenset[str], str]]:
    """The words of each form that one with alternatives stands for, what else may be the last, and how it is written.

    Alternatives of the last word stay one form, for some rows have hundreds, but where it must be met ``exactly``.
    """
    head, _, last = form.rpartition(" ")
    ends = [w for w in last.split("|") if head and w.isalpha()]
    if exactly or len(ends) < _MANY:
        yield from ((_split(told), frozenset(), told.lower() if exactly else "") for told in expanded(form))
        return
    folded = frozenset(map(normalise, ends))
    others = [w.replace("_", " ") for w in last.split("|") if w not in ends]
    for opening in expanded(head):
        yield (*_split(opening), min(folded)), folded, ""
        yield from ((_split(f"{opening} {other}"), frozenset(), "") for other in others)


@lru_cache(maxsize=100_000)
def variants(key: str, code: str) -> frozenset[str]:
    """What ``key`` may be once clitics are taken off; the key itself is one of them."""
    prefixes, suffixes = clitics(code)
    found = {key}
    # Most words have none, which is asked for all at once.
    if key.startswith(prefixes):
        found |= {key[len(p) :] for p in prefixes if len(key) - len(p) >= 3 and key.startswith(p)}
    for base in [b for b in found if b.endswith(suffixes)]:
        found |= {base[: -len(s)] for s in suffixes if len(base) - len(s) >= 3 and base.endswith(s)}
    return frozenset(found)


def fits(word: str, shapes: frozenset[str]) -> bool:
    """Whether a word of a form, whose end ``*`` leaves open, is one of the shapes of a token."""
    if not word.endswith("*"):
        return word in shapes
    stem = word[:-1]
    for shape in shapes:  # noqa: SIM110 - without a generator: a report asks some ten thousand times
        if shape.startswith(stem):
            return True
    return False


def _match(form: _Form, shapes: list[frozenset[str]], at: int) -> int:
    """The index after the last word of ``form`` found at ``at``; 0 when it is not there."""
    i = at
    gap = 0
    for word in form.words if not form.ends else form.words[:-1]:
        if word == "…":
            gap = _GAP
            continue
        for j in range(i, min(len(shapes), i + gap + 1)):
            if fits(word, shapes[j]):
                i, gap = j + 1, 0
                break
        else:
            return 0
    return _end(form.ends, shapes, i, gap) if form.ends else i


def _end(ends: frozenset[str], shapes: list[frozenset[str]], i: int, gap: int) -> int:
    """The index after the last of the words ``ends`` that first stand within a gap; 0 when none does."""
    left, found = ends, 0
    for j in range(i, min(len(shapes), i + gap + 1)):
        if not left.isdisjoint(shapes[j]):
            left, found = left - shapes[j], j + 1
    return found


@lru_cache(maxsize=1024)
def tokens(text: str) -> tuple[Token, ...]:
    """Tokens of ``text`` with words that were broken by dots joined again; signs are left out."""
    joined: dict[int, Token] = {}
    for m in _BROKEN.finditer(text):
        joined[m.start()] = Token(m.start(), m.end(), m.group(), normalise(m.group().replace(".", "")))
    found: list[Token] = []
    skip = 0
    for token in tokenise(text):
        if token.start in joined:
            token = joined[token.start]
        elif token.start < skip:
            continue
        skip = token.end
        if not token.key:
            continue
        elided = _ELIDED.match(token.surface)
        if elided:
            cut = elided.end()
            rest = token.surface[cut:]
            found.append(Token(token.start, token.start + cut, token.surface[:cut], normalise(elided[1])))
            token = Token(token.start + cut, token.end, rest, normalise(rest))
        found.append(token)
    return tuple(found)


def before(text: str, end: int) -> tuple[Token, ...]:
    """The ``tokens`` of ``text[:end]``; those of the text are at hand where no word is cut, nor an elision off."""
    listed = tokens(text)
    count = bisect_left(listed, end, key=lambda t: t.start)
    cut = count and (listed[count - 1].end > end or listed[count - 1].surface.endswith(("'", "’")))
    return tokens(text[:end]) if cut else listed[:count]


def behind(text: str, start: int) -> tuple[str, ...]:
    """The words of ``text[start:]`` as they are written."""
    listed = tokens(text)
    count = bisect_left(listed, start, key=lambda t: t.start)
    cut = count and listed[count - 1].end > start
    return tuple(t.surface for t in (tokens(text[start:]) if cut else listed[count:]))


@lru_cache(maxsize=10_000)
def _phrase(phrase: str) -> _Form:
    return _Form(tuple(phrase.split()), "", False, (), ())


def contains(text_shapes: list[frozenset[str]], phrase: str) -> bool:
    """Whether the words of ``phrase`` stand somewhere in a list of token shapes."""
    form = _phrase(phrase)
    return any(_match(form, text_shapes, i) for i in range(len(text_shapes)))


def shapes_of(text: str, code: str) -> list[frozenset[str]]:
    """The shapes (see ``variants``) of each token of ``text``."""
    return [variants(t.key, code) for t in tokens(text)]


@cache
def _target_words(code: str) -> dict[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for key, forms in language.section(code, "triggers").get("targets", {}).items():
        for form in forms:
            words = _split(form)
            found.setdefault(words[0], []).append((key, words))
    return {k: tuple(v) for k, v in found.items()}


@lru_cache(maxsize=20_000)
def targets(text: str, code: str) -> frozenset[str]:
    """The kinds of place or thing that ``text`` names and that attacks aim at, by keys that all languages share."""
    table = _target_words(code)
    shapes = shapes_of(text, code) if table else []
    found = set()
    for i, these in enumerate(shapes):
        for key, words in {row for s in these for row in table.get(s, ())}:
            if all(w in shapes[i + k] if i + k < len(shapes) else False for k, w in enumerate(words)):
                found.add(key)
    return frozenset(found)


@lru_cache(maxsize=100_000)
def _openers(key: str, code: str) -> tuple[_Form, ...]:
    """The forms that may begin with a word; most words begin none."""
    exact, stems = _forms(code)
    options: list[_Form] = []
    for shape in variants(key, code):
        options += exact.get(shape, ())
        options += [f for f in stems.get(shape[:3], ()) if shape.startswith(f.words[0][:-1])]
    return tuple(options)


def find(text: str, code: str, names: Collection[int] = ()) -> list[Hit]:
    """All triggers in ``text`` (a sentence), in order; the longest form wins where they overlap.

    ``names`` are the offsets at which names of places begin.
    """
    words = tokens(text)
    options = [(i, form) for i, token in enumerate(words) for form in _openers(token.key, code)]
    if not options:
        return []
    shapes = [variants(t.key, code) for t in words]
    for i in [i for i, t in enumerate(words) if t.start in names] if names else ():
        shapes[i] |= {_NAME}
    said = frozenset[str]().union(*shapes)
    ordered = sorted(said)
    stands: dict[str, bool] = {}  # a word said a thousand times asks for its company once

    def begun(stem: str) -> bool:
        at = bisect_left(ordered, stem)
        return at < len(ordered) and ordered[at].startswith(stem)

    def here(phrase: str) -> bool:
        if phrase not in stands:
            # Most company is not there at all: its first word alone tells, without a walk through the sentence.
            first = phrase.partition(" ")[0]
            possible = begun(first[:-1]) if first.endswith("*") else first in said or first == "…"
            stands[phrase] = possible and (phrase == first or contains(shapes, phrase))
        return stands[phrase]

    def kept_out(form: _Form) -> bool:
        if form.unwanted.isdisjoint(said) and "…" not in form.unwanted and not any(map(begun, form.stems)):
            return False
        return any(map(here, form.without))

    found: list[tuple[int, int, _Form]] = []
    for i, form in options:
        after = i + 1
        if len(form.words) > 1:
            if form.ends and form.ends.isdisjoint(said):
                continue  # as most forms are not there
            if form.second and (after == len(shapes) or form.second not in shapes[after]):
                continue
            after = _match(form, shapes, i)
            if not after:
                continue
            after -= form.words[-1] == _NAME  # the name is where it happened
        if form.written and text[words[i].start : words[after - 1].end].lower() != form.written:
            continue
        if (form.company and not any(map(here, form.company))) or kept_out(form):
            continue
        found.append((i, after, form))
    found.sort(key=lambda x: (x[2].key != "", x[0] - x[1], _rank(x[2].key), not x[2].company))
    taken: set[int] = set()
    hits: list[Hit] = []
    lent: set[int] = set()  # where those begin whose type is lent by other words of the sentence
    for first, after, form in found:
        ends = {first, after - 1} if "…" in form.words else set(range(first, after))
        if ends & taken:
            continue
        taken |= ends
        if form.key:
            start, end = words[first].start, words[after - 1].end
            hits.append(Hit(start, end, form.key, form.weak, text[start:end]))
            if form.company and not form.weak:
                lent.add(start)
    hits.sort(key=lambda h: h.start)
    return [h for n, h in enumerate(hits) if h.start not in lent or not _verb_of(hits[n - 1] if n else None, h, text)]


def _verb_of(before: Hit | None, hit: Hit, text: str) -> bool:
    """Whether a hit is but the verb of the one before: a drone told of elsewhere makes no "rocket struck" its."""
    if before is None or before.weak or not 0 <= hit.start - before.end <= _SUBJECT:
        return False
    kinds = taxonomy.types()
    same = kinds[before.key].family == kinds[hit.key].family and not kinds[before.key].vague
    return same and not any(sign in text[before.end : hit.start] for sign in ",،;؛")


def _rank(key: str) -> int:
    return taxonomy.types()[key].rank if key else -1

"""Text as the other modules need it: one normalisation, tokens and sentences with offsets.

Whatever is changed for matching, spans always index the original text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from itertools import accumulate, compress
from operator import not_
from typing import NamedTuple

from mapper.remembered import Remembered

# Arabic letters that writers swap freely are folded to one; harakat and tatweel carry no letters.
_FOLD = {
    **dict.fromkeys("أإآٱ", "ا"),
    **dict.fromkeys("ىیې", "ي"),
    "ئ": "ي",
    "ؤ": "و",
    "ة": "ه",
    "ۀ": "ه",
    "ہ": "ه",
    "ھ": "ه",
    "ک": "ك",
    "گ": "ك",
    "ڪ": "ك",
    "پ": "ب",
    "چ": "ج",
    "ڤ": "ف",
    "ء": "",
    "ـ": "",
    "ı": "i",
    "ł": "l",
    "đ": "d",
    "ø": "o",
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ё": "е",
    "ґ": "г",
}
_DROP = re.compile(r"['’‘`´ʻʼʿʾ\"“”«»\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_DIGITS = {ord(c): str(i) for block in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for i, c in enumerate(block)}


@lru_cache(maxsize=4096)
def _fold_char(char: str) -> str:
    """What one character becomes in a key: zero or more characters."""
    if _DROP.match(char):
        return ""
    if ord(char) in _DIGITS:
        return _DIGITS[ord(char)]
    out = []
    for c in unicodedata.normalize("NFKC", char):
        lower = c.casefold()
        if lower in _FOLD:
            out.append(_FOLD[lower])
            continue
        for part in unicodedata.normalize("NFKD", lower):
            if unicodedata.combining(part):
                continue
            part = _FOLD.get(part, part)
            out.append(part if part == "" or part.isalnum() else " ")
    return "".join(out)


class _Table(dict[int, str]):
    """``_fold_char`` in the form that ``str.translate`` reads."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold_char(chr(code))
        return folded


_TABLE = _Table()


def fold(text: str) -> tuple[str, list[int]]:
    """Return ``text`` folded for matching, and for each folded character its offset in ``text``.

    Case, accents, harakat, tatweel and letter variants go; punctuation becomes a space. White space
    is not collapsed, so that words keep their places.
    """
    folded: list[str] = []
    offsets: list[int] = []
    for i, char in enumerate(text):
        for c in _fold_char(char):
            folded.append(c)
            offsets.append(i)
    return "".join(folded), offsets


def normalise(name: str) -> str:
    """The matching key of a name: folded, single spaces. The same for gazetteer and text.

    >>> normalise("Deir ez-Zor"), normalise("إدْلِب"), normalise("Kafr Nabl’")
    ('deir ez zor', 'ادلب', 'kafr nabl')
    """
    return " ".join(name.translate(_TABLE).split())


# Words come again and again; whole texts, which would fill the table, do not.
word_key: Callable[[str], str] = Remembered(normalise).__getitem__


_CONSONANTS = {
    **dict.fromkeys("قكغخkqgxح", "k"),
    **dict.fromkeys("صسشزsz", "s"),
    **dict.fromkeys("طتثt", "t"),
    **dict.fromkeys("ضدذظd", "d"),
    **dict.fromkeys("بbp", "b"),
    **dict.fromkeys("فfv", "f"),
    **dict.fromkeys("جj", "j"),
    **dict.fromkeys("لl", "l"),
    **dict.fromkeys("مm", "m"),
    **dict.fromkeys("نn", "n"),
    **dict.fromkeys("رr", "r"),
    "c": "k",
    "ح": "",
}
# In an order in which no pair comes of another.
_DIGRAPHS = (
    ("dj", "j"),
    ("sh", "s"),
    ("ch", "s"),
    ("kh", "k"),
    ("gh", "k"),
    ("th", "t"),
    ("dh", "d"),
    ("ph", "f"),
    ("zh", "s"),
)


class _Bare(dict[int, str | None]):
    """Letter → its consonant; what is none goes."""

    def __missing__(self, code: int) -> str | None:
        self[code] = bare = "\n" if code == 10 else _CONSONANTS.get(chr(code)) or None
        return bare


_SKELETON = _Bare()
# What the skeleton of a name may begin with; a line end stands for a name without consonants.
INITIALS = "".join(sorted({"\n", *filter(None, _CONSONANTS.values())}))
_REPEATED = re.compile(r"([a-z])\1+")
_ARABIC_ARTICLE = re.compile(r"(?:(?<=\s)|^)ال(?=\S\S)", re.MULTILINE)
_ARTICLE = re.compile("^(?:al|el|ar|as|ash|at|ad|az|an|ed|er|es|et|ez|en) +", re.MULTILINE)


# Signs that stand at a word without being of it.
BESIDE = ".,;:!?…،؛؟\"'()[]«»“”"

_SURROGATES = re.compile("[\ud800-\udfff]")


def encodable(text: str) -> str:
    """``text`` with lone surrogates, which no encoding can carry, as U+FFFD."""
    return _SURROGATES.sub("\ufffd", text)


def script_of(key: str) -> str:
    """The script of a normalised name: "latin", "arabic" or "other".

    >>> script_of("sirte"), script_of("سرت"), script_of("сирт")
    ('latin', 'arabic', 'other')
    """
    if key.isascii():
        return "latin"
    return "arabic" if any("\u0600" <= c <= "\u06ff" for c in key) else "other"


def skeleton(name: str) -> str:
    """The consonants that a name keeps in both Arabic and Latin script, as one loose key.

    >>> skeleton("تمنهنت") == skeleton("Tamanhint")
    True
    """
    return _REPEATED.sub(r"\1", _consonants(normalise(name)))


def initial_of(bones: str) -> str:
    """The one of ``INITIALS`` that a skeleton begins with."""
    return bones[:1] or "\n"


def skeletons(keys: Sequence[str]) -> list[str]:
    """The ``skeleton`` of each normalised name; all at once, since a country has a hundred thousand."""
    latin = list(map(str.isascii, keys))
    if all(latin):
        return _bones(keys)
    # Text in which every letter is ASCII is read several times as fast.
    bones, others = iter(_bones(list(compress(keys, latin)))), iter(_bones(list(compress(keys, map(not_, latin)))))
    return [next(bones) if own else next(others) for own in latin]


def _bones(keys: Sequence[str]) -> list[str]:
    import numpy as np

    letters = np.frombuffer((_consonants("\n".join(keys)) + "\n").encode("ascii"), np.uint8)
    single = np.ones(len(letters), bool)
    single[1:] = (letters[1:] != letters[:-1]) | (letters[1:] == ord("\n"))
    return letters[single].tobytes().decode("ascii").split("\n")[: len(keys)]


def _consonants(text: str) -> str:
    """The consonants of normalised names, one a line."""
    text = _ARTICLE.sub("", text)
    if not text.isascii():
        text = _ARABIC_ARTICLE.sub("", text)
    text = text.replace(" ", "")
    for pair, one in _DIGRAPHS:
        text = text.replace(pair, one)
    return text.translate(_SKELETON)


class Token(NamedTuple):
    """A word: offsets into the text, the surface, and its matching key (see ``normalise``)."""

    start: int
    end: int
    surface: str
    key: str


_token = partial(tuple.__new__, Token)


def tokens_of(pattern: re.Pattern[str], text: str) -> list[Token]:
    """What ``pattern``, which is one group, finds in ``text``, as tokens.

    A text has hundreds, and is cut in one go: a loop over matches takes a third more time.
    """
    parts = pattern.split(text)
    at, found = list(accumulate(map(len, parts))), parts[1::2]
    return list(map(_token, zip(at[::2], at[1::2], found, map(word_key, found), strict=False)))


def keys_of(pattern: re.Pattern[str], text: str) -> list[str]:
    """The keys alone of ``tokens_of``."""
    return list(map(word_key, pattern.findall(text)))


# A word is letters with their marks and inner apostrophes; numbers and single signs stand alone.
_WORD = re.compile(
    r"([^\W\d_][\w\u0300-\u036f\u064b-\u0652\u0670]*(?:['’ʼ](?=[^\W\d_])[\w\u0300-\u036f\u064b-\u0652\u0670]*)*"
    r"|\d+(?:[.,٫٬]\d+)*|[^\w\s])"
)


def tokenise(text: str) -> list[Token]:
    """Split ``text`` into words, numbers and signs, each with its offsets.

    >>> [t.surface for t in tokenise("Strike near Sirte, 150 miles.")]
    ['Strike', 'near', 'Sirte', ',', '150', 'miles', '.']
    """
    return tokens_of(_WORD, text)


def tokenised_keys(text: str) -> list[str]:
    """The keys of the tokens of ``text``, where it does not matter where they stand."""
    return keys_of(_WORD, text)


# Ends of sentences: closing signs may follow; an abbreviation or an initial does not end one.
_END = re.compile(r"[.!?؟…]+[\"”»’)\]]*(?=\s|$)|[؛\n]+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Gen|Lt|Col|Sgt|Maj|Capt|St|No|Jan|Feb|Aug|Sept|Oct|Nov|Dec|vs|U\.S|U\.N|U\.K|M|Mme|env|av|J\.-C|etc|ca|km)"
    r"|(?<!\w)[ء-ي])\.$"
)
# Of the hours of a clock: what follows in small letters goes on.
_CLOCK = re.compile(r"\b[ap]\.m\.$")


def sentences(text: str) -> list[tuple[int, int]]:
    """The (start, end) of each sentence, trimmed of white space, in order; none is empty."""
    spans: list[tuple[int, int]] = []
    begin = 0
    for match in _END.finditer(text):
        if match.group().startswith(".") and _ABBREVIATION.search(text[max(0, match.start() - 6) : match.start() + 1]):
            after = text[match.end() : match.end() + 2].lstrip()
            if not after or not text[match.end() :].lstrip()[:1].isspace():
                continue
        if (
            match.group() == "."
            and text[match.end() :].lstrip(" ")[:1].islower()
            and _CLOCK.search(text[max(0, match.end() - 5) : match.end()])
        ):
            continue
        spans.append((begin, match.end()))
        begin = match.end()
    spans.append((begin, len(text)))
    trimmed = []
    for start, end in spans:
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if end > start:
            trimmed.append((start, end))
    return trimmed

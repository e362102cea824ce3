"""Text as the other modules need it: one normalisation, tokens and sentences with offsets.

Whatever is changed for matching, spans always index the original text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

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
    return " ".join("".join(map(_fold_char, name)).split())


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
_DIGRAPHS = (
    ("sh", "s"),
    ("ch", "s"),
    ("kh", "k"),
    ("gh", "k"),
    ("th", "t"),
    ("dh", "d"),
    ("ph", "f"),
    ("zh", "s"),
    ("dj", "j"),
)
_ARTICLE = re.compile(r"^(?:al|el|ar|as|ash|at|ad|az|an|ed|er|es|et|ez|en)\s+")


def skeleton(name: str) -> str:
    """The consonants that a name keeps in both Arabic and Latin script, as one loose key.

    >>> skeleton("تمنهنت") == skeleton("Tamanhint")
    True
    """
    key = _ARTICLE.sub("", normalise(name))
    words = [w[2:] if w.startswith("ال") and len(w) > 3 else w for w in key.split()]
    key = "".join(words)
    for pair, one in _DIGRAPHS:
        key = key.replace(pair, one)
    out: list[str] = []
    for char in key:
        consonant = _CONSONANTS.get(char, "")
        if consonant and (not out or out[-1] != consonant):
            out.append(consonant)
    return "".join(out)


@dataclass(frozen=True, slots=True)
class Token:
    """A word: offsets into the text, the surface, and its matching key (see ``normalise``)."""

    start: int
    end: int
    surface: str
    key: str


# A word is letters with their marks and inner apostrophes; numbers and single signs stand alone.
_WORD = re.compile(
    r"[^\W\d_](?:[\w\u0300-\u036f\u064b-\u0652\u0670ـ]|['’ʼ](?=[^\W\d_]))*"
    r"|\d+(?:[.,٫٬]\d+)*|[^\w\s]"
)


def tokenise(text: str) -> list[Token]:
    """Split ``text`` into words, numbers and signs, each with its offsets.

    >>> [t.surface for t in tokenise("Strike near Sirte, 150 miles.")]
    ['Strike', 'near', 'Sirte', ',', '150', 'miles', '.']
    """
    return [Token(m.start(), m.end(), m.group(), normalise(m.group())) for m in _WORD.finditer(text)]


# Ends of sentences: closing signs may follow; an abbreviation or an initial does not end one.
_END = re.compile(r"[.!?؟…]+[\"”»’)\]]*(?=\s|$)|[؛\n]+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Gen|Lt|Col|Sgt|Maj|Capt|St|No|Jan|Feb|Aug|Sept|Oct|Nov|Dec|vs|U\.S|U\.N|U\.K|M|Mme|env|av|J\.-C|etc|ca|km)"
    r"|(?<!\w)[ء-ي])\.$"
)


def sentences(text: str) -> list[tuple[int, int]]:
    """The (start, end) of each sentence, trimmed of white space, in order; none is empty."""
    spans: list[tuple[int, int]] = []
    begin = 0
    for match in _END.finditer(text):
        if match.group().startswith(".") and _ABBREVIATION.search(text[max(0, match.start() - 6) : match.start() + 1]):
            after = text[match.end() : match.end() + 2].lstrip()
            if not after or not text[match.end() :].lstrip()[:1].isspace():
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

"""Annotated texts for training: open corpora in JSON Lines, and the sentences of this project.

A corpus has one text a line, ``{"text", "entities": [{"start", "end", "label"}]}``. The project's own sentences
lie in ``training/sentences/<code>.txt``, one a line: names stand in brackets behind L, P or O (place, person,
organisation), and ``{town}``, ``{person}`` … are filled with drawn names (``training.names``).
"""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from pathlib import Path

from training.names import Names

HERE = Path(__file__).parent
KINDS = ("LOC", "PER", "ORG")
_LABELS = {
    "LOC": "LOC",
    "PER": "PER",
    "ORG": "ORG",
    # NewsFANE's fine classes
    "Nation": "LOC",
    "Population-Center": "LOC",
    "State-or-Province": "LOC",
    "County-or-District": "LOC",
    "Continent": "LOC",
    "Water-Body": "LOC",
    "Land": "LOC",
    "Land-Region-Natural": "LOC",
    "GPE-Cluster": "LOC",
    "Politician": "PER",
    "Athlete": "PER",
    "Artist": "PER",
    "Other_PER": "PER",
    "Religious_PER": "PER",
    "Scientist": "PER",
    "Lawyer": "PER",
    "Businessperson": "PER",
    "Engineer": "PER",
    "Police": "PER",
    "Non-Governmental": "ORG",
    "Sports": "ORG",
    "Media": "ORG",
    "Government": "ORG",
    "Commercial": "ORG",
    "Educational": "ORG",
    "Medical-Science": "ORG",
    "Religious_ORG": "ORG",
    "Entertainment": "ORG",
    # IDRISI's types of places
    "CTRY": "LOC",
    "CITY": "LOC",
    "PROV": "LOC",
    "DIST": "LOC",
    "NBHD": "LOC",
}
_PROCLITICS, _SUFFIXES = ("و", "ف", "ب", "ل", "ك"), ("ه", "ها", "هم", "نا", "هما", "كم", "ي")
_SLOT = re.compile(r"\{(\w+)\}")
_MARK = re.compile(r"\[([LPO]) ([^\]]+)\]")


@dataclass(frozen=True)
class Text:
    """A text and its names: (start, end, kind); ``source`` is the sentence that it was made from."""

    text: str
    names: tuple[tuple[int, int, str], ...]
    source: str


def read(path: Path) -> list[Text]:
    """The texts of a corpus, with the labels that training knows."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text = row["text"]
        names = [(e["start"], e["end"], _LABELS[e["label"]]) for e in row["entities"] if e["label"] in _LABELS]
        names = [(s + (text[s] == "#"), e, k) for s, e, k in names]
        found += _short(Text(text, tuple(names), text))
    return found


def _short(whole: Text, most: int = 2000) -> list[Text]:
    """A very long text in pieces, cut where no name lies."""
    if len(whole.text) <= most:
        return [whole]
    pieces, start = [], 0
    for match in re.finditer(r" \. ", whole.text):
        end = match.end()
        if end - start > most / 2 and not any(s < end < e for s, e, _ in whole.names):
            inside = tuple((s - start, e - start, k) for s, e, k in whole.names if start <= s and e <= end)
            pieces.append(Text(whole.text[start:end], inside, whole.text[start:end]))
            start = end
    return pieces


def joined(text: Text) -> Text:
    """Arabic clitics that a corpus has parted from their words are written onto them, as in print."""
    out: list[str] = []
    at: dict[int, int] = {}
    length = 0
    glue = True
    for match in re.finditer(r"\S+", text.text):
        word = match.group()
        if not glue and word not in _SUFFIXES:
            out.append(" ")
            length += 1
        for i in range(match.start(), match.end()):
            at[i] = length + i - match.start()
        out.append(word)
        length += len(word)
        at[match.end()] = length
        glue = word in _PROCLITICS
    return Text("".join(out), tuple((at[s], at[e], k) for s, e, k in text.names if s in at and e in at), text.text)


def own(code: str, names: Names, copies: int, seed: int = 1) -> list[Text]:
    """The project's sentences of a language, each filled ``copies`` times with other names."""
    draw = random.Random(seed)
    found = []
    for line in (HERE / "sentences" / f"{code}.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            slots = bool(_SLOT.search(line))
            found += [filled(line, names, draw) for _ in range(copies if slots else max(1, copies // 3))]
    return found


def filled(line: str, names: Names, draw: random.Random) -> Text:
    """A line with its slots drawn and its brackets taken off."""
    source = line
    line = _SLOT.sub(lambda m: names.draw(m.group(1), draw), line)
    text, spans, last = "", [], 0
    for match in _MARK.finditer(line):
        text += line[last : match.start()]
        kind = KINDS["LPO".index(match.group(1))]
        spans.append((len(text), len(text) + len(match.group(2)), kind))
        text += match.group(2)
        last = match.end()
    return Text(text + line[last:], tuple(spans), source)

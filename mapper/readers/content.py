"""What a reader gives, and how bytes become text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from mapper.errors import InputError
from mapper.model import Event, Failure, Report

# Tried in this order after the byte-order marks; the first that fits is used and told.
ENCODINGS = ("utf-8", "cp1256", "cp1252")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # its byte-order marks
_WORDS = re.compile("[\u0621-\u064a]{2,}")
_MIXED = re.compile("[A-Za-z][\u0621-\u064a]|[\u0621-\u064a][A-Za-z]")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(slots=True)
class Content:
    """What came out of one input: reports, events of tables, and what could not be read."""

    reports: list[Report] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @classmethod
    def joined(cls, contents: Iterable[Content]) -> Content:
        """One content of many, in order."""
        out = cls()
        for content in contents:
            out.reports += content.reports
            out.events += content.events
            out.failures += content.failures
            out.notes += content.notes
        return out

    def decode(self, data: bytes, source: str) -> str:
        """Text of ``data``; an encoding that had to be guessed is told in ``notes``.

        Raises:
            InputError: It is empty or binary.
        """
        text, encoding = decoded(data, source)
        if encoding != "utf-8":
            self.notes.append(f"{source}: read as {encoding}")
        return text


def decode(data: bytes, source: str) -> str:
    """Text of ``data``, see ``decoded``."""
    return decoded(data, source)[0]


def decoded(data: bytes, source: str) -> tuple[str, str]:
    """Text of ``data`` and its encoding: by byte-order mark, then UTF-8, then Windows Arabic, then Windows Latin.

    Raises:
        InputError: It is empty or binary.
    """
    if not data.strip():
        raise InputError(f"{source}: the file is empty.", remedy="Give a report with text.")
    if data.startswith(b"\xef\xbb\xbf"):
        return clean(data[3:].decode("utf-8", "replace")), "utf-8"
    if data[:2] in UTF_16:
        return clean(data.decode("utf-16", "replace")), "utf-16"
    if b"\0" in data[:4096]:
        raise InputError(
            f"{source}: this is a binary file, not text.", remedy="Give text, HTML, JSON Lines or a table."
        )
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Latin text decodes as either; but its accented letters would be Arabic ones inside Latin words.
        if encoding == "cp1256" and sum(map(len, _WORDS.findall(text))) <= 2 * len(_MIXED.findall(text)):
            continue
        return clean(text), encoding
    return clean(data.decode("utf-8", "replace")), "utf-8, with bytes that no encoding of ours explains"


def clean(text: str) -> str:
    """Text without control characters and lone surrogates, with unified line ends."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return CONTROL.sub(" ", text)

"""Bytes as printable text that a page can hold in an inert tag: two letters of 91 for every 13 bits.

A quarter less overhead than base64 (23 % instead of 33 %). The letters are those of ASCII without ``<``, ``>``,
``&`` and ``{``, so that no tag, comment, character reference or template can begin in them.
"""

from __future__ import annotations

import gzip
import json
from typing import Any

import numpy as np

from mapper.text import encodable

LETTERS = "".join(chr(n) for n in range(0x20, 0x7F) if chr(n) not in "<>&{")
_CODES = np.frombuffer(LETTERS.encode(), "u1")
_GROUP = 13  # bytes that make eight numbers of 13 bits
_CHUNK = _GROUP * 100_000


def text_of(value: Any) -> bytes:
    """``value`` as JSON in UTF-8."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError:
        return encodable(text).encode()


def spell(content: bytes) -> str:
    """``content`` in letters; the first says what is left of the length after division by 13."""
    parts = [LETTERS[len(content) % _GROUP]]
    for start in range(0, len(content), _CHUNK):
        piece = content[start : start + _CHUNK]
        groups = -(-len(piece) // _GROUP)
        rows = np.zeros((groups, _GROUP + 1), "<u4")
        rows[:, :_GROUP] = np.frombuffer(piece.ljust(groups * _GROUP, b"\0"), "u1").reshape(groups, _GROUP)
        numbers = np.empty((groups, 8), "<u4")
        for k in range(8):
            byte, bit = divmod(13 * k, 8)
            three = rows[:, byte] << 16 | rows[:, byte + 1] << 8 | (rows[:, byte + 2] if byte + 2 <= _GROUP else 0)
            numbers[:, k] = three >> (11 - bit) & 0x1FFF
        flat = numbers.reshape(-1)[: -(-len(piece) * 8 // 13)]
        pairs = np.stack((_CODES[flat // 91], _CODES[flat % 91]), axis=1)
        parts.append(pairs.tobytes().decode("ascii"))
    return "".join(parts)


def letters(content: bytes) -> str:
    """gzip of ``content``, spelt; no time stamp, so that the same content gives the same letters."""
    return spell(gzip.compress(content, 6, mtime=0))  # 9 takes twice the time and saves one part in a hundred

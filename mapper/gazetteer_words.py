"""Words that are hardly names: a list that the builder of a user's gazetteer looks into.

The file holds hashes, not words: a magic, the number of words, their sorted 64-bit hashes, and a letter for each.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from mapper.errors import GazetteerError
from mapper.gazetteer_table import key_hash

MAGIC = b"MAPWORD1"


def pack_words(words: Mapping[str, str]) -> bytes:
    """The bytes of the file for normalised word → letter (A, B or X, see ``names.common_words``)."""
    rows = sorted((key_hash(word), letter) for word, letter in words.items())
    hashes = np.array([h for h, _ in rows], "<u8").tobytes()
    return MAGIC + len(rows).to_bytes(8, "little") + hashes + "".join(letter for _, letter in rows).encode()


@cache
def read_words(file: Path) -> dict[int, str]:
    """Hash → letter.

    Raises:
        GazetteerError: The file is missing or damaged.
    """
    try:
        data = file.read_bytes()
        count = int.from_bytes(data[8:16], "little")
        if data[:8] != MAGIC or len(data) != 16 + 9 * count:
            raise ValueError("its size or form is wrong")
    except (OSError, ValueError) as error:
        raise GazetteerError(f"The list of words {file} is damaged: {error}.", remedy="Install Mapper anew.") from error
    hashes = np.frombuffer(data, "<u8", count, 16).tolist()
    return dict(zip(hashes, data[16 + 8 * count :].decode(), strict=True))

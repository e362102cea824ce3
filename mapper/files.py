"""The only writer: a file is written whole or not at all; names never come from a report."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from mapper.errors import InputError, InputTooLarge, OutputError

Content = str | bytes | Iterable[str | bytes]


def write(path: Path, content: Content) -> None:
    """Write ``content`` to ``path`` atomically: a temporary file beside it, synced, then renamed.

    Large content comes in pieces, so that it never lies in memory as a whole.

    Raises:
        OutputError: It cannot be written; an older file of that name is left as it was.
    """
    pieces = [content] if isinstance(content, (str, bytes)) else content
    temporary: str | None = None
    size = 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                data = piece.encode("utf-8", "replace") if isinstance(piece, str) else piece
                size += file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
        raise OutputError(
            f"Cannot write {path} ({size:,} bytes written): {error.strerror or error}.",
            remedy="Choose another folder with -o, or free space.",
        ) from error


def read(path: Path, limit: int) -> bytes:
    """The bytes of a file, refused before reading when it is larger than ``limit``.

    Raises:
        InputError: It is not there, is a folder, or cannot be read.
        InputTooLarge: It has more than ``limit`` bytes.
    """
    try:
        size = path.stat().st_size
        if size > limit:
            raise InputTooLarge(
                f"{path}: {size:,} bytes, more than the limit of {limit:,}.",
                remedy="Split it, or raise max_report_bytes in the settings.",
            )
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file.", remedy="Check the path.") from error
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}.", remedy="Check that it is a readable file.") from error


def json_lines(path: Path, limit: int = 2_000_000_000) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a JSON Lines file with their line numbers; empty lines are passed over.

    Raises:
        InputError: A line is no JSON object; the message names file and line.
    """
    for number, line in enumerate(read(path, limit).decode("utf-8-sig", "replace").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(
                f"{path}, line {number}: not JSON: {error.msg}.", remedy="Write one object a line."
            ) from error
        if not isinstance(row, dict):
            raise InputError(f"{path}, line {number}: not an object.", remedy="Write one object a line.")
        yield number, row

"""The only writer: a file is written whole or not at all; names never come from a report."""

from __future__ import annotations

import codecs
import contextlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from mapper.errors import InputError, InputTooLarge, OutputError

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no fcntl; there two runs on one folder are not told apart
    fcntl = None  # type: ignore[assignment]

Content = str | bytes | Iterable[str | bytes]
_REMEDY = "Choose another folder with -o, or free space."
_SCRATCH = ".building-"


@contextlib.contextmanager
def replacing(path: Path, scratch: Path | None = None) -> Iterator[IO[bytes]]:
    """A file to write that takes the place of ``path`` when the block ends well: synced, then renamed.

    It is written beside ``path``, or in ``scratch``, a folder of the same disk.

    Raises:
        OutputError: It cannot be written; an older file of that name is left as it was.
    """
    temporary: str | None = None
    written = 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=scratch or path.parent, prefix=f".{path.name}.", suffix=".part")
        with os.fdopen(handle, "wb") as file:
            try:
                yield file
            finally:
                written = file.tell()
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
        temporary = None
        _sync_folder(path.parent)
    except OSError as error:
        raise OutputError(
            f"Cannot write {path} ({written:,} bytes written): {error.strerror or error}.", remedy=_REMEDY
        ) from error
    finally:
        if temporary is not None:  # whatever stopped it, an interrupt too
            with contextlib.suppress(OSError):
                Path(temporary).unlink()


def write(path: Path, content: Content) -> None:
    """Write ``content`` to ``path`` atomically (see ``replacing``).

    Content in pieces is written as it comes, so that it never stands whole in memory.

    Raises:
        OutputError: It cannot be written; an older file of that name is left as it was.
    """
    with replacing(path) as file:
        for piece in [content] if isinstance(content, (str, bytes)) else content:
            file.write(piece.encode("utf-8", "replace") if isinstance(piece, str) else piece)


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a loss of power, where the system lets a folder be synced."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def remove(folder: Path) -> None:
    """Remove a folder of our own with all that is in it; that it is not there is no error.

    Raises:
        OutputError: It cannot be removed.
    """
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except OSError as error:
        raise OutputError(f"Cannot remove {folder}: {error.strerror or error}.", remedy=_REMEDY) from error


@contextlib.contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Hold ``folder`` for this process, so that two runs do not mix their files.

    The system lets go of it when the process ends, however it ends: no stale lock is possible.

    Raises:
        OutputError: Another process holds it (the message says which and since when), or it cannot be written.
    """
    path = folder / ".mapper.lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = _locked(path)
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(f"Cannot write {path}: {error.strerror or error}.", remedy=_REMEDY) from error
    try:
        # What a killed run was writing: with the lock held, no one else can be writing it now.
        for leftover in folder.glob(".*.part"):
            with contextlib.suppress(OSError):
                leftover.unlink()
        yield
    finally:
        with contextlib.suppress(OSError):
            path.unlink()
        os.close(handle)


def _locked(path: Path) -> int:
    """An open handle on the lock file that stands at ``path`` now, locked."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            if fcntl is not None:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 200).decode("utf-8", "replace")
            os.close(handle)
            raise OutputError(
                f"Another run writes to {path.parent} ({holder or 'it has just begun'}).",
                remedy="Wait for it, or choose another folder with -o.",
            ) from None
        # The run before may have removed the file between our open and our lock.
        with contextlib.suppress(FileNotFoundError):
            if os.fstat(handle).st_ino == path.stat().st_ino:
                os.ftruncate(handle, 0)
                os.write(handle, f"process {os.getpid()} since {time.strftime('%Y-%m-%d %H:%M:%S')}".encode())
                return handle
        os.close(handle)


@contextlib.contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A folder inside ``folder`` for files on the way, gone when the block ends; ``folder`` is held meanwhile.

    What a killed process left behind is removed first.

    Raises:
        OutputError: It cannot be made, or another process holds ``folder``.
    """
    with lock(folder):
        for old in folder.glob(f"{_SCRATCH}*"):
            shutil.rmtree(old, ignore_errors=True)
        try:
            temporary = Path(tempfile.mkdtemp(dir=folder, prefix=_SCRATCH))
        except OSError as error:
            raise OutputError(f"Cannot write in {folder}: {error.strerror or error}.", remedy=_REMEDY) from error
        try:
            yield temporary
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def read(path: Path, limit: int) -> bytes:
    """The bytes of a file, refused before reading when it is larger than ``limit``.

    Raises:
        InputError: It is not there, is a folder, or cannot be read.
        InputTooLarge: It has more than ``limit`` bytes.
    """
    with _named(path):
        size = path.stat().st_size
        if size > limit:
            raise InputTooLarge(
                f"{path}: {size:,} bytes, more than the limit of {limit:,}.",
                remedy="Split it, or raise max_report_bytes in the settings.",
            )
        return path.read_bytes()


def read_range(path: Path, start: int, end: int) -> bytes:
    """The bytes of a file from ``start`` up to ``end``.

    Raises:
        InputError: It cannot be read.
    """
    with _named(path), path.open("rb") as file:
        file.seek(start)
        return file.read(end - start)


def line_ends(path: Path, limit: int) -> Iterator[tuple[int, bool]]:
    """For each line of a file the offset behind it, and whether the line has more than ``limit`` bytes.

    Holds no more than ``limit`` bytes at a time.

    Raises:
        InputError: It cannot be read.
    """
    with _named(path), path.open("rb") as file:
        at = 0
        while line := file.readline(limit + 1):
            at += len(line)
            long = len(line) > limit
            while line and not line.endswith(b"\n"):
                line = file.readline(limit + 1)
                at += len(line)
            yield at, long


def is_utf8(path: Path) -> bool:
    """Whether a file is UTF-8 from its first byte to its last; read in pieces.

    Raises:
        InputError: It cannot be read.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    with _named(path), path.open("rb") as file:
        try:
            while data := file.read(1 << 20):
                decoder.decode(data)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    """What the system says of a file, as an InputError with its name."""
    try:
        yield
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file.", remedy="Check the path.") from error
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}.", remedy="Check that it is a readable file.") from error


def json_lines(path: Path, limit: int = 2_000_000_000) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a JSON Lines file with their line numbers; empty lines are passed over.

    Raises:
        InputError: A line is no JSON object; the message names file and line.
    """
    for number, row in json_lines_or_errors(path, limit):
        if isinstance(row, InputError):
            raise row
        yield number, row


def json_lines_or_errors(path: Path, limit: int = 2_000_000_000) -> Iterator[tuple[int, dict[str, Any] | InputError]]:
    """``json_lines`` with what is wrong with a line in its place, for callers that go on behind it."""
    for number, line in enumerate(read(path, limit).decode("utf-8-sig", "replace").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            what = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
            row = InputError(f"{path}, line {number}: not JSON: {what}.", remedy="Write one object a line.")
        if not isinstance(row, dict | InputError):
            row = InputError(f"{path}, line {number}: not an object.", remedy="Write one object a line.")
        yield number, row


def json_line(value: object) -> str:
    """``value`` as one line of JSON in ASCII, which holds even lone surrogates."""
    return json.dumps(value, separators=(",", ":")) + "\n"

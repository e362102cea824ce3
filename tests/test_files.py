"""Whole or not at all; limits before reading."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mapper import files
from mapper.errors import InputError, InputTooLarge, OutputError


def test_write_replaces_and_leaves_no_litter(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "events.csv"
    files.write(target, "one")
    files.write(target, "two: سرت")
    assert target.read_text(encoding="utf-8") == "two: سرت"
    assert [p.name for p in target.parent.iterdir()] == ["events.csv"]


def test_failed_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "map.html"
    files.write(target, "old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"map\.html.*No space left"):
        files.write(target, "new")
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["map.html"]


def test_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "output").write_text("a file")
    with pytest.raises(OutputError):
        files.write(tmp_path / "output" / "map.html", "x")


def test_read_names_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing\.txt: no such file"):
        files.read(tmp_path / "missing.txt", 10)
    (tmp_path / "large.txt").write_text("x" * 11)
    with pytest.raises(InputTooLarge, match="11 bytes, more than the limit of 10"):
        files.read(tmp_path / "large.txt", 10)


def test_lone_surrogates_are_written_as_a_mark(tmp_path: Path) -> None:
    files.write(tmp_path / "a.txt", "a\ud800b")
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "a?b"

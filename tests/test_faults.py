"""Faults that have no other home; docs/faults.md lists all of them with their tests."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
import os
import resource
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapper import batch, files, pipeline
from mapper.errors import GazetteerError, InputError, OutputError
from mapper.exporters import tables
from mapper.gazetteer import Gazetteer
from mapper.settings import Settings

ROOT = Path(__file__).parent.parent
STRIKE = "An air strike hit Sirte on 22 September 2017, killing three people."


def _child(code: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        timeout=300,
        check=False,
    )


def _limited(kind: int, value: int, *arguments: object) -> subprocess.CompletedProcess[str]:
    """``mapper`` with a limit that the system enforces on its process."""
    code = "import resource, sys; resource.setrlimit(int(sys.argv[1]), (int(sys.argv[2]),) * 2)\n"
    code += "from mapper.cli import main; sys.exit(main(sys.argv[3:]))"
    return _child(code, kind, value, *arguments)


def _hashes(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir() if p.is_file()}


class _FullDisk:
    """Lets ``left`` writes reach the disk and refuses the next: what ``os.fsync`` does when a disk is full."""

    def __init__(self, left: int) -> None:
        self.left, self.refused, self._real = left, False, os.fsync

    def __call__(self, handle: int) -> None:
        if self.left == 0:
            self.refused = True
            self.left = -1
            raise OSError(28, "No space left on device")
        self.left -= 1
        self._real(handle)


def test_a_disk_full_at_the_nth_write_leaves_whole_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For every n: the error names the path, each file is the old or the new one, nothing half-written is left."""
    reports = tmp_path / "r.txt"
    reports.write_text("Gunmen attacked a checkpoint in Gao on 3 May 2016, killing two soldiers.")
    settings = Settings(output=tmp_path / "out", offline=True, formats=("geojson", "csv"))
    pipeline.write(pipeline.run([str(reports)], settings), settings)
    old = _hashes(settings.output)
    reports.write_text(STRIKE)
    result = pipeline.run([str(reports)], settings)
    pipeline.write(result, replace(settings, output=tmp_path / "new"))
    new = _hashes(tmp_path / "new")
    failed = 0
    for n in range(40):
        full = _FullDisk(n)
        monkeypatch.setattr(os, "fsync", full)
        try:
            pipeline.write(result, settings)
        except OutputError as error:
            failed += 1
            assert "No space left" in error.message
            assert str(settings.output) in error.message
        monkeypatch.undo()
        now = _hashes(settings.output)
        assert now.keys() == old.keys()
        assert all(now[name] in (old[name], new[name]) for name in old)
        if not full.refused:
            break
    assert failed >= len(old)
    assert _hashes(settings.output) == new


def test_a_batch_on_a_full_disk_can_be_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each resumed run gets one write further; the last one ends with the bytes of an undisturbed run."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name in "abc":
        (folder / f"{name}.csv").write_text("place,country,date\nSirte,LY,2017-09-22\n")
        (folder / f"{name}.txt").write_text(STRIKE)
    monkeypatch.setattr("mapper.batch_plan.SHARD_ITEMS", 1)
    settings = Settings(output=tmp_path / "out", offline=True, formats=("jsonl",))
    pipeline.write(pipeline.run([str(folder)], settings), replace(settings, output=tmp_path / "undisturbed"))
    failed = 0
    for n in range(40):
        full = _FullDisk(n)
        monkeypatch.setattr(os, "fsync", full)
        try:
            result = batch.run([str(folder)], settings, engine="serial", resume=True)
            pipeline.write(result, settings)
        except OutputError:
            failed += 1
        monkeypatch.setattr(os, "fsync", full._real)
        if not full.refused:
            break
    assert failed >= 2
    assert _hashes(settings.output) == _hashes(tmp_path / "undisturbed")


def test_a_quota_is_a_sentence_and_exit_3(tmp_path: Path) -> None:
    done = _limited(
        resource.RLIMIT_FSIZE, 2000, "map", "samples", "-o", tmp_path / "out", "--offline", "--formats", "geojson"
    )
    assert done.returncode == 3
    assert "Cannot write" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "out").iterdir())


def test_no_handle_for_the_output_is_a_sentence_and_exit_3() -> None:
    done = _limited(resource.RLIMIT_NOFILE, 64, "map", "samples", "-o", "/dev/full", "--offline")
    assert done.returncode == 3
    assert "Cannot write" in done.stderr
    assert "Traceback" not in done.stderr


def test_huge_inputs_are_refused_before_they_are_read(tmp_path: Path) -> None:
    """A text of 3 GB and a line of 60 MB under a limit of memory that could not hold the first of them."""
    with (tmp_path / "huge.txt").open("wb") as file:
        file.truncate(3 << 30)
    (tmp_path / "good.txt").write_text(STRIKE)
    with (tmp_path / "line.jsonl").open("w") as lines:
        lines.write(json.dumps({"doc_id": "a", "text": STRIKE}) + "\n" + "x" * 60_000_000 + "\n")
    more = ("--formats", "jsonl", "--engine", "serial")
    done = _limited(resource.RLIMIT_AS, 2 << 30, "map", tmp_path, "-o", tmp_path / "out", "--offline", *more)
    assert done.returncode == 1, done.stderr
    rows = [json.loads(line) for line in (tmp_path / "out/failures.jsonl").read_text().splitlines()]
    assert sorted(Path(r["source"]).name for r in rows) == ["huge.txt", "line.jsonl"]
    assert "Read 2 reports" in done.stdout


REPEATS = [
    "north ", "1 ", "1,", "km ", "of ", "between Sirte and ", "10 km north of ", "Sirte ", "شمال ", "على بعد 5 كم ",
    "مدينة ", "à 10 km de ", "killed ", "5 people killed, ", "(", '"', "3 May 2016 ", "Al-", "a.b.", "31.5N, 16.5E ",
    " \n", "١", "US-", "north-", "Tripoli, ", "\u0301", "ـ", "و", "d'", "N 31° ",
]  # fmt: skip
SLOW = """
import json, resource, sys
from mapper import pipeline
from mapper.gazetteer import Gazetteer
from mapper.model import Report
from mapper.settings import Settings
gazetteer, settings = Gazetteer.open(), Settings(offline=True)
pipeline.of_report(Report("warm", "An air strike hit Sirte."), gazetteer, settings, None)
for unit in json.loads(sys.argv[1]):
    print(ascii(unit), flush=True)
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + 16), -1))
    pipeline.of_report(Report("x", (unit * 8000)[:8000]), gazetteer, settings, None)
print("done")
"""


def test_no_repeated_word_makes_a_pattern_explode() -> None:
    """8,000 letters of any of these take a second or so; the system ends the process at 15."""
    done = _child(SLOW, json.dumps(REPEATS))
    assert done.stdout.endswith("done\n"), f"{done.stdout[-40:]}: {done.stderr[-300:]} (exit {done.returncode})"


@given(st.text(max_size=30))
def test_no_cell_runs_in_a_spreadsheet(text: str) -> None:
    for value in (text, [text, text]):
        assert not str(tables._cell(value)).startswith(("=", "+", "-", "@", "\t", "\r", "\0"))


def test_hostile_properties_and_ids_stay_text(tmp_path: Path) -> None:
    """Keys that mean something to a browser, ten thousand of them, nested values, huge numbers, paths for names."""
    odd = {"__proto__": {"x": 1}, "constructor": "x", "hasOwnProperty": None, "big": 1e308, "deep": [[[[1]]]]}
    odd |= {f"k{n}": n for n in range(10_000)}
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [16.6, 31.2]},
            "properties": odd | {"id": "../../../etc/passwd", "event_date": "2017-09-22", "place": "../../x"},
        }
    ]
    (tmp_path / "f.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    row = {"doc_id": "../../../../evil", "title": "/etc/passwd\0", "text": STRIKE, "url": "javascript:alert(1)"}
    (tmp_path / "r.jsonl").write_text(json.dumps(row))
    (tmp_path / ("n" * 240 + ".txt")).write_text(STRIKE)
    out = tmp_path / "deep" / "out"
    settings = Settings(output=out, offline=True, formats=("geojson", "csv", "kml", "jsonl"))
    before = {p for p in tmp_path.rglob("*") if p.is_file()}
    pipeline.write(pipeline.run([str(tmp_path)], settings), settings)
    assert {p.parent for p in tmp_path.rglob("*") if p.is_file() and p not in before} == {out}

    def refuse(word: str) -> None:
        raise AssertionError(word)

    collection = json.loads((out / "events.geojson").read_text(encoding="utf-8"), parse_constant=refuse)
    assert len(collection["features"]) >= 1
    for feature in collection["features"]:
        assert str(feature["properties"]["url"] or "http").startswith("http")
    list(csv.reader(io.StringIO((out / "events.csv").read_text(encoding="utf-8-sig"))))


def test_an_archive_writes_nothing_outside(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.kmz", "w") as archive:
        archive.writestr("../../evil.txt", "x")
        archive.writestr(f"{tmp_path.parent}/evil.kml", "<kml xmlns='http://www.opengis.net/kml/2.2'></kml>")
    before = {p for p in tmp_path.parent.rglob("*") if p.is_file()}
    result = pipeline.run([str(tmp_path / "a.kmz")], Settings(offline=True))
    assert not result.events
    assert {p for p in tmp_path.parent.rglob("*") if p.is_file()} == before


def test_a_changed_byte_of_the_gazetteer_is_found_wherever_it_lies(tmp_path: Path) -> None:
    source = Gazetteer.open()._folder / "places.bin"
    copy = tmp_path / "places.bin"
    copy.write_bytes(source.read_bytes())
    size = copy.stat().st_size
    with copy.open("r+b") as file:
        for number in range(50):
            at = (number * 7_919_993 + number) % size
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ 0x55]))
            file.flush()
            with pytest.raises(GazetteerError):
                Gazetteer.open(tmp_path).verify()
            file.seek(at)
            file.write(bytes([byte]))
            file.flush()
    Gazetteer.open(tmp_path).verify()


@pytest.mark.parametrize(
    "around",
    [
        {"TZ": "Pacific/Kiritimati", "LC_ALL": "ar_EG.UTF-8", "PYTHONHASHSEED": "1"},
        {"TZ": "America/Los_Angeles", "LC_ALL": "C", "PYTHONHASHSEED": "77", "PYTHONUTF8": "0"},
    ],
)
def test_locale_time_zone_and_hash_seed_change_nothing(tmp_path: Path, around: dict[str, str]) -> None:
    settings = Settings(output=tmp_path / "here", offline=True, formats=("jsonl", "csv", "html"))
    pipeline.write(pipeline.run([str(ROOT / "samples")], settings), settings)
    code = "import sys; from mapper.cli import main; sys.exit(main(sys.argv[1:]))"
    arguments = ("map", ROOT / "samples", "-o", tmp_path / "there", "--offline", "--formats", "jsonl,csv,html")
    done = _child(code, *arguments, **around)
    assert done.returncode == 0, done.stderr
    assert _hashes(tmp_path / "there") == _hashes(tmp_path / "here")


def test_a_name_cannot_forge_a_line_or_colour_the_terminal(tmp_path: Path) -> None:
    name = "a\nmapper: read: all is well\x1b[31m\u202e.txt"
    (tmp_path / name).write_bytes(b"\0binary")
    done = _child(
        "import sys; from mapper.cli import main; sys.exit(main(sys.argv[1:]))",
        "map", tmp_path, "-o", tmp_path / "out", "--offline", "--formats", "jsonl",
    )  # fmt: skip
    assert done.returncode == 1
    told = [line for line in done.stderr.splitlines() if line.startswith("mapper:")]
    assert len(told) == 1
    assert "\x1b" not in done.stderr
    assert "\u202e" not in done.stderr
    rows = (tmp_path / "out/failures.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 1
    assert json.loads(rows[0])["source"].endswith(name)


@given(st.binary(max_size=300))
def test_claims_are_the_text_of_their_report_whatever_the_bytes(data: bytes) -> None:
    from mapper.readers import jsonl, text
    from mapper.readers.content import Content

    line = json.dumps({"doc_id": "x", "text": STRIKE + data.decode("latin-1")}).encode()
    contents = [jsonl.read(Path("a.jsonl"), line, Settings())]
    with contextlib.suppress(InputError):
        contents.append(text.read(Path("a.txt"), STRIKE.encode() + data, Settings()))
    gazetteer = _gazetteer()
    for report in Content.joined(contents).reports:
        resolved, events, failures = pipeline.of_report(report, gazetteer, Settings(offline=True), None)
        assert not failures
        for place in resolved:
            mention = place.mention
            assert report.text[mention.start : mention.end] == mention.surface
        for claim in (c for e in events for c in e.claims):
            assert report.text[claim.start : claim.end] == claim.sentence


_OPEN: list[Gazetteer] = []


def _gazetteer() -> Gazetteer:
    """Opened once: hypothesis calls a test many times, and fixtures of a session do not go with it."""
    if not _OPEN:
        _OPEN.append(Gazetteer.open())
    return _OPEN[0]


def test_leftovers_of_a_killed_write_are_removed_by_the_next_run(tmp_path: Path) -> None:
    (tmp_path / ".map.html.abc.part").write_text("half")
    with files.lock(tmp_path):
        assert [p.name for p in tmp_path.iterdir()] == [".mapper.lock"]
    assert not list(tmp_path.iterdir())


def test_every_fault_of_the_table_names_a_test_that_exists() -> None:
    import ast
    import re

    table = (ROOT / "docs/faults.md").read_text(encoding="utf-8")
    rows = [line for line in table.splitlines() if re.match(r"\| \d+ \|", line)]
    assert [int(row.split("|")[1]) for row in rows] == list(range(1, 26))
    for row in rows:
        named = re.findall(r"`(test_\w+)\.(test_\w+)`", row)
        assert named, row
        for module, function in named:
            tree = ast.parse((ROOT / f"tests/{module}.py").read_text(encoding="utf-8"))
            functions = {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}
            assert function in functions, f"{module}.{function} of row {row[:6]}"

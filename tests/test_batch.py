"""A batch: the same bytes as one process, however many workers, interruptions and crashes."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import many
import pytest

from mapper import batch, batch_plan, pipeline
from mapper.batch_parts import FOLDER, path_of, summary_of
from mapper.errors import SettingsError
from mapper.model import Event, Failure, Report, Resolved
from mapper.records import Encoder, decode
from mapper.settings import Settings

ROOT = Path(__file__).parent.parent
FORMATS = ("geojson", "csv", "jsonl")


def _settings(output: Path) -> Settings:
    return Settings(output=output, offline=True, formats=FORMATS)


def _hashes(output: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in output.iterdir() if p.is_file()}


def _map(*arguments: object, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "mapper", "map", *map(str, arguments), "--offline", "--formats", ",".join(FORMATS)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
        start_new_session=True,
        # A test run in the background passes on that interrupts are ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports in JSON Lines with bad lines among them, texts, a page, a table: 67 items in 4 shards."""
    folder = tmp_path_factory.mktemp("inputs")
    many.write(folder / "b.jsonl", 60)
    with (folder / "b.jsonl").open("a", encoding="utf-8") as file:
        file.write("not json\n\n" + json.dumps({"doc_id": "x"}) + "\n")
    (folder / "a.txt").write_text("An air strike hit Sirte on 22 September 2017, killing three people.")
    (folder / "c.html").write_text("<p>A car bomb exploded in Mosul on 3 May 2016, killing four policemen.</p>")
    (folder / "d.bin.txt").write_bytes(b"\0\1binary")
    (folder / "e.csv").write_bytes((ROOT / "samples/events.csv").read_bytes())
    return folder


@pytest.fixture(scope="module")
def undisturbed(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The hashes of a run in one process, all in memory."""
    settings = _settings(tmp_path_factory.mktemp("undisturbed"))
    pipeline.write(pipeline.run([str(inputs)], settings), settings)
    assert len((settings.output / "failures.jsonl").read_text().splitlines()) == 3
    return _hashes(settings.output)


@pytest.mark.parametrize(("engine", "workers"), [("serial", 1), ("processes", 1), ("processes", 3)])
def test_same_bytes_as_one_process(
    inputs: Path, undisturbed: dict[str, str], tmp_path: Path, engine: str, workers: int
) -> None:
    settings = _settings(tmp_path)
    seen: list[tuple[int, int, int]] = []
    result = batch.run([str(inputs)], settings, engine=engine, workers=workers, progress=lambda *now: seen.append(now))
    pipeline.write(result, settings)
    assert seen[-1][0] == seen[-1][1] == 67
    assert seen[-1][2] == 3
    batch.clear(settings)
    assert _hashes(tmp_path) == undisturbed


def test_dask_gives_the_same_bytes_though_a_worker_is_killed(
    inputs: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    distributed = pytest.importorskip("distributed", reason="needs pip install 'mapper[dask]'")
    settings = _settings(tmp_path)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        first = sorted(w.pid for w in cluster.workers.values() if w.pid)
        killed: list[int] = []

        def kill(*_: object) -> None:
            if not killed:
                killed.append(next(w.pid for w in cluster.workers.values() if w.pid))
                os.kill(killed[0], signal.SIGKILL)

        result = batch.run([str(inputs)], settings, engine="dask", scheduler=cluster.scheduler_address, progress=kill)
        assert killed[0] in first
        pipeline.write(result, settings)
    batch.clear(settings)
    assert _hashes(tmp_path) == undisturbed


def test_kills_at_any_moment_lose_and_double_nothing(inputs: Path, undisturbed: dict[str, str], tmp_path: Path) -> None:
    """The whole process group is killed at random moments, the run resumed each time; then it may finish."""
    chance = random.Random(7)
    finished = kills = 0
    for attempt in range(3):
        run = _map(inputs, "-o", tmp_path, "--workers", 2, "--resume")
        deadline = time.monotonic() + 60
        parts = tmp_path / FOLDER / "parts"
        want = attempt  # so many finished shards before the kill: a kill before the start would prove nothing
        while run.poll() is None and time.monotonic() < deadline:
            if len(list(parts.glob("*.jsonl"))) >= want:
                time.sleep(chance.random() * 0.3)
                break
            time.sleep(0.02)
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
            kills += 1
        run.communicate()
        left = [p.name for p in tmp_path.iterdir() if p.is_file() and not p.name.startswith(".")]
        if run.returncode == 1:
            finished += 1
            break
        assert all(_hashes(tmp_path)[name] == undisturbed[name] for name in left)
    assert kills >= 2
    if not finished:
        done = _map(inputs, "-o", tmp_path, "--workers", 2, "--resume")
        _, told = done.communicate()
        assert done.returncode == 1, told
    assert _hashes(tmp_path) == undisturbed
    assert not (tmp_path / FOLDER).exists()


@pytest.mark.parametrize("what", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_ends_with_130_and_keeps_the_journal(tmp_path: Path, what: signal.Signals) -> None:
    reports = many.write(tmp_path / "r.jsonl", 3000)
    run = _map(reports, "-o", tmp_path / "out", "--workers", 1)
    while not (tmp_path / "out" / FOLDER / "plan.json").exists() and run.poll() is None:
        time.sleep(0.02)
    time.sleep(0.3)
    run.send_signal(what)
    _, told = run.communicate(timeout=60)
    assert run.returncode == 130, told
    assert "Traceback" not in told
    assert [p.name for p in (tmp_path / "out").iterdir()] == [FOLDER]


def test_a_damaged_part_is_done_again(inputs: Path, undisturbed: dict[str, str], tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    batch.run([str(inputs)], settings, engine="serial")
    part = path_of(tmp_path / FOLDER, 1, asked=False)
    content = bytearray(part.read_bytes())
    for damage in (bytes(content[:-9]), bytes(content[:50] + b"X" + content[51:]), b""):
        part.write_bytes(damage)
        assert summary_of(part) is None
    pipeline.write(batch.run([str(inputs)], settings, engine="serial", resume=True), settings)
    assert part.read_bytes() == content
    batch.clear(settings)
    assert _hashes(tmp_path) == undisturbed


def test_resume_refuses_other_inputs_and_settings(inputs: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    many.write(tmp_path / "in/r.jsonl", 3)
    settings = _settings(tmp_path / "out")
    batch.run([str(tmp_path / "in")], settings, engine="serial")
    batch.run([str(tmp_path / "in")], settings, engine="serial", resume=True)
    with pytest.raises(SettingsError, match="without --resume"):
        batch.run([str(tmp_path / "in")], replace(settings, dial=0.9), engine="serial", resume=True)
    many.write(tmp_path / "in/r.jsonl", 4)
    with pytest.raises(SettingsError, match="without --resume"):
        batch.run([str(tmp_path / "in")], settings, engine="serial", resume=True)
    assert len(batch.run([str(tmp_path / "in")], settings, engine="serial").reports) == 4


POISON = """
import os, time
from mapper.readers.content import Content
from mapper.readers.text import read as read_text

def read(path, data, settings):
    if b"crash" in data:
        os._exit(9)
    if b"hang" in data:
        time.sleep(600)
    return read_text(path, data, settings) if b"bomb" in data else Content()
"""


@pytest.mark.parametrize(("fault", "deadline"), [("crash", "60"), ("hang", "2")])
def test_what_crashes_or_hangs_a_worker_is_left_out_and_told(tmp_path: Path, fault: str, deadline: str) -> None:
    """A reader of another package that ends the interpreter: all other reports are done, the guilty one is named."""
    plugin, folder, out = tmp_path / "plugin", tmp_path / "in", tmp_path / "out"
    info = plugin / "poison-1.dist-info"
    info.mkdir(parents=True)
    folder.mkdir()
    (plugin / "poison.py").write_text(POISON)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: poison\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[mapper.readers]\n.poison = poison:read\n")
    # The short deadline goes with empty files: the first report of a process loads what all share.
    others = "A car bomb exploded in Mosul on 3 May 2016, killing four people." if fault == "crash" else "-"
    for number in range(6):
        (folder / f"{number}.poison").write_text(fault if number == 2 else others)
    path = f"{plugin}{os.pathsep}{ROOT}"
    run = _map(folder, "-o", out, "--workers", 2, PYTHONPATH=path, MAPPER_REPORT_DEADLINE_S=deadline)
    said, told = run.communicate(timeout=120)
    assert run.returncode == 1, told
    assert f"Read {5 if fault == 'crash' else 0} reports" in said
    rows = [json.loads(line) for line in (out / "failures.jsonl").read_text().splitlines()]
    assert [Path(r["source"]).name for r in rows] == ["2.poison"]
    assert "twice" in rows[0]["error"]


def test_the_output_may_lie_inside_the_inputs_and_formats_are_checked_first(tmp_path: Path) -> None:
    many.write(tmp_path / "r.jsonl", 3)
    settings = replace(_settings(tmp_path / "out"), formats=("kml",))
    for resume in (False, True):
        assert len(batch.run([str(tmp_path)], settings, engine="serial", resume=resume).reports) == 3
    with pytest.raises(SettingsError, match="no format shapefile"):
        batch.run([str(tmp_path)], replace(settings, formats=("shapefile",)), engine="serial")


def test_shards_hold_every_item_once(inputs: Path, tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    first = batch_plan.plan([str(inputs)], settings)
    assert first == batch_plan.plan([str(inputs)], settings)
    assert [s.number for s in first.shards] == list(range(len(first.shards)))
    data = (inputs / "b.jsonl").read_bytes()
    of_lines = [s for s in first.shards if s.of_lines]
    assert b"".join(data[s.start : s.end] for s in of_lines) == data
    assert sum(s.items for s in of_lines) == data.count(b"\n")
    assert [s.first for s in of_lines] == [1, 51]
    whole = [f for s in first.shards if not s.of_lines for f in s.files]
    assert len(whole) == len(set(whole)) == 4


def test_a_line_above_the_limit_is_told_and_never_read_whole(tmp_path: Path) -> None:
    lines = [json.dumps({"doc_id": n, "text": f"Shells fell on Idlib, report {n}."}) for n in range(5)]
    lines[2] = json.dumps({"doc_id": 2, "text": "x" * 5000})
    (tmp_path / "r.jsonl").write_text("\n".join(lines))
    settings = replace(_settings(tmp_path / "out"), max_report_bytes=1000)
    result = batch.run([str(tmp_path / "r.jsonl")], settings, engine="serial")
    assert [r.id for r in result.reports] == ["0", "1", "3", "4"]
    assert [(f.line, f.stage) for f in result.failures] == [(3, "read")]
    assert "1,000 bytes" in result.failures[0].error
    assert pipeline.run([str(tmp_path / "r.jsonl")], settings).failures == result.failures


def test_records_come_back_as_they_were(inputs: Path, tmp_path: Path) -> None:
    result = pipeline.run(["samples"], _settings(tmp_path))
    encode = Encoder()
    rows: list[tuple[type, object]] = [(Event, e) for e in result.events]
    rows += [(Resolved, r) for _, r in result.places]
    rows += [(Report, r) for r in result.reports]
    rows.append((Failure, Failure("read", "a\ud800\n", "سرت", line=3)))
    for kind, record in rows:
        text = json.dumps(encode(record))
        assert decode(kind, json.loads(text), encode.shapes) == record
    with pytest.raises(TypeError):
        encode(object())


def test_two_runs_on_one_folder(inputs: Path, tmp_path: Path) -> None:
    # Enough that the first is still at work when the second has started, however busy the machine is.
    long = many.write(tmp_path.with_name(f"{tmp_path.name}.jsonl"), 5000)
    first = _map(long, "-o", tmp_path, "--workers", 1)
    while not (tmp_path / FOLDER / "plan.json").exists() and first.poll() is None:
        time.sleep(0.02)
    second = _map(inputs, "-o", tmp_path)
    _, told = second.communicate(timeout=60)
    assert second.returncode == 3
    assert f"Another run writes to {tmp_path} (process {first.pid} since" in told
    first.kill()
    first.communicate()
    third = _map(ROOT / "samples", "-o", tmp_path)
    third.communicate(timeout=60)
    assert third.returncode == 0
    assert not (tmp_path / ".mapper.lock").exists()

"""Throughput, efficiency and memory of batches: ``python benchmarks/batch.py [--reports 20000] [--workers 1 2] [--people 50000]``.

Generated short reports (two sentences, in tests/many.py) go through each number of workers; memory is the resident
set of parent and workers, sampled each second while shards are worked on. Absolute times are of this machine; what
compares is the ratio between one worker and two, and the slope of the memory. Where others use the machine too, the
ratio of the processors' time is the fairer one: what more workers cost in work, whoever else waits for a core.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
import many

from mapper.gazetteer import Gazetteer

PAGE = resource.getpagesize()


def resident(group: int) -> tuple[float, float]:
    """(parent, the largest worker) of a process group, in MB that are not shared with a file."""
    sizes = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
            if int(fields[2]) == group:
                resident, shared = map(int, (stat.parent / "statm").read_text().split()[1:3])
                sizes[int(stat.parent.name)] = (resident - shared) * PAGE / 1e6
        except (OSError, IndexError, ValueError):
            continue
    return sizes.pop(group, 0.0), max(sizes.values(), default=0.0)


def slope(rows: list[tuple[float, float]]) -> float:
    """MB a minute by least squares over the second half of the samples."""
    rows = rows[len(rows) // 2 :]
    mean_t, mean_m = (sum(r[i] for r in rows) / max(1, len(rows)) for i in (0, 1))
    below = sum((t - mean_t) ** 2 for t, _ in rows)
    return 60 * sum((t - mean_t) * (m - mean_m) for t, m in rows) / below if below else 0.0


def measure(reports: Path, workers: int, folder: Path) -> tuple[float, list[tuple[float, float, float]], float, float]:
    """(seconds of a shard, memory over time, seconds in all, those of processors) of one run without a map."""
    out = folder / f"out{workers}"
    command = [sys.executable, "-m", "mapper", "map", str(reports), "-o", str(out), "--offline"]
    begin = time.monotonic()
    run = subprocess.Popen(
        [*command, "--formats", "jsonl", "--workers", str(workers)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    samples: list[tuple[float, float, float]] = []
    first = last = 0.0
    count = before = 0
    while True:
        ended, status, used = os.wait4(run.pid, os.WNOHANG)
        if ended:
            break
        time.sleep(1)
        now = time.monotonic() - begin
        done = len(list((out / ".batch/parts").glob("*.jsonl"))) if (out / ".batch/parts").exists() else 0
        if done > count:
            first, before = (now, done) if not first else (first, before)
            last, count = now, done
        if done == count and done and now - last < 3:
            samples.append((now, *resident(run.pid)))
    assert os.waitstatus_to_exitcode(status) == 0
    run.returncode = 0
    total = time.monotonic() - begin
    # From the first part seen to the last: without the start of Python, and without the merge.
    shards = (last - first) / max(1, count - before)
    return shards, [s for s in samples if s[0] <= last], total, used.ru_utime + used.ru_stime


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--reports", type=int, default=20_000)
    options.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    options.add_argument("--people", type=int, help="reports from all towns of so many people, not from twenty towns")
    given = options.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the start; {given.reports:,} reports")
    speeds, works = {}, {}
    with tempfile.TemporaryDirectory() as place:
        towns = many.TOWNS
        if given.people:
            large = Gazetteer.open(None).large_places(given.people)
            towns = sorted({p.name for p in large if p.feature_class == "P"})
        print(f"{len(towns):,} towns")
        reports = many.write(Path(place) / "r.jsonl", given.reports, towns=towns)
        for workers in given.workers:
            load = os.getloadavg()[0]
            of_shard, samples, total, work = measure(reports, workers, Path(place))
            speed = 50 / of_shard
            speeds[workers], works[workers] = speed, work
            parent = [(t, p) for t, p, _ in samples]
            worker = [(t, w) for t, _, w in samples]
            print(
                f"{workers} workers: {speed:.0f} reports/s, {speed / workers:.0f} a worker; {total:.0f} s with start and merge;"
                f" {1000 * work / given.reports:.2f} ms of a core a report; load {load:.1f} to {os.getloadavg()[0]:.1f}"
            )
            for name, rows in (("parent", parent), ("largest worker", worker)):
                tenth = max(1, len(rows) // 10)
                series = " ".join(f"{m:.0f}" for _, m in rows[::tenth])
                print(f"  {name}: {series} MB over time; slope of the second half {slope(rows):+.1f} MB a minute")
    if {1, 2} <= speeds.keys():
        print(
            f"efficiency from one worker to two: {speeds[2] / (2 * speeds[1]):.2f} by the clock,"
            f" {works[1] / works[2]:.2f} by the work of processors"
        )


if __name__ == "__main__":
    main()

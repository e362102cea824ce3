"""A batch killed at random moments and resumed each time: does it end with the bytes of an undisturbed run?

``python benchmarks/kills.py [--reports 2000] [--kills 30] [--workers 2]``. Each round is one batch that is killed
(SIGKILL to all of its processes) and resumed until it has finished; rounds go on until there were enough kills.
With ``--dask`` a cluster of two processes does the batch, and each time a quarter of it is done one of them is killed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
import many

FORMATS = "geojson,csv,jsonl"


def hashes(folder: Path) -> dict[str, str]:
    """Each file below ``folder`` and its checksum, what is left of a run included."""
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def start(reports: Path, out: Path, *more: str) -> subprocess.Popen[bytes]:
    """``mapper map`` in a process group of its own."""
    command = [sys.executable, "-m", "mapper", "map", str(reports), "-o", str(out), "--offline", "--formats", FORMATS]
    return subprocess.Popen(
        [*command, *more], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


def dask(reports: Path, out: Path) -> int:
    """The batch on a Dask cluster that loses a worker again and again; returns how many it lost."""
    import distributed

    from mapper import batch, pipeline
    from mapper.settings import Settings

    settings = Settings(output=out, offline=True, formats=tuple(FORMATS.split(",")))
    killed: list[int] = []
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as cluster:

        def kill(done: int, of: int, _: int) -> None:
            alive = [w.pid for w in cluster.workers.values() if w.pid and w.pid not in killed]
            if alive and done >= of * (len(killed) + 1) / 4:
                killed.append(alive[len(killed) % len(alive)])
                os.kill(killed[-1], signal.SIGKILL)

        result = batch.run([str(reports)], settings, engine="dask", scheduler=cluster.scheduler_address, progress=kill)
        pipeline.write(result, settings)
    batch.clear(settings)
    return len(killed)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--reports", type=int, default=2000)
    options.add_argument("--kills", type=int, default=30)
    options.add_argument("--workers", default="2")
    options.add_argument("--longest", type=float, default=15.0, help="seconds before a kill, at most")
    options.add_argument("--dask", action="store_true")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        reports = many.write(folder / "r.jsonl", given.reports)
        begin = time.monotonic()
        assert start(reports, folder / "undisturbed", "--workers", given.workers).wait() == 0
        undisturbed = hashes(folder / "undisturbed")
        print(f"undisturbed: {given.reports} reports in {time.monotonic() - begin:.0f} s", flush=True)
        if given.dask:
            lost = dask(reports, folder / "dask")
            same = {k: v for k, v in hashes(folder / "dask").items() if not k.startswith(".")} == {
                k: v for k, v in undisturbed.items() if not k.startswith(".")
            }
            print(f"dask: {lost} workers killed in mid-run, same bytes: {same}")
            assert same
            return
        kills = rounds = 0
        moments: dict[str, int] = {}
        while kills < given.kills:
            rounds += 1
            out = folder / f"round{rounds}"
            while True:
                run = start(reports, out, "--workers", given.workers, "--resume")
                try:
                    run.wait(timeout=chance.uniform(0.5, given.longest) if kills < given.kills else None)
                except subprocess.TimeoutExpired:
                    os.killpg(run.pid, signal.SIGKILL)
                    run.wait()
                    kills += 1
                    parts = len(list((out / ".batch/parts").glob("*.jsonl")))
                    written = bool(list(out.glob("events*")))
                    moment = "while writing" if written else "before the first part" if not parts else "amid shards"
                    moments[moment] = moments.get(moment, 0) + 1
                    continue
                assert run.returncode == 0, run.returncode
                break
            same = hashes(out) == undisturbed
            lines = sum(1 for _ in (out / "events.jsonl").open())
            print(f"round {rounds}: {kills} kills so far, {lines} events, same bytes: {same}", flush=True)
            assert same
    print(f"{kills} kills in {rounds} rounds ({moments}): every round ended with the same bytes")


if __name__ == "__main__":
    main()

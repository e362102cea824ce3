"""``mapper evaluate``: the scores on annotated texts."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mapper.settings import Settings


def add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, common: argparse.ArgumentParser
) -> None:
    """The command's arguments."""
    parser = commands.add_parser(
        name, parents=[common], help="scores on annotated texts, for those who change something"
    )
    parser.add_argument(
        "corpora", nargs="+", type=Path, metavar="CORPUS", help="JSON Lines with gold (docs/command-line.md)"
    )
    parser.add_argument("--misses", action="store_true", help="list what was missed or wrong")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Carry it out; returns the exit code."""
    from mapper.evaluate import evaluate

    def show(done: int) -> None:
        print(f"\r{done} lines ", end="", file=sys.stderr)

    scores = evaluate(options.corpora, settings, progress=show if sys.stderr.isatty() else None)
    if options.misses:
        print("\n".join(scores.misses))
    print(f"{scores.documents} lines read.")
    print("\n".join(scores.lines()))
    return 0

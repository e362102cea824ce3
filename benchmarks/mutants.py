"""Mutation testing, sampled: how many small wrong changes to the two central modules do the tests notice?

``python benchmarks/mutants.py [--sample 60] [--seed 1] [--files mapper/relative.py mapper/resolve.py]``. Each mutant is
one change of one operator, constant or condition in a copy of the project; it is killed when a test fails.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
TESTS = [
    "tests/test_relative_edges.py", "tests/test_resolve_rules.py", "tests/test_relative_places.py",
    "tests/test_resolve.py", "tests/test_relative.py",
]  # fmt: skip
SWAPS: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Add: ast.Sub, ast.Sub: ast.Add,
    ast.Mult: ast.Div, ast.Div: ast.Mult, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip


def changes(node: ast.AST) -> list[str]:
    """The names of the changes that can be made at ``node``."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPS:
        return ["swap"]
    if isinstance(node, (ast.BinOp, ast.BoolOp)) and type(node.op) in SWAPS:
        return ["swap"]
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        return ["flip"]
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return ["more"]
    if isinstance(node, (ast.If, ast.IfExp)):
        return ["negate"]
    return []


def change(node: ast.AST, name: str) -> None:
    """Make the change in place."""
    if name == "swap" and isinstance(node, ast.Compare):
        node.ops[0] = SWAPS[type(node.ops[0])]()
    elif name == "swap" and isinstance(node, (ast.BinOp, ast.BoolOp)):
        node.op = SWAPS[type(node.op)]()
    elif name == "flip" and isinstance(node, ast.Constant):
        node.value = not node.value
    elif name == "more" and isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        node.value = node.value + 1 if isinstance(node.value, int) else node.value * 1.5 + 0.1
    elif name == "negate" and isinstance(node, (ast.If, ast.IfExp)):
        node.test = ast.UnaryOp(ast.Not(), node.test)


def places(tree: ast.Module) -> list[tuple[int, str, int]]:
    """(number of the node, change, line) for all code inside functions, annotations left out."""
    skip: set[int] = set()
    for node in ast.walk(tree):
        for field in ("annotation", "returns"):
            part = getattr(node, field, None)
            skip |= {id(n) for n in ast.walk(part)} if isinstance(part, ast.AST) else set()
    inside = {id(n) for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) for n in ast.walk(f)}
    return [
        (number, name, getattr(node, "lineno", 0))
        for number, node in enumerate(ast.walk(tree))
        if id(node) in inside and id(node) not in skip
        for name in changes(node)
    ]


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--sample", type=int, default=60)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--minutes", type=float, default=15)
    options.add_argument("--files", nargs="+", default=["mapper/relative.py", "mapper/resolve.py"])
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name in ("mapper", "tests", "samples"):
            shutil.copytree(ROOT / name, folder / name)
        (folder / "data").symlink_to(ROOT / "data")
        (folder / "docs").symlink_to(ROOT / "docs")
        trees = {name: ast.parse((ROOT / name).read_text(encoding="utf-8")) for name in given.files}
        every = [(name, *place) for name, tree in trees.items() for place in places(tree)]
        chosen = random.Random(given.seed).sample(every, min(given.sample, len(every)))
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *TESTS]
        environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}

        def passes() -> bool:
            try:
                run = subprocess.run(
                    command, cwd=folder, env=environment, capture_output=True, timeout=300, check=False
                )
            except subprocess.TimeoutExpired:
                return False
            return run.returncode == 0

        assert passes(), "the tests must pass before anything is changed"
        begin = time.monotonic()
        tally: dict[str, list[int]] = {name: [0, 0] for name in given.files}
        for name, number, what, line in chosen:
            if time.monotonic() - begin > given.minutes * 60:
                break
            tree = copy.deepcopy(trees[name])
            node = list(ast.walk(tree))[number]
            told = node.test if isinstance(node, (ast.If, ast.IfExp)) else node
            before = ast.unparse(told)
            change(node, what)
            (folder / name).write_text(ast.unparse(tree), encoding="utf-8")
            killed = not passes()
            (folder / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
            tally[name][0] += killed
            tally[name][1] += 1
            print(f"{'killed ' if killed else 'SURVIVED'} {name}:{line} {what} {before}", flush=True)
        for name, (killed, tried) in tally.items():
            print(f"{name}: {killed} of {tried} killed")
        killed, tried = (sum(t[i] for t in tally.values()) for i in (0, 1))
        print(f"mutation score {killed / max(1, tried):.0%} of a sample of {tried} from {len(every)} mutants")


if __name__ == "__main__":
    main()

"""The house rules, read from the imports and the calls themselves."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "mapper"
FILES = sorted(PACKAGE.rglob("*.py"))
# A module may import those of its own floor and of the floors below.
FLOORS = [
    {"errors", "memory", "model", "remembered"},
    {"text", "language", "settings", "files", "properties", "tags", "numbers", "records", "state", "weights", "extras"},
    {
        "gazetteer",
        "relative",
        "time",
        "casualties",
        "actors",
        "taxonomy",
        "layers",
        "readers",
        "exporters",
        "frames",
        "geocoders",
        "sources",
    },
    {
        "recognise",
        "recognisers",
        "resolve",
        "extraction",
        "merge",
        "publication",
        "extractors",
        "appending",
        "corrections",
    },
    {"pipeline"},
    {"api", "batch", "engines", "evaluate"},
    {"cli"},
    {"__main__", ""},
]
# Rooms that a house module is split into live on the floor of that module.
PART_OF = {
    "grammar": "relative",
    "regions": "relative",
    "coordinates": "relative",
    "tagger": "recognise",
    "ranking": "resolve",
    "containment": "resolve",
    "described": "resolve",
    "unlisted": "resolve",
    "capitals": "recognise",
    "localities": "resolve",
    "locations": "resolve",
    "words": "resolve",
    "spelling": "gazetteer",
    "cues": "recognise",
    "patterns": "numbers",
    "story": "extraction",
    "triggers": "extraction",
    "status": "extraction",
    "nearness": "merge",
    "tellings": "merge",
    "evidence": "merge",
    "where": "extraction",
    "when": "extraction",
    "draft": "extraction",
    "grouping": "extraction",
    "tolls": "extraction",
    "joining": "extraction",
    "pointing": "extraction",
}


def _floor(module: str) -> int:
    name = PART_OF.get(module) or PART_OF.get(module.split("_")[0], module)
    for number, floor in enumerate(FLOORS):
        if name in floor or any(f and name.startswith(f + "_") for f in floor):
            return number
    raise AssertionError(f"mapper/{module} stands on no floor: add it to FLOORS or PART_OF")


def _room(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return "" if parts[0] == "__init__" else parts[0]


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "mapper":
            rest = node.module.split(".")[1:]
            found |= {rest[0]} if rest else {a.name for a in node.names if not a.name.startswith("__")}
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("mapper.")}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    own = _floor(_room(path))
    for other in _imports(path):
        assert _floor(other) <= own, f"{path.name} reaches up to {other}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_files_are_short_and_quiet(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") <= 600, f"{path.name} is past what a person reads in one sitting"
    room = _room(path)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if room not in ("files", "sources", "geocoders"):
                assert not called.endswith((".write_text", ".write_bytes")), f"{path.name} writes: {called}"
            if room not in ("geocoders", "extractors"):  # the latter only when the settings name one
                assert not called.startswith(("socket.", "urllib.request", "requests.", "http.client")), called


def test_public_names_are_few() -> None:
    assert (PACKAGE / "__init__.py").read_text(encoding="utf-8").count("\n") <= 60

"""The documents say what the program does: commands, options, formats and examples, compared and run."""

from __future__ import annotations

import argparse
import doctest
import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from mapper import cli
from mapper.exporters import EXPORTERS
from mapper.readers import READERS
from mapper.readers.layout import layouts

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
COMMAND_LINE = (DOCS / "command-line.md").read_text(encoding="utf-8")
FORMATS = (DOCS / "formats.md").read_text(encoding="utf-8")


def _commands() -> dict[str, argparse.ArgumentParser]:
    """Each command with its parser; those of actions ("gazetteer info") by both words."""
    found: dict[str, argparse.ArgumentParser] = {}

    def visit(name: str, parser: argparse.ArgumentParser) -> None:
        inner = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
        for action in inner:
            for key, sub in action.choices.items():
                visit(f"{name} {key}".strip(), sub)
        if not inner:
            found[name] = parser

    visit("", cli._parser())
    return found


def _rows() -> list[tuple[set[str], set[str]]]:
    """(options, commands) of the rows of the table of options."""
    rows = re.findall(r"^\| (`-.+?) \| (.+?) \| .+ \|$", COMMAND_LINE, re.MULTILINE)
    assert rows
    return [(set(re.findall(r"(?<![\w-])--?[a-z][a-z0-9-]*", o)), set(c.split(", "))) for o, c in rows]


def _documented(command: str) -> set[str]:
    first = command.split()[0]
    return {o for options, commands in _rows() if commands & {"all", first, command} for o in options}


@pytest.mark.parametrize("command", sorted(_commands()))
def test_every_option_of_a_command_is_documented_for_it(command: str) -> None:
    assert f"mapper {command}" in COMMAND_LINE
    own = {s for a in _commands()[command]._actions for s in a.option_strings} - {"-h"}
    assert own <= _documented(command) | {"--help"}


def test_every_documented_option_exists() -> None:
    by_command: dict[str, set[str]] = {}
    for name, parser in _commands().items():
        options = {s for a in parser._actions for s in a.option_strings}
        by_command.setdefault(name.split()[0], set()).update(options)
        by_command[name] = options
    everywhere = {s for a in cli._parser()._actions for s in a.option_strings}
    for options, commands in _rows():
        for command in commands - {"all"}:
            assert options <= by_command[command], f"{command}: {options}"
        if commands == {"all"}:
            assert options <= set.union(everywhere, *by_command.values())


def test_every_format_is_documented_and_no_other() -> None:
    rows = re.findall(r"^\| (`[a-z`, ]+) \| `", FORMATS.split("## Exports")[1], re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert named == set(EXPORTERS)
    assert all(re.search(rf"\b{name}\b", COMMAND_LINE) for name in EXPORTERS)


def test_every_ending_and_layout_is_documented_and_no_other() -> None:
    before = FORMATS.split("## Exports")[0]
    rows = re.findall(r"^\| (`\..+?) \|", before, re.MULTILINE)
    assert {e for row in rows for e in re.findall(r"`(\.[a-z.]+)`", row)} == set(READERS)
    keys = set(re.findall(r"^\| `(\w+)` \|", before, re.MULTILINE))
    assert keys == {row["key"] for row in layouts()["layout"]} | {"mapper", "plain"}


def test_the_python_examples_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(doctest, "ELLIPSIS_MARKER", "…")
    result = doctest.testfile(str(DOCS / "python.md"), module_relative=False, encoding="utf-8")
    assert result.attempted > 15
    assert result.failed == 0


def test_the_python_of_the_readme_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})


def test_the_tutorial_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```bash\n(.*?)```", (DOCS / "tutorial.md").read_text(encoding="utf-8"), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line]
    assert len(lines) >= 5
    for line in lines:
        identifier = ""
        if "{id}" in line:
            features = json.loads((tmp_path / "output/events.geojson").read_text(encoding="utf-8"))["features"]
            identifier = features[0]["id"]
        words = shlex.split(line.replace("{id}", identifier))
        assert words[0] == "mapper"
        assert cli.main(words[1:]) == 0, line
    moved = json.loads((tmp_path / "output/events.geojson").read_text(encoding="utf-8"))["features"]
    assert any(f["geometry"] and f["geometry"]["coordinates"] == [18.352, 29.657] for f in moved)
    assert (tmp_path / "output/table/events.acled.csv").exists()


def test_links_between_documents_lead_somewhere() -> None:
    for page in (*DOCS.glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"

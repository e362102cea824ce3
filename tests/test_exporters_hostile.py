"""The page's thirty hostile strings in every other export: text in, text out, and nothing that runs."""

from __future__ import annotations

import re
import sqlite3
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from map_pages import HOSTILE, hostile, needs_browser, opened

from mapper import files
from mapper.exporters import exporters


def _written(name: str, folder: Path) -> dict[str, Path]:
    for file, content in exporters()[name](hostile()).items():
        files.write(folder / file, content)
    return {p.name: p for p in folder.iterdir()}


def _plain(text: str) -> str:
    """The letters and digits: what every format keeps, whatever it does with control characters."""
    return re.sub(r"\W+", "", text)


@pytest.mark.parametrize("name", ["kml", "rss"])
def test_xml_holds_them_as_text(name: str, tmp_path: Path) -> None:
    (path,) = _written(name, tmp_path).values()
    root = ET.fromstring(path.read_bytes())
    said = {_plain(t) for e in root.iter() for t in (e.text or "", *e.attrib.values())}
    assert not {"script", "img", "svg", "b"} & {e.tag.rpartition("}")[2] for e in root.iter()}
    for text in HOSTILE:
        assert any(_plain(text) in s for s in said), repr(text)


def test_geopackage_holds_them_as_text(tmp_path: Path) -> None:
    base = sqlite3.connect(_written("gpkg", tmp_path)["events.gpkg"])
    table = base.execute("select table_name from gpkg_contents order by table_name").fetchall()[0][0]
    found = {row[0] for row in base.execute(f'select sentence from "{table}"')}
    base.close()
    assert {_plain(t) for t in found} >= {_plain(t) for t in HOSTILE}


@pytest.mark.parametrize("name", sorted(exporters()))
def test_every_export_writes_its_files_and_no_other(name: str, tmp_path: Path) -> None:
    try:
        written = _written(name, tmp_path)
    except files.OutputError as error:
        pytest.skip(str(error))
    assert written
    assert all(p.stat().st_size for p in written.values())
    assert not (Path.cwd() / "hit").exists()


@needs_browser
def test_the_summary_runs_nothing(tmp_path: Path) -> None:
    html = _written("summary", tmp_path / "out")["summary.html"].read_text(encoding="utf-8")
    (tmp_path / "tab").mkdir()
    with opened(html.replace("<html", '<html data-ready="yes"', 1), tmp_path / "tab") as tab:
        told = tab.evaluate(
            """() => [...document.querySelectorAll("*")].filter((node) =>
              ["IMG", "IFRAME", "OBJECT", "EMBED", "SCRIPT", "BASE"].includes(node.tagName)
              || node.getAttributeNames().some((name) => name.startsWith("on"))
              || node.tagName === "A" && !/^(https?:|#)/.test(node.getAttribute("href") ?? "#")
            ).map((node) => node.outerHTML.slice(0, 200))"""
        )
        assert told == []

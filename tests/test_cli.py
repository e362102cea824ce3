"""The command line as people use it: whole processes, exit codes, sentences."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).parent.parent


def _mapper(*arguments: object, text: str | None = None, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mapper", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        input=text,
        cwd=cwd,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("samples")
    done = _mapper(
        "map",
        "samples/reports.jsonl",
        "samples/events.csv",
        "-o",
        out,
        "--offline",
        "--formats",
        "html,geojson,csv,jsonl,kml,hxl,geojsonseq",
    )
    assert done.returncode == 0, done.stderr
    assert "failures.jsonl" in done.stdout
    return out


def test_map_writes_every_file(samples: Path) -> None:
    names = {
        "map.html",
        "events.geojson",
        "regions.geojson",
        "events.csv",
        "places.csv",
        "failures.jsonl",
        "events.jsonl",
        "events.kml",
        "events.hxl.csv",
        "events.geojsons",
    }
    assert {p.name for p in samples.iterdir()} == names
    collection = json.loads((samples / "events.geojson").read_text(encoding="utf-8"))
    jsonschema.validate(collection, json.loads((ROOT / "docs/event.schema.json").read_text(encoding="utf-8")))
    assert len(collection["features"]) >= 8


def test_the_strike_stands_in_the_desert_and_is_one_event(samples: Path) -> None:
    """One strike told in Arabic, in English and in a table is one event, 150 miles south-east of Sirte."""
    features = json.loads((samples / "events.geojson").read_text(encoding="utf-8"))["features"]
    strikes = [
        f
        for f in features
        if f["properties"]["sub_event_type"] == "Air/drone strike" and f["properties"]["country"] == "LY"
    ]
    assert len(strikes) == 1
    lon, lat = strikes[0]["geometry"]["coordinates"]
    assert abs(lat - 29.657) < 0.1
    assert abs(lon - 18.352) < 0.1
    assert strikes[0]["properties"]["fatalities"] == 17
    assert {"ar-sirte", "en-sirte"} <= set(strikes[0]["properties"]["report_ids"])
    regions = json.loads((samples / "regions.geojson").read_text(encoding="utf-8"))["features"]
    assert strikes[0]["id"] in {r["id"] for r in regions}


def test_every_claim_is_the_text_of_its_report(samples: Path) -> None:
    texts = {}
    for line in (ROOT / "samples/reports.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        texts[row["doc_id"]] = row["text"]
    for feature in json.loads((samples / "events.geojson").read_text(encoding="utf-8"))["features"]:
        for claim in feature["properties"]["claims"]:
            if claim["report_id"] in texts:
                assert texts[claim["report_id"]][claim["start"] : claim["end"]] == claim["sentence"]


def test_denied_and_planned_are_never_facts(samples: Path) -> None:
    for feature in json.loads((samples / "events.geojson").read_text(encoding="utf-8"))["features"]:
        sentence = feature["properties"]["sentence"]
        if re.search(r"نفى|denied|démenti", sentence):
            assert feature["properties"]["status"] == "denied", sentence
        if "من المقرر" in sentence:
            assert feature["properties"]["status"] == "planned", sentence


def test_same_input_same_bytes(samples: Path, tmp_path: Path) -> None:
    _mapper("map", "samples/reports.jsonl", "samples/events.csv", "-o", tmp_path, "--offline")
    for name in ("map.html", "events.geojson", "events.csv", "places.csv"):
        assert (tmp_path / name).read_bytes() == (samples / name).read_bytes(), name


def test_places_prints_json_lines_with_exact_spans() -> None:
    text = "Shells fell on Khan Shaykhun, 35 km south of Idlib."
    done = _mapper("places", "-", "--offline", text=text)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert all(text[r["start"] : r["end"]] == r["text"] for r in rows)
    assert any(r["text"] == "Khan Shaykhun" and abs(r["lat"] - 35.44) < 0.2 for r in rows)


def test_places_of_given_spans(tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").write_text('{"doc_id": "a", "text": "The convoy left Tripoli for Misrata."}\n')
    (tmp_path / "m.jsonl").write_text('{"doc_id": "a", "start": 16, "end": 23}\n')
    done = _mapper("places", tmp_path / "r.jsonl", "--mentions", tmp_path / "m.jsonl", "--offline", "--country", "LY")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(r["text"], r["country"]) for r in rows] == [("Tripoli", "LY")]


@pytest.mark.parametrize(
    "phrase", ["150 miles southeast of Sirte", "على بعد 150 ميلاً جنوب شرقي سرت", "à 150 miles au sud-est de Syrte"]
)
def test_locate_in_three_languages(phrase: str) -> None:
    line = json.loads(_mapper("locate", phrase, "--offline", "--format", "json").stdout)
    assert abs(line["lat"] - 29.657) < 0.01
    assert abs(line["lon"] - 18.352) < 0.01
    assert line["where_prec"] == 5
    assert line["region"]["type"] == "Polygon"
    assert len(line["chain"]) >= 2


def test_locate_from_file_answers_each_line_in_order(tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text(
        '{"id": 1, "text": "Sirte", "country": "Libya"}\n{"id": 2, "text": "Xqzwv"}\n', encoding="utf-8"
    )
    done = _mapper("locate", "--from", tmp_path / "q.jsonl", "--offline")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [r["id"] for r in rows] == [1, 2]
    assert rows[0]["lat"] is not None
    assert rows[1]["lat"] is None
    assert rows[1]["error"]
    assert done.returncode == 1


def test_locate_from_file_goes_on_behind_a_bad_line_and_names_it(tmp_path: Path) -> None:
    lines = [
        r'{"id": 1, "text": "20 km south of Derna \ud800"}',
        "{no JSON",
        "",
        "[1]",
        '{"id": 4, "text": "Sirte"}',
        '{"id": 5}',
    ]
    (tmp_path / "q.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = _mapper("locate", "--from", tmp_path / "q.jsonl", "--offline")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(r["id"], r["lat"] is None) for r in rows] == [
        (1, False),
        (None, True),
        (None, True),
        (4, False),
        (5, True),
    ]
    assert [r["error"] for r in rows if r["lat"] is None][2] == "no text"
    for line in (2, 4, 6):
        assert done.stderr.count(f"q.jsonl, line {line}: ") == 1
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["map", "missing.txt"], 1, "no such file"),
        (["map", "samples", "--formats", "shapefile"], 2, "Known: html"),
        (["map", "samples", "--gazetteer", "nowhere"], 3, "gazetteer"),
        (["locate"], 2, "--from"),
        (["map", "samples", "--settings", "none.toml"], 2, "none.toml"),
        (["unknown"], 2, "invalid choice"),
    ],
)
def test_bad_calls_have_a_sentence_and_a_code(arguments: list[str], code: int, says: str, tmp_path: Path) -> None:
    more = ["-o", str(tmp_path), "--offline"] if arguments[0] == "map" else []
    done = _mapper(*arguments, *more)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_unwritable_output(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    done = _mapper("map", "samples/reports.jsonl", "-o", tmp_path / "file" / "out", "--offline")
    assert done.returncode == 3
    assert "Cannot write" in done.stderr


def test_a_report_without_places_is_an_empty_valid_map(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Nothing of note was said.")
    done = _mapper("map", tmp_path / "a.txt", "-o", tmp_path / "out", "--offline")
    assert done.returncode == 0
    assert json.loads((tmp_path / "out/events.geojson").read_text())["features"] == []
    assert "<html" in (tmp_path / "out/map.html").read_text(encoding="utf-8").lower()


def test_bad_and_good_inputs_together(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("An air strike hit Sirte on 22 September 2017, killing three people.")
    (tmp_path / "b.txt").write_bytes(b"\0\1\2binary")
    done = _mapper("map", tmp_path, "-o", tmp_path / "out", "--offline", "--formats", "geojson")
    assert done.returncode == 1
    assert "binary" in done.stderr
    assert len(json.loads((tmp_path / "out/events.geojson").read_text())["features"]) == 1
    assert len((tmp_path / "out/failures.jsonl").read_text().splitlines()) == 1


def test_every_command_and_option_is_documented() -> None:
    text = (ROOT / "docs/command-line.md").read_text(encoding="utf-8")
    for command in (
        ["map"],
        ["correct"],
        ["places"],
        ["locate"],
        ["gazetteer", "info"],
        ["gazetteer", "search"],
        ["gazetteer", "add"],
        ["gazetteer", "build"],
        ["evaluate"],
        ["doctor"],
    ):
        assert f"mapper {' '.join(command)}" in text
        for option in re.findall(r"(--[a-z0-9-]+)", _mapper(*command, "--help").stdout):
            assert option in text, f"{option} of {command} is not in docs/command-line.md"


def test_doctor_and_gazetteer() -> None:
    assert "gazetteer: whole" in _mapper("doctor").stdout
    assert "Sirte" in _mapper("gazetteer", "search", "سرت").stdout
    assert json.loads(_mapper("gazetteer", "info").stdout)


def test_places_explains_in_words(tmp_path: Path) -> None:
    text = "A bomb went off in Paris, Texas, on Sunday, wrote the New York Times."
    done = _mapper("places", "-", "--offline", "--explain", text=text)
    lines = {row["text"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert "the text goes on with the name of what holds it" in lines["Paris"]["in_words"]
    assert "Not Paris" in lines["Paris"]["in_words"]
    assert lines["New York Times"]["kind"] == "left out"
    assert lines["New York Times"]["in_words"].startswith("Not taken as a place:")

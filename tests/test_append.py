"""Adding to a map, and putting it right: ids, merges and corrections stand, whatever comes later."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest

from mapper import corrections, pipeline, state
from mapper.cli import main
from mapper.corrections import Correction
from mapper.gazetteer import Gazetteer
from mapper.model import Claim, DateRange, Event, Location, PrecisionClass, Run
from mapper.settings import Settings

ROOT = Path(__file__).parent.parent
FIRST = (
    '{"doc_id": "a", "published": "2017-09-24", "text": "An air strike hit Sirte on Friday, killing three people."}\n'
)
AGAIN = (
    '{"doc_id": "b", "published": "2017-09-25", "text": "An air strike on Sirte on Friday killed three people, medics '
    'said. A car bomb exploded in Ajdabiya on Saturday, wounding four policemen."}\n'
)


def _map(*arguments: object) -> None:
    assert main(["map", *map(str, arguments), "--offline", "--formats", "geojson"]) == 0


def _events(folder: Path) -> dict[str, dict[str, object]]:
    features = json.loads((folder / "events.geojson").read_text(encoding="utf-8"))["features"]
    return {f["id"]: f for f in features}


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    (tmp_path / "a.jsonl").write_text(FIRST)
    (tmp_path / "b.jsonl").write_text(AGAIN)
    _map(tmp_path / "a.jsonl", "-o", tmp_path / "out", "--append")
    return tmp_path


def test_an_added_report_joins_its_event_and_ids_stand(begun: Path) -> None:
    before = _events(begun / "out")
    assert len(before) == 1
    _map(begun / "b.jsonl", "-o", begun / "out", "--append")
    after = _events(begun / "out")
    assert len(after) == 2
    strike = after[next(iter(before))]["properties"]
    assert isinstance(strike, dict)
    assert strike["report_ids"] == ["a", "b"]


def test_what_was_read_is_not_read_again(begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _map(begun / "a.jsonl", begun / "b.jsonl", "-o", begun / "out", "--append")
    first = (begun / "out/events.geojson").read_bytes()
    assert "1 reports or rows were read by an earlier run" in capsys.readouterr().out
    _map(begun / "a.jsonl", begun / "b.jsonl", "-o", begun / "out", "--append")
    assert (begun / "out/events.geojson").read_bytes() == first
    _map("-o", begun / "out", "--append")
    assert (begun / "out/events.geojson").read_bytes() == first


def test_a_map_that_was_not_kept_is_not_written_over(begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _map(begun / "a.jsonl", "-o", begun / "other")
    before = (begun / "other/events.geojson").read_bytes()
    assert main(["map", str(begun / "b.jsonl"), "-o", str(begun / "other"), "--append", "--offline"]) == 1
    assert "made without --append" in capsys.readouterr().err
    assert (begun / "other/events.geojson").read_bytes() == before
    (identifier,) = _events(begun / "other")
    assert main(["correct", identifier, "-o", str(begun / "other"), "--drop"]) == 0
    _map(begun / "a.jsonl", "-o", begun / "other")
    assert not _events(begun / "other")


@pytest.mark.parametrize("workers", [(), ("--workers", "1")])
def test_a_run_from_scratch_replaces_what_was_kept(begun: Path, workers: tuple[str, ...]) -> None:
    _map(begun / "b.jsonl", "-o", begun / "out", *workers)
    fresh = _events(begun / "out")
    _map(begun / "b.jsonl", "-o", begun / "out", "--append")
    assert _events(begun / "out") == fresh
    assert not any("a" in f["properties"]["report_ids"] for f in fresh.values())  # type: ignore[index]


def test_the_folder_of_a_map_is_an_input_whose_events_stand_once(begun: Path) -> None:
    everything = "geojson,csv,jsonl,kml,gpkg"
    assert main(["map", str(begun / "b.jsonl"), "-o", str(begun / "x"), "--offline", "--formats", everything]) == 0
    _map(begun / "out", begun / "x", "-o", begun / "both")
    both = _events(begun / "both")
    assert len(both) == 2
    assert any(f["properties"]["report_ids"] == ["a", "b"] for f in both.values())  # type: ignore[index]


def test_a_known_id_with_another_text_is_another_report(begun: Path) -> None:
    (begun / "a.jsonl").write_text(FIRST.replace("Sirte", "Sabha").replace("three", "nine"))
    _map(begun / "a.jsonl", "-o", begun / "out", "--append")
    assert len(_events(begun / "out")) == 2


def test_corrections_are_obeyed_by_later_runs(begun: Path) -> None:
    (identifier,) = _events(begun / "out")
    folder = str(begun / "out")
    assert main(["correct", identifier[:6], "-o", folder, "--place", "Sabha", "--country", "LY"]) == 0
    _map(begun / "b.jsonl", "-o", folder, "--append")
    moved = _events(begun / "out")[identifier]
    properties = moved["properties"]
    assert isinstance(properties, dict)
    assert (properties["method"], properties["place"], properties["country"]) == ("user", "Sabha", "LY")
    assert properties["report_ids"] == ["a", "b"]
    (bomb,) = set(_events(begun / "out")) - {identifier}
    assert main(["correct", bomb, "-o", folder, "--drop"]) == 0
    _map("-o", folder, "--append")
    assert set(_events(begun / "out")) == {identifier}
    assert main(["correct", bomb, "-o", folder, "--undo"]) == 0
    assert main(["correct", identifier, "-o", folder, "--undo"]) == 0
    assert main(["correct", identifier, "-o", folder, "--merge", bomb]) == 0
    _map("-o", folder, "--append")
    (one,) = _events(begun / "out").values()
    assert isinstance(one["properties"], dict)
    assert len(one["properties"]["claims"]) >= 3


def test_a_run_from_scratch_obeys_too(begun: Path) -> None:
    (identifier,) = _events(begun / "out")
    assert main(["correct", identifier, "-o", str(begun / "out"), "--place", "29.657, 18.352"]) == 0
    _map(begun / "a.jsonl", "-o", begun / "out")
    geometry = _events(begun / "out")[identifier]["geometry"]
    assert geometry == {"type": "Point", "coordinates": [18.352, 29.657]}


@pytest.mark.parametrize("workers", [(), ("--workers", "2")])
@pytest.mark.parametrize("named", [(), ("b",)])
def test_a_join_is_undone_for_every_later_run(
    begun: Path, capsys: pytest.CaptureFixture[str], workers: tuple[str, ...], named: tuple[str, ...]
) -> None:
    inputs, folder = (begun / "a.jsonl", begun / "b.jsonl"), begun / "x"
    _map(*inputs, "-o", folder, *workers)
    before = _events(folder)
    (strike,) = (i for i, f in before.items() if f["properties"]["report_ids"] == ["a", "b"])  # type: ignore[index]
    assert main(["correct", strike, "-o", str(folder), "--apart", *named]) == 0
    for _ in range(2):
        _map(*inputs, "-o", folder, *workers)
        after = _events(folder)
        assert len(after) == len(before) + 1
        assert after[strike]["properties"]["report_ids"] == ["a"]  # type: ignore[index]
    capsys.readouterr()
    assert main(["correct", strike, "-o", str(folder), "--apart"]) == 1
    assert "nothing was joined" in capsys.readouterr().err
    assert main(["correct", strike, "-o", str(folder), "--undo"]) == 0
    _map(*inputs, "-o", folder, *workers)
    assert _events(folder) == before


def test_what_is_set_apart_is_not_joined_by_a_later_append(begun: Path) -> None:
    claim = json.loads((begun / "out/events.geojson").read_text())["features"][0]["properties"]["claims"][0]
    line = {
        "id": "x",
        "action": "apart",
        "others": ["b"],
        "claims": [["a", claim["start"], claim["end"]], ["b", 0, 65]],
    }
    (begun / "out/corrections.jsonl").write_text(json.dumps(line))
    _map(begun / "b.jsonl", "-o", begun / "out", "--append")
    assert sorted(f["properties"]["report_ids"] for f in _events(begun / "out").values()) == [["a"], ["b"], ["b"]]  # type: ignore[index]


def test_what_an_earlier_run_joined_cannot_be_parted_and_is_told(begun: Path) -> None:
    _map(begun / "b.jsonl", "-o", begun / "out", "--append")
    (strike,) = (i for i, f in _events(begun / "out").items() if len(f["properties"]["report_ids"]) == 2)  # type: ignore[index]
    assert main(["correct", strike, "-o", str(begun / "out"), "--apart", "b"]) == 0
    assert main(["map", "-o", str(begun / "out"), "--append", "--offline", "--formats", "geojson"]) == 1
    (row,) = [json.loads(line) for line in (begun / "out/failures.jsonl").read_text().splitlines()]
    assert row["error"] == f"what b tells was joined with {strike} by an earlier run"
    (begun / "new").mkdir()
    (begun / "new/corrections.jsonl").write_bytes((begun / "out/corrections.jsonl").read_bytes())
    _map(begun / "a.jsonl", begun / "b.jsonl", "-o", begun / "new", "--append")
    assert len(_events(begun / "new")) == 3


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["ID", "--apart"], 1, "nothing was joined"),
        (["ID", "--apart", "z"], 1, "z: tells nothing of"),
        (["nothing", "--drop"], 1, "no event 'nothing'"),
        (["ID", "--place", "Xqzwvville"], 1, "is not placed"),
        (["ID", "--merge", "ID"], 2, "same as itself"),
        (["--drop"], 2, "needs the id"),
        (["ID", "--undo"], 1, "No correction"),
    ],
)
def test_bad_corrections_have_a_sentence(
    begun: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, says: str
) -> None:
    (identifier,) = _events(begun / "out")
    given = [identifier if a == "ID" else a for a in arguments]
    assert main(["correct", *given, "-o", str(begun / "out")]) == code
    assert says in capsys.readouterr().err


def test_broken_lines_and_events_that_are_gone_are_failures(begun: Path) -> None:
    gone = Correction("gone", "drop").text()
    (begun / "out/corrections.jsonl").write_text(f'{{"id": "x"}}\n{gone}\n[]\n')
    assert main(["map", "-o", str(begun / "out"), "--append", "--offline", "--formats", "geojson"]) == 1
    rows = [json.loads(line) for line in (begun / "out/failures.jsonl").read_text().splitlines()]
    assert [r["stage"] for r in rows] == ["correct"] * 3
    assert "no event gone" in rows[2]["error"]
    assert all(r["remedy"] for r in rows)


def _event(name: str, claim: Claim) -> Event:
    where = Location(31.2, 16.6, 3000, PrecisionClass.EXACT, "gazetteer", "Sirte", "Sirte", country="LY")
    return Event(name, "Battles", "Armed clash", (claim,), where, DateRange(dt.date(2020, 1, 1), dt.date(2020, 1, 1)))


def test_an_event_with_another_id_is_known_by_its_claims() -> None:
    claim = Claim("r", 0, 5, "Clash")
    run = Run((_event("new", claim), _event("other", replace(claim, start=9, end=14))))
    done = corrections.applied(run, [Correction("old", "drop", (("r", 0, 5),))])
    assert [e.id for e in done.events] == ["other"]
    assert not done.failures


def test_a_saved_run_comes_back_whole(tmp_path: Path, gazetteer: Gazetteer) -> None:
    run = pipeline.run([str(ROOT / "samples")], Settings(offline=True), gazetteer=gazetteer)
    state.save(run, tmp_path)
    back = state.load(tmp_path)
    assert back is not None
    assert back.reports == run.reports
    assert back.places == run.places
    assert back.events == run.events


@pytest.mark.parametrize("lines", [None, '{"mapper": 99}\n', '{"mapper": 1}\n{"event": {"id": 1}}\n'])
def test_a_damaged_state_says_so(tmp_path: Path, lines: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / state.NAME).write_bytes(b"no gzip" if lines is None else gzip.compress(lines.encode()))
    assert main(["map", "-o", str(tmp_path), "--append", "--offline"]) == 1
    assert "without --append" in capsys.readouterr().err

"""The scores: what counts as right, what is judged at all, and errors that name the line."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from mapper.errors import InputError
from mapper.evaluate import Scores, Tally, evaluate
from mapper.gazetteer import Gazetteer
from mapper.settings import Settings

TEXT = "Warplanes bombed a market in Idlib on Friday, killing nine people and injuring twenty."
IDLIB = {"start": TEXT.index("Idlib"), "end": TEXT.index("Idlib") + 5, "lat": 35.93, "lon": 36.63}
STRIKE = {
    "family": "remote",
    "lat": 35.93,
    "lon": 36.63,
    "km": 25,
    "from": "2019-05-03",
    "to": "2019-05-03",
    "killed": 9,
    "injured": [15, 25],
    "status": "happened",
}


def _score(folder: Path, gazetteer: Gazetteer, *rows: Any) -> Scores:
    path = folder / "corpus.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    return evaluate([path], Settings(offline=True), gazetteer=gazetteer)


def test_tally() -> None:
    tally = Tally(right=2, said=4, gold=8)
    assert (tally.precision, tally.recall) == (0.5, 0.25)
    assert tally.f1 == pytest.approx(1 / 3)
    assert (Tally().precision, Tally().recall, Tally().f1) == (0.0, 0.0, 0.0)


def test_mentions(tmp_path: Path, gazetteer: Gazetteer) -> None:
    missed = {"start": 0, "end": 9}  # "Warplanes" is no place: a gold that nothing finds
    scores = _score(tmp_path, gazetteer, {"text": TEXT, "mentions": [IDLIB, missed]})
    assert (scores.recognition.right, scores.recognition.said, scores.recognition.gold) == (1, 1, 2)
    assert (scores.end_to_end.right, scores.given.right, scores.given.gold) == (1, 1, 1)
    elsewhere = {**IDLIB, "lat": 0.0, "lon": 0.0}
    scores = _score(tmp_path, gazetteer, {"text": TEXT, "mentions": [elsewhere]})
    assert (scores.recognition.right, scores.end_to_end.right, scores.given.right) == (1, 0, 0)
    assert any("Idlib" in miss for miss in scores.misses)


def test_events(tmp_path: Path, gazetteer: Gazetteer) -> None:
    scores = _score(tmp_path, gazetteer, {"text": TEXT, "published": "2019-05-04", "events": [STRIKE]})
    assert (scores.events.right, scores.events.said) == (1, 1)
    assert {k: t.right for k, t in scores.arguments.items()} == {"killed": 1, "injured": 1, "status": 1}
    for wrong in ({"lat": 30.0}, {"family": "battle"}, {"from": "2019-05-20", "to": "2019-05-21"}):
        scores = _score(tmp_path, gazetteer, {"text": TEXT, "published": "2019-05-04", "events": [STRIKE | wrong]})
        assert scores.events.right == 0, wrong
    scores = _score(tmp_path, gazetteer, {"text": TEXT, "published": "2019-05-04", "events": [STRIKE | {"killed": 8}]})
    assert (scores.events.right, scores.arguments["killed"].right) == (1, 0)


def test_descriptions(tmp_path: Path, gazetteer: Gazetteer) -> None:
    where = {"text": "150 miles southeast of Sirte", "country": "LY", "lat": 29.657, "lon": 18.352}
    scores = _score(tmp_path, gazetteer, where, where | {"lat": 32.0}, {"text": "qzxwv", "lat": 0, "lon": 0})
    assert (scores.described.gold, scores.described.said, scores.described.right, scores.held) == (3, 2, 1, 1)
    assert min(scores.errors_km) < 1
    assert any(line.startswith("descriptions: answered 0.667 of 3") for line in scores.lines())


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "line 2: not JSON"),
        ("[]", "line 2: not an object"),
        ('{"text": "x"}', "line 2: the gold lacks"),
        ('{"text": "x", "mentions": [{"start": 0}]}', "'end'"),
        ('{"text": "x", "published": "soon", "events": []}', "line 2"),
    ],
)
def test_bad_gold_names_its_line(tmp_path: Path, gazetteer: Gazetteer, line: str, says: str) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_text(json.dumps({"text": TEXT, "mentions": []}) + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"corpus\.jsonl") as caught:
        evaluate([path], Settings(offline=True), gazetteer=gazetteer)
    assert says in str(caught.value)


def test_the_places_of_whole_reports_are_counted(tmp_path: Path, gazetteer: Gazetteer) -> None:
    text = "Shells hit Saraqib at dawn. Nobody was hurt in the bakery. Reinforcements came from Kirkuk."
    gold = [
        {"text": n, "start": text.index(n), "end": text.index(n) + len(n), "lat": lat, "lon": lon}
        for n, lat, lon in (("Saraqib", 35.86, 36.81), ("bakery", 10.0, 10.0))
    ]
    (tmp_path / "one.txt").write_text(text, encoding="utf-8")
    (tmp_path / "one.gold.json").write_text(json.dumps({"places": gold}), encoding="utf-8")
    path = Path(__file__).parent.parent / "benchmarks" / "report_places.py"
    spec = importlib.util.spec_from_file_location("report_places", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["report_places"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    tally = module.measure([tmp_path], gazetteer)["all"]
    assert (tally.gold, tally.found, tally.placed) == (2, 1, 1)
    assert (tally.said, tally.right) == (2, 1)

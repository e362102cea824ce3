"""The fallback against a real HTTP server on loopback that misbehaves in many ways."""

from __future__ import annotations

import contextlib
import gzip
import importlib
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlparse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapper import batch, pipeline
from mapper.errors import GeocoderError, SettingsError
from mapper.geocoders import Cache, Fallback, Limiter, ask
from mapper.geocoders import service as service_module
from mapper.model import Place
from mapper.settings import Settings

fallback_module = importlib.import_module("mapper.geocoders.fallback")
HIT = {
    "lat": "31.2",
    "lon": "16.6",
    "display_name": "Sirte, Libya",
    "osm_type": "node",
    "osm_id": 1,
    "boundingbox": ["31.1", "31.3", "16.5", "16.7"],
    "address": {"country_code": "ly"},
}
BODIES: dict[str, tuple[int, bytes]] = {
    "found": (200, json.dumps([HIT]).encode()),
    "absent": (200, b"[]"),
    "html": (200, b"<html>captive portal</html>"),
    "truncated": (200, b'[{"lat": "31.2"'),
    "null": (200, b"null"),
    "object": (200, b'{"error": "quota"}'),
    "list of text": (200, b'["x"]'),
    "number": (200, b"42"),
    "no position": (200, b'[{"display_name": "Sirte"}]'),
    "no latitude": (200, json.dumps([{k: v for k, v in HIT.items() if k != "lat"}]).encode()),
    "zero": (200, json.dumps([HIT | {"lat": "0", "lon": "0"}]).encode()),
    "latitude out of range": (200, json.dumps([HIT | {"lat": "131.2"}]).encode()),
    "longitude out of range": (200, json.dumps([HIT | {"lon": 999}]).encode()),
    "latitude in words": (200, json.dumps([HIT | {"lat": "abc"}]).encode()),
    "nan": (200, json.dumps([HIT | {"lat": "NaN"}]).encode()),
    "deep": (200, b"[" * 100_000),
    "not text": (200, b"\xff\xfe\x00"),
    "large": (200, b" " * 3_000_000),
    "gzip bomb": (200, gzip.compress(b" " * 50_000_000)),
    "forbidden": (403, b"no"),
    "unauthorised": (401, b"no"),
    "too many": (429, b"slow down"),
    "server error": (500, b"oops"),
    "bad gateway": (502, b""),
    "unavailable": (503, b""),
    "gateway timeout": (504, b""),
    "not found page": (404, b"<html>"),
    "redirect": (302, b""),
    "empty": (200, b""),
}
# Those that may pass: asked again.
PASSING = {"too many", "server error", "bad gateway", "unavailable", "gateway timeout", "reset"}


class _Handler(BaseHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012 - one server a test session, cleared by the fixture
    retry_after: str | None = None
    heal_after = 99

    def do_GET(self) -> None:
        query = parse_qs(urlparse(self.path).query).get("q", [""])[0]
        self.asked.append(query)
        if query == "hang":
            time.sleep(3)
        if query == "reset":
            self.connection.close()
            return
        status, body = BODIES.get(query, BODIES["absent"])
        if len(self.asked) > self.heal_after:
            status, body = BODIES["found"]
        self.send_response(status)
        if self.retry_after is not None:
            self.send_header("Retry-After", self.retry_after)
        if query == "redirect":
            self.send_header("Location", f"http://{self.headers['Host']}{self.path}")
        if query == "gzip bomb":
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body) + (9 if query == "cut off" else 0)))
        self.end_headers()
        with contextlib.suppress(OSError):  # a client that has read enough hangs up
            if query == "drip":
                for letter in body:
                    self.wfile.write(bytes([letter]))
                    time.sleep(0.2)
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def server() -> Iterator[str]:
    _Handler.asked.clear()
    _Handler.retry_after, _Handler.heal_after = None, 99
    http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    http.server_close()


def _fallback(server: str, folder: Path, **options: object) -> Fallback:
    values: dict[str, object] = {"limit": 50, "deadline_s": 90.0, "jitter": lambda attempt: 0.01} | options
    limiter = Limiter(folder / "slot", seconds=0.0)
    return Fallback(ask=ask("nominatim", server), cache=Cache(folder / "c.sqlite", server), limiter=limiter, **values)  # type: ignore[arg-type]


def test_found_and_absent_are_different_answers(server: str, tmp_path: Path) -> None:
    fallback = _fallback(server, tmp_path)
    place = fallback("found", "LY")
    assert place is not None
    assert (place.lat, place.lon, place.country, place.name) == (31.2, 16.6, "LY", "Sirte")
    assert 5_000 < place.radius_m < 30_000
    assert fallback("absent", None) is None


@pytest.mark.parametrize("kind", [k for k in BODIES if k not in ("found", "absent", "null")] + ["reset", "cut off"])
def test_a_bad_answer_is_an_error_never_a_place(server: str, tmp_path: Path, kind: str) -> None:
    with pytest.raises(GeocoderError) as caught:
        _fallback(server, tmp_path)(kind, None)
    assert len(caught.value.message) <= 200
    assert caught.value.again == (kind in PASSING)
    assert len(_Handler.asked) == (3 if kind in PASSING else 1)


@pytest.mark.parametrize("kind", ["hang", "drip"])
def test_the_deadline_is_one_for_the_whole_answer(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """A server that says nothing, or one byte now and then, cannot hold a run longer than that."""
    monkeypatch.setattr(service_module, "TIMEOUT_S", 0.3)
    monkeypatch.setattr(fallback_module, "QUESTION_S", 0.3)
    monkeypatch.setitem(BODIES, "drip", (200, b" " * 30))
    begin = time.monotonic()
    with pytest.raises(GeocoderError, match="TimedOut"):
        _fallback(server, tmp_path)(kind, None)
    assert time.monotonic() - begin < 2.5
    assert len(_Handler.asked) == 1


def test_another_try_can_help(server: str, tmp_path: Path) -> None:
    _Handler.heal_after = 2
    fallback = _fallback(server, tmp_path)
    assert fallback("unavailable", None) is not None
    assert _Handler.asked == ["unavailable"] * 3
    assert fallback.stopped is None


@pytest.mark.parametrize(
    ("header", "slept", "requests"),
    [
        ("7", [7.0, 7.0], 3),
        ("0", [0.0, 0.0], 3),
        ("21", [], 1),
        ("99999999999", [], 1),
        ("Tue, 19 Jan 2038 03:14:07 GMT", [], 1),
        ("Fri, 31 Dec 1999 23:59:59 GMT", [0.0, 0.0], 3),
        ("soon", [0.01, 0.01], 3),
        ("-5", [0.0, 0.0], 3),
    ],
)
def test_retry_after_is_obeyed_up_to_a_limit(
    server: str, tmp_path: Path, header: str, slept: list[float], requests: int
) -> None:
    _Handler.retry_after = header
    pauses: list[float] = []
    fallback = _fallback(server, tmp_path, sleep=pauses.append)
    with pytest.raises(GeocoderError):
        fallback("too many", None)
    assert pauses == slept
    assert len(_Handler.asked) == requests
    assert fallback.stopped is not None  # it never answered, so it is left alone
    with pytest.raises(GeocoderError):
        fallback("found", None)
    assert len(_Handler.asked) == requests


def test_markup_and_marks_of_direction_in_a_name_are_only_text(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "<img src=x onerror=alert(1)>\u202e\x00سرت"
    monkeypatch.setitem(BODIES, "markup", (200, json.dumps([HIT | {"display_name": name}]).encode()))
    place = _fallback(server, tmp_path)("markup", None)
    assert place is not None
    assert place.name == "<img src=x onerror=alert(1)>سرت"


def test_only_the_name_and_the_country_leave_the_machine(server: str, tmp_path: Path) -> None:
    report = "A secret source said that shelling hit the town of Novoskelivka in Ukraine on 3 May 2016."
    settings = Settings(geocoder_domain=server, cache=tmp_path, offline=False)
    (tmp_path / "r.txt").write_text(report)
    pipeline.run([str(tmp_path / "r.txt")], settings)
    assert _Handler.asked == ["Novoskelivka"]


def test_a_batch_asks_each_name_once_and_resumes_without_asking(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers never ask; the places are those of a run that asks as it reads."""
    monkeypatch.setitem(BODIES, "Novoskelivka", (200, json.dumps([HIT | {"lat": "48.1", "lon": "37.1"}]).encode()))
    rows = [
        {"doc_id": n, "text": f"Shelling hit the town of {name} in Ukraine on 3 May 2016, killing {n + 2} people."}
        for n, name in enumerate(["Novoskelivka", "Starolibka", "Kharkiv"] * 20)
    ]
    reports = tmp_path / "r.jsonl"
    reports.write_text("".join(json.dumps(row) + "\n" for row in rows))

    def settings(name: str) -> Settings:
        cache, formats = tmp_path / name / "cache", ("jsonl", "csv")
        return Settings(output=tmp_path / name, cache=cache, formats=formats, geocoder_domain=server)

    alone = settings("alone")
    pipeline.write(pipeline.run([str(reports)], alone), alone)
    _Handler.asked.clear()
    shards = settings("shards")
    for _ in range(2):
        pipeline.write(batch.run([str(reports)], shards, engine="serial", resume=True), shards)
    assert sorted(_Handler.asked) == ["Novoskelivka", "Starolibka"]
    for file in ("events.jsonl", "places.csv"):
        assert (alone.output / file).read_bytes() == (shards.output / file).read_bytes()
    assert (alone.output / "places.csv").read_bytes().count(b",geocoder,") == 20


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*HIT, "x"]), inner, max_size=6),
    max_leaves=12,
)


@given(raw=VALUES, latitude=VALUES, longitude=VALUES)
def test_any_answer_is_a_place_or_our_error(raw: object, latitude: object, longitude: object) -> None:
    answer = SimpleNamespace(raw=raw, latitude=latitude, longitude=longitude, address="Sirte, Libya")
    try:
        place = service_module.place_of(answer, "x")
    except GeocoderError as error:
        assert len(error.message) <= 200
    else:
        assert abs(place.lat) <= 90
        assert abs(place.lon) <= 180
        assert (place.lat, place.lon) != (0, 0)
        assert 1000 <= place.radius_m <= 500_000


def test_photon_and_a_key(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [16.6, 31.2]},
        "properties": {"name": "Sirte", "countrycode": "LY", "osm_type": "N", "osm_id": 5},
    }
    body = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    monkeypatch.setitem(BODIES, "Sirte", (200, body))
    place = ask("photon", server)("Sirte", "LY")
    assert place is not None
    assert (place.lat, place.lon, place.country, place.id) == (31.2, 16.6, "LY", "photon:N5")
    ask("opencage", None, "secret-key")
    for name, domain, key in (("opencage", None, None), ("databc", None, "a-key"), ("nominatim", "ftp://x", None)):
        with pytest.raises(SettingsError, match="cannot be used so"):
            ask(name, domain, key)
    assert "secret" not in repr(Settings(geocoder_key="secret-key"))


def test_cache_keeps_found_and_absent_but_no_errors(server: str, tmp_path: Path) -> None:
    for _ in range(2):
        fallback = _fallback(server, tmp_path)
        assert fallback("found", None) is not None
        assert fallback("absent", None) is None
        with pytest.raises(GeocoderError):
            fallback("server error", None)
    assert _Handler.asked.count("found") == 1
    assert _Handler.asked.count("absent") == 1
    assert _Handler.asked.count("server error") == 6  # three tries each


def test_breaker_and_budget(server: str, tmp_path: Path) -> None:
    fallback = _fallback(server, tmp_path)
    for name in ("found", "html", "deep"):
        with contextlib.suppress(GeocoderError):
            fallback(name, None)
    assert fallback.stopped is not None
    with pytest.raises(GeocoderError, match="2 times in a row"):
        fallback("other", None)
    assert _Handler.asked == ["found", "html", "deep"]
    assert fallback("found", None) is not None  # what is known is still told
    small = _fallback(server, tmp_path / "b", limit=1)
    assert small("found", None) is not None
    with pytest.raises(GeocoderError, match="budget of 1"):
        small("absent", None)


def test_dead_network(tmp_path: Path) -> None:
    """Nothing answers: after the first name the geocoder is left alone, and the run says so."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    fallback = _fallback(f"http://127.0.0.1:{port}", tmp_path)
    for _ in range(20):
        with pytest.raises(GeocoderError):
            fallback("found", None)
    assert fallback.asked == 3
    assert fallback.stopped is not None
    settings = Settings(geocoder_domain=f"http://127.0.0.1:{port}", cache=tmp_path)
    (tmp_path / "r.txt").write_text(
        "Shelling hit the town of Novoskelivka in Ukraine on 3 May 2016, killing four people."
    )
    failures = pipeline.run([str(tmp_path / "r.txt")], settings).failures
    assert [(f.stage, "cannot be reached" in f.error) for f in failures] == [("geocode", True)]


def test_damaged_cache_is_done_without(server: str, tmp_path: Path) -> None:
    (tmp_path / "c.sqlite").write_bytes(b"not a database" * 100)
    assert _fallback(server, tmp_path)("found", None) is not None


def test_limiter_spaces_requests_of_two_users(tmp_path: Path) -> None:
    now, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 3))
        now[0] += seconds

    pair = [Limiter(tmp_path / "slot", seconds=1.0, clock=lambda: now[0], sleep=sleep) for _ in range(2)]
    for limiter in (*pair, *pair):
        limiter.wait()
    assert slept == [1.0, 1.0, 1.0]
    now[0] = 50.0  # the clock was set back: never wait longer than one slot
    pair[0].wait()
    assert slept[-1] <= 1.0


ASKER = """
import sys
from pathlib import Path
from mapper.geocoders import Limiter
limiter = Limiter(Path(sys.argv[1]), seconds=0.2)
for _ in range(int(sys.argv[2])):
    print(limiter.wait(), flush=True)
"""


def test_one_request_a_slot_for_all_processes_though_one_is_killed(tmp_path: Path) -> None:
    def start(count: int) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", ASKER, str(tmp_path / "slot"), str(count)], stdout=subprocess.PIPE, text=True
        )

    crew = [start(99), start(4), start(4)]
    assert crew[0].stdout is not None
    first = [float(crew[0].stdout.readline()) for _ in range(2)]  # it is in the midst of waiting
    crew[0].send_signal(signal.SIGKILL)
    times = first + [float(t) for t in crew[0].communicate()[0].split()]
    for other in crew[1:]:
        times += [float(t) for t in other.communicate(timeout=30)[0].split()]
    times.sort()
    assert len(times) >= 10
    assert min(b - a for a, b in pairwise(times)) >= 0.199


def test_unknown_geocoder_lists_the_known() -> None:
    with pytest.raises(SettingsError, match="nominatim"):
        ask("nowhere", None)


def test_place_from_cache_is_equal(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "c.sqlite", "s")
    place = Place("x:1", "سرت", 31.2, 16.6, "LY", source="x")
    cache.put("سرت", "LY", place)
    assert cache.get("سرت", "LY") == (True, place)
    assert cache.get("سرت", None) == (False, None)

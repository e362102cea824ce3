"""The fallback against a real HTTP server on loopback that misbehaves in many ways."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest

from mapper.errors import GeocoderError, SettingsError
from mapper.geocoders import Cache, Fallback, Limiter, ask
from mapper.geocoders import service as service_module
from mapper.model import Place

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
    "no position": (200, b'[{"display_name": "Sirte"}]'),
    "zero": (200, json.dumps([HIT | {"lat": "0", "lon": "0"}]).encode()),
    "out of range": (200, json.dumps([HIT | {"lat": "131.2"}]).encode()),
    "nan": (200, json.dumps([HIT | {"lat": "NaN"}]).encode()),
    "not text": (200, b"\xff\xfe\x00"),
    "forbidden": (403, b"no"),
    "too many": (429, b"slow down"),
    "server error": (500, b"oops"),
    "bad gateway": (502, b""),
    "empty": (200, b""),
}


class _Handler(BaseHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012 - one server a test session, cleared by the fixture

    def do_GET(self) -> None:
        query = parse_qs(urlparse(self.path).query).get("q", [""])[0]
        self.asked.append(query)
        if query == "hang":
            time.sleep(3)
        if query == "reset":
            self.connection.close()
            return
        status, body = BODIES.get(query, BODIES["absent"])
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def server() -> Iterator[str]:
    _Handler.asked.clear()
    http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    http.server_close()


def _fallback(server: str, folder: Path, **options: object) -> Fallback:
    values: dict[str, object] = {"limit": 50, "deadline_s": 30.0} | options
    limiter = Limiter(folder / "slot", seconds=0.0)
    return Fallback(ask=ask("nominatim", server), cache=Cache(folder / "c.sqlite", server), limiter=limiter, **values)  # type: ignore[arg-type]


def test_found_and_absent_are_different_answers(server: str, tmp_path: Path) -> None:
    fallback = _fallback(server, tmp_path)
    place = fallback("found", "LY")
    assert place is not None
    assert (place.lat, place.lon, place.country, place.name) == (31.2, 16.6, "LY", "Sirte")
    assert 5_000 < place.radius_m < 30_000
    assert fallback("absent", None) is None


@pytest.mark.parametrize("kind", [k for k in BODIES if k not in ("found", "absent", "null")] + ["reset"])
def test_a_bad_answer_is_an_error_never_a_place(server: str, tmp_path: Path, kind: str) -> None:
    with pytest.raises(GeocoderError):
        _fallback(server, tmp_path)(kind, None)


def test_a_hanging_server_costs_seconds(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_module, "TIMEOUT_S", 0.3)
    begin = time.monotonic()
    with pytest.raises(GeocoderError):
        _fallback(server, tmp_path)("hang", None)
    assert time.monotonic() - begin < 2.5


def test_cache_keeps_found_and_absent_but_no_errors(server: str, tmp_path: Path) -> None:
    for _ in range(2):
        fallback = _fallback(server, tmp_path)
        assert fallback("found", None) is not None
        assert fallback("absent", None) is None
        with pytest.raises(GeocoderError):
            fallback("server error", None)
    assert _Handler.asked.count("found") == 1
    assert _Handler.asked.count("absent") == 1
    assert _Handler.asked.count("server error") == 2


def test_breaker_and_budget(server: str, tmp_path: Path) -> None:
    fallback = _fallback(server, tmp_path)
    for name in ("server error", "bad gateway", "found"):
        with pytest.raises(GeocoderError):
            fallback(name, None)
    assert _Handler.asked == ["server error", "bad gateway"]
    assert fallback.stopped is not None
    small = _fallback(server, tmp_path / "b", limit=1)
    assert small("found", None) is not None
    with pytest.raises(GeocoderError, match="budget of 1"):
        small("absent", None)


def test_dead_network(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    fallback = _fallback(f"http://127.0.0.1:{port}", tmp_path)
    begin = time.monotonic()
    for _ in range(20):
        with pytest.raises(GeocoderError):
            fallback("found", None)
    assert time.monotonic() - begin < 5


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


def test_unknown_geocoder_lists_the_known() -> None:
    with pytest.raises(SettingsError, match="nominatim"):
        ask("nowhere", None)


def test_place_from_cache_is_equal(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "c.sqlite", "s")
    place = Place("x:1", "سرت", 31.2, 16.6, "LY", source="x")
    cache.put("سرت", "LY", place)
    assert cache.get("سرت", "LY") == (True, place)
    assert cache.get("سرت", None) == (False, None)

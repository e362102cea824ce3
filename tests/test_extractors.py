"""Plug-ins: the contract that every extractor keeps, and a model's answers checked, from a server on loopback."""

import datetime as dt
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from mapper import extractors, pipeline
from mapper.errors import ExtractorError, SettingsError
from mapper.extractors.chat import Chat
from mapper.model import Event, Location, Mention, PrecisionClass, Report, Resolved
from mapper.settings import Settings

TEXT = "Shelling of Borna on Friday killed two civilians. The army denied an air strike on Alba."
REPORT = Report("r", TEXT, language="en", published=dt.date(2021, 5, 7))


def place(name: str, lat: float, lon: float) -> Resolved:
    at = TEXT.index(name)
    where = Location(lat, lon, 3000, PrecisionClass.EXACT, "gazetteer", name, name, country="LY")
    return Resolved(Mention(at, at + len(name), name), where)


PLACES = [place("Borna", 33.0, 13.0), place("Alba", 31.0, 16.0)]
SHELLING = {
    "type": "shelling",
    "sentence": 0,
    "quote": "Shelling of Borna",
    "place": 0,
    "status": "happened",
    "killed": 2,
    "injured": None,
}


class Server(ThreadingHTTPServer):
    """An endpoint that answers with ``rows`` (or with ``raw``) and keeps what it was asked."""

    rows: list[dict[str, Any]]
    raw: bytes | None = None
    status = 200
    nonsense = False
    silence = 0.0
    drops = False
    asked: list[dict[str, Any]]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append({"path": self.path, **body})
        content = json.dumps({"events": self.server.rows})
        raw = self.server.raw or json.dumps({"choices": [{"message": {"content": content}}]}).encode()
        if self.server.nonsense:
            self.wfile.write(b"nonsense\r\n\r\n")
            return
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", "http://192.0.2.1/")
        if self.server.silence:
            time.sleep(self.server.silence)
        self.end_headers()
        try:
            for part in (raw[i : i + 8] for i in range(0, len(raw), 8)) if self.server.drops else [raw]:
                self.wfile.write(part)
                if self.server.drops:
                    time.sleep(0.1)
        except OSError:
            pass  # the client has gone

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server(("127.0.0.1", 0), Handler)
    made.asked, made.rows = [], []
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()


def settings(server: Server) -> Settings:
    return Settings(
        offline=True,
        extractor="chat",
        extractor_url=f"http://127.0.0.1:{server.server_address[1]}/v1",
        extractor_timeout_s=5,
    )


def extract(server: Server, *rows: dict[str, Any]) -> list[Event]:
    server.rows = list(rows)
    return pipeline.events_of(REPORT, PLACES, settings(server))


def test_what_both_tell_is_surer_and_noted(server: Server) -> None:
    alone = {(e.event_type, e.status): e.confidence for e in extractors.Rules().extract(REPORT, PLACES, language="en")}
    found = extract(server, SHELLING)
    assert len(found) == len(alone)
    shelling = next(e for e in found if e.status == "happened")
    assert shelling.confidence > alone[shelling.event_type, "happened"]
    assert "tells it too" in shelling.notes[-1]
    denied = next(e for e in found if e.status == "denied")
    assert denied.confidence < alone[denied.event_type, "denied"]
    assert "tells no such event" in denied.notes[-1]


def test_the_request_is_bound_to_the_schema_and_holds_no_coordinates(server: Server) -> None:
    extract(server, SHELLING)
    (asked,) = server.asked
    assert asked["path"] == "/v1/chat/completions"
    assert asked["temperature"] == 0
    schema = asked["response_format"]["json_schema"]["schema"]["properties"]["events"]["items"]
    assert not {"lat", "lon", "latitude", "longitude"} & set(schema["properties"])
    prompt = asked["messages"][1]["content"]
    assert "[0] Shelling of Borna" in prompt
    assert "33.0" not in prompt


@pytest.mark.parametrize(
    "lie",
    [
        {"quote": "Shelling of Corda"},
        {"quote": ""},
        {"sentence": 7},
        {"sentence": "0"},
        {"place": 9},
        {"type": "earthquake"},
    ],
    ids=str,
)
def test_what_a_model_makes_up_is_left_out(server: Server, lie: dict[str, Any]) -> None:
    found = extract(server, {**SHELLING, **lie})
    assert not [n for e in found for n in e.notes if "tells it too" in n or "alone" in n]


def test_a_toll_that_the_sentence_does_not_state_is_dropped(server: Server) -> None:
    row = {**SHELLING, "type": "protest", "quote": "killed two civilians", "killed": 40}
    (alone,) = [e for e in extract(server, row) if any("alone" in n for n in e.notes)]
    assert alone.fatalities is None
    assert (alone.location.lat, alone.location.lon) == (33.0, 13.0) if alone.location else False
    assert alone.confidence <= 0.4


def test_what_is_denied_is_no_fact_on_a_models_word(server: Server) -> None:
    row = {
        "type": "air_strike",
        "sentence": 1,
        "quote": "an air strike on Alba",
        "place": 1,
        "status": "happened",
        "killed": None,
        "injured": None,
    }
    found = extract(server, row)
    assert [e.status for e in found if e.sub_event_type == "Air/drone strike"] == ["denied"]


@pytest.mark.parametrize(
    ("status", "raw"),
    [(200, b"no json"), (200, b'{"choices": []}'), (500, b"{}"), (302, b""), (200, b"x" * 2_000_001)],
    ids=["no json", "no choice", "error", "redirect", "too much"],
)
def test_a_bad_answer_is_an_error(server: Server, status: int, raw: bytes) -> None:
    server.status, server.raw = status, raw
    with pytest.raises(ExtractorError):
        Chat.of(settings(server)).extract(REPORT, PLACES, language="en")


def test_what_is_no_http_is_an_error(server: Server) -> None:
    server.nonsense = True
    with pytest.raises(ExtractorError):
        Chat.of(settings(server)).extract(REPORT, PLACES, language="en")


@pytest.mark.parametrize("how", ["silence", "drops"])
def test_an_answer_has_its_time_and_no_more(server: Server, how: str) -> None:
    server.rows = [SHELLING] * 20
    server.silence, server.drops = (1.5, False) if how == "silence" else (0.0, True)
    begin = time.monotonic()
    with pytest.raises(ExtractorError):
        Chat.of(replace(settings(server), extractor_timeout_s=0.4)).extract(REPORT, PLACES, language="en")
    assert time.monotonic() - begin < 1.3


@pytest.mark.parametrize(
    "rows", [[{"type": "shelling"}], [{**SHELLING, "killed": "two"}], [{**SHELLING, "status": "maybe"}]], ids=str
)
def test_rows_outside_the_schema_tell_nothing(server: Server, rows: list[dict[str, Any]]) -> None:
    found = extract(server, *rows)
    assert not [e for e in found if e.fatalities not in (None, 2) or e.status == "maybe"]


def test_when_the_model_is_gone_the_rules_read_and_the_run_says_so(server: Server) -> None:
    server.raw = b"no json"
    _, events, failures = pipeline.of_report(REPORT, _gazetteer(), settings(server), None)
    assert [f.stage for f in failures] == ["events"]
    assert isinstance(events, list)


def _gazetteer() -> Any:
    from mapper.gazetteer import Gazetteer

    return Gazetteer.open(None)


def test_an_endpoint_elsewhere_needs_leave() -> None:
    far = Settings(extractor="chat", extractor_url="https://models.example/v1")
    with pytest.raises(SettingsError, match="leave this machine"):
        Chat.of(far)
    assert Chat.of(replace(far, extractor_remote=True)).url == "https://models.example/v1"
    with pytest.raises(SettingsError):
        Chat.of(replace(far, extractor_url="file:///etc/passwd"))


def test_the_default_asks_nobody_and_an_unknown_name_lists_those_there_are() -> None:
    assert isinstance(extractors.extractor(Settings()), extractors.Rules)
    with pytest.raises(SettingsError, match="rules, chat"):
        extractors.extractor(Settings(extractor="oracle"))


def test_the_contract_leaves_out_made_up_sentences_and_places() -> None:
    (event, *_) = extractors.Rules().extract(REPORT, PLACES, language="en")
    assert event.location is not None
    forged = replace(event, claims=(replace(event.claims[0], sentence="Something else."),))
    moved = replace(event, location=replace(event.location, lat=1.0))
    assert extractors.checked(REPORT, PLACES, [event, forged, moved]) == [event]

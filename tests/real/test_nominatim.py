"""The fallback against a real Nominatim (5.3, SQLite) that serves a world of nine places of our own.

Nominatim is GPL-3 and heavy, so it runs in a Python of its own, never in ours. The tests run when
``MAPPER_NOMINATIM_PYTHON`` names one that has it; see README.md here.
"""

from __future__ import annotations

import json
import lzma
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from mapper import pipeline
from mapper.errors import GeocoderError
from mapper.gazetteer import Gazetteer
from mapper.geocoders import ask
from mapper.settings import Settings

HERE = Path(__file__).parent
PYTHON = os.environ.get("MAPPER_NOMINATIM_PYTHON")
pytestmark = pytest.mark.skipif(
    not PYTHON, reason="MAPPER_NOMINATIM_PYTHON names no Python that has Nominatim (tests/real/README.md)"
)


@pytest.fixture(scope="module")
def domain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the server while the tests of this module run."""
    assert PYTHON is not None
    folder = tmp_path_factory.mktemp("nominatim")
    (folder / "world.sqlite").write_bytes(lzma.decompress((HERE / "nominatim.sqlite.xz").read_bytes()))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "NOMINATIM_DATABASE_DSN": f"sqlite:dbname={folder / 'world.sqlite'}",
        "NOMINATIM_LANGUAGES": "en,ar,fr",
    }
    environment.pop("PYTHONPATH", None)
    factory = "nominatim_api.server.falcon.server:run_wsgi"
    command = [PYTHON, "-m", "uvicorn", "--factory", factory, "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            for _ in range(100):
                assert server.poll() is None, (folder / "log").read_text()
                try:
                    if json.load(direct.open(f"http://127.0.0.1:{port}/status?format=json", timeout=5))["status"] == 0:
                        break
                except OSError:
                    time.sleep(0.2)
            else:
                raise AssertionError((folder / "log").read_text())
            yield f"127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(10)


@pytest.mark.parametrize("name", ["Sirte", "سرت", "Syrte", "sirte"])
def test_a_name_in_any_language_is_one_place(domain: str, name: str) -> None:
    place = ask("nominatim", domain)(name, None)
    assert place is not None
    assert (place.name, place.country, place.source) == ("Sirte", "LY", "nominatim")
    assert (place.lat, place.lon) == pytest.approx((31.2089, 16.5887), abs=1e-4)
    assert 1000 <= place.radius_m <= 30_000


def test_the_country_chooses_between_namesakes(domain: str) -> None:
    question = ask("nominatim", domain)
    libya, lebanon = question("Tripoli", "LY"), question("طرابلس", "LB")
    assert libya is not None
    assert lebanon is not None
    assert (libya.country, lebanon.country) == ("LY", "LB")
    assert libya.lat < 33 < 34 < lebanon.lat


def test_absent_is_no_error_and_a_country_keeps_out_what_lies_elsewhere(domain: str) -> None:
    question = ask("nominatim", domain)
    assert question("Xqzwvville", None) is None
    assert question("Sirte", "LB") is None


def test_what_it_refuses_is_our_error(domain: str) -> None:
    with pytest.raises(GeocoderError):
        ask("nominatim", f"{domain}/nowhere")("Sirte", None)


def test_a_run_places_a_village_that_only_nominatim_knows(domain: str, gazetteer: Gazetteer, tmp_path: Path) -> None:
    assert not gazetteer.lookup("Qarmoushiya")
    text = "Shelling hit Sirte on Friday. Three people were killed in the village of Qarmoushiya on Friday."
    (tmp_path / "r.jsonl").write_text(json.dumps({"doc_id": "r", "text": text, "published": "2017-09-24"}))
    settings = Settings(output=tmp_path / "out", geocoder_domain=domain, cache=tmp_path / "cache")
    run = pipeline.run([str(tmp_path / "r.jsonl")], settings, gazetteer=gazetteer)
    assert not run.failures
    (village,) = [e.location for e in run.events if e.location and e.location.method == "geocoder"]
    assert (village.lat, village.lon) == pytest.approx((30.9, 16.9), abs=1e-4)
    assert village.country == "LY"
    # The second time the answer is on disk, and nobody is asked.
    again = pipeline.run(
        [str(tmp_path / "r.jsonl")],
        Settings(output=tmp_path / "out", geocoder_domain=domain, cache=tmp_path / "cache", geocoder_limit=1),
        gazetteer=gazetteer,
    )
    assert again.events == run.events

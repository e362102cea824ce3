"""The page in Firefox, over WebDriver BiDi, which it speaks itself: no request, no error, the same evidence.

Runs where a Firefox is (``apt-get install firefox-esr``), and says so where there is none.
"""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from map_pages import HOSTILE, hostile, plain

from mapper.layers import page

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
pytestmark = pytest.mark.skipif(FIREFOX is None, reason="no Firefox: apt-get install firefox-esr")


class Firefox:
    """A headless Firefox with one tab; ``errors`` and ``requests`` gather what it prints and asks for."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        self.numbers = itertools.count(1)
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        self.tab = self.ask("browsingContext.getTree")["contexts"][0]["context"]

    def ask(self, method: str, **params: Any) -> Any:
        """The answer to one command; events that come before it are kept."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            told = json.loads(self.socket.recv(timeout=60))
            if told.get("id") == number:
                assert told["type"] == "success", told
                return told["result"]
            if told.get("method") == "log.entryAdded" and told["params"]["level"] in ("error", "warn"):
                self.errors.append(str(told["params"]["text"]))
            elif told.get("method") == "network.beforeRequestSent":
                self.requests.append(told["params"]["request"]["url"])

    def open(self, file: Path) -> None:
        self.ask("browsingContext.navigate", context=self.tab, url=file.as_uri(), wait="complete")
        self.run(
            "new Promise(done => { const look = () => document.documentElement.dataset.ready ? done(1) : setTimeout(look, 20); look(); })"
        )

    def run(self, script: str) -> Any:
        """The value of ``script`` in the tab, by way of JSON."""
        answer = self.ask(
            "script.evaluate",
            expression=f"Promise.resolve({script}).then(JSON.stringify)",
            target={"context": self.tab},
            awaitPromise=True,
        )
        assert answer["type"] == "success", answer
        return json.loads(answer["result"].get("value") or "null")


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    from websockets.sync.client import connect

    profile = tmp_path_factory.mktemp("firefox")
    started = subprocess.Popen(
        [str(FIREFOX), "--headless", "--no-remote", "--remote-debugging-port", "0", "--profile", str(profile)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert started.stderr
        for line in started.stderr:
            if found := re.search(r"WebDriver BiDi listening on (ws://\S+)", line):
                with connect(f"{found[1]}/session", max_size=None, open_timeout=60) as socket:
                    yield Firefox(socket)
                break
        else:
            pytest.fail("Firefox ended before it listened.")
    finally:
        started.terminate()
        started.wait(30)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_firefox_shows_the_same(firefox: Firefox, tmp_path: Path, language: str) -> None:
    file = tmp_path / "map.html"
    file.write_text(page(plain(), title="Plain", language=language), encoding="utf-8")
    firefox.open(file)
    assert firefox.run("Mapper.state().shown") == 5
    assert firefox.run("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
    said = firefox.run(
        "(Mapper.select(0), new Promise(done => setTimeout(() => done(document.querySelector('.details blockquote').textContent), 500)))"
    )
    assert said == "قتل 17 مسلحا في ضربة جنوب شرقي سرت."
    assert firefox.run("(Mapper.setWindow('2020-05-06', '2020-06-01'), Mapper.state().shown)") == 3
    assert firefox.run(
        "[...document.querySelectorAll('canvas')].every(c => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; return d.some(v => v); })"
    )
    assert firefox.errors == []
    assert [r for r in firefox.requests if not r.startswith(("data:", "blob:", "file:"))] == []


def test_firefox_runs_no_data(firefox: Firefox, tmp_path: Path) -> None:
    file = tmp_path / "map.html"
    file.write_bytes(page(hostile(), title=HOSTILE[0]).encode())
    firefox.open(file)
    for n in range(len(HOSTILE)):
        firefox.run(f"(Mapper.select({n}), new Promise(done => setTimeout(done, 15)))")
    assert firefox.run("document.querySelector('h1').textContent") == HOSTILE[0]
    assert firefox.run("window.hit ?? null") is None
    assert firefox.errors == []

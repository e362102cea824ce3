"""The geocoder's answers on disk, "absent" too, so that no name is asked twice."""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import asdict
from pathlib import Path

from mapper.model import Place

KEEP_S = 180 * 86_400


class Cache:
    """Answers by service, country and name. A cache that cannot be opened is done without."""

    def __init__(self, path: Path, service: str) -> None:
        self._service = service
        self._base: sqlite3.Connection | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._base = sqlite3.connect(path, timeout=5, check_same_thread=False)
            self._base.execute("CREATE TABLE IF NOT EXISTS answer (key TEXT PRIMARY KEY, place TEXT, at REAL)")
        except (OSError, sqlite3.Error):
            self._base = None

    def _key(self, name: str, country: str | None) -> str:
        return json.dumps([self._service, country, name], ensure_ascii=False)

    def get(self, name: str, country: str | None) -> tuple[bool, Place | None]:
        """(True, place or None for "absent") when the answer is known, (False, None) when it is not."""
        if self._base is None:
            return False, None
        try:
            row = self._base.execute(
                "SELECT place, at FROM answer WHERE key = ?", (self._key(name, country),)
            ).fetchone()
            if row is None or time.time() - row[1] > KEEP_S:
                return False, None
            if row[0] is None:
                return True, None
            values = json.loads(row[0])
            values["names"] = tuple(map(tuple, values["names"]))  # JSON has no tuples
            return True, Place(**values)
        except (sqlite3.Error, ValueError, TypeError):
            return False, None

    def put(self, name: str, country: str | None, place: Place | None) -> None:
        """Keep an answer; a full or locked disk costs only the keeping."""
        if self._base is None:
            return
        content = None if place is None else json.dumps(asdict(place), ensure_ascii=False)
        try:
            with self._base:
                self._base.execute(
                    "REPLACE INTO answer VALUES (?, ?, ?)", (self._key(name, country), content, time.time())
                )
        except sqlite3.Error:
            self._base = None

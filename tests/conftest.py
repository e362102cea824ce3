"""What the tests share: the gazetteer, opened once, and a run over the samples."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapper.gazetteer import Gazetteer

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    """The gazetteer that ships."""
    return Gazetteer.open()

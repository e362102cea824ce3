"""What the tests share: the gazetteer, opened once, and a run over the samples."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parent.parent
# Places that whoever runs the tests has added change no answer, here and in the processes that tests start.
os.environ["XDG_DATA_HOME"] = str(ROOT / "nobody")

from mapper.gazetteer import Gazetteer  # noqa: E402 - settings look at the environment when they are read

# A busy machine is no fault of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    """The gazetteer that ships."""
    return Gazetteer.open()

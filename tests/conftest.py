"""What the tests share: the gazetteer, opened once, and a run over the samples."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from mapper.gazetteer import Gazetteer

ROOT = Path(__file__).parent.parent
# Places that whoever runs the tests has added change no answer.
os.environ["MAPPER_ADDITIONS"] = str(ROOT / "no-additions")
# A busy machine is no fault of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    """The gazetteer that ships."""
    return Gazetteer.open()

"""File < environment < flags; what is not allowed is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapper.errors import SettingsError
from mapper.settings import load


def test_the_later_is_the_stronger(tmp_path: Path) -> None:
    file = tmp_path / "mapper.toml"
    file.write_text('title = "file"\ndial = 0.2\ncountries = ["LY"]\ngeocoder_limit = 3\n')
    settings = load({"title": "flag"}, file, {"MAPPER_TITLE": "environment", "MAPPER_DIAL": "0.7"})
    assert (settings.title, settings.dial, settings.countries, settings.geocoder_limit) == (
        "flag",
        0.7,
        ("LY",),
        3,
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("titel = 1", "no setting 'titel'"),
        ("dial = 2.0", "dial is 2.0"),
        ("= 1", "mapper.toml"),
        ('geocoder_limit = "many"', "not a int"),
    ],
)
def test_bad_settings_file(tmp_path: Path, content: str, says: str) -> None:
    file = tmp_path / "mapper.toml"
    file.write_text(content)
    with pytest.raises(SettingsError, match=says):
        load({}, file, {})


def test_environment_of_other_programs_is_left_alone() -> None:
    assert load({}, None, {"MAPPER_UNKNOWN": "x", "PATH": "y"}).title == "Mapper"

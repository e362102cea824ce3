"""Settings: one frozen record, passed down. Order: file < environment (MAPPER_*) < flags."""

from __future__ import annotations

import datetime as dt
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from mapper.errors import SettingsError

# https, a host, then a path that asks for a zoom level and a tile; nothing that a page or a policy could misread.
_TILES = re.compile(
    r"https://(\{s\}\.)?[a-z0-9.-]+(:\d+)?/(?=.*\{z\})(?=.*\{x\})(?=.*\{y\})([\w./~=?&%@:-]|\{[zxyr]\})+", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Every knob of a run.

    Attributes:
        output: Folder that all files are written to.
        formats: Names of the exporters to run; see ``mapper map --help``.
        title: Title of the map.
        published: Publication date for reports that state none (YYYY-MM-DD).
        language: ``auto`` or a language code: how reports without one are read.
        countries: ISO 3166 codes that the reports are about: a hint that ranks, not a filter.
        dial: From 0 (only sure place names) to 1 (every likely one).
        offline: Never ask a geocoder.
        geocoder: Name of a geopy geocoder class.
        geocoder_domain: Address of the user's own geocoder, host and port.
        geocoder_key: Key of a geocoder that wants one; better given as MAPPER_GEOCODER_KEY than in a file.
        geocoder_limit: Most places that one run asks for.
        geocoder_deadline_s: Seconds that all requests of a run may take together.
        cache: Folder of the geocoder's answers.
        max_report_bytes: Reports above this size are a Failure and are not read.
        layout: Key of the layout that tables are read by (``layouts.toml``, ``plain`` or ``mapper``); empty to find it.
        columns: Columns of a table by our field, ``field=column``, where their names do not say it.
        report_deadline_s: Seconds that a batch gives one report before it ends the worker that hangs; 0: no end.
        tiles: Address of on-line map pictures with {z}, {x} and {y}, off in the page until its reader turns them on.
        tiles_credit: Whom to thank for them, shown with them.
        coarsen: Kilometres of the grid that places are moved to before anything is written; 0 leaves them.
        sensitive: Write no sentence, source, link or name of a person.
        recogniser: Who reads names beside the gazetteer: ``tagger``, ``spacy``, ``gliner``, ``transformers`` or a
            plug-in.
        recogniser_models: Its models, folders or installed packages; ``code=model`` for one language only.
        extractor: Who reads events: ``rules``, ``chat`` (a model that you run), or a plug-in's name.
        extractor_url: Base address of an endpoint with OpenAI's chat interface, like http://localhost:8080/v1.
        extractor_model: The model's name there.
        extractor_timeout_s: Seconds that one answer may take.
        extractor_remote: Allow an endpoint on another machine: the texts of reports are sent to it.
        apart: Tellings that are not to be joined with any other: ids that an event's notes name, or ``report:start``
            of one of their claims.
        gazetteer: Folder of the gazetteer, when not the one that ships.
        additions: Folder of the user's own places: what ``mapper gazetteer add`` and ``build`` write.
    """

    output: Path = Path("output")
    formats: tuple[str, ...] = ("html", "geojson", "csv")
    title: str = "Mapper"
    published: dt.date | None = None
    language: str = "auto"
    interface: str = "en"
    countries: tuple[str, ...] = ()
    dial: float = 0.5
    offline: bool = False
    geocoder: str = "nominatim"
    geocoder_domain: str | None = None
    geocoder_key: str | None = field(default=None, repr=False)
    geocoder_limit: int = 50
    geocoder_deadline_s: float = 90.0
    cache: Path = Path.home() / ".cache" / "mapper"
    max_report_bytes: int = 5_000_000
    layout: str = ""
    columns: tuple[str, ...] = ()
    report_deadline_s: float = 120.0
    tiles: str = ""
    tiles_credit: str = ""
    coarsen: float = 0.0
    sensitive: bool = False
    recogniser: str = "tagger"
    recogniser_models: tuple[str, ...] = ()
    extractor: str = "rules"
    extractor_url: str = ""
    extractor_model: str = "local"
    extractor_timeout_s: float = 120.0
    extractor_remote: bool = False
    apart: tuple[str, ...] = ()
    gazetteer: Path | None = None
    additions: Path = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "mapper"

    def __post_init__(self) -> None:
        if not 0 <= self.dial <= 1:
            raise SettingsError(f"dial is {self.dial}.", remedy="Give a number from 0 to 1.")
        if self.geocoder_limit < 0:
            raise SettingsError("geocoder_limit is negative.", remedy="Give 0 or more.")
        if not 0 <= self.coarsen <= 1000:
            raise SettingsError(f"coarsen is {self.coarsen}.", remedy="Give kilometres, from 0 to 1000.")
        if self.tiles and not _TILES.fullmatch(self.tiles):
            raise SettingsError(
                f"tiles is {self.tiles!r}.", remedy="Give an address like https://tile.example.org/{z}/{x}/{y}.png."
            )


def _convert(name: str, kind: str, value: Any, origin: str) -> Any:
    """Turn the text of an environment variable or file value into the type of the field."""
    try:
        if "tuple" in kind:
            return tuple(v.strip() for v in value.split(",") if v.strip()) if isinstance(value, str) else tuple(value)
        if "Path" in kind:
            return Path(value).expanduser()
        if "date" in kind:
            return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
        if kind == "bool":
            return (
                value
                if isinstance(value, bool)
                else {"1": True, "true": True, "0": False, "false": False}[value.lower()]
            )
        if kind == "int":
            return int(value)
        if kind == "float":
            return float(value)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SettingsError(f"{origin}: {name} = {value!r} is not a {kind}.", remedy="Mend or remove it.") from error
    return value


def load(flags: Mapping[str, Any], file: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from a TOML file, the environment and the command line's flags, the later the stronger.

    Raises:
        SettingsError: A key is unknown or a value is not allowed; the message says where.
    """
    kinds = {f.name: str(f.type) for f in fields(Settings)}
    values: dict[str, Any] = {}
    if file is not None:
        try:
            content = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"{file}: {error}.", remedy="Give a readable TOML file.") from error
        for name, value in content.items():
            if name not in kinds:
                raise SettingsError(f"{file}: no setting {name!r}.", remedy=f"Known: {', '.join(kinds)}.")
            values[name] = _convert(name, kinds[name], value, str(file))
    for key, value in (os.environ if environment is None else environment).items():
        name = key.removeprefix("MAPPER_").lower()
        if key.startswith("MAPPER_") and name in kinds:
            values[name] = _convert(name, kinds[name], value, key)
    values |= {k: v for k, v in flags.items() if v is not None and k in kinds}
    return replace(Settings(), **values)

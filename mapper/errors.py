"""Everything that can go wrong, as one tree.

MapperError
├── InputError            a report or table cannot be read (also a ValueError)
│   └── InputTooLarge     it passes the size limit of Settings.max_report_bytes
├── SettingsError         an option, file or environment value is not allowed (also a ValueError)
├── LanguageError         a file under mapper/languages/ breaks its rules
├── GazetteerError        the gazetteer is missing, damaged or of another version
├── OutputError           an output file or folder cannot be written (also an OSError)
├── ExtractorError        an extractor other than the rules could not be asked
└── GeocoderError         the fallback geocoder could not be asked (absence is not an error)

Each class carries a sentence for the person at the terminal: what happened, where, what helps.
"""

from __future__ import annotations

from shapely.errors import ShapelyError


class MapperError(Exception):
    """Root of all errors that Mapper raises on purpose.

    Args:
        message: What happened, naming file and line where there is one.
        remedy: What the user can do about it.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class InputError(MapperError, ValueError):
    """A report or table cannot be read. Give a readable file in a known format."""


class InputTooLarge(InputError):
    """An input passes the size limit. Split it, or raise the limit in the settings."""


class SettingsError(MapperError, ValueError):
    """An option, settings file or environment value is not allowed. The message lists what is."""


class LanguageError(MapperError):
    """A language file breaks its rules. The message names file, key and rule."""


class GazetteerError(MapperError):
    """The gazetteer is missing, damaged or of another version. Reinstall or rebuild it."""


class OutputError(MapperError, OSError):
    """An output file or folder cannot be written. Nothing half-written is left behind."""


class ExtractorError(MapperError):
    """An extractor (a model that you run) could not be asked, or did not keep to its schema. The rules go on alone."""


class GeocoderError(MapperError):
    """The geocoder could not be asked (network, limit, bad answer). Use --offline or try later.

    Args:
        again: Whether another try may help.
        after_s: Seconds that the server asks to wait before it.
    """

    def __init__(self, message: str, *, remedy: str = "", again: bool = False, after_s: float | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.again = again
        self.after_s = after_s


# What a rule may raise on a text that it did not foresee: the text is named as a failure, the others go on.
TRIPPED = (
    MapperError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    ShapelyError,
)

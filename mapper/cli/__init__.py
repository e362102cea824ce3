"""The command line: arguments → Settings → pipeline; prints; exit codes; no logic.

One file a command: ``add`` names its arguments, ``run`` carries it out and returns the exit code.
Exit codes: 0 all done; 1 done with failures, listed; 2 usage or settings; 3 cannot start; 130 interrupted.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mapper import __version__, memory
from mapper.cli import correct, doctor, evaluate, gazetteer, locate, map_command, places
from mapper.errors import GazetteerError, InputError, LanguageError, MapperError, OutputError, SettingsError

if TYPE_CHECKING:
    from mapper.settings import Settings

COMMANDS = {
    "map": map_command,
    "correct": correct,
    "places": places,
    "locate": locate,
    "gazetteer": gazetteer,
    "evaluate": evaluate,
    "doctor": doctor,
}


def _common() -> argparse.ArgumentParser:
    """The options that every command has."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--offline", action="store_true", default=None, help="never ask a geocoder")
    common.add_argument("--language", metavar="CODE", help="auto, ar, en or fr (default: auto)")
    common.add_argument(
        "--country",
        dest="countries",
        metavar="LY,TN",
        help="countries that the reports are about: a hint that ranks",
    )
    common.add_argument("--gazetteer", type=Path, metavar="DIR", help="folder of another gazetteer")
    common.add_argument("--additions", type=Path, metavar="DIR", help="folder of your own places")
    common.add_argument(
        "--geocoder", metavar="NAME", help="geopy geocoder for what the gazetteer lacks (default: nominatim)"
    )
    common.add_argument("--geocoder-domain", metavar="HOST", help="address of your own geocoder")
    common.add_argument(
        "--recogniser", metavar="NAME", help="who reads names: tagger, spacy, gliner, transformers (default: tagger)"
    )
    common.add_argument(
        "--recogniser-models",
        metavar="[CODE=]MODEL,…",
        help="its models: folders or installed packages, by language",
    )
    common.add_argument("--settings", type=Path, metavar="FILE", help="TOML file with settings")
    return common


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mapper", description="From conflict reports to a map that can be defended.")
    parser.add_argument("--version", action="version", version=f"mapper {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    common = _common()
    for name, command in COMMANDS.items():
        command.add(commands, name, common)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    memory.collect_rarely()
    if isinstance(sys.stdout, io.TextIOWrapper):  # half a letter in one report costs no other its answer
        sys.stdout.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    try:
        code: int = COMMANDS[options.command].run(options, _settings(options))
        return code
    except SettingsError as error:
        return _complain(error, 2)
    except InputError as error:
        return _complain(error, 1)
    except (GazetteerError, OutputError, LanguageError) as error:
        return _complain(error, 3)
    except MapperError as error:
        return _complain(error, 1)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _complain(error: MapperError, code: int) -> int:
    print(f"mapper: {error}", file=sys.stderr)
    return code


def _settings(options: argparse.Namespace) -> Settings:
    from mapper.settings import load

    flags = {k: v for k, v in vars(options).items() if v is not None}
    for name in ("countries", "formats", "columns", "recogniser_models"):
        if isinstance(flags.get(name), str):
            flags[name] = tuple(v.strip() for v in flags[name].split(",") if v.strip())
    return load(flags, flags.get("settings"))

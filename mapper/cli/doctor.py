"""``mapper doctor``: what is installed, whether the data is whole."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from mapper import __version__
from mapper.cli.common import open_gazetteer

if TYPE_CHECKING:
    from mapper.settings import Settings


def add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, common: argparse.ArgumentParser
) -> None:
    """The command's arguments."""
    commands.add_parser(name, parents=[common], help="what is installed, whether the data is whole")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Carry it out; returns the exit code."""
    from importlib.metadata import PackageNotFoundError, version

    from mapper.language import codes

    print(f"mapper {__version__}, Python {sys.version.split()[0]}")
    for package in (
        "folium",
        "geographiclib",
        "geopy",
        "numpy",
        "pandas",
        "rapidfuzz",
        "shapely",
        "openpyxl",
        "pyarrow",
    ):
        try:
            print(f"  {package} {version(package)}")
        except PackageNotFoundError:
            print(f"  {package} is not installed")
    print(f"languages: {', '.join(codes())}")
    gazetteer = open_gazetteer(settings)
    gazetteer.verify()
    print("gazetteer: whole")
    return 0

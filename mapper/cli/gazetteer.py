"""``mapper gazetteer``: look into the gazetteer."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from mapper.cli.common import open_gazetteer

if TYPE_CHECKING:
    from mapper.settings import Settings


def add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, common: argparse.ArgumentParser
) -> None:
    """The command's arguments."""
    gazetteer = commands.add_parser(name, help="look into the gazetteer")
    actions = gazetteer.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("info", parents=[common], help="sources, sizes, licences")
    search = actions.add_parser("search", parents=[common], help="what a name could be, best first")
    search.add_argument("name")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Carry it out; returns the exit code."""
    gazetteer = open_gazetteer(settings)
    if options.action == "info":
        print(json.dumps(gazetteer.info(), ensure_ascii=False, indent=1, default=str))
        return 0
    places = gazetteer.lookup(options.name, country=settings.countries[0] if settings.countries else None)
    for place in places:
        where = f"{place.name}, {place.admin1 or '–'}, {place.country}  {place.lat:.4f} {place.lon:.4f}"
        print(f"{where}  {place.feature_code}  population {place.population:,}  {place.id}")
    if not places:
        print(f"{options.name}: not in the gazetteer.")
    return 0 if places else 1

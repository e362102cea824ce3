"""``mapper map``: reports and tables → the map and its files."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mapper.cli.common import print_failures

if TYPE_CHECKING:
    from mapper.settings import Settings


def add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, common: argparse.ArgumentParser
) -> None:
    """The command's arguments."""
    make = commands.add_parser(name, parents=[common], help="reports and tables → map.html, GeoJSON, CSV")
    make.add_argument("inputs", nargs="+", metavar="INPUT", help="files, folders, or - for standard input")
    make.add_argument("-o", "--output", type=Path, metavar="DIR", help="folder for all files (default: output)")
    make.add_argument(
        "--published",
        type=dt.date.fromisoformat,
        metavar="DATE",
        help="publication day of reports that state none",
    )
    make.add_argument(
        "--formats",
        metavar="LIST",
        help="html,geojson,csv,hxl,geojsonseq,jsonl,kml (default: html,geojson,csv)",
    )
    make.add_argument("--title", help="title of the map")
    make.add_argument("--interface", choices=("en", "ar", "fr"), help="language that the page opens in")
    make.add_argument(
        "--layout",
        metavar="NAME",
        help="read tables as acled, ged, gdelt, polecat, icews, gtd, mapper or plain (default: by their columns)",
    )
    make.add_argument(
        "--columns",
        metavar="LIST",
        help="what columns of a plain table mean: place=Ort,date=Tag,fatalities=Tote",
    )
    make.add_argument("--dial", type=float, metavar="0..1", help="place names: 0 only sure ones, 1 every likely one")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Carry it out; returns the exit code."""
    from mapper import pipeline

    begin = time.monotonic()
    result = pipeline.run(options.inputs, settings, progress=_progress())
    paths = pipeline.write(result, settings)
    unplaced = [e for e in result.events if e.location is None]
    lost = sum(r.location is None for _, r in result.places)
    print(f"Read {len(result.reports)} reports; found {len(result.events)} events, {len(unplaced)} without a place.")
    print(f"Place names: {len(result.places)}, of which {lost} could not be placed (places.csv says why).")
    for note in result.notes:
        print(f"Note: {note}.")
    for path in paths:
        print(f"  {path}")
    print_failures(result.failures)
    print(f"Done in {time.monotonic() - begin:.1f} s.", file=sys.stderr)
    return 1 if result.failures else 0


def _progress() -> Any:
    """A line of progress on a terminal, with the time left; silent elsewhere."""
    if not sys.stderr.isatty():
        return None
    begin = time.monotonic()

    def show(done: int, of: int) -> None:
        left = (time.monotonic() - begin) / done * (of - done)
        print(f"\r{done}/{of} reports, {left:.0f} s left ", end="\n" if done == of else "", file=sys.stderr)

    return show

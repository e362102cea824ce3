"""``mapper map``: reports and tables → the map and its files."""

from __future__ import annotations

import argparse
import datetime as dt
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mapper.cli.common import print_failures, progress
from mapper.errors import SettingsError

if TYPE_CHECKING:
    from mapper.settings import Settings


def add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, common: argparse.ArgumentParser
) -> None:
    """The command's arguments."""
    make = commands.add_parser(name, parents=[common], help="reports and tables → map.html, GeoJSON, CSV")
    make.add_argument("inputs", nargs="*", metavar="INPUT", help="files, folders, or - for standard input")
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
        help="html,summary,geojson,geojsonseq,csv,hxl,acled,ged,jsonl,kml,kmz,gpkg,parquet,fgb,rss"
        " (default: html,geojson,csv)",
    )
    make.add_argument("--title", help="title of the map")
    make.add_argument("--interface", choices=("en", "ar", "fr"), help="language that the page opens in")
    make.add_argument(
        "--append",
        action="store_true",
        help="add to the map in the output folder: what it holds keeps its ids and is not read again",
    )
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
    make.add_argument("--workers", type=int, metavar="N", help="processes that work at the same time, for many reports")
    make.add_argument("--resume", action="store_true", help="go on with a run that was stopped")
    make.add_argument("--engine", metavar="NAME", help="what runs the workers: processes (default), serial, dask")
    make.add_argument("--scheduler", metavar="ADDRESS", help="address of a Dask scheduler, for --engine dask")
    make.add_argument(
        "--coarsen",
        type=float,
        metavar="KM",
        help="for publication: move places to a grid of KM kilometres (sentences still name them)",
    )
    make.add_argument(
        "--sensitive",
        action="store_const",
        const=True,
        help="for publication: no sentences, sources, links or names of people in any file",
    )
    make.add_argument("--tiles", metavar="URL", help="on-line map pictures, off until the reader turns them on")
    make.add_argument("--tiles-credit", metavar="TEXT", help="whom to thank for them")
    make.add_argument("--dial", type=float, metavar="0..1", help="place names: 0 only sure ones, 1 every likely one")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Carry it out; returns the exit code."""
    from mapper import batch, corrections, files, pipeline, state

    begin = time.monotonic()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a stop is an interrupt: clean up, exit 130
    many = bool(options.workers or options.resume or options.engine or options.scheduler)
    if not options.inputs and not options.append:
        raise SettingsError("map needs an INPUT.", remedy="Name files or folders, or - for standard input.")
    if many and options.append:
        raise SettingsError("--append reads in one process.", remedy="Leave --workers and --resume away.")
    settings = replace(settings, apart=(*settings.apart, *corrections.apart(settings.output)))
    with files.lock(settings.output):
        if many:
            engine = options.engine or ("dask" if options.scheduler else "processes")
            result = batch.run(
                options.inputs,
                settings,
                workers=options.workers or 1,
                engine=engine,
                scheduler=options.scheduler,
                resume=options.resume,
                progress=progress("reports"),
            )
        else:
            earlier = state.load(settings.output) if options.append else None
            result = pipeline.run(options.inputs, settings, progress=progress("reports"), earlier=earlier)
        # A run that is kept stays kept: an older one must not come back with the next --append.
        keep = options.append or (settings.output / state.NAME).exists()
        kept = [state.save(result, settings.output)] if keep else []
        result = pipeline.corrected(result, settings)
        paths = [*pipeline.write(result, settings), *kept]
        lost = sum(r.location is None for _, r in result.places)
        if many:
            batch.clear(settings)
    unplaced = [e for e in result.events if e.location is None]
    print(f"Read {len(result.reports)} reports; found {len(result.events)} events, {len(unplaced)} without a place.")
    print(f"Place names: {len(result.places)}, of which {lost} could not be placed (places.csv says why).")
    for note in result.notes:
        print(f"Note: {note}.")
    for path in paths:
        print(f"  {path}")
    print_failures(result.failures)
    print(f"Done in {time.monotonic() - begin:.1f} s.", file=sys.stderr)
    return 1 if result.failures else 0

"""``mapper correct``: put an event right, for this and every later run."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mapper.cli.common import open_gazetteer, print_failures
from mapper.errors import InputError, SettingsError

if TYPE_CHECKING:
    from mapper.model import Event, Run
    from mapper.settings import Settings


def add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, common: argparse.ArgumentParser
) -> None:
    """The command's arguments."""
    correct = commands.add_parser(name, parents=[common], help="put an event right: later runs obey")
    correct.add_argument("id", nargs="?", metavar="ID", help="the event's id, or its beginning")
    correct.add_argument("-o", "--output", type=Path, metavar="DIR", help="folder of the map (default: output)")
    what = correct.add_mutually_exclusive_group(required=True)
    what.add_argument("--place", metavar="TEXT", help='where it was: a place, or "latitude, longitude"')
    what.add_argument("--drop", action="store_true", help="it is no event: leave it out")
    what.add_argument("--merge", nargs="+", metavar="ID", help="these events are the same one")
    what.add_argument(
        "--apart", nargs="*", metavar="REPORT", help="what these reports tell (or all but the first) is another event"
    )
    what.add_argument("--undo", action="store_true", help="forget the corrections of this event")
    what.add_argument("--list", action="store_true", help="print the corrections")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Carry it out; returns the exit code."""
    from mapper import corrections

    known, failures = corrections.read(settings.output)
    print_failures(failures)
    if options.list:
        for one in known:
            print(one.text())
        return 1 if failures else 0
    if failures:
        raise InputError(f"{settings.output / corrections.NAME}: mend the lines named above.")
    if not options.id:
        raise SettingsError("correct needs the id of an event.", remedy="Take it from the map or from events.csv.")
    if options.undo:
        kept = [c for c in known if not c.id.startswith(options.id)]
        if len(kept) == len(known):
            raise InputError(f"No correction of {options.id!r}.", remedy="See mapper correct --list.")
        corrections.write(settings.output, kept)
        print(f"Forgot {len(known) - len(kept)} corrections. The next mapper map -o {settings.output} obeys.")
        return 0
    earlier = corrections.applied(_earlier(settings.output), known)
    event = corrections.choose(earlier, options.id)
    if options.merge:
        others = tuple(corrections.choose(earlier, i).id for i in options.merge)
        if event.id in others:
            raise SettingsError("An event is the same as itself.", remedy="Name another one.")
        one = corrections.Correction(event.id, "merge", corrections.keys(event), others=others)
    elif options.apart is not None:
        one = corrections.Correction(event.id, "apart", corrections.keys(event), others=_reports(event, options.apart))
    elif options.drop:
        one = corrections.Correction(event.id, "drop", corrections.keys(event))
    else:
        hint = settings.countries[0] if settings.countries else event.location.country if event.location else None
        place = corrections.placed(options.place, open_gazetteer(settings), country=hint)
        one = corrections.Correction(event.id, "place", corrections.keys(event), place)
        print(f"{dict(place)['name']}  {dict(place)['lat']} {dict(place)['lon']}  {dict(place)['precision']}")
    path = corrections.write(settings.output, [*known, one])
    print(f"{event.id} {event.sub_event_type}: {event.claims[0].sentence}")
    print(f"Written to {path}. The next mapper map -o {settings.output} obeys.")
    return 0


def _reports(event: Event, given: list[str]) -> tuple[str, ...]:
    """The reports to set apart: those given, or all but the first.

    Raises:
        InputError: One of them tells nothing of the event, or only one report tells of it.
    """
    tells = list(dict.fromkeys(c.report_id for c in event.claims))
    unknown = [r for r in given if r not in tells]
    if unknown:
        raise InputError(
            f"{', '.join(unknown)}: tells nothing of {event.id}.", remedy=f"Its reports: {', '.join(tells)}."
        )
    if len(tells) < 2:
        raise InputError(
            f"Only {tells[0]} tells of {event.id}: nothing was joined.", remedy="Use --drop if it is none."
        )
    return tuple(given or tells[1:])


def _earlier(folder: Path) -> Run:
    """The run whose output lies in ``folder``: as ``--append`` kept it, else as its GeoJSON tells it."""
    from mapper import readers, state
    from mapper.model import Run
    from mapper.settings import Settings

    kept = state.load(folder) if (folder / state.NAME).exists() else None
    if kept is not None:
        return kept
    if not (folder / "events.geojson").exists():
        raise InputError(f"{folder} holds no events.geojson.", remedy="Name the folder of the map with -o.")
    content = readers.read([str(folder / "events.geojson")], Settings())
    return Run(tuple(content.events))

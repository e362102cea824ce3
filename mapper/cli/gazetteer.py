"""``mapper gazetteer``: look into the gazetteer, and put a user's own data into it."""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from mapper.cli.common import open_gazetteer, print_failures
from mapper.errors import InputError

if TYPE_CHECKING:
    from mapper.gazetteer import Gazetteer
    from mapper.settings import Settings


def add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, common: argparse.ArgumentParser
) -> None:
    """The command's arguments."""
    gazetteer = commands.add_parser(name, help="look into the gazetteer, or put your own places into it")
    actions = gazetteer.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("info", parents=[common], help="sources, sizes, places by country, licences")
    search = actions.add_parser("search", parents=[common], help="what a name could be, and why the first one wins")
    search.add_argument("name")
    own = actions.add_parser("add", parents=[common], help="add your own list of places (CSV, GeoJSON)")
    own.add_argument("file", type=Path)
    own.add_argument("--columns", metavar="FIELD=COLUMN,…", help="columns with unusual names: name=TOWN,lat=Y,lon=X")
    own.add_argument("--name", dest="own_name", help="what to call the list (default: the file's name)")
    own.add_argument("--licence", default="", help="what the list may be used for; `info` shows it")
    build = actions.add_parser("build", parents=[common], help="build from GeoNames dumps that you downloaded")
    dumps = "XX.zip, allCountries.zip, alternateNamesV2.zip, admin1CodesASCII.txt, admin2Codes.txt, hierarchy.zip"
    build.add_argument("inputs", nargs="+", type=Path, metavar="FILE", help=f"{dumps}, or a folder of them")
    build.add_argument("--countries", dest="only_countries", metavar="LY,SY", default="", help="leave out the others")
    build.add_argument(
        "--classes", metavar="A,P,…", default="", help="feature classes to keep (default: A,P,L,S,T,H,R)"
    )
    build.add_argument("--languages", metavar="ar,en,…", default="", help="languages of alternate names to keep")
    build.add_argument("--name", dest="own_name", default="geonames", help="what to call it (default: geonames)")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Carry it out; returns the exit code."""
    if options.action == "build":
        return _build(options, settings)
    gazetteer = open_gazetteer(settings)
    if options.action == "info":
        print(json.dumps(gazetteer.info(), ensure_ascii=False, indent=1, default=str))
        return 0
    if options.action == "add":
        return _add(options, settings, gazetteer)
    return _search(options.name, settings, gazetteer)


def _search(name: str, settings: Settings, gazetteer: Gazetteer) -> int:
    countries = settings.countries or (None,)
    places = [p for code in countries for p in gazetteer.lookup(name, country=code and gazetteer.country_code(code))]
    for number, place in enumerate(places, start=1):
        where = ", ".join(x for x in (place.name, place.admin2, place.admin1, place.country) if x)
        print(f"{number}. {where}  {place.lat:.4f} {place.lon:.4f}  {place.feature_code}  {place.source}  {place.id}")
        why = gazetteer.explain(name, place)
        print(f"   {sum(v for _, v in why):.1f} = " + " + ".join(f"{value:.1f} {told}" for told, value in why))
    if places:
        return 0
    print(f"{name}: not in the gazetteer.")
    for code in (gazetteer.country_code(c) for c in settings.countries):
        for place, score, told in gazetteer.similar(name, code) if code else ():
            print(f"   perhaps {place.name}, {place.admin1 or '–'}, {place.country} ({told}; {score:.2f})")
    if not settings.countries:
        print("   With --country names that are spelt alike are shown.")
    return 1


def _target(settings: Settings, name: str) -> Path:
    """The file of the user's folder for a list of that name."""
    plain = re.sub(r"[^\w-]+", "-", name).strip("-").lower()
    if not plain:
        raise InputError(f"{name!r} is no name for a list.", remedy="Give letters or digits with --name.")
    return settings.additions / f"{plain}.bin"


def _pairs(text: str | None) -> dict[str, str]:
    """ "name=TOWN,lat=Y" as a dictionary."""
    pairs = [p.partition("=") for p in (text or "").split(",") if p.strip()]
    if not all(column for _, _, column in pairs):
        raise InputError(f"--columns {text}: not FIELD=COLUMN.", remedy="Write name=TOWN,lat=Y,lon=X.")
    return {field.strip(): column.strip() for field, _, column in pairs}


def _add(options: argparse.Namespace, settings: Settings, gazetteer: Gazetteer) -> int:
    from mapper.sources import own

    target = _target(settings, options.own_name or options.file.stem)
    country = gazetteer.country_code(settings.countries[0]) if settings.countries else None
    added = own.add(
        options.file,
        target,
        gazetteer,
        gazetteer.words(),
        _pairs(options.columns),
        country=country,
        licence=options.licence,
    )
    print("columns: " + ", ".join(f"{k} = {v}" for k, v in added.columns.items()))
    print(f"{added.taken:,} places taken from {options.file}, used from now on: {target}")
    print_failures(added.failures)
    return 1 if added.failures else 0


def _build(options: argparse.Namespace, settings: Settings) -> int:
    from mapper import files
    from mapper.gazetteer import Gazetteer
    from mapper.gazetteer_writer import Writer
    from mapper.sources import dump

    target = _target(settings, options.own_name)
    asked = {"countries": options.only_countries, "classes": options.classes, "languages": options.languages}
    chosen = {k: frozenset(x.strip() for x in v.split(",") if x.strip()) for k, v in asked.items()}
    build = dump.Build(dump.find(options.inputs), dump.Choice(**{k: v for k, v in chosen.items() if v}), _Bar())
    words = Gazetteer.open(settings.gazetteer).words()
    with files.scratch(target.parent) as scratch, Writer(scratch, words) as writer:
        build.run(writer, target, {"geonames": "GeoNames, CC BY 4.0"})
        count = writer.count
    print(f"{count:,} places, {target.stat().st_size:,} bytes, used from now on: {target}")
    print_failures(build.failures)
    return 1 if build.failures else 0


class _Bar:
    """Progress with the time left, on the error stream: a line that is written over, or one every ten seconds."""

    def __init__(self) -> None:
        self._start = self._shown = time.monotonic()
        self._terminal = sys.stderr.isatty()

    def __call__(self, what: str, share: float) -> None:
        now = time.monotonic()
        if now - self._shown < (0.2 if self._terminal else 10) and share < 1:
            return
        self._shown = now
        left = (now - self._start) * (1 - share) / max(share, 1e-6)
        text = f"{what}: {100 * share:.0f} %, {left // 60:.0f} min {left % 60:02.0f} s left"
        end = "\n" if not self._terminal or share >= 1 else ""
        print(f"\r{text:<70}" if self._terminal else text, end=end, file=sys.stderr, flush=True)

"""Write the lists of personal names of a language: ``python -m training.persons fr`` (needs Faker).

Names that are common where the language is written (all of the locales that ``names.toml`` lists for it), and names
that are common in two languages of the world or more: news is full of people from elsewhere.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import re
import textwrap
import tomllib
from collections import defaultdict

from faker.providers import person

from mapper import files
from mapper.language import FOLDER
from training.corpora import HERE

_LATIN = re.compile(r"[A-ZÀ-ÖØ-Ž][^\W\d_]+(?:[-' ’][^\W\d_]+)*$")
_KINDS = {"given": "first_names", "surnames": "last_names"}
_HEAD = """\
# Given names and surnames that are common where the language is written, or in two languages of the world or more.
# Source: the name lists of Faker (MIT licence, Daniele Faraglia and contributors), by `python -m training.persons`.
# They make a name doubtful as a place; they exclude none.
"""


def names_of(kind: str) -> dict[str, set[str]]:
    """Locale of Faker → its names in Latin letters; ``kind`` is given or surnames."""
    found: dict[str, set[str]] = defaultdict(set)
    for module in pkgutil.iter_modules(person.__path__):
        provider = importlib.import_module(f"{person.__name__}.{module.name}").Provider
        for attribute in dir(provider):
            value = getattr(provider, attribute)
            if _KINDS[kind] in attribute and isinstance(value, (tuple, list, dict)):
                found[module.name] |= {n for n in value if isinstance(n, str) and _LATIN.match(n)}
    return found


def chosen(kind: str, locales: list[str]) -> list[str]:
    """The names of the locales, and those of two languages or more, sorted."""
    found = names_of(kind)
    languages: dict[str, set[str]] = defaultdict(set)
    for locale, names in found.items():
        for name in names:
            languages[name].add(locale[:2])
    shared = {name for name, where in languages.items() if len(where) > 1}
    return sorted(shared.union(*(found[locale] for locale in locales)))


def main() -> None:
    """Read the arguments, write the file."""
    parser = argparse.ArgumentParser(description="write a language's persons.toml")
    parser.add_argument("language")
    language = parser.parse_args().language
    locales = tomllib.loads((HERE / "names.toml").read_text(encoding="utf-8"))[language]["locales"]
    content = _HEAD
    for kind in _KINDS:
        # A name of several words stays on one line.
        quoted = ", ".join(f'"{n}"'.replace(" ", "_") for n in chosen(kind, locales))
        listed = textwrap.fill(quoted, 118, break_long_words=False, break_on_hyphens=False, initial_indent="  ",
                               subsequent_indent="  ").replace("_", " ")  # fmt: skip
        content += f"{kind} = [\n{listed},\n]\n"
    files.write(FOLDER / language / "persons.toml", content.encode())


if __name__ == "__main__":
    main()

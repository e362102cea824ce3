"""Names to fill training sentences with: places of the gazetteer, persons and groups of this project's lists."""

from __future__ import annotations

import random
import re
import tomllib
from pathlib import Path

from mapper.gazetteer import Gazetteer
from mapper.language import section

# Countries whose towns fill sentences: where conflict reports come from.
FIELD = ("LY", "SY", "IQ", "YE", "SD", "SS", "PS", "LB", "ML", "NE", "BF", "NG", "TD", "CF", "CD", "SO", "ET",
         "UA", "AF", "PK", "MM", "CO", "MX", "EG", "DZ", "TN", "MZ", "CM")  # fmt: skip


class Names:
    """Draws names for the slots of a language's sentences."""

    def __init__(self, gazetteer: Gazetteer, language: str) -> None:
        data = tomllib.loads((Path(__file__).parent / "names.toml").read_text(encoding="utf-8"))
        own = data[language]
        self._lists: dict[str, list[str]] = {k: v for k, v in own.items() if k not in ("home", "locales")}
        persons = section(language, "persons")
        self._lists["given"] = self._lists["given"] + persons.get("given", [])
        self._lists["surname"] = self._lists["surname"] + persons.get("surnames", [])
        self._towns, self._homes = _towns(gazetteer, language, FIELD), _towns(gazetteer, language, tuple(own["home"]))
        known = {c: gazetteer.country(c) for c in gazetteer.info_countries()}
        great = [c for c, p in known.items() if p.population > 2_000_000]
        self._countries = [
            n for c in [*great, *FIELD, *own["home"]] if _written(n := known[c].name_in(language), language)
        ]
        large = [p.name_in(language) for p in gazetteer.large_places(1_000_000)]
        self._great = [n for n in large if _written(n, language)]
        self._states = _units(gazetteer, language, tuple(own["home"][:3]))
        self._units = _units(gazetteer, language, FIELD) + self._states

    def draw(self, slot: str, draw: random.Random) -> str:
        """A name for ``{town}``, ``{home}``, ``{country}``, ``{state}``, ``{unit}``, ``{person}`` or a list."""
        if slot in ("town", "home"):
            if draw.random() < 0.2:
                return draw.choice(self._countries if draw.random() < 0.5 else self._great)
            return draw.choice(self._homes if slot == "home" else self._towns)
        if slot == "country":
            return draw.choice(self._countries)
        if slot == "state":
            return draw.choice(self._states)
        if slot == "unit":
            return draw.choice(self._units)
        if slot == "person":
            return f"{draw.choice(self._lists['given'])} {self._surname(draw)}"
        if slot == "surname":
            return self._surname(draw)
        return draw.choice(self._lists[slot])

    def _surname(self, draw: random.Random) -> str:
        # Persons are often called like places: that the tagger must learn from what stands around.
        return draw.choice(self._homes).split()[0] if draw.random() < 0.1 else draw.choice(self._lists["surname"])


def _towns(gazetteer: Gazetteer, language: str, countries: tuple[str, ...]) -> list[str]:
    """Names of towns as the language writes them, the great ones several times."""
    found = []
    for code in countries:
        places = {p.id: p for _, p in gazetteer.names_in(code) if p.feature_class == "P"}
        ranked = sorted(places.values(), key=lambda p: (-gazetteer.rank(p), p.id))[:400]
        for number, place in enumerate(ranked):
            name = place.name_in(language)
            if _written(name, language):
                found += [name] * max(1, 60 // (number + 3))
    return found


def _units(gazetteer: Gazetteer, language: str, countries: tuple[str, ...]) -> list[str]:
    """Names of first-order units as the language writes them."""
    found = []
    for code in countries:
        for name in sorted({p.admin1 for _, p in gazetteer.names_in(code) if p.admin1}):
            unit = gazetteer.admin1_place(code, name)
            if unit is not None and _written(unit.name_in(language), language):
                found.append(unit.name_in(language))
    return found


def _written(name: str, language: str) -> bool:
    """Whether a name is in the letters of the language."""
    return (
        bool(name)
        and ("\u0600" <= name[0] <= "\u06ff") == (language == "ar")
        and not re.search("[(\u064b-\u0652]", name)
    )

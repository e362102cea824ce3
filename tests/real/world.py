"""A world of two countries for a real Nominatim, as OSM XML: ``python world.py > world.osm``. Its places are ours."""

from __future__ import annotations

import sys
from xml.sax.saxutils import quoteattr

# kind, (lat, lon), names by language. Villages of invented names are in no gazetteer: those are asked for.
PLACES = [
    ("city", (31.2089, 16.5887), {"en": "Sirte", "ar": "سرت", "fr": "Syrte"}),
    ("city", (32.3754, 15.0925), {"en": "Misrata", "ar": "مصراتة", "fr": "Misrata"}),
    ("city", (32.1167, 20.0667), {"en": "Benghazi", "ar": "بنغازي", "fr": "Benghazi"}),
    ("city", (32.8925, 13.1800), {"en": "Tripoli", "ar": "طرابلس", "fr": "Tripoli"}),
    ("city", (34.4333, 35.8333), {"en": "Tripoli", "ar": "طرابلس", "fr": "Tripoli"}),
    ("village", (30.9000, 16.9000), {"en": "Qarmoushiya", "ar": "القرموشية", "fr": "Qarmouchia"}),
    ("village", (34.2000, 36.1000), {"en": "Telbisharat", "ar": "تل البشارات", "fr": "Tell Bicharat"}),
]
COUNTRIES = [
    ("LY", "Libya", "ليبيا", "Libye", (20.0, 9.5, 33.0, 25.0)),
    ("LB", "Lebanon", "لبنان", "Liban", (33.1, 35.2, 34.6, 36.5)),
]


def tags(values: dict[str, str]) -> str:
    """The tags of an object."""
    return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in values.items())


def names(of: dict[str, str]) -> dict[str, str]:
    """OSM's name tags: that of the country's own language is ``name``."""
    return {"name": of["ar"]} | {f"name:{code}": name for code, name in of.items()}


def main() -> None:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6" generator="own">']
    ways, relations = [], []
    stamp = 'version="1" timestamp="2024-01-01T00:00:00Z" changeset="1" uid="1" user="own"'
    for number, (kind, (lat, lon), of) in enumerate(PLACES, start=1):
        inner = tags({"place": kind} | names(of))
        lines.append(f'<node id="{number}" lat="{lat}" lon="{lon}" {stamp}>{inner}</node>')
    number = 100
    for row, (code, en, ar, fr, (south, west, north, east)) in enumerate(COUNTRIES, start=1):
        corners = [(south, west), (south, east), (north, east), (north, west)]
        for lat, lon in corners:
            number += 1
            lines.append(f'<node id="{number}" lat="{lat}" lon="{lon}" {stamp}/>')
        ring = [*range(number - 3, number + 1), number - 3]
        ways.append(f'<way id="{row}" {stamp}>' + "".join(f'<nd ref="{n}"/>' for n in ring) + "</way>")
        told = {"type": "boundary", "boundary": "administrative", "admin_level": "2", "ISO3166-1": code}
        inner = tags(told | names({"en": en, "ar": ar, "fr": fr}))
        relations.append(
            f'<relation id="{row}" {stamp}><member type="way" ref="{row}" role="outer"/>{inner}</relation>'
        )
    sys.stdout.write("\n".join([*lines, *ways, *relations, "</osm>", ""]))


if __name__ == "__main__":
    main()

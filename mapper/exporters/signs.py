"""The colour of each event type, the same as on the map (Okabe and Ito's, told apart by all kinds of eyes)."""

from __future__ import annotations

COLOURS = {
    "Battles": "#D55E00",
    "Explosions/Remote violence": "#E69F00",
    "Violence against civilians": "#CC79A7",
    "Protests": "#56B4E9",
    "Riots": "#0072B2",
    "Strategic developments": "#009E73",
    "Diplomacy": "#F0E442",
}
OTHER = "#8A8A8A"


def colour(event_type: str) -> str:
    """The colour of a type as ``#RRGGBB``."""
    return COLOURS.get(event_type, OTHER)

"""Weights of the linear models, with what is said where a feature decides: ``<model>.toml`` beside the code."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Weight:
    """One feature: its weight, and what is said for a candidate that has it or of one that lost by it.

    ``held`` marks a rule of the language that no fit may move: the texts that a fit sees hold too few of its cases.
    """

    weight: float
    why: str
    against: str
    held: bool = False


@cache
def weights(model: str) -> dict[str, Weight]:
    """The weights of a model by feature: "recognise" or "ranking"."""
    data = tomllib.loads((Path(__file__).parent / f"{model}.toml").read_text(encoding="utf-8"))
    return {n: Weight(float(d["weight"]), d["for"], d["against"], d.get("held", False)) for n, d in data.items()}

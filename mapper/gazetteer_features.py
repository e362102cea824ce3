"""GeoNames feature codes: which class a code belongs to, from ``gazetteer_features.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path


@cache
def _classes() -> dict[str, str]:
    data = tomllib.loads((Path(__file__).parent / "gazetteer_features.toml").read_text(encoding="utf-8"))
    return {code: letter for letter, codes in data.items() for code in codes}


def feature_class(code: str) -> str:
    """The class of a feature code: "AIRB" → "S"; P for one that is not known.

    >>> feature_class("AIRB"), feature_class("ADM2"), feature_class("PPLX")
    ('S', 'A', 'P')
    """
    known = _classes().get(code)
    if known is None and code.startswith(("ADM", "PCL")):
        return "A"
    return known or "P"

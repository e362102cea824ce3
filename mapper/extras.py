"""Packages that only some formats need."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from mapper.errors import MapperError


def package(name: str, extra: str, error: type[MapperError], what: str) -> Any:
    """An optional package.

    Args:
        name: Of the module, with its parent packages.
        extra: The extra of this project that brings it.
        error: What to raise where it is not installed.
        what: What needs it, as the sentence's subject.

    Raises:
        MapperError: It is not installed; the remedy names the extra.
    """
    try:
        return import_module(name)
    except ImportError as missing:
        raise error(f"{what} needs {name.split('.')[0]}.", remedy=f"pip install 'mapper[{extra}]'") from missing

"""Packages that only some formats need."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from mapper.errors import OutputError


def package(name: str, extra: str) -> Any:
    """An optional package.

    Raises:
        OutputError: It is not installed; the remedy names the extra that brings it.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise OutputError(
            f"This format needs {name.split('.')[0]}.", remedy=f"pip install 'mapper[{extra}]'"
        ) from error

"""Records as JSON and back, exactly: what batch writes between its steps.

JSON and not pickle, because a folder of results may come from elsewhere, and unpickling runs what it is
given. A record is the list of its fields in order; dates are ISO text, geometries the number of a hexadecimal
WKB that was given before.
"""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, Union, get_args, get_origin, get_type_hints

import shapely
from shapely.geometry.base import BaseGeometry

Decoder = Callable[[Any, list[str]], Any]


_PLAIN = frozenset({type(None), bool, int, float, str})


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))


class Encoder:
    """Records as JSON values; each geometry that is met goes once into ``shapes`` and is its number there."""

    def __init__(self) -> None:
        self.shapes: list[str] = []
        self._numbers: dict[str, int] = {}

    def __call__(self, value: Any) -> Any:
        """``value`` in JSON types.

        Raises:
            TypeError: It holds something that is no record, date, geometry or plain value.
        """
        kind = type(value)
        if kind in _PLAIN:
            return value
        if isinstance(value, str):  # an enumeration's
            return str(value)
        if isinstance(value, (int, float)):  # numpy's
            return value
        if is_dataclass(kind):
            return [self(getattr(value, name)) for name in _names(kind)]
        if isinstance(value, (tuple, list)):
            return [self(v) for v in value]
        if isinstance(value, dt.date):
            return value.isoformat()
        if isinstance(value, BaseGeometry):
            text = shapely.to_wkb(value, hex=True)
            number = self._numbers.setdefault(text, len(self.shapes))
            if number == len(self.shapes):
                self.shapes.append(text)
            return number
        raise TypeError(f"a {type(value).__name__} is no part of a record")


@lru_cache(maxsize=4096)
def _shape(text: str) -> BaseGeometry:
    """The geometry of a WKB; kept, because thousands of events share the outline of their country."""
    return shapely.from_wkb(text)


def decode(kind: Any, value: Any, shapes: list[str]) -> Any:
    """The record of class ``kind`` that ``value`` was made of, with the geometries of ``shapes``.

    Raises:
        ValueError, TypeError, IndexError, KeyError: It was made of another class or is damaged.
    """
    return _decoder(kind)(value, shapes)


def _lazy(kind: Any) -> Decoder:
    return lambda v, s: _decoder(kind)(v, s)


@cache
def _decoder(kind: Any) -> Decoder:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        one = _decoder(next(k for k in inner if k is not type(None)))
        return lambda v, s: None if v is None else one(v, s)
    if origin is tuple:
        if len(inner) == 2 and inner[1] is Ellipsis:
            each = _decoder(inner[0])
            return lambda v, s: tuple([each(x, s) for x in v])
        parts = [_decoder(k) for k in inner]
        return lambda v, s: tuple([part(x, s) for part, x in zip(parts, v, strict=True)])
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        # A class may hold records of its own kind, so a field's decoder is looked up when it is used.
        steps = [_lazy(hints[f.name]) for f in fields(kind)]
        make: Any = kind
        return lambda v, s: make(*[step(x, s) for step, x in zip(steps, v, strict=True)])
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return lambda v, s: kind(v)
    if kind is dt.date:
        return lambda v, s: dt.date.fromisoformat(v)
    if isinstance(kind, type) and issubclass(kind, BaseGeometry):
        return lambda v, s: _shape(s[v])
    return lambda v, s: v

"""Values of `medassay.types` as JSON-ready data, and back, exactly.

A field that equals its default is left out, so stored values stay small and a field added later reads as
its default from what was written before it existed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
_JSON = json.JSONEncoder(separators=(",", ":"))
Convert = Callable[[Any], Any]


class _Field(NamedTuple):
    name: str
    default: Any
    encode: Convert | None  # None: already JSON
    decode: Convert | None


def plain(value: Any) -> dict[str, Any]:
    """A dataclass of `medassay.types` as dicts, lists, strings and numbers."""
    data = {}
    for name, default, encode, _ in _plan(type(value)):
        held = getattr(value, name)
        if held is not default and held != default:
            data[name] = held if encode is None else encode(held)
    return data


def restore(kind: type[T], data: Mapping[str, Any]) -> T:
    """The value that `plain` was given.

    Raises:
        TypeError: a field without a default is missing, or of another shape.
    """
    given = {}
    for name, _, _, decode in _plan(kind):
        if name in data:
            given[name] = data[name] if decode is None else decode(data[name])
    return kind(**given)


def dumps(data: Any) -> str:
    """Compact JSON in ASCII: lone surrogates, which a broken server can send, survive."""
    return _JSON.encode(data)


def loads(text: str | bytes) -> Any:
    """JSON that others wrote.

    Raises:
        ValueError: it is none, or nested more deeply than can be read.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply to be read") from None


def _fields(kind: type) -> tuple[_Field, ...]:
    hints = get_type_hints(kind)
    return tuple(_Field(f.name, _default(f), *_codec(hints[f.name])) for f in fields(kind))


_plan: Callable[[type], tuple[_Field, ...]] = cache(_fields)


def _default(field: Any) -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default  # MISSING equals nothing, so a field without a default is always written


def _codec(hint: Any) -> tuple[Convert | None, Convert | None]:
    """How values of a type are written and read."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _optional([a for a in arguments if a is not NoneType])
    if origin is tuple:
        return _sequence(arguments[0]) if arguments[-1] is Ellipsis else (list, tuple)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return dict, None
    if isinstance(hint, type) and is_dataclass(hint):
        return plain, lambda data: restore(hint, data)
    if hint in (str, int, float, bool) or origin is Literal:
        return None, None
    raise TypeError(f"no way to write {hint} as JSON")


def _optional(members: list[Any]) -> tuple[Convert | None, Convert | None]:
    if len(members) > 1:  # of scalars, such as float | str
        return None, None
    encode, decode = _codec(members[0])
    return _unless_none(encode), _unless_none(decode)


def _unless_none(convert: Convert | None) -> Convert | None:
    return convert and (lambda value: None if value is None else convert(value))


def _sequence(item: Any) -> tuple[Convert, Convert]:
    encode, decode = _codec(item)
    return (
        list if encode is None else lambda values: [encode(v) for v in values],
        tuple if decode is None else lambda values: tuple(decode(v) for v in values),
    )

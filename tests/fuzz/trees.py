"""Changes to what JSON and YAML hold, made on the tree, so that the text around them stays whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

DEEP, LONG = "@deep@", "@long@"  # stand for values that `json.dumps` itself could not write
_RAW = {f'"{DEEP}"': "[" * 3_000 + "]" * 3_000, f'"{LONG}"': "9" * 5_000}
TEXTS = (
    "",
    " ",
    "0",
    "-1",
    "1e999",
    "nan",
    "yes",
    "true",
    "\x00",
    "\ud800",
    "\u202e",
    "é" * 300,
    "x" * 10_000,
    "a\nb",
    "../../../../tmp/elsewhere",
    "/etc/passwd",
    "https://example.invalid/x",
    "data:image/png;base64,",
    "inline:AAAA",
    "npz:/dev/zero?key=a",
    "__import__('os').system('true')",
    "!!python/object/apply:os.system [true]",
    "=1+1",
)
VALUES: tuple[Any, ...] = (
    *TEXTS,
    None,
    True,
    False,
    0,
    -1,
    1,
    2**31,
    2**63,
    -(2**64),
    10**400,
    0.5,
    1e308,
    float("nan"),
    float("inf"),
    [],
    {},
    [[]],
    [None],
    {"": None},
    {"text": 1, "label": []},
    DEEP,
    LONG,
)


def changed(draw: Random, tree: Any) -> Any:
    """The tree with one thing changed somewhere in it; containers on the way are changed in place."""
    places = list(_places(tree))
    if not places:
        return draw.choice(VALUES)
    held, key = draw.choice(places)
    draw.choice(_CHANGES)(draw, held, key)
    return tree


def written(tree: Any, *, ascii_only: bool = True) -> str:
    """JSON, also of what JSON would not hold."""
    text = json.dumps(tree, ensure_ascii=ascii_only)
    for mark, raw in _RAW.items():
        text = text.replace(mark, raw)
    return text


def _places(tree: Any) -> list[tuple[Any, Any]]:
    """Each value below the root, as its container and its key."""
    found, left = [], [tree]
    while left:
        held = left.pop()
        keys = held.keys() if isinstance(held, dict) else range(len(held)) if isinstance(held, list) else ()
        found += [(held, key) for key in keys]
        left += [held[key] for key in keys]
    return found


def _replace(draw: Random, held: Any, key: Any) -> None:
    held[key] = draw.choice(VALUES)


def _remove(draw: Random, held: Any, key: Any) -> None:
    del held[key]


def _wrap(draw: Random, held: Any, key: Any) -> None:
    held[key] = draw.choice(([held[key]], {"a": held[key]}, [held[key]] * 3))


def _rename(draw: Random, held: Any, key: Any) -> None:
    if isinstance(held, dict):
        held[draw.choice(TEXTS)] = held.pop(key)
    else:
        held.append(held[key])


def _retype(draw: Random, held: Any, key: Any) -> None:
    value = held[key]
    held[key] = value.swapcase() if isinstance(value, str) else str(value)


def _swap(draw: Random, held: Any, key: Any) -> None:
    other = draw.choice(list(held) if isinstance(held, dict) else range(len(held)))
    held[key], held[other] = held[other], held[key]


_CHANGES: tuple[Callable[[Random, Any, Any], None], ...] = (
    _replace,
    _replace,
    _remove,
    _wrap,
    _rename,
    _retype,
    _swap,
)

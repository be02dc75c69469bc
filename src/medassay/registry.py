"""Names to things: words of the command line, built-in tables, plugins of other packages, files.

A word is `name@variant:key=value,key=value`. Built-in names come first, then entry points of the group
`medassay.<kind>s` that one package alone provides, then a path to a Python file or `module:attribute`.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import re
import sys
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, is_dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Literal

from medassay.errors import UnknownName, UsageError

Thing = Literal["benchmark", "model", "solver", "metric", "protocol", "rubric", "recipe", "reward"]

# Where the built-in names of a kind are listed: a mapping of name to the thing, or to "module:attribute".
_TABLES: dict[Thing, str] = {
    "benchmark": "medassay.benchmarks:BENCHMARKS",
    "model": "medassay.models:CARDS",
    "solver": "medassay.solvers:SOLVERS",
    "metric": "medassay.metrics:METRICS",
    "protocol": "medassay.protocols:PROTOCOLS",
    "rubric": "medassay.judges:RUBRICS",
    "recipe": "medassay.adaptation:RECIPES",
    "reward": "medassay.adaptation.generative.rewards:REWARDS",
}
# Files that describe a benchmark instead of programming it, and what reads them.
_READERS = dict.fromkeys((".yaml", ".yml", ".csv", ".tsv"), "medassay.benchmarks.described:read")
FILES = (".py", *_READERS)
"""The endings of files that hold a benchmark."""
_WORD = re.compile(r"(?P<name>[^@=,\s]+?)(?:@(?P<variant>[\w.-]+))?(?::(?P<options>[^:=]+=.*))?")
_TRUE, _FALSE = frozenset({"true", "yes", "on", "1"}), frozenset({"false", "no", "off", "0"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A name with what was said about it."""

    name: str
    variant: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)


def parse(text: str) -> Word:
    """Take a word of the command line apart. The path of a file that describes a benchmark is one word.

    Raises:
        UsageError: it is not of the form `name@variant:key=value,...`.
    """
    if (
        Path(text.strip()).suffix.lower() in _READERS
    ):  # a path may hold blanks, and all that words are parted by
        return Word(name=text.strip())
    match = _WORD.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"{text!r} is not of the form name@variant:key=value,key=value")
    options: dict[str, str] = {}
    for pair in filter(None, (match["options"] or "").split(",")):
        key, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"{text!r}: {pair!r} should read key=value")
        options[key.strip()] = value.strip()
    return Word(name=match["name"], variant=match["variant"], options=options)


def names(kind: Thing) -> list[str]:
    """All names of a kind: the built-in ones, then those of plugins, each sorted."""
    built_in = _table(kind)
    return sorted(built_in) + sorted({point.name for point in _plugins(kind)} - set(built_in))


def find(kind: Thing, name: str) -> Any:
    """The thing of that name.

    Raises:
        UnknownName: nothing is called so; suggests the nearest.
        UsageError: two plugins claim the name, or a file or module does not hold what it should.
    """
    table = _table(kind)
    if name in table:
        held = table[name]
        return load_attribute(held) if isinstance(held, str) else held
    points = [point for point in _plugins(kind) if point.name == name]
    if len(points) > 1:
        packages = ", ".join(sorted(f"{p.dist.name if p.dist else '?'}/{p.name}" for p in points))
        raise UsageError(
            f"more than one package provides the {kind} {name!r}: {packages}; uninstall all but one"
        )
    if points:
        return points[0].load()
    if kind == "benchmark" and (suffix := Path(name).suffix.lower()) in _READERS:
        return load_attribute(_READERS[suffix])(Path(name))
    if name.endswith(".py") or ":" in name:
        return load_attribute(name, default=kind.upper())
    raise UnknownName(kind, name, names(kind))


def load_attribute(text: str, *, default: str = "") -> Any:
    """What `module:attribute` or `folder/file.py:attribute` names.

    Raises:
        UsageError: no such module, file or attribute.
    """
    place, _, attribute = text.partition(":")
    module = _load_file(Path(place)) if place.endswith(".py") else _load_module(place)
    attribute = attribute or default
    if not hasattr(module, attribute):
        raise UsageError(f"{place} has no {attribute!r}")
    return getattr(module, attribute)


def arguments(function: Callable[..., Any], options: Mapping[str, str], *, what: str) -> dict[str, Any]:
    """The options as the types that the function's keyword-only parameters declare.

    Raises:
        UsageError: an option that the function does not have, or a value that does not fit its type.
    """
    hints = _hints(function)
    known = options_of(function)
    unknown = set(options) - set(known)
    if unknown:
        offered = f"it has {', '.join(known)}" if known else "it has none"
        raise UsageError(f"{what} has no option {min(unknown)!r}: {offered}")
    return {key: _convert(value, hints.get(key, str), f"{what}: {key}") for key, value in options.items()}


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    """The types of its parameters; those that a dataclass inherits are looked up where they were declared."""
    own = inspect.isclass(function) and not is_dataclass(function)
    return typing.get_type_hints(function.__init__ if own else function)


def options_of(function: Callable[..., Any]) -> list[str]:
    """The names of a function's keyword-only parameters: what a word of the command line can set."""
    parameters = inspect.signature(function).parameters.values()
    return [p.name for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY]


def _convert(value: str, kind: Any, what: str) -> Any:
    if typing.get_origin(kind) in {typing.Union, types.UnionType}:
        options = [k for k in typing.get_args(kind) if k is not type(None)]
        if value.lower() == "none" and len(options) < len(typing.get_args(kind)):
            return None
        return _convert(value, options[0], what)
    if typing.get_origin(kind) is Literal:
        if value not in typing.get_args(kind):
            raise UsageError(f"{what} is one of {', '.join(map(str, typing.get_args(kind)))}, not {value!r}")
        return value
    if kind is bool:
        if value.lower() not in _TRUE | _FALSE:
            raise UsageError(f"{what} is true or false, not {value!r}")
        return value.lower() in _TRUE
    try:
        return kind(value)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{what} should be {getattr(kind, '__name__', kind)}, not {value!r}") from error


def _table(kind: Thing) -> Mapping[str, Any]:
    module, _, attribute = _TABLES[kind].partition(":")
    table: Mapping[str, Any] = getattr(importlib.import_module(module), attribute)
    return table


def _plugins(kind: Thing) -> list[EntryPoint]:
    return list(entry_points(group=f"medassay.{kind}s"))


def _load_module(name: str) -> types.ModuleType:
    here = str(Path.cwd())
    if here not in sys.path:  # a user's own module lies beside where the command is given
        sys.path.insert(0, here)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise UsageError(f"no module is called {error.name!r} (asked for by {name!r})") from error


def _load_file(path: Path) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location(f"medassay_file_{path.stem}", path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise UsageError(f"{path}: no such Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module

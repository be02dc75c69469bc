"""From a YAML file to a suite."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from medassay import registry
from medassay.benchmarks.described.pieces import Piece, read_pieces
from medassay.errors import DataError, UsageError
from medassay.files.places import is_file
from medassay.protocols import STRICT
from medassay.workflows.running import plain
from medassay.workflows.suites.suite import PARTS, SETTINGS, Contender, Contest, Layout, Suite

SHIPPED = Path(__file__).parent / "shipped"
"""The folder of the suites that ship; `suites` in the repository is a link to it."""
SCHEMA = "1"
KEYS = ("kind", "schema", "name", "title", "paper", "protocol", "differs", "models", "benchmarks", "tables")
_NEEDED = {
    "kind": "begin the file with `kind: suite`",
    "schema": f"write `schema: {SCHEMA}` below `kind: suite`",
    "name": "write a short one, in-kebab-case",
    "models": "write a line `title: model` for each",
    "benchmarks": "write a line `title: benchmark` for each",
    "tables": "write a list with at least one `- title: ...`",
}


def shipped() -> dict[str, Path]:
    """The suites that ship, by name."""
    return {path.stem: path for path in sorted(SHIPPED.glob("*.yaml"))}


def is_suite(word: str) -> bool:
    """Whether a word is a suite rather than a benchmark, which wins where it has the name of one that ships.

    Raises:
        DataError: the file cannot be read.
    """
    if not word.endswith((".yaml", ".yml")):
        return word in shipped() and word not in registry.names("benchmark")
    piece = read_pieces(Path(word), example="docs/suites.md shows one")
    kind = piece.entries(()).get("kind") if piece.is_mapping else None
    return kind is not None and kind.text() == "suite"


def find_suite(word: str) -> Suite:
    """The suite of that name, or in that file.

    Raises:
        UsageError: nothing is called so.
        DataError: a mistake in the file, with its line and what to write instead.
    """
    path = shipped().get(word, Path(word))
    if is_file(path):
        return read_suite(path)
    raise UsageError(f"no suite is called {word!r}: there are {', '.join(shipped())}; or name a YAML file")


def read_suite(path: Path) -> Suite:
    """What a file `kind: suite` says.

    Raises:
        DataError: a mistake, with its line and what to write instead.
    """
    held = read_pieces(path, example="docs/suites.md shows one").entries(KEYS)
    for key, example in _NEEDED.items():
        if key not in held:
            raise DataError(f"{path}: the key {key!r} is missing: {example}")
    held["kind"].one_of(("suite",))
    held["schema"].one_of((SCHEMA,))
    protocol = held["protocol"].text() if "protocol" in held else STRICT
    models = _titled(held["models"], _contender)
    benchmarks = _titled(held["benchmarks"], lambda title, piece: _contest(title, piece, protocol))
    return Suite(
        path=path,
        name=_name(held["name"]),
        title=held["title"].text() if "title" in held else held["name"].text(),
        paper=held["paper"].text() if "paper" in held else "",
        differs=held["differs"].texts() if "differs" in held else (),
        models=models,
        benchmarks=benchmarks,
        tables=tuple(_layout(piece, models, benchmarks) for piece in held["tables"].members()),
    )


def _name(piece: Piece) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", piece.text()):
        raise piece.fail(f"the name {piece.text()!r} should be lower case letters, digits and hyphens")
    return piece.text()


def _titled(piece: Piece, read: Callable[[str, Piece], Any]) -> dict[str, Any]:
    """Things by title; no two may share a folder."""
    found, folders = dict[str, Any](), dict[str, str]()
    for title, held in piece.entries().items():
        other = folders.setdefault(plain(title).lower(), title)
        if other != title:
            raise held.fail(f"{title!r} and {other!r} are one folder name: write another title")
        found[title] = read(title, held)
    if not found:
        raise piece.fail("at least one `title: name` line belongs here")
    return found


def _contender(title: str, piece: Piece) -> Contender:
    if not piece.is_mapping:
        return Contender(title=title, word=piece.text())
    said = _said(piece, "model", {"differs": Piece.text})
    return Contender(title=title, **said)


def _contest(title: str, piece: Piece, protocol: str) -> Contest:
    if not piece.is_mapping:
        return Contest(title=title, word=piece.text(), protocol=protocol)
    return Contest(title=title, **{"protocol": protocol, **_said(piece, "benchmark", _OF_CONTESTS)})


def _layout(piece: Piece, models: Collection[str], benchmarks: Collection[str]) -> Layout:
    named = {"models": models, "benchmarks": benchmarks}
    held = piece.entries(("title", *_OF_LAYOUTS, *named))
    if "title" not in held:
        raise piece.fail("the key 'title' is missing: write what the table shows")
    said: dict[str, Any] = {key: read(held[key]) for key, read in _OF_LAYOUTS.items() if key in held}
    axes: dict[str, Any] = {
        key: _some(held[key], known) if key in held else tuple(known) for key, known in named.items()
    }
    return Layout(title=held["title"].text(), **axes, **said)


def _some(piece: Piece, known: Collection[str]) -> tuple[str, ...]:
    """Titles, each of which stands above and only once here."""
    for member in piece.members():
        member.one_of(known)
    names = piece.texts()
    if len(set(names)) < len(names):
        raise piece.fail("a title occurs twice: keep one")
    return names


def _said(piece: Piece, word: str, others: Mapping[str, Callable[[Piece], Any]]) -> dict[str, Any]:
    """The fields of a mapping that names one thing."""
    held = piece.entries((word, *others))
    if word not in held:
        raise piece.fail(f"the key {word!r} is missing: name it as the command line does")
    return {"word": held[word].text()} | {k: read(held[k]) for k, read in others.items() if k in held}


def _count(piece: Piece) -> int:
    if not re.fullmatch(r"[1-9]\d{0,11}", piece.text()):
        raise piece.fail(f"{piece.text()!r} should be a whole number from 1 on")
    return int(piece.text())


_OF_CONTESTS: Mapping[str, Callable[[Piece], Any]] = {
    "split": Piece.text,
    "protocol": Piece.text,
    "solver": Piece.text,
    "limit": _count,
    "fairness": Piece.texts,
    "published": Piece.text,
    "differs": Piece.text,
}
_OF_LAYOUTS: Mapping[str, Callable[[Piece], Any]] = {
    "setting": lambda piece: piece.one_of(SETTINGS),
    "part": lambda piece: piece.one_of(PARTS),
    "metric": Piece.text,
    "published": Piece.text,
    "note": Piece.text,
}

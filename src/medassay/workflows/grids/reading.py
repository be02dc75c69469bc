"""From a YAML file to a grid."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, get_args

from medassay.benchmarks.described.pieces import Piece, read_pieces
from medassay.errors import DataError, UsageError
from medassay.workflows.adapting.learning import recipe_of
from medassay.workflows.adapting.parts import Shared
from medassay.workflows.grids.grid import Grid, Subject, Trial, folder_name

FRACTIONS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0)
SEEDS = (0, 1, 2)
_NEEDED = {
    "kind": "begin the file with `kind: adapt-grid`",
    "models": "write a list of models, as --model takes them",
    "recipes": "write a list of recipes: `medassay list recipes`",
    "benchmarks": "write a list, each with `benchmark: WORD` and `data: FOLDER`",
}
_KEYS = (*_NEEDED, "fractions", "seeds", "shared", "store", "features")
_TRIAL = ("benchmark", "data", "title")


def read_grid(path: Path) -> Grid:
    """What a file `kind: adapt-grid` says.

    Raises:
        DataError: a mistake, with its line and what to write instead.
    """
    held = read_pieces(path, example="docs/adapting.md shows one").entries(_KEYS)
    for key, example in _NEEDED.items():
        if key not in held:
            raise DataError(f"{path}: the key {key!r} is missing: {example}")
    held["kind"].one_of(("adapt-grid",))
    read: dict[str, Any] = {key: function(held[key]) for key, function in _OTHERS.items() if key in held}
    return Grid(
        path=path,
        models=_titled(held["models"], Piece.text),
        recipes=_titled(held["recipes"], _recipe),
        subjects=_subjects(held["benchmarks"]),
        **{"fractions": FRACTIONS, "seeds": SEEDS, "shared": "stop", **read},
    )


def _titled(piece: Piece, read: Callable[[Piece], str]) -> dict[str, str]:
    """Words by title: a word is its own title, unless `title: word` lines are written."""
    pairs = piece.entries().items() if piece.is_mapping else [(one.text(), one) for one in piece.members()]
    _told_apart(pairs)
    return {title: read(each) for title, each in pairs}


def _told_apart(pairs: Iterable[tuple[str, Piece]]) -> None:
    """See that every title has a folder of its own."""
    folders = set[str]()
    for title, piece in pairs:
        if (name := folder_name(title).lower()) in folders:
            raise piece.fail(f"a second {title!r} (folder {name}): write it once, or give each a title")
        folders.add(name)


def _recipe(piece: Piece) -> str:
    try:
        recipe_of(piece.text())
    except UsageError as error:
        raise piece.fail(str(error)) from error
    return piece.text()


def _subjects(piece: Piece) -> list[Subject]:
    held = []
    for member in piece.members():
        entries = member.entries((*_TRIAL, "outside")) if member.is_mapping else {}
        others = entries["outside"].members() if "outside" in entries else []
        subject = Subject(trial=_trial(member, "outside"), outside=tuple(_trial(each) for each in others))
        _told_apart(zip((each.title for each in subject.trials), (member, *others), strict=True))
        held.append(subject)
    _told_apart(zip((subject.trial.title for subject in held), piece.members(), strict=True))
    return held


def _trial(piece: Piece, *more: str) -> Trial:
    """A benchmark's word, or a mapping with it, its folder and a title."""
    if not piece.is_mapping:
        return Trial(title=piece.text(), word=piece.text(), data=None)
    held = piece.entries((*_TRIAL, *more))
    if "benchmark" not in held:
        raise piece.fail("the key 'benchmark' is missing: name it as --benchmark does")
    word = held["benchmark"].text()
    return Trial(
        title=held["title"].text() if "title" in held else word,
        word=word,
        data=held["data"].text() if "data" in held else None,
    )


def _fraction(piece: Piece) -> float:
    try:
        fraction = float(piece.text())
    except ValueError:
        fraction = 0.0
    if not 0 < fraction <= 1:
        raise piece.fail(f"{piece.text()!r} should be above 0 and up to 1: 0.25 is a quarter, 1 is all")
    return fraction


def _seed(piece: Piece) -> int:
    if not re.fullmatch(r"\d{1,12}", piece.text()):
        raise piece.fail(f"{piece.text()!r} should be a whole number from 0 on: [0, 1, 2]")
    return int(piece.text())


def _distinct(read: Callable[[Piece], Any]) -> Callable[[Piece], tuple[Any, ...]]:
    def read_all(piece: Piece) -> tuple[Any, ...]:
        found = tuple(read(member) for member in piece.members())
        if len(set(found)) < len(found):
            raise piece.fail("a number occurs twice: keep one")
        return found

    return read_all


_OTHERS: dict[str, Callable[[Piece], Any]] = {
    "fractions": _distinct(_fraction),
    "seeds": _distinct(_seed),
    "shared": lambda piece: piece.one_of(get_args(Shared)),
    "store": Piece.text,
    "features": Piece.text,
}

"""From a YAML file to a description."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from medassay.benchmarks.described.description import Cells, Description, Roles, TaskName
from medassay.benchmarks.described.pieces import Piece, read_pieces
from medassay.benchmarks.described.tasks import TASKS
from medassay.benchmarks.shared.labels import Label
from medassay.errors import DataError

SCHEMA = "1"
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
ROLES = tuple(f.name for f in fields(Roles))
_PARTED = frozenset({"image", "answer", "options", "label", "box"})  # may have a separator
_LISTS = frozenset({"image", "question", "answer", "options", "label", "box", "id"})  # may be several columns
_CELLS = ("column", "separator")
_LABEL = ("values", "synonyms")
_NEEDED = ("kind", "schema", "name", "task")
_TEXTS = {
    "title": "title",
    "modality": "modality",
    "licence": "licence",
    "citation": "citation",
    "table": "table",
    "encoding": "encoding",
    "images": "images",
    "image suffix": "suffix",
    "question": "question",
    "positive": "positive",
    "unit": "unit",
}
KEYS = (
    *_NEEDED,
    *_TEXTS,
    "version",
    "decimal",
    "columns",
    "labels",
    "templates",
    "missing values",
    "may leave",
)
"""The keys of a file, in no order."""


def from_yaml(path: Path) -> Description:
    """What a file `kind: dataset` says.

    Raises:
        DataError: a mistake, with its line and what to write instead.
    """
    whole = read_pieces(path)
    held = whole.entries(KEYS)
    for key in _NEEDED:
        if key not in held:
            raise DataError(f"{path}: the key {key!r} is missing: {_EXAMPLES[key]}")
    held["kind"].one_of(("dataset",))
    held["schema"].one_of((SCHEMA,))
    said: dict[str, Any] = {_TEXTS[key]: piece.text() for key, piece in held.items() if key in _TEXTS}
    for key, read in _READ.items():
        if key in held:
            said |= read(held[key])
    described = Description(
        path=path,
        base=path.absolute().parent,
        sha256=file_digest(path),
        name=_name(held["name"]),
        task=_task(held["task"]),
        **said,
    )
    return _sound(described, held)


_EXAMPLES = {
    "kind": "begin the file with `kind: dataset`",
    "schema": f"write `schema: {SCHEMA}` below `kind: dataset`",
    "name": "write a short one, in-kebab-case",
    "task": f"write one of {', '.join(TASKS)}",
}


def _name(piece: Piece) -> str:
    if not _NAME.fullmatch(piece.text()):
        raise piece.fail(f"the name {piece.text()!r} should be lower case letters, digits and hyphens")
    return piece.text()


def _task(piece: Piece) -> TaskName:
    word = piece.one_of(tuple(TASKS))
    return next(task for task in TASKS if task == word)


def _version(piece: Piece) -> dict[str, Any]:
    if not re.fullmatch(r"[1-9]\d*", piece.text()):
        raise piece.fail(f"the version {piece.text()!r} should be a whole number from 1 on")
    return {"version": int(piece.text())}


def _templates(piece: Piece) -> dict[str, Any]:
    for template in piece.texts():
        if template.count("{}") != 1 or template.count("{") != 1:
            raise piece.fail(f"the template {template!r} should hold one {{}} for the label")
    return {"templates": piece.texts()}


def _labels(piece: Piece) -> dict[str, Any]:
    """A list of names, or a mapping from each name to the values of its cells, or to these and synonyms."""
    if not piece.is_mapping:
        names = piece.texts()
        if len(set(names)) < len(names):
            raise piece.fail("a label occurs twice: keep one")
        return {"labels": tuple(Label(name=name) for name in names)}
    labels, values = list[Label](), dict[str, str]()
    for name, about in piece.entries().items():
        held = {} if about.is_empty else about.entries(_LABEL) if about.is_mapping else {"values": about}
        synonyms = held["synonyms"].texts() if "synonyms" in held else ()
        labels.append(Label(name=name, synonyms=synonyms))
        for value in held["values"].texts() if "values" in held else ():
            if value in values:
                raise held["values"].fail(f"the value {value!r} already means {values[value]!r}")
            values[value] = name
    return {"labels": tuple(labels), "values": values}


def _columns(piece: Piece) -> dict[str, Any]:
    roles, places = dict[str, Any](), dict[str, str]()
    for role, held in piece.entries(ROLES).items():
        if role == "tags":
            roles[role] = _tags(held)
            places |= dict.fromkeys(roles[role].values(), held.place)
            continue
        roles[role] = _cells(role, held)
        places |= dict.fromkeys(roles[role].columns, held.place)
    return {"roles": Roles(**roles), "places": places}


def _cells(role: str, piece: Piece) -> Cells:
    separator = ""
    columns = piece
    if piece.is_mapping:
        held = piece.entries(_CELLS)
        if set(held) != set(_CELLS):
            raise piece.fail("write `{column: NAME, separator: ';'}`")
        separator, columns = held["separator"].raw(), held["column"]
    names = columns.texts()
    if separator and role not in _PARTED:
        raise piece.fail(f"`{role}:` has no separator: name a column")
    if len(names) > 1 and (role not in _LISTS or separator):
        raise columns.fail(f"one column belongs here, not {len(names)}")
    return Cells(columns=names, separator=separator)


def _tags(piece: Piece) -> dict[str, str]:
    if piece.is_mapping:
        return {tag: column.text() for tag, column in piece.entries().items()}
    return {column: column for column in piece.texts()}


_READ: Mapping[str, Callable[[Piece], dict[str, Any]]] = {
    "version": _version,
    "decimal": lambda piece: {"decimal": piece.one_of((".", ","))},
    "may leave": lambda piece: {"may_leave": piece.flag()},
    "missing values": lambda piece: {"missing": frozenset({"", *piece.texts()})},
    "templates": _templates,
    "labels": _labels,
    "columns": _columns,
}


def _sound(described: Description, held: Mapping[str, Piece]) -> Description:
    """The description, once its keys fit each other."""
    task, roles = TASKS[described.task], described.roles
    for key, piece in held.items():
        if key not in _NEEDED and not task.takes(key):
            raise piece.fail(
                f"a {described.task} has no use for `{key}:`: take it out, or write another `task:`"
            )
    for role in (name for name in ROLES if getattr(roles, name) and not task.takes(name)):
        (column, *_) = getattr(roles, role).columns
        raise DataError(
            f"{described.places[column]}: a {described.task} has no use for `{role}:`: take it out, or write "
            "another `task:`"
        )
    names = [label.name for label in described.labels]
    if described.positive:
        if len(names) != 2 or described.positive not in names:
            raise held["positive"].fail("the positive one is one of two `labels:`; write both")
        ordered = tuple(sorted(described.labels, key=lambda label: label.name == described.positive))
        described = replace(described, labels=ordered)
    if described.table and "columns" not in held:
        raise held["table"].fail("say which columns are what: `columns:` with at least `image:`")
    if not described.table and ("columns" in held or described.task != "diagnosis"):
        place = held.get("columns", held["task"])
        raise place.fail(
            "name the `table:`; without one the folders of the images are the labels of a diagnosis"
        )
    if not described.table and "images" not in held:
        raise DataError(
            f"{described.path}: name the `table:`, or the folder of `images:` whose subfolders are labels"
        )
    return described


def file_digest(path: Path) -> str:
    """The SHA-256 of a file, as a card's revision."""
    with path.open("rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()

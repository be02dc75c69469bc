"""From the header of a table alone to a description."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from medassay.benchmarks.described.description import Cells, Description, Roles, TaskName
from medassay.benchmarks.described.pieces import listed
from medassay.benchmarks.described.tables import Table, open_table
from medassay.benchmarks.described.tasks import TASKS
from medassay.benchmarks.described.words import file_digest
from medassay.errors import DataError

_PLAIN = ("image", "question", "answer", "label", "id", "patient", "split", "kind")
_MANY = {"images": "image", "labels": "label", "options": "options"}
_OPTION = re.compile(r"option[ _]?[a-z]", re.IGNORECASE)
_SEPARATOR = ";"


def from_header(path: Path) -> Description:
    """What the header of a table says by itself.

    Columns: image (or images, parted by ;), question, answer, option_a, option_b, ... (or options, parted by
    ;), label (or labels, parted by ;), report, patient, id, split, kind, and `tag:ward` for the tag ward.

    Raises:
        DataError: the header does not tell what is asked; says what is missing.
    """
    table = open_table(path)
    roles, lower = dict[str, Any](), {name.lower(): name for name in table.columns}
    for name in table.columns:
        if name.lower() in _PLAIN:
            roles[name.lower()] = Cells(columns=(name,))
    for name, role in _MANY.items():
        if name in lower:
            roles[role] = Cells(columns=(lower[name],), separator=_SEPARATOR)
    if "report" in lower:
        roles["answer"] = Cells(columns=(lower["report"],))
    if options := sorted((n for n in table.columns if _OPTION.fullmatch(n)), key=str.lower):
        roles["options"] = Cells(columns=tuple(options))
    roles["tags"] = {name[4:].strip(): name for name in table.columns if name.lower().startswith("tag:")}
    task = _task_of(table, {*lower} | ({"options"} & {*roles}))
    return Description(
        path=path,
        base=path.absolute().parent,
        sha256=file_digest(path),
        name=kebab(path.stem),
        task=task,
        table=path.name,
        roles=Roles(**{role: cells for role, cells in roles.items() if TASKS[task].takes(role)}),
        places=dict.fromkeys(table.columns, f"{path}:1"),
    )


def _task_of(table: Table, there: set[str]) -> TaskName:
    told = [task for task, needed in _TOLD_BY.items() if needed <= there]
    if "choice" in told:  # a question with options has an answer, too
        told.remove("vqa")
    if len(told) > 1:
        raise DataError(
            f"{table.path}: its header could be a {' or a '.join(told)}: let `medassay data new {table.path} "
            f"--out {table.path.stem}.yaml` write a description that says which"
        )
    if told:
        return told[0]
    raise DataError(
        f"{table.path}: its header does not say what is asked (it has {listed(table.columns)}). Name the "
        "columns image, and label, or question and answer (with option_a, option_b, ... for a choice), or "
        f"report; or let `medassay data new {table.path} --out {table.path.stem}.yaml` write a description"
    )


_TOLD_BY: Mapping[TaskName, frozenset[str]] = {
    "choice": frozenset({"options", "answer", "question"}),
    "multilabel": frozenset({"labels"}),
    "diagnosis": frozenset({"label"}),
    "report": frozenset({"report"}),
    "vqa": frozenset({"question", "answer"}),
}


def kebab(text: str) -> str:
    """A name in-kebab-case from any text."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "dataset"

"""Guessing from a table which of its columns is what. Every guess comes with its reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from medassay.benchmarks.described.description import TaskName
from medassay.benchmarks.described.folders import SPLITS, split_word
from medassay.benchmarks.described.tables import Table
from medassay.benchmarks.described.tasks import TASKS
from medassay.workflows.describing.columns import MISSING, Column, Guess, read_columns
from medassay.workflows.describing.locating import Pictured, locate

_YES_NO = frozenset({"yes", "no", "true", "false", "y", "n"})
_FLAGS = frozenset({"0", "1", "-1", "0.0", "1.0", "-1.0"})
_KIND_WORDS = frozenset({"open", "closed", "yes/no"})
_MEASURED = re.compile(r"[-+]?\d+[.,]\d+")
_LABELS = 30  # different ones, at most
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
_CORNERS = (("x0", "y0", "x1", "y1"), ("xmin", "ymin", "xmax", "ymax"), ("x_min", "y_min", "x_max", "y_max"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Guessed:
    """All that was guessed of a table. `tags` gives tag -> column; `labels` value -> rows."""

    task: TaskName
    pictured: Pictured
    roles: Mapping[str, Guess]
    tags: Mapping[str, str]
    labels: Mapping[str, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


def guess(table: Table, below: Path) -> Guessed:
    """Guess from names and values; images are looked for in `below` and its folders."""
    columns, missing = read_columns(table)
    left = dict(columns)
    pictured = locate(left, below)
    roles: dict[str, Guess] = {}
    if pictured.guess:
        _take(left, roles, "image", pictured.guess)
    for role, look in _LOOKS.items():
        if found := look(left):
            _take(left, roles, role, found)
    if "answer" not in roles and "label" not in roles and "box" not in roles:
        _last_resort(left, roles)
    task = _task(columns, roles)
    for role in [role for role in roles if not TASKS[task].takes(role)]:
        left |= {name: columns[name] for name in roles.pop(role).columns}
    label = columns.get(roles["label"].columns[0]) if len(roles.get("label", _NONE).columns) == 1 else None
    return Guessed(
        task=task,
        pictured=pictured,
        roles=roles,
        tags=dict(_tags(left)),
        labels=dict(sorted(label.values.items())) if label else {},
        missing=tuple(word for word in MISSING if word in missing),
    )


_NONE = Guess(columns=(), why="")


def _take(left: dict[str, Column], roles: dict[str, Guess], role: str, found: Guess) -> None:
    roles[role] = found
    for name in found.columns:
        left.pop(name, None)


# ---- roles

Look = Callable[[Mapping[str, Column]], Guess | None]


def _named(pattern: str, test: Callable[[Column], bool] = lambda _: True) -> Look:
    """Looks for the column whose name says it; of several the shortest name (answer, not answer_type)."""

    def look(columns: Mapping[str, Column]) -> Guess | None:
        found = [c for c in columns.values() if c.values and c.called(pattern) and test(c)]
        best = min(found, key=lambda c: len(c.name), default=None)
        return (
            Guess(columns=(best.name,), why=f"its name; {best.distinct} different values") if best else None
        )

    return look


def _split(columns: Mapping[str, Column]) -> Guess | None:
    for column in columns.values():
        if column.values and {split_word(value) for value in column.values} <= set(SPLITS):
            return Guess(columns=(column.name,), why="its values are splits")
    return None


def _options(columns: Mapping[str, Column]) -> Guess | None:
    named = [
        n for n in columns if re.fullmatch(r"(?:(?:option|opt|choice|op)[ _]?)?[a-h]", n.strip().lower())
    ]
    if len(named) < 2:
        return None
    return Guess(columns=tuple(sorted(named, key=lambda n: n.strip()[-1].lower())), why="their names")


def _box(columns: Mapping[str, Column]) -> Guess | None:
    lower = {name.lower(): name for name in columns}
    for corners in _CORNERS:
        if set(corners) <= set(lower):
            return Guess(columns=tuple(lower[c] for c in corners), why="their names: corners in pixels")
    return None


def _question(columns: Mapping[str, Column]) -> Guess | None:
    for column in columns.values():
        if column.values and sum(value.endswith("?") for value in column.values) * 2 >= column.distinct:
            return Guess(columns=(column.name,), why="its values end with ?")
    return _named("question|query|prompt")(columns)


def _flags(columns: Mapping[str, Column]) -> Guess | None:
    found = tuple(c.name for c in columns.values() if c.all_in(_FLAGS) and not c.called("sex|gender|age"))
    return Guess(columns=found, why=f"{len(found)} columns of 1 and 0") if len(found) >= 3 else None


def _kind(columns: Mapping[str, Column]) -> Guess | None:
    found = next((c for c in columns.values() if c.all_in(_KIND_WORDS)), None)
    return Guess(columns=(found.name,), why="its values say how a question is judged") if found else None


def _prose(column: Column) -> bool:
    return sum(len(v.split()) for v in column.values) > 4 * column.distinct


def _parted(columns: Mapping[str, Column]) -> Guess | None:
    """A column whose cells name several labels."""
    for column in columns.values():
        for separator in "|;":
            parts = {part.strip() for value in column.values for part in value.split(separator)}
            if column.called(_LABEL) and 2 <= len(parts) <= _LABELS and len(parts) < column.distinct:
                why = f"its cells name {len(parts)} labels, parted by {separator}"
                return Guess(columns=(column.name,), why=why, separator=separator)
    return None


def _label(columns: Mapping[str, Column]) -> Guess | None:
    one = _named(_LABEL, lambda c: 2 <= c.distinct <= _LABELS)
    return _parted(columns) or one(columns) or _flags(columns)


_LABEL = "label|diagnos|class|grade|dx|categor|patholog|finding|disease|outcome"
_ANSWER = "answer|gold|correct|target|ground|report|findings?|impression|caption"
_OF_A_PATIENT = "age|sex|gender|position|orient|weight|size|birth|race"
_LOOKS: Mapping[str, Look] = {
    "patient": _named("patient|subject|person|participant|pid|mrn", lambda c: not c.called(_OF_A_PATIENT)),
    "split": _split,
    "id": _named(r".*(?<![a-z])(?:u?id|accession)\b|.*_id\b", lambda c: c.distinct == c.rows),
    "kind": _kind,
    "options": _options,
    "box": _box,
    "question": _question,
    "answer": _named(_ANSWER, lambda c: _prose(c) or not c.called("findings?")),
    "label": _label,
}


def _last_resort(left: dict[str, Column], roles: dict[str, Guess]) -> None:
    """The first column of few different values is taken for the label."""
    for column in left.values():
        if 2 <= column.distinct <= 10 and not column.called("sex|gender|age"):
            _take(
                left,
                roles,
                "label",
                Guess(columns=(column.name,), why=f"only {column.distinct} different values"),
            )
            return


def _task(columns: Mapping[str, Column], roles: Mapping[str, Guess]) -> TaskName:
    if "box" in roles:
        return "box"
    if "answer" in roles:
        answer = columns[roles["answer"].columns[0]]
        if "options" in roles:
            return "choice"
        if answer.all_in(_YES_NO):
            return "yes/no"
        if answer.all_like(_NUMBER):
            return "number"
        return "vqa" if "question" in roles else "report"
    label = roles.get("label", _NONE)
    return "multilabel" if len(label.columns) > 1 or label.separator else "diagnosis"


def _tags(left: Mapping[str, Column]) -> Iterator[tuple[str, str]]:
    """What is left over with few different values makes groups."""
    for column in left.values():
        if column.called("age") and column.all_like(_NUMBER):
            yield "age_group", column.name
        elif column.called("sex|gender") and column.values:
            yield "sex", column.name
        elif column.all_like(_MEASURED):
            continue
        elif 2 <= column.distinct <= 12 and 3 * column.distinct <= column.rows:
            yield column.name, column.name

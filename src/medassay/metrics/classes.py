"""What metrics of classes need of rows, as columns: truth, guess, probabilities.

Classes stand in an order that does not depend on how a sample's choices are arranged, so that rows whose
options were shuffled still share one ranking. Only where the order itself has a meaning (grades) it is that
of the choices.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from medassay.errors import UsageError
from medassay.metrics.answers import classes
from medassay.text import normalise
from medassay.types import Columns, Row


def class_columns(rows: Sequence[Row]) -> Columns:
    """`truth`, `guess`: (n,) int64 class indices, -1 where none was read; `classes`: how many; `list`."""
    return _indices(rows, [sorted(named(row)) for row in rows])


def grade_columns(rows: Sequence[Row]) -> Columns:
    """As `class_columns`, the classes in the order of each sample's choices, the lowest grade first."""
    return _indices(rows, [named(row) for row in rows])


def one_against_rest(rows: Sequence[Row], positive: str) -> Columns:
    """`truth`: (n,) int64, 1 where the class is right; `guess`: 1, 0, or -1 where none was read.

    Raises:
        UsageError: a row has no such class.
    """
    wanted = normalise(positive, "lower")
    table = np.full((len(rows), 2), -1, dtype=np.int64)
    for i, row in enumerate(rows):
        names = named(row)
        if wanted not in names:
            raise UsageError(
                f"sample {row.sample.id} has no class {positive!r} but {', '.join(names)}:"
                " narrow the measure by a tag"
            )
        answer = answered(row)
        table[i] = _gold(row) == wanted, int(answer == wanted) if answer in names else -1
    return {"truth": table[:, 0], "guess": table[:, 1]}


def ranking_columns(rows: Sequence[Row]) -> Columns:
    """`truth`: (n,) int64 class index; `probs`: (n, K) float32, NaN rows where there are none; `list`."""
    columns = class_columns(rows)
    return {"truth": columns["truth"], "probs": probabilities(rows), "list": columns["list"]}


def multilabel_columns(rows: Sequence[Row]) -> Columns:
    """`truth`: (n, K) int64, 1 present, 0 absent, -1 unknown; `probs`: (n, K) float32, NaN where none.

    `guess`: (n, K) int64, 1 where a label was answered; `labels`: (n,) their names, a tuple each.
    """
    truths = [_presence(row) for row in rows]
    lists = np.array([_list(sorted(named(row))) for row in rows], dtype=np.int64)
    if len(set(map(len, truths))) > 1:
        one_list({"list": lists})
    return {
        "truth": np.array(truths, dtype=np.int64).reshape(len(rows), -1),
        "guess": np.array([_said(row) for row in rows], dtype=np.int64).reshape(len(rows), -1),
        "probs": probabilities(rows),
        "list": lists,
        "labels": objects([tuple(sorted(named(row))) for row in rows]),
    }


def label_columns(rows: Sequence[Row], label: str) -> Columns:
    """The columns of `multilabel_columns` for one label, (n, 1) each.

    Raises:
        UsageError: a row has no such label.
    """
    columns, wanted = multilabel_columns(rows), normalise(label, "lower")
    one_list(columns)
    names = columns["labels"][0] if len(rows) else (wanted,)
    if wanted not in names:
        raise UsageError(f"no label {label!r} but {', '.join(names)}: narrow the measure by a tag")
    at = names.index(wanted)
    return {
        name: column[:, at : at + 1] if column.ndim == 2 else column
        for name, column in columns.items()
        if name != "labels"
    }


def against_rest_columns(rows: Sequence[Row]) -> Columns:
    """Each class as a label: `truth`, `probs`: (n, K); of yes/no questions yes alone, (n, 1); `list`."""
    columns = class_columns(rows)
    truth = (columns["truth"][:, None] == np.arange(columns["classes"].max(initial=0))).astype(np.int64)
    probs = probabilities(rows)
    if all(row.sample.kind == "yes/no" for row in rows):
        truth, probs = truth[:, -1:], probs[:, -1:]  # sorted, yes is last
    return {"truth": truth, "probs": probs, "list": columns["list"]}


def class_against_rest(rows: Sequence[Row], positive: str) -> Columns:
    """`truth`, `probs`: (n, 1) of one class.

    Raises:
        UsageError: a row has no such class.
    """
    probs, wanted = probabilities(rows), normalise(positive, "lower")
    truth = one_against_rest(rows, positive)["truth"]
    at = [sorted(named(row)).index(wanted) for row in rows]
    return {"truth": truth[:, None], "probs": probs[np.arange(len(rows)), at][:, None]}


def one_list(columns: Columns) -> None:
    """Check that all rows have the same classes.

    Raises:
        UsageError: they have not.
    """
    if len(np.unique(columns["list"])) > 1:
        raise UsageError("rows with different classes have no common ranking: narrow the measure by a tag")


def named(row: Row) -> list[str]:
    """The classes of a row in the order of its choices, in lower case."""
    return [normalise(name, "lower") for name in classes(row.sample)]


def answered(row: Row) -> str:
    """The class that was read, in lower case; empty where the row is not scored."""
    return normalise(row.score.answer or "", "lower") if row.score.status == "scored" else ""


def probabilities(rows: Sequence[Row]) -> NDArray[np.float32]:
    """(n, K) probabilities in the order of the sorted names; NaN for rows without any."""
    width = max((len(row.sample.choices) or len(classes(row.sample)) for row in rows), default=0)
    table = np.full((len(rows), width), np.nan, dtype=np.float32)
    for i, row in enumerate(rows):
        if row.response.probs is not None and row.score.status != "failed":
            given = named(row)
            order = sorted(range(len(given)), key=given.__getitem__)
            table[i, : len(given)] = np.asarray(row.response.probs, dtype=np.float32)[order]
    return table


def objects(items: Sequence[object]) -> NDArray[Any]:
    """(n,) an array of things, tuples among them, that numpy would otherwise take apart."""
    held = np.empty(len(items), dtype=object)
    held[:] = items
    return held


def _indices(rows: Sequence[Row], lists: Sequence[list[str]]) -> Columns:
    table = np.full((len(rows), 4), -1, dtype=np.int64)
    for i, (row, names) in enumerate(zip(rows, lists, strict=True)):
        answer = answered(row)
        guess = names.index(answer) if answer in names else -1
        table[i] = names.index(_gold(row)), guess, len(names), _list(names)
    return {"truth": table[:, 0], "guess": table[:, 1], "classes": table[:, 2], "list": table[:, 3]}


def _gold(row: Row) -> str:
    return normalise(row.sample.target.texts[0], "lower")


def _list(names: list[str]) -> int:
    """A number for a list of classes: rows of one ranking or confusion must share it."""
    return crc32("\n".join(names).encode())


def _said(row: Row) -> list[int]:
    """Which labels were answered. The answer is a list of names; a name may hold a comma itself."""
    said = f", {answered(row)}, "
    return [int(f", {name}, " in said) for name in sorted(named(row))]


def _presence(row: Row) -> list[int]:
    target = row.sample.target
    present, unknown = ({normalise(t, "lower") for t in texts} for texts in (target.texts, target.unknown))
    return [-1 if name in unknown else int(name in present) for name in sorted(named(row))]

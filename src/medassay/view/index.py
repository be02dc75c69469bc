"""What the table of rows shows of each row, by column: so short that 100,000 rows are sent at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from medassay.errors import DataError
from medassay.types import STATUSES
from medassay.view.shown import Shown

if TYPE_CHECKING:
    import pyarrow as pa

QUESTION, ANSWER = 160, 80  # characters of each in the table; the row itself has all
MOST_VALUES = 200  # a tag with more is no filter: it names the rows, not groups of them
_COLUMNS = ("id", "kind", "question", "tags", "text", "status", "answer", "values")


def index(run: Shown) -> dict[str, Any]:
    """The columns of a run's rows, each with an entry per row.

    `value` is the value that decides whether a row is right, null where it has none; `right` is 1, 0, or -1
    where nothing decides (a row without a judgement, a metric of all rows at once). `tags` are codes into
    the values of each tag, -1 where a row lacks it.

    Raises:
        DataError: the rows are damaged, or not there yet.
    """
    import pyarrow.compute as pc

    table = _rows(run, _COLUMNS)
    first = pc.utf8_slice_codeunits(table["text"], 0, ANSWER)
    answer = pc.utf8_slice_codeunits(pc.coalesce(table["answer"], first), 0, ANSWER)
    value, right = verdicts(table, run.marks)
    status = table["status"].to_pylist()
    return {
        "id": table["id"].to_pylist(),
        "kind": table["kind"].to_pylist(),
        "question": pc.utf8_slice_codeunits(table["question"], 0, QUESTION).to_pylist(),
        "answer": answer.to_pylist(),
        "status": [STATUSES.index(one) for one in status],
        "value": [None if np.isnan(one) else round(float(one), 4) for one in value],
        "right": right.tolist(),
        "tags": _tags(table["tags"].combine_chunks()),
    }


def verdicts(table: pa.Table, marks: tuple[str, ...]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The deciding value of each row (NaN: none) and whether it is right: 1, 0, or -1 for neither.

    Below 1 is wrong; a measurement is wrong when its absolute error is above 0.

    Args:
        table: with the columns `values` and `status`.
        marks: the names of values, the first that a row has decides.
    """
    held = table["values"].combine_chunks()
    rows = np.repeat(np.arange(len(held)), np.diff(held.offsets.to_numpy()))
    names, numbers = _flat(held)
    value, right = np.full(len(held), np.nan), np.full(len(held), -1)
    for mark in reversed(marks):
        chosen = names == mark
        value[rows[chosen]] = numbers[chosen]
        full = numbers[chosen] <= 0 if mark == "absolute_error" else numbers[chosen] >= 1
        right[rows[chosen]] = full
    scored = table["status"].to_numpy(zero_copy_only=False) == "scored"
    right[~scored] = -1
    return value, right


def found(run: Shown, text: str) -> list[int]:
    """The places of the rows in whose id, question or whole answer a text stands, whatever its case.

    Raises:
        DataError: the rows are damaged, or not there yet.
    """
    import pyarrow.compute as pc

    table = _rows(run, ("id", "question", "text"))
    hits = [pc.match_substring(column, text, ignore_case=True) for column in table.itercolumns()]
    anywhere = np.logical_or.reduce([hit.to_numpy(zero_copy_only=False).astype(bool) for hit in hits])
    return [int(place) for place in np.flatnonzero(anywhere)]


def _rows(run: Shown, columns: tuple[str, ...]) -> pa.Table:
    if run.rows is None:
        raise DataError(f"{run.path} has no rows yet: the run goes on")
    return run.rows.columns(columns)


def _flat(held: pa.MapArray) -> tuple[NDArray[Any], NDArray[Any]]:
    """The keys and items of a column of maps, one after the other, without those outside its offsets."""
    offsets = held.offsets.to_numpy()
    within = slice(offsets[0], offsets[-1])
    return (
        held.keys.to_numpy(zero_copy_only=False)[within],
        held.items.to_numpy(zero_copy_only=False)[within],
    )


def _tags(held: pa.MapArray) -> dict[str, dict[str, Any]]:
    rows = np.repeat(np.arange(len(held)), np.diff(held.offsets.to_numpy()))
    names, texts = _flat(held)
    tags = {}
    for name in dict.fromkeys(names.tolist()):
        chosen = names == name
        values, codes = np.unique(texts[chosen].astype(str), return_inverse=True)
        if len(values) <= MOST_VALUES:
            column = np.full(len(held), -1)
            column[rows[chosen]] = codes
            tags[name] = {"values": values.tolist(), "codes": column.tolist()}
    return tags

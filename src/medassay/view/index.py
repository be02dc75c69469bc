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
    import pyarrow as pa
    import pyarrow.compute as pc

    table = _rows(run, _COLUMNS)
    first = pc.utf8_slice_codeunits(table["text"], 0, ANSWER)
    answer = pc.utf8_slice_codeunits(pc.coalesce(table["answer"], first), 0, ANSWER)
    value, right = verdicts(table, run.marks)
    return {
        "id": table["id"].to_pylist(),
        "kind": table["kind"].to_pylist(),
        "question": pc.utf8_slice_codeunits(table["question"], 0, QUESTION).to_pylist(),
        "answer": answer.to_pylist(),
        "status": pc.index_in(table["status"], pa.array(STATUSES)).to_pylist(),
        "value": pa.array(value.round(4), from_pandas=True).to_pylist(),  # JSON has null for NaN
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
    import pyarrow.compute as pc

    held = table["values"].combine_chunks()
    rows, (names, numbers) = _owners(held), _flat(held)
    value, right = np.full(len(held), np.nan), np.full(len(held), -1)
    for mark in reversed(marks):
        chosen = pc.equal(names, mark).to_numpy(zero_copy_only=False)
        found = numbers.to_numpy(zero_copy_only=False)[chosen]
        value[rows[chosen]] = found
        right[rows[chosen]] = found <= 0 if mark == "absolute_error" else found >= 1
    right[~pc.equal(table["status"], "scored").to_numpy()] = -1
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


def _flat(held: pa.MapArray) -> tuple[pa.Array, pa.Array]:
    """The keys and items of a column of maps, one after the other, without those outside its offsets."""
    first, length = held.offsets[0].as_py(), held.offsets[-1].as_py() - held.offsets[0].as_py()
    return held.keys.slice(first, length), held.items.slice(first, length)


def _owners(held: pa.MapArray) -> NDArray[np.int64]:
    """The row of each entry of a column of maps."""
    return np.repeat(np.arange(len(held)), np.diff(held.offsets.to_numpy()))


def _tags(held: pa.MapArray) -> dict[str, dict[str, Any]]:
    import pyarrow.compute as pc

    rows, (names, texts) = _owners(held), _flat(held)
    tags = {}
    for name in pc.unique(names).to_pylist():
        chosen = pc.equal(names, name)
        values = pc.filter(texts, chosen).dictionary_encode()
        if len(values.dictionary) <= MOST_VALUES:
            column = np.full(len(held), -1)
            column[rows[chosen.to_numpy(zero_copy_only=False)]] = values.indices.to_numpy()
            tags[name] = {"values": values.dictionary.to_pylist(), "codes": column.tolist()}
    return tags

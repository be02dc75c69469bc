"""Rows as columns: what the statistics need of a run, streamed in and kept flat.

A row costs some tens of bytes beside the columns of its metrics; texts, images and answers are let go as
soon as the metrics have seen them. Clusters and gold answers are kept as 64-bit hashes, which also puts
clusters into an order that does not depend on the order of the rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from medassay.statistics.chance import chance_of, gold_of
from medassay.statistics.clusters import Codes
from medassay.statistics.counterfactual import right, wrong
from medassay.types import STATUSES, UNKNOWN_CLUSTER, Columns, FloatArray, Metric, Row

T = TypeVar("T")

_BATCH = 1024
_FAILED = STATUSES.index("failed")
NO_GOLD = np.uint64(0)
"""Stands for a row without a single gold answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A metric and the rows it is wanted on: those whose tags equal any of `wheres`."""

    metric: Metric
    wheres: tuple[Mapping[str, str], ...]

    def takes(self, row: Row) -> bool:
        """Whether the row is of the metric's kinds and wanted."""
        return row.sample.kind in self.metric.kinds and any(
            all(tag_of(row, name) == value for name, value in where.items()) for where in self.wheres
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The columns of one metric on the rows that it takes.

    A failed row stands in `columns` as if its answer were wrong, and in `right` (failed rows only, in
    their order) as if it were right: leave it out by choosing rows, or bound the value by choosing it.
    """

    rows: NDArray[np.int64]  # (m,) positions in the frame
    columns: Columns
    right: Columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The rows of one run, (n,) each."""

    codes: Codes  # cluster, 0 to C - 1 in the order of `clusters`
    clusters: NDArray[np.uint64]  # (C,) hashed ids, sorted
    unknown: NDArray[np.bool_]  # the cluster is not known: the row is its own
    status: NDArray[np.uint8]  # index into STATUSES
    truncated: NDArray[np.bool_]
    chance: FloatArray
    gold: NDArray[np.uint64]
    tags: Mapping[str, NDArray[np.int32]]  # index into `values`, -1 where the tag is missing
    values: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, Table]  # by name of the metric

    @property
    def failed(self) -> NDArray[np.bool_]:
        """The rows that never were answered."""
        failed: NDArray[np.bool_] = self.status == _FAILED
        return failed

    def where(self, where: Mapping[str, str]) -> NDArray[np.bool_]:
        """The rows whose tags equal `where`."""
        chosen = np.ones(len(self.status), dtype=bool)
        for name, value in where.items():
            known = self.values[name]
            chosen &= self.tags[name] == (known.index(value) if value in known else -2)
        return chosen


def tag_of(row: Row, name: str) -> str | None:
    """A tag of the row; "kind" and "status" exist on every row."""
    if name == "kind":
        return row.sample.kind
    return row.score.status if name == "status" else row.sample.tags.get(name)


class Builder:
    """Takes rows batch by batch and lets them go again."""

    def __init__(self, wanted: Sequence[Wanted], tags: Iterable[str]) -> None:
        """Begin an empty frame.

        Args:
            wanted: the metrics, of distinct names.
            tags: the tags that slices are made by.
        """
        self._index: dict[str, dict[str, int]] = {name: {} for name in tags}
        self._parts = {name: [column] for name, column in _describe([], self._index).items()}
        self._tables = [_TableBuilder(want) for want in wanted]
        self._n = 0

    def add(self, batch: Sequence[Row]) -> None:
        """Append rows."""
        for name, column in _describe(batch, self._index).items():
            self._parts[name].append(column)
        for table in self._tables:
            table.add(self._n, batch)
        self._n += len(batch)

    def done(self) -> Frame:
        """The frame of all rows added."""
        held = {name: np.concatenate(columns) for name, columns in self._parts.items()}
        clusters, codes = np.unique(held["cluster"], return_inverse=True)
        return Frame(
            codes=codes.astype(np.int32),
            clusters=clusters,
            tags={name: held[f"tag {name}"] for name in self._index},
            values={name: tuple(known) for name, known in self._index.items()},
            tables={table.wanted.metric.name: table.done() for table in self._tables},
            **{name: held[name] for name in ("unknown", "status", "truncated", "chance", "gold")},
        )


def build(rows: Iterable[Row], wanted: Sequence[Wanted], tags: Iterable[str]) -> Frame:
    """Stream rows, any number of them, read once, into columns."""
    builder = Builder(wanted, tags)
    for batch in batches(rows):
        builder.add(batch)
    return builder.done()


def batches(items: Iterable[T]) -> Iterator[list[T]]:
    """Lists of up to 1,024 items, in order."""
    items = iter(items)
    while batch := list(islice(items, _BATCH)):
        yield batch


def join(parts: Sequence[Columns]) -> Columns:
    """Columns one below the other; narrower rows of numbers are widened by NaN (integers by 0)."""
    return {name: _stack([part[name] for part in parts]) for name in (parts[0] if parts else ())}


def choose(columns: Columns, positions: NDArray[Any]) -> Columns:
    """The columns at some positions (or where a mask is set)."""
    return {name: column[positions] for name, column in columns.items()}


def _stack(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    if arrays[0].ndim == 2 and len({array.shape[1] for array in arrays}) > 1:
        width = max(array.shape[1] for array in arrays)
        arrays = [_widen(array, width) for array in arrays]
    return np.concatenate(arrays)


def _widen(array: NDArray[Any], width: int) -> NDArray[Any]:
    filler = np.nan if np.issubdtype(array.dtype, np.floating) else 0
    return np.pad(array, ((0, 0), (0, width - array.shape[1])), constant_values=filler)


def _describe(batch: Sequence[Row], index: Mapping[str, dict[str, int]]) -> dict[str, NDArray[Any]]:
    """What every statistic needs of a row, whatever the metric; new tag values are added to `index`."""
    described: dict[str, NDArray[Any]] = {
        "cluster": np.array([_cluster(row) for row in batch], dtype=np.uint64),
        "unknown": np.array([row.sample.cluster == UNKNOWN_CLUSTER for row in batch], dtype=bool),
        "status": np.array([STATUSES.index(row.score.status) for row in batch], dtype=np.uint8),
        "truncated": np.array(["truncated" in row.score.flags for row in batch], dtype=bool),
        "chance": np.array([chance_of(row.sample) for row in batch], dtype=np.float64),
        "gold": np.array([_gold(row) for row in batch], dtype=np.uint64),
    }
    for name, known in index.items():
        values = [tag_of(row, name) for row in batch]
        codes = [-1 if value is None else known.setdefault(value, len(known)) for value in values]
        described[f"tag {name}"] = np.array(codes, dtype=np.int32)
    return described


def _cluster(row: Row) -> int:
    known = row.sample.cluster != UNKNOWN_CLUSTER
    return _hash(f"cluster {row.sample.cluster}" if known else f"sample {row.sample.id}")


def _gold(row: Row) -> int:
    gold = gold_of(row.sample)
    return int(NO_GOLD) if gold is None else _hash(gold)


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


@dataclass(slots=True)
class _TableBuilder:
    """Gathers the columns of one metric, batch by batch."""

    wanted: Wanted
    rows: list[NDArray[np.int64]] = field(default_factory=list)
    columns: list[Columns] = field(default_factory=list)
    right: list[Columns] = field(default_factory=list)

    def add(self, start: int, batch: Sequence[Row]) -> None:
        metric = self.wanted.metric
        taken = [(start + i, row) for i, row in enumerate(batch) if self.wanted.takes(row)]
        if not taken:
            return
        failed = [row for _, row in taken if row.score.status == "failed"]
        self.rows.append(np.array([position for position, _ in taken]))
        self.columns.append(
            metric.columns([wrong(row) if row.score.status == "failed" else row for _, row in taken])
        )
        if failed:
            self.right.append(metric.columns([right(row, metric) for row in failed]))

    def done(self) -> Table:
        return Table(
            rows=np.concatenate([np.empty(0, np.int64), *self.rows]),
            columns=join(self.columns),
            right=join(self.right),
        )

"""Bringing the rows of two runs together by sample, without holding either run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product, zip_longest
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from medassay.errors import DataError
from medassay.statistics.clusters import Codes
from medassay.statistics.counterfactual import wrong
from medassay.statistics.frame import Builder, Frame, Wanted, batches, choose
from medassay.statistics.groups import counted
from medassay.statistics.uncertainty import scores_of
from medassay.types import Columns, FloatArray, Metric, Row

Missing = Literal["", "a", "b"]


class Pair(NamedTuple):
    """The two rows of a sample. On the side where it is `missing`, a wrong answer stands in."""

    a: Row
    b: Row
    missing: Missing = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """The rows of a slice that both sides can be judged on, n of them, in C clusters.

    `scores` are the two sides' values per row, where the metric is their mean. `dropped` rows have no such
    value on a side (an error without a number) and are left out, as are `failed` ones.
    """

    a: Columns
    b: Columns
    codes: Codes  # (n,) cluster, 0 to C - 1
    picked: Codes  # (C,) where these clusters stand among all
    clusters: NDArray[np.uint64]  # all clusters of both runs, hashed and sorted
    scores: tuple[FloatArray, FloatArray] | None
    missing_a: int
    missing_b: int
    failed: int
    dropped: int
    unknown: bool

    @property
    def n(self) -> int:
        """Rows compared."""
        return len(self.codes)

    @property
    def independent(self) -> bool:
        """Whether each row is a cluster of its own."""
        return len(self.picked) == self.n


def gather(
    rows_a: Iterable[Row],
    rows_b: Iterable[Row],
    metric: Metric,
    where: Mapping[str, str],
    by: Sequence[Sequence[str]] = (),
) -> list[tuple[Mapping[str, str], Paired]]:
    """Read both runs together into columns: the rows that equal `where`, then their slices by tags.

    Args:
        rows_a: of the first run.
        rows_b: of the second; see `pairs` for what is raised.
        metric: what is compared.
        where: tags that all rows have.
        by: the tags of each way to slice: one, or several for their intersections. Slices without a row
            are left away.
    """
    wanted, tags = [Wanted(metric=metric, wheres=({},))], {*where, *(tag for way in by for tag in way)}
    side_a, side_b = Builder(wanted, tags), Builder(wanted, tags)
    missing: list[Missing] = []
    for batch in batches(pairs(rows_a, rows_b)):
        side_a.add([pair.a for pair in batch])
        side_b.add([pair.b for pair in batch])
        missing += [pair.missing for pair in batch]
    a, b, absent = side_a.done(), side_b.done(), np.array(missing, dtype="U1")
    values = {tag: sorted({*a.values[tag]} & {*b.values[tag]}) for tag in tags}
    slices = [
        {**where, **dict(zip(way, combination, strict=True))}
        for way in by
        for combination in product(*(values[tag] for tag in way))
    ]
    held = [(each, _paired(a, b, absent, metric, each)) for each in (where, *slices)]
    return [held[0], *((each, paired) for each, paired in held[1:] if paired.n or paired.failed)]


def _paired(a: Frame, b: Frame, absent: NDArray[np.str_], metric: Metric, where: Mapping[str, str]) -> Paired:
    """The rows of both frames, which stand in one order, that equal `where`."""
    table_a, table_b = a.tables[metric.name], b.tables[metric.name]
    rows = table_a.rows
    chosen = a.where(where)[rows] & b.where(where)[rows]
    failed = (a.failed | b.failed)[rows] & chosen
    kept = np.flatnonzero(counted(table_a.columns, chosen, failed))
    scores = _scores(metric, choose(table_a.columns, kept), choose(table_b.columns, kept))
    whole = np.ones(len(kept), dtype=bool) if scores is None else np.isfinite(scores[0] + scores[1])
    left = kept[whole]
    picked, codes = np.unique(a.codes[rows[left]], return_inverse=True)
    return Paired(
        a=choose(table_a.columns, left),
        b=choose(table_b.columns, left),
        codes=codes,
        picked=picked,
        clusters=a.clusters,
        scores=None if scores is None else (scores[0][whole], scores[1][whole]),
        missing_a=int((absent[rows[left]] == "a").sum()),
        missing_b=int((absent[rows[left]] == "b").sum()),
        failed=int(failed.sum()),
        dropped=len(kept) - len(left),
        unknown=bool(a.unknown[rows[left]].any()),
    )


def _scores(metric: Metric, a: Columns, b: Columns) -> tuple[FloatArray, FloatArray] | None:
    """The values per row of both sides, None where the metric is no mean of them."""
    if not a:
        return None
    found = scores_of(metric, a), scores_of(metric, b)
    return None if found[0] is None or found[1] is None else (found[0], found[1])


def pairs(rows_a: Iterable[Row], rows_b: Iterable[Row]) -> Iterator[Pair]:
    """Each sample of either side once.

    Both sides are read together; only rows whose partner has not come yet are held, which are none for
    two runs in the same order.

    Raises:
        DataError: a side holds a sample twice.
    """
    waiting_a: dict[str, Row] = {}
    waiting_b: dict[str, Row] = {}
    for a, b in zip_longest(rows_a, rows_b):
        if a is not None:
            _hold(waiting_a, a)
        if b is not None:
            _hold(waiting_b, b)
        for name in {row.sample.id for row in (a, b) if row is not None}:
            if name in waiting_a and name in waiting_b:
                yield Pair(waiting_a.pop(name), waiting_b.pop(name))
    yield from (Pair(row, wrong(row), "b") for row in waiting_a.values())
    yield from (Pair(wrong(row), row, "a") for row in waiting_b.values())


def _hold(waiting: dict[str, Row], row: Row) -> None:
    if row.sample.id in waiting:
        raise DataError(f"sample {row.sample.id} is there twice on one side: compare runs with unique ids")
    waiting[row.sample.id] = row

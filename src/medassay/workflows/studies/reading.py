"""The rows of a run as the calls of a test."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from medassay.errors import DataError
from medassay.metrics.binary import Reader
from medassay.rows import read_rows
from medassay.statistics.operating import INDETERMINATE, Calls
from medassay.text import normalise
from medassay.types import Row
from medassay.workflows.folder import ROWS
from medassay.workflows.manifest import cluster_of
from medassay.workflows.studies.items import Item, belongs, item_of
from medassay.workflows.studies.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The rows of a study in the order of their ids, and what was called of them without a threshold.

    `tags` are those of the subgroups, "" where a row has none. `why` counts, for rows whose answer is no
    result, what it was instead (unparsed, refused, failed).
    """

    ids: tuple[str, ...]
    calls: Calls
    tags: Mapping[str, tuple[str, ...]]
    why: Mapping[str, int]

    @property
    def failed(self) -> int:
        """Rows that were never answered."""
        return self.why.get("failed", 0)


def read_answers(
    folder: Path, plan: Plan, *, items: Mapping[str, Item] | None = None, only: Collection[str] | None = None
) -> Answers:
    """Read the rows of a run that belong to a study.

    Args:
        folder: of the run.
        plan: says which rows belong, which class is positive, and the subgroups.
        items: the locked ones; each must be there once, unchanged, and no other.
        only: ids that are taken; all by default.

    Raises:
        DataError: the rows are damaged or not those that were locked, or none belongs.
    """
    rows = [row for row in read_rows(folder / ROWS) if belongs(row.sample, plan.where)]
    if items is not None:
        _hold(folder, rows, items)
    if only is not None:
        rows = [row for row in rows if row.sample.id in only]
    if not rows:
        raise DataError(f"{folder}: no row belongs to the study")
    rows.sort(key=lambda row: row.sample.id)
    reader = Reader(normalise(plan.target, "lower"))
    truth = [reader.truth(row) for row in rows]
    if -1 in truth:
        row = rows[truth.index(-1)]
        raise DataError(
            f"{folder}: sample {row.sample.id} has no class {plan.target!r}: see `target` in the plan"
        )
    _, codes = np.unique([cluster_of(row.sample) for row in rows], return_inverse=True)
    read = [
        reader.describe(row, None)["decision"] if row.score.status == "scored" else INDETERMINATE
        for row in rows
    ]
    return Answers(
        ids=tuple(row.sample.id for row in rows),
        calls=Calls(
            truth=np.array(truth, dtype=np.int8),
            prob=np.array([reader.prob(row) for row in rows], dtype=np.float64),
            call=np.array(read, dtype=np.int8),
            codes=codes,
        ),
        tags={name: tuple(row.sample.tags.get(name, "") for row in rows) for name in plan.subgroups},
        why=_reasons(rows),
    )


def _reasons(rows: Iterable[Row]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        if row.score.status != "scored":
            found[row.score.status] = found.get(row.score.status, 0) + 1
    return dict(sorted(found.items()))


def _hold(folder: Path, rows: Sequence[Row], items: Mapping[str, Item]) -> None:
    """Hold rows against the locked items."""
    seen: set[str] = set()
    for row in rows:
        name = row.sample.id
        if name not in items:
            raise DataError(f"{folder}: sample {name} was not locked: the data are not those of the plan")
        if name in seen:
            raise DataError(f"{folder}: sample {name} is there twice")
        if item_of(row.sample) != items[name]:
            raise DataError(f"{folder}: sample {name} is not what was locked: its content was changed")
        seen.add(name)
    if missing := items.keys() - seen:
        raise DataError(f"{folder}: {len(missing)} locked samples have no row, {min(missing)} for one")

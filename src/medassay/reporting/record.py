"""What a report is made of: one run as data, and which of its rows are shown."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from medassay.gate import open_to
from medassay.metrics.calibration import Bin
from medassay.metrics.gathered import Confusion, Risk
from medassay.types import Benchmark, Estimate, Row

EXAMPLES = 10
FULL_MARKS = ("accuracy", "exact_match", "box_iou", "rouge_l", "token_f1")
"""Values of which 1 is full marks; the first that a row has says whether it is shown as wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """A finished run, ready to be shown: its manifest, its numbers and a few of its rows.

    `wrong`, `unparsed` (refusals among them) and `failed` are examples; `wrong_total` is how many wrong
    rows there were, None where nobody counted. How many were unparsed, refused or failed is in the
    counts of the manifest. `reliability` and `risks` are empty where no row has probabilities, `confusions`
    where no answer is a class.
    """

    manifest: Mapping[str, Any]
    benchmark: Benchmark
    estimates: Sequence[Estimate]
    wrong: Sequence[Row] = ()
    unparsed: Sequence[Row] = ()
    failed: Sequence[Row] = ()
    wrong_total: int | None = None
    reliability: Sequence[Bin] = ()
    risks: Sequence[Risk] = ()
    confusions: Sequence[Confusion] = ()

    @property
    def reserved(self) -> bool:
        """Whether its data must not leave: a report then shows numbers, no rows, ids or file names."""
        permitted = self.manifest.get("permitted", ())  # runs of before the gate have none
        return not open_to(self.benchmark, "report", permitted=permitted)

    @classmethod
    def of(
        cls,
        manifest: Mapping[str, Any],
        benchmark: Benchmark,
        estimates: Sequence[Estimate],
        rows: Iterable[Row],
    ) -> Self:
        """The record of a run whose rows are streamed once; only the chosen ones are held."""
        chosen = choose_examples(rows)
        return cls(
            manifest=manifest,
            benchmark=benchmark,
            estimates=tuple(estimates),
            wrong=chosen.wrong,
            unparsed=chosen.unparsed,
            failed=chosen.failed,
            wrong_total=chosen.wrong_total,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """The rows that a report shows, and how many wrong ones they stand for."""

    wrong: tuple[Row, ...]
    unparsed: tuple[Row, ...]
    failed: tuple[Row, ...]
    wrong_total: int


def choose_examples(rows: Iterable[Row], *, limit: int = EXAMPLES) -> Examples:
    """Up to `limit` wrong, unparsed or refused, and failed rows: those with the lowest hashes of their ids.

    The choice depends on which rows there are, not on their order, and is not made by anyone who has seen
    the answers. Memory holds `limit` rows of each sort.
    """
    wrong, unparsed, failed = _Lowest(limit), _Lowest(limit), _Lowest(limit)
    homes = {"unparsed": unparsed, "refused": unparsed, "failed": failed}
    wrong_total = 0
    for row in rows:
        home = homes.get(row.score.status)
        if home is None and is_wrong(row):
            home = wrong
            wrong_total += 1
        if home is not None:
            home.offer(row)
    return Examples(
        wrong=wrong.rows(), unparsed=unparsed.rows(), failed=failed.rows(), wrong_total=wrong_total
    )


def is_wrong(row: Row) -> bool:
    """Whether a scored row fell short of full marks, or missed a number.

    The first of `FULL_MARKS` that the row has decides (below 1 is wrong); a measurement is wrong when its
    absolute error is above 0.
    """
    key = deciding_value(row)
    if row.score.status != "scored" or key is None:
        return False
    value = row.score.values[key]
    return value > 0 if key == "absolute_error" else value < 1


def deciding_value(row: Row) -> str | None:
    """The value of the row by which `is_wrong` judges it; None where it has none."""
    return next((k for k in (*FULL_MARKS, "absolute_error") if k in row.score.values), None)


@dataclass(slots=True)
class _Lowest:
    """The rows with the lowest hashes among all that were offered."""

    limit: int
    heap: list[tuple[int, str, Row]] = field(default_factory=list)

    def offer(self, row: Row) -> None:
        entry = (-_rank(row.sample.id), row.sample.id, row)
        if len(self.heap) < self.limit:
            heapq.heappush(self.heap, entry)
        elif entry[:2] > self.heap[0][:2]:
            heapq.heapreplace(self.heap, entry)

    def rows(self) -> tuple[Row, ...]:
        return tuple(row for *_, row in sorted(self.heap, key=lambda e: (-e[0], e[1])))


def _rank(identifier: str) -> int:
    return int.from_bytes(hashlib.sha256(identifier.encode("utf-8", "replace")).digest()[:8], "big")

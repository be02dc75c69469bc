"""A verdict in spite of failed rows: what holds however they would have come out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal

from medassay.statistics.counterfactual import right, wrong
from medassay.statistics.paired import Alone, Comparison
from medassay.types import Metric, Row

Taken = Literal["wrong", "right"]


def taken(rows: Iterable[Row], metric: Metric, failed: Taken) -> Iterator[Row]:
    """The rows, those that failed as if they were all wrong, or all right."""
    for row in rows:
        if row.score.status != "failed":
            yield row
        else:
            yield wrong(row) if failed == "wrong" else right(row, metric)


def bounded(left_out: Comparison, worst: Comparison, best: Comparison) -> Comparison:
    """The comparison whose interval holds those of both extremes, and whose verdict is the one they share.

    Args:
        left_out: without the rows that failed on a side: its difference is the one that is shown.
        worst: every failed row of A wrong, and of B right.
        best: every failed row of A right, and of B wrong.
    """
    if not left_out.failed:
        return left_out
    low, high, p = _hull(worst, best)
    alone = None
    if left_out.alone and worst.alone and best.alone:
        by_itself = _hull(worst.alone, best.alone)
        alone = replace(left_out.alone, low=by_itself[0], high=by_itself[1], p=by_itself[2])
    said = f"holds whatever the {left_out.failed:,} failed rows would have been"
    return replace(
        left_out,
        low=low,
        high=high,
        p=p,
        verdict=worst.verdict if worst.verdict == best.verdict else "inconclusive",
        alone=alone,
        note="; ".join(filter(None, (left_out.note, said))),
    )


def _hull(
    worst: Comparison | Alone, best: Comparison | Alone
) -> tuple[float | None, float | None, float | None]:
    """The least low, the greatest high and p; None where one of the two has none."""
    return (
        None if worst.low is None or best.low is None else min(worst.low, best.low),
        None if worst.high is None or best.high is None else max(worst.high, best.high),
        None if worst.p is None or best.p is None else max(worst.p, best.p),
    )

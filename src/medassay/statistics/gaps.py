"""Gaps between two parts of the rows, of several runs at once: intervals that hold together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.statistics.bootstrap import draws_of, generator
from medassay.statistics.clusters import cluster_totals
from medassay.statistics.intervals import TAIL, Interval
from medassay.statistics.parts import error_of, influence_of
from medassay.statistics.together import Family, Member, member
from medassay.types import FloatArray

DRAWS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """The mean of a part less that of the other, and what each cluster adds to it.

    Attributes:
        value: in units of the score.
        error: its standard error over clusters.
        clusters: (C,) their names, sorted.
        totals: (C,) summing to 0.
        seed: names the benchmark, whose gaps see the same draws where they have the same clusters.
    """

    value: float
    error: float
    clusters: NDArray[Any]
    totals: FloatArray
    seed: str


def gap_of(
    score: FloatArray, first: FloatArray, second: FloatArray, names: NDArray[Any], *, seed: str
) -> Gap | None:
    """The gap of a run; None where a part is empty or all rows are of one cluster.

    Args:
        score: (n,) of each row.
        first: (n,) weight of the row in the first part.
        second: (n,) in the second.
        names: (n,) the cluster of each row.
        seed: names the benchmark.
    """
    one, other = influence_of(score, first), influence_of(score, second)
    clusters, codes = np.unique(names, return_inverse=True)
    if one is None or other is None or len(np.unique(codes[first + second > 0])) < 2:
        return None
    influence = one[1] - other[1]
    return Gap(
        value=one[0] - other[0],
        error=error_of(influence, first + second, codes),
        clusters=clusters,
        totals=cluster_totals(influence, codes, len(clusters)),
        seed=seed,
    )


def at_once(gaps: Sequence[Gap | None], *, draws: int = DRAWS) -> list[Interval | None]:
    """95 % intervals that all hold at once (max-T over draws of clusters), in the order of the gaps."""
    members = [None if gap is None else _member(gap, draws) for gap in gaps]
    held = [one for one in members if one is not None]
    if not held:
        return [None] * len(members)
    critical = Family.of(held).critical(2 * TAIL)
    return [None if one is None else one.interval(critical, 1.0) for one in members]


def _member(gap: Gap, draws: int) -> Member | None:
    """What a draw of clusters adds is linear in how often each is taken."""
    count = len(gap.clusters)
    blocks = draws_of(generator(gap.seed, gap.clusters), count, draws, 0)
    drawn = gap.value + np.concatenate([counts @ gap.totals for counts in blocks])
    return member(gap.value, gap.error, count - 1, drawn)

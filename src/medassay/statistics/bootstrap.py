"""The cluster bootstrap: clusters are drawn with replacement, with all their rows.

A draw is how often each cluster was taken. It serves every metric and slice at once, so that all numbers
of a benchmark see the same draws; seeded by the benchmark and its clusters, so do all models, and
differences are paired. Drawn in blocks: memory does not grow with the number of draws.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.statistics.clusters import Codes, cluster_totals
from medassay.statistics.intervals import TAIL, Interval
from medassay.types import Columns, FloatArray, Metric

MOST_UNDEFINED = 0.05
"""With a larger share of undefined draws there is no interval: those left are a biased choice."""

ROUNDING = 1e-12
"""Numbers closer than this are equal."""

_BLOCK = 1 << 21  # numbers held at once: 16 MB

Job = Callable[[FloatArray], FloatArray]
"""(b, C) counts of each cluster in, (b,) values out; NaN where undefined."""


def weigh(metric: Metric, columns: Columns, weights: FloatArray) -> FloatArray:
    """The values of a metric under (B, n) weightings of its rows: (B,)."""
    if metric.sums is not None and metric.finish is not None:
        return metric.finish(weights @ np.asarray(metric.sums(columns), dtype=np.float64))
    if metric.compute is None:
        raise ValueError(
            f"metric {metric.name!r} has neither sums and finish nor compute: set one of the two"
        )
    return metric.compute(columns, weights)


def job(metric: Metric, columns: Columns, codes: Codes) -> Job:
    """What turns draws of clusters into values of the metric on these rows.

    Metrics made of sums need one total per cluster and never see a row again.

    Args:
        metric: what is computed.
        columns: of the rows, (n, ...) each.
        codes: (n,) the cluster of each row among all C that are drawn.
    """
    if metric.sums is None or metric.finish is None:
        return lambda counts: weigh(metric, columns, counts.take(codes, axis=1))
    present, inverse = np.unique(codes, return_inverse=True)
    totals = cluster_totals(np.asarray(metric.sums(columns)), inverse, len(present))
    totals = totals.reshape(len(present), -1)
    finish = metric.finish
    return lambda counts: finish(_pick(counts, present) @ totals)


def _pick(counts: FloatArray, present: Codes) -> FloatArray:
    """The counts of some clusters, without a copy where it is all of them."""
    return counts if len(present) == counts.shape[1] else counts.take(present, axis=1)


def generator(seed: str, clusters: NDArray[Any]) -> np.random.Generator:
    """A generator that depends on nothing but the seed and the set of clusters.

    Args:
        seed: the benchmark's name and version.
        clusters: (C,) ids of the clusters in their sorted order.
    """
    digest = hashlib.sha256(seed.encode() + b"\0" + np.ascontiguousarray(clusters).tobytes()).digest()
    return np.random.default_rng(int.from_bytes(digest, "little"))


def draws_of(rng: np.random.Generator, clusters: int, draws: int, rows: int) -> Iterator[FloatArray]:
    """Blocks of (b, C) counts, `draws` rows in all; the draws do not depend on the size of a block."""
    size = max(1, _BLOCK // max(rows, clusters, 1))
    for start in range(0, draws, size):
        counts = np.empty((min(size, draws - start), clusters))
        for row in counts:
            row[:] = np.bincount(rng.integers(clusters, size=clusters), minlength=clusters)
        yield counts


def resample(
    jobs: Sequence[Job], rng: np.random.Generator, clusters: int, draws: int, rows: int
) -> FloatArray:
    """The values of every job under the same draws.

    Args:
        jobs: what to compute.
        rng: see `generator`.
        clusters: C.
        draws: B.
        rows: the most rows that a job spreads the counts over; sets the size of a block.

    Returns:
        (jobs, B), NaN where undefined.
    """
    if not jobs:
        return np.empty((0, draws))
    with np.errstate(divide="ignore", invalid="ignore"):  # an undefined draw is counted, not warned of
        blocks = [
            np.stack([each(counts) for each in jobs]) for counts in draws_of(rng, clusters, draws, rows)
        ]
    return np.concatenate(blocks, axis=1)


def percentile(values: FloatArray, tail: float = TAIL) -> Interval | None:
    """The percentile interval, None with over `MOST_UNDEFINED` undefined draws or when all draws agree.

    Draws that all agree come from rows that all agree; they bound nothing.

    Args:
        values: (B,) values, NaN where undefined.
        tail: the probability left out on each side.
    """
    defined = values[np.isfinite(values)]
    if len(defined) < (1 - MOST_UNDEFINED) * len(values) or not len(defined):
        return None
    low, high = (float(q) for q in np.quantile(defined, [tail, 1 - tail]))
    return (low, high) if np.ptp(defined) > ROUNDING else None

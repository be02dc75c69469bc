"""The area under the ROC curve, with a variance over clusters.

`AUROC = P(score of a positive > score of a negative) + P(equal) / 2`, the mean of the placement values
of DeLong, DeLong and Clarke-Pearson 1988. Over clusters their totals are used instead (Obuchowski 1997).
Several classes are several binary problems, and the value is the mean of theirs (one against the rest);
its variance takes in that all of them rank the same rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.statistics.clusters import FEW_CLUSTERS, Codes, cluster_totals
from medassay.statistics.intervals import TAIL, Interval, logit, student_quantile
from medassay.types import FloatArray

FEWEST_CLUSTERS = 10
"""Below this many clusters with a positive (or a negative) no interval is given: its coverage fails."""


FEWEST_DISORDERED = 2
"""Below this many clusters' worth of wrong order (clusters of the rarer class times 1 - AUROC) the interval
is called unreliable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One binary ranking: is each row positive, and how high is it ranked."""

    truth: NDArray[np.bool_]  # (n,)
    score: FloatArray  # (n,) without NaN
    codes: Codes  # (n,) cluster of each row, 0 to C - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """An AUROC, or the mean of several, over clusters.

    `positives` and `negatives` are the clusters that hold one, in the class that has fewest. `pairs` is
    the number of disjoint pairs of a positive and a negative cluster there.
    """

    value: float
    error: float
    positives: int
    negatives: int
    pairs: int

    @property
    def rarer(self) -> int:
        """Clusters of the rarer class."""
        return min(self.positives, self.negatives)


def problems(truth: NDArray[Any], probs: FloatArray, codes: Codes) -> list[Problem]:
    """The binary rankings that are defined: classes with a positive and a negative row.

    A row without probabilities (unparsed, refused) is ranked worst: a positive below all, a negative above
    all. Rows of unknown truth (-1) take no part.

    Args:
        truth: (n,) class index, or (n, K) with 1 where a label is present, 0 where absent; -1 unknown.
        probs: (n, K) or, for one label, (n,). Where K = 2 and `truth` is (n,), only the second
            class is a problem: the first is its mirror image.
        codes: (n,) cluster of each row, 0 to C - 1.
    """
    probs = probs[:, None] if probs.ndim == 1 else probs
    if truth.ndim == 1:
        probs = probs[:, ~np.isnan(probs).all(axis=0)]  # the rest pads rows with fewer classes
        classes = range(1, 2) if probs.shape[1] == 2 else range(probs.shape[1])
        labels = np.where(truth[:, None] < 0, -1, truth[:, None] == np.arange(probs.shape[1]))
    else:
        classes, labels = range(probs.shape[1]), truth
    return [p for k in classes if (p := _problem(labels[:, k], probs[:, k], codes)) is not None]


def _problem(label: NDArray[Any], score: FloatArray, codes: Codes) -> Problem | None:
    known = label >= 0
    positive, score = label[known] > 0, score[known].astype(np.float64)
    if positive.all() or not positive.any() or np.isnan(score).all():
        return None
    score = np.where(np.isnan(score), np.where(positive, -np.inf, np.inf), score)
    return Problem(truth=positive, score=score, codes=codes[known])


def placements(problem: Problem) -> FloatArray:
    """For each row the share of the other class that it is ranked on the right side of, ties half.

    Their mean over the positives, and over the negatives, is the AUROC. O(n log n).
    """
    placed = np.empty(len(problem.score))
    for side in (True, False):
        mine = problem.truth == side
        others, own = np.sort(problem.score[~mine]), problem.score[mine]
        below, not_above = np.searchsorted(others, own, "left"), np.searchsorted(others, own, "right")
        share = (below + not_above) / (2 * len(others))
        placed[mine] = share if side else 1 - share
    return placed


def sides(problem: Problem) -> tuple[int, int]:
    """How many clusters hold a positive row, and how many a negative one."""
    positives, negatives = (len(np.unique(problem.codes[problem.truth == side])) for side in (True, False))
    return positives, negatives


def area(rankings: Sequence[Problem]) -> Area:
    """The mean AUROC of at least one ranking, with its standard error over clusters.

    The variance of one ranking is Obuchowski's; with one row per cluster it is DeLong's. The covariance of
    two rankings is that of their cluster totals. NaN where a class lies in one cluster only.
    """
    parts = [_parts(ranking) for ranking in rankings]
    deviations = _aligned(rankings, [part.deviations for part in parts])
    # Each ranking with itself, then every ranking with every other: the square of the sum less the squares.
    own = math.fsum(part.variance for part in parts)
    between = float((deviations.sum(axis=0) ** 2).sum() - (deviations**2).sum())
    variance = (own + between) / len(parts) ** 2
    return Area(
        value=math.fsum(part.value for part in parts) / len(parts),
        error=math.sqrt(variance) if variance > 0 else (0.0 if variance <= 0 else math.nan),
        positives=min(part.positives for part in parts),
        negatives=min(part.negatives for part in parts),
        pairs=min(min(part.positives, part.negatives, len(part.deviations) // 2) for part in parts),
    )


def error_of_difference(first: Sequence[Problem], second: Sequence[Problem]) -> float:
    """The standard error of the difference of two (mean) AUROCs over the same clusters.

    From what each cluster adds to the one less what it adds to the other; with one row per cluster it is
    that of DeLong, DeLong and Clarke-Pearson 1988. NaN where a class lies in one cluster only.
    """
    rankings = [*first, *second]
    deviations = _aligned(rankings, [_parts(ranking).deviations for ranking in rankings])
    added = deviations[: len(first)].mean(axis=0) - deviations[len(first) :].mean(axis=0)
    return math.sqrt(float(added @ added))


def covariances(rankings: Sequence[Problem]) -> FloatArray:
    """(K, K) covariances of K AUROCs over the same clusters; with one row per cluster they are DeLong's."""
    deviations = _aligned(rankings, [_parts(ranking).deviations for ranking in rankings])
    return deviations @ deviations.T


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One AUROC less another of the same rows; `rarer` are the clusters of the class that has fewer."""

    value: float
    error: float
    rarer: int

    def interval(self) -> Interval | None:
        """Student's t by the rarer class, 95 %; None below `FEWEST_CLUSTERS` or where the two rank alike."""
        if self.rarer < FEWEST_CLUSTERS or not self.error > 0:
            return None
        half = student_quantile(self.rarer - 1) * self.error
        return self.value - half, self.value + half


def difference(one: Problem, other: Problem) -> Difference:
    """One AUROC less another of the same rows in the same order, as in DeLong's test, over clusters."""
    return Difference(
        value=area([one]).value - area([other]).value,
        error=error_of_difference([one], [other]),
        rarer=min(sides(one)),
    )


def interval(found: Area, tail: float = TAIL) -> Interval | None:
    """The interval, of 95 % by default; None below `FEWEST_CLUSTERS` positive or negative clusters.

    On the logit scale, with Student's t by the rarer class. Near 0 or 1 the variance seen is mostly too
    small, since it hangs on the few clusters out of order: the standard error is stretched by what one more
    cluster, right half of the time, would do to `AUROC (1 - AUROC)`. The stretch fades with the number of
    clusters; measured in docs/statistics.md. A perfect ranking has no variance to go by;
    there it is exact: k disjoint pairs of clusters are all in order with probability AUROC^k, which bounds
    the AUROC from below (the mean of several is bounded by the class with the fewest pairs).
    """
    if found.rarer < FEWEST_CLUSTERS or math.isnan(found.error):
        return None
    if found.value in {0.0, 1.0}:
        bound = tail ** (1 / found.pairs)
        return (bound, 1.0) if found.value == 1.0 else (0.0, 1 - bound)
    if found.error == 0:
        return None
    error = found.error * math.sqrt(_spread(_shrunk(found.value, found.rarer)) / _spread(found.value))
    return logit(found.value, error, student_quantile(found.rarer - 1, tail))


def is_rough(value: float, rarer: int) -> bool:
    """Whether the interval is not known to cover: few clusters of a class, or hardly one out of order.

    Args:
        value: the AUROC.
        rarer: clusters of the rarer class.
    """
    return rarer < FEW_CLUSTERS or max(value, 1 - value) > highest_ordered(rarer)


def highest_ordered(rarer: int) -> float:
    """The AUROC, or one less it, above which hardly a cluster is out of order."""
    return 1 - FEWEST_DISORDERED / rarer


def _shrunk(value: float, clusters: int) -> float:
    """The AUROC with one more cluster that is right half of the time."""
    return (value * clusters + 0.5) / (clusters + 1)


def _spread(value: float) -> float:
    return value * (1 - value)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """One ranking by its clusters; `deviations` (C,) is what each adds to the error of the AUROC."""

    value: float
    variance: float
    deviations: FloatArray
    positives: int
    negatives: int


def _parts(ranking: Problem) -> _Parts:
    placed, truth = placements(ranking), ranking.truth
    value = float(placed[truth].mean())
    _, codes = np.unique(ranking.codes, return_inverse=True)
    count = int(codes.max()) + 1
    up, positives = _side(placed, truth, value, codes, count)
    down, negatives = _side(placed, ~truth, value, codes, count)
    factor_up, factor_down = _factor(positives), _factor(negatives)
    variance = factor_up * up @ up + factor_down * down @ down + 2 * _factor(count) * up @ down
    return _Parts(
        value=value,
        variance=float(variance),
        deviations=math.sqrt(factor_up) * up + math.sqrt(factor_down) * down,
        positives=positives,
        negatives=negatives,
    )


def _side(
    placed: FloatArray, mine: NDArray[np.bool_], value: float, codes: Codes, count: int
) -> tuple[FloatArray, int]:
    """What each cluster adds through one class, and how many clusters hold one."""
    totals = cluster_totals((placed[mine] - value) / np.count_nonzero(mine), codes[mine], count)
    return totals, len(np.unique(codes[mine]))


def _aligned(rankings: Sequence[Problem], totals: Sequence[FloatArray]) -> FloatArray:
    """(K, C) totals over all clusters that any of the rankings has."""
    everyone = np.unique(np.concatenate([ranking.codes for ranking in rankings]))
    table = np.zeros((len(rankings), len(everyone)))
    for row, ranking, total in zip(table, rankings, totals, strict=True):
        row[np.searchsorted(everyone, np.unique(ranking.codes))] = total
    return table


def _factor(count: int) -> float:
    """The finite-sample factor of a variance over `count` clusters."""
    return count / (count - 1) if count > 1 else math.nan

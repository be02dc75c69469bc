"""Average precision under many weightings of the rows at once. Pure functions over arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.metrics.ranking import ranks
from medassay.types import FloatArray


def average_precision(positive: NDArray[np.bool_], score: FloatArray, weights: FloatArray) -> FloatArray:
    """sum_k (R_k - R_(k-1)) P_k over the distinct scores from the highest on: no trapezoids.

    Args:
        positive: (n,) which rows are positive.
        score: (n,) higher means more positive; infinities are allowed, NaN is not.
        weights: (B, n) non-negative.

    Returns:
        (B,) values in [0, 1], NaN where a weighting holds no positive. Chance is the share of positives.
    """
    order = np.argsort(-score, kind="stable")
    ranked = score[order]
    last = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True)[: len(order)])  # of each distinct score
    found = positive[order].astype(np.float64)
    out = np.full(len(weights), np.nan)
    for i, row in enumerate(weights):  # one weighting stays in the cache; all of them do not
        sorted_row = row.take(order)
        hits = np.cumsum(sorted_row * found)[last]
        total = np.cumsum(sorted_row)[last]
        if len(hits) and hits[-1] > 0:
            precision = np.divide(hits, total, out=np.zeros_like(hits), where=total > 0)
            out[i] = np.diff(hits, prepend=0.0) @ precision / hits[-1]
    return out


def mean_average_precision(
    truth: NDArray[np.integer[Any]], probs: FloatArray, weights: FloatArray
) -> FloatArray:
    """The mean over the labels that some row has; NaN without any probabilities.

    A row without probabilities (NaN) ranks last where a label is present, first where it is absent.

    Args:
        truth: (n, L) 1 where a label is present, 0 where absent, -1 where nobody knows.
        probs: (n, L).
        weights: (B, n).

    Returns:
        (B,); NaN where a weighting leaves one of those labels without a row.
    """
    usable = np.flatnonzero((truth == 1).any(axis=0))
    if not len(usable) or np.isnan(probs).all():
        return np.full(len(weights), np.nan)
    scores, total = ranks(probs, truth), np.zeros(len(weights))
    for k in usable:
        known = truth[:, k] >= 0
        total += average_precision(truth[known, k] > 0, scores[known, k], weights[:, known])
    return total / len(usable)


def prevalence(truth: NDArray[np.integer[Any]]) -> float:
    """The mean share of rows with each label, over the labels that some row has: chance of the above."""
    usable = (truth == 1).any(axis=0)
    if not usable.any():
        return float("nan")
    return float(((truth == 1).sum(axis=0) / np.maximum((truth >= 0).sum(axis=0), 1))[usable].mean())

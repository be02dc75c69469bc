"""Area under the ROC curve under many weightings of the rows at once. Pure functions over arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.types import FloatArray


def auroc(positive: NDArray[np.bool_], score: FloatArray, weights: FloatArray) -> FloatArray:
    """P(score of a positive > score of a negative) + P(tie) / 2, rows weighted.

    Args:
        positive: (n,) which rows are positive.
        score: (n,) higher means more positive; infinities are ranks like any other, NaN is not allowed.
        weights: (B, n) non-negative.

    Returns:
        (B,) values in [0, 1], NaN where a weighting holds one class only.
    """
    up, down = np.flatnonzero(positive), np.flatnonzero(~positive)
    up, down = up[np.argsort(score[up])], down[np.argsort(score[down])]
    below, not_above = (np.searchsorted(score[down], score[up], side) for side in ("left", "right"))
    out = np.full(len(weights), np.nan)
    won = np.zeros(len(down) + 1)  # the weight of the negatives below each rank
    for i, row in enumerate(weights):  # one weighting stays in the cache; all of them do not
        np.cumsum(row.take(down), out=won[1:])
        ours = row.take(up)
        pairs = ours.sum() * won[-1]
        if pairs > 0:
            out[i] = ours @ (won.take(below) + won.take(not_above)) / (2 * pairs)
    return out


def macro_auroc(truth: NDArray[np.integer[Any]], probs: FloatArray, weights: FloatArray) -> FloatArray:
    """One class against the rest, mean over the classes that have both sides; two classes: the one AUROC.

    A row without probabilities (NaN: unparsed, refused) ranks worst: last for its own class, first for
    every other. If no row has any the value is NaN.

    Args:
        truth: (n,) class index, -1 where it is not one of the K.
        probs: (n, K).
        weights: (B, n).

    Returns:
        (B,); NaN where a weighting leaves a class of the data without either side.
    """
    probs = probs[:, _given(probs)]
    if not probs.size:
        return np.full(len(weights), np.nan)
    positives = (truth[:, None] == np.arange(probs.shape[1])).astype(np.int64)
    return mean_auroc(
        positives[:, 1:] if probs.shape[1] == 2 else positives, ranks(probs, positives), weights
    )


def one_against_one_auroc(
    truth: NDArray[np.integer[Any]], probs: FloatArray, weights: FloatArray
) -> FloatArray:
    """Each class against each other one on the rows of the two, both ways, averaged (Hand and Till 2001).

    Args:
        truth: (n,) class index.
        probs: (n, K).
        weights: (B, n).

    Returns:
        (B,); NaN where a weighting leaves a class of the data without a row.
    """
    probs = probs[:, _given(probs)]
    present = [int(k) for k in np.unique(truth) if 0 <= k < probs.shape[1]]
    if len(present) < 2:
        return np.full(len(weights), np.nan)
    scores = ranks(probs, (truth[:, None] == np.arange(probs.shape[1])).astype(np.int64))
    total = np.zeros(len(weights))
    for k in present:
        for other in present:
            if other != k:
                both = (truth == k) | (truth == other)
                total += auroc(truth[both] == k, scores[both, k], weights[:, both])
    return total / (len(present) * (len(present) - 1))


def mean_auroc(positives: NDArray[np.integer[Any]], scores: FloatArray, weights: FloatArray) -> FloatArray:
    """Mean over the columns that hold both classes of the AUROC of each; (B,).

    Args:
        positives: (n, L) 1 where a row is positive for a label, 0 where not, -1 where nobody knows.
        scores: (n, K); its last L columns belong to the labels.
        weights: (B, n).
    """
    scores = scores[:, scores.shape[1] - positives.shape[1] :]
    usable = [k for k in range(positives.shape[1]) if {0, 1} <= set(np.unique(positives[:, k]))]
    if not usable:
        return np.full(len(weights), np.nan)
    total = np.zeros(len(weights))
    for k in usable:
        known = positives[:, k] >= 0
        total += auroc(positives[known, k] > 0, scores[known, k], weights[:, known])
    return total / len(usable)


def multilabel_auroc(truth: NDArray[np.integer[Any]], probs: FloatArray, weights: FloatArray) -> FloatArray:
    """Mean AUROC over the labels that have both classes; rows without probabilities rank worst.

    Args:
        truth: (n, L) 1 where a label is present, 0 where absent, -1 where nobody knows.
        probs: (n, L).
        weights: (B, n).
    """
    given = _given(probs)
    truth, probs = truth[:, given], probs[:, given]
    if not probs.size:
        return np.full(len(weights), np.nan)
    return mean_auroc(truth, ranks(probs, truth), weights)


def _given(probs: FloatArray) -> NDArray[np.bool_]:
    """(K,) the classes that any row has a probability for; the rest pads rows with fewer classes."""
    return np.asarray(np.any(~np.isnan(probs), axis=0), dtype=np.bool_)


def ranks(probs: FloatArray, positives: NDArray[np.integer[Any]]) -> FloatArray:
    """The probabilities, with NaN rows put last where they are positive and first where they are not."""
    silent = np.isnan(probs).any(axis=1).reshape(-1, 1)
    worst = np.where(positives > 0, -np.inf, np.inf)
    ranked: FloatArray = np.where(silent, worst, probs)
    return ranked

"""The numbers of FairMedFM (Jin et al., NeurIPS 2024), as its package `fairmedfm` computes them.

The threshold is an oracle: the best F1 on the very rows that are judged. Kept to reproduce what was
printed; `medassay.statistics.fairness` is what to believe.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.types import FloatArray

_BINS = 10
_LOG_FLOOR = -100.0
_MARGIN = 0.001  # of the range, by which pandas.cut moves the lowest edge


def oracle_threshold(label: NDArray[Any], prob: FloatArray) -> float:
    """The probability t with the best `2PR / (P + R + 1e-8)` of `prob >= t`; of several the lowest.

    Args:
        label: (n,) 0 or 1, both present.
        prob: (n,) of class 1.
    """
    order = np.argsort(-prob, kind="stable")
    ranked, positive = prob[order], label[order].astype(np.float64)
    last = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    hits = np.cumsum(positive)[last]
    precision, recall = hits / (last + 1), hits / hits[-1]
    quality = 2 * precision * recall / (precision + recall + 1e-8)
    return float(ranked[last][::-1][np.argmax(quality[::-1])])


def cross_entropy(label: NDArray[Any], prob: FloatArray) -> float:
    """Mean binary cross-entropy, logarithms cut at -100."""
    with np.errstate(divide="ignore"):
        yes, no = np.maximum(np.log(prob), _LOG_FLOOR), np.maximum(np.log(1 - prob), _LOG_FLOOR)
    return float(-np.mean(label * yes + (1 - label) * no))


def calibration_error(label: NDArray[Any], prob: FloatArray) -> float:
    """Expected calibration error over 10 bins of equal width between the least and greatest probability."""
    low, high = float(prob.min()), float(prob.max())
    if low == high:
        edges = np.linspace(
            low - (_MARGIN * abs(low) if low else _MARGIN),
            high + (_MARGIN * abs(high) if high else _MARGIN),
            _BINS + 1,
        )
    else:
        edges = np.linspace(low, high, _BINS + 1)
        edges[0] -= (high - low) * _MARGIN
    which = np.searchsorted(edges, prob, side="left")
    return float(np.abs(np.bincount(which, weights=prob - label)).sum() / len(prob))


def ranking(label: NDArray[Any], prob: FloatArray) -> float:
    """AUROC, ties half; NaN with one class."""
    negatives = np.sort(prob[label == 0])
    positives = prob[label == 1]
    if not len(negatives) or not len(positives):
        return float("nan")
    below = np.searchsorted(negatives, positives, "left") + np.searchsorted(negatives, positives, "right")
    return float(below.mean() / (2 * len(negatives)))


def summary(
    label: NDArray[Any], prob: FloatArray, group: NDArray[Any], *, strict_threshold: bool = True
) -> Mapping[str, float]:
    """The eleven columns of FairMedFM's table for one attribute.

    Gaps are the largest less the smallest group value; `eo` is the TPR gap and `eod` is
    `1 - (TPR gap + TNR gap) / 2`, a score of which 1 is fair.

    Args:
        label: (n,) 0 or 1.
        prob: (n,) of class 1.
        group: (n,) any values; -1 is in no group.
        strict_threshold: decide by `p > t*` as published, which turns the row at t* round; else `p >= t*`.
    """
    cut = oracle_threshold(label, prob)
    decision = prob > cut if strict_threshold else prob >= cut
    parts = [np.flatnonzero(group == value) for value in np.unique(group) if value != -1]

    def over(measure: Any) -> list[float]:
        return [float(measure(label[part], prob[part])) for part in parts]

    def gap(values: Sequence[float]) -> float:
        return float(np.ptp(values)) if values else float("nan")

    right = decision == (label == 1)
    true_positive = [_share(decision[part], label[part] == 1) for part in parts]
    true_negative = [_share(~decision[part], label[part] == 0) for part in parts]
    areas = over(ranking)
    return {
        "overall-auc": ranking(label, prob),
        "overall-acc": float(right.mean()),
        "overall-bce": cross_entropy(label, prob),
        "overall-ece": calibration_error(label, prob),
        "worst-auc": min(areas) if areas else float("nan"),
        "auc-gap": gap(areas),
        "acc-gap": gap([float(right[part].mean()) for part in parts]),
        "bce-gap": gap(over(cross_entropy)),
        "ece-gap": gap(over(calibration_error)),
        "eod": 1 - (gap(true_positive) + gap(true_negative)) / 2,
        "eo": gap(true_positive),
    }


def _share(said: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    return float(said[among].mean()) if among.any() else float("nan")


def segmentation_summary(dice: FloatArray, group: NDArray[Any]) -> Mapping[str, float]:
    """FairMedFM's numbers of segmentation from the Dice score of each image.

    `skewness_dice` is `(1 - worst) / (1 - best)`, infinite or undefined where the best group is perfect;
    `std_dice` the population standard deviation of the group means; `es_dice` `mean / (1 + std)`.

    Args:
        dice: (n,) scores from 0 to 1.
        group: (n,) any values.
    """
    means = np.array([dice[group == value].mean() for value in np.unique(group)])
    low, high, spread = float(means.min()), float(means.max()), float(means.std())
    with np.errstate(divide="ignore", invalid="ignore"):
        skewness = float(np.divide(1 - low, 1 - high))
    return {
        "mean_dice": float(dice.mean()),
        "min_dice": low,
        "max_dice": high,
        "delta_dice": high - low,
        "skewness_dice": skewness,
        "std_dice": spread,
        "es_dice": float(dice.mean()) / (1 + spread),
    }

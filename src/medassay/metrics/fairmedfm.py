"""The numbers of FairMedFM (Jin et al., NeurIPS 2024), as its package `fairmedfm` computes them.

The threshold is an oracle: the best F1 on the very rows that are judged. Kept to reproduce what was
printed; `medassay.statistics.fairness` is what to believe.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.types import FloatArray

NO_GROUP = -1
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


class Judged:
    """Rows with what FairMedFM makes of them, each computed once and only where it is asked for."""

    def __init__(
        self, label: NDArray[Any], prob: FloatArray, group: NDArray[Any], *, strict_threshold: bool = True
    ) -> None:
        """Take the rows.

        Args:
            label: (n,) 0 or 1.
            prob: (n,) of class 1.
            group: (n,) any integers; `NO_GROUP` is in none.
            strict_threshold: decide by `p > t*` as published, which turns the row at t* round; else
                `p >= t*`.
        """
        self.label, self.prob, self._strict = label, prob, strict_threshold
        self.parts = [np.flatnonzero(group == value) for value in np.unique(group) if value != NO_GROUP]

    @cached_property
    def decision(self) -> NDArray[np.bool_]:
        """(n,) at the oracle threshold."""
        cut = oracle_threshold(self.label, self.prob)
        decided: NDArray[np.bool_] = self.prob > cut if self._strict else self.prob >= cut
        return decided

    def gap(self, value: Callable[[NDArray[Any]], float]) -> float:
        """The largest less the smallest value of the groups' rows."""
        return float(np.ptp(self.each(value))) if self.parts else float("nan")

    def each(self, value: Callable[[NDArray[Any]], float]) -> list[float]:
        """The value of each group."""
        return [value(part) for part in self.parts]

    def of(self, measure: Callable[[NDArray[Any], FloatArray], float]) -> Callable[[NDArray[Any]], float]:
        """A measure of labels and probabilities, as one of positions."""
        return lambda part: measure(self.label[part], self.prob[part])

    def accuracy(self, part: NDArray[Any]) -> float:
        """The share decided right."""
        return float((self.decision[part] == (self.label[part] == 1)).mean())

    def recall(self, part: NDArray[Any], value: int) -> float:
        """The share of the rows of a class decided so; NaN without any."""
        among = part[self.label[part] == value]
        return float((self.decision[among] == (value == 1)).mean()) if len(among) else float("nan")

    def odds(self) -> tuple[float, float]:
        """The gaps in TPR and in TNR."""
        return self.gap(lambda part: self.recall(part, 1)), self.gap(lambda part: self.recall(part, 0))


OVERALL: Mapping[str, Callable[[Judged], float]] = {
    "overall-auc": lambda held: ranking(held.label, held.prob),
    "overall-acc": lambda held: held.accuracy(np.arange(len(held.label))),
    "overall-bce": lambda held: cross_entropy(held.label, held.prob),
    "overall-ece": lambda held: calibration_error(held.label, held.prob),
}
"""The columns that do not look at groups."""

BY_GROUP: Mapping[str, Callable[[Judged], float]] = {
    "worst-auc": lambda held: min(held.each(held.of(ranking)), default=float("nan")),
    "auc-gap": lambda held: held.gap(held.of(ranking)),
    "acc-gap": lambda held: held.gap(held.accuracy),
    "bce-gap": lambda held: held.gap(held.of(cross_entropy)),
    "ece-gap": lambda held: held.gap(held.of(calibration_error)),
    "eod": lambda held: 1 - sum(held.odds()) / 2,
    "eo": lambda held: held.odds()[0],
}
"""The columns of one attribute. Gaps are the largest less the smallest; `eod` is a score: 1 is fair."""


def summary(
    label: NDArray[Any], prob: FloatArray, group: NDArray[Any], *, strict_threshold: bool = True
) -> Mapping[str, float]:
    """The eleven columns of FairMedFM's table for one attribute; arguments as of `Judged`."""
    held = Judged(label, prob, group, strict_threshold=strict_threshold)
    return {name: column(held) for name, column in (*OVERALL.items(), *BY_GROUP.items())}


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

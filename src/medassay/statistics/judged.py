"""Scores by a fallible judge, corrected by the labels that people gave to some of the answers.

Every estimator here is a smooth function of means, so its variance is that of what each row adds to it (its
influence), summed over clusters: rows of one patient, labelled rows that are judged too, and the rates of
a judge estimated on the same rows are all accounted for at once. The labelled rows must be a random draw
of all rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from medassay.statistics.bootstrap import ROUNDING
from medassay.statistics.clusters import Codes, cluster_totals
from medassay.statistics.intervals import student_quantile
from medassay.types import FloatArray

FEWEST_LABELS = 30
"""Below this many labelled rows, or ten right or wrong ones for rates, a correction is called unreliable."""

LEAST_YOUDEN = 0.1
"""A judge whose sensitivity and specificity exceed 1 together by no more than this is too near to a coin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A corrected score, or difference of two, with its 95 % interval; None where there is none (`note`)."""

    method: str
    value: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    n_labelled: int = 0
    note: str = ""


def prediction_powered(verdict: FloatArray, label: FloatArray, codes: Codes) -> Corrected:
    """Prediction-powered inference for a mean: `mean of verdicts + mean of (label - verdict)`.

    Angelopoulos, Bates, Fannjiang, Jordan and Zrnic 2023 (Science 382, arXiv 2301.09633). The first mean is
    over all rows, the second over the labelled ones. It is unbiased however wrong the judge is; a good judge
    makes it narrower than the labels alone. Where judge and labels never differ, that shows no variance: one
    difference in two more rows is allowed for. For the difference of two models give the differences of their
    verdicts and of their labels on the same items.

    Args:
        verdict: (n,) what the judge says of each row, or a difference of two verdicts.
        label: (n,) what people say, NaN where they were not asked.
        codes: (n,) the cluster of each row.
    """
    labelled = ~np.isnan(label)
    n, held = len(verdict), int(labelled.sum())
    if held < 2:
        return _none("prediction-powered", n, held, "fewer than two labels")
    gap = np.where(labelled, np.nan_to_num(label) - verdict, 0.0)
    shift = float(gap.sum() / held)
    value = float(verdict.mean()) + shift
    influence = (verdict - verdict.mean()) / n + np.where(labelled, (gap - shift) / held, 0.0)
    unseen = _unseen(1.0, held) if np.ptp(gap[labelled]) < ROUNDING else 0.0
    return _with_error("prediction-powered", value, influence, labelled, codes, unseen=unseen)


def labels_alone(label: FloatArray, codes: Codes) -> Corrected:
    """The mean of the labels, without the judge: what a correction must be narrower than to be of use.

    Args:
        label: (n,) what people say, NaN where they were not asked.
        codes: (n,) the cluster of each row.
    """
    labelled = ~np.isnan(label)
    held = int(labelled.sum())
    if held < 2:
        return _none("labels alone", len(label), held, "fewer than two labels")
    value = float(label[labelled].mean())
    influence = np.where(labelled, (np.nan_to_num(label) - value) / held, 0.0)
    unseen = _unseen(1.0, held) if np.ptp(label[labelled]) < ROUNDING else 0.0
    return _with_error("labels alone", value, influence, labelled, codes, unseen=unseen)


def rogan_gladen(verdict: FloatArray, label: FloatArray, codes: Codes) -> Corrected:
    """The share of right answers from the share called right and the judge's two error rates.

    `(share + specificity - 1) / (sensitivity + specificity - 1)`, Rogan and Gladen 1978, held within 0 and
    1. The rates are estimated on the labelled rows and their uncertainty enters by the delta method; a rate
    of 0 or 1, which shows none of its own, has that of one more row of each kind (Lang and Reiczigel 2014
    add such rows, too). No value where the rates sum to 1.1 or less.

    Args:
        verdict: (n,) 1 where the judge calls the answer right, else 0.
        label: (n,) what people say, NaN where they were not asked.
        codes: (n,) the cluster of each row.
    """
    labelled = ~np.isnan(label)
    n, held = len(verdict), int(labelled.sum())
    right, wrong = label == 1, label == 0
    if not right.any() or not wrong.any():
        return _none("Rogan-Gladen", n, held, "no right or no wrong answer among the labelled")
    sensitivity, specificity = float(verdict[right].mean()), float(1 - verdict[wrong].mean())
    youden = sensitivity + specificity - 1
    if youden <= LEAST_YOUDEN:
        reason = f"sensitivity and specificity sum to {youden + 1:.2f}, no more than {1 + LEAST_YOUDEN}"
        return _none("Rogan-Gladen", n, held, reason)
    share = float(verdict.mean())
    value = (share + specificity - 1) / youden
    of_share = (verdict - share) / n
    of_sensitivity = np.where(right, verdict - sensitivity, 0.0) / right.sum()
    of_specificity = np.where(wrong, 1 - verdict - specificity, 0.0) / wrong.sum()
    influence = (of_share - value * of_sensitivity + (1 - value) * of_specificity) / youden
    unseen = (value / youden) ** 2 * _unseen(sensitivity, int(right.sum()))
    unseen += ((1 - value) / youden) ** 2 * _unseen(specificity, int(wrong.sum()))
    found = _as_share(_with_error("Rogan-Gladen", value, influence, labelled, codes, unseen=unseen))
    few = min(int(right.sum()), int(wrong.sum()))
    if few >= FEWEST_LABELS // 3:
        return found
    return _noted(found, f"only {few} right or wrong answers among the labelled")


def _unseen(rate: float, n: int) -> float:
    """The variance of a rate at the end of its range, where the rows show none."""
    near = 1 / (n + 2)
    return near * (1 - near) / n if rate in {0.0, 1.0} else 0.0


def _with_error(
    method: str,
    value: float,
    influence: FloatArray,
    labelled: NDArray[np.bool_],
    codes: Codes,
    *,
    unseen: float = 0.0,
) -> Corrected:
    """The estimate with the clustered variance of its influence and Student's t by the labelled clusters."""
    _, codes = np.unique(codes, return_inverse=True)
    count = int(codes.max()) + 1
    held, clusters = int(labelled.sum()), len(np.unique(codes[labelled]))
    if clusters < 2:
        return _none(method, len(influence), held, "labels in one cluster only")
    totals = cluster_totals(influence, codes, count)
    error = math.sqrt(count / (count - 1) * float(totals @ totals) + unseen)
    half = student_quantile(clusters - 1) * error
    found = Corrected(
        method=method,
        value=value,
        se=error,
        low=value - half,
        high=value + half,
        n=len(influence),
        n_labelled=held,
    )
    return _noted(found, f"only {held} labels") if held < FEWEST_LABELS else found


def _as_share(found: Corrected) -> Corrected:
    """The estimate and its interval held within 0 and 1."""
    if found.value is None or found.low is None or found.high is None:
        return found
    value, low, high = (min(max(number, 0.0), 1.0) for number in (found.value, found.low, found.high))
    return replace(found, value=value, low=low, high=high)


def _noted(found: Corrected, reason: str) -> Corrected:
    return replace(found, note="; ".join(filter(None, [found.note, f"{reason}: unreliable"])))


def _none(method: str, n: int, held: int, reason: str) -> Corrected:
    return Corrected(method=method, n=n, n_labelled=held, note=f"no value: {reason}")

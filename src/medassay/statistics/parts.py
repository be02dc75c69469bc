"""A mean over two parts of the rows, where a row may belong to a part with a probability.

Every value is a ratio of sums, so its variance is that of what each row adds to it, summed over clusters.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medassay.statistics.clusters import Codes, cluster_totals
from medassay.statistics.intervals import Interval, korn_graubard, student_quantile
from medassay.types import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A mean over `n` rows (the sum of their weights); None where there is nothing to give."""

    n: float
    value: float | None
    low: float | None
    high: float | None


_EMPTY = Part(n=0.0, value=None, low=None, high=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """The whole, its two parts and the first less the second; `neither` are the rows in none of the two.

    `n` and `n value` of the parts and of `neither` sum to the whole's.
    """

    whole: Part
    yes: Part
    no: Part
    gap: Part
    neither: Part


def parted(
    score: FloatArray, weight: FloatArray, codes: Codes, neither: NDArray[np.bool_] | None = None
) -> Parted:
    """Means of the whole and of its two parts, with 95 % intervals over clusters.

    Shares of right answers have Korn and Graubard's interval, other means and the gap Student's t on the
    clustered variance; the gap's variance takes in that clusters lie in both parts. With probabilities for
    weights the parts are mixtures: their gap is nearer to 0 than that of the true parts.

    Args:
        score: (n,) of each row, in 0 to 1.
        weight: (n,) of the row in the first part, 0 to 1: a hard split has 0 and 1 only.
        codes: (n,) the cluster of each row.
        neither: (n,) the rows that are in none of the two parts.
    """
    left_out = np.zeros(len(score)) if neither is None else neither.astype(np.float64)
    first, second = weight * (1 - left_out), (1 - weight) * (1 - left_out)
    yes, no = influence_of(score, first), influence_of(score, second)
    held = float(len(score) - left_out.sum())
    gap = Part(n=held, value=None, low=None, high=None)
    if yes is not None and no is not None:
        value = yes[0] - no[0]
        low, high = _student(value, yes[1] - no[1], 1 - left_out, codes) or (None, None)
        gap = Part(n=held, value=value, low=low, high=high)
    return Parted(
        whole=weighted_mean(score, np.ones(len(score)), codes),
        yes=weighted_mean(score, first, codes),
        no=weighted_mean(score, second, codes),
        gap=gap,
        neither=weighted_mean(score, left_out, codes),
    )


def weighted_mean(score: FloatArray, weight: FloatArray, codes: Codes) -> Part:
    """A mean by weights with its 95 % interval over the clusters that carry weight.

    Args:
        score: (n,) of each row.
        weight: (n,) of each row, not negative.
        codes: (n,) the cluster of each row.
    """
    found, total = influence_of(score, weight), float(weight.sum())
    if found is None:
        return _EMPTY
    value, influence = found
    bounds = _student(value, influence, weight, codes)
    if bounds is not None and np.isin(score, (0.0, 1.0)).all():
        clusters = len(np.unique(codes[weight > 0]))
        shares = weight / total
        rows = max(round(1 / float(shares @ shares)), 1)
        bounds = korn_graubard(value, error_of(influence, weight, codes), rows, min(clusters, rows))
    low, high = bounds or (None, None)
    return Part(n=total, value=value, low=low, high=high)


def corrected(
    score: FloatArray,
    probability: FloatArray,
    label: FloatArray,
    codes: Codes,
    drawn: FloatArray | None = None,
) -> Parted:
    """The parts that people would make, from the classifier's on all rows and theirs on some.

    Prediction-powered inference (Angelopoulos et al. 2023, arXiv 2301.09633) for the two means of a ratio:
    `E[score label] / E[label]`. Unbiased for large samples however wrong the classifier is. `n` of a part is
    the corrected number of rows. The labelled rows must be a random draw of all rows. Where some were
    likelier to be drawn, what the classifier misses is a mean by the inverse of that (Hajek 1971); the
    variance takes the draws for independent, which is too large rather than too small for a stratified one.

    Args:
        score: (n,) of each row, in 0 to 1.
        probability: (n,) of the first part, by the classifier.
        label: (n,) 1 or 0, what people say; NaN where they were not asked (some must be).
        codes: (n,) the cluster of each row.
        drawn: (n,) how many rows a labelled one stands for, above 0; None where all are alike.
    """
    labelled = ~np.isnan(label)
    stands = np.where(labelled, np.ones(len(score)) if drawn is None else drawn, 0.0)
    sides = [
        _powered(score, probability, label, stands),
        _powered(score, 1 - probability, 1 - label, stands),
    ]
    parts = [
        Part(n=share * len(score), value=value, low=low, high=high)
        for share, value, influence in sides
        for low, high in [_student(value, influence, labelled.astype(float), codes) or (None, None)]
    ]
    value, influence = sides[0][1] - sides[1][1], sides[0][2] - sides[1][2]
    low, high = _student(value, influence, labelled.astype(float), codes) or (None, None)
    return Parted(
        whole=weighted_mean(score, np.ones(len(score)), codes),
        yes=parts[0],
        no=parts[1],
        gap=Part(n=float(len(score)), value=value, low=low, high=high),
        neither=_EMPTY,
    )


def _powered(
    score: FloatArray, said: FloatArray, label: FloatArray, stands: FloatArray
) -> tuple[float, float, FloatArray]:
    """The part's share of the rows, its mean, and what each row adds to that mean."""
    truth, share_of = np.nan_to_num(label), stands / stands.sum()

    def mean(seen: FloatArray, gap: FloatArray) -> tuple[float, FloatArray]:
        shift = float(share_of @ gap)
        influence = (seen - seen.mean()) / len(seen) + share_of * (gap - shift)
        return float(seen.mean()) + shift, influence

    share, of_share = mean(said, truth - said)
    total, of_total = mean(score * said, score * (truth - said))
    if share <= 0:
        return 0.0, math.nan, np.full(len(score), math.nan)
    value = total / share
    return share, value, (of_total - value * of_share) / share


def influence_of(score: FloatArray, weight: FloatArray) -> tuple[float, FloatArray] | None:
    """A mean by weights and what each row adds to it, (n,); None without weight."""
    total = float(weight.sum())
    if total == 0:
        return None
    value = float(weight @ score) / total
    return value, weight * (score - value) / total


def error_of(influence: FloatArray, weight: FloatArray, codes: Codes) -> float:
    """The standard error of what `influence` (n,) sums to, over the clusters that carry weight."""
    _, held = np.unique(codes, return_inverse=True)
    clusters = len(np.unique(codes[weight > 0]))
    totals = cluster_totals(influence, held, int(held.max()) + 1)
    return math.sqrt(clusters / (clusters - 1) * float(totals @ totals))


def _student(value: float, influence: FloatArray, weight: FloatArray, codes: Codes) -> Interval | None:
    """Student's t by the clusters that carry weight; None below two of them."""
    clusters = len(np.unique(codes[weight > 0]))
    if clusters < 2 or math.isnan(value):
        return None
    half = student_quantile(clusters - 1) * error_of(influence, weight, codes)
    return value - half, value + half

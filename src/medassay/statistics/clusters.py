"""Sums over clusters, and the standard error of a mean whose rows hang together within a cluster.

A cluster is what was drawn at random: a patient, else a study, else an image. Rows of one cluster are
not independent evidence, so every variance here is a variance of cluster totals.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.types import FloatArray

Codes = NDArray[np.integer[Any]]
"""(n,) the cluster of each row as an integer from 0 to C - 1."""

FEW_CLUSTERS = 50
"""Below this many clusters an interval is called unreliable: measured coverage leaves 93 to 98 % there."""


def cluster_totals(terms: NDArray[Any], codes: Codes, count: int) -> FloatArray:
    """The sum of each term over each cluster.

    Args:
        terms: (n,) or (n, k), a number per row and term.
        codes: (n,) cluster of each row.
        count: C, the number of clusters.

    Returns:
        (C,) or (C, k), float64.
    """
    if terms.ndim == 1:
        totals: FloatArray = np.bincount(codes, weights=terms, minlength=count).astype(np.float64, copy=False)
        return totals
    return np.stack([cluster_totals(column, codes, count) for column in terms.T], axis=1)


def clustered_error(values: FloatArray, codes: Codes) -> float:
    """The standard error of the mean of `values` over clusters.

    `SE^2 = C/(C-1) / n^2 * sum over clusters of (sum of residuals)^2` (Miller 2024, arXiv 2411.00640,
    with the finite-sample factor of cluster-robust least squares). With one row per cluster it is
    `sd / sqrt(n)`.

    Args:
        values: (n,) scores, finite.
        codes: (n,) cluster of each row; any integers.

    Returns:
        The standard error; NaN for fewer than two clusters.
    """
    _, codes = np.unique(codes, return_inverse=True)
    count = int(codes.max()) + 1 if len(codes) else 0
    if count < 2:
        return math.nan
    totals = cluster_totals(values - values.mean(), codes, count)
    return math.sqrt(count / (count - 1) * float(totals @ totals)) / len(values)


def design_effect(proportion: float, error: float, n: int) -> float:
    """How many times the variance over clusters exceeds that of n independent rows, at least 1.

    Args:
        proportion: the share of right rows, strictly between 0 and 1.
        error: its standard error over clusters.
        n: number of rows.
    """
    return max(1.0, error**2 * n / (proportion * (1 - proportion)))

"""Do probabilities mean what they say: bins of confidence, their errors, and scores of probabilities.

Pure functions over arrays. Bins are laid once over the rows, so that what a bootstrap redraws are sums.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.types import FloatArray

Bins = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """One line of a reliability table: the rows of a range of confidence."""

    lowest: float
    highest: float
    n: int
    confidence: float  # their mean
    accuracy: float  # the share of them that are right


def equal_mass(confidence: FloatArray, bins: int) -> Bins:
    """(n,) the bin of each row, 0 to bins - 1, so that each holds the same number of rows.

    Rows of one confidence share the bin of their middle rank: which of them comes first has no meaning.
    """
    _, inverse, counts = np.unique(confidence, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - counts / 2
    held: Bins = np.minimum(middle[inverse] * bins / max(len(confidence), 1), bins - 1).astype(np.int64)
    return held


def equal_width(confidence: FloatArray, bins: int) -> Bins:
    """(n,) the bin of each row: ((m - 1) / bins, m / bins], 0 in the first (Guo et al. 2017)."""
    held: Bins = np.clip(np.ceil(confidence * bins) - 1, 0, bins - 1).astype(np.int64)
    return held


def bin_sums(confidence: FloatArray, right: FloatArray, held: Bins, bins: int) -> FloatArray:
    """(n, 2 bins) per row and bin: 1, and confidence - right; zeros where the confidence is NaN."""
    inside = (held[:, None] == np.arange(bins)) & ~np.isnan(confidence)[:, None]
    gap = np.where(np.isnan(confidence), 0.0, confidence - right)
    return np.concatenate([inside, inside * gap[:, None]], axis=1).astype(np.float64)


def expected_error(sums: FloatArray) -> FloatArray:
    """sum_b n_b / n |mean confidence - share right|; (B, 2 bins) of `bin_sums` -> (B,)."""
    count, gap = np.split(sums, 2, axis=1)
    total = count.sum(axis=1)
    found: FloatArray = np.divide(
        np.abs(gap).sum(axis=1), total, out=np.full(len(sums), np.nan), where=total > 0
    )
    return found


def maximum_error(sums: FloatArray) -> FloatArray:
    """Max over the bins with rows of |mean confidence - share right|; (B, 2 bins) -> (B,)."""
    count, gap = np.split(sums, 2, axis=1)
    there = count > 0
    apart = np.divide(np.abs(gap), count, out=np.zeros_like(gap), where=there)
    found: FloatArray = np.where(there.any(axis=1), apart.max(axis=1), np.nan)
    return found


def reliability(confidence: FloatArray, right: FloatArray, *, bins: int = 15) -> tuple[Bin, ...]:
    """The reliability table over equal-mass bins; empty bins (ties) are left out.

    Args:
        confidence: (n,) in [0, 1]; rows with NaN are left out.
        right: (n,) 1 or 0, or a share where equal classes tie.
        bins: how many.
    """
    there = ~np.isnan(confidence)
    confidence, right = confidence[there], right[there]
    held = equal_mass(confidence, bins)
    return tuple(
        Bin(
            lowest=float(confidence[held == b].min()),
            highest=float(confidence[held == b].max()),
            n=int((held == b).sum()),
            confidence=float(confidence[held == b].mean()),
            accuracy=float(right[held == b].mean()),
        )
        for b in np.unique(held)
    )


def brier(probs: FloatArray, truth: NDArray[np.integer[Any]]) -> FloatArray:
    """(n,) sum over classes of (p - y)^2, half of it where there are two; NaN rows stay NaN.

    Args:
        probs: (n, K) that sum to 1; NaN pads rows with fewer classes, and fills rows without any.
        truth: (n,) class index.
    """
    silent = np.isnan(probs).all(axis=1)
    wanted = truth[:, None] == np.arange(probs.shape[1])
    terms = np.where(np.isnan(probs), 0.0, (probs - wanted) ** 2).sum(axis=1)
    two = (~np.isnan(probs)).sum(axis=1) == 2
    found: FloatArray = np.where(silent, np.nan, np.where(two, terms / 2, terms))
    return found


def log_loss(probs: FloatArray, truth: NDArray[np.integer[Any]], clip: float = 1e-7) -> FloatArray:
    """(n,) -log of the probability of the true class, clipped to [clip, 1 - clip]; NaN rows stay NaN."""
    found: FloatArray = -np.log(np.clip(probs[np.arange(len(truth)), truth], clip, 1 - clip))
    return found

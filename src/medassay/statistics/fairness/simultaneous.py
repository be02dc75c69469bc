"""Intervals that hold together: max-T over resamples of clusters.

The largest of several studentised differences is compared with what it is under resampling (Westfall and
Young 1993; the bootstrap-t of Efron 1981 over clusters), so that with 95 % probability all intervals of a
family cover at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from medassay.statistics.bootstrap import draws_of
from medassay.statistics.intervals import TAIL
from medassay.types import FloatArray

DRAWS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Standard errors (m,) of differences and the number of them to each side of all at once."""

    errors: FloatArray
    quantile: float


def family(influences: FloatArray, rng: np.random.Generator, draws: int = DRAWS) -> Family | None:
    """The simultaneous 95 % intervals of several differences.

    Args:
        influences: (C, m), what each cluster adds to each difference; each column of sum 0.
        rng: for the draws of clusters.
        draws: how many.

    Returns:
        None with fewer than two clusters, or where a difference does not vary.
    """
    count = len(influences)
    if count < 2 or not np.isfinite(influences).all():
        return None
    errors = _errors(influences)
    if (errors <= 0).any():
        return None
    largest = []
    for counts in draws_of(rng, count, draws, count):
        moved = counts @ influences
        spread = counts @ influences**2 - moved**2 / count
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.abs(moved) / np.sqrt(np.maximum(spread, 0) * count / (count - 1))
        largest.append(np.nanmax(np.where(spread > 0, ratio, np.inf), axis=1))
    quantile = float(np.quantile(np.concatenate(largest), 1 - 2 * TAIL))
    return Family(errors=errors, quantile=quantile) if np.isfinite(quantile) else None


def _errors(influences: FloatArray) -> FloatArray:
    """The clustered standard error of each column: the square root of `C/(C-1) sum_c u_c^2`."""
    count = len(influences)
    found: FloatArray = np.sqrt(count / (count - 1) * (influences**2).sum(axis=0))
    return found

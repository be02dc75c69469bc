"""p-values for two systems on the same items."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from medassay.statistics.bootstrap import ROUNDING
from medassay.types import FloatArray

EXACT_CLUSTERS = 16
"""Up to this many clusters all 2^C exchanges are gone through."""

RANDOM_EXCHANGES = 10_000

_BLOCK = 1 << 21


def mcnemar(only_a: int, only_b: int) -> float:
    """The exact two-sided p-value of McNemar's test, for independent rows.

    `min(1, 2 P(X <= min(b, c)))` with X binomial of b + c trials and probability one half.

    Args:
        only_a: rows that only A has right.
        only_b: rows that only B has right.
    """
    from scipy.special import bdtr

    discordant = only_a + only_b
    return min(1.0, 2 * float(bdtr(min(only_a, only_b), discordant, 0.5))) if discordant else 1.0


def exchange_test(
    difference: Callable[[FloatArray], FloatArray], clusters: int, rng: np.random.Generator
) -> float:
    """The two-sided p-value of exchanging A and B within whole clusters.

    Were they equal, each cluster could have come out the other way round. For a mean this is the
    sign-flip test of the clusters' sums of differences; for a corpus metric, approximate randomisation.
    All exchanges for up to `EXACT_CLUSTERS` clusters; else `RANDOM_EXCHANGES` random ones, with the
    observed one counted among them (Phipson and Smyth 2010), so that p is never 0.

    Args:
        difference: (b, C) zeros and ones, 1 where A and B are exchanged, to (b,) differences A - B.
        clusters: C.
        rng: for the random exchanges.
    """
    observed = abs(float(difference(np.zeros((1, clusters)))[0])) - ROUNDING
    if clusters <= EXACT_CLUSTERS:
        codes = np.arange(2**clusters)[:, None]
        every = ((codes >> np.arange(clusters)) & 1).astype(np.float64)
        return float(np.mean(np.abs(difference(every)) >= observed))
    extreme, size = 0, max(1, _BLOCK // clusters)
    for start in range(0, RANDOM_EXCHANGES, size):
        count = min(size, RANDOM_EXCHANGES - start)
        exchanged = rng.integers(2, size=(count, clusters), dtype=np.int8).astype(np.float64)
        extreme += int(np.count_nonzero(np.abs(difference(exchanged)) >= observed))
    return (extreme + 1) / (RANDOM_EXCHANGES + 1)


def normal_test(value: float, error: float) -> float:
    """The two-sided p-value of a normal statistic with this standard error."""
    from scipy.special import ndtr

    return 2 * float(ndtr(-abs(value) / error)) if error > 0 else 1.0


def student_test(value: float, error: float, freedom: int) -> float:
    """The two-sided p-value of Student's t with these degrees of freedom."""
    from scipy.special import stdtr

    return 2 * float(stdtr(freedom, -abs(value) / error)) if error > 0 else 1.0

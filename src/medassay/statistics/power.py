"""What a test set can show before anybody is asked: detectable differences, half-widths, numbers of items.

Two systems on n rows of 0 or 1 differ on a share `p_d` of them, the discordant ones. Their paired difference
has the variance `p_d D / n`, with D the design effect of the clusters, if the true difference is small.
Miller 2024 (arXiv 2411.00640) gives the formula for independent rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from medassay.statistics.intervals import TAIL

POWER = 0.8


def design_effect_of(sizes: Sequence[int], correlation: float) -> float:
    """How many times clusters of these sizes multiply the variance of a mean over rows.

    `1 + (sum k^2 / sum k - 1) rho`, which for equal sizes k is `1 + (k - 1) rho` (Kish 1965).

    Args:
        sizes: rows of each cluster, positive.
        correlation: rho, of two rows of one cluster, 0 to 1.
    """
    return 1 + (sum(k * k for k in sizes) / sum(sizes) - 1) * correlation


def half_width(accuracy: float, n: int, design_effect: float = 1.0) -> float:
    """Half of the 95 % interval of one accuracy: `1.96 sqrt(p (1 - p) D / n)`."""
    return _quantile(1 - TAIL) * math.sqrt(accuracy * (1 - accuracy) * design_effect / n)


def detectable(discordant: float, n: int, design_effect: float = 1.0) -> float:
    """The smallest true difference found with 80 % probability at p < 0.05: `2.80 sqrt(p_d D / n)`."""
    return _needed_errors() * math.sqrt(discordant * design_effect / n)


def rows_needed(difference: float, discordant: float, design_effect: float = 1.0) -> int:
    """Rows on which `difference` is found with 80 % probability at p < 0.05.

    Args:
        difference: above 0; at most `discordant`, since only discordant rows can differ.
        discordant: the share of rows on which exactly one of the two is right.
        design_effect: of the clusters.
    """
    return math.ceil((_needed_errors() / difference) ** 2 * discordant * design_effect)


def rows_for_equivalence(margin: float, discordant: float, design_effect: float = 1.0) -> int:
    """Rows on which two equal systems are found equivalent within `margin` with 80 % probability.

    Two one-sided tests at 5 %, which both must succeed: `(1.645 + 1.282)^2 p_d D / margin^2`.
    """
    errors = _quantile(1 - 2 * TAIL) + _quantile((1 + POWER) / 2)
    return math.ceil((errors / margin) ** 2 * discordant * design_effect)


def _needed_errors() -> float:
    """How many standard errors a difference must be: 1.960 + 0.842."""
    return _quantile(1 - TAIL) + _quantile(POWER)


def _quantile(probability: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(probability))

"""95 % intervals in closed form."""

from __future__ import annotations

import math

from medassay.statistics.clusters import design_effect

TAIL = 0.025
"""The probability left out on each side."""

Interval = tuple[float, float]


def student_quantile(freedom: float, tail: float = TAIL) -> float:
    """The upper quantile of Student's t with `freedom` degrees of freedom that leaves `tail`."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 1 - tail))


def expanded_tail(tail: float, n_clusters: int) -> float:
    """The tail at which bootstrap percentiles over few clusters leave `tail` out on each side.

    Percentiles are narrow by `sqrt((C - 1) / C)` and know nothing of Student's t: Hesterberg's expanded
    percentile interval (2015, The American Statistician 69:371) takes `Phi(-t_{C-1} sqrt(C / (C - 1)))`.
    """
    from scipy.special import ndtr, stdtrit

    return float(ndtr(stdtrit(n_clusters - 1, tail) * math.sqrt(n_clusters / (n_clusters - 1))))


def clopper_pearson(successes: float, trials: float, tail: float = TAIL) -> Interval:
    """The exact binomial interval, for whole or effective (fractional) numbers of trials.

    Clopper and Pearson 1934 in the beta form. Never of zero width.

    Args:
        successes: from 0 to `trials`.
        trials: positive.
        tail: the probability left out on each side.
    """
    from scipy.special import betaincinv

    misses = trials - successes
    low = float(betaincinv(successes, misses + 1, tail)) if successes > 0 else 0.0
    high = float(betaincinv(successes + 1, misses, 1 - tail)) if misses > 0 else 1.0
    return low, high


def korn_graubard(proportion: float, error: float, n: int, n_clusters: int, tail: float = TAIL) -> Interval:
    """The exact interval of a proportion over clusters, on the effective number of rows.

    Korn and Graubard 1998: Clopper-Pearson with `n_eff = n / DEFF` rows, times
    `(t_{n-1} / t_{C-1})^2` for the few degrees of freedom of the variance. The design effect is taken to
    be at least 1. Where all answers agree no design effect can be seen, and the clusters are counted.

    Args:
        proportion: share of right rows, 0 to 1.
        error: its standard error over clusters.
        n: number of rows.
        n_clusters: number of clusters, at least 2.
        tail: the probability left out on each side.
    """
    if proportion in {0.0, 1.0}:
        return clopper_pearson(proportion * n_clusters, n_clusters, tail)
    effective = effective_rows(proportion, error, n, n_clusters, tail)
    return clopper_pearson(proportion * effective, effective, tail)


def effective_rows(proportion: float, error: float, n: int, n_clusters: int, tail: float = TAIL) -> float:
    """How many independent rows tell as much as these; few degrees of freedom take some away.

    Where all answers agree, the number of clusters.
    """
    if proportion in {0.0, 1.0}:
        return n_clusters
    freedom = (student_quantile(n - 1, tail) / student_quantile(n_clusters - 1, tail)) ** 2
    return n / design_effect(proportion, error, n) * freedom


def logit(value: float, error: float, quantile: float) -> Interval:
    """A symmetric interval on the logit scale, carried back: it cannot leave (0, 1).

    Args:
        value: strictly between 0 and 1.
        error: standard error of `value` (delta method).
        quantile: how many standard errors to each side.
    """
    centre = log_odds(value)
    half = quantile * error / (value * (1 - value))
    return expit(centre - half), expit(centre + half)


def log_odds(value: float) -> float:
    """The logit of a number strictly between 0 and 1."""
    return math.log(value / (1 - value))


def expit(x: float) -> float:
    """The inverse of the logit, without overflow."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else 1 - 1 / (1 + math.exp(x))

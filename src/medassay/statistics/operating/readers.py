"""Readers and models on the same cases: multi-reader multi-case analysis by Obuchowski and Rockette.

The method of Obuchowski and Rockette 1995 with the degrees of freedom of Hillis 2007. What a reader or a
model adds to the covariances is taken over clusters (Obuchowski 1997; DeLong's with one row per cluster).
`tests/statistics/operating/test_readers.py` holds it against the figures that the package MRMCaov prints
for the data of Van Dyke et al. 1993.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from medassay.errors import UsageError
from medassay.statistics.auroc import area, covariances, problems
from medassay.statistics.clusters import cluster_totals
from medassay.statistics.intervals import student_quantile
from medassay.statistics.operating.calls import Calls
from medassay.types import FloatArray

_MANY = 1e9  # degrees of freedom from which Student's t is the normal


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A difference with its 95 % interval. `error` and `freedom` are those of Student's t.

    `values` are the measure of each reader, in order; `mean_square` is the variance of what is averaged over
    readers, `covariance` that of two readers on the same cases.
    """

    value: float
    error: float
    freedom: float
    low: float
    high: float
    p: float
    values: tuple[float, ...]
    mean_square: float
    covariance: float
    note: str = ""


def figures(measure: str, tests: Sequence[Calls]) -> tuple[FloatArray, FloatArray]:
    """(K,) values of a measure and their (K, K) covariances over clusters.

    Args:
        measure: "auroc" of `prob`, or "sensitivity" or "specificity" of `call`.
        tests: the same rows in the same order.

    Raises:
        UsageError: a class is missing, or a test has no probabilities and the measure needs them.
    """
    _, codes = np.unique(tests[0].codes, return_inverse=True)
    if measure == "auroc":
        rankings = [problems(each.truth[:, None], each.prob, codes) for each in tests]
        if not all(rankings):
            raise UsageError("an AUROC needs rows of both classes, and a rating of each reader")
        firsts = [ranking[0] for ranking in rankings]
        return np.array([area([ranking]).value for ranking in firsts]), covariances(firsts)
    truth = 1 if measure == "sensitivity" else 0
    mine = tests[0].truth == truth
    if len(np.unique(codes[mine])) < 2:
        raise UsageError(f"{measure} needs rows of its class in at least two clusters")
    right = np.stack([(each.call[mine] == truth).astype(float) for each in tests])
    _, own = np.unique(codes[mine], return_inverse=True)
    count = int(own.max()) + 1
    totals = cluster_totals((right - right.mean(1, keepdims=True)).T / mine.sum(), own, count)
    return right.mean(axis=1), count / (count - 1) * totals.T @ totals


def between_tests(values: FloatArray, covariance: FloatArray) -> Found:
    """The difference of two tests that the same readers used on the same cases: readers and cases random.

    `F = MS(T) / (MS(TR) + r max(Cov2 - Cov3, 0))`.

    Args:
        values: (2, r) measure of each test and reader.
        covariance: (2 r, 2 r) of them in row order.
    """
    readers = values.shape[1]
    second, third = _second(covariance, readers), _third(covariance, readers)
    difference = values[0] - values[1]
    within = float(((difference - difference.mean()) ** 2).sum()) / (2 * (readers - 1))
    shared = readers * max(second - third, 0.0)
    return _found(difference, within, second, shared=shared, scale=2.0)


def against_readers(values: FloatArray, covariance: FloatArray) -> Found:
    """A model less the mean of readers: readers and cases random, the model fixed (Hillis 2013's one test).

    Args:
        values: (1 + r,) measure of the model and of each reader.
        covariance: (1 + r, 1 + r) of them.

    Raises:
        UsageError: there are fewer than two readers.
    """
    readers = len(values) - 1
    if readers < 2:
        raise UsageError("readers are a sample of at least two: with one, compare the model with that reader")
    turn = np.hstack([np.ones((readers, 1)), -np.eye(readers)])
    return one_test(turn @ values, turn @ covariance @ turn.T)


def one_test(values: FloatArray, covariance: FloatArray) -> Found:
    """The mean of one test's values over random readers and cases.

    Args:
        values: (r,) of each reader.
        covariance: (r, r) of them.
    """
    readers = len(values)
    spread = float(np.var(values, ddof=1))
    second = float(covariance[~np.eye(readers, dtype=bool)].mean())
    return _found(values, spread, second, shared=readers * max(second, 0.0), scale=1.0)


def _found(values: FloatArray, within: float, covariance: float, *, shared: float, scale: float) -> Found:
    """Student's t with Hillis's degrees of freedom for the mean of `values` over readers.

    Args:
        values: (r,) what is averaged.
        within: the mean square that readers alone account for.
        covariance: of two readers, as it is reported.
        shared: what the cases that readers share add to the mean square.
        scale: how many tests the difference is of.
    """
    from scipy.special import stdtr

    readers, value = len(values), float(values.mean())
    error = math.sqrt(scale * (within + shared) / readers)
    freedom = ((within + shared) / within) ** 2 * (readers - 1) if within > 0 else math.inf
    half = student_quantile(min(freedom, _MANY)) * error
    return Found(
        value=value,
        error=error,
        freedom=freedom,
        low=value - half,
        high=value + half,
        p=2 * float(stdtr(min(freedom, _MANY), -abs(value) / error)) if error > 0 else math.nan,
        values=tuple(values.tolist()),
        mean_square=within,
        covariance=covariance,
        note="" if within > 0 else "all readers differ alike: only cases are taken as random",
    )


def _second(covariance: FloatArray, readers: int) -> float:
    """Cov2: of two readers with the same test."""
    pairs = [(i, j) for i, j in product(range(readers), repeat=2) if i != j]
    return float(np.mean([covariance[t * readers + i, t * readers + j] for t in (0, 1) for i, j in pairs]))


def _third(covariance: FloatArray, readers: int) -> float:
    """Cov3: of two readers with different tests."""
    pairs = [(i, j) for i, j in product(range(readers), repeat=2) if i != j]
    return float(np.mean([covariance[i, readers + j] for i, j in pairs]))

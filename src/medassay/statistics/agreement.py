"""How far two labellings of the same items agree: what verdicts are worth against what people say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.statistics.bootstrap import draws_of, generator
from medassay.statistics.clusters import Codes, cluster_totals
from medassay.statistics.parts import weighted_mean
from medassay.statistics.uncertainty import of_draws
from medassay.types import FloatArray

DRAWS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A number over `n` rows with its 95 % interval over clusters; None where there is none."""

    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Verdicts against labels of yes (1) or no (0): right and wrong, reasoning and understanding.

    `sensitivity`: share of the yes that the verdict calls yes. `specificity`: share of the no that it calls
    no. Kappa falls as one label becomes rare, at the same sensitivity and specificity.
    """

    agreement: Rate
    kappa: Rate
    sensitivity: Rate
    specificity: Rate


def against(
    truth: FloatArray, verdict: FloatArray, codes: Codes, *, seed: str, weight: FloatArray | None = None
) -> Agreement:
    """How verdicts stand to labels.

    Args:
        truth: (n,) labels, 0 or 1.
        verdict: (n,) 0 or 1; another value is a verdict that is neither, and so wrong.
        codes: (n,) the cluster of each row.
        seed: of the bootstrap of kappa.
        weight: (n,) how many rows a row stands for; None where all are alike.
    """
    weight = np.ones(len(truth)) if weight is None else weight
    same, yes, no = (truth == verdict).astype(np.float64), truth == 1, truth == 0
    return Agreement(
        agreement=rate(same, codes, weight),
        kappa=kappa_rate(truth, verdict, codes, seed=seed, weight=weight),
        sensitivity=rate(same[yes], codes[yes], weight[yes]),
        specificity=rate(same[no], codes[no], weight[no]),
    )


def rate(hits: FloatArray, codes: Codes, weight: FloatArray | None = None) -> Rate:
    """A share with Korn and Graubard's interval; none below two clusters.

    Args:
        hits: (n,) of 0 and 1.
        codes: (n,) the cluster of each row.
        weight: (n,) how many rows a row stands for; None where all are alike.
    """
    held = weighted_mean(hits, np.ones(len(hits)) if weight is None else weight, codes)
    return Rate(value=held.value, low=held.low, high=held.high, n=len(hits))


def kappa_rate(
    one: NDArray[Any], other: NDArray[Any], codes: Codes, *, seed: str, weight: FloatArray | None = None
) -> Rate:
    """Cohen's kappa with the expanded percentile interval of a bootstrap over clusters.

    Args:
        one: (n,) labels.
        other: (n,) labels of the same items by somebody else.
        codes: (n,) the cluster of each row.
        seed: of the bootstrap.
        weight: (n,) how many rows a row stands for; None where all are alike.
    """
    names, codes = np.unique(codes, return_inverse=True)
    cells = _cells(one, other) * (np.ones(len(one)) if weight is None else weight)[:, None]
    totals = cluster_totals(cells, codes, len(names)) if len(names) else np.zeros((0, 1))
    value = float(_kappa(totals.sum(axis=0)[None, :])[0])
    if len(names) < 2 or math.isnan(value):
        return Rate(value=None if math.isnan(value) else value, low=None, high=None, n=len(one))
    blocks = draws_of(generator(seed, names), len(names), DRAWS, len(names))
    found = of_draws(np.concatenate([_kappa(counts @ totals) for counts in blocks]), len(names))
    low, high = found.interval or (None, None)
    return Rate(value=value, low=low, high=high, n=len(one))


def cohen_kappa(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Cohen's kappa (1960); NaN where undefined.

    Args:
        one: (n,) labels.
        other: (n,) labels of the same items by somebody else.
    """
    return float(_kappa(_cells(one, other).sum(axis=0)[None, :])[0])


def krippendorff_alpha(ratings: Sequence[Sequence[float]]) -> float:
    """Krippendorff's alpha for names, any number of raters, each of whom may have left items out.

    `1 - observed / expected disagreement` over all pairs of ratings within an item and over all pairs of
    ratings whatsoever (Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability"). NaN where there is
    nothing to compare or all ratings are equal.

    Args:
        ratings: for each item the ratings that it has; items with fewer than two do not count.
    """
    units = [np.asarray(unit, dtype=np.float64) for unit in ratings if len(unit) > 1]
    if not units:
        return math.nan
    pooled = np.concatenate(units)
    observed = sum(_disagreements(unit) / (len(unit) - 1) for unit in units) / len(pooled)
    expected = _disagreements(pooled) / (len(pooled) * (len(pooled) - 1))
    return 1 - observed / expected if expected > 0 else math.nan


def _disagreements(values: FloatArray) -> float:
    """How many ordered pairs of the values differ."""
    _, counts = np.unique(values, return_counts=True)
    return float(len(values) ** 2 - (counts**2).sum())


def _cells(one: NDArray[Any], other: NDArray[Any]) -> FloatArray:
    """(n, K * K) 1 in the cell of the table of both labels that a row is in."""
    labels, both = np.unique(np.concatenate([one, other]), return_inverse=True)
    cells = both[: len(one)] * len(labels) + both[len(one) :]
    return np.eye(len(labels) ** 2)[cells] if len(labels) else np.zeros((0, 1))


def _kappa(cells: FloatArray) -> FloatArray:
    """(B, K * K) tables of both labels -> (B,) kappas."""
    names = math.isqrt(cells.shape[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        table = (cells / cells.sum(axis=1, keepdims=True)).reshape(-1, names, names)
        same = np.trace(table, axis1=1, axis2=2)
        chance = (table.sum(axis=1) * table.sum(axis=2)).sum(axis=1)
        kappa: FloatArray = np.where(chance < 1, (same - chance) / (1 - chance), np.nan)
    return kappa

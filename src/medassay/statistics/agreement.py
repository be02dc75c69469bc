"""How far two labellings of the same items agree: what a judge's verdicts are worth against people's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.statistics.bootstrap import draws_of, generator
from medassay.statistics.clusters import Codes, cluster_totals, clustered_error
from medassay.statistics.intervals import korn_graubard
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
    """A judge against labels, where both say right (1) or wrong (0).

    `sensitivity`: share of the right answers that the judge calls right. `specificity`: share of the wrong
    ones that it calls wrong. Kappa falls as one label becomes rare, at the same sensitivity and specificity.
    """

    agreement: Rate
    kappa: Rate
    sensitivity: Rate
    specificity: Rate


def against(truth: FloatArray, verdict: FloatArray, codes: Codes, *, seed: str) -> Agreement:
    """How a judge's verdicts stand to labels.

    Args:
        truth: (n,) labels, 0 or 1.
        verdict: (n,) what the judge says, 0 or 1.
        codes: (n,) the cluster of each row.
        seed: of the bootstrap of kappa.
    """
    same = (truth == verdict).astype(np.float64)
    return Agreement(
        agreement=rate(same, codes),
        kappa=_kappa_rate(truth, verdict, codes, seed),
        sensitivity=rate(same[truth == 1], codes[truth == 1]),
        specificity=rate(same[truth == 0], codes[truth == 0]),
    )


def rate(hits: FloatArray, codes: Codes) -> Rate:
    """A share with Korn and Graubard's interval; none below two clusters.

    Args:
        hits: (n,) of 0 and 1.
        codes: (n,) the cluster of each row.
    """
    n, clusters = len(hits), len(np.unique(codes))
    if not n:
        return Rate(value=None, low=None, high=None, n=0)
    share = float(hits.mean())
    if clusters < 2:
        return Rate(value=share, low=None, high=None, n=n)
    low, high = korn_graubard(share, clustered_error(hits, codes), n, clusters)
    return Rate(value=share, low=low, high=high, n=n)


def cohen_kappa(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Cohen's kappa (1960); NaN where undefined.

    Args:
        one: (n,) labels.
        other: (n,) labels of the same items by somebody else.
    """
    labels, both = np.unique(np.concatenate([one, other]), return_inverse=True)
    table = np.zeros((len(labels), len(labels)))
    np.add.at(table, (both[: len(one)], both[len(one) :]), 1 / len(one))
    chance = float(table.sum(axis=1) @ table.sum(axis=0))
    return (float(np.trace(table)) - chance) / (1 - chance) if chance < 1 else math.nan


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


def _kappa_rate(truth: FloatArray, verdict: FloatArray, codes: Codes, seed: str) -> Rate:
    names, codes = np.unique(codes, return_inverse=True)
    cells = np.stack(
        [truth * verdict, truth * (1 - verdict), (1 - truth) * verdict, (1 - truth) * (1 - verdict)], axis=1
    )
    totals = cluster_totals(cells, codes, len(names)) if len(names) else np.zeros((0, 4))
    value = float(_kappa(totals.sum(axis=0)[None, :])[0])
    if len(names) < 2 or math.isnan(value):
        return Rate(value=None if math.isnan(value) else value, low=None, high=None, n=len(truth))
    blocks = draws_of(generator(seed, names), len(names), DRAWS, len(names))
    found = of_draws(np.concatenate([_kappa(counts @ totals) for counts in blocks]), len(names))
    low, high = found.interval or (None, None)
    return Rate(value=value, low=low, high=high, n=len(truth))


def _kappa(cells: FloatArray) -> FloatArray:
    """(B, 4) counts of both right, missed, wrongly credited, both wrong -> (B,) kappas."""
    total = cells.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        both_right, missed, credited, both_wrong = (cells / total[:, None]).T
        chance = (both_right + missed) * (both_right + credited)
        chance = chance + (both_wrong + credited) * (both_wrong + missed)
        kappa: FloatArray = np.where(chance < 1, (both_right + both_wrong - chance) / (1 - chance), np.nan)
    return kappa

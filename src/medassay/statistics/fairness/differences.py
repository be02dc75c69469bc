"""Intervals of all differences between groups at once, and of their gap.

As a rule max-T over resampled clusters. Where a group shows too little variation to have a standard error
(hardly any of one outcome, a perfect ranking), each group's own exact interval at a level divided by the
number of groups (Bonferroni) instead: all of them hold at once, and so does what follows from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from medassay.statistics.bootstrap import draws_of, generator
from medassay.statistics.clusters import cluster_totals
from medassay.statistics.fairness.enough import rare, resting
from medassay.statistics.fairness.people import People
from medassay.statistics.fairness.quantities import Quantity
from medassay.statistics.fairness.single import interval_of
from medassay.statistics.intervals import TAIL, Interval
from medassay.statistics.together import Family, member
from medassay.types import FloatArray

DRAWS = 2000
_NOTHING = 1e-12  # of influences: the group's rows all agree


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """(K,) bounds of each group's difference from the rest, bounds of the gap, and how they were made."""

    low: FloatArray
    high: FloatArray
    gap: Interval
    method: str


def rest(count: int) -> FloatArray:
    """(K, K): each group less the mean of the others."""
    others: FloatArray = np.full((count, count), -1 / (count - 1))
    np.fill_diagonal(others, 1.0)
    return others


def joint(quantity: Quantity, parts: Sequence[People], values: FloatArray, seed: str) -> Joint | None:
    """Bounds that hold together with 95 %; None where a group has no interval at all.

    Args:
        quantity: what is compared.
        parts: the rows of each group that take part.
        values: (K,) of the groups.
        seed: of the resamples.
    """
    influences = _influences(quantity, parts)
    still = (np.abs(influences).max(axis=0) < _NOTHING).any()
    if still or any(rare(quantity, part) for part in parts):
        return _from_bounds(quantity, parts)
    return _from_resamples(quantity, parts, influences, values, seed)


def _influences(quantity: Quantity, parts: Sequence[People]) -> FloatArray:
    """(C, K): what each cluster adds to the value of each group."""
    everyone = np.unique(np.concatenate([part.codes for part in parts]))
    totals = [
        cluster_totals(quantity.influence(part), np.searchsorted(everyone, part.codes), len(everyone))
        for part in parts
    ]
    return np.stack(totals, axis=1)


def _from_resamples(
    quantity: Quantity, parts: Sequence[People], influences: FloatArray, values: FloatArray, seed: str
) -> Joint | None:
    rng, count = generator(f"{seed} fairness", np.arange(len(influences))), len(influences)
    moved = np.concatenate([drawn @ influences for drawn in draws_of(rng, count, DRAWS, 0)])
    freedom = min(resting(quantity, part) for part in parts) - 1  # the smallest group's: it errs most
    widest = quantity.high - quantity.low

    def bounds(against: FloatArray) -> FloatArray | None:
        """(m, 2) of the differences that (m, K) makes of the groups."""
        errors = np.sqrt(count / (count - 1) * ((influences @ against.T) ** 2).sum(axis=0))
        members = [
            member(float(each @ values), float(error), freedom, (values + moved) @ each)
            for each, error in zip(against, errors, strict=True)
        ]
        present = [one for one in members if one is not None]
        if len(present) < len(members):
            return None
        critical = Family.of(present).critical(2 * TAIL)
        return np.array([one.interval(critical, widest) for one in present])

    together, pairs = bounds(rest(len(values))), bounds(_pairs(values))
    if together is None or pairs is None:
        return None
    return Joint(
        low=together[:, 0],
        high=together[:, 1],
        gap=(max(0.0, float(pairs[:, 0].max())), float(pairs[:, 1].max())),
        method="max-T over clusters",
    )


def _pairs(values: FloatArray) -> FloatArray:
    """(m, K): the larger of every two groups less the smaller."""
    order, every = np.argsort(-values), np.eye(len(values))
    return np.array([every[a] - every[b] for a, b in combinations(order, 2)])


def _from_bounds(quantity: Quantity, parts: Sequence[People]) -> Joint | None:
    found = [interval_of(quantity, part, TAIL / len(parts)) for part in parts]
    known = [interval for interval in found if interval is not None]
    if len(known) < len(found):
        return None
    low, high = np.array(known).T
    others = len(parts) - 1
    return Joint(
        low=low - (high.sum() - high) / others,
        high=high - (low.sum() - low) / others,
        gap=(max(0.0, float(low.max() - high.min())), float(high.max() - low.min())),
        method="each group's exact interval, Bonferroni: bounds, which hold more often than 95 %",
    )

"""What a linear mixed model is made of: scores, fixed effects, random effects, known errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from medassay.types import FloatArray

CELL = "cell"
"""The name of the variance that every cell has of its own: what model and dataset do not explain."""

FIRST, SECOND = "first", "second"
"""The side of a cell, in the terms of a side's own variance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Random:
    """A variance component: its (n, q) matrix, and the most degrees of freedom that it leaves to the effect.

    None where the effect's error comes from the cells alone: a random intercept whose levels meet both sides.
    """

    matrix: FloatArray
    freedom: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """`y = fixed b + sum_k sqrt(theta_k) random_k u_k + e`, with standard normal `u`.

    The errors are independent, each of the variance of a cell, to be estimated, and its `known` one.
    `y` and `known` are (n,); `fixed` is (n, p), and its last column carries the effect of interest. The
    components are named by their terms, as lme4 writes them.
    """

    y: FloatArray
    fixed: FloatArray
    random: Mapping[str, Random]
    known: FloatArray


def crossed(
    y: FloatArray, predictor: FloatArray | None, factors: Mapping[str, Sequence[str]], known: FloatArray
) -> Design:
    """A design in which factors are crossed, each with a random intercept.

    Where the predictor varies within levels of a factor, the effect may differ by level too
    (`(0 + x | factor)`, uncorrelated with the intercept, for which the predictor is centred). Where each
    level is of one side, the levels of each side have a variance of their own: one for both claims too much
    when the smaller side is the more varied. Without a predictor the effect of interest is the mean.

    Args:
        y: (n,) scores.
        predictor: (n,), for two sides above and below 0; None for a mean.
        factors: the level of each cell, (n,) each, by the factor's name.
        known: (n,) error variances of the scores, 0 where unknown.
    """
    ones = np.ones((len(y), 1))
    random: dict[str, Random] = {}
    for name, levels in factors.items():
        random |= _terms(name, indicator(levels), predictor)
    fixed = ones if predictor is None else np.column_stack([ones, predictor])
    return Design(y=y, fixed=fixed, random=random, known=known)


def _terms(name: str, indicator: FloatArray, predictor: FloatArray | None) -> dict[str, Random]:
    """The variance components of a factor."""
    levels = indicator.shape[1]
    if predictor is None:
        return {f"(1 | {name})": Random(matrix=indicator, freedom=levels - 1)}
    varying = sum(bool(np.ptp(predictor[column > 0]) > 0) for column in indicator.T)
    if varying:
        slopes = Random(matrix=indicator * predictor[:, None], freedom=max(varying - 1, 1))
        return {f"(1 | {name})": Random(matrix=indicator), f"(0 + x | {name})": slopes}
    if len(np.unique(predictor)) > 2:
        return {f"(1 | {name})": Random(matrix=indicator, freedom=levels - 2)}
    sides = {FIRST: predictor > 0, SECOND: predictor < 0}
    return {
        f"(0 + {side} | {name})": Random(
            matrix=indicator[:, np.any(indicator[rows] > 0, axis=0)], freedom=levels - 2
        )
        for side, rows in sides.items()
    }


def indicator(levels: Sequence[str]) -> FloatArray:
    """The (n, q) matrix that is 1 where a cell is of a level."""
    _, codes = np.unique(np.asarray(levels), return_inverse=True)
    return np.eye(codes.max() + 1)[codes]

"""What a linear mixed model is made of: scores, fixed effects, random effects, known errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from medassay.types import FloatArray

CELL = "cell"
"""The component that every cell has of its own: what model and dataset together do not explain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Random:
    """A variance component: its (n, q) matrix, and how many free levels the effect's error has from it.

    None where the component leaves the effect's error to the cells: a random intercept whose levels all
    meet the whole range of the predictor.
    """

    matrix: FloatArray
    freedom: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """`y = fixed b + sum_k sqrt(theta_k) random_k u_k + e`, with standard normal `u` and `e ~ N(0, known)`.

    `y` and `known` are (n,); `fixed` is (n, p), and its last column carries the effect of interest.
    """

    y: FloatArray
    fixed: FloatArray
    random: Mapping[str, Random]
    known: FloatArray


def crossed(
    y: FloatArray, predictor: FloatArray | None, factors: Mapping[str, Sequence[str]], known: FloatArray
) -> Design:
    """A design in which factors are crossed, each with a random intercept.

    Where the predictor varies within two levels of a factor or more, the effect may differ by level too
    (`predictor | factor`, uncorrelated with the intercept, for which the predictor is centred). Without a
    predictor the effect of interest is the mean.

    Args:
        y: (n,) scores.
        predictor: (n,), None for a mean.
        factors: the level of each cell, (n,) each, by the factor's name.
        known: (n,) error variances of the scores, 0 where unknown.
    """
    ones = np.ones((len(y), 1))
    random: dict[str, Random] = {}
    for name, levels in factors.items():
        indicator = _indicator(levels)
        if predictor is None:
            random[name] = Random(matrix=indicator, freedom=indicator.shape[1] - 1)
            continue
        varying = sum(np.ptp(predictor[column > 0]) > 0 for column in indicator.T)
        random[name] = Random(matrix=indicator, freedom=None if varying else indicator.shape[1] - 2)
        if varying > 1:
            random[f"effect by {name}"] = Random(
                matrix=indicator * predictor[:, None], freedom=int(varying) - 1
            )
    random[CELL] = Random(matrix=np.eye(len(y)))
    fixed = ones if predictor is None else np.column_stack([ones, predictor])
    return Design(y=y, fixed=fixed, random=random, known=known)


def _indicator(levels: Sequence[str]) -> FloatArray:
    _, codes = np.unique(np.asarray(levels), return_inverse=True)
    return np.eye(codes.max() + 1)[codes]

"""Variance components by restricted maximum likelihood, and how far an effect can be off.

The errors are those of Kenward and Roger (1997, Biometrics 53:983): the covariance makes up for the
components being estimates, and the degrees of freedom of a single effect are Satterthwaite's with the
expected information. Components that are estimated as 0 are left out of both, but the cells' own; and an
effect has no more degrees of freedom than the component with the fewest levels that bears on it, where that
is not 0. `benchmarks/claims_coverage.py` measures what this is worth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from medassay.errors import UsageError
from medassay.statistics.mixed.design import CELL, Design
from medassay.types import FloatArray

_NOTHING = 1e-6  # a component below this share of the residual variance is called 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The effect of interest with its standard error, its degrees of freedom, and the variance components.

    `fixed` are the (p,) fixed effects, whose last is the effect; `log_likelihood` is the restricted one.
    """

    effect: float
    error: float
    freedom: float
    fixed: FloatArray
    variances: Mapping[str, float]
    log_likelihood: float


def fit(design: Design) -> Fit:
    """Fit by REML.

    Raises:
        UsageError: the fixed effects cannot be told apart, or nothing is left to estimate a variance from.
    """
    n, p = design.fixed.shape
    if n <= p or np.linalg.matrix_rank(design.fixed) < p:
        raise UsageError(f"{n} cells do not tell the effect from the mean")
    residuals = design.y - design.fixed @ np.linalg.lstsq(design.fixed, design.y, rcond=None)[0]
    scale = float(residuals @ residuals) / (n - p)
    if scale <= np.finfo(float).tiny:
        raise UsageError("the scores do not vary: there is no error to judge an effect by")
    return _conclude(design, _maximise(design, scale), _NOTHING * scale)


@dataclass(frozen=True, slots=True, kw_only=True)
class _At:
    """The model at given variances: inverse covariance, covariance of the fixed effects, projection."""

    inverse: FloatArray
    covariance: FloatArray
    projection: FloatArray
    log_likelihood: float


def _at(design: Design, theta: FloatArray) -> _At:
    """At the (k + 1,) variances of the terms and of a cell. The inverse is Woodbury's: levels are few."""
    own = design.known + theta[-1]
    parts = zip(theta[:-1], design.random.values(), strict=True)
    shared = np.column_stack([np.sqrt(t) * part.matrix for t, part in parts])
    scaled = shared / own[:, None]
    core = np.eye(shared.shape[1]) + shared.T @ scaled
    inverse = np.diag(1 / own) - scaled @ np.linalg.solve(core, scaled.T)
    weighted = inverse @ design.fixed
    information = design.fixed.T @ weighted
    covariance = np.linalg.inv(information)
    projection = inverse - weighted @ covariance @ weighted.T
    n, p = design.fixed.shape
    logarithms = np.log(own).sum() + sum(np.linalg.slogdet(matrix)[1] for matrix in (core, information))
    squares = design.y @ projection @ design.y
    return _At(
        inverse=inverse,
        covariance=covariance,
        projection=projection,
        log_likelihood=-0.5 * float((n - p) * np.log(2 * np.pi) + logarithms + squares),
    )


def _maximise(design: Design, scale: float) -> FloatArray:
    """The variances, none negative, at which the restricted likelihood is highest."""
    from scipy.optimize import minimize

    matrices = [part.matrix for part in design.random.values()]

    def loss(shares: FloatArray) -> tuple[float, FloatArray]:
        at = _at(design, shares * scale)
        fitted = at.projection @ design.y
        slopes = [np.sum(z * (at.projection @ z)) - np.sum((z.T @ fitted) ** 2) for z in matrices]
        slopes.append(np.trace(at.projection) - fitted @ fitted)
        return -at.log_likelihood, 0.5 * scale * np.array(slopes)

    k = len(matrices)
    held = minimize(
        loss,
        np.full(k + 1, 1 / (k + 1)),
        jac=True,
        method="L-BFGS-B",
        bounds=[*[(0.0, None)] * k, (_NOTHING / 10, None)],
        options={"ftol": 1e-13, "gtol": 1e-7},
    )
    return np.asarray(held.x, dtype=np.float64) * scale


def _conclude(design: Design, theta: FloatArray, nothing: float) -> Fit:
    at = _at(design, theta)
    fixed = at.covariance @ design.fixed.T @ at.inverse @ design.y
    alive = [part for part, t in zip(design.random.values(), theta, strict=False) if t > nothing]
    error, freedom = _kenward_roger(design, at, [*(part.matrix for part in alive), np.eye(len(design.y))])
    limits = [part.freedom for part in alive if part.freedom is not None]
    return Fit(
        effect=float(fixed[-1]),
        error=error,
        freedom=max(min([freedom, *limits]), 1.0),
        fixed=fixed,
        variances={name: float(t) for name, t in zip((*design.random, CELL), theta, strict=True)},
        log_likelihood=at.log_likelihood,
    )


def _kenward_roger(design: Design, at: _At, matrices: Sequence[FloatArray]) -> tuple[float, float]:
    """The standard error of the last fixed effect and its degrees of freedom."""
    projected = [at.projection @ z for z in matrices]
    information = 0.5 * np.array([[np.sum((z.T @ other) ** 2) for other in projected] for z in matrices])
    spread = np.linalg.pinv(information)
    weighted = at.inverse @ design.fixed
    turned = [z @ (z.T @ weighted) for z in matrices]
    first = [weighted.T @ one for one in turned]
    pairs = [(k, m) for k in range(len(matrices)) for m in range(len(matrices))]
    excess = sum(
        spread[k, m] * (turned[k].T @ at.inverse @ turned[m] - first[k] @ at.covariance @ first[m])
        for k, m in pairs
    )
    adjusted = at.covariance + 2 * at.covariance @ excess @ at.covariance
    last = at.covariance[-1]
    slope = np.array([last @ one @ last for one in first])
    freedom = 2 * at.covariance[-1, -1] ** 2 / float(slope @ spread @ slope)
    return float(np.sqrt(adjusted[-1, -1])), freedom

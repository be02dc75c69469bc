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
    kernels = [part.matrix @ part.matrix.T for part in design.random.values()]
    theta = _maximise(design, kernels, scale)
    return _conclude(design, kernels, theta, _NOTHING * scale)


@dataclass(frozen=True, slots=True, kw_only=True)
class _At:
    """The model at given variances: inverse covariance, covariance of the fixed effects, projection."""

    inverse: FloatArray
    covariance: FloatArray
    projection: FloatArray
    log_likelihood: float


def _at(design: Design, kernels: Sequence[FloatArray], theta: FloatArray) -> _At:
    total = np.diag(design.known) + sum(t * kernel for t, kernel in zip(theta, kernels, strict=True))
    _, log_total = np.linalg.slogdet(total)
    inverse = np.linalg.inv(total)
    weighted = inverse @ design.fixed
    information = design.fixed.T @ weighted
    covariance = np.linalg.inv(information)
    projection = inverse - weighted @ covariance @ weighted.T
    _, log_information = np.linalg.slogdet(information)
    n, p = design.fixed.shape
    constant = (n - p) * np.log(2 * np.pi)
    squares = design.y @ projection @ design.y
    return _At(
        inverse=inverse,
        covariance=covariance,
        projection=projection,
        log_likelihood=-0.5 * float(constant + log_total + log_information + squares),
    )


def _maximise(design: Design, kernels: Sequence[FloatArray], scale: float) -> FloatArray:
    """The variances, none negative, at which the restricted likelihood is highest."""
    from scipy.optimize import minimize

    def loss(shares: FloatArray) -> tuple[float, FloatArray]:
        at = _at(design, kernels, shares * scale)
        fitted = at.projection @ design.y
        slope = [np.sum(kernel * at.projection) - fitted @ kernel @ fitted for kernel in kernels]
        return -at.log_likelihood, 0.5 * scale * np.array(slope)

    start = np.full(len(kernels), 1 / len(kernels))
    least = [_NOTHING / 10 if name == CELL else 0.0 for name in design.random]
    held = minimize(
        loss,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(low, None) for low in least],
        options={"ftol": 1e-13, "gtol": 1e-7},
    )
    return np.asarray(held.x, dtype=np.float64) * scale


def _conclude(design: Design, kernels: Sequence[FloatArray], theta: FloatArray, nothing: float) -> Fit:
    at = _at(design, kernels, theta)
    fixed = at.covariance @ design.fixed.T @ at.inverse @ design.y
    parts = list(design.random.items())
    alive = [k for k, (name, _) in enumerate(parts) if theta[k] > nothing or name == CELL]
    error, freedom = _kenward_roger(design, at, [kernels[k] for k in alive])
    limits = [limit for k in alive if (limit := parts[k][1].freedom) is not None]
    return Fit(
        effect=float(fixed[-1]),
        error=error,
        freedom=max(min([freedom, *limits]), 1.0),
        fixed=fixed,
        variances={name: float(t) for name, t in zip(design.random, theta, strict=True)},
        log_likelihood=at.log_likelihood,
    )


def _kenward_roger(design: Design, at: _At, kernels: Sequence[FloatArray]) -> tuple[float, float]:
    """The standard error of the last fixed effect and its degrees of freedom."""
    weighted = at.inverse @ design.fixed
    turned = [kernel @ weighted for kernel in kernels]
    projected = [at.projection @ kernel for kernel in kernels]
    information = 0.5 * np.array([[np.sum(one * other.T) for other in projected] for one in projected])
    spread = np.linalg.pinv(information)
    first = [weighted.T @ one for one in turned]
    excess = sum(
        spread[k, m] * (turned[k].T @ at.inverse @ turned[m] - first[k] @ at.covariance @ first[m])
        for k in range(len(kernels))
        for m in range(len(kernels))
    )
    adjusted = at.covariance + 2 * at.covariance @ excess @ at.covariance
    last = at.covariance[-1]
    slope = np.array([last @ one @ last for one in first])
    freedom = 2 * at.covariance[-1, -1] ** 2 / float(slope @ spread @ slope)
    return float(np.sqrt(adjusted[-1, -1])), freedom

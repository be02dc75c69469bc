"""Logistic recalibration: `logit P(y = 1) = intercept + slope * logit(p)` (Cox 1958).

The slope is 1 and the intercept 0 for calibrated probabilities. The intercept is that of the model whose
slope is held at 1 ("calibration in the large", Van Calster et al. 2019), so that it does not depend on
where p = 0.5 lies among the rows. Both have a bias that does not grow as groups get smaller, unlike the
expected calibration error.
"""

from __future__ import annotations

import numpy as np

from medassay.types import FloatArray

_CLIP = 1e-7
_STEPS = 30
_TOLERANCE = 1e-10
BINS = 15


def log_odds(prob: FloatArray) -> FloatArray:
    """The logit of probabilities cut to [1e-7, 1 - 1e-7]."""
    prob = np.clip(prob, _CLIP, 1 - _CLIP)
    odds: FloatArray = np.log(prob) - np.log1p(-prob)
    return odds


def _expit(x: FloatArray) -> FloatArray:
    x = np.clip(x, -500, 500)
    shares: FloatArray = 1 / (1 + np.exp(-x))
    return shares


def intercepts(truth: FloatArray, odds: FloatArray, weights: FloatArray) -> FloatArray:
    """The intercept with the slope held at 1, under (B, n) weightings: (B,), NaN where there is none."""
    at = np.zeros(len(weights))
    step = np.full(len(weights), np.inf)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for _ in range(_STEPS):
            fitted = _expit(at[:, None] + odds)
            step = (weights * (truth - fitted)).sum(1) / (weights * fitted * (1 - fitted)).sum(1)
            at = at + np.clip(step, -2, 2)
            if not (np.abs(step) > _TOLERANCE).any():
                break
    return np.where(np.abs(step) < 1e-6, at, np.nan)


def lines(truth: FloatArray, odds: FloatArray, weights: FloatArray) -> FloatArray:
    """Intercept and slope fitted together by Newton's method: (B, 2), NaN where the classes are parted."""
    found = np.tile([0.0, 1.0], (len(weights), 1))
    step = np.full_like(found, np.inf)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for _ in range(_STEPS):
            fitted = _expit(found[:, :1] + found[:, 1:] * odds)
            left, heavy = weights * (truth - fitted), weights * fitted * (1 - fitted)
            g0, g1 = left.sum(1), left @ odds
            h00, h01, h11 = heavy.sum(1), heavy @ odds, heavy @ odds**2
            determinant = h00 * h11 - h01**2
            step = np.stack([h11 * g0 - h01 * g1, h00 * g1 - h01 * g0], axis=1) / determinant[:, None]
            found = found + np.clip(step, -2, 2)
            if not (np.abs(step) > _TOLERANCE).any():
                break
    settled = (np.abs(step) < 1e-6).all(axis=1) & (np.abs(found) < 1e3).all(axis=1)
    return np.where(settled[:, None], found, np.nan)


def intercept_influence(truth: FloatArray, odds: FloatArray) -> FloatArray:
    """What each row adds to the error of the intercept: (n,), of sum 0."""
    fitted = _expit(intercepts(truth, odds, np.ones((1, len(truth))))[0] + odds)
    influence: FloatArray = (truth - fitted) / (fitted * (1 - fitted)).sum()
    return influence


def slope_influence(truth: FloatArray, odds: FloatArray) -> FloatArray:
    """What each row adds to the error of the slope: (n,), of sum 0 (the sandwich's score)."""
    intercept, slope = lines(truth, odds, np.ones((1, len(truth))))[0]
    fitted = _expit(intercept + slope * odds)
    design = np.stack([np.ones_like(odds), odds], axis=1)
    information = design.T @ (design * (fitted * (1 - fitted))[:, None])
    if not np.isfinite(information).all() or np.linalg.matrix_rank(information) < 2:
        return np.full(len(truth), np.nan)
    influence: FloatArray = np.linalg.solve(information, (design * (truth - fitted)[:, None]).T)[1]
    return influence


def expected_calibration_error(truth: FloatArray, prob: FloatArray, bins: int = BINS) -> float:
    """`sum_b n_b/n |mean p - mean y|` over bins of equal numbers of rows (Naeini et al. 2015).

    Its expectation is above 0 for calibrated probabilities, and the more so the fewer the rows.
    """
    order = np.argsort(prob, kind="stable")
    apart = np.add.reduceat((prob - truth)[order], _starts(len(prob), bins))
    return float(np.abs(apart).sum() / len(prob))


def calibrated_error(prob: FloatArray, rng: np.random.Generator, draws: int = 500) -> float:
    """The expected calibration error that these probabilities would show if they were true."""
    prob = np.sort(prob)
    labels = (rng.random((draws, len(prob))) < prob).astype(np.float64)
    apart = np.add.reduceat(prob - labels, _starts(len(prob), BINS), axis=1)
    return float(np.abs(apart).sum(axis=1).mean() / len(prob))


def _starts(n: int, bins: int) -> list[int]:
    return sorted({round(edge * n / bins) for edge in range(bins) if round(edge * n / bins) < n})

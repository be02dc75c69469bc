"""Answering only where one is sure: risk and coverage, in closed form under many weightings at once.

Rows of equal confidence come in no order: every figure is its mean over all their orders. A row of weight w
stands for w rows. Pure functions over arrays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medassay.types import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A weighting's rows by falling confidence, a step for each distinct one."""

    covered: FloatArray  # (m,) weight up to and with each step
    wrong: FloatArray  # (m,) weight of the wrong answers among it

    @property
    def total(self) -> float:
        """The weight of all rows."""
        return float(self.covered[-1]) if len(self.covered) else 0.0


def curves(confidence: FloatArray, wrong: FloatArray, weights: FloatArray) -> list[Curve]:
    """The curve of each weighting.

    Args:
        confidence: (n,) higher is surer.
        wrong: (n,) 1 or 0.
        weights: (B, n) non-negative.
    """
    order = np.argsort(-confidence, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(confidence[order]) != 0, True)) if len(order) else order
    lost = wrong[order]
    found = []
    for row in weights:
        held = row.take(order).astype(np.float64)
        found.append(
            Curve(
                covered=np.cumsum(held)[ends],
                wrong=np.cumsum(held * lost)[ends],
            )
        )
    return found


def area(curve: Curve) -> float:
    """AURC: the mean over k of the share of wrong answers among the k surest, in [0, 1]; NaN without rows.

    Among a step of g rows, e of them wrong, after s rows, E of them wrong, the expected number of wrong
    answers of the first j is E + e j / g. The sum of (E + e j / g) / (s + j) over j = 1 to g is
    (E - e s / g) (H(s + g) - H(s)) + e with the harmonic numbers H.
    """
    if not curve.total:
        return float("nan")
    before, errors = (np.concatenate([[0.0], part[:-1]]) for part in (curve.covered, curve.wrong))
    size, lost = curve.covered - before, curve.wrong - errors
    there = size > 0
    before, errors, size, lost = before[there], errors[there], size[there], lost[there]
    harmonic = _harmonic(before + size) - _harmonic(before)
    return float(((errors - lost * before / size) * harmonic + lost).sum() / curve.total)


def best_area(curve: Curve) -> float:
    """AURC of the same answers if every right one came before every wrong one."""
    if not curve.total:
        return float("nan")
    wrong, total = float(curve.wrong[-1]), curve.total
    steps = Curve(covered=np.array([total - wrong, total]), wrong=np.array([0.0, wrong]))
    return area(steps)


def accuracy_at(curve: Curve, coverage: float) -> float:
    """The share of right answers among the surest `coverage` of all rows."""
    if not curve.total:
        return float("nan")
    wanted = coverage * curve.total
    lost = np.interp(wanted, np.append(0.0, curve.covered), np.append(0.0, curve.wrong))
    return float(1 - lost / wanted)


def coverage_at(curve: Curve, risk: float) -> float:
    """The largest share of rows from some threshold of confidence on of which at most `risk` is wrong."""
    if not curve.total:
        return float("nan")
    there = curve.covered > 0
    kept = curve.covered[there][curve.wrong[there] <= risk * curve.covered[there] + 1e-12]
    return float(kept[-1] / curve.total) if len(kept) else 0.0


def _harmonic(number: FloatArray) -> NDArray[np.float64]:
    """Harmonic numbers, by the digamma function also between the integers."""
    from scipy.special import digamma

    found: NDArray[np.float64] = digamma(number + 1) + np.euler_gamma
    return found

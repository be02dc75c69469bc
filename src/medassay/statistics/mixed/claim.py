"""Does one group of models score higher than another, where models and datasets could have been others?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from medassay.errors import UsageError
from medassay.statistics.intervals import TAIL, student_quantile
from medassay.statistics.mixed.design import CELL, crossed
from medassay.statistics.mixed.reml import Fit, fit
from medassay.types import FloatArray

Verdict = Literal["win", "loss", "equivalent", "inconclusive"]
Shape = Literal["between", "within", "slope", "difference"]
"""How the contrast lies: between models (a model is of one side), within them (a cell is of one side), a
slope over models (their size), or a difference already taken in each cell."""

FACTORS = ("model", "dataset")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Scores by model and dataset, (n,) each.

    `predictor` is 1 and 0 for the two sides, a number for a slope, and all 1 for a difference; `known` are
    the error variances of the scores, None where not every cell tells its own.
    """

    shape: Shape
    scores: FloatArray
    predictor: FloatArray
    models: tuple[str, ...]
    datasets: tuple[str, ...]
    known: FloatArray | None = None

    def levels(self, factor: str) -> tuple[str, ...]:
        """The models, or the datasets, of the cells."""
        return self.models if factor == "model" else self.datasets

    def without(self, factor: str, level: str) -> Cells:
        """The cells but those of one model or dataset."""
        kept: NDArray[np.bool_] = np.array(self.levels(factor)) != level
        return Cells(
            shape=self.shape,
            scores=self.scores[kept],
            predictor=self.predictor[kept],
            models=tuple(np.array(self.models)[kept]),
            datasets=tuple(np.array(self.datasets)[kept]),
            known=None if self.known is None else self.known[kept],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """How much more the first side scores (per unit, for a slope), with its 95 % interval and verdict."""

    value: float
    error: float
    freedom: float
    low: float
    high: float
    p: float
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """The effect without one model or dataset; None where the rest is too little to judge by."""

    factor: str
    level: str
    effect: Effect | None

    def turns(self, whole: Effect) -> bool:
        """Whether the sign of the whole hangs on this one."""
        return self.effect is not None and self.effect.value * whole.value < 0

    def changes(self, whole: Effect) -> bool:
        """Whether the verdict of the whole hangs on this one."""
        return self.effect is None or self.effect.verdict != whole.verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An effect, the model it comes from, and what it hangs on.

    `variances` are those of the components, by their terms in the formula. `new_low` and `new_high` bound
    the effect, of the mean of such models, on a dataset that was not among these.
    """

    effect: Effect
    formula: str
    variances: dict[str, float]
    new_low: float
    new_high: float
    left_out: tuple[LeftOut, ...]


def claim(cells: Cells, *, margin: float | None = None, higher_is_better: bool = True) -> Claim:
    """Fit a mixed model in which models and datasets are random, and leave out each in turn.

    The verdict is a win where the interval lies on the better side of 0, a loss on the other, equivalent
    where the 90 % interval lies within the margin (two one-sided tests at 5 %), else inconclusive.

    Args:
        cells: the scores.
        margin: the largest effect that does not matter, in units of the scores.
        higher_is_better: whether a higher score is the better one.

    Raises:
        UsageError: too few models, datasets or cells for a claim, or the margin is not positive.
    """
    if margin is not None and margin <= 0:
        raise UsageError(f"--margin {margin:g}: a margin is positive")
    held = _fit(cells)
    effect = _effect(held, margin, higher_is_better)
    fixed, by_dataset = ("1", "(1 | dataset)") if cells.shape == "difference" else ("x", "(0 + x | dataset)")
    spread = math.sqrt(held.error**2 + held.variances.get(by_dataset, 0.0))
    reach = student_quantile(held.freedom) * spread
    return Claim(
        effect=effect,
        formula=" + ".join([f"score ~ {fixed}", *(term for term in held.variances if term != CELL)]),
        variances=dict(held.variances),
        new_low=held.effect - reach,
        new_high=held.effect + reach,
        left_out=tuple(_left_out(cells, margin, higher_is_better)),
    )


def _fit(cells: Cells) -> Fit:
    _enough(cells)
    factors: dict[str, Sequence[str]] = {factor: cells.levels(factor) for factor in FACTORS}
    known = np.zeros(len(cells.scores)) if cells.known is None else cells.known
    centre = float(cells.predictor.mean()) if cells.shape == "slope" else 0.5
    predictor = None if cells.shape == "difference" else cells.predictor - centre
    return fit(crossed(cells.scores, predictor, factors, known))


def claim_effect(cells: Cells) -> Effect:
    """The effect alone, without a margin and without leaving anything out.

    Raises:
        UsageError: too few models, datasets or cells for a claim.
    """
    return _effect(_fit(cells), None, True)


def _effect(held: Fit, margin: float | None, higher_is_better: bool) -> Effect:
    from scipy.special import stdtr

    half = student_quantile(held.freedom) * held.error
    within = abs(held.effect) + student_quantile(held.freedom, 2 * TAIL) * held.error
    low, high = held.effect - half, held.effect + half
    verdict: Verdict = "inconclusive"
    if margin is not None and within < margin:
        verdict = "equivalent"
    elif low > 0 or high < 0:
        verdict = "win" if (low > 0) == higher_is_better else "loss"
    return Effect(
        value=held.effect,
        error=held.error,
        freedom=held.freedom,
        low=low,
        high=high,
        p=2 * float(stdtr(held.freedom, -abs(held.effect) / held.error)),
        verdict=verdict,
    )


def _left_out(cells: Cells, margin: float | None, higher_is_better: bool) -> Iterator[LeftOut]:
    for factor in FACTORS:
        for level in dict.fromkeys(cells.levels(factor)):
            try:
                effect = _effect(_fit(cells.without(factor, level)), margin, higher_is_better)
            except UsageError:
                effect = None
            yield LeftOut(factor=factor, level=level, effect=effect)


def _enough(cells: Cells) -> None:
    """Two of whatever is called random, on each side."""
    if len(set(cells.datasets)) < 2:
        raise UsageError("one dataset: nothing says how another would turn out")
    if len(set(cells.models)) < (3 if cells.shape == "slope" else 2):
        raise UsageError("too few models: nothing says how another would fare")
    if cells.shape not in {"between", "within"}:
        return
    sides = [cells.predictor == value for value in (1, 0)]
    if not all(side.any() for side in sides):
        raise UsageError("all cells are of one side: there is nothing to compare")
    for factor in FACTORS:
        levels = np.array(cells.levels(factor))
        if min(len(set(levels[side])) for side in sides) < 2:
            raise UsageError(f"a side of one {factor} is no group: compare the runs with `medassay compare`")

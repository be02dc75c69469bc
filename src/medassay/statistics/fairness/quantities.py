"""What is compared between groups. Each has a value and, per row, its influence on that value.

A quantity is asymptotically a sum of the influences of rows (Hampel 1974), so sums of influences over
clusters give standard errors and joint resampling for all of them alike: means, AUROC (placement values,
DeLong 1988; Obuchowski 1997 over clusters) and the recalibration of `calibration.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from medassay.statistics.auroc import Problem, placements
from medassay.statistics.fairness import calibration
from medassay.statistics.fairness.people import People
from medassay.types import FloatArray

Needs = Literal["rows", "positives", "negatives", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """One thing to compare.

    `rows` are those that take part: (n,) mask. `values` maps these and (B, n) weightings to (B,), NaN where
    undefined; `influence` maps them to (n,) of sum 0. `needs` says of which class a group must have enough.
    `given_truth`: chance is shown by permuting groups among people with the same truth.
    """

    name: str
    title: str
    rows: Callable[[People], NDArray[np.bool_]]
    values: Callable[[People, FloatArray], FloatArray]
    influence: Callable[[People], FloatArray]
    mean_of: Callable[[People], FloatArray] | None = None  # where it is a mean: of what
    needs: Needs = "rows"
    proportion: bool = False
    low: float = 0.0
    high: float = 1.0
    given_truth: bool = True
    wanted: Literal["high", "low", "zero", "one", "any"] = "any"

    def value(self, people: People) -> float:
        """The value on all rows that take part; they are chosen already."""
        return float(self.values(people, np.ones((1, people.n)))[0]) if people.n else float("nan")


def _mean(name: str, title: str, rows: Any, of: Any, **rest: Any) -> Quantity:
    def values(people: People, weights: FloatArray) -> FloatArray:
        total = weights.sum(axis=1)
        found: FloatArray = np.divide(
            weights @ of(people), total, out=np.full(len(weights), np.nan), where=total > 0
        )
        return found

    def influence(people: People) -> FloatArray:
        each = of(people)
        found: FloatArray = (each - each.mean()) / len(each)
        return found

    return Quantity(name=name, title=title, rows=rows, values=values, influence=influence, mean_of=of, **rest)


def _decided(people: People) -> NDArray[np.bool_]:
    return people.decision >= 0


def _ranked(people: People) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (people.truth >= 0) & np.isfinite(people.prob)
    return found


def _decision(people: People) -> FloatArray:
    return people.decision.astype(np.float64)


def _area(people: People, weights: FloatArray) -> FloatArray:
    """Weighted AUROC, ties half; rows sorted once for all weightings."""
    order = np.argsort(people.prob, kind="stable")
    prob, positive = people.prob[order], people.truth[order] == 1
    starts = np.flatnonzero(np.append(True, np.diff(prob) != 0))
    taken = weights[:, order]
    up = np.add.reduceat(np.where(positive, taken, 0.0), starts, axis=1)
    down = np.add.reduceat(np.where(positive, 0.0, taken), starts, axis=1)
    below = np.cumsum(down, axis=1) - down / 2
    pairs = up.sum(axis=1) * down.sum(axis=1)
    found: FloatArray = np.divide(
        (up * below).sum(axis=1), pairs, out=np.full(len(pairs), np.nan), where=pairs > 0
    )
    return found


def _area_influence(people: People) -> FloatArray:
    positive = people.truth == 1
    placed = placements(Problem(truth=positive, score=people.prob, codes=people.codes))
    value = placed[positive].mean()
    sizes = np.where(positive, positive.sum(), (~positive).sum())
    found: FloatArray = (placed - value) / sizes
    return found


def _labels(people: People) -> FloatArray:
    return people.truth.astype(np.float64)


def _odds(people: People) -> FloatArray:
    return calibration.log_odds(people.prob)


AUROC = Quantity(
    name="auroc",
    title="AUROC",
    rows=_ranked,
    values=_area,
    influence=_area_influence,
    needs="both",
    wanted="high",
)
ACCURACY = _mean(
    "accuracy",
    "accuracy",
    lambda people: np.isfinite(people.right),
    lambda people: people.right,
    proportion=True,
    wanted="high",
)
TPR = _mean(
    "tpr",
    "TPR",
    lambda people: (people.truth == 1) & _decided(people),
    _decision,
    needs="positives",
    proportion=True,
    wanted="high",
)
FPR = _mean(
    "fpr",
    "FPR",
    lambda people: (people.truth == 0) & _decided(people),
    _decision,
    needs="negatives",
    proportion=True,
    wanted="low",
)
POSITIVE_RATE = _mean(
    "positive_rate",
    "called positive",
    lambda people: _decided(people) & (people.truth >= 0),
    _decision,
    proportion=True,
    given_truth=False,
)
BIAS = _mean(
    "calibration_bias",
    "mean p - mean y",
    _ranked,
    lambda people: people.prob - people.truth,
    low=-1.0,
    wanted="zero",
)
INTERCEPT = Quantity(
    name="calibration_intercept",
    title="calibration intercept",
    rows=_ranked,
    values=lambda people, weights: calibration.intercepts(_labels(people), _odds(people), weights),
    influence=lambda people: calibration.intercept_influence(_labels(people), _odds(people)),
    needs="both",
    low=-np.inf,
    high=np.inf,
    wanted="zero",
)
SLOPE = Quantity(
    name="calibration_slope",
    title="calibration slope",
    rows=_ranked,
    values=lambda people, weights: calibration.lines(_labels(people), _odds(people), weights)[:, 1],
    influence=lambda people: calibration.slope_influence(_labels(people), _odds(people)),
    needs="both",
    low=-np.inf,
    high=np.inf,
    wanted="one",
)
UNPARSED = _mean(
    "unparsed_rate",
    "unparsed",
    lambda people: np.ones(people.n, dtype=bool),
    lambda people: people.unparsed.astype(np.float64),
    proportion=True,
    given_truth=False,
    wanted="low",
)
REFUSED = _mean(
    "refused_rate",
    "refused",
    lambda people: np.ones(people.n, dtype=bool),
    lambda people: people.refused.astype(np.float64),
    proportion=True,
    given_truth=False,
    wanted="low",
)

QUANTITIES = (
    AUROC,
    ACCURACY,
    TPR,
    FPR,
    POSITIVE_RATE,
    BIAS,
    INTERCEPT,
    SLOPE,
    UNPARSED,
    REFUSED,
)
"""In the order of the report. One that no row takes part in is left out."""

"""The metrics of measured numbers in the registry.

An answer that could not be read has no error, so the means of errors are over what was read; accuracies,
tolerances and the capped error count it as wholly wrong and are over all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np

from medassay.metrics.tables import mean, mean_of, mean_sums
from medassay.types import Columns, FloatArray, Kind, Metric, Row

TOLERANCES = (0.05, 0.1, 0.2, 0.5)
_NUMBERS: frozenset[Kind] = frozenset({"number"})
_ROUNDING = 1e-9
"""1.05 is within 5 % of 1, whatever binary fractions make of it."""

_OF_ZERO = "Of a target of 0 only 0 itself is near: every other answer is infinitely far off."
_OVER_ALL = "An answer that could not be read counts as wholly wrong: the mean is over all rows. "


def _error(row: Row) -> float:
    """|answer - target| / |target|; infinite where nothing was read, or the target is 0 and missed."""
    if row.score.status != "scored":
        return np.inf
    values = row.score.values
    exact = values.get("absolute_error") == 0
    return 0.0 if exact else values.get("relative_error", np.inf)


def _columns(rows: Sequence[Row]) -> Columns:
    """`error`: (n,) float64, see `_error`."""
    return {"error": np.array([_error(row) for row in rows], dtype=np.float64)}


def _sums(columns: Columns, of: Callable[[FloatArray], FloatArray]) -> FloatArray:
    return mean_sums({"value": of(columns["error"])})


def _over_all(name: str, of: Callable[[FloatArray], FloatArray], **rest: Any) -> Metric:
    """The mean over all rows of a function of the relative error that is finite at infinity."""
    sums = partial(_sums, of=of)
    return Metric(name=name, kinds=_NUMBERS, columns=_columns, sums=sums, finish=mean, **rest)


def _accuracy(error: FloatArray) -> FloatArray:
    return np.maximum(0.0, 1 - error)


def _capped(error: FloatArray) -> FloatArray:
    return np.minimum(1.0, error)


def _within(error: FloatArray, tolerance: float) -> FloatArray:
    return (error <= tolerance + _ROUNDING).astype(np.float64)


def _read(rows: Sequence[Row]) -> Columns:
    """`value`: (n,) float64, 1 where an answer was read."""
    return {"value": np.array([row.score.status == "scored" for row in rows], dtype=np.float64)}


_OF_READ = "Where nothing was read an error has no size: the success rate says how often that is."
_ALL: tuple[Metric, ...] = (
    mean_of(
        "absolute_error",
        "mean_absolute_error",
        _NUMBERS,
        optional=True,
        high=float("inf"),
        higher_is_better=False,
        definition="mean absolute error in the target's unit over scored rows; unscored are counted beside",
        source="statistics",
        details=f"mean |answer - target|. {_OF_READ}",
        checked="scikit-learn (mean_absolute_error)",
    ),
    mean_of(
        "relative_error",
        "mean_relative_error",
        _NUMBERS,
        optional=True,
        high=float("inf"),
        higher_is_better=False,
        definition="mean of absolute error over absolute target, over scored rows whose target is not 0; "
        "unscored are counted beside",
        source="statistics",
        details=f"mean |answer - target| / |target|. {_OF_READ}",
        checked="scikit-learn (mean_absolute_percentage_error)",
    ),
    _over_all(
        "mean_relative_accuracy",
        _accuracy,
        definition="mean over all rows of 1 less the relative error, at least 0",
        source="the measure of DeepTumorVQA under this name; VSI-Bench's is a mean over thresholds",
        details=f"mean max(0, 1 - |answer - target| / |target|). {_OVER_ALL}{_OF_ZERO}",
        checked="cases by hand; scikit-learn (mean_absolute_percentage_error) where no error is above 1",
    ),
    _over_all(
        "capped_relative_error",
        _capped,
        higher_is_better=False,
        definition="mean over all rows of the relative error, at most 1",
        source="ours: the mean relative error that a model cannot lower by not answering",
        details=f"mean min(1, |answer - target| / |target|), 1 less `mean_relative_accuracy`. {_OVER_ALL}"
        f"{_OF_ZERO}",
        checked="cases by hand",
    ),
    *(
        _over_all(
            f"within_{tolerance * 100:.0f}_percent",
            partial(_within, tolerance=tolerance),
            interval="proportion",
            definition=f"share of all rows answered within {tolerance * 100:.0f} % of the target",
            source="the tolerance bands of DeepTumorVQA",
            details=f"share of |answer - target| / |target| <= {tolerance:g}, the bound included. {_OVER_ALL}"
            f"{_OF_ZERO}",
            checked="cases by hand",
        )
        for tolerance in TOLERANCES
    ),
    Metric(
        name="success_rate",
        kinds=frozenset({"number", "box"}),
        columns=_read,
        sums=mean_sums,
        finish=mean,
        interval="proportion",
        definition="share of rows in which a number or boxes could be read, right or wrong",
        source="MedVision",
        details="Not an accuracy: it says how much of the benchmark the means of errors are about.",
        checked="the counts of rows by status",
    ),
)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})
"""The metrics of measured numbers by name."""

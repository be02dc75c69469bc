"""The metrics of numbers in the registry.

An error has no size where no number was read. Mean errors leave such rows out and stand beside their count;
the accuracies count them as 0, and the capped error as 1, over all rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType

import numpy as np

from medassay.metrics.tables import mean, mean_of, mean_sums, values
from medassay.types import Columns, FloatArray, Kind, Metric, Row

_NUMBERS: frozenset[Kind] = frozenset({"number"})
_READ: frozenset[Kind] = frozenset({"number", "box"})
_OF_ZERO = "Where the target is 0, only an answer of 0 has no error; any other has an infinite one."
_BY_HAND = "by hand"


def relative_errors(rows: Sequence[Row]) -> FloatArray:
    """(n,) |e| / |target|; infinite where nothing was read, and where the target is 0 and the answer not."""
    absolute, relative = (
        values(rows, key, optional=True)["value"] for key in ("absolute_error", "relative_error")
    )
    of_zero = np.where(absolute == 0, 0.0, np.inf)  # an absolute error of NaN too: nothing was read
    return np.where(np.isnan(relative), of_zero, relative)


def _accuracy(rows: Sequence[Row]) -> Columns:
    """`value`: (n,) max(0, 1 - relative error)."""
    return {"value": np.maximum(0.0, 1 - relative_errors(rows))}


def _capped(rows: Sequence[Row]) -> Columns:
    """`value`: (n,) min(1, relative error)."""
    return {"value": np.minimum(1.0, relative_errors(rows))}


def _within(rows: Sequence[Row], most: float) -> Columns:
    """`value`: (n,) 1 where the relative error is no greater; a hair is left for what decimals cannot say."""
    return {"value": (relative_errors(rows) <= most * (1 + 1e-9)).astype(np.float64)}


def _read(rows: Sequence[Row]) -> Columns:
    """`value`: (n,) 1 where the answer was read."""
    return {"value": np.array([row.score.status == "scored" for row in rows], dtype=np.float64)}


_ALL: tuple[Metric, ...] = (
    mean_of(
        "absolute_error",
        "mean_absolute_error",
        _NUMBERS,
        optional=True,
        high=float("inf"),
        higher_is_better=False,
        definition="mean absolute error in the target's unit over scored rows; unscored are counted beside",
        source="Willmott and Matsuura, Clim Res 30:79 (2005)",
        details="Read it with `success_rate`: leaving out what is hard improves it. Answers in another unit "
        "of the same quantity are converted first.",
        checked=_BY_HAND,
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
        source="the mean absolute percentage error, as a share",
        details="Read it with `success_rate`, or read `capped_relative_error`, which is over all rows.",
        checked=_BY_HAND,
    ),
    Metric(
        name="capped_relative_error",
        kinds=_NUMBERS,
        columns=_capped,
        sums=mean_sums,
        finish=mean,
        higher_is_better=False,
        definition="mean over all rows of the relative error, at most 1; a row without a number has 1",
        source="a definition of ours, so that failures count",
        details=_OF_ZERO,
        checked=_BY_HAND,
    ),
    Metric(
        name="mean_relative_accuracy",
        kinds=_NUMBERS,
        columns=_accuracy,
        sums=mean_sums,
        finish=mean,
        definition="mean over all rows of max(0, 1 - relative error); a row without a number has 0",
        source="DeepTumorVQA (its MRA)",
        details=f"Not the mean over thresholds that some papers of spatial reasoning call MRA. {_OF_ZERO}",
        checked=_BY_HAND,
    ),
    *(
        Metric(
            name=f"within_{most}",
            kinds=_NUMBERS,
            columns=partial(_within, most=most),
            sums=mean_sums,
            finish=mean,
            interval="proportion",
            definition=f"share of all rows whose number is within {most:.0%} of the target",
            source="DeepTumorVQA (its tolerances)",
            details=f"A row without a number is not. {_OF_ZERO}",
            checked=_BY_HAND,
        )
        for most in (0.05, 0.1, 0.2, 0.5)
    ),
    Metric(
        name="success_rate",
        kinds=_READ,
        columns=_read,
        sums=mean_sums,
        finish=mean,
        interval="proportion",
        definition="share of rows in whose answer a number or box was read",
        source="MedVision (its success rate)",
        details="It says nothing of being right: it is what mean errors must be read with.",
        checked=_BY_HAND,
    ),
)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})
"""The metrics of numbers by name."""

"""The metrics of probabilities as such in the registry: calibration, Brier, log loss.

What a probability is worth cannot be said of a row that has none: it is left out, and the note counts it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np

from medassay.metrics.answers import classes
from medassay.metrics.calibration import (
    Bins,
    bin_sums,
    brier,
    equal_mass,
    equal_width,
    expected_error,
    log_loss,
    maximum_error,
)
from medassay.metrics.classes import named
from medassay.metrics.rankings import NO_PROBABILITIES
from medassay.metrics.tables import mean, mean_sums
from medassay.text import normalise
from medassay.types import Columns, FloatArray, Kind, Metric, Row

SURE: frozenset[Kind] = frozenset({"choice", "yes/no", "label"})
"""The kinds with one right class and a probability for each."""
FEW = 1000
"""Below this many rows a calibration error is mostly the noise of its bins."""


def probability_columns(rows: Sequence[Row]) -> Columns:
    """`probs`: (n, K) float64 that sum to 1, NaN where there are none; `truth`: (n,) int64 index into it."""
    width = max((len(classes(row.sample)) for row in rows), default=0)
    probs, truth = np.full((len(rows), width), np.nan), np.zeros(len(rows), dtype=np.int64)
    for i, row in enumerate(rows):
        truth[i] = named(row).index(normalise(row.sample.target.texts[0], "lower"))
        given = np.array(row.response.probs or (), dtype=np.float64)
        if row.score.status != "failed" and len(given) and given.sum() > 0:
            probs[i, : len(given)] = given / given.sum()
    return {"probs": probs, "truth": truth}


def confidence_columns(rows: Sequence[Row]) -> Columns:
    """`confidence`: (n,) of the most probable class, NaN without; `right`: (n,) whether that is the true one.

    Where several classes are most probable, `right` is 1 over their number if the true one is among them.
    """
    columns = probability_columns(rows)
    probs, there = columns["probs"], ~np.isnan(columns["probs"]).all(axis=1)
    confidence, right = np.full(len(rows), np.nan), np.zeros(len(rows))
    best = probs[there].max(axis=1, initial=-1.0, where=~np.isnan(probs[there]))
    top = probs[there] == best[:, None]
    confidence[there] = best
    right[there] = top[np.arange(len(top)), columns["truth"][there]] / np.maximum(top.sum(axis=1), 1)
    return {"confidence": confidence, "right": right}


def _score_columns(rows: Sequence[Row], rule: Callable[[FloatArray, Any], FloatArray]) -> Columns:
    """`value`: (n,) NaN without probabilities."""
    columns = probability_columns(rows)
    return {"value": rule(columns["probs"], columns["truth"])}


def _bin_sums(columns: Columns, lay: Callable[[FloatArray, int], Bins], bins: int) -> FloatArray:
    confidence, there = columns["confidence"], ~np.isnan(columns["confidence"])
    held = np.zeros(len(confidence), dtype=np.int64)
    held[there] = lay(confidence[there], bins)
    return bin_sums(confidence, columns["right"], held, bins)


# ---- what to know of the rows


def _left_out(columns: Columns, key: str = "value") -> str:
    missing, n = int(np.isnan(columns[key]).sum()), len(columns[key])
    if missing == n:
        return NO_PROBABILITIES
    return f"{missing} without probabilities left out" if missing else ""


def _noise(columns: Columns) -> str:
    out = _left_out(columns, "confidence")
    used = int((~np.isnan(columns["confidence"])).sum())
    few = f"fewer than {FEW:,} rows: biased upwards" if 0 < used < FEW else ""
    return "; ".join(filter(None, (out, few)))


# ---- the registry

_TOP = (
    "Confidence is the probability of the most probable class, after dividing by the sum over the classes. "
    "Rows without probabilities are left out and counted: refusing the hard ones improves the figure."
)


def _calibration(
    name: str,
    lay: Callable[[FloatArray, int], Bins],
    bins: int,
    finish: Callable[[FloatArray], FloatArray],
    **rest: Any,
) -> Metric:
    return Metric(
        name=name,
        kinds=SURE,
        columns=confidence_columns,
        sums=partial(_bin_sums, lay=lay, bins=bins),
        finish=finish,
        higher_is_better=False,
        bounded=False,
        note=_noise,
        **rest,
    )


def _proper(name: str, rule: Callable[[FloatArray, Any], FloatArray], **rest: Any) -> Metric:
    return Metric(
        name=name,
        kinds=SURE,
        columns=partial(_score_columns, rule=rule),
        sums=mean_sums,
        finish=mean,
        higher_is_better=False,
        bounded=False,
        note=_left_out,
        **rest,
    )


_ALL: tuple[Metric, ...] = (
    _calibration(
        "ece",
        equal_mass,
        15,
        expected_error,
        definition="expected calibration error of the most probable class over 15 bins of equal mass",
        source="Naeini et al., AAAI 2015; Nguyen and O'Connor, EMNLP 2015 (equal mass)",
        details="sum over bins of n_b / n |mean confidence - share right|. Rows of one confidence share a "
        f"bin. Below {FEW:,} rows the figure is biased upwards, and the note says so. {_TOP}",
        checked="a loop over sorted rows",
    ),
    _calibration(
        "ece_equal_width_10",
        equal_width,
        10,
        expected_error,
        definition="expected calibration error of the most probable class over 10 bins of equal width",
        source="Guo et al., ICML 2017",
        details=f"For comparison with papers: bins (0, .1], (.1, .2] and so on. {_TOP}",
        checked="torchmetrics (MulticlassCalibrationError)",
    ),
    _calibration(
        "maximum_calibration_error",
        equal_mass,
        15,
        maximum_error,
        definition="largest gap of mean confidence and share right over 15 bins of equal mass",
        source="Naeini et al., AAAI 2015",
        details=f"The noise of its smallest bin is in it: read the reliability table. {_TOP}",
        checked="a loop over sorted rows",
    ),
    _proper(
        "brier",
        brier,
        high=2.0,
        definition="mean squared distance of the probabilities to the truth; of two classes one term, 0 to 1",
        source="Brier, Mon Weather Rev 78:1 (1950)",
        details="mean of sum over classes of (p - y)^2, range 0 to 2; of two classes half of it, 0 to 1. "
        "Probabilities are divided by their sum. Rows without any are left out and counted.",
        checked="scikit-learn (brier_score_loss)",
    ),
    _proper(
        "log_loss",
        log_loss,
        high=math.inf,
        definition="mean -log of the probability of the true class, clipped to [1e-7, 1 - 1e-7]",
        source="Good, J R Stat Soc B 14:107 (1952)",
        details="Natural logarithm. Probabilities are divided by their sum. Rows without any are left out "
        "and counted.",
        checked="scikit-learn (log_loss)",
    ),
)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})
"""The metrics of confidence by name."""

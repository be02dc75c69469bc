"""The metrics of selective prediction in the registry: answering only where one is sure.

A row without probabilities comes last, and one without an answer after it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np

from medassay.metrics.confidence import SURE, confidence_columns
from medassay.metrics.rankings import NO_PROBABILITIES
from medassay.metrics.selective import Curve, accuracy_at, area, best_area, coverage_at, curves
from medassay.metrics.tables import values
from medassay.types import Columns, FloatArray, Metric, Row

_SURE_FIRST = (
    "The surest answers first; confidence is the probability of the most probable class, right or wrong the "
    "judged answer. Answers without probabilities come last but for refused and unparsed rows, which are "
    "wrong. Ties are averaged over all their orders in closed form."
)
_GEIFMAN = "Geifman and El-Yaniv, NeurIPS 2017; Geifman, Uziel and El-Yaniv, ICLR 2019"


def selective_columns(rows: Sequence[Row]) -> Columns:
    """`confidence`: (n,) of the most probable class, 0 for answers without one, -1 for no answer.

    `wrong`: (n,) of the judged answers; `given`: (n,) whether there are probabilities.
    """
    given = confidence_columns(rows)["confidence"]
    answered = np.array([row.score.status == "scored" for row in rows], dtype=bool)
    confidence = np.where(answered, np.where(np.isnan(given), 0.0, given), -1.0)
    return {
        "confidence": confidence,
        "wrong": 1.0 - values(rows, "accuracy")["value"],
        "given": ~np.isnan(given),
    }


def _selective(columns: Columns, weights: FloatArray, of: Callable[[Curve], float]) -> FloatArray:
    if not columns["given"].any():
        return np.full(len(weights), np.nan)
    found = curves(columns["confidence"], columns["wrong"], weights)
    return np.array([of(curve) for curve in found], dtype=np.float64)


def _excess(curve: Curve) -> float:
    return area(curve) - best_area(curve)


def _last(columns: Columns) -> str:
    given, n = int(columns["given"].sum()), len(columns["given"])
    if not given:
        return NO_PROBABILITIES
    return f"{n - given} without probabilities come last" if given < n else ""


def _selection(name: str, of: Callable[[Curve], float], **rest: Any) -> Metric:
    return Metric(
        name=name,
        kinds=SURE,
        columns=selective_columns,
        compute=partial(_selective, of=of),
        bounded=False,
        note=_last,
        **rest,
    )


_ALL: tuple[Metric, ...] = (
    _selection(
        "aurc",
        area,
        higher_is_better=False,
        definition="area under the risk-coverage curve: mean share of errors among the k surest answers",
        source=_GEIFMAN,
        details=_SURE_FIRST,
        checked="every order of the ties of small cases, and the mean of cumulative means",
    ),
    _selection(
        "excess_aurc",
        _excess,
        higher_is_better=False,
        definition="AURC beyond that of the same answers with all right ones before all wrong ones",
        source=_GEIFMAN,
        details=f"0 where confidence sorts right from wrong. {_SURE_FIRST}",
        checked="every order of the ties of small cases",
    ),
    *(
        _selection(
            f"accuracy_at_coverage_{coverage}",
            partial(accuracy_at, coverage=coverage),
            definition=f"share right among the surest {coverage:.0%} of the rows",
            source=_GEIFMAN,
            details=_SURE_FIRST,
            checked="every order of the ties of small cases",
        )
        for coverage in (0.5, 0.8, 0.9)
    ),
    *(
        _selection(
            f"coverage_at_risk_{risk}",
            partial(coverage_at, risk=risk),
            definition="largest share of rows above a threshold of confidence with an error rate of at most "
            f"{risk:.0%}",
            source=_GEIFMAN,
            details="The threshold is chosen on these very rows, so that this is what could be reached, not "
            f"what will be. {_SURE_FIRST}",
            checked="a search over all thresholds",
        )
        for risk in (0.05, 0.1, 0.2)
    ),
)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})
"""The metrics of selective prediction by name."""

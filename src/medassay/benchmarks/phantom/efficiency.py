"""How much of the information in the pixels a model uses: (d' / d'_ideal)^2, from its probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from medassay.metrics.ranking import auroc
from medassay.types import Columns, FloatArray, Metric, Row

SIGNAL = "signal"
IDEAL_TAG = "ideal_d_prime"


def _columns(rows: Sequence[Row]) -> Columns:
    """`positive` (n,) bool; `score` (n,) P(signal), without one the worst rank; `given` bool; `ideal` d'."""
    positive = np.array([row.sample.target.texts == (SIGNAL,) for row in rows], dtype=bool)
    given = np.array([row.response.probs is not None for row in rows], dtype=bool)
    score = np.where(positive, -np.inf, np.inf)
    for k, row in enumerate(rows):
        if row.response.probs is not None:
            labels = [choice.label for choice in row.sample.choices]
            score[k] = row.response.probs[labels.index(SIGNAL)]
    ideal = np.array([float(row.sample.tags[IDEAL_TAG]) for row in rows], dtype=np.float64)
    return {"positive": positive, "score": score, "given": given, "ideal": ideal}


def _efficiency(columns: Columns, weights: FloatArray) -> FloatArray:
    from scipy.special import ndtri

    if not columns["given"].any():
        return np.full(len(weights), np.nan)
    area = auroc(columns["positive"], columns["score"], weights)
    area = np.where(area < 1.0, area, np.nan)
    d_prime = np.sqrt(2.0) * ndtri(np.maximum(area, 0.5))
    with np.errstate(invalid="ignore", divide="ignore"):
        squared = weights @ columns["ideal"] ** 2 / weights.sum(axis=1)
        return np.asarray(d_prime**2 / squared)


EFFICIENCY = Metric(
    name="efficiency",
    kinds=frozenset({"label"}),
    columns=_columns,
    compute=_efficiency,
    definition="(d'/d'_ideal)^2 with d' = sqrt 2 Phi^-1(AUROC) and d'_ideal of the 8-bit pixels as delivered "
    "(Barrett & Myers 2004); 0 below chance, undefined for a perfect ranking or without probabilities",
)
"""For rows of the detection task, which carry the tag `ideal_d_prime`."""

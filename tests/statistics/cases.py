"""Small metrics and rows that the tests of the statistics share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from medassay.types import (
    KINDS,
    Choice,
    Columns,
    FloatArray,
    Metric,
    Response,
    Row,
    Sample,
    Score,
    Status,
    Target,
)

EVERY = frozenset(KINDS)
STATUS: tuple[Status, ...] = ("scored", "unparsed", "refused", "failed")


def value_of(key: str):
    def columns(rows: Sequence[Row]) -> Columns:
        return {"value": np.array([row.score.values.get(key, 0.0) for row in rows])}

    return columns


def mean_of(key: str, interval: str = "proportion") -> Metric:
    return Metric(
        name=key,
        kinds=EVERY,
        columns=value_of(key),
        sums=lambda c: np.stack([c["value"], np.ones(len(c["value"]))], axis=1),
        finish=lambda s: s[:, 0] / s[:, 1],
        interval=interval,  # type: ignore[arg-type]
    )


def _error_columns(rows: Sequence[Row]) -> Columns:
    return {"error": np.array([row.score.values.get("absolute_error", np.nan) for row in rows])}


def _error_sums(columns: Columns) -> FloatArray:
    there = np.isfinite(columns["error"])
    return np.stack([np.where(there, columns["error"], 0.0), there], axis=1)


def _ratio(sums: FloatArray) -> FloatArray:
    with np.errstate(invalid="ignore"):
        mean: FloatArray = sums[:, 0] / sums[:, 1]
    return mean


ERROR = Metric(
    name="mean_absolute_error",
    kinds=frozenset({"number"}),
    columns=_error_columns,
    sums=_error_sums,
    finish=_ratio,
    high=math.inf,
    higher_is_better=False,
)


def _ranking_columns(rows: Sequence[Row]) -> Columns:
    labels = [[choice.label for choice in row.sample.choices] for row in rows]
    width = max(len(names) for names in labels)
    truth = [names.index(row.sample.target.texts[0]) for names, row in zip(labels, rows, strict=True)]
    probs = [row.response.probs or (np.nan,) * width for row in rows]
    return {"truth": np.array(truth), "probs": np.array(probs, dtype=np.float32)}


def weighted_auroc(truth: Any, score: Any, weights: Any) -> FloatArray:
    """(B,) AUROC under (B, n) weights by comparing all pairs: slow and plain."""
    up, down = np.flatnonzero(truth), np.flatnonzero(~truth)
    order = (score[up][:, None] > score[down]) + 0.5 * (score[up][:, None] == score[down])
    ones = weights[:, up].sum(axis=1) * weights[:, down].sum(axis=1)
    with np.errstate(invalid="ignore"):
        found: FloatArray = np.einsum("bi,ij,bj->b", weights[:, up], order, weights[:, down]) / ones
    return found


def _rank(columns: Columns, weights: FloatArray) -> FloatArray:
    truth, probs = columns["truth"], columns["probs"].astype(float)
    classes = [1] if probs.shape[1] == 2 else range(probs.shape[1])
    found = []
    for k in classes:
        score = np.where(np.isnan(probs[:, k]), np.where(truth == k, -np.inf, np.inf), probs[:, k])
        found.append(weighted_auroc(truth == k, score, weights))
    mean: FloatArray = np.stack(found).mean(axis=0)
    return mean


def auroc_metric(interval: str = "auroc") -> Metric:
    return Metric(
        name="auroc",
        kinds=frozenset({"label", "yes/no"}),
        columns=_ranking_columns,
        compute=_rank,
        interval=interval,  # type: ignore[arg-type]
    )


def row(
    name: str,
    *,
    right: float = 1.0,
    cluster: str = "unknown",
    status: Status = "scored",
    kind: str = "yes/no",
    gold: str = "yes",
    labels: Sequence[str] = ("yes", "no"),
    probs: tuple[float, ...] | None = None,
    values: dict[str, float] | None = None,
    flags: tuple[str, ...] = (),
    **tags: str,
) -> Row:
    sample = Sample(
        id=name,
        kind=kind,  # type: ignore[arg-type]
        question="?",
        target=Target(texts=(gold,), number=1.0 if kind == "number" else None),
        choices=tuple(Choice(label=label) for label in labels),
        cluster=cluster,
        tags=tags,
    )
    scored = status == "scored"
    score = Score(status=status, values=(values or {"accuracy": right}) if scored else {}, flags=flags)
    response = Response(
        probs=probs if scored else None, error="timeout: 60 s" if status == "failed" else None
    )
    return Row(sample=sample, response=response, score=score)

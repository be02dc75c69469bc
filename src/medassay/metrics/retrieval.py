"""Retrieval: how far up the right item stands among the choices of a row, ranked by probability.

The choices of a sample are the gallery, its target the right items. Ties are taken against the model. A row
without probabilities has no ranking: it misses at every depth and stands one past the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType

import numpy as np

from medassay.metrics.answers import classes
from medassay.metrics.tables import mean, mean_sums
from medassay.text import normalise
from medassay.types import Columns, FloatArray, Kind, Metric, Row

_RANKED: frozenset[Kind] = frozenset({"choice", "label"})


def rank_of(row: Row) -> float:
    """The place of the first right item, 1 the top: items no less probable that are wrong stand before it.

    Infinite for a row without a ranking: failed, without probabilities, or with one that is no number.
    """
    probs = row.response.probs
    if probs is None or row.score.status == "failed" or not np.isfinite(probs).all():
        return np.inf
    golds = {normalise(text, "lower") for text in row.sample.target.texts}
    right = np.array([normalise(name, "lower") in golds for name in classes(row.sample)])
    given = np.asarray(probs)
    return 1.0 + float((given[~right] >= given[right].max()).sum())


def _columns(rows: Sequence[Row]) -> Columns:
    """`rank`: (n,) float64, `rank_of`; `gallery`: (n,) int64 how many items are ranked."""
    return {
        "rank": np.array([rank_of(row) for row in rows], dtype=np.float64),
        "gallery": np.array([len(classes(row.sample)) for row in rows], dtype=np.int64),
    }


def _hit_sums(columns: Columns, depth: int) -> FloatArray:
    return mean_sums({"value": (columns["rank"] <= depth).astype(np.float64)})


def _reciprocal_sums(columns: Columns) -> FloatArray:
    return mean_sums({"value": 1 / columns["rank"]})


def _median(columns: Columns, weights: FloatArray) -> FloatArray:
    """(B,) the weighted median: where two ranks share the middle, their mean."""
    missing = np.isinf(columns["rank"])
    rank = np.where(missing, columns["gallery"] + 1, columns["rank"])
    order = np.argsort(rank, kind="stable")
    rank = rank[order]
    values = np.full(len(weights), np.nan)
    for i, row in enumerate(weights):
        held = np.cumsum(row.take(order))
        if len(held) and held[-1] > 0:
            half = held[-1] / 2
            values[i] = (rank[np.searchsorted(held, half)] + rank[np.searchsorted(held, half, "right")]) / 2
    return values


_GALLERY = (
    "The sample's choices are the gallery, ranked by the probabilities of the answer; ties are taken against "
    "the model. Of several right items the first counts. The size of the gallery stands in the note: values "
    "of galleries of different sizes do not compare. A row without probabilities "
)
_METRICS = (
    *(
        Metric(
            name=f"recall_at_{depth}",
            kinds=_RANKED,
            columns=_columns,
            sums=partial(_hit_sums, depth=depth),
            finish=mean,
            bounded=True,
            definition=f"share of queries with a right item among the first {depth} of the gallery",
            source="retrieval",
            details=_GALLERY + "misses.",
            checked="a sort of each gallery",
        )
        for depth in (1, 5, 10)
    ),
    Metric(
        name="mean_reciprocal_rank",
        kinds=_RANKED,
        columns=_columns,
        sums=_reciprocal_sums,
        finish=mean,
        definition="mean over queries of 1 over the rank of the first right item",
        source="retrieval",
        details=_GALLERY + "has 0.",
        checked="a sort of each gallery",
    ),
    Metric(
        name="median_rank",
        kinds=_RANKED,
        columns=_columns,
        compute=_median,
        low=1.0,
        high=float("inf"),
        higher_is_better=False,
        definition="median over queries of the rank of the first right item, 1 the best",
        source="retrieval",
        details=_GALLERY + "stands one past the end of its gallery.",
        checked="a sort of each gallery, numpy's median",
    ),
)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _METRICS})
"""The metrics of retrieval by name."""

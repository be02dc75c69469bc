"""The metrics of boxes in the registry. A row without a readable box has found nothing: 0, never dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np

from medassay.errors import DataError
from medassay.metrics.tables import mean_of, values
from medassay.types import Columns, FloatArray, Kind, Metric, Row

_BOXES: frozenset[Kind] = frozenset({"box"})
_ASSIGNED = (
    "Boxes are paired one to one so that the sum of IoU is largest (Hungarian method); pairs with IoU of at "
    "least .5 are true positives, counted over all rows. There is no mAP: it needs a confidence for each "
    "box, which models that write boxes do not give, and without it AP is this one point."
)
_MISSING = "A row without a readable box is 0; reversed and empty boxes have no area."


def _within(rows: Sequence[Row], key: str, least: float) -> Columns:
    """`value`: (n,) 1 where the row's value is at least so much."""
    held = values(rows, key)["value"]
    return {"value": (held >= least).astype(np.float64)}


def _pair_columns(rows: Sequence[Row]) -> Columns:
    """`counts`: (n, 4) pairs with IoU >= .5, boxes given, boxes true, summed IoU of those pairs."""
    counts = np.zeros((len(rows), 4))
    for i, row in enumerate(rows):
        counts[i, 2] = len(row.sample.target.boxes)
        if row.score.status == "scored":
            counts[i, [0, 1, 3]] = [_value(row, key) for key in ("pairs", "boxes", "pairs_iou")]
    return {"counts": counts}


def _value(row: Row, key: str) -> float:
    if key not in row.score.values:
        raise DataError(
            f"sample {row.sample.id}: its scorer gave no {key!r}: score the run again (medassay score RUN)"
        )
    return row.score.values[key]


def _counts(columns: Columns) -> FloatArray:
    held: FloatArray = columns["counts"]
    return held


def _ratio(sums: FloatArray, above: Sequence[int], below: Sequence[int], times: float = 1.0) -> FloatArray:
    over, under = times * sums[:, list(above)].sum(axis=1), sums[:, list(below)].sum(axis=1)
    found: FloatArray = np.divide(over, under, out=np.full(len(sums), np.nan), where=under > 0)
    return found


def _pooled(name: str, **rest: Any) -> Metric:
    return Metric(
        name=name,
        kinds=_BOXES,
        columns=_pair_columns,
        sums=_counts,
        bounded=False,
        source="Everingham et al., IJCV 88:303 (2010) for IoU of at least .5; Kuhn 1955 for the pairs",
        details=_ASSIGNED,
        checked="by hand, and a search over all assignments",
        **rest,
    )


_ALL: tuple[Metric, ...] = (
    mean_of(
        "box_iou",
        "box_iou",
        _BOXES,
        definition="mean intersection over union; several boxes: best pairs over the larger number",
        source="Jaccard 1901; Everingham et al., IJCV 88:303 (2010)",
        details="The summed IoU of the best one-to-one pairs over the larger number of boxes, so that naming "
        f"many boxes does not pay. {_MISSING}",
        checked="by hand, and a search over all assignments",
    ),
    *(
        Metric(
            name=f"box_accuracy_at_{least}",
            kinds=_BOXES,
            columns=partial(_within, key="box_iou", least=least),
            sums=lambda columns: np.stack([columns["value"], np.ones(len(columns["value"]))], axis=1),
            finish=lambda sums: _ratio(sums, [0], [1]),
            interval="proportion",
            definition=f"share of rows whose box has an IoU of at least {least:g} (Acc@{least:g})",
            source="Kazemzadeh et al., EMNLP 2014 (Acc@.5 of phrase grounding)",
            details=f"Of several boxes the row's `box_iou` counts. {_MISSING}",
            checked="by hand",
        )
        for least in (0.25, 0.5, 0.75)
    ),
    _pooled(
        "box_precision_at_0.5",
        finish=lambda sums: _ratio(sums, [0], [1]),
        definition="share of the boxes given that are paired with a true one at an IoU of at least .5",
    ),
    _pooled(
        "box_recall_at_0.5",
        finish=lambda sums: _ratio(sums, [0], [2]),
        definition="share of the true boxes that are paired with a given one at an IoU of at least .5",
    ),
    _pooled(
        "box_f1_at_0.5",
        finish=lambda sums: _ratio(sums, [0], [1, 2], 2.0),
        definition="2 P R / (P + R) of boxes paired at an IoU of at least .5",
    ),
    _pooled(
        "matched_box_iou",
        finish=lambda sums: _ratio(sums, [3], [0]),
        definition="mean IoU of the pairs of boxes with an IoU of at least .5",
    ),
)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})
"""The metrics of boxes by name."""

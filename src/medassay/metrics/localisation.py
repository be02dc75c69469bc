"""The metrics of boxes in the registry. A row without boxes missed all of its own: none is dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.metrics.boxes import best_pairs
from medassay.metrics.detection import Image, average_precision, match
from medassay.metrics.tables import mean, mean_of, mean_sums, values
from medassay.text import normalise
from medassay.text.detections import Detection, read_detections
from medassay.types import Columns, FloatArray, Kind, Metric, Row

_BOXES: frozenset[Kind] = frozenset({"box"})
_AT = 0.5
_COCO = tuple(np.linspace(0.5, 0.95, 10))


def _given(row: Row) -> tuple[Detection, ...]:
    return read_detections(row.score.answer or "") if row.score.status == "scored" else ()


# ---- one number for a row


def _accurate_sums(columns: Columns, threshold: float) -> FloatArray:
    return mean_sums({"value": (columns["value"] >= threshold).astype(np.float64)})


# ---- pairs of boxes


def _pair_columns(rows: Sequence[Row]) -> Columns:
    """`counts`: (n, 4) right boxes, given boxes, gold boxes, summed IoU of the right ones."""
    counts = np.zeros((len(rows), 4))
    for i, row in enumerate(rows):
        given, gold = [held.box for held in _given(row)], row.sample.target.boxes
        pairs = best_pairs(given, gold)
        right = pairs[pairs >= _AT]
        counts[i] = len(right), len(given), len(gold), right.sum()
    return {"counts": counts}


def _counts(columns: Columns) -> FloatArray:
    counts: FloatArray = columns["counts"]
    return counts


def _ratio(sums: FloatArray, above: int, below: int) -> FloatArray:
    return mean(sums[:, [above, below]])


def _f1(sums: FloatArray) -> FloatArray:
    return mean(np.stack([2 * sums[:, 0], sums[:, 1] + sums[:, 2]], axis=1))


def _of_pairs(name: str, **rest: Any) -> Metric:
    return Metric(name=name, kinds=_BOXES, columns=_pair_columns, sums=_counts, **rest)


# ---- average precision

_Classes = Mapping[str, Image]


def _detection_columns(rows: Sequence[Row], thresholds: Sequence[float]) -> Columns:
    """`classes`: (n,) objects, for each class of the row its matched detections."""
    held = np.empty(len(rows), dtype=object)
    held[:] = [_by_class(row, thresholds) for row in rows]
    return {"classes": held}


def _by_class(row: Row, thresholds: Sequence[float]) -> _Classes:
    gold = [(normalise(box.label, "lower"), box) for box in row.sample.target.boxes]
    only = gold[0][0] if len({name for name, _ in gold}) == 1 else ""  # the question asked for it alone
    given = [(normalise(held.box.label, "lower") or only, held) for held in _given(row)]
    return {
        name: match([d for n, d in given if n == name], [box for n, box in gold if n == name], thresholds)
        for name in {name for name, _ in [*gold, *given]}
    }


def _mean_average_precision(columns: Columns, weights: FloatArray) -> FloatArray:
    """(B,) mean over the classes with a gold box; NaN where no detection says how sure it is."""
    rows: NDArray[Any] = columns["classes"]
    sure = any(np.isfinite(image.confidence).any() for row in rows for image in row.values())
    names = sorted({name for row in rows for name, image in row.items() if image.golds})
    if not sure or not names:
        return np.full(len(weights), np.nan)
    each = []
    for name in names:
        has = np.array([name in row for row in rows])
        each.append(average_precision([row[name] for row in rows[has]], weights[:, has]))
    found = np.stack(each, axis=1)
    there = ~np.isnan(found)
    return mean(np.stack([np.where(there, found, 0.0).sum(axis=1), there.sum(axis=1)], axis=1))


# ---- the registry

_BLIND = (
    "Boxes are paired one to one so that their summed IoU is greatest (Hungarian assignment); a pair of IoU "
    "0.5 or more is right. Counted over all boxes of all rows; names of boxes are not compared. A row whose "
    "answer could not be read gives no box and misses all of its own. "
)
_AP = (
    "For each class: detections sorted by confidence, each is given the free gold box of its class that it "
    "overlaps most; precision interpolated at 101 levels of recall; mean over the classes with a gold box. "
    'Confidences are those that an answer states (JSON with "confidence" or "score"); boxes without one rank '
    "last, and without any there is no ranking and so no value: F1 is what counts then. A box without a name "
    "is of the class asked for where a row has one class. Equal confidences are one operating point. "
)
_HARMONIC = "2 right / (given + gold). Without confidences it takes the place of average precision. "
_WITHOUT_BOUND = (
    "Failed rows give no bound: how many boxes they would have given is not known. Read it with the recall."
)

_ALL: tuple[Metric, ...] = (
    mean_of(
        "box_iou",
        "box_iou",
        _BOXES,
        definition="mean intersection over union; several boxes: best pairs over the larger number",
        source="Everingham et al., Pascal VOC, IJCV 2010; pairs by Hungarian assignment",
        details="|A and B| / |A or B|, 0 for an empty or reversed box. A row whose answer could not be read "
        "has 0. Boxes too many and boxes missing count as 0.",
        checked="pixels counted; all assignments tried",
    ),
    *(
        Metric(
            name=f"box_accuracy_at_{threshold:g}",
            kinds=_BOXES,
            columns=partial(values, key="box_iou"),
            sums=partial(_accurate_sums, threshold=threshold),
            finish=mean,
            interval="proportion",
            definition=f"share of rows with an intersection over union of {threshold:g} or more",
            source="phrase grounding (Acc@t): Plummer et al., Flickr30k Entities, ICCV 2015",
            details="Of several boxes the IoU is that of the best pairs over the larger number (`box_iou`). "
            "A row whose answer could not be read is wrong.",
            checked="cases by hand",
        )
        for threshold in (0.25, 0.5, 0.75)
    ),
    _of_pairs(
        "box_f1_at_0.5",
        finish=_f1,
        definition="F1 of all boxes, right at an intersection over union of 0.5",
        source="MedRegA (its threshold for one object with several boxes)",
        details=_BLIND + _HARMONIC,
        checked="all assignments tried",
    ),
    _of_pairs(
        "box_precision_at_0.5",
        finish=partial(_ratio, above=0, below=1),
        bounded=False,
        definition="share of the boxes given that are right at an intersection over union of 0.5",
        source="MedRegA",
        details=_BLIND + _WITHOUT_BOUND,
        checked="all assignments tried",
    ),
    _of_pairs(
        "box_recall_at_0.5",
        finish=partial(_ratio, above=0, below=2),
        definition="share of the gold boxes that are found at an intersection over union of 0.5",
        source="MedRegA",
        details=_BLIND.strip(),
        checked="all assignments tried",
    ),
    _of_pairs(
        "box_matched_iou",
        finish=partial(_ratio, above=3, below=0),
        bounded=False,
        low=_AT,
        definition="mean intersection over union of the right boxes: how exact those are that were found",
        source="MedRegA",
        details=_BLIND + _WITHOUT_BOUND,
        checked="all assignments tried",
    ),
    *(
        Metric(
            name=name,
            kinds=_BOXES,
            columns=partial(_detection_columns, thresholds=thresholds),
            compute=_mean_average_precision,
            bounded=False,
            definition=f"mean average precision of detections over classes, {at}",
            source="Lin et al., Microsoft COCO, ECCV 2014; pycocotools",
            details=_AP + "Failed rows give no bound.",
            checked="pycocotools",
        )
        for name, thresholds, at in (
            ("box_map_at_0.5", (0.5,), "at an intersection over union of 0.5"),
            ("box_map_at_0.5_to_0.95", _COCO, "mean over thresholds of 0.5 to 0.95 in steps of 0.05"),
        )
    ),
)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})
"""The metrics of boxes by name."""

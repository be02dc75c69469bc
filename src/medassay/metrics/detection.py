"""Average precision of detected boxes, as COCO computes it, under many weightings of the images at once.

Microsoft COCO, Lin et al., ECCV 2014; pycocotools. Detections of equal confidence are one operating point
here, where pycocotools takes them in the order in which they were listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medassay.metrics.boxes import overlaps
from medassay.text.detections import Detection
from medassay.types import Box, FloatArray

_RECALLS = np.linspace(0.0, 1.0, 101)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One image and one class: how sure each detection is (-inf: it does not say), and which are right."""

    confidence: FloatArray  # (d,)
    hit: NDArray[np.bool_]  # (d, T) at each threshold
    golds: int


def match(given: Sequence[Detection], gold: Sequence[Box], thresholds: Sequence[float]) -> Image:
    """Give each detection, the surest first, the free gold box that it overlaps most, if by the threshold.

    Args:
        given: the detections of one class on one image.
        gold: its gold boxes of that class.
        thresholds: of IoU.
    """
    confidence = np.array([-np.inf if held.confidence is None else held.confidence for held in given])
    table = overlaps([held.box for held in given], gold)
    hit = np.zeros((len(given), len(thresholds)), dtype=np.bool_)
    for k, threshold in enumerate(thresholds):
        free = table.copy()
        for detection in np.argsort(-confidence, kind="stable"):
            best = int(free[detection].argmax()) if len(gold) else -1
            if best >= 0 and free[detection, best] >= threshold:
                hit[detection, k] = True
                free[:, best] = -1.0
    return Image(confidence=confidence, hit=hit, golds=len(gold))


def average_precision(images: Sequence[Image], weights: FloatArray) -> FloatArray:
    """Mean over the thresholds of the interpolated precision at 101 levels of recall, for one class.

    Args:
        images: all n of them, matched at the same thresholds.
        weights: (B, n).

    Returns:
        (B,) in [0, 1], NaN where a weighting has no gold box.
    """
    confidence = np.concatenate([image.confidence for image in images])
    order = np.argsort(-confidence, kind="stable")
    rows = np.repeat(np.arange(len(images)), [len(image.confidence) for image in images])[order]
    hits = np.concatenate([image.hit for image in images])[order].astype(np.float64)
    ranked = confidence[order]
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True)[: len(order)])  # of equal confidences
    golds = weights @ np.array([image.golds for image in images], dtype=np.float64)
    out = np.full(len(weights), np.nan)
    for i in np.flatnonzero(golds > 0):
        weight = weights[i].take(rows)
        given = np.cumsum(weight)[ends]
        right = np.cumsum(weight[:, None] * hits, axis=0)[ends]
        out[i] = np.mean(list(_curves(right, given, float(golds[i]))))
    return out


def _curves(right: FloatArray, given: FloatArray, golds: float) -> Iterator[float]:
    """The average precision at each threshold: right (k, T) and given (k,) so far, the surest first."""
    shares = np.divide(right, given[:, None], out=np.zeros_like(right), where=given[:, None] > 0)
    best = np.maximum.accumulate(shares[::-1], axis=0)[::-1]  # at this recall or a higher one
    for k in range(right.shape[1]):
        reached = np.searchsorted(right[:, k] / golds, _RECALLS, side="left")
        yield float(np.append(best[:, k], 0.0)[reached].mean())

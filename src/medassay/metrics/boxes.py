"""Overlap of boxes: of two, of the best pairs of many."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from medassay.types import Box, FloatArray


def intersection_over_union(a: Box, b: Box) -> float:
    """Area of the intersection over area of the union, in [0, 1]; 0 where a box is empty or reversed."""
    area_a, area_b = _area(a.x0, a.y0, a.x1, a.y1), _area(b.x0, b.y0, b.x1, b.y1)
    if not area_a or not area_b:
        return 0.0
    common = _area(max(a.x0, b.x0), max(a.y0, b.y0), min(a.x1, b.x1), min(a.y1, b.y1))
    return common / (area_a + area_b - common)


def overlaps(given: Sequence[Box], gold: Sequence[Box]) -> FloatArray:
    """(given, gold) the IoU of every pair."""
    table = [[intersection_over_union(a, b) for b in gold] for a in given]
    return np.array(table, dtype=np.float64).reshape(len(given), len(gold))


def best_pairs(given: Sequence[Box], gold: Sequence[Box]) -> FloatArray:
    """The IoUs of the one-to-one pairs whose sum is greatest (Hungarian assignment on 1 - IoU).

    One for each box of the shorter list; boxes that do not touch are paired too, with 0.
    """
    table = overlaps(given, gold)
    if min(table.shape) <= 1:
        return table.max(keepdims=True).ravel() if table.size else np.empty(0)
    from scipy.optimize import linear_sum_assignment

    found: FloatArray = table[linear_sum_assignment(table, maximize=True)]
    return found


def box_iou(given: Sequence[Box], gold: Sequence[Box]) -> float:
    """Summed IoU of the best one-to-one pairs over the larger number of boxes; in [0, 1].

    For one box on either side it is their IoU. Boxes too many and boxes missing count as 0, so that
    naming many boxes does not pay.
    """
    return float(best_pairs(given, gold).sum() / max(len(given), len(gold), 1))


def _area(x0: float, y0: float, x1: float, y1: float) -> float:
    return max(0.0, x1 - x0) * max(0.0, y1 - y0)

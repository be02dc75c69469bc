"""Overlap of boxes."""

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


def pairs(given: Sequence[Box], gold: Sequence[Box]) -> FloatArray:
    """The IoU of the one-to-one pairs whose sum is largest; (k,) with k the smaller number of boxes."""
    if not given or not gold:
        return np.empty(0)
    table: FloatArray = np.array([[intersection_over_union(a, b) for b in gold] for a in given])
    if min(table.shape) == 1:
        return np.array([table.max()])
    from scipy.optimize import linear_sum_assignment

    found: FloatArray = table[linear_sum_assignment(table, maximize=True)]
    return found


def box_iou(given: Sequence[Box], gold: Sequence[Box]) -> float:
    """Summed IoU of the best one-to-one pairs over the larger number of boxes; in [0, 1].

    For one box on either side it is their IoU. Boxes too many and boxes missing count as 0, so that
    naming many boxes does not pay.
    """
    if not given or not gold:
        return 0.0
    return float(pairs(given, gold).sum() / max(len(given), len(gold)))


def _area(x0: float, y0: float, x1: float, y1: float) -> float:
    return max(0.0, x1 - x0) * max(0.0, y1 - y0)

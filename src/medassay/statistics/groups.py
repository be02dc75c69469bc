"""Rows that only count together: metrics whose columns have a `group` (see `Metric`).

A group with a failed row would be judged by the rows that are left, and a slice that holds a part of a
group would be about other groups than the benchmark's. The one is left out whole, the other is refused.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from medassay.errors import UsageError
from medassay.types import Columns, FloatArray, Metric


def counted(columns: Columns, chosen: NDArray[np.bool_], failed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The chosen rows that are judged: none that failed, nor any whose group has a failed row.

    Args:
        columns: of all rows that the metric takes, (m, ...) each.
        chosen: (m,) the rows of a slice.
        failed: (m,) the rows that never were answered.

    Raises:
        UsageError: the slice cuts a group apart.
    """
    if "group" not in columns:
        return chosen & ~failed
    group = columns["group"]
    if np.isin(group[~chosen], group[chosen]).any():
        raise UsageError(
            "a slice cuts apart rows that are scored together: slice by a tag that all rows of a group share"
        )
    return chosen & ~np.isin(group, group[chosen & failed])


def alike(columns: Columns) -> bool:
    """Whether all groups have one size, so that a metric of groups is a plain mean over its rows."""
    if "group" not in columns:
        return True
    _, sizes = np.unique(columns["group"], return_counts=True)
    return len(np.unique(sizes)) < 2


def apart(columns: Columns) -> Columns:
    """The same rows in groups of other names, so that two sides can stand one below the other."""
    return {**columns, "group": ~columns["group"]} if "group" in columns else columns


def chance(metric: Metric, columns: Columns, chances: FloatArray) -> float | None:
    """What guessing makes of a metric that says it; None where that, or guessing a row, has no meaning.

    Args:
        metric: with `chance`.
        columns: of the rows, (n, ...) each.
        chances: (n,) the chance of each row, NaN where it has none.
    """
    if metric.chance is None or not len(chances) or ("group" in columns and np.isnan(chances).any()):
        return None
    found = metric.chance(columns, chances)
    return None if math.isnan(found) else found

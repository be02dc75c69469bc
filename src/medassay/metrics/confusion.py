"""Classification from sums per class: balanced accuracy and macro F1 under many weightings at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from medassay.types import FloatArray

Indices = NDArray[np.integer[Any]]


def class_counts(truth: Indices, guess: Indices, classes: int) -> FloatArray:
    """Per row and class: right, true, guessed.

    Args:
        truth: (n,) class index.
        guess: (n,) class index; -1 where none was read, which is wrong and no guess of another class.
        classes: K.

    Returns:
        (n, 3 K) zeros and ones.
    """
    names = np.arange(classes)
    true, guessed = truth[:, None] == names, guess[:, None] == names
    return np.concatenate([true & guessed, true, guessed], axis=1).astype(np.float64)


def balanced_accuracy(sums: FloatArray) -> FloatArray:
    """Mean over the classes that occur of the share of their rows that are right; (B, 3 K) -> (B,)."""
    right, true, _ = np.split(sums, 3, axis=1)
    return _mean_ratio(right, true)


def macro_f1(sums: FloatArray) -> FloatArray:
    """Mean over the classes that occur, true or guessed, of 2 right / (true + guessed).

    (B, 3 K) -> (B,).
    """
    right, true, guessed = np.split(sums, 3, axis=1)
    return _mean_ratio(2 * right, true + guessed)


def _mean_ratio(above: FloatArray, below: FloatArray) -> FloatArray:
    """The mean over the columns with something below, NaN for a row without any."""
    there = below > 0
    total = np.divide(above, below, out=np.zeros_like(above), where=there).sum(axis=1)
    count = there.sum(axis=1)
    mean: FloatArray = np.divide(total, count, out=np.full(len(above), np.nan), where=count > 0)
    return mean


def micro_f1(sums: FloatArray) -> FloatArray:
    """2 right / (true + guessed) over all classes together; (B, 3 K) -> (B,)."""
    right, true, guessed = (part.sum(axis=1, keepdims=True) for part in np.split(sums, 3, axis=1))
    return _mean_ratio(2 * right, true + guessed)


def two_class_counts(truth: Indices, guess: Indices) -> FloatArray:
    """Per row: true positive, positive, guessed positive, true negative, negative, guessed negative.

    Args:
        truth: (n,) 1 or 0.
        guess: (n,) 1, 0, or -1 where none was read, which is wrong and no guess of either side.

    Returns:
        (n, 6) zeros and ones.
    """
    sides = [(truth == side, guess == side) for side in (1, 0)]
    columns = [column for true, guessed in sides for column in (true & guessed, true, guessed)]
    return np.stack(columns, axis=1).astype(np.float64)


def label_counts(truth: Indices, guess: Indices) -> FloatArray:
    """Per row and label: found, present, answered; zeros where nobody knows.

    Args:
        truth: (n, L) 1 present, 0 absent, -1 unknown.
        guess: (n, L) 1 where the label was answered.

    Returns:
        (n, 3 L) zeros and ones, in the order of `class_counts`.
    """
    present, answered = truth == 1, (guess == 1) & (truth >= 0)
    return np.concatenate([present & answered, present, answered], axis=1).astype(np.float64)


def share(sums: FloatArray, above: int, below: int) -> FloatArray:
    """One of the sums over another, NaN where that is 0; (B, 6) -> (B,)."""
    return _mean_ratio(sums[:, [above]], sums[:, [below]])


def f1_of_positive(sums: FloatArray) -> FloatArray:
    """2 true positives / (positives + guessed positives); (B, 6) of `two_class_counts` -> (B,)."""
    return _mean_ratio(2 * sums[:, [0]], sums[:, [1]] + sums[:, [2]])


def kappa(
    truth: Indices, guess: Indices, classes: int, weights: FloatArray, *, quadratic: bool = False
) -> FloatArray:
    """Cohen's kappa, 1 - (observed disagreement) / (disagreement of independent raters).

    A row without a guess disagrees with every class: as a category that is never true, and for `quadratic`
    as far away as the scale is long.

    Args:
        truth: (n,) class index; for `quadratic` the grade.
        guess: (n,) class index, -1 where none was read.
        classes: K.
        weights: (B, n).
        quadratic: a disagreement counts (i - j)^2 instead of 1.

    Returns:
        (B,) values in [-1, 1], NaN where all agree by having one class only.
    """
    grades = np.arange(classes, dtype=np.float64)
    apart = (grades[:, None] - grades) ** 2 if quadratic else (grades[:, None] != grades).astype(np.float64)
    farthest = max(classes - 1.0, 1.0) ** 2 if quadratic else 1.0
    cost = np.pad(apart, ((0, 0), (0, 1)), constant_values=farthest)  # (K, K + 1), the last column: no guess
    width = classes + 1
    cells = truth * width + np.where(guess < 0, classes, guess)
    out = np.full(len(weights), np.nan)
    for i, row in enumerate(weights):
        table = np.bincount(cells, row, classes * width).reshape(classes, width)
        expected = (table.sum(axis=1) @ cost @ table.sum(axis=0)) / max(table.sum(), 1e-300)
        if expected > 0:
            out[i] = 1 - (table * cost).sum() / expected
    return out

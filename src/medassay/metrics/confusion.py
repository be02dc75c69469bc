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

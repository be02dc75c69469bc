"""Guessing and the commonest answer, from the rows of a slice."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.statistics.cases import row

from medassay.statistics.chance import chance_level, chance_of, gold_of, majority_share
from medassay.types import KINDS


@pytest.mark.parametrize(
    ("kind", "options", "expected"),
    [
        ("yes/no", 0, 1 / 2),
        ("choice", 4, 1 / 4),
        ("label", 7, 1 / 7),
        ("multi-choice", 3, 1 / 7),
        ("multilabel", 3, 1 / 8),
    ],
)
def test_chance_of_one_row(kind: str, options: int, expected: float):
    assert chance_of(row("a", kind=kind, labels="ABCDEFG"[:options]).sample) == pytest.approx(expected)


def test_where_nothing_can_be_guessed_there_is_no_chance():
    for kind in set(KINDS) - {"yes/no"}:
        assert math.isnan(chance_of(row("a", kind=kind, labels=()).sample)), kind


def test_chance_of_a_slice_is_the_mean_and_none_as_soon_as_a_row_has_none():
    assert chance_level(np.array([0.5, 0.25])) == 0.375
    assert chance_level(np.array([0.5, np.nan])) is None
    assert chance_level(np.array([])) is None


def test_majority():
    assert majority_share(np.array([3, 3, 5]), 0) == pytest.approx(2 / 3)
    assert majority_share(np.array([3, 0, 5]), 0) is None
    assert majority_share(np.array([], dtype=int), 0) is None
    assert gold_of(row("a", gold=" Yes").sample) == "yes"
    assert gold_of(row("a", kind="report", gold="long").sample) is None

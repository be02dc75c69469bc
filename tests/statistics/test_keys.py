"""Keys of several readers: Krippendorff's own example, hand-computed ceilings, soft scores."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medassay.statistics.agreement import krippendorff_alpha
from medassay.statistics.keys import NONE, majority, quality, soft_scores

# Krippendorff 2011, example C: four observers, twelve units, missing values; nominal alpha is .743.
OBSERVERS = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NONE, NONE, NONE],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NONE, 3],
        [NONE, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NONE],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NONE],
    ]
).T


def test_alpha_is_that_of_krippendorffs_example():
    found = quality(OBSERVERS, np.arange(12), seed="test")
    assert found.items == 11  # the last unit has one label
    assert found.alpha.value == pytest.approx(0.743, abs=5e-4)
    assert found.alpha.low < 0.743 < found.alpha.high


def test_ceiling_and_human_by_hand():
    # Items: aaa, aab, abc (three classes). Best fixed answers: 1, 2/3, 1/3; two readers agree: 1, 1/3, 0.
    labels = np.array([[0, 0, 0], [0, 0, 1], [0, 1, 2]])
    found = quality(labels, np.arange(3), seed="test")
    assert found.ceiling.value == pytest.approx((1 + 2 / 3 + 1 / 3) / 3)
    assert found.human.value == pytest.approx((1 + 1 / 3 + 0) / 3)
    assert soft_scores(labels, np.array([0, 1, NONE])) == pytest.approx([1, 1 / 3, 0])
    assert majority(labels).tolist() == [0, 0, NONE]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(NONE, 2), min_size=3, max_size=3), min_size=2, max_size=12))
def test_alpha_is_the_one_of_pairs_and_no_score_passes_the_ceiling(rows):
    labels = np.array(rows)
    found = quality(labels, np.arange(len(labels)), seed="test")
    alpha = krippendorff_alpha([[x for x in row if x != NONE] for row in rows])
    assert (found.alpha.value is None) == np.isnan(alpha)
    if found.alpha.value is not None:
        assert found.alpha.value == pytest.approx(alpha)
    paired = (labels != NONE).sum(1) >= 2
    if paired.any():
        for answer in range(3):
            assert (
                soft_scores(labels[paired], np.full(paired.sum(), answer)).mean()
                <= found.ceiling.value + 1e-12
            )
        assert found.human.value <= found.ceiling.value + 1e-12


def test_nothing_to_compare_is_no_number():
    found = quality(np.array([[1, NONE], [NONE, 0]]), np.arange(2), seed="test")
    assert (found.items, found.alpha.value, found.ceiling.value) == (0, None, None)
    assert quality(np.zeros((4, 2), dtype=int), np.arange(4), seed="test").alpha.value is None

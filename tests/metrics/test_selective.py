from __future__ import annotations

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medassay.metrics.selective import Curve, accuracy_at, area, best_area, coverage_at, curves

SMALL = st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=1, max_size=6)
LARGE = st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(0, 3)), min_size=1, max_size=20)


def curve(items: list[tuple[int, bool]]) -> Curve:
    confidence, wrong = (np.array(column, dtype=np.float64) for column in zip(*items, strict=True))
    return curves(confidence, wrong, np.ones((1, len(items))))[0]


def orders(items: list[tuple[int, bool]]) -> np.ndarray:
    """(orders, n) wrong or not in every order of falling confidence."""
    sorted_ = [p for p in permutations(items) if all(a[0] >= b[0] for a, b in pairwise(p))]
    return np.array([[wrong for _, wrong in order] for order in sorted_], dtype=np.float64)


@given(SMALL)
def test_ties_are_the_mean_of_all_their_orders(items: list[tuple[int, bool]]) -> None:
    every, n = orders(items), len(items)
    risks = np.cumsum(every, axis=1) / np.arange(1, n + 1)
    assert area(curve(items)) == pytest.approx(risks.mean())
    best = np.sort(every[0])
    assert best_area(curve(items)) == pytest.approx((np.cumsum(best) / np.arange(1, n + 1)).mean())
    for k in range(1, n + 1):
        assert accuracy_at(curve(items), k / n) == pytest.approx(1 - risks[:, k - 1].mean())


@given(LARGE)
def test_a_weight_of_two_is_the_row_twice(items: list[tuple[int, bool, int]]) -> None:
    confidence, wrong, weight = (np.array(column, dtype=np.float64) for column in zip(*items, strict=True))
    weighted = curves(confidence, wrong, weight[None])[0]
    copied = [(c, w) for c, w, times in items for _ in range(times)]
    if not copied:
        assert np.isnan([area(weighted), best_area(weighted), accuracy_at(weighted, 0.5)]).all()
        assert np.isnan(coverage_at(weighted, 0.1))
        return
    plain = curve(copied)
    for of in (area, best_area, lambda c: accuracy_at(c, 0.8), lambda c: coverage_at(c, 0.2)):
        assert of(weighted) == pytest.approx(of(plain))


@given(SMALL, st.sampled_from([0.0, 0.2, 0.5]))
def test_coverage_at_a_risk_is_that_of_the_best_threshold(items: list[tuple[int, bool]], risk: float) -> None:
    kept = [[wrong for level, wrong in items if level >= threshold] for threshold in (0, 1, 2)]
    shares = [len(part) / len(items) for part in kept if part and sum(part) <= risk * len(part)]
    assert coverage_at(curve(items), risk) == pytest.approx(max(shares, default=0.0))

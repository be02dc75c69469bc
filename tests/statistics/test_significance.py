"""p-values against scipy and against going through everything."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from medassay.statistics.significance import exchange_test, mcnemar, normal_test


@given(st.integers(0, 40), st.integers(0, 40))
def test_mcnemar_is_the_binomial_test_of_the_discordant(only_a: int, only_b: int):
    total = only_a + only_b
    oracle = scipy.stats.binomtest(only_a, total).pvalue if total else 1.0
    assert mcnemar(only_a, only_b) == pytest.approx(oracle)
    assert mcnemar(only_a, only_b) == mcnemar(only_b, only_a)


def flip(sums: np.ndarray):
    """A mean of differences whose clusters change sign."""
    return lambda exchanged: (1 - 2 * exchanged) @ sums / 100


def test_few_clusters_are_gone_through_completely():
    sums = np.array([3.0, -1, 2, 2, 0, 5, 1])
    flips = [abs(np.dot(signs, sums)) for signs in product((-1, 1), repeat=7)]
    expected = np.mean(np.array(flips) >= sums.sum())
    assert exchange_test(flip(sums), 7, np.random.default_rng(0)) == pytest.approx(expected)


def test_many_clusters_are_drawn_and_p_is_never_0():
    sums = np.random.default_rng(1).standard_normal(60) + 0.3
    oracle = 2 * scipy.stats.norm.sf(abs(sums.sum()) / np.sqrt((sums**2).sum()))
    assert exchange_test(flip(sums), 60, np.random.default_rng(0)) == pytest.approx(oracle, rel=0.2)
    assert exchange_test(flip(np.ones(60)), 60, np.random.default_rng(0)) == 1 / 10_001
    assert exchange_test(flip(np.zeros(60)), 60, np.random.default_rng(0)) == 1.0


def test_p_values_are_uniform_where_nothing_differs():
    rng = np.random.default_rng(2)
    found = [exchange_test(flip(rng.standard_normal(10)), 10, rng) for _ in range(400)]
    assert np.mean(np.array(found) <= 0.05) == pytest.approx(0.05, abs=0.03)


def test_normal():
    assert normal_test(-1.959964, 1) == pytest.approx(0.05, abs=1e-6)
    assert normal_test(0.5, 0) == 1.0

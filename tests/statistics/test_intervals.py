"""Intervals in closed form against scipy and statsmodels, and their properties."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from medassay.statistics.clusters import clustered_error
from medassay.statistics.intervals import clopper_pearson, expanded_tail, korn_graubard, logit


@pytest.mark.parametrize(("right", "n"), [(0, 20), (1, 20), (203, 451), (451, 451)])
def test_without_a_design_effect_it_is_clopper_pearson(right: int, n: int):
    share = right / n
    error = math.sqrt(share * (1 - share) / (n - 1))  # of independent rows
    expected = proportion_confint(right, n, method="beta")
    assert clopper_pearson(right, n) == pytest.approx(expected, abs=1e-12)
    oracle = scipy.stats.binomtest(right, n).proportion_ci(method="exact")
    assert clopper_pearson(right, n) == pytest.approx((oracle.low, oracle.high), abs=1e-12)
    design = n / (n - 1)  # the error above has n - 1
    assert korn_graubard(share, error, n, n) == pytest.approx(
        clopper_pearson(right / (design if 0 < right < n else 1), n / (design if 0 < right < n else 1)),
        abs=1e-9,
    )
    assert korn_graubard(share, error * 0.5, n, n) == pytest.approx(expected, abs=1e-9)


def test_a_design_effect_of_four_counts_every_fourth_row():
    n, share = 400, 0.75
    error = math.sqrt(4 * share * (1 - share) / n)
    t = scipy.stats.t.ppf(0.975, [399, 99])
    effective = 100 * (t[0] / t[1]) ** 2
    assert korn_graubard(share, error, n, 100) == pytest.approx(clopper_pearson(share * effective, effective))


def test_where_all_answers_agree_the_clusters_are_counted():
    low, high = korn_graubard(1.0, 0.0, 400, 60)
    assert (low, high) == pytest.approx((0.025 ** (1 / 60), 1))
    assert korn_graubard(0.0, 0.0, 400, 60) == pytest.approx((0.0, 1 - low))


@given(st.integers(2, 500), st.data())
def test_a_proportion_lies_within_an_interval_that_has_a_width(clusters: int, data: st.DataObject):
    n = data.draw(st.integers(clusters, 2000))
    share = data.draw(st.integers(0, n)) / n
    error = data.draw(st.floats(0, 0.5))
    low, high = korn_graubard(share, error, n, clusters)
    assert 0 <= low <= share <= high <= 1
    assert low < high


@given(st.floats(1e-6, 1 - 1e-6), st.floats(1e-6, 2), st.floats(0.1, 5))
def test_logit_intervals_stay_within_the_unit_interval(value: float, error: float, quantile: float):
    low, high = logit(value, error, quantile)
    assert 0 <= low < high <= 1
    assert low <= value + 1e-12
    assert high >= value - 1e-12


def test_near_1_the_interval_still_covers():
    """Beta-binomial clusters, p = .97, 60 clusters: percentiles of the bootstrap cover .85 to .89 here."""
    rng, held = np.random.default_rng(10), []
    for _ in range(400):
        codes = np.repeat(np.arange(60), rng.integers(1, 9, size=60))
        right = (rng.random(len(codes)) < rng.beta(3.88, 0.12, size=60)[codes]).astype(float)
        low, high = korn_graubard(right.mean(), clustered_error(right, codes), len(right), 60)
        held.append(low <= 0.97 <= high)
    assert 0.93 <= np.mean(held) <= 1


@pytest.mark.parametrize("clusters", [3, 10, 50, 5000])
def test_expanded_percentiles_reach_as_far_as_t(clusters):
    reach = -scipy.stats.norm.ppf(expanded_tail(0.025, clusters))
    assert reach == pytest.approx(
        scipy.stats.t.ppf(0.975, clusters - 1) * math.sqrt(clusters / (clusters - 1))
    )

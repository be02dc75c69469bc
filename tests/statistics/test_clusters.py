"""The clustered standard error against least squares with cluster-robust covariance."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from medassay.statistics.clusters import cluster_totals, clustered_error, design_effect


@pytest.mark.parametrize(("n", "clusters"), [(451, 203), (40, 3), (1000, 1000)])
def test_equals_statsmodels_to_1e_9(n: int, clusters: int):
    rng = np.random.default_rng(n)
    codes = np.concatenate([np.arange(clusters), rng.integers(clusters, size=n - clusters)])
    values = rng.random(n) + 0.3 * rng.standard_normal(clusters)[codes]
    # statsmodels corrects by C/(C-1) * (n-1)/(n-k); its second factor is 1 for a constant alone.
    oracle = sm.OLS(values, np.ones(n)).fit(cov_type="cluster", cov_kwds={"groups": codes}).bse[0]
    assert clustered_error(values, codes) == pytest.approx(oracle, rel=1e-9)


def test_with_one_row_per_cluster_it_is_the_ordinary_error():
    values = np.random.default_rng(1).random(50)
    assert clustered_error(values, np.arange(50)) == pytest.approx(values.std(ddof=1) / math.sqrt(50))


def test_one_cluster_has_no_error():
    assert math.isnan(clustered_error(np.array([1.0, 0.0]), np.array([7, 7])))


def test_copying_every_row_within_its_cluster_teaches_nothing():
    values, codes = np.array([1.0, 0, 1, 1, 0]), np.arange(5)
    doubled = clustered_error(np.repeat(values, 2), np.repeat(codes, 2))
    assert doubled == pytest.approx(clustered_error(values, codes))
    assert design_effect(0.6, doubled, 10) == pytest.approx(2 * 5 / 4)
    assert design_effect(0.6, doubled / 10, 10) == 1.0


@settings(max_examples=50, deadline=None)
@given(
    arrays.arrays(float, (12, 2), elements=st.floats(-9, 9)),
    st.lists(st.integers(0, 3), min_size=12, max_size=12),
)
def test_totals_are_sums_over_clusters(terms, codes):
    codes = np.array(codes)
    expected = [terms[codes == c].sum(axis=0) for c in range(4)]
    np.testing.assert_allclose(cluster_totals(terms, codes, 4), expected, atol=1e-12)

import math

import numpy as np
import pytest

from medassay.metrics import METRICS
from medassay.statistics.clusters import clustered_error
from medassay.statistics.prompted import component, drawn, effect, expected_range, pseudovalues


def family(rng, effects, clusters=200, rows=1):
    own = np.repeat(rng.normal(0, 1, clusters), rows)[:, None]
    return own + np.asarray(effects) + rng.normal(0, 0.5, (clusters * rows, len(effects)))


def test_the_component_is_that_of_the_two_way_analysis_of_variance_of_statsmodels():
    from statsmodels.api import OLS

    table = family(np.random.default_rng(0), [0, 0.2, 0.5, 0.1], clusters=30)
    of_cluster = np.kron(np.eye(30), np.ones((4, 1)))
    of_wording = np.tile(np.eye(4), (30, 1))[:, 1:]
    both = OLS(table.ravel(), np.hstack([of_cluster, of_wording])).fit()
    between = (OLS(table.ravel(), of_cluster).fit().ssr - both.ssr) / 3
    held = component(table)
    assert held is not None
    assert held.estimate == pytest.approx((between - both.mse_resid) / 30, rel=1e-9)
    assert held.noise == pytest.approx(both.mse_resid / 30, rel=1e-9)


def test_the_component_is_recovered_and_its_interval_holds_the_truth():
    rng = np.random.default_rng(1)
    found = [component(family(rng, rng.normal(0, 0.3, 8), clusters=100)) for _ in range(400)]
    held = [one for one in found if one is not None]
    assert np.mean([one.estimate for one in held]) == pytest.approx(0.09, rel=0.1)
    assert 0.93 <= np.mean([one.low <= 0.09 <= one.high for one in held]) <= 0.98


def test_without_an_effect_the_estimate_is_near_0_and_a_negative_one_is_cut_and_said():
    rng = np.random.default_rng(2)
    held = [one for _ in range(300) if (one := component(family(rng, np.zeros(5), 60))) is not None]
    assert abs(np.mean([one.estimate for one in held])) < 4e-4
    assert np.mean([one.range for one in held]) == pytest.approx(
        np.mean([one.range_by_chance for one in held]), rel=0.05
    )
    cut = [one for one in held if one.truncated]
    assert cut
    assert all(one.variance == 0 and "negative estimate, taken as 0" in one.notes for one in cut)
    assert all(effect(one, np.array([1.0, 0, 0, 0, 0]), 0) == 0 for one in cut)


def test_pseudovalues_of_a_mean_are_the_means_of_clusters_of_one_size():
    right = (np.random.default_rng(3).random((60, 3)) < 0.6).astype(float)
    codes = np.repeat(np.arange(20), 3)
    columns = [{"value": column} for column in right.T]
    metric = METRICS["accuracy"]
    assert metric.sums is not None
    names = list(metric.columns([]))
    held = pseudovalues(metric, [{names[0]: column["value"]} for column in columns], codes)
    assert held == pytest.approx(right.reshape(20, 3, 3).mean(axis=1))
    error = held.std(axis=0, ddof=1) / math.sqrt(20)
    assert error == pytest.approx([clustered_error(column, codes) for column in right.T])


@pytest.mark.parametrize(("number", "known"), [(2, 1.128), (5, 2.326), (10, 3.078)])
def test_the_expected_range_is_that_of_the_tables_of_quality_control(number, known):
    assert expected_range(number) == pytest.approx(known, abs=5e-4)


def test_the_interval_of_a_drawn_wording_widens_each_side_by_the_wordings():
    held = component(family(np.random.default_rng(4), [0, 0.4, 0.9, 0.2, 0.6], clusters=400))
    assert held is not None
    values = np.array([0.1, 0.5, 0.9, 0.3, 0.6])
    shift = effect(held, values, 2)
    assert 0 < shift < 0.9 - values.mean()  # shrunk
    found = drawn(0.8, (0.7, 0.85), held, shift)
    assert found.value == pytest.approx(0.8 - shift)
    below, above = found.value - found.low, found.high - found.value
    assert below**2 - above**2 == pytest.approx(0.1**2 - 0.05**2)  # what the items add differs, not the rest
    assert below > 2.776 * held.deviation  # Student's t with 4 degrees of freedom


@pytest.mark.parametrize("table", [np.ones((1, 3)), np.ones((9, 1)), np.full((9, 3), np.nan)])
def test_nothing_is_said_of_one_cluster_one_wording_or_what_is_undefined(table):
    assert component(table) is None


def test_few_wordings_and_few_clusters_are_warned_of():
    held = component(family(np.random.default_rng(5), [0, 0.5, 1], clusters=20))
    assert held is not None
    assert held.notes[:2] == (
        "3 wordings: component unreliable",
        "20 clusters: component unreliable",
    )

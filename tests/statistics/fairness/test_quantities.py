"""Values and influences against statsmodels, scikit-learn and the variance of AUROC."""

import numpy as np
import pytest
import statsmodels.api as sm
from sklearn.metrics import roc_auc_score
from tests.statistics.fairness.kit import of, people

from medassay.statistics import auroc
from medassay.statistics.clusters import cluster_totals
from medassay.statistics.fairness.calibration import calibrated_error, expected_calibration_error, log_odds
from medassay.statistics.fairness.quantities import AUROC, INTERCEPT, QUANTITIES, SLOPE


def _error(quantity, part):
    totals = cluster_totals(quantity.influence(part), part.codes, int(part.codes.max()) + 1)
    return float(np.sqrt((totals**2).sum()))


@pytest.mark.parametrize("quantity", [q for q in QUANTITIES if q.mean_of], ids=lambda q: q.name)
def test_means_and_their_errors_equal_cluster_robust_least_squares(quantity):
    held, _ = people()
    part = held.choose(np.flatnonzero(quantity.rows(held)))
    each, (_, codes) = quantity.mean_of(part), np.unique(part.codes, return_inverse=True)
    fit = sm.OLS(each, np.ones(part.n)).fit(
        cov_type="cluster", cov_kwds={"groups": codes, "use_correction": False}
    )
    assert quantity.value(part) == pytest.approx(fit.params[0], abs=1e-12)
    assert _error(quantity, part) == pytest.approx(fit.bse[0], abs=1e-12)


def test_auroc_equals_scikit_learn_with_weights_and_ties():
    held, _ = people()
    held = of(held.codes, held.truth, np.round(held.prob, 1))
    weights = np.random.default_rng(1).integers(0, 4, (5, held.n)).astype(float)
    expected = [roc_auc_score(held.truth, held.prob, sample_weight=w) for w in weights]
    assert AUROC.values(held, weights) == pytest.approx(expected, abs=1e-12)


def test_the_influence_of_auroc_gives_its_clustered_variance():
    held, _ = people(per_cluster=1)
    found = auroc.area([auroc.Problem(truth=held.truth == 1, score=held.prob, codes=held.codes)])
    assert _error(AUROC, held) == pytest.approx(found.error, rel=0.02)  # finite-sample factors apart


def test_recalibration_equals_statsmodels():
    held, _ = people()
    odds, truth = log_odds(held.prob), held.truth.astype(float)
    codes = held.codes
    line = sm.GLM(truth, sm.add_constant(odds), family=sm.families.Binomial()).fit(
        cov_type="cluster", cov_kwds={"groups": codes, "use_correction": False}
    )
    held_slope = sm.GLM(truth, np.ones(held.n), family=sm.families.Binomial(), offset=odds).fit(
        cov_type="cluster", cov_kwds={"groups": codes, "use_correction": False}
    )
    assert SLOPE.value(held) == pytest.approx(line.params[1], abs=1e-8)
    assert _error(SLOPE, held) == pytest.approx(line.bse[1], rel=1e-6)
    assert INTERCEPT.value(held) == pytest.approx(held_slope.params[0], abs=1e-8)
    assert _error(INTERCEPT, held) == pytest.approx(held_slope.bse[0], rel=1e-6)


def test_parted_classes_have_no_slope():
    held = of(np.arange(40), [0] * 20 + [1] * 20, np.linspace(0.01, 0.99, 40))
    assert np.isnan(SLOPE.value(held))


def test_expected_calibration_error_by_hand():
    prob = np.array([0.1, 0.2, 0.8, 0.9])
    assert expected_calibration_error(np.array([0.0, 1, 1, 1]), prob, bins=2) == pytest.approx(
        (abs(0.3 - 1) + abs(1.7 - 2)) / 4
    )


def test_perfect_probabilities_show_a_larger_error_where_rows_are_few():
    rng = np.random.default_rng(0)
    few, many = (calibrated_error(rng.random(n), rng) for n in (60, 6000))
    assert few > 5 * many

"""Agreement against independent implementations and published cases."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from medassay.statistics.agreement import against, cohen_kappa, kappa_rate, krippendorff_alpha

RNG = np.random.default_rng(5)


@pytest.mark.parametrize("labels", [2, 5])
def test_kappa_is_scikit_learns(labels):
    one = RNG.integers(labels, size=80)
    other = np.where(RNG.random(80) < 0.6, one, RNG.integers(labels, size=80))
    assert cohen_kappa(one, other) == pytest.approx(cohen_kappa_score(one, other))


def test_weights_are_as_many_rows_as_they_say():
    generator = np.random.default_rng(5)
    one, other = generator.integers(0, 3, (2, 60))
    weight = generator.random(60) + 0.1
    found = kappa_rate(one, other, np.arange(60), seed="s", weight=weight)
    assert found.value == pytest.approx(cohen_kappa_score(one, other, sample_weight=weight))
    truth, verdict = generator.integers(0, 2, (2, 60)).astype(float)
    held = against(truth, verdict, np.arange(60), seed="s", weight=weight)
    yes = truth == 1
    assert held.sensitivity.value == pytest.approx((weight * verdict)[yes].sum() / weight[yes].sum())
    plain = against(truth, verdict, np.arange(60), seed="s", weight=np.full(60, 7.0))
    assert plain.sensitivity.low == pytest.approx(
        against(truth, verdict, np.arange(60), seed="s").sensitivity.low
    )


def test_alpha_is_krippendorffs_published_example():
    # Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section C
    raters = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    ]
    units = [[rating for rating in unit if rating is not None] for unit in zip(*raters, strict=True)]
    assert krippendorff_alpha(units) == pytest.approx(0.743, abs=5e-4)


def test_nothing_to_compare_is_no_number():
    assert math.isnan(krippendorff_alpha([[1.0], [0.0]]))
    assert math.isnan(krippendorff_alpha([[1.0, 1.0], [1.0, 1.0]]))
    assert math.isnan(cohen_kappa(np.ones(3), np.ones(3)))


def test_a_judge_against_labels():
    truth = np.array([1.0] * 40 + [0.0] * 20)
    verdict = np.array([1.0] * 36 + [0.0] * 4 + [1.0] * 5 + [0.0] * 15)
    found = against(truth, verdict, np.arange(60), seed="s")
    assert found.agreement.value == 51 / 60
    assert (found.sensitivity.value, found.sensitivity.n) == (0.9, 40)
    assert (found.specificity.value, found.specificity.n) == (0.75, 20)
    assert found.kappa.value == pytest.approx(cohen_kappa_score(truth, verdict))
    assert found.kappa.low < found.kappa.value < found.kappa.high
    assert found.sensitivity.low < 0.9 < found.sensitivity.high


def test_rows_of_one_cluster_widen_the_interval():
    truth = np.ones(60)
    verdict = np.repeat((np.arange(12) % 4 > 0).astype(float), 5)
    alone = against(truth, verdict, np.arange(60), seed="s").sensitivity
    together = against(truth, verdict, np.repeat(np.arange(12), 5), seed="s").sensitivity
    assert alone.value == together.value
    assert together.high - together.low > 1.5 * (alone.high - alone.low)


def test_without_right_answers_there_is_no_sensitivity():
    found = against(np.zeros(5), np.zeros(5), np.arange(5), seed="s")
    assert found.sensitivity.value is None
    assert found.kappa.value is None
    assert found.specificity.value == 1

import numpy as np
import pytest

from medassay.errors import UsageError
from medassay.registry import find
from medassay.statistics.repeated import repeated
from medassay.types import Response, Row, Sample, Score, Target

ACCURACY = find("metric", "accuracy")


def rows(right, clusters=None):
    for i, hit in enumerate(right):
        sample = Sample(
            id=f"{i}",
            kind="label",
            question="",
            cluster=f"{i if clusters is None else clusters[i]}",
            target=Target(texts=("a",)),
        )
        yield Row(
            sample=sample,
            response=Response(text="a"),
            score=Score(status="scored", answer="a", values={"accuracy": float(hit)}),
        )


def test_the_interval_is_that_of_both_variances_by_hand():
    rng = np.random.default_rng(0)
    right = rng.random((4, 400)) < np.array([0.6, 0.7, 0.65, 0.75])[:, None]
    held = repeated([rows(one) for one in right], ACCURACY, seed="s", draws=4000)
    means = right.mean(axis=1)
    assert held.value == pytest.approx(means.mean())
    assert held.between == pytest.approx(means.std(ddof=1))
    assert held.within == pytest.approx(right.mean(axis=0).std(ddof=1) / 20, rel=0.05)
    from scipy.stats import t

    test, training = held.within**2, held.between**2 / 4
    freedom = (test + training) ** 2 / (test**2 / 399 + training**2 / 3)
    reach = t.ppf(0.975, freedom) * np.sqrt(test + training)
    assert (held.low, held.high) == pytest.approx((held.value - reach, held.value + reach))


def test_the_interval_holds_the_truth_of_trainings_and_test_parts():
    """The truth is the mean over all trainings on all rows: .7, with trainings of .05 about it."""
    rng, held = np.random.default_rng(1), 0
    for run in range(300):
        hard = rng.normal(size=120)  # some rows are hard for all trainings
        skill = rng.normal(0.0, 0.3, size=5)
        right = hard[None] + skill[:, None] + rng.normal(size=(5, 120)) > -0.742
        found = repeated([rows(one) for one in right], ACCURACY, seed=str(run), draws=200)
        truth = 0.6961  # P(N(0, 1 + 1 + .09) > -.742)
        held += found.low <= truth <= found.high
    assert 0.92 <= held / 300 <= 0.98


def test_a_gain_is_paired_with_the_original_by_hand():
    """Forty clusters of 10 rows, two trainings: the test part's variance is that of its clusters' gains."""
    rng = np.random.default_rng(2)
    clusters = np.repeat(range(40), 10)
    before = rng.random(400) < 0.5
    after = [before ^ (rng.random(400) < share) for share in (0.3, 0.4)]
    held = repeated(
        [rows(one, clusters) for one in after],
        ACCURACY,
        seed="s",
        draws=4000,
        original=rows(before, clusters),
    )
    gains = np.array([one.mean() - before.mean() for one in after])
    assert held.values == pytest.approx(gains)
    assert held.between == pytest.approx(abs(gains[0] - gains[1]) / np.sqrt(2))
    of_clusters = (np.mean(after, axis=0) - before).reshape(40, 10).mean(axis=1)
    assert held.within == pytest.approx(of_clusters.std(ddof=0) / np.sqrt(40), rel=0.05)
    from scipy.stats import t

    test, training = held.within**2, held.between**2 / 2
    freedom = (test + training) ** 2 / (test**2 / 39 + training**2)
    reach = t.ppf(0.975, freedom) * np.sqrt(test + training)
    assert (held.low, held.high) == pytest.approx((held.value - reach, held.value + reach))
    assert held.low < 0 < held.high


def test_the_interval_of_a_gain_holds_the_truth():
    """Rows are hard for all, trainings differ in skill; the gain is that of the mean training."""
    from scipy.stats import norm

    truth = norm.cdf(0.742 / np.sqrt(2.09)) - norm.cdf(0.2 / np.sqrt(2.0))
    rng, held = np.random.default_rng(3), 0
    for run in range(300):
        hard = rng.normal(size=120)
        before = hard + rng.normal(size=120) > -0.2
        after = hard[None] + rng.normal(0.0, 0.3, size=(3, 1)) + rng.normal(size=(3, 120)) > -0.742
        found = repeated(
            [rows(one) for one in after], ACCURACY, seed=str(run), draws=200, original=rows(before)
        )
        held += found.low <= truth <= found.high
    assert 0.92 <= held / 300 <= 0.98


def test_an_interval_stays_in_what_a_metric_can_be():
    held = repeated(
        [rows([1] * 29 + [0]), rows([1] * 28 + [0, 0])], ACCURACY, seed="s", original=rows([0] * 30)
    )
    assert held.low is not None
    assert 0 < held.low < held.value < held.high == 1.0
    alone = repeated([rows([1] * 29 + [0]), rows([1] * 20 + [0] * 10)], ACCURACY, seed="s")
    assert (alone.low, alone.high) == (0.0, 1.0)


def test_one_training_has_no_interval_and_different_tests_are_refused():
    held = repeated([rows([1, 0, 1, 1] * 20)], ACCURACY, seed="s", draws=50)
    assert (held.low, held.between) == (None, None)
    assert "one training" in held.note
    with pytest.raises(UsageError, match="different samples"):
        repeated([rows([1, 0]), rows([1, 0], clusters=[0, 0])], ACCURACY, seed="s", draws=50)

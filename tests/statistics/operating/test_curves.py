"""Net benefit, referral, calibration and carried prevalences, by hand and against statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from medassay.statistics.operating import Calls
from medassay.statistics.operating.curves import calibration, decision_curve, moved, referral_curve


def drawn(n=400, seed=0, slope=1.0):
    rng = np.random.default_rng(seed)
    odds = rng.normal(0, 1.5, n)
    truth = (rng.random(n) < 1 / (1 + np.exp(-slope * odds))).astype(np.int8)
    prob = 1 / (1 + np.exp(-odds))
    return Calls(truth=truth, prob=prob, call=(prob > 0.5).astype(np.int8), codes=np.arange(n))


def test_net_benefit_is_that_of_the_counts_at_the_samples_own_prevalence():
    held = drawn()
    own = held.truth.mean()
    for point in decision_curve(held, [0.1, 0.3, 0.6], prevalence=own):
        treated, n = held.prob >= point.threshold, len(held.truth)
        odds = point.threshold / (1 - point.threshold)
        by_hand = (treated & (held.truth == 1)).sum() / n - (treated & (held.truth == 0)).sum() / n * odds
        assert point.model == pytest.approx(by_hand)
        assert point.treat_all == pytest.approx(own - (1 - own) * odds)
        assert point.low < point.model < point.high
    assert decision_curve(held.choose(held.truth == 1), [0.2], prevalence=0.1) == []


def test_calibration_is_that_of_statsmodels():
    held = drawn(slope=0.6)
    odds = np.log(held.prob / (1 - held.prob))
    line = sm.GLM(held.truth, sm.add_constant(odds), family=sm.families.Binomial()).fit(cov_type="HC0")
    large = sm.GLM(held.truth, np.ones(len(odds)), family=sm.families.Binomial(), offset=odds).fit(
        cov_type="HC0"
    )
    intercept, slope = calibration(held)
    assert intercept.value == pytest.approx(large.params[0], abs=1e-6)
    assert slope.value == pytest.approx(line.params[1], abs=1e-6)
    assert slope.high - slope.value == pytest.approx(1.966 * line.bse[1], rel=0.01)
    assert slope.high < 1


def test_extreme_probabilities_have_a_slope_too():
    held = drawn(slope=1.0)
    odds = np.log(held.prob / (1 - held.prob)) * 6
    extreme = Calls(truth=held.truth, prob=1 / (1 + np.exp(-odds)), call=held.call, codes=held.codes)
    assert calibration(extreme)[1].value == pytest.approx(calibration(held)[1].value / 6, rel=0.02)


def test_calibration_of_parted_or_single_classes_is_a_sentence():
    held = drawn(40)
    parted = Calls(truth=held.truth, prob=np.where(held.truth, 0.9, 0.1), call=held.call, codes=held.codes)
    assert calibration(parted)[1].note.startswith("the probabilities part the classes")
    assert "one class" in calibration(held.choose(held.truth == 1))[0].note


def test_probabilities_carried_to_another_prevalence_follow_bayes():
    # At 50 % a probability of 0.8 is a likelihood ratio of 4; at 4 % its odds are 4 * 0.04 / 0.96 = 1/6.
    assert moved(np.array([0.8]), learned=0.5, used=0.04) == pytest.approx([1 / 7])
    prob = drawn().prob
    assert moved(moved(prob, learned=0.5, used=0.1), learned=0.1, used=0.5) == pytest.approx(prob)
    assert np.isnan(moved(np.array([np.nan]), learned=0.5, used=0.1)).all()


def test_referral_keeps_the_certain_and_refers_what_was_not_read_first():
    held = drawn()
    unread = Calls(
        truth=held.truth,
        prob=np.where(np.arange(400) < 40, np.nan, held.prob),
        call=held.call,
        codes=held.codes,
    )
    none, tenth, half = referral_curve(unread, 0.5, [0, 0.1, 0.5])
    assert (none.share, tenth.share) == (0, 0.1)
    assert none.sensitivity.n + none.specificity.n == 400
    assert tenth.sensitivity.n + tenth.specificity.n == 360
    assert none.sensitivity.value < tenth.sensitivity.value < half.sensitivity.value

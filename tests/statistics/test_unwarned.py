"""Bounds given that nothing was warned of: against the distributions cut off at the limit."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import binom, norm

from medassay.statistics import unwarned
from medassay.statistics.intervals import clopper_pearson
from medassay.statistics.intervals import logit as logit_interval


def test_of_rows_just_above_the_limit_the_bound_is_that_of_the_binomial_cut_off_there():
    plain = clopper_pearson(114, 120)
    low, high = unwarned.of_share(plain, 114 / 120, 120, 5)
    rare = 1 - high
    assert low == plain[0]
    assert high > plain[1]
    assert binom.sf(5, 120, rare) / binom.sf(4, 120, rare) == pytest.approx(0.1, abs=1e-6)


def test_far_from_the_limit_nothing_changes_and_sides_are_alike():
    plain = clopper_pearson(90, 120)
    assert unwarned.of_share(plain, 0.75, 120, 5) == plain
    turned = unwarned.of_share(clopper_pearson(6, 120), 6 / 120, 120, 5)
    low, high = unwarned.of_share(clopper_pearson(114, 120), 114 / 120, 120, 5)
    assert turned == pytest.approx((1 - high, 1 - low))


def test_of_rankings_at_the_limit_the_bound_is_that_of_the_normal_cut_off_there():
    plain = logit_interval(0.975, 0.012, 1.96)
    low, high = unwarned.of_ranking(plain, 0.975, 0.98)
    scale = 0.012 / (0.975 * 0.025)
    z, limit = ((logit(x) - logit(high)) / scale for x in (0.975, 0.98))
    assert low == plain[0]
    assert norm.cdf(z) / norm.cdf(limit) == pytest.approx(0.05, abs=1e-5)
    middle = logit_interval(0.8, 0.03, 1.96)
    assert unwarned.of_ranking(middle, 0.8, 0.98) == middle


def test_rankings_that_escape_the_warning_hold_the_truth_as_often_as_said():
    truth, scale, rng = logit(0.985), 0.4, np.random.default_rng(3)
    seen = truth + scale * rng.standard_normal(4000)
    kept = seen[seen <= logit(0.98)]
    assert 0.1 < len(kept) / len(seen) < 0.3
    plain = [(float(expit(y - 1.96 * scale)), float(expit(y + 1.96 * scale))) for y in kept]
    wider = [unwarned.of_ranking(p, float(expit(y)), 0.98) for p, y in zip(plain, kept, strict=True)]
    held, before = (np.mean([low <= 0.985 <= high for low, high in each]) for each in (wider, plain))
    assert before < 0.92
    assert held == pytest.approx(0.95, abs=0.02)

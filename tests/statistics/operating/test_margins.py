"""Paired differences and planned margins: by hand, and how often they err at the margin."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri

from medassay.statistics.operating import Calls
from medassay.statistics.operating.margins import Paired, judge, paired


def two(truth, one, other, codes=None):
    truth = np.asarray(truth, dtype=np.int8)
    codes = np.arange(len(truth)) if codes is None else codes
    return [
        Calls(
            truth=truth, prob=np.asarray(call, dtype=float), call=np.asarray(call, dtype=np.int8), codes=codes
        )
        for call in (one, other)
    ]


def test_a_difference_of_sensitivities_by_hand():
    # 20 positive rows; 3 only the first has, 1 only the other: 2/20; variance of the mean (n - 1) .0216.
    one, other = [1] * 15 + [0] * 5, [1] * 12 + [0] * 3 + [1] + [0] * 4
    found = paired("sensitivity", *two([1] * 20, one, other))
    gap = np.array(one) - np.array(other)
    half = 2.0930 * np.sqrt(gap.var(ddof=1) / 20)
    assert (found.value, found.low, found.high) == pytest.approx((0.1, 0.1 - half, 0.1 + half), abs=1e-4)


@pytest.mark.parametrize(
    ("claim", "low", "high", "says"),
    [
        ("non-inferior", -0.04, 0.1, "shown"),
        ("non-inferior", -0.06, 0.1, "not shown"),
        ("non-inferior", -0.2, -0.06, "refuted"),
        ("superior", 0.06, 0.1, "shown"),
        ("superior", 0.01, 0.1, "not shown"),
        ("equivalent", -0.04, 0.04, "shown"),
        ("equivalent", -0.04, 0.06, "not shown"),
        ("equivalent", 0.06, 0.2, "refuted"),
    ],
)
def test_the_whole_interval_is_held_against_the_margin(claim, low, high, says):
    held = Paired(measure="auroc", value=(low + high) / 2, low=low, high=high, n=9, n_clusters=9)
    assert judge(held, claim, 0.05) == says


def test_what_cannot_be_estimated_is_not_shown_and_says_why():
    for measure, truth in (("sensitivity", [0] * 6), ("specificity", [1] * 6), ("auroc", [1] * 6)):
        found = paired(measure, *two(truth, [1] * 6, [0] * 6))
        assert found.low is None
        assert found.note
        assert judge(found, "non-inferior", 0.5) == "not shown"
    alike = paired("sensitivity", *two([1] * 100, [1] * 100, [1] * 100))
    assert (alike.low, alike.high) == pytest.approx((-0.0362, 0.0362), abs=1e-3)  # 1 - .025 ** (1 / 100)
    every = paired("sensitivity", *two([1] * 100, [1] * 100, [0] * 100))
    assert 0.9 < every.low < every.high == 1


def errs(claim, at, draws, *, seed, clusters=50, size=4):
    """How often a claim with a margin of 0.1 is shown where the true difference is `at`, over clusters."""
    rng, shown = np.random.default_rng(seed), 0
    codes = np.repeat(np.arange(clusters), size)
    n = clusters * size
    for _ in range(draws):
        shared = rng.normal(size=(2, clusters))[:, codes] * 0.8 + rng.normal(size=clusters)[codes] * 0.8
        noise = shared + rng.normal(size=(2, n))
        spread = np.sqrt(1 + 0.64 + 0.64)
        right = noise < np.array([[ndtri(0.8 + at)], [ndtri(0.8)]]) * spread
        found = paired("sensitivity", *two([1] * n, right[0], right[1], codes))
        shown += judge(found, claim, 0.1) == "shown"
    return shown / draws


def test_at_the_margin_non_inferiority_and_equivalence_are_rarely_shown():
    # A true difference at the margin: the error is 2.5 %; of 400 draws 5 % or more come in one of 500.
    assert errs("non-inferior", -0.1, 400, seed=1) < 0.05
    assert errs("equivalent", 0.1, 400, seed=2) < 0.05
    assert errs("non-inferior", 0.0, 200, seed=3) > 0.3  # and it can be shown where it is true


@pytest.mark.soak
@pytest.mark.parametrize("claim", ["non-inferior", "equivalent"])
@pytest.mark.parametrize(("clusters", "size"), [(30, 1), (30, 6), (100, 1), (100, 6)])
def test_error_rates_over_a_grid(claim, clusters, size):
    at = -0.1 if claim == "non-inferior" else 0.1
    rate = errs(claim, at, 4000, seed=clusters + size, clusters=clusters, size=size)
    assert rate < 0.037, rate  # 2.5 %, and what few clusters of a skewed difference add

"""Corrections for a judge's errors: closed forms, another implementation's numbers, and coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medassay.statistics.clusters import clustered_error
from medassay.statistics.judged import labels_alone, prediction_powered, rogan_gladen


def drawn(rng, *, clusters=150, size=2, labelled=60, sensitivity=0.85, specificity=0.75, right=0.6):
    """Truth that hangs together within clusters, a judge with its own two rates, and labels on some rows."""
    tilt = rng.beta(4 * right, 4 * (1 - right), clusters)
    truth = (rng.random((clusters, size)) < tilt[:, None]).astype(float).ravel()
    called = np.where(
        truth == 1, rng.random(len(truth)) < sensitivity, rng.random(len(truth)) >= specificity
    ).astype(float)
    chosen = rng.choice(clusters, labelled, replace=False)
    codes = np.repeat(np.arange(clusters), size)
    label = np.where(np.isin(codes, chosen), truth, np.nan)
    return called, label, codes


def test_it_is_the_formula_where_labelled_rows_are_few_among_many():
    rng = np.random.default_rng(1)
    verdict, label, codes = drawn(rng, clusters=40_000, size=1, labelled=200)
    gap = (label - verdict)[~np.isnan(label)]
    found = prediction_powered(verdict, label, codes)
    assert found.value == pytest.approx(verdict.mean() + gap.mean())
    assert found.se == pytest.approx(math.sqrt(verdict.var() / 40_000 + gap.var() / 200), rel=0.02)


def test_it_is_what_ppi_python_gives():
    # ppi-python 0.2.3, ppi_mean_ci with lam = 1700/2000: a mean over all rows is that weight over the rest
    rng = np.random.default_rng(11)
    truth = (rng.random(2000) < 0.6).astype(float)
    verdict = np.where(truth == 1, rng.random(2000) < 0.85, rng.random(2000) < 0.25).astype(float)
    found = prediction_powered(verdict, np.where(np.arange(2000) < 300, truth, np.nan), np.arange(2000))
    assert found.value == pytest.approx(0.6425, abs=1e-9)
    assert found.value + 1.959964 * found.se == pytest.approx(0.69291824, abs=2e-5)


def test_rogan_gladen_by_hand():
    # 7 of 10 called right; of the labelled 16 of 20 right ones and 3 of 10 wrong ones were
    verdict = np.repeat([1.0, 0.0], [7000, 3000])
    label = np.full(10_000, np.nan)
    label[:16], label[16:19], label[7000:7004], label[7004:7011] = 1, 0, 1, 0
    found = rogan_gladen(verdict, label, np.arange(10_000))
    assert found.value == pytest.approx((0.7 + 0.7 - 1) / (0.8 + 0.7 - 1))
    # the classical variance: with few labelled among many judged rows, the three rates are independent
    p = found.value
    variance = 0.7 * 0.3 / 10_000 + p**2 * 0.8 * 0.2 / 20 + (1 - p) ** 2 * 0.7 * 0.3 / 10
    assert found.se == pytest.approx(math.sqrt(variance) / 0.5, rel=0.02)


def test_a_judge_no_better_than_a_coin_corrects_nothing():
    verdict, label = np.array([1.0, 0.0] * 20), np.array([1.0, 1.0, 0.0, 0.0] * 10)
    found = rogan_gladen(verdict, label, np.arange(40))
    assert found.value is None
    assert "sum to 1.00" in found.note
    assert prediction_powered(verdict, label, np.arange(40)).value == 0.5


def test_a_perfect_judge_still_has_the_uncertainty_of_its_rates():
    rng = np.random.default_rng(2)
    verdict, label, codes = drawn(rng, sensitivity=1.0, specificity=1.0)
    found = rogan_gladen(verdict, label, codes)
    assert found.value == pytest.approx(verdict.mean())
    powered = prediction_powered(verdict, label, codes)
    assert found.se > powered.se > clustered_error(verdict, codes)


@pytest.mark.parametrize("labels", [[], [1.0], [1.0, 1.0, 1.0]])
def test_too_few_labels_give_no_value(labels):
    label = np.full(10, np.nan)
    label[: len(labels)] = labels
    found = rogan_gladen(np.ones(10), label, np.arange(10))
    assert found.value is None
    assert found.note.startswith("no value")
    assert (prediction_powered(np.ones(10), label, np.arange(10)).value is None) == (len(labels) < 2)


def test_labels_that_all_agree_still_leave_doubt():
    label = np.where(np.arange(100) < 40, 1.0, np.nan)
    for found in (
        labels_alone(label, np.arange(100)),
        prediction_powered(np.ones(100), label, np.arange(100)),
    ):
        assert found.value == 1
        assert 0.9 < found.low < 0.97


@given(st.floats(-0.5, 0.5), st.integers(0, 2**32 - 1))
def test_a_shift_of_all_verdicts_changes_nothing(shift, seed):
    verdict, label, codes = drawn(np.random.default_rng(seed), clusters=40, labelled=15)
    one, other = prediction_powered(verdict, label, codes), prediction_powered(verdict + shift, label, codes)
    assert other.value == pytest.approx(one.value, abs=1e-9)
    assert other.se == pytest.approx(one.se, abs=1e-9)


def test_coverage_over_clusters():
    rng = np.random.default_rng(3)
    hits = dict.fromkeys(("prediction-powered", "Rogan-Gladen", "labels alone"), 0)
    widths = dict.fromkeys(hits, 0.0)
    runs = 400
    for _ in range(runs):
        verdict, label, codes = drawn(rng, sensitivity=0.92, specificity=0.88)
        for estimate in (prediction_powered, rogan_gladen):
            found = estimate(verdict, label, codes)
            hits[found.method] += found.low <= 0.6 <= found.high
            widths[found.method] += found.high - found.low
        found = labels_alone(label, codes)
        hits[found.method] += found.low <= 0.6 <= found.high
        widths[found.method] += found.high - found.low
    assert all(0.92 < hit / runs < 0.98 for hit in hits.values()), hits
    assert widths["prediction-powered"] < widths["labels alone"]


def test_the_difference_of_two_models_under_a_judge_that_favours_one():
    rng = np.random.default_rng(4)
    covered = naive = 0
    runs, n = 300, 300
    for _ in range(runs):
        first, second = (rng.random(n) < 0.6).astype(float), (rng.random(n) < 0.6).astype(float)
        of_first = np.where(rng.random(n) < 0.2, 1.0, first)  # its own style: mistakes are forgiven
        of_second = np.where(rng.random(n) < 0.1, 0.0, second)
        difference = of_first - of_second
        label = np.where(np.arange(n) < 100, first - second, np.nan)
        found = prediction_powered(difference, label, np.arange(n))
        covered += found.low <= 0 <= found.high
        half = 1.96 * difference.std(ddof=1) / math.sqrt(n)
        naive += abs(difference.mean()) <= half
    assert 0.92 < covered / runs < 0.98
    assert naive / runs < 0.5

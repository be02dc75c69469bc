"""AUROC and its clustered variance against scikit-learn, DeLong by hand and the definition."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from medassay.statistics import auroc
from medassay.statistics.auroc import Area, area, difference, interval, is_rough, placements, problems


def binary(truth, score, codes=None):
    truth, score = np.asarray(truth), np.asarray(score, dtype=float)
    codes = np.arange(len(truth)) if codes is None else np.asarray(codes)
    return problems(truth, np.stack([1 - score, score], axis=1), codes)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=2, max_size=60))
def test_equals_scikit_learn_with_ties(rows):
    truth, score = np.array([t for t, _ in rows]).astype(int), np.array([s for _, s in rows]) / 8
    found = binary(truth, score)
    if truth.min() == truth.max():
        assert found == []
    else:
        assert area(found).value == pytest.approx(roc_auc_score(truth, score), abs=1e-12)
        placed = placements(found[0])
        assert placed[truth == 0].mean() == pytest.approx(placed[truth == 1].mean(), abs=1e-12)


def test_delong_by_hand():
    # Positives .8 .6 .4, negatives .5 .3 .2: placements 1, 1, 2/3 and 2/3, 1, 1; both variances 1/27.
    (ranking,) = binary([1, 1, 1, 0, 0, 0], [0.8, 0.6, 0.4, 0.5, 0.3, 0.2])
    assert placements(ranking) == pytest.approx([1, 1, 2 / 3, 2 / 3, 1, 1])
    found = area([ranking])
    assert found.value == pytest.approx(8 / 9)
    assert found.error**2 == pytest.approx((1 / 27) / 3 + (1 / 27) / 3)
    assert (found.positives, found.negatives, found.pairs) == (3, 3, 3)


def obuchowski(truth, score, codes):
    """The formulas of the paper, loop by loop."""
    up, down = np.flatnonzero(truth == 1), np.flatnonzero(truth == 0)

    def psi(i, j):
        return float(score[i] > score[j]) + 0.5 * float(score[i] == score[j])

    theta = np.mean([psi(i, j) for i in up for j in down])
    v10 = {i: np.mean([psi(i, j) for j in down]) for i in up}
    v01 = {j: np.mean([psi(i, j) for i in up]) for j in down}
    names = np.unique(codes)
    a = np.array([sum(v10[i] - theta for i in up if codes[i] == c) for c in names])
    b = np.array([sum(v01[j] - theta for j in down if codes[j] == c) for c in names])
    m, n, count = len(up), len(down), len(names)
    i10, i01 = len(set(codes[up])), len(set(codes[down]))
    s10 = i10 / ((i10 - 1) * m) * (a**2).sum()
    s01 = i01 / ((i01 - 1) * n) * (b**2).sum()
    s11 = count / (count - 1) * (a * b).sum()
    return theta, s10 / m + s01 / n + 2 * s11 / (m * n)


def test_clustered_variance_is_obuchowskis():
    rng = np.random.default_rng(3)
    codes = rng.integers(25, size=120)
    truth = (rng.random(120) < 0.4).astype(int)
    score = np.round(rng.random(120) * 0.5 + 0.2 * truth + 0.2 * rng.random(25)[codes], 1)
    theta, variance = obuchowski(truth, score, codes)
    found = area(binary(truth, score, codes))
    assert found.value == pytest.approx(theta)
    assert found.error == pytest.approx(math.sqrt(variance))


def test_a_difference_is_delongs_by_definition_and_clusters_count_once():
    generator = np.random.default_rng(6)
    truth = generator.random(80) < 0.4
    one, other = generator.normal(size=(2, 80)) + truth + generator.normal(size=80)
    (first,), (second,) = binary(truth.astype(int), one), binary(truth.astype(int), other)
    found = difference(first, second)
    apart = placements(first) - placements(second)
    variance = apart[truth].var(ddof=1) / truth.sum() + apart[~truth].var(ddof=1) / (~truth).sum()
    assert found.value == pytest.approx(roc_auc_score(truth, one) - roc_auc_score(truth, other))
    assert found.error**2 == pytest.approx(variance)
    low, high = found.interval() or (0.0, 0.0)
    assert low < found.value < high
    codes = np.repeat(np.arange(80), 2)
    twice = [binary(np.repeat(truth, 2).astype(int), np.repeat(score, 2), codes)[0] for score in (one, other)]
    assert difference(*twice).error == pytest.approx(found.error)


def test_copying_rows_within_their_clusters_changes_nothing():
    rng = np.random.default_rng(4)
    truth, score = rng.integers(2, size=60), rng.random(60)
    once = area(binary(truth, score))
    thrice = area(binary(np.repeat(truth, 3), np.repeat(score, 3), np.repeat(np.arange(60), 3)))
    assert (thrice.value, thrice.error) == pytest.approx((once.value, once.error))


def test_macro_is_the_mean_over_classes_and_its_variance_that_of_the_bootstrap():
    rng = np.random.default_rng(5)
    truth = rng.integers(3, size=600)
    logits = rng.standard_normal((600, 3)) + 0.8 * np.eye(3)[truth]
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    codes = np.arange(600) // 2
    found = area(problems(truth, probs, codes))
    assert found.value == pytest.approx(roc_auc_score(truth, probs, multi_class="ovr"))
    draws = []
    for _ in range(400):
        rows = (2 * rng.integers(300, size=300)[:, None] + np.arange(2)).ravel()
        draws.append(area(problems(truth[rows], probs[rows], codes)).value)
    assert found.error == pytest.approx(np.std(draws), rel=0.1)


def test_a_class_against_its_mirror_image_adds_no_precision():
    rng = np.random.default_rng(6)
    truth, score = rng.integers(2, size=80), rng.random(80)
    one = binary(truth, score)
    both = problems(np.stack([1 - truth, truth], axis=1), np.stack([1 - score, score], axis=1), np.arange(80))
    assert (area(both).value, area(both).error) == pytest.approx((area(one).value, area(one).error))


def test_rows_without_probabilities_rank_worst():
    truth, score = [1, 1, 0, 0], [np.nan, 0.9, 0.1, np.nan]
    assert area(binary(truth, score)).value == pytest.approx(1 / 4)  # only .9 against .1 is in order
    assert binary(truth, [np.nan] * 4) == []


def test_unknown_truth_takes_no_part_and_absent_classes_are_no_problem():
    probs = np.array([[0.2, 0.8, 0.0], [0.7, 0.3, 0.0], [0.5, 0.5, 0.0]])
    assert len(problems(np.array([1, 0, -1]), probs, np.arange(3))) == 2
    labels = np.array([[1, 0, 0], [0, 1, 0], [-1, 1, 0]])
    found = problems(labels, probs, np.arange(3))
    assert [len(problem.truth) for problem in found] == [2, 3]


def test_interval_counts_the_clusters_of_the_rarer_side():
    rng = np.random.default_rng(7)
    truth = np.repeat([1, 0], [9, 91])
    assert interval(area(binary(truth, rng.random(100)))) is None
    truth = np.repeat([1, 0], [10, 90])
    low, high = interval(area(binary(truth, rng.random(100)))) or (1, 0)
    assert 0 < low < high < 1
    assert (
        interval(area(binary(truth, rng.random(100), np.arange(100) // 2))) is None
    )  # ten rows, five clusters


def test_a_perfect_ranking_is_bounded_by_its_disjoint_pairs():
    truth = np.repeat([1, 0], [12, 50])
    low, high = interval(area(binary(truth, truth * 0.5))) or (0, 0)
    assert (low, high) == pytest.approx((0.025 ** (1 / 12), 1))
    low, high = interval(area(binary(truth, 0.5 - truth * 0.5))) or (0, 0)
    assert (low, high) == pytest.approx((0, 1 - 0.025 ** (1 / 12)))
    assert auroc.FEWEST_CLUSTERS == 10


def test_with_few_positives_the_interval_still_covers():
    """Binormal, AUROC .95, 10 positives: percentiles cover .83, DeLong on the logit scale .89 here."""
    rng, shift, held = np.random.default_rng(11), 1.6448536 * math.sqrt(2), []
    truth = np.repeat([1, 0], [10, 60])
    for _ in range(400):
        low, high = interval(area(binary(truth, rng.standard_normal(70) + shift * truth))) or (1, 0)
        held.append(low <= 0.95 <= high)
    assert 0.92 <= np.mean(held) <= 1


def test_the_interval_is_stretched_near_one_and_says_when_it_is_rough():
    far = Area(value=0.7, error=0.03, positives=100, negatives=500, pairs=100)
    near = Area(value=0.99, error=0.004, positives=60, negatives=500, pairs=60)

    def half(found):
        low, high = interval(found) or (0, 0)
        return (
            (scipy.special.logit(high) - scipy.special.logit(low))
            / 2
            * found.value
            * (1 - found.value)
            / found.error
        )

    quantile = {found.positives: scipy.stats.t.ppf(0.975, found.positives - 1) for found in (far, near)}
    assert half(far) == pytest.approx(quantile[100] * math.sqrt(0.698 * 0.302 / 0.21), abs=0.002)
    one_more = (0.99 * 60 + 0.5) / 61
    assert half(near) == pytest.approx(quantile[60] * math.sqrt(one_more * (1 - one_more) / 0.0099))
    assert half(near) > 1.3 * quantile[60]
    assert is_rough(near.value, near.rarer)
    assert not is_rough(far.value, far.rarer)
    assert is_rough(far.value, 49)

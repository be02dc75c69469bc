"""Groups compared: by hand, where they differ, where they are alike, and where they are too small."""

import numpy as np
import pytest
from scipy.stats import fisher_exact
from sklearn.metrics import roc_auc_score
from tests.statistics.fairness.kit import of, people

from medassay.statistics.fairness import parity
from medassay.statistics.fairness.chance import Chance
from medassay.statistics.fairness.quantities import ACCURACY, POSITIVE_RATE
from medassay.statistics.fairness.summaries import against


def _parity(held, group, names=("a", "b", "c"), **rest):
    return parity(held, group, list(names), attribute="group", seed="test", **rest)


def _by_name(found):
    return {each.name: each for each in found.quantities}


def test_numbers_by_hand():
    held, group = people(600, seed=1, worse=2)
    found, parts = _parity(held, group), [held.choose(np.flatnonzero(group == k)) for k in range(3)]
    named, summaries = _by_name(found), {gap.name: gap for gap in found.summaries}
    areas = np.array([roc_auc_score(part.truth, part.prob) for part in parts])
    tpr, fpr = (np.array([p.decision[p.truth == value].mean() for p in parts]) for value in (1, 0))
    called = np.array([part.decision.mean() for part in parts])
    whole = roc_auc_score(held.truth, held.prob)
    contrasts = named["auroc"].contrasts
    assert [c.value for c in contrasts] == pytest.approx(areas)
    assert contrasts[0].difference == pytest.approx(areas[0] - (areas[1] + areas[2]) / 2)
    assert named["positive_rate"].gap.value == pytest.approx(np.ptp(called))
    assert summaries["equalized_odds_difference"].value == pytest.approx(max(np.ptp(tpr), np.ptp(fpr)))
    assert summaries["equalized_odds_score"].value == pytest.approx(1 - (np.ptp(tpr) + np.ptp(fpr)) / 2)
    assert summaries["disparate_impact"].value == pytest.approx(called.min() / called.max())
    assert summaries["equity_scaled_auroc"].value == pytest.approx(whole / (1 + np.abs(whole - areas).sum()))


def test_a_group_that_is_served_worse_is_found_and_named():
    held, group = people(900, seed=2, strength=2.5, worse=2)
    ranked = _by_name(_parity(held, group))["auroc"]
    assert (ranked.verdict, ranked.worst) == ("differs", "c")
    assert ranked.contrasts[2].difference_high < 0 < ranked.gap.low
    assert ranked.gap.p < 0.01


def test_the_gap_of_equal_groups_is_that_of_chance_and_its_interval_reaches_zero():
    gaps, expected = [], []
    for seed in range(8):
        held, group = people(180, seed=seed)
        gap = _by_name(_parity(held, group))["accuracy"].gap
        gaps.append(gap.value)
        expected.append(gap.expected)
        assert gap.low == 0 or gap.p < 0.05
    assert np.mean(gaps) > 0.04  # though all are equal
    assert np.mean(gaps) == pytest.approx(np.mean(expected), rel=0.4)


def test_exchanges_keep_the_truth_where_they_should_and_agree_with_fisher_where_not():
    called = np.array([1] * 28 + [0] * 2 + [1] * 20 + [0] * 10)
    held = of(np.arange(60), called, np.where(called, 0.9, 0.1))
    chance = Chance(people=held, groups=np.repeat([0, 1], 30), width=2, seed="s")
    assert chance.values(ACCURACY) == pytest.approx(1.0)  # everyone is right, whoever they are
    called_by_truth = chance.observed(POSITIVE_RATE)
    assert called_by_truth == pytest.approx([28 / 30, 20 / 30])
    _, p = against(float(np.ptp(called_by_truth)), chance.gaps(POSITIVE_RATE, [0, 1]))
    assert p == pytest.approx(fisher_exact([[28, 2], [20, 10]]).pvalue, abs=0.01)


def test_a_perfect_group_is_bounded_exactly():
    rng = np.random.default_rng(0)
    truth = np.tile([0, 1], 100)
    prob = np.where(np.arange(200) < 100, truth * 0.8 + 0.1, rng.random(200))
    found = _by_name(_parity(of(np.arange(200), truth, prob), np.repeat([0, 1], 100), ("a", "b")))
    assert found["tpr"].method.startswith("each group's exact interval")
    assert found["tpr"].verdict == "differs"
    assert found["tpr"].contrasts[0].difference_low > 0


def test_small_groups_are_listed_and_not_compared():
    held, group = people(150)
    group = np.where((group == 2) & (np.arange(150) > 40), -1, group)
    found = _parity(held, group)
    assert [each.compared for each in found.groups] == [True, True, False]
    assert {c.group for c in found.quantities[0].contrasts} == {"a", "b"}
    assert any("do not state it" in note for note in found.notes)


def test_a_group_with_few_positives_is_left_out_of_rankings_only():
    held, group = people(300)
    truth = np.where((group == 1) & (np.cumsum(group == 1) > 12), 0, held.truth)
    found = _by_name(_parity(of(held.codes, truth, held.prob), group))
    assert "fewer than 10" in dict(found["auroc"].left_out)["b"]
    assert len(found["auroc"].contrasts) == 2
    assert len(found["accuracy"].contrasts) == 3


def test_failed_rows_leave_no_verdict_and_one_group_nothing_to_compare():
    held, group = people(900, seed=2, strength=2.5, worse=2)
    assert _by_name(_parity(held, group, incomplete=True))["auroc"].verdict == "incomplete"
    alone = _parity(held, np.zeros(900, int), ("a",))
    assert not alone.quantities
    assert "nothing to compare" in alone.notes[-1]


def test_one_question_in_two_languages_is_exchanged_within_the_question():
    rng = np.random.default_rng(0)
    codes, group = np.repeat(np.arange(80), 2), np.tile([0, 1], 80)
    right = np.repeat(rng.random(80) < 0.6, 2) & ~((group == 1) & (rng.random(160) < 0.25))
    held = of(codes, right.astype(int), np.ones(160))
    found = _parity(held, group, ("en", "pt"))
    assert "clusters hold several groups" in found.notes[0]
    assert _by_name(found)["accuracy"].verdict == "differs"


def test_what_an_interval_rests_on_is_counted_by_the_rarer_class():
    rng = np.random.default_rng(2)
    group = np.repeat([0, 1], 400)
    truth = np.where(group == 0, np.arange(800) % 2, np.arange(800) % 16 == 0)
    prob = 1 / (1 + np.exp(-rng.normal(size=800) - truth))
    named = _by_name(_parity(of(np.arange(800), truth, prob), group, "ab"))
    assert named["auroc"].notes == ("b: 25 clusters of the rarer class, interval unreliable",)
    assert named["tpr"].notes == ("b: 25 clusters, interval unreliable",)
    assert named["accuracy"].notes == ()


def test_a_ranking_with_hardly_a_cluster_out_of_order_is_warned_of():
    """Of 200 positive clusters of each group one has the lowest score of all: AUROC .995."""
    rng = np.random.default_rng(2)
    truth = np.arange(800) % 2
    score = truth + rng.normal(size=800) * 0.01 - 2 * (np.arange(800) % 400 == 1)
    held = of(np.arange(800), truth, 1 / (1 + np.exp(-score)))
    named = _by_name(_parity(held, np.repeat([0, 1], 400), "ab"))
    assert named["auroc"].contrasts[0].value == pytest.approx(0.995)
    said = "hardly a cluster out of order, interval unreliable"
    assert named["auroc"].notes == (f"a: {said}", f"b: {said}")

"""Several comparisons at once: nothing is claimed that the family does not bear, and nothing contradicts."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.statistics.cases import auroc_metric, mean_of, row
from tests.statistics.test_paired import ranked

from medassay.statistics import compare_all
from medassay.statistics.clusters import clustered_error
from medassay.statistics.contrasts import Contrast, contrasts
from medassay.types import Row

ACCURACY = mean_of("accuracy")


def side(values: np.ndarray, size: int) -> list[Row]:
    return [row(str(i), right=float(v), cluster=f"p{i // size}") for i, v in enumerate(values)]


def pair(
    a: np.ndarray, b: np.ndarray, *, seed: str = "s", size: int = 1, margin: float | None = None
) -> Contrast:
    (held,) = contrasts(side(a, size), side(b, size), ACCURACY, seed=seed, margin=margin)
    return held


def noise(seed: int, n: int, share: float = 0.6) -> np.ndarray:
    return (np.random.default_rng(seed).random(n) < share).astype(float)


def test_the_same_comparison_many_times_costs_nothing():
    a, b = noise(0, 300), noise(1, 300)
    once, *_ = found = compare_all([pair(a, b)] * 8)
    difference = a - b
    half = scipy.stats.t.ppf(0.975, 299) * scipy.stats.sem(difference)
    assert [once.low, once.high] == pytest.approx(
        [difference.mean() - half, difference.mean() + half], abs=2e-3
    )
    assert once.p == pytest.approx(scipy.stats.ttest_1samp(difference, 0).pvalue, abs=0.02)
    assert len({(one.low, one.high, one.p) for one in found}) == 1


def test_independent_benchmarks_cost_what_sidak_says():
    found = compare_all([pair(noise(i, 400), noise(i + 50, 400), seed=f"benchmark {i}") for i in range(10)])
    for i, one in enumerate(found):
        difference = noise(i, 400) - noise(i + 50, 400)
        half = (one.high - one.low) / 2 / scipy.stats.sem(difference)
        assert half == pytest.approx(scipy.stats.norm.isf((1 - 0.95**0.1) / 2), abs=0.1)
        assert one.alone is not None
        assert one.alone.low > one.low
        assert one.alone.high < one.high
        alone = scipy.stats.ttest_1samp(difference, 0).pvalue
        assert one.p == pytest.approx(1 - (1 - alone) ** 10, abs=0.03)


def test_few_clusters_are_referred_to_t():
    a, b = noise(3, 60, 0.7), noise(4, 60, 0.5)
    wide, _ = compare_all([pair(a, b, size=5)] * 2)
    half = scipy.stats.t.ppf(0.975, 11) * clustered_error(a - b, np.arange(60) // 5)
    assert (wide.high - wide.low) / 2 == pytest.approx(half, rel=0.04)
    assert wide.n_clusters == 12


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 99), st.floats(-0.3, 0.3)), min_size=2, max_size=5))
def test_interval_p_and_verdict_never_contradict(cases):
    family = [
        pair(noise(seed, 60, 0.5 + gain / 2), noise(seed + 1, 60, 0.5 - gain / 2), seed=str(seed), margin=0.2)
        for seed, gain in cases
    ]
    for one in compare_all(family, draws=400):
        excludes = not one.low <= 0 <= one.high
        assert excludes == (one.p < 0.05)
        if one.verdict != "equivalent":
            assert one.verdict == (
                "inconclusive" if not excludes else "A better" if one.low > 0 else "B better"
            )
        assert one.family == len(cases)


def test_a_family_of_equal_systems_is_rarely_told_apart():
    wrong = 0
    for seed in range(150):
        rng = np.random.default_rng(seed)
        hard = np.repeat(rng.beta(2, 2, size=(4, 60)), 3, axis=1)
        family = [
            pair(*((rng.random((2, 180)) < hard[k]).astype(float)), seed=str(k), size=3) for k in range(4)
        ]
        wrong += any(one.verdict != "inconclusive" for one in compare_all(family, draws=400))
    assert wrong / 150 < 0.05 + 2.6 * np.sqrt(0.05 * 0.95 / 150)


def test_equal_answers_keep_their_exact_interval_at_their_share_of_the_error():
    a = noise(5, 200)
    same, other = compare_all([pair(a, a, margin=0.05), pair(a, noise(6, 200), seed="t", margin=0.05)])
    assert (same.difference, same.verdict, same.p) == (0, "equivalent", 1)
    assert same.high == pytest.approx(1 - (0.025 / 2) ** (1 / 200))
    assert same.method == "exact, on the number of clusters, Bonferroni"
    assert other.method == other.test == "max-T over cluster resamples"


def test_rankings_join_a_family():
    (sides,) = contrasts(ranked(2.0, 5), ranked(0.1, 6), auroc_metric(), seed="s")
    found, _ = compare_all([sides, pair(noise(1, 90), noise(2, 90), seed="t")], draws=1000)
    assert found.verdict == "A better"
    assert found.low > 0
    assert found.method == "max-T over cluster resamples"


def test_one_alone_is_judged_by_itself():
    (found,) = compare_all([pair(noise(8, 100), noise(9, 100))])
    assert (found.test, found.family, found.alone) == ("McNemar, exact", 1, None)

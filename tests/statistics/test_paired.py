"""Two systems on the same items: numbers by hand, verdicts, and what is left open."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import scipy.stats
from tests.statistics.cases import ERROR, auroc_metric, mean_of, row

from medassay.errors import UsageError
from medassay.statistics import compare
from medassay.statistics.clusters import clustered_error
from medassay.types import Metric, Row

ACCURACY = mean_of("accuracy")


def runs(a: list[float], b: list[float], size: int = 1) -> tuple[list[Row], list[Row]]:
    """Two runs with these scores, `size` rows to a cluster."""
    return side(a, size), side(b, size)


def side(values: list[float], size: int) -> list[Row]:
    return [row(str(i), right=right, cluster=f"p{i // size}") for i, right in enumerate(values)]


def scores(n: int, gain: float, seed: int = 0) -> tuple[list[float], list[float]]:
    """Right-or-wrong scores of two systems that find the same items hard."""
    rng = np.random.default_rng(seed)
    hard = rng.random(n)
    other = 0.5 * hard + 0.5 * rng.permuted(hard)
    return (hard < 0.5 + gain).astype(float).tolist(), (other < 0.5).astype(float).tolist()


def test_independent_rows_by_hand():
    a, b = [1.0] * 70 + [0.0] * 30, [1.0] * 55 + [0.0] * 40 + [1.0] * 5
    found = compare(*runs(a, b), ACCURACY, seed="s")
    difference = np.array(a) - np.array(b)
    assert (found.a, found.b, found.difference) == pytest.approx((0.7, 0.6, 0.1))
    assert (found.only_a, found.only_b) == (15, 5)
    assert found.se == pytest.approx(scipy.stats.sem(difference))
    assert found.test == "McNemar, exact"
    assert found.p == pytest.approx(scipy.stats.binomtest(5, 20).pvalue)
    assert found.correlation == pytest.approx(np.corrcoef(a, b)[0, 1])
    assert found.low == pytest.approx(0.1 - 1.96 * scipy.stats.sem(difference), abs=0.02)
    assert found.high == pytest.approx(0.1 + 1.96 * scipy.stats.sem(difference), abs=0.02)
    assert (found.verdict, found.n, found.n_clusters, found.note) == ("A better", 100, 100, "")


def test_the_sides_exchanged_give_the_mirror_image():
    a, b = runs(*scores(200, 0.1))
    one, other = compare(a, b, ACCURACY, seed="s"), compare(b, a, ACCURACY, seed="s")
    assert (one.low, one.high, one.p) == pytest.approx((-(other.high or 0), -(other.low or 0), other.p))
    assert (one.only_a, one.only_b) == (other.only_b, other.only_a)


def test_rows_of_one_cluster_are_no_independent_evidence():
    a, b = [1.0] * 70 + [0.0] * 30, [1.0] * 55 + [0.0] * 40 + [1.0] * 5
    found = compare(*runs(a, b, size=5), ACCURACY, seed="s")
    assert found.n_clusters == 20
    assert found.test == "exchange of clusters"
    assert found.se == pytest.approx(clustered_error(np.array(a) - np.array(b), np.arange(100) // 5))
    assert found.p == pytest.approx(2 * 5 / 16, abs=0.02)  # of four clusters' signs: |sum| >= 2 of 3 + 1
    assert found.verdict == "inconclusive"


def test_fractions_are_compared_by_exchange_and_have_no_discordant_rows():
    rng = np.random.default_rng(1)
    base = rng.random(60)
    found = compare(*runs((base + 0.1).tolist(), base.tolist()), mean_of("accuracy", "bootstrap"), seed="s")
    assert (found.only_a, found.test) == (None, "exchange of clusters")
    assert found.difference == pytest.approx(0.1)


def test_equal_needs_a_margin():
    a, b = scores(1200, 0.0, seed=3)
    b = [1 - x if i in (5, 700) else x for i, x in enumerate(a)]
    assert compare(*runs(a, b), ACCURACY, seed="s").verdict == "inconclusive"
    assert compare(*runs(a, b), ACCURACY, seed="s", margin=0.02).verdict == "equivalent"
    assert compare(*runs(a, b), ACCURACY, seed="s", margin=1e-5).verdict == "inconclusive"
    with pytest.raises(UsageError, match="margin"):
        compare(*runs(a, b), ACCURACY, seed="s", margin=0)


def test_sides_that_agree_on_every_row_still_have_an_interval():
    a, _ = scores(100, 0.0)
    found = compare(*runs(a, a), ACCURACY, seed="s", margin=0.05)
    reach = 1 - 0.025 ** (1 / 100)
    assert (found.low, found.high) == pytest.approx((-reach, reach))
    assert (found.p, found.verdict, found.note) == (1.0, "equivalent", "the same difference on every row")
    assert compare(*runs(a, a), ACCURACY, seed="s", margin=0.02).verdict == "inconclusive"


def test_missing_rows_are_wrong_and_failed_rows_leave_no_verdict():
    a, b = runs([1.0] * 50, [0.0] * 20 + [1.0] * 30)
    found = compare(a, b[:-5], ACCURACY, seed="s")
    assert (found.n, found.b, found.missing_b, found.missing_a) == (50, 0.5, 5, 0)
    assert found.verdict == "A better"
    broken = [replace(each, score=replace(each.score, status="failed", values={})) for each in a[:2]]
    found = compare([*broken, *a[2:]], b, ACCURACY, seed="s")
    assert (found.n, found.failed, found.verdict) == (48, 2, "incomplete")
    assert found.a == 1.0


def test_only_rows_of_the_slice_are_compared():
    a, b = runs([1.0, 0.0] * 30, [0.0, 1.0] * 30)
    for rows in (a, b):
        for i, each in enumerate(rows):
            rows[i] = replace(each, sample=replace(each.sample, tags={"organ": "ab"[i % 2]}))
    found = compare(a, b, ACCURACY, seed="s", where={"organ": "b"})
    assert (found.slice, found.n, found.difference, found.verdict) == ("organ=b", 30, -1.0, "B better")
    share = 0.025 ** (1 / 30)
    assert (found.low, found.high) == pytest.approx((-1, -share + 1 - share))
    with pytest.raises(UsageError, match="no row is left"):
        compare(a, b, ACCURACY, seed="s", where={"organ": "c"})


def test_smaller_errors_are_better_and_need_a_number_on_both_sides():
    a = [row(str(i), kind="number", cluster=f"p{i}", values={"absolute_error": 1 + i % 3}) for i in range(40)]
    b = [row(str(i), kind="number", cluster=f"p{i}", values={"absolute_error": 2 + i % 4}) for i in range(40)]
    b[0] = row("0", kind="number", cluster="p0", status="unparsed")
    found = compare(a, b, ERROR, seed="s")
    assert (found.n, found.verdict) == (39, "A better")
    assert found.difference < 0
    assert "1 without a value on a side" in found.note


def ranked(gain: float, seed: int, n: int = 80) -> list[Row]:
    rng, noise = np.random.default_rng(1), np.random.default_rng(seed)
    truth = rng.integers(2, size=n)
    probs = 1 / (1 + np.exp(-(gain * (2 * truth - 1) + noise.standard_normal(n))))
    return [
        row(str(i), cluster=f"p{i}", gold=("yes", "no")[t], probs=(1 - float(p), float(p)))
        for i, (t, p) in enumerate(zip(truth, probs, strict=True))
    ]


def test_rankings_are_compared_by_delongs_error():
    found = compare(ranked(2.0, 5), ranked(0.1, 6), auroc_metric(), seed="s")
    assert found.verdict == "A better"
    assert (found.test, found.method) == ("Student's t", "Obuchowski, Student's t")
    assert (found.only_a, found.correlation) == (None, None)
    assert found.se == pytest.approx(delong(ranked(2.0, 5), ranked(0.1, 6)))
    assert found.low is not None
    assert found.low < found.difference < (found.high or 0)


def delong(a: list[Row], b: list[Row]) -> float:
    """By pairs of a positive and a negative row, as the paper writes it."""
    psi = []
    for rows in (a, b):
        yes, no = (
            [r.response.probs[0] for r in rows if r.sample.target.texts == (gold,) and r.response.probs]
            for gold in ("yes", "no")
        )
        psi.append(np.array([[(x > y) + (x == y) / 2 for y in no] for x in yes]))
    apart = psi[0] - psi[1]
    m, n = apart.shape
    return float(np.sqrt(apart.mean(axis=1).var(ddof=1) / m + apart.mean(axis=0).var(ddof=1) / n))


def test_what_is_no_function_of_sums_is_compared_by_the_bootstrap():
    found = compare(ranked(2.0, 5), ranked(0.1, 6), auroc_metric("bootstrap"), seed="s")
    assert (found.verdict, found.test) == ("A better", "normal, bootstrap standard error")
    assert found.se == pytest.approx(delong(ranked(2.0, 5), ranked(0.1, 6)), rel=0.1)


def test_equal_rankings_vary_in_nothing():
    found = compare(ranked(1.0, 5), ranked(1.0, 5), auroc_metric(), seed="s")
    assert (found.difference, found.low, found.high, found.verdict) == (0.0, None, None, "inconclusive")


def test_of_rankings_the_clusters_of_the_rarer_class_count():
    def some(positives: int, seed: int) -> list[Row]:
        rows = ranked(1.0, seed, n=400)
        yes = [row for row in rows if row.sample.target.texts == ("yes",)][:positives]
        return yes + [row for row in rows if row.sample.target.texts == ("no",)]

    found = compare(some(30, 5), some(30, 6), auroc_metric(), seed="s")
    assert found.n_clusters > 200
    assert found.note == "30 clusters of the rarer class: interval unreliable"
    none = compare(some(9, 5), some(9, 6), auroc_metric(), seed="s")
    assert (none.low, none.high, none.verdict) == (None, None, "inconclusive")
    assert none.note == "9 clusters of the rarer class: no interval"


def test_a_corpus_metric_is_exchanged_by_clusters():
    def squared(sums):
        return (sums[:, 0] / sums[:, 1]) ** 2

    metric: Metric = replace(ACCURACY, name="square", finish=squared, interval="bootstrap")
    a, b = runs([1.0, 1.0, 0.5, 0.5] * 4, [0.5, 0.5, 0.5, 0.5] * 4, size=2)
    found = compare(a, b, metric, seed="s")
    assert (found.a, found.b) == pytest.approx((0.75**2, 0.5**2))
    assert found.p == pytest.approx(2 / 2**4)  # only all four differing clusters together are as extreme
    assert found.note == "8 clusters: interval unreliable"


def test_one_cluster_says_nothing():
    a, b = runs([1.0] * 6, [0.0] * 6, size=6)
    found = compare(a, b, ACCURACY, seed="s")
    assert (found.low, found.se, found.p, found.verdict) == (None, None, None, "inconclusive")
    assert found.note == "one cluster: no interval; the same difference on every row"
    assert not math.isnan(found.difference)

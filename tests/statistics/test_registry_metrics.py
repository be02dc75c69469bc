"""The statistics with the metrics of the registry, on cases and on a real benchmark."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.stats.proportion import proportion_confint
from tests.statistics.cases import row, weighted_auroc

from medassay.benchmarks.vqa_rad import BENCHMARK
from medassay.metrics import METRICS, score
from medassay.statistics import compare, estimate_all
from medassay.statistics.auroc import area, problems
from medassay.statistics.bootstrap import generator, job, resample, weigh
from medassay.types import Measure, Response, Row, Where


def ranked(n: int, labels: str) -> list[Row]:
    rng = np.random.default_rng(12)
    rows = []
    for i in range(n):
        gold = labels[rng.integers(len(labels))]
        probs = np.round(rng.dirichlet(np.ones(len(labels)) + [label == gold for label in labels]), 1)
        one = row(str(i), kind="label", labels=labels, gold=gold, cluster=f"p{i // 2}", probs=tuple(probs))
        rows.append(replace(one, score=score(one.sample, replace(one.response, probs=tuple(probs)))))
    return rows


@pytest.mark.parametrize("labels", ["ab", "abcd"])
def test_the_interval_of_auroc_is_round_the_metrics_own_value(labels: str):
    rows = ranked(160, labels)
    (found,) = estimate_all(rows, [Measure(metric="auroc")], METRICS, seed="s")
    columns = METRICS["auroc"].columns(rows)
    codes = np.arange(160) // 2
    assert found.value == pytest.approx(area(problems(columns["truth"], columns["probs"], codes)).value)
    assert found.se is not None
    drawn = resample([job(METRICS["auroc"], columns, codes)], generator("s", codes), 80, 1000, 160)
    assert found.se == pytest.approx(np.nanstd(drawn), rel=0.15)


def test_auroc_under_weights_is_what_comparing_all_pairs_gives():
    columns = METRICS["auroc"].columns(ranked(60, "ab"))
    weights = np.random.default_rng(13).integers(3, size=(20, 60)).astype(float)
    slow = weighted_auroc(columns["truth"] == 1, columns["probs"][:, 1], weights)
    np.testing.assert_allclose(weigh(METRICS["auroc"], columns, weights), slow)


@pytest.mark.parametrize("name", ["macro_f1", "balanced_accuracy", "accuracy"])
def test_sums_over_clusters_are_sums_over_rows(name: str):
    rows, metric = ranked(60, "abc"), METRICS[name]
    columns, codes = metric.columns(rows), np.arange(60) // 2
    counts = np.random.default_rng(14).integers(4, size=(10, 30)).astype(float)
    by_cluster = job(metric, columns, codes)(counts)
    np.testing.assert_allclose(by_cluster, weigh(metric, columns, counts[:, codes]))
    assert len(np.unique(by_cluster)) > 5


@pytest.fixture(scope="module")
def samples(shared_data: Path):
    return list(BENCHMARK.load(Where(root=shared_data / "vqa_rad")))


def answered(samples, text: str) -> list[Row]:
    response = Response(text=text)
    return [Row(sample=s, response=response, score=score(s, response)) for s in samples]


def test_vqa_rad_answered_by_yes(samples):
    rows = answered(samples, "Yes")
    found = {
        (e.metric, e.slice): e for e in estimate_all(rows, BENCHMARK.measures, METRICS, seed="vqa-rad 1")
    }
    whole, binary = found["accuracy", "all"], found["accuracy", "kind=yes/no"]
    assert (whole.n, whole.n_clusters, binary.n) == (451, 203, 251)
    gold = [s.target.texts[0].lower() for s in samples if s.kind == "yes/no"]
    assert binary.value == gold.count("yes") / 251
    assert (binary.chance, binary.majority) == (0.5, max(gold.count("yes"), gold.count("no")) / 251)
    right = np.array([r.score.values["accuracy"] for r in rows])
    images = np.unique([s.cluster for s in samples], return_inverse=True)[1]
    oracle = sm.OLS(right, np.ones(451)).fit(cov_type="cluster", cov_kwds={"groups": images})
    assert whole.se == pytest.approx(oracle.bse[0], rel=1e-9)
    ordinary = proportion_confint(right.sum(), 451, method="beta")
    assert whole.low is not None
    assert whole.low < ordinary[0] < ordinary[1] < (whole.high or 0)


def test_yes_against_no_on_vqa_rad(samples):
    yes, no = answered(samples, "yes"), answered(samples, "no")
    found = compare(yes, no, METRICS["accuracy"], seed="vqa-rad 1", where={"kind": "yes/no"})
    gold = [s.target.texts[0].lower() for s in samples if s.kind == "yes/no"]
    assert (found.only_a, found.only_b) == (gold.count("yes"), gold.count("no"))
    assert (found.verdict, found.test) == ("inconclusive", "exchange of clusters")
    assert found.correlation == pytest.approx(-1)

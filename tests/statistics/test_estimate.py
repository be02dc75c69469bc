"""Estimates: values by hand, wrong and failed rows, slices, notes, and pairing of the draws."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import numpy as np
import pytest
from tests.statistics.cases import ERROR, STATUS, auroc_metric, mean_of, row

from medassay.errors import UnknownName, UsageError
from medassay.statistics import estimate_all
from medassay.statistics.clusters import clustered_error
from medassay.statistics.intervals import korn_graubard
from medassay.types import Estimate, Measure, Metric, Row

ACCURACY = mean_of("accuracy")
DRAWN = replace(mean_of("accuracy", "bootstrap"), name="drawn")
METRICS = {metric.name: metric for metric in (ACCURACY, DRAWN, ERROR, auroc_metric())}


def estimates(rows: list[Row], *measures: Measure, seed: str = "test 1") -> dict[tuple[str, str], Estimate]:
    found = estimate_all(iter(rows), measures, METRICS, seed=seed, draws=500)
    return {(e.metric, e.slice): e for e in found}


def some(n: int = 120) -> list[Row]:
    rng = random.Random(9)
    return [
        row(
            str(i),
            right=float(rng.random() < 0.7),
            cluster=f"p{i // 3}",
            organ=rng.choice(["lung", "liver"]),
            gold=rng.choice(["yes", "yes", "no"]),
            probs=((p := rng.random()), 1 - p),
        )
        for i in range(n)
    ]


def test_accuracy_by_hand():
    rows = some()
    (found,) = estimates(rows, Measure(metric="accuracy")).values()
    values = np.array([each.score.values["accuracy"] for each in rows])
    codes = np.arange(120) // 3
    error = clustered_error(values, codes)
    assert (found.metric, found.slice, found.n, found.n_clusters) == ("accuracy", "all", 120, 40)
    assert found.value == values.mean()
    assert found.se == pytest.approx(error)
    assert (found.low, found.high) == pytest.approx(korn_graubard(values.mean(), error, 120, 40))
    assert found.method == "Korn-Graubard"
    assert found.chance == 0.5
    assert found.majority == np.mean([each.sample.target.texts[0] == "yes" for each in rows])
    assert (found.worst, found.best, found.note) == (None, None, "40 clusters: interval unreliable")
    assert found.counts == {"scored": 120, "unparsed": 0, "refused": 0, "failed": 0, "truncated": 0}


def test_unparsed_and_refused_are_wrong_and_failed_is_left_open():
    rows = [row(str(i), cluster=f"p{i}", status=STATUS[i % 4], flags=("truncated",)) for i in range(40)]
    (found,) = estimates(rows, Measure(metric="accuracy")).values()
    assert found.value == pytest.approx(10 / 30)
    assert (found.worst, found.best) == pytest.approx((10 / 40, 20 / 40))
    assert found.counts == {"scored": 10, "unparsed": 10, "refused": 10, "failed": 10, "truncated": 40}
    assert (found.n, found.unscored) == (40, 30)
    assert found.note == "incomplete: 10 failed left out; 30 clusters: interval unreliable"


def test_slices_have_their_own_rows_interval_and_baselines():
    rows = [
        *some(),
        *(row(f"open {i}", kind="open", cluster=f"p{i}", labels=(), organ="lung") for i in range(9)),
    ]
    by_kind = Measure(metric="accuracy", by=("kind", "organ"))
    found = estimates(rows, by_kind, Measure(metric="accuracy", where={"organ": "lung"}, by=("kind",)))
    assert list(found) == [
        ("accuracy", name)
        for name in (
            *("all", "kind=open", "kind=yes/no", "organ=liver", "organ=lung"),
            *("organ=lung, kind=open", "organ=lung, kind=yes/no"),
        )
    ]
    assert found["accuracy", "all"].chance is None  # an open question cannot be guessed
    assert found["accuracy", "kind=yes/no"].chance == 0.5
    assert found["accuracy", "kind=open"].n == 9
    alone = estimates([each for each in rows if each.sample.kind == "yes/no"], Measure(metric="accuracy"))
    assert found["accuracy", "kind=yes/no"] == replace(alone["accuracy", "all"], slice="kind=yes/no")


def test_rows_of_other_kinds_are_left_out_of_n_and_no_rows_make_no_estimate():
    rows = [*some(), row("number", kind="number", values={"absolute_error": 2.0})]
    found = estimates(rows, Measure(metric="auroc"), Measure(metric="accuracy", where={"organ": "spleen"}))
    assert [(e.metric, e.n) for e in found.values()] == [("auroc", 120)]


def test_the_interval_is_never_of_zero_width():
    rows = [row(str(i), cluster=f"p{i // 5}") for i in range(200)]
    found = estimates(rows, Measure(metric="accuracy"), Measure(metric="drawn"))
    exact = found["accuracy", "all"]
    assert (exact.low, exact.high) == pytest.approx((0.025 ** (1 / 40), 1))
    assert exact.se is None
    drawn = found["drawn", "all"]
    assert (drawn.value, drawn.low, drawn.high, drawn.se) == (1.0, None, None, None)
    assert "all resamples agree" in drawn.note


def test_what_is_doubtful_is_said():
    few = [row(str(i), right=i % 2, cluster=f"p{i % 7}") for i in range(50)]
    (found,) = estimates(few, Measure(metric="accuracy")).values()
    assert found.note == "7 clusters: interval unreliable"
    one = [row(str(i), right=i % 2, cluster="p") for i in range(50)]
    (found,) = estimates(one, Measure(metric="accuracy")).values()
    assert (found.low, found.se, found.method, found.note) == (None, None, "none", "one cluster: no interval")
    unknown = [row(str(i), right=i % 2) for i in range(50)]
    (found,) = estimates(unknown, Measure(metric="accuracy")).values()
    assert (found.n_clusters, found.note) == (50, "cluster unknown: interval optimistic")
    lost = [row(str(i), status="failed", cluster=f"p{i}") for i in range(30)]
    (found,) = estimates(lost, Measure(metric="accuracy")).values()
    assert math.isnan(found.value)
    assert (found.low, found.worst, found.best, found.chance) == (None, 0, 1, None)


def test_auroc_counts_its_clusters_and_ranks_the_unparsed_worst():
    rows = some()
    (found,) = estimates(rows, Measure(metric="auroc")).values()
    assert found.method == "Obuchowski, logit"
    assert found.low is not None
    assert found.low < found.value < (found.high or 0)
    gold = [{each.sample.target.texts[0] for each in rows[i : i + 3]} for i in range(0, 120, 3)]
    hit, missed = (sum(answer in held for held in gold) for answer in ("no", "yes"))
    assert (found.chance, found.majority) == (0.5, None)
    assert found.note == f"{hit} positive and {missed} negative clusters: interval unreliable"
    lost = [
        replace(
            each, score=replace(each.score, status="unparsed"), response=replace(each.response, probs=None)
        )
        for each in rows[:10]
    ]
    (worse,) = estimates([*lost, *rows[10:]], Measure(metric="auroc")).values()
    assert worse.value < found.value
    assert worse.note.startswith("10 unparsed or refused ranked worst")
    few = [replace(each, sample=replace(each.sample, target=rows[0].sample.target)) for each in rows[:110]]
    assert {each.sample.target.texts[0] for each in [*few, *rows[110:]]} == {"yes", "no"}
    (rare,) = estimates([*few, *rows[110:]], Measure(metric="auroc")).values()
    assert rare.low is None
    assert "fewer than 10" in rare.note


def test_failed_rows_bound_a_ranking():
    rows = [*some(), *(row(f"f{i}", status="failed", cluster=f"f{i}", gold="no") for i in range(5))]
    (found,) = estimates(rows, Measure(metric="auroc")).values()
    without = estimates(some(), Measure(metric="auroc"))["auroc", "all"]
    assert found.value == without.value
    assert found.worst is not None
    assert found.best is not None
    assert found.worst < found.value < found.best


def test_an_error_without_a_number_is_counted_beside():
    rows = [
        row(str(i), kind="number", cluster=f"p{i}", values={"absolute_error": float(i)}) for i in range(25)
    ]
    rows += [row("u", kind="number", status="unparsed"), row("f", kind="number", status="failed")]
    (found,) = estimates(rows, Measure(metric="mean_absolute_error")).values()
    assert found.value == 12
    assert found.worst is None
    assert found.best == pytest.approx(300 / 26)
    assert "1 unparsed or refused left out" in found.note
    assert found.chance is None


def test_shuffled_rows_give_the_same_numbers_and_another_seed_other_draws():
    rows = some()
    measures = [Measure(metric=name, by=("organ",)) for name in ("accuracy", "drawn", "auroc")]
    first = estimates(rows, *measures)
    second = estimates(random.Random(1).sample(rows, len(rows)), *measures)
    for key, found in first.items():
        other = second[key]
        assert (found.value, found.se, found.low, found.high) == pytest.approx(
            (other.value, other.se, other.low, other.high), rel=1e-12
        )
    other = estimates(rows, Measure(metric="drawn"), seed="test 2")["drawn", "all"]
    assert other.low != first["drawn", "all"].low or other.se != first["drawn", "all"].se


def test_all_metrics_and_slices_see_the_same_draws():
    twice = replace(DRAWN, name="twice")
    rows = some()
    alone = estimate_all(rows, [Measure(metric=twice)], {}, seed="s", draws=300)
    among = estimate_all(
        rows, [Measure(metric="drawn", by=("organ",)), Measure(metric=twice)], METRICS, seed="s", draws=300
    )
    assert among[-1] == alone[0]
    assert replace(among[0], metric="twice") == alone[0]


def test_wrong_calls_are_named():
    with pytest.raises(UnknownName, match="accuracy"):
        estimate_all([], [Measure(metric="acuracy")], METRICS, seed="s")
    with pytest.raises(UsageError, match="two different metrics"):
        estimate_all([], [Measure(metric="accuracy"), Measure(metric=mean_of("accuracy"))], METRICS, seed="s")
    not_a_mean: Metric = replace(ACCURACY, finish=lambda s: (s[:, 0] / s[:, 1]) ** 2)
    with pytest.raises(UsageError, match="no mean"):
        estimate_all(some(), [Measure(metric=not_a_mean)], {}, seed="s")
    with pytest.raises(UsageError, match="truth"):
        estimate_all(some(), [Measure(metric=replace(ACCURACY, interval="auroc"))], {}, seed="s")
    assert estimate_all([], [Measure(metric="accuracy")], METRICS, seed="s") == []

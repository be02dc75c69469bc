from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from medassay.errors import UsageError
from medassay.metrics import METRICS, score
from medassay.metrics.precision import average_precision
from medassay.metrics.rankings import auroc_of, average_precision_of
from medassay.statistics.estimate import estimate_all
from medassay.types import Choice, Kind, Measure, Metric, Response, Row, Sample, Target

NAMES = ("mass", "cyst", "normal")  # not in the order of the alphabet


def row(kind: Kind, probs: Sequence[float] | None, *texts: str, n: int = 0) -> Row:
    sample = Sample(
        id=f"s{n}",
        kind=kind,
        question="",
        choices=() if kind == "yes/no" else tuple(Choice(label=name) for name in NAMES),
        target=Target(texts=texts),
    )
    response = Response(text="?" if probs is None else "", probs=None if probs is None else tuple(probs))
    return Row(sample=sample, response=response, score=score(sample, response))


def value(metric: Metric, rows: Sequence[Row]) -> float:
    assert metric.compute is not None
    return float(metric.compute(metric.columns(rows), np.ones((1, len(rows))))[0])


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.integers(0, 3)), min_size=1, max_size=30))
def test_average_precision_is_that_of_scikit_learn_with_ties(items: list[tuple[bool, int, int]]) -> None:
    positive, ranked, weight = (np.array(column) for column in zip(*items, strict=True))
    weights = np.stack([np.ones(len(items)), weight.astype(float)])
    for found, w in zip(average_precision(positive, ranked.astype(float), weights), weights, strict=True):
        if not (positive & (w > 0)).any():
            assert np.isnan(found)
        else:
            assert found == pytest.approx(average_precision_score(positive, ranked, sample_weight=w))


def labelled(n: int = 60) -> tuple[list[Row], np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    truth, probs = rng.integers(0, 3, n), rng.dirichlet(np.ones(3), n)
    rows = [row("label", p, NAMES[t], n=i) for i, (t, p) in enumerate(zip(truth, probs, strict=True))]
    return rows, truth, probs


def test_one_against_one_is_that_of_scikit_learn() -> None:
    rows, truth, probs = labelled()
    theirs = roc_auc_score(truth, probs, multi_class="ovo", average="macro")
    assert value(METRICS["auroc_one_against_one"], rows) == pytest.approx(theirs)
    two = [r for r, t in zip(rows, truth, strict=True) if t < 2]
    kept = truth < 2
    both = [
        roc_auc_score(truth[kept] == 0, probs[kept, 0]),
        roc_auc_score(truth[kept] == 1, probs[kept, 1]),
    ]
    assert value(METRICS["auroc_one_against_one"], two) == pytest.approx(np.mean(both))
    assert np.isnan(
        value(METRICS["auroc_one_against_one"], [r for r in two if r.sample.target.texts == ("mass",)])
    )


def test_average_precision_of_classes_and_of_one() -> None:
    rows, truth, probs = labelled()
    each = [average_precision_score(truth == k, probs[:, k]) for k in range(3)]
    assert value(METRICS["average_precision"], rows) == pytest.approx(np.mean(each), rel=1e-6)
    for k, name in enumerate(NAMES):
        assert value(average_precision_of(name), rows) == pytest.approx(each[k], rel=1e-6)
    with pytest.raises(UsageError, match="no class 'tumour'"):
        average_precision_of("tumour").columns(rows)


def test_yes_is_the_positive_answer_and_its_prevalence_is_chance() -> None:
    rows = [
        row("yes/no", (p, 1 - p), t, n=i)
        for i, (t, p) in enumerate([("yes", 0.9), ("no", 0.7), ("yes", 0.2)])
    ]
    rows.append(row("yes/no", None, "no", n=3))  # unread: ranks above all positives
    assert value(METRICS["average_precision"], rows) == pytest.approx((1 / 2 + 2 / 4) / 2)
    (found,) = estimate_all(rows, [Measure(metric="average_precision")], METRICS, seed="", draws=20)
    assert found.chance == 0.5


def test_no_probabilities_no_value() -> None:
    rows = [row("label", None, "mass"), row("label", None, "cyst")]
    for name in ("average_precision", "auroc_one_against_one", "auroc"):
        assert np.isnan(value(METRICS[name], rows))


def test_labels_are_measured_each_and_together_and_the_skipped_are_named() -> None:
    rng = np.random.default_rng(5)
    truth, probs = rng.random((50, 3)) < 0.4, rng.random((50, 3))
    truth[:, 2] = False
    rows = [
        row("multilabel", p, *(name for name, there in zip(NAMES, t, strict=True) if there), n=i)
        for i, (t, p) in enumerate(zip(truth, probs, strict=True))
    ]
    for k in (0, 1):
        assert value(auroc_of(NAMES[k]), rows) == pytest.approx(roc_auc_score(truth[:, k], probs[:, k]))
    assert np.isnan(value(auroc_of("normal"), rows))
    mean = np.mean([average_precision_score(truth[:, k], probs[:, k]) for k in (0, 1)])
    assert value(METRICS["average_precision_multilabel"], rows) == pytest.approx(mean)
    measures = [Measure(metric=name) for name in ("average_precision_multilabel", "auroc_multilabel")]
    found = estimate_all(rows, measures, METRICS, seed="", draws=20)
    assert found[0].chance == pytest.approx(truth[:, :2].mean())
    assert "labels that no row has left out: normal" in found[0].note
    assert "labels with one side only left out: normal" in found[1].note
    with pytest.raises(UsageError, match="no label 'edema' but cyst, mass, normal"):
        auroc_of("edema").columns(rows)


def test_rows_at_infinity_are_one_point_and_no_warning() -> None:
    """Two silent positives rank last together: precision 2 / 3 there, as with any finite worst score."""
    positive, score_ = np.array([True, True, False]), np.array([-np.inf, -np.inf, np.inf])
    assert average_precision(positive, score_, np.ones((1, 3)))[0] == pytest.approx(2 / 3)
    finite = np.array([0.0, 0.0, 1.0])
    assert average_precision_score(positive, finite) == pytest.approx(2 / 3)

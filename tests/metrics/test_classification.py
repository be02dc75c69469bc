from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score, f1_score, precision_score, recall_score

from medassay.errors import UnknownName, UsageError
from medassay.metrics import METRICS, score
from medassay.metrics.classification import of_class
from medassay.types import Choice, Metric, Response, Row, Sample, Target

GRADES = ("none", "mild", "severe")  # not in the order of the alphabet
ITEMS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(1, 4)), min_size=1, max_size=20)


def graded(truth: int, text: str) -> Row:
    choices = tuple(Choice(label=name) for name in GRADES)
    sample = Sample(id="s", kind="label", question="", choices=choices, target=Target(texts=(GRADES[truth],)))
    return Row(sample=sample, response=Response(text=text), score=score(sample, Response(text=text)))


def asked(truth: str, text: str) -> Row:
    sample = Sample(id="s", kind="yes/no", question="", target=Target(texts=(truth,)))
    return Row(sample=sample, response=Response(text=text), score=score(sample, Response(text=text)))


def value(metric: Metric, rows: Sequence[Row], weights: Sequence[float] | None = None) -> float:
    columns = metric.columns(rows)
    given = np.array([weights or [1.0] * len(rows)], dtype=np.float64)
    if metric.compute is not None:
        return float(metric.compute(columns, given)[0])
    assert metric.sums is not None
    assert metric.finish is not None
    return float(metric.finish(given @ metric.sums(columns))[0])


@given(ITEMS)
def test_kappas_are_those_of_scikit_learn(items: list[tuple[int, int, int]]) -> None:
    truth, guess, weight = (list(column) for column in zip(*items, strict=True))
    rows = [graded(t, GRADES[g]) for t, g, _ in items]
    if len(set(truth + guess)) < 2:
        assert np.isnan(value(METRICS["cohen_kappa"], rows))
        assert np.isnan(value(METRICS["quadratic_kappa"], rows))
        return
    for name, weights in (("cohen_kappa", None), ("quadratic_kappa", "quadratic")):
        theirs = cohen_kappa_score(truth, guess, weights=weights, labels=[0, 1, 2], sample_weight=weight)
        assert value(METRICS[name], rows, weight) == pytest.approx(theirs, abs=1e-12)


def test_a_row_without_an_answer_agrees_with_nothing_and_is_as_far_off_as_can_be() -> None:
    rows = [graded(0, "none"), graded(1, "mild"), graded(2, "severe"), graded(1, "?")]
    # observed 1 of 4; expected 1 - (1/4 + 2/4 + 1/4) / 4
    assert value(METRICS["cohen_kappa"], rows) == pytest.approx(1 - (1 / 4) / (3 / 4))
    # truth (1, 2, 1) against answers (1, 1, 1, unread), costs (i - j)^2 and 4: expected
    expected = (1 * (0 + 1 + 4 + 4) + 2 * (1 + 0 + 1 + 4) + 1 * (4 + 1 + 0 + 4)) / 4
    assert value(METRICS["quadratic_kappa"], rows) == pytest.approx(1 - 4 / expected)
    assert value(METRICS["quadratic_kappa"], [graded(0, "?"), graded(2, "?")]) == 0


@given(ITEMS)
def test_one_class_against_the_rest_is_that_of_scikit_learn(items: list[tuple[int, int, int]]) -> None:
    rows = [graded(t, GRADES[g]) for t, g, _ in items]
    weight = [w for *_, w in items]
    truth, guess = ([item[side] == 2 for item in items] for side in (0, 1))

    def theirs(of, positive: bool) -> float:
        return float(of(truth, guess, pos_label=positive, sample_weight=weight, zero_division=float("nan")))

    expected = {
        "sensitivity": theirs(recall_score, True),
        "specificity": theirs(recall_score, False),
        "positive_predictive_value": theirs(precision_score, True),
        "negative_predictive_value": theirs(precision_score, False),
        "f1": theirs(f1_score, True),
    }
    for name, right in expected.items():
        found = value(of_class(name, "Severe"), rows, weight)
        assert found == pytest.approx(right, nan_ok=True)


def test_yes_is_positive_and_silence_lowers_both_sides() -> None:
    rows = [asked("yes", "yes"), asked("yes", "?"), asked("no", "no"), asked("no", "?"), asked("no", "yes")]
    assert value(METRICS["sensitivity"], rows) == pytest.approx(1 / 2)
    assert value(METRICS["specificity"], rows) == pytest.approx(1 / 3)
    assert value(METRICS["positive_predictive_value"], rows) == pytest.approx(1 / 2)
    assert value(METRICS["negative_predictive_value"], rows) == 1
    assert value(METRICS["f1"], rows) == pytest.approx(2 / 4)


@given(ITEMS)
def test_micro_f1_is_accuracy_while_all_rows_are_answered(items: list[tuple[int, int, int]]) -> None:
    rows = [graded(t, GRADES[g]) for t, g, _ in items]
    weight = [w for *_, w in items]
    right = np.average([t == g for t, g, _ in items], weights=weight)
    assert value(METRICS["micro_f1"], rows, weight) == pytest.approx(right)
    assert value(METRICS["micro_f1"], [graded(0, "none"), graded(0, "?")]) == pytest.approx(2 / 3)


def test_a_class_that_is_none_is_an_error() -> None:
    with pytest.raises(UsageError, match="no class 'glaucoma' but none, mild, severe"):
        value(of_class("f1", "glaucoma"), [graded(0, "none")])
    with pytest.raises(UnknownName, match="sensitivty"):
        of_class("sensitivty", "severe")


def test_kappa_of_many_draws_is_fast_and_equals_one_by_one() -> None:
    rng = np.random.default_rng(0)
    metric = METRICS["quadratic_kappa"]
    columns = {
        "truth": rng.integers(0, 5, 3000),
        "guess": rng.integers(-1, 5, 3000),
        "classes": np.full(3000, 5),
        "list": np.zeros(3000),
    }
    weights = rng.integers(0, 3, (50, 3000)).astype(float)
    assert metric.compute is not None
    values = metric.compute(columns, weights)
    assert values[7] == metric.compute(columns, weights[7:8])[0]


LABELS = ("lung, mass", "cyst", "edema")
SETS = st.sets(st.sampled_from(LABELS), max_size=3)


def findings(present: set[str], unknown: set[str], said: set[str] | None) -> Row:
    sample = Sample(
        id="s",
        kind="multilabel",
        question="",
        choices=tuple(Choice(label=name) for name in LABELS),
        target=Target(texts=tuple(present - unknown), unknown=tuple(unknown)),
    )
    probs = None if said is None else tuple(0.5 if name in said else 0.4 for name in LABELS)
    response = Response(text="?" if said is None else "", probs=probs)
    return Row(sample=sample, response=response, score=score(sample, response))


@given(st.lists(st.tuples(SETS, SETS, st.none() | SETS), min_size=1, max_size=8))
def test_f1_of_labels_is_that_of_scikit_learn(
    items: list[tuple[set[str], set[str], set[str] | None]],
) -> None:
    rows = [findings(*item) for item in items]
    each, counts = [], np.zeros(2)
    for name in LABELS:
        known = [(name in here, name in (said or ())) for here, unknown, said in items if name not in unknown]
        if any(there or said for there, said in known):
            each.append(f1_score(*zip(*known, strict=True)))
            counts += [sum(t and s for t, s in known) * 2, sum(t + s for t, s in known)]
    mean = np.mean(each) if each else np.nan
    assert value(METRICS["macro_f1_multilabel"], rows) == pytest.approx(mean, nan_ok=True)
    micro = counts[0] / counts[1] if counts[1] else np.nan
    assert value(METRICS["micro_f1_multilabel"], rows) == pytest.approx(micro, nan_ok=True)

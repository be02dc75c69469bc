from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import mean_absolute_error, mean_absolute_percentage_error
from tests.metrics.test_tables import row, value

from medassay.metrics import METRICS
from medassay.statistics import estimate_all
from medassay.types import Measure, Response, Row

NUMBERS = st.tuples(st.floats(0.1, 1000), st.floats(0.1, 1000))


def answered(text: str, target: float = 10.0) -> Row:
    return row("number", Response(text=text), number=target)


def of(name: str, rows: list[Row]) -> float:
    return value(METRICS[name], rows)


@given(st.lists(NUMBERS, min_size=1, max_size=20))
def test_errors_are_those_of_scikit_learn(pairs: list[tuple[float, float]]) -> None:
    pairs = [(round(target, 3), round(answer, 3)) for target, answer in pairs]
    rows = [answered(f"{answer:.3f}", target) for target, answer in pairs]
    targets, answers = zip(*pairs, strict=True)
    assert of("mean_absolute_error", rows) == pytest.approx(mean_absolute_error(targets, answers))
    relative = mean_absolute_percentage_error(targets, answers)
    assert of("mean_relative_error", rows) == pytest.approx(relative)
    near = [r for r, (t, a) in zip(rows, pairs, strict=True) if abs(a - t) <= t]
    if near:
        kept = [(t, a) for t, a in pairs if abs(a - t) <= t]
        relative = mean_absolute_percentage_error(*zip(*kept, strict=True))
        assert of("mean_relative_accuracy", near) == pytest.approx(1 - relative)


def test_what_was_not_read_is_wholly_wrong_over_all_rows_and_no_error_over_what_was_read() -> None:
    rows = [answered("9"), answered("40"), answered("it is large"), answered("I cannot answer that.")]
    assert of("mean_relative_error", rows) == pytest.approx((0.1 + 3) / 2)
    assert of("mean_relative_accuracy", rows) == pytest.approx(0.9 / 4)
    assert of("capped_relative_error", rows) == pytest.approx((0.1 + 1 + 1 + 1) / 4)
    assert of("success_rate", rows) == 1 / 2


def test_the_bounds_of_a_tolerance_are_within_it() -> None:
    texts = ("10.5", "9.5", "10.51", "11", "12", "12.1", "15", "15.01", "huge")
    rows = [answered(text) for text in texts]
    found = [of(f"within_{tolerance}_percent", rows) * len(rows) for tolerance in (5, 10, 20, 50)]
    assert found == pytest.approx([2, 4, 5, 7])
    assert of("within_5_percent", [answered("1.05", 1.0), answered("0.63", 0.6)]) == 1.0


def test_of_a_target_of_zero_only_zero_is_near() -> None:
    rows = [answered("0", 0.0), answered("0.001", 0.0)]
    assert of("within_50_percent", rows) == of("mean_relative_accuracy", rows) == 1 / 2
    assert of("capped_relative_error", rows) == 1 / 2


def test_failed_rows_bound_the_accuracy_and_not_the_error() -> None:
    rows = [answered("9"), answered("10"), row("number", Response(error="timeout: 60 s"), number=10.0)]
    names = ("mean_relative_accuracy", "capped_relative_error", "within_5_percent", "mean_relative_error")
    found = estimate_all(rows, [Measure(metric=name) for name in names], METRICS, seed="s")
    held = {e.metric: (e.value, e.worst, e.best) for e in found}
    assert held["mean_relative_accuracy"] == pytest.approx((0.95, 1.9 / 3, 2.9 / 3))
    assert held["capped_relative_error"] == pytest.approx((0.05, 1.1 / 3, 0.1 / 3))
    assert held["within_5_percent"] == pytest.approx((1 / 2, 1 / 3, 2 / 3))
    assert held["mean_relative_error"][1] is None
    (within,) = (e for e in found if e.metric == "within_5_percent")
    assert (within.chance, within.majority) == (None, None)


def test_no_rows_have_no_value() -> None:
    columns = METRICS["mean_relative_accuracy"].columns([])
    sums = METRICS["mean_relative_accuracy"].sums
    finish = METRICS["mean_relative_accuracy"].finish
    assert sums is not None
    assert finish is not None
    assert np.isnan(finish(np.ones((1, 0)) @ sums(columns))[0])

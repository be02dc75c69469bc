from __future__ import annotations

from collections.abc import Sequence

import pytest

from medassay.metrics import METRICS, score
from medassay.statistics.estimate import estimate_all
from medassay.types import Estimate, Measure, Response, Row, Sample, Target


def row(text: str, number: float) -> Row:
    sample = Sample(id=f"{text} {number}", kind="number", question="", target=Target(number=number))
    return Row(sample=sample, response=Response(text=text), score=score(sample, Response(text=text)))


def measured(rows: Sequence[Row], name: str) -> Estimate:
    return estimate_all(rows, [Measure(metric=name)], METRICS, seed="", draws=20)[0]


ROWS = [row("10.5", 10), row("8", 10), row("40", 10), row("large", 10), row("0", 0), row("1", 0)]


def test_accuracies_are_over_all_rows_and_failures_are_nothing() -> None:
    assert measured(ROWS, "mean_relative_accuracy").value == pytest.approx((0.95 + 0.8 + 0 + 0 + 1 + 0) / 6)
    assert measured(ROWS, "capped_relative_error").value == pytest.approx((0.05 + 0.2 + 1 + 1 + 0 + 1) / 6)
    shares = {0.05: 2, 0.1: 2, 0.2: 3, 0.5: 3}  # 10.5 of 10 is within 5 %, 8 within 20 %
    for most, right in shares.items():
        assert measured(ROWS, f"within_{most}").value == pytest.approx(right / 6)
    assert measured(ROWS, "success_rate").value == pytest.approx(5 / 6)


def test_mean_errors_leave_failures_out_and_say_so() -> None:
    found = measured(ROWS, "mean_absolute_error")
    assert found.value == pytest.approx((0.5 + 2 + 30 + 0 + 1) / 5)
    assert "1 unparsed or refused left out" in found.note
    assert measured(ROWS, "mean_relative_error").value == pytest.approx((0.05 + 0.2 + 3) / 3)


def test_the_edge_of_a_tolerance_is_inside_in_spite_of_decimals() -> None:
    assert measured([row("1.1", 1), row("0.33", 0.3)], "within_0.1").value == 1
    assert measured([row("1.101", 1)], "within_0.1").value == 0


def test_failed_rows_bound_the_share_within() -> None:
    sample, lost = row("1", 1).sample, Response(error="timeout")
    failed = Row(sample=sample, response=lost, score=score(sample, lost))
    found = measured([row("10.5", 10), failed], "within_0.1")
    assert (found.value, found.worst, found.best) == (1.0, 0.5, 1.0)

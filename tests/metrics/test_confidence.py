from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from medassay.metrics import METRICS, score
from medassay.statistics.estimate import estimate_all
from medassay.types import Choice, Estimate, Measure, Response, Row, Sample, Target

NAMES = ("mass", "cyst", "normal")


def row(n: int, probs: Sequence[float] | None, truth: str, text: str = "") -> Row:
    choices = tuple(Choice(label=name) for name in NAMES)
    sample = Sample(id=f"s{n}", kind="label", question="", choices=choices, target=Target(texts=(truth,)))
    response = Response(text=text, probs=None if probs is None else tuple(probs))
    return Row(sample=sample, response=response, score=score(sample, response))


def measured(rows: Sequence[Row], name: str) -> Estimate:
    return estimate_all(rows, [Measure(metric=name)], METRICS, seed="", draws=50)[0]


ROWS = [
    row(0, (0.8, 0.1, 0.1), "mass"),
    row(1, (0.2, 0.6, 0.2), "mass"),
    row(2, (2.0, 2.0, 4.0), "normal"),  # not divided by their sum
    row(3, None, "cyst", "I cannot answer that."),
    row(4, None, "cyst", "cyst"),
]


def test_rows_without_probabilities_are_left_out_of_calibration_and_counted() -> None:
    found = measured(ROWS, "brier")
    assert found.value == pytest.approx((0.06 + (0.64 + 0.36 + 0.04) + (0.0625 * 2 + 0.25)) / 3)
    assert "2 without probabilities left out" in found.note
    assert measured(ROWS, "log_loss").value == pytest.approx(-np.log([0.8, 0.2, 0.5]).mean())
    ece = measured(ROWS, "ece")
    assert ece.value == pytest.approx((0.2 + 0.6 + 0.5) / 3)
    assert "fewer than 1,000 rows: biased upwards" in ece.note
    assert measured(ROWS, "maximum_calibration_error").value == pytest.approx(0.6)


def test_they_come_last_where_one_may_keep_silent() -> None:
    # right, wrong, right by falling confidence .8 .6 .5, then the bare right answer, then the refusal
    risks = [0, 1 / 2, 1 / 3, 1 / 4, 2 / 5]
    found = measured(ROWS, "aurc")
    assert found.value == pytest.approx(np.mean(risks))
    assert "2 without probabilities come last" in found.note
    perfect = [0, 0, 0, 1 / 4, 2 / 5]
    assert measured(ROWS, "excess_aurc").value == pytest.approx(np.mean(risks) - np.mean(perfect))
    assert measured(ROWS, "accuracy_at_coverage_0.8").value == pytest.approx(3 / 4)
    assert measured(ROWS, "coverage_at_risk_0.2").value == pytest.approx(1 / 5)


@pytest.mark.parametrize("name", ["ece", "brier", "log_loss", "aurc", "accuracy_at_coverage_0.5"])
def test_without_any_probabilities_there_is_no_value_and_the_note_says_why(name: str) -> None:
    found = measured(ROWS[3:], name)
    assert np.isnan(found.value)
    assert found.low is None
    assert "no row has probabilities" in found.note


def test_equal_maxima_are_right_by_their_share() -> None:
    tied = [row(0, (0.4, 0.4, 0.2), "cyst"), row(1, (0.4, 0.4, 0.2), "normal")]
    assert measured(tied, "ece").value == pytest.approx(0.4 - 0.25)


def test_failed_rows_are_left_out_without_a_bound() -> None:
    sample = ROWS[0].sample
    failed = Row(
        sample=sample, response=Response(error="timeout"), score=score(sample, Response(error="timeout"))
    )
    found = measured([*ROWS[:3], failed], "brier")
    assert found.value == pytest.approx(measured(ROWS[:3], "brier").value)
    assert (found.worst, found.best) == (None, None)

"""Means over verdicts, by hand."""

from __future__ import annotations

import pytest

from medassay.metrics import METRICS
from medassay.metrics.verdicts import UNREAD
from medassay.statistics import estimate_all
from medassay.types import Measure, Response, Row, Sample, Score, Target

VERDICTS = [name for name in METRICS if name.startswith("judge_")]


def row(index, score):
    sample = Sample(
        id=str(index), kind="open", question="?", cluster=f"p{index}", target=Target(texts=("a",))
    )
    return Row(sample=sample, response=Response(text="b"), score=score)


def rows(name):
    scored = [row(k, Score(status="scored", values={name: value})) for k, value in enumerate((1.0, 1.0, 0.5))]
    none = row(3, Score(status="unparsed", rule="none"))
    empty = row(4, Score(status="unparsed", rule="empty"))
    return [*scored, none, empty, *(row(k, Score(status="unparsed", rule=UNREAD)) for k in (5, 6))]


@pytest.mark.parametrize("name", VERDICTS)
def test_an_answer_that_answers_nothing_is_zero_and_an_unread_reply_is_nothing(name):
    [found] = estimate_all(rows(name), [Measure(metric=name)], METRICS, seed="s", draws=200)
    assert found.value == 2.5 / 5
    assert (found.n, found.counts["unparsed"]) == (7, 4)


@pytest.mark.parametrize("name", VERDICTS)
def test_a_failed_judge_bounds_the_number(name):
    failed = [row(k, Score(status="failed", rule="judge")) for k in (7, 8, 9)]
    [found] = estimate_all([*rows(name), *failed], [Measure(metric=name)], METRICS, seed="s", draws=200)
    assert found.value == 2.5 / 5
    assert (found.worst, found.best) == (2.5 / 8, 5.5 / 8)


def test_the_interval_of_right_and_wrong_is_over_the_verdicts_that_there_are():
    name = "judge_accuracy"
    held = [row(k, Score(status="scored", values={name: float(k % 2)})) for k in range(40)]
    unread = [row(k, Score(status="unparsed", rule=UNREAD)) for k in range(40, 80)]
    [alone] = estimate_all(held, [Measure(metric=name)], METRICS, seed="s")
    [beside] = estimate_all([*held, *unread], [Measure(metric=name)], METRICS, seed="s")
    assert (beside.value, beside.low, beside.high) == (alone.value, alone.low, alone.high)
    assert beside.method == "Korn-Graubard"

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medassay.errors import DataError
from medassay.metrics import METRICS, score
from medassay.metrics.boxes import box_iou, intersection_over_union, pairs
from medassay.statistics.estimate import estimate_all
from medassay.types import Box, Measure, Response, Row, Sample, Score, Target

HERE = Box(x0=0, y0=0, x1=10, y1=10)
THERE = Box(x0=20, y0=20, x1=30, y1=30)


def row(text: str, *gold: Box) -> Row:
    sample = Sample(id=text or "empty", kind="box", question="", target=Target(boxes=gold))
    return Row(sample=sample, response=Response(text=text), score=score(sample, Response(text=text)))


def measured(rows: Sequence[Row], name: str) -> float:
    return estimate_all(rows, [Measure(metric=name)], METRICS, seed="", draws=20)[0].value


ROWS = [
    row("[0, 0, 10, 6]", HERE),  # .6
    row("[0, 0, 10, 3]", HERE),  # .3
    row("[0, 0, 10, 8], [20, 20, 30, 30], [50, 50, 60, 60]", HERE, THERE),  # .8 and 1, one too many
    row("there is none", HERE),
]


def test_a_threshold_is_of_the_row_and_a_missing_box_is_none() -> None:
    assert measured(ROWS, "box_iou") == pytest.approx((0.6 + 0.3 + 1.8 / 3) / 4)
    assert measured(ROWS, "box_accuracy_at_0.25") == 3 / 4
    assert measured(ROWS, "box_accuracy_at_0.5") == 2 / 4
    assert measured(ROWS, "box_accuracy_at_0.75") == 0


def test_boxes_are_counted_over_all_rows() -> None:
    assert measured(ROWS, "box_precision_at_0.5") == pytest.approx(3 / 5)
    assert measured(ROWS, "box_recall_at_0.5") == pytest.approx(3 / 5)
    assert measured([*ROWS, row("?", HERE)], "box_f1_at_0.5") == pytest.approx(2 * 3 / (5 + 6))
    assert measured(ROWS, "matched_box_iou") == pytest.approx((0.6 + 0.8 + 1) / 3)


def test_rows_of_an_older_scorer_say_what_to_do() -> None:
    old = Row(
        sample=ROWS[0].sample,
        response=ROWS[0].response,
        score=Score(status="scored", values={"box_iou": 0.6}),
    )
    assert measured([old, ROWS[1]], "box_accuracy_at_0.5") == 1 / 2
    with pytest.raises(DataError, match="score the run again"):
        measured([old], "box_f1_at_0.5")


BOXES = st.lists(
    st.builds(
        lambda x, y, w, h: Box(x0=x, y0=y, x1=x + w, y1=y + h),
        *(st.integers(0, 6) for _ in range(4)),
    ),
    min_size=1,
    max_size=4,
)


@given(BOXES, BOXES)
def test_pairs_are_the_best_of_all_assignments(ours: list[Box], gold: list[Box]) -> None:
    few, many = sorted((ours, gold), key=len)
    best = max(
        sum(intersection_over_union(a, b) for a, b in zip(few, order, strict=False))
        for order in permutations(many, len(few))
    )
    assert pairs(ours, gold).sum() == pytest.approx(best)
    assert box_iou(ours, gold) == pytest.approx(best / len(many))

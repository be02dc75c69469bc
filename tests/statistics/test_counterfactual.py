"""Rows as if wrong and as if right."""

from __future__ import annotations

from dataclasses import replace

from tests.statistics.cases import ERROR, mean_of, row

from medassay.statistics.counterfactual import right, wrong
from medassay.types import Box, Target


def test_a_wrong_row_is_unparsed_and_empty():
    changed = wrong(row("a", status="failed"))
    assert (changed.score.status, changed.response.text, changed.response.error) == ("unparsed", "", None)
    assert changed.sample == row("a").sample


def test_a_right_row_is_at_the_top_of_any_metric():
    changed = right(row("a", status="failed", gold="no"), mean_of("own"))
    assert changed.score.values["own"] == 1.0
    assert (changed.score.status, changed.response.text, changed.score.answer) == ("scored", "no", "no")
    yes, no = changed.response.probs or (0, 0)
    assert yes < 0
    assert no > 1
    bare = right(row("a", status="failed", labels=()), mean_of("own"))
    assert bare.response.probs == (2.0, -1.0)  # yes and no, also where they are not spelled out
    number = row("a", kind="number", labels=())
    assert right(number, ERROR).score.values["absolute_error"] == 0
    assert right(number, ERROR).response.text == "1.0"


def test_a_choice_is_right_by_its_letter_and_a_box_by_its_corners():
    choice = right(row("a", kind="choice", labels=("liver", "lung"), gold="B"), mean_of("accuracy"))
    assert (choice.response.text, choice.response.probs) == ("B", (-1.0, 2.0))
    box = row("a", kind="box", labels=())
    box = replace(box, sample=replace(box.sample, target=Target(boxes=(Box(x0=1, y0=2, x1=3, y1=4),))))
    assert right(box, mean_of("box_iou")).response.text == "[1, 2, 3, 4]"
    assert right(box, mean_of("box_iou")).response.probs is None


def test_several_labels_are_right_together():
    both = row("a", kind="multilabel", labels=("mass", "nodule", "none"))
    both = replace(both, sample=replace(both.sample, target=Target(texts=("mass", "nodule"))))
    assert right(both, mean_of("accuracy")).response.probs == (2.0, 2.0, -1.0)
    assert right(both, mean_of("accuracy")).score.answer == "mass, nodule"

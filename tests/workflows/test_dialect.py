"""Boxes are read in the dialect of the model, in a run and when it is judged again."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from medassay.errors import UsageError
from medassay.metrics import score
from medassay.types import Box, Image, Response, Sample, Target
from medassay.workflows.dialect import heard
from medassay.workflows.manifest import judging
from medassay.workflows.resolve import resolve_benchmark

SAMPLE = Sample(
    id="1",
    kind="box",
    question="Where?",
    images=(Image(uri="x.png", size=(1000, 500)),),
    target=Target(boxes=(Box(x0=0, y0=0, x1=500, y1=250),)),
)


def test_the_dialect_reaches_the_reader_and_leaves_the_protocol_as_it_is() -> None:
    ours = resolve_benchmark("phantom").benchmark
    said = Response(text="[0, 0, 500, 500]")
    assert ours.scorer(SAMPLE, said).values["box_iou"] == 0.5
    told = heard(ours, "0-1000")
    assert told.scorer(SAMPLE, said).values["box_iou"] == 1
    assert judging(told) == judging(ours)


def test_without_a_dialect_or_with_a_scorer_of_its_own_a_benchmark_stays_as_it_is() -> None:
    ours = resolve_benchmark("phantom").benchmark
    own = replace(ours, scorer=partial(score))
    assert heard(ours, "") is ours
    assert heard(own, "0-100") is own


def test_a_card_with_an_unknown_dialect_is_refused_before_anything_is_asked() -> None:
    with pytest.raises(UsageError, match="0-1000"):
        heard(resolve_benchmark("phantom").benchmark, "per mille")

"""Retrieval against a sort of each gallery."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medassay.metrics import METRICS, score
from medassay.metrics.retrieval import rank_of
from medassay.statistics import estimate_all
from medassay.types import Choice, Estimate, Measure, Response, Row, Sample, Target

NAMES = ("recall_at_1", "recall_at_5", "recall_at_10", "mean_reciprocal_rank", "median_rank")


def query(probs: tuple[float, ...] | None, right: tuple[int, ...], size: int, n: int = 0) -> Row:
    sample = Sample(
        id=f"q{n}",
        kind="label",
        question="",
        choices=tuple(Choice(label=f"item {i}") for i in range(size)),
        target=Target(texts=tuple(f"item {i}" for i in right)),
        cluster=f"{n}",
    )
    response = Response(probs=probs) if probs else Response(text="I cannot answer that.")
    return Row(sample=sample, response=response, score=score(sample, response))


def found(rows: list[Row]) -> dict[str, Estimate]:
    measures = [Measure(metric=name) for name in NAMES]
    return {e.metric: e for e in estimate_all(rows, measures, METRICS, seed="s", draws=50)}


QUERY = st.integers(2, 14).flatmap(
    lambda size: st.tuples(
        st.lists(st.integers(0, 4), min_size=size, max_size=size),
        st.sets(st.integers(0, size - 1), min_size=1, max_size=3),
    )
)


@given(st.lists(QUERY, min_size=1, max_size=10))
def test_all_are_those_of_a_sort(queries):
    ranks = []
    for probs, right in queries:  # wrong items first among equals
        order = sorted(range(len(probs)), key=lambda i: (-probs[i], i in right))
        ranks.append(1 + min(order.index(i) for i in right))
    rows = [query(tuple(map(float, p)), tuple(r), len(p), n) for n, (p, r) in enumerate(queries)]
    by_name = found(rows)
    for depth in (1, 5, 10):
        assert by_name[f"recall_at_{depth}"].value == pytest.approx(np.mean([r <= depth for r in ranks]))
    assert by_name["mean_reciprocal_rank"].value == pytest.approx(np.mean([1 / r for r in ranks]))
    assert by_name["median_rank"].value == np.median(ranks)


def test_a_row_without_a_ranking_misses_and_stands_past_the_end():
    rows = [
        query((0.9, 0.1, 0.0), (0,), 3, 0),
        query(None, (0,), 3, 1),
        query((0.1, np.nan, 0.2), (0,), 3, 2),
    ]
    assert [rank_of(row) for row in rows] == [1, np.inf, np.inf]
    by_name = found(rows)
    assert by_name["recall_at_10"].value == pytest.approx(1 / 3)
    assert by_name["mean_reciprocal_rank"].value == pytest.approx(1 / 3)
    assert by_name["median_rank"].value == 4
    assert by_name["median_rank"].note.startswith("gallery of 3; 2 unparsed or refused ranked worst")


def test_the_note_says_how_large_the_galleries_are():
    rows = [query((0.9, 0.1), (0,), 2, 0), query((0.9, 0.1, 0.0), (0,), 3, 1)]
    assert found(rows)["recall_at_1"].note.startswith("galleries of 2 to 3")


def test_all_tied_is_the_worst_rank():
    assert rank_of(query((0.25,) * 4, (2,), 4)) == 4
    assert rank_of(query((0.25,) * 4, (1, 2), 4)) == 3


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=8))
def test_a_weighting_is_so_many_copies_of_the_rows(items):
    rows = [query(tuple(float(i != r) for i in range(5)), (r,), 5, n) for n, (r, _) in enumerate(items)]
    rows = [query((0.9, 0.5, 0.4, 0.3), (r,), 4, n) for n, (r, _) in enumerate(items)]
    weights = np.array([[w for _, w in items]], dtype=float)
    metric = METRICS["median_rank"]
    assert metric.compute is not None
    value = metric.compute(metric.columns(rows), weights)[0]
    copies = [r + 1 for r, w in items for _ in range(w)]
    assert value == pytest.approx(np.median(copies) if copies else np.nan, nan_ok=True)

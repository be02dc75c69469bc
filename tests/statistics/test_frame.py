"""Rows into columns: slices, clusters, failed rows, and how little is kept."""

from __future__ import annotations

import random
import tracemalloc

import numpy as np
from tests.statistics.cases import auroc_metric, mean_of, row

from medassay.statistics.frame import Wanted, build, choose, join, tag_of

ACCURACY = mean_of("accuracy")
ALL = Wanted(metric=ACCURACY, wheres=({},))


def test_tags_kind_and_status_make_slices():
    rows = [row("1", organ="lung"), row("2", organ="liver", status="refused"), row("3", kind="open")]
    frame = build(iter(rows), [ALL], ["organ", "kind", "status"])
    assert frame.where({}).all()
    assert frame.where({"organ": "lung"}).tolist() == [True, False, False]
    assert frame.where({"organ": "spleen"}).tolist() == [False] * 3
    assert frame.where({"kind": "yes/no", "status": "refused"}).tolist() == [False, True, False]
    assert tag_of(rows[2], "organ") is None


def test_a_metric_sees_only_the_rows_of_its_kinds_that_are_wanted():
    rows = [row("1", organ="lung"), row("2", kind="open", organ="lung"), row("3", organ="liver")]
    wanted = Wanted(metric=auroc_metric(), wheres=({"organ": "lung"}, {"organ": "spleen"}))
    assert build(rows, [wanted], ["organ"]).tables["auroc"].rows.tolist() == [0]


def test_unknown_clusters_are_one_per_row_and_known_ones_shared():
    rows = [row("1"), row("2"), row("3", cluster="p"), row("4", cluster="p"), row("p")]
    frame = build(rows, [], [])
    assert len(frame.clusters) == 4
    assert frame.codes[2] == frame.codes[3] != frame.codes[4]
    assert frame.unknown.tolist() == [True, True, False, False, True]


def test_the_order_of_rows_does_not_change_the_order_of_clusters():
    rows = [row(str(i), cluster=f"p{i // 2}") for i in range(3000)]
    shuffled = random.Random(1).sample(rows, len(rows))
    first, second = build(rows, [], []), build(shuffled, [], [])
    np.testing.assert_array_equal(first.clusters, second.clusters)
    at = [int(each.sample.id) for each in shuffled]
    np.testing.assert_array_equal(first.codes[at], second.codes)


def test_failed_rows_stand_as_wrong_and_as_right():
    rows = [row("1"), row("2", status="failed"), row("3"), row("4", status="failed")]
    frame = build(rows, [ALL], [])
    assert frame.failed.tolist() == [False, True, False, True]
    assert frame.tables["accuracy"].columns["value"].tolist() == [1, 0, 1, 0]
    assert frame.tables["accuracy"].right["value"].tolist() == [1, 1]


def test_no_rows_make_an_empty_frame():
    frame = build([], [ALL], ["organ"])
    assert len(frame.codes) == len(frame.clusters) == 0
    assert not frame.where({"organ": "lung"}).any()


def test_columns_of_different_widths_are_joined():
    narrow, wide = (
        {"p": np.ones((1, 2)), "i": np.ones((1, 1), int)},
        {"p": np.ones((2, 3)), "i": np.ones((2, 2), int)},
    )
    joined = join([narrow, wide])
    assert np.isnan(joined["p"][0, 2])
    assert joined["i"].tolist() == [[1, 0], [1, 1], [1, 1]]
    assert choose(joined, np.array([2]))["p"].shape == (1, 3)
    assert join([]) == {}


def test_a_row_is_kept_in_some_tens_of_bytes():
    n = 8000
    rows = (row(str(i), cluster=f"p{i}", organ="ab"[i % 2], gold=f"answer {i}") for i in range(n))
    tracemalloc.start()
    frame = build(rows, [ALL], ["organ", "kind"])
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(frame.codes) == n
    assert kept / n < 100
    assert peak - kept < 4e6  # a batch of rows, never all of them

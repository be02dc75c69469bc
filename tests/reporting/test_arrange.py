import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medassay.reporting import arrange
from medassay.types import Measure


def names(table):
    assert table is not None
    return [line.name for block in table.blocks for line in block.lines]


def test_the_headline_is_the_primary_metric_on_all_rows(build):
    record = build.record([])
    assert arrange.headline(record) == build.estimate()
    only_part = replace(record, estimates=[e for e in record.estimates if e.slice != "all"])
    part = arrange.headline(only_part)
    assert part is not None
    assert part.slice == "answer_type=closed"
    assert arrange.headline(replace(record, estimates=[])) is None


def test_every_estimate_is_shown_once(build):
    record = build.record([])
    whole = arrange.overall(record)
    assert whole is not None
    shown = [
        line.estimate for t in (whole, *arrange.slices(record)) for block in t.blocks for line in block.lines
    ]
    assert len(shown) == len(record.estimates)
    assert all(e in shown for e in record.estimates)


def test_slices_are_told_apart_by_tag_and_by_what_they_lie_within(build):
    tables = {table.caption: names(table) for table in arrange.slices(build.record([]))}
    assert tables == {
        "accuracy by answer type": ["closed", "open"],
        "accuracy by organ": ["abdomen", "chest", "head"],
        "token F1 by organ, where answer_type=open": ["chest"],
    }


def test_a_slice_within_a_slice_is_no_value_of_the_outer_tag(build):
    measures = (
        Measure(metric="accuracy", by=("organ",)),
        Measure(metric="accuracy", where={"organ": "head"}, by=("side",)),
    )
    estimates = [
        build.estimate(name=n)
        for n in ("all", "organ=head", "organ=neck, upper", "organ=head", "organ=head, side=left")
    ]
    record = build.record([], benchmark=build.benchmark(measures=measures), estimates=estimates)
    assert [names(t) for t in arrange.slices(record)] == [["head", "neck, upper"], ["left"]]
    assert names(arrange.overall(record)) == ["accuracy", "accuracy"]


def test_notes_are_numbered_by_their_first_use(build):
    (table,) = [t for t in arrange.slices(build.record([])) if t.caption == "accuracy by organ"]
    assert [line.note for block in table.blocks for line in block.lines] == [0, 0, 1]
    assert table.notes == ("fewer than 20 clusters: the interval is unreliable",)


def test_an_error_in_pixels_has_an_axis_of_its_own(build):
    table = arrange.overall(build.record([]))
    assert table is not None
    assert [block.axis.high for block in table.blocks] == [1.0, 5.0]


@given(st.floats(1e-6, 1e6), st.floats(allow_nan=False))
def test_marks_stay_on_the_axis(reach, value):
    axis = arrange.difference_axis([-reach, None, math.nan])
    assert axis.low == -axis.high
    assert axis.high >= reach * (1 - 1e-6)
    place = axis.at(value)
    assert place is not None
    assert 0 <= place <= 100
    assert axis.at(0.0) == pytest.approx(50)


def test_what_is_no_number_is_not_drawn(build):
    estimate = build.estimate(value=math.nan, low=None, high=None, chance=None, majority=None)
    mark = arrange.mark(arrange.axis_of(estimate), estimate)
    assert (mark.point, mark.low, mark.high, mark.chance, mark.majority, mark.constant) == (None,) * 6
    assert mark.label == "undefined no interval"


def test_the_key_names_only_baselines_that_exist(build):
    tables = {table.caption: table.baselines for table in arrange.slices(build.record([]))}
    assert tables["accuracy by organ"] == ("chance", "majority")
    assert tables["token F1 by organ, where answer_type=open"] == ()
    assert arrange.baselines([build.estimate(chance=None)]) == ("majority",)
    assert arrange.baselines([]) == ()

import csv
import math
from dataclasses import fields, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medassay.errors import DataError
from medassay.reporting import read_parquet, write_csv, write_parquet
from medassay.types import Estimate

numbers = st.floats(allow_nan=False)
maybe = st.none() | numbers
text = st.text(st.characters(codec="utf-8"), max_size=20)
estimates = st.builds(
    Estimate,
    metric=text,
    slice=text,
    value=numbers,
    se=maybe,
    low=maybe,
    high=maybe,
    method=text,
    n=st.integers(0, 2**40),
    n_clusters=st.integers(0, 2**40),
    counts=st.dictionaries(st.sampled_from(["scored", "unparsed", "failed"]), st.integers(0, 2**40)),
    chance=maybe,
    majority=maybe,
    constant=maybe,
    worst=maybe,
    best=maybe,
    note=text,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(estimates, max_size=4))
def test_parquet_gives_back_equal_estimates(tmp_path, given_estimates):
    path = write_parquet(tmp_path / "estimates.parquet", given_estimates)
    assert read_parquet(path) == given_estimates


def test_a_file_of_before_the_constant_report_is_still_read(build, tmp_path):
    from pyarrow import parquet

    path = write_parquet(tmp_path / "estimates.parquet", build.estimates())
    parquet.write_table(parquet.read_table(path).drop_columns(["constant"]), path)
    assert read_parquet(path) == build.estimates()


def test_an_undefined_value_survives(build, tmp_path):
    path = write_parquet(tmp_path / "estimates.parquet", [build.estimate(value=math.nan)])
    assert math.isnan(read_parquet(path)[0].value)


def test_a_damaged_file_is_one_clear_line(build, tmp_path):
    path = write_parquet(tmp_path / "estimates.parquet", build.estimates())
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match="not a file of estimates"):
        read_parquet(path)
    with pytest.raises(DataError, match=r"missing\.parquet"):
        read_parquet(tmp_path / "missing.parquet")


def test_csv_holds_every_field_and_reads_back_the_same_numbers(build, tmp_path):
    record = build.record([])
    path = write_csv(tmp_path / "estimates.csv", [record, record])
    with path.open(newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 2 * len(record.estimates)
    assert {f.name for f in fields(Estimate)} - {"counts"} <= set(lines[0])
    for line, estimate in zip(lines, record.estimates, strict=False):
        for name in ("value", "se", "low", "high", "chance", "majority", "constant", "worst", "best"):
            assert (float(line[name]) if line[name] else None) == getattr(estimate, name)
        assert {k: int(line[k]) for k in estimate.counts} == estimate.counts
        assert (line["metric"], line["slice"], line["note"]) == (
            estimate.metric,
            estimate.slice,
            estimate.note,
        )
        assert (line["benchmark"], line["model"]) == ("vqa-rad", "demo-vlm")


def test_csv_keeps_commas_quotes_and_newlines_of_a_slice(build, tmp_path):
    odd = replace(build.estimate(), slice='organ=head, "neck"\nor both')
    path = write_csv(tmp_path / "estimates.csv", [build.record([], estimates=[odd])])
    with path.open(newline="", encoding="utf-8") as file:
        assert next(csv.DictReader(file))["slice"] == odd.slice

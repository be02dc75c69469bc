"""A validation report: the plan's mistakes, the verdict by the whole interval, the same bytes again."""

from __future__ import annotations

import re
from hashlib import sha256

import pytest
from typer.testing import CliRunner

from medassay.cli import app
from medassay.errors import DataError, UsageError
from medassay.reporting.validation import Bar, judge
from medassay.workflows.validation import validate
from medassay.workflows.validation_plan import read_plan

PLAN = """kind: validation
schema: 1
title: Findings on made-up <images>
intended_use: To test medassay.
responsible: nobody
endpoint:
  metric: accuracy
  where: {kind: yes/no}
  at_least: 0.5
subgroups: [organ]
limits:
  - The images are one pixel wide.
signatures: [Clinical lead, Physicist]
"""


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN, "utf-8")
    return path


def test_it_is_made_again_bit_for_bit_and_leaves_the_run_alone(made, plan, tmp_path):
    run = made("good", wrong=10)
    before = {path: path.read_bytes() for path in run.path.iterdir() if path.is_file()}
    first = validate(run.path, plan=plan, out=tmp_path / "a")
    second = validate(run.path, plan=plan, out=tmp_path / "b")
    assert [path.read_bytes() for path in first.files] == [path.read_bytes() for path in second.files]
    assert {path: path.read_bytes() for path in run.path.iterdir() if path.is_file()} == before


def test_it_holds_what_a_hospital_must_see(made, plan, tmp_path):
    run = made("good", wrong=10)
    found = validate(run.path, plan=plan, out=tmp_path)
    page, text = (path.read_text("utf-8") for path in found.files)
    rows = sha256((run.path / "rows.parquet").read_bytes()).hexdigest()
    for shown in (page, text):
        assert rows in shown
        assert sha256(plan.read_bytes()).hexdigest() in shown
        assert run.manifest["protocol"]["id"] in shown
        assert "Physicist" in shown
        assert "The images are one pixel wide." in shown
        assert "Criterion met" in shown
    assert "Findings on made-up &lt;images&gt;" in page
    assert page.count("data:image/") == 12  # 10 wrong rows, one unparsed and one refused
    endpoint = found.validation.endpoint
    assert endpoint is not None
    assert (endpoint.n, endpoint.slice) == (40, "kind=yes/no")
    expected = [e for e in run.estimates if (e.metric, e.slice) == ("accuracy", "kind=yes/no")]
    assert endpoint.value == expected[0].value
    assert [e.slice for e in found.validation.record.estimates] == [
        "kind=yes/no",
        "kind=yes/no, organ=chest",
        "kind=yes/no, organ=head",
    ]


def test_the_cohort_counts_rows_and_clusters_of_each_tag(made, plan, tmp_path):
    lines = validate(made("good", wrong=10).path, plan=plan, out=tmp_path).validation.cohort.lines
    assert [tuple(line) for line in lines] == [
        ("all", "60", "100 %", "30"),
        ("different images", "1", "", ""),
        ("organ", "", "", ""),
        ("  chest", "45", "75.0 %", "30"),
        ("  head", "15", "25.0 %", "15"),
    ]


def test_rows_of_data_that_must_not_leave_are_shown_to_those_who_may_see_them(made, plan, tmp_path):
    run = made("kept", wrong=10, may_leave=False)
    made_with = (validate(run.path, plan=plan, out=tmp_path, permit=p).files[0] for p in ((), ["report"]))
    closed, opened = (path.read_text("utf-8") for path in made_with)
    assert "Held back" in closed
    assert not re.search(r"made-up-\d|data:image/", closed)
    assert "made-up-1" in opened
    assert "data:image/" in opened


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("schema: 1", "schema: 2"), "is not known"),
        (("intended_use: To test medassay.\n", ""), "'intended_use' is missing"),
        (("at_least: 0.5", "at_least: half"), "plan.yaml:9: 'half' should be a number"),
        (("at_least: 0.5", "at_least: 0.5\n  at_most: 1"), "exclude each other"),
        (("metric: accuracy", "where: {organ: head}"), "occurs twice"),
        (("responsible", "responsable"), "did you mean 'responsible'"),
    ],
)
def test_a_mistake_in_a_plan_names_its_line_and_what_to_write(plan, change, said):
    plan.write_text(PLAN.replace(*change), "utf-8")
    with pytest.raises(DataError, match=said):
        read_plan(plan)


def test_a_subgroup_that_no_row_has_is_refused(made, plan, tmp_path):
    plan.write_text(PLAN.replace("[organ]", "[organ, sex]"), "utf-8")
    with pytest.raises(UsageError, match="no row has the tag sex: there are organ"):
        validate(made("good", wrong=10).path, plan=plan, out=tmp_path)


LEAST, MOST = Bar(value=0.8, least=True), Bar(value=0.8, least=False)


@pytest.mark.parametrize(
    ("low", "high", "bar", "found"),
    [
        (0.80, 0.9, LEAST, "met"),
        (0.79, 0.9, LEAST, "not shown"),
        (0.7, 0.8, LEAST, "not shown"),
        (0.7, 0.79, LEAST, "not met"),
        (0.7, 0.8, MOST, "met"),
        (0.7, 0.81, MOST, "not shown"),
        (0.81, 0.9, MOST, "not met"),
        (None, None, LEAST, "not estimated"),
        (0.9, 0.95, None, "none stated"),
    ],
)
def test_the_whole_interval_decides(made, low, high, bar, found):
    from dataclasses import replace

    estimate = replace(made("good", wrong=10).estimates[0], low=low, high=high)
    assert judge(estimate, bar, final=True) == found
    if bar is not None:
        assert judge(estimate, bar, final=False) == "not final"


def test_the_command_says_the_verdict_and_where(made, plan, tmp_path):
    run = str(made("bad", wrong=45).path)
    asked = ["report", run, "--kind", "validation", "--plan", str(plan), "--out", str(tmp_path / "out")]
    held = CliRunner().invoke(app, asked)
    assert held.output.startswith("Criterion NOT met")
    assert (tmp_path / "out" / "validation.html").exists()
    lacking = CliRunner().invoke(app, ["report", run, "--kind", "validation"])
    assert isinstance(lacking.exception, UsageError)

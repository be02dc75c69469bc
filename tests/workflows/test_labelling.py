"""Labels of people: a blind draw, and what comes back."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import Any

import pytest

import medassay
from medassay.errors import DataError, NotPermitted, UsageError
from medassay.models.fakes import Failing, Scripted
from medassay.rows import read_rows
from medassay.workflows.labelling import answer_key, draw, read_labels
from medassay.workflows.resolve import find_benchmark

SMALL = "phantom@vqa:n=12"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def run(name, say, out) -> Any:
    return medassay.run(model=Scripted(say, name=name), benchmark=SMALL, out=out).path


@pytest.fixture
def runs():
    return [run("alpha-vlm", lambda r: "yes", "one"), run("beta-vlm", lambda r: f"no {len(r.text)}", "two")]


def write(path, lines, columns=("id", "label", "rater")):
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(lines)
    return path


def test_the_draw_is_blind_seeded_and_in_proportion(runs, tmp_path):
    count = draw(runs, 20, out=tmp_path / "a.csv")
    text = (tmp_path / "a.csv").read_text()
    lines = list(csv.DictReader(text.splitlines(keepends=True)))
    assert len(lines) == count == 40  # two answers to each sample
    assert "alpha" not in text
    assert "accuracy" not in text
    assert {line["label"] for line in lines} == {""}
    rows = list(read_rows(runs[0] / "rows.parquet"))
    for kind in {row.sample.kind for row in rows}:
        share = 20 * sum(row.sample.kind == kind for row in rows) / len(rows)
        assert abs(sum(line["kind"] == kind for line in lines) / 2 - share) < 1
    draw(runs, 20, out=tmp_path / "b.csv")
    assert (tmp_path / "b.csv").read_bytes() == (tmp_path / "a.csv").read_bytes()
    draw(runs, 20, out=tmp_path / "c.csv", seed=1)
    assert (tmp_path / "c.csv").read_bytes() != (tmp_path / "a.csv").read_bytes()
    keys = {answer_key(r.sample, r.response) for folder in runs for r in read_rows(folder / "rows.parquet")}
    assert {line["id"] for line in lines} <= keys


def test_equal_answers_of_two_runs_are_labelled_once(runs, tmp_path):
    same = run("gamma", lambda r: "yes", "three")
    assert draw([runs[0], same], 10, out=tmp_path / "a.csv") == 10


def test_what_failed_is_not_drawn(tmp_path):
    model = Failing(Scripted(lambda r: "yes", name="m"), rate=0.5)
    folder: Any = medassay.run(model=model, benchmark=SMALL, out="bad").path
    answered = sum(row.response.error is None for row in read_rows(folder / "rows.parquet"))
    assert draw([folder], 1000, out=tmp_path / "a.csv") == answered
    with pytest.raises(UsageError, match="nothing to draw"):
        draw([folder], 5, out=tmp_path / "b.csv", only=["report"])


def test_data_that_must_not_leave_is_not_exported(runs, tmp_path, monkeypatch):
    found = find_benchmark
    monkeypatch.setattr(
        "medassay.workflows.labelling.find_benchmark", lambda name: replace(found(name), may_leave=False)
    )
    with pytest.raises(NotPermitted, match="--permit export"):
        draw(runs, 5, out=tmp_path / "a.csv")
    assert not (tmp_path / "a.csv").exists()
    assert draw(runs, 5, out=tmp_path / "a.csv", permit=["export"])


def test_labels_of_one_and_of_several_raters(tmp_path):
    one = read_labels(write(tmp_path / "one.csv", [("a", "1"), ("b", "Wrong"), ("c", "")], ("id", "label")))
    assert (one.truth, one.alpha, one.kappa) == ({"a": 1.0, "b": 0.0}, None, None)
    lines = [
        ("a", "1", "x"),
        ("a", "1", "y"),
        ("b", "0", "x"),
        ("b", "0", "y"),
        ("c", "1", "x"),
        ("c", "0", "y"),
    ]
    two = read_labels(write(tmp_path / "two.csv", lines))
    assert two.truth == {"a": 1.0, "b": 0.0}
    assert (two.tied, two.raters) == (1, ("x", "y"))
    assert two.kappa == pytest.approx(0.4)  # (2/3 - 4/9) / (1 - 4/9)
    assert two.alpha == pytest.approx(1 - (2 / 6) / (18 / 30))
    european = tmp_path / "european.csv"
    european.write_text("\ufeffid;label;rater\na;1;x\n", "utf-8")
    assert read_labels(european).truth == {"a": 1.0}
    three = read_labels(write(tmp_path / "three.csv", [*lines, ("c", "0", "z")]))
    assert three.truth["c"] == 0.0
    assert three.kappa is None


@pytest.mark.parametrize(
    ("lines", "columns", "why"),
    [
        ([("a", "perhaps", "")], ("id", "label", "rater"), r"l\.csv:2: the label 'perhaps'"),
        ([("a", "1", "x"), ("a", "0", "x")], ("id", "label", "rater"), r"l\.csv:3: x has labelled"),
        ([("a", "1")], ("id", "verdict"), "no column 'label'"),
        ([("a", "", "")], ("id", "label", "rater"), "no line has a label"),
    ],
)
def test_a_bad_file_is_named(lines, columns, why, tmp_path):
    with pytest.raises(DataError, match=why):
        read_labels(write(tmp_path / "l.csv", lines, columns))
    with pytest.raises(DataError, match="cannot be read"):
        read_labels(tmp_path / "none.csv")

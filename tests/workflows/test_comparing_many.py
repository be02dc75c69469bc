"""Several runs at once: pairs, slices and benchmarks of one family, and what is refused."""

from __future__ import annotations

import json
from hashlib import sha256
from html import escape

import pytest
from typer.testing import CliRunner

from medassay.cli import app
from medassay.errors import UsageError
from medassay.reporting.paragraph import paragraph
from medassay.workflows.comparing import Question, compare_runs
from medassay.workflows.resolve import resolve_benchmark
from medassay.workflows.scoring import score

SIZES = (160, 120)
GETS = {"good": 0.9, "fair": 0.85, "poor": 0.3}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Runs of three models on two benchmarks, by model and size; the last has not answered one question."""
    root = tmp_path_factory.mktemp("runs")
    for size in SIZES:
        for name, gets in GETS.items():
            _score(root, name, gets, size)
    _score(root, "silent", 0.5, SIZES[0], left_out=1)
    return root


def _score(root, name, gets, size, left_out=0):
    benchmark = f"phantom@vqa:n={size}"
    samples = list(resolve_benchmark(benchmark).samples())
    answers = root / f"{name}{size}.jsonl"
    lines = [
        {"id": s.id, "response": s.target.texts[0] if _lucky(name, s.id, gets) else "?"} for s in samples
    ]
    answers.write_text("\n".join(json.dumps(line) for line in lines[left_out:]))
    score(benchmark=benchmark, predictions=answers, name=name, out=root / f"{name}{size}")


def _lucky(name, sample, gets):
    return int(sha256(f"{name}{sample}".encode()).hexdigest(), 16) % 1000 < 1000 * gets


def test_pairs_and_slices_are_one_family(folder):
    runs = [folder / f"{name}160" for name in GETS]
    held = compare_runs(runs, Question(by=[["skill"]], margin=0.5)).comparisons
    slices = {c.result.slice for c in held}
    assert {(c.first, c.second) for c in held} == {("good", "fair"), ("good", "poor"), ("fair", "poor")}
    assert len(held) == 3 * len(slices)
    assert len(slices) > 2
    assert {c.result.family for c in held} == {len(held)}
    found = {(c.first, c.second): c.result for c in held if c.result.slice == "all"}
    assert found["good", "poor"].verdict == "A better"
    assert found["good", "fair"].verdict == "equivalent"
    parts = [c.result for c in held if (c.first, c.second) == ("good", "poor") and c.result.slice != "all"]
    whole = found["good", "poor"]
    assert sum(part.n for part in parts) == whole.n
    assert sum(part.n * part.difference for part in parts) == pytest.approx(whole.n * whole.difference)


def test_a_run_without_a_partner_is_refused_with_what_differs(folder):
    with pytest.raises(UsageError, match=r"good160.*differ in benchmark, selection"):
        compare_runs([folder / "good160", folder / "good120"])
    held = compare_runs([folder / "good160", folder / "fair120"], Question(anyway=True))
    assert held.cautions == ["good and fair differ in benchmark, selection: compared anyway"]
    assert held.comparisons[0].result.missing_b > 0
    assert "differ in benchmark" in paragraph(held.comparisons, held.cautions)


def test_a_failed_row_withholds_the_verdict_of_its_pair_only(folder):
    runner = CliRunner()
    words = ["compare", *(str(folder / f"{name}160") for name in ("good", "poor", "silent"))]
    told = runner.invoke(app, [*words, "--json"])
    assert told.exit_code == 1
    verdicts = {(c["first"], c["second"]): c["verdict"] for c in json.loads(told.stdout)["comparisons"]}
    assert verdicts == {
        ("good", "poor"): "A better",
        ("good", "silent"): "incomplete",
        ("poor", "silent"): "incomplete",
    }
    said = runner.invoke(app, [*words, "--paragraph"]).stdout
    assert "good was better than poor" in said
    assert "no verdict yet between good and silent" in said


def test_a_verdict_may_hold_whatever_failed_rows_would_have_been(folder):
    runs = [folder / "good160", folder / "silent160"]
    (plain,) = compare_runs(runs).comparisons
    (held,) = compare_runs(runs, Question(bound_failed=True)).comparisons
    assert (plain.result.verdict, held.result.verdict) == ("incomplete", "A better")
    assert held.result.difference == plain.result.difference
    assert held.result.low < plain.result.low
    assert held.result.high > plain.result.high
    assert held.result.failed == 1
    assert "1 failed rows" in held.result.note


def test_the_terminal_fits_and_the_files_hold_all(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    words = ["compare", str(folder / "good160"), str(folder / "poor160"), "--by", "skill,sex"]
    told = CliRunner().invoke(app, [*words, "--out", str(tmp_path / "out")])
    assert told.exit_code == 0
    assert max(map(len, told.stdout.splitlines())) <= 80
    page = (tmp_path / "out" / "comparison.md").read_text()
    held = json.loads((tmp_path / "out" / "comparison.json").read_text())
    assert all(c["slice"] in page for c in held["comparisons"])
    assert held["paragraph"] in page
    html = (tmp_path / "out" / "comparison.html").read_text()
    assert all(escape(c["slice"]) in html for c in held["comparisons"])
    assert escape(held["paragraph"], quote=False).replace("'", "&#39;") in html


def test_rows_are_clustered_by_a_tag_and_paired_by_their_cluster(folder):
    runs = [folder / "good160", folder / "poor160"]
    (by_tag,) = compare_runs(runs, Question(cluster="specialty")).comparisons
    (usual,) = compare_runs(runs).comparisons
    assert by_tag.result.n == usual.result.n
    assert by_tag.result.n_clusters < usual.result.n_clusters
    with pytest.raises(UsageError, match="no such tag"):
        compare_runs(runs, Question(cluster="language"))


def test_a_model_meets_its_own_base_only(folder):
    for name, gets in (("medgemma-4b", 0.8), ("gemma-3-4b", 0.6)):
        _score(folder, name, gets, SIZES[0])
    names = ["gemma-3-4b160", "good160", "medgemma-4b160"]
    (held,) = compare_runs([folder / name for name in names], Question(against_base=True)).comparisons
    assert (held.first, held.second) == ("medgemma-4b", "gemma-3-4b")
    assert held.result.family == 1


def test_against_base_needs_a_card_that_names_one(folder):
    with pytest.raises(UsageError, match="base"):
        compare_runs([folder / "good160", folder / "poor160"], Question(against_base=True))

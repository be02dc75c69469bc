import pytest

import medassay
from medassay.errors import UsageError
from medassay.models.fakes import Scripted
from medassay.workflows.reports import report
from medassay.workflows.ruling import score_run

SMALL = "phantom@vqa:n=40"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def runs(_elsewhere):
    yes = Scripted(lambda request: "yes", name="always yes")
    no = Scripted(lambda request: "no" if "yes or no" in request.text else "unsure", name="always no")
    return [
        medassay.run(model=model, benchmark=SMALL, out=name) for model, name in ((yes, "yes"), (no, "no"))
    ]


def test_equal_models_are_not_told_apart(runs):
    held = medassay.compare(runs[0], "no")
    assert held.difference == 0  # phantom is balanced: yes and no are right equally often
    assert held.low < 0 < held.high
    assert held.verdict == "inconclusive"
    assert held.only_a == held.only_b > 0


def test_different_protocols_are_refused_by_name(runs):
    other = medassay.run(model=lambda requests: ["no"] * len(requests), benchmark="phantom@vqa:n=41", out="o")
    with pytest.raises(UsageError, match="differ in benchmark, selection"):
        medassay.compare(runs[0], other)


def test_a_protocol_with_metrics_of_its_own_compares_by_its_headline(runs, tmp_path):
    judged = [
        score_run(run.path, protocol="medvlmbench", out=tmp_path / run.path.name / "mv") for run in runs
    ]
    folders = [run.path for run in judged if run.path]
    held = report(folders, out=tmp_path / "both").comparisons[0].result
    assert held.metric == "accuracy_closed"
    assert [held.a, held.b] == [run.estimates[0].value for run in judged]
    assert held.n == judged[0].estimates[0].n


def test_a_report_over_several_runs_judges_stored_answers_again(runs, tmp_path):
    stored = [run.estimates for run in runs]
    (tmp_path / "yes" / "estimates.parquet").unlink()
    held = report([tmp_path / "yes", tmp_path / "no"], out=tmp_path / "both")
    assert [run.estimates for run in held.runs] == stored
    assert [(c.first, c.second) for c in held.comparisons] == [(runs[0].manifest["model"]["name"],) * 2]
    page = held.report.read_text()
    assert "inconclusive" in page
    assert (tmp_path / "both" / "report.md").exists()
    assert (tmp_path / "both" / "estimates.csv").exists()

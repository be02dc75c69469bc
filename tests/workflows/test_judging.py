"""`medassay judge` from run folders to corrected numbers."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import medassay
from medassay.errors import NotPermitted, UsageError
from medassay.judges.rubric import gold_words
from medassay.models.fakes import Failing, Scripted
from medassay.reporting.verdicts import render_panel, sentences
from medassay.rows import read_rows
from medassay.workflows.comparing import compare, differences
from medassay.workflows.judging import judge as work
from medassay.workflows.labelling import answer_key
from medassay.workflows.reports import report
from medassay.workflows.resolve import find_benchmark

BENCHMARK = "phantom@vqa:n=60"


def judge(*arguments, **options) -> Any:
    return work(*arguments, **options)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def run(name="model", say=lambda r: "yes", benchmark=BENCHMARK) -> Any:
    return medassay.run(model=Scripted(say, name=name), benchmark=benchmark, out=name).path


def between(text, start):
    return text.split(f"{start}\n[[")[1].split("]]")[0].lower()


def strict(request):
    """A judge that calls right what holds the accepted answer."""
    right = between(request.text, "Accepted answer:") in between(request.text, "Answer to be judged:")
    return json.dumps({"verdict": "correct" if right else "incorrect"})


def lenient(request):
    """The same, but every third wrong answer is forgiven."""
    forgiven = int(request.key, 16) % 3 == 0
    return '{"verdict": "correct"}' if forgiven else strict(request)


def is_right(row):
    return gold_words(row.sample).lower() in row.response.text.lower()


def label(folders, path, *, share=1.0):
    """Labels as the strict judge would give them, for a share of the answers."""
    rng = np.random.default_rng(0)
    truth = {}
    for folder in folders:
        for row in read_rows(folder / "rows.parquet"):
            truth[row.sample.id, answer_key(row.sample, row.response)] = int(is_right(row))
    chosen = {sample for sample in sorted({sample for sample, _ in truth}) if rng.random() < share}
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "label"])
        writer.writerows([key, right] for (sample, key), right in truth.items() if sample in chosen)
    return path


def test_a_run_is_judged_into_a_run_of_its_own_and_stays_as_it_was(tmp_path):
    folder = run()
    before = (folder / "rows.parquet").read_bytes()
    log = tmp_path / "calls"
    found = judge([folder], judge=Scripted(strict, name="judge", log=log), only=["yes/no", "open"])
    assert (folder / "rows.parquet").read_bytes() == before
    [judged] = found.runs
    assert judged.path.parent == folder / "judged"
    assert judged.path.name == f"semantic-Scripted-{judged.manifest['id'][:8]}"
    assert {row.sample.kind for row in judged.rows()} <= {"yes/no", "open"}
    protocol = judged.manifest["protocol"]
    fingerprint = judged.manifest["judge"]["fingerprint"]
    words = judged.manifest["judge"]["words_sha256"]
    assert protocol["rules"] == f"judge:semantic.1-{words[:8]}:{fingerprint[:16]}:open+yes/no"
    rows = list(judged.rows())
    expected = np.mean([row.sample.target.texts[0] in row.response.text for row in rows])
    assert judged.estimates[0].value == pytest.approx(expected)
    asked = len(log.read_text().splitlines())
    assert asked == len({row.response.trace[0].request_key for row in rows}) < len(rows)
    again = judge([folder], judge=Scripted(strict, name="judge", log=log), only=["yes/no", "open"])
    assert len(log.read_text().splitlines()) == asked
    assert again.runs[0].estimates == judged.estimates


def test_equal_answers_of_another_run_are_not_judged_again(tmp_path):
    one, other = run("one"), run("two")
    log = tmp_path / "calls"
    judge([one], judge=Scripted(strict, name="judge", log=log))
    asked = log.read_text()
    found = judge([other], judge=Scripted(strict, name="judge", log=log))
    assert log.read_text() == asked
    assert found.runs[0].manifest["asked"] == 0


def test_runs_compare_under_one_judge_only():
    folders = [run("one"), run("two", lambda r: "no")]
    strictly = judge(folders, judge=Scripted(strict, name="strict"), out="strict").runs
    leniently = judge(folders, judge=Scripted(lenient, name="lenient"), out="lenient").runs
    graded = judge([folders[0]], judge=Scripted(lambda r: '{"score": 9}', name="strict"), rubric="graded")
    assert differences(*strictly) == []
    assert compare(*strictly).metric == "judge_accuracy"
    assert "rules" in differences(strictly[0], leniently[0])
    assert "rules" in differences(strictly[0], graded.runs[0])


def test_report_reads_the_stored_replies_again_without_a_judge():
    found = judge([run()], judge=Scripted(lenient, name="judge"))
    path = found.runs[0].path
    before = list(found.runs[0].rows())
    again = report([path])
    assert list(again.runs[0].rows()) == before
    assert again.runs[0].estimates == found.runs[0].estimates
    assert again.runs[0].manifest["protocol"] == found.runs[0].manifest["protocol"]
    assert "judge:semantic.1" in (path / "report.html").read_text()


def test_a_judge_that_fails_leaves_the_run_incomplete_and_is_mended():
    folder = run(say=lambda r: f"no {len(r.text)}")
    bad = judge([folder], judge=Failing(Scripted(strict, name="judge"), rate=0.5))
    assert not bad.complete
    assert bad.panel.runs[0].counts["failed"] > 0
    estimate = bad.runs[0].estimates[0]
    assert estimate.worst <= estimate.value <= estimate.best
    good = judge([folder], judge=Scripted(strict, name="judge"))
    assert good.complete
    assert good.runs[0].manifest["asked"] > 0
    assert good.runs[0].manifest["from_store"] > 0


def test_replies_that_cannot_be_read_are_never_a_zero():
    def sulks(request):
        return "I would rather not." if int(request.key, 16) % 2 else '{"verdict": "correct"}'

    found = judge([run(say=lambda r: f"answer {len(r.text)}")], judge=Scripted(sulks, name="judge"))
    assert found.runs[0].estimates[0].value == 1
    assert found.panel.runs[0].counts["unread"] > 5


def test_labels_undo_what_a_lenient_judge_adds(tmp_path):
    folders = [run("one", lambda r: "yes"), run("two", lambda r: f"no, {len(r.text)}")]
    truth = [np.mean([is_right(row) for row in read_rows(f / "rows.parquet")]) for f in folders]
    labels = label(folders, tmp_path / "labels.csv", share=0.6)
    found = judge(folders, judge=Scripted(lenient, name="judge"), labels=labels)
    for line, right in zip(found.panel.runs, truth, strict=True):
        powered, rates, alone = line.corrected
        assert line.estimate.value > right + 0.1
        assert line.agreement.sensitivity.value == 1
        assert 0.4 < line.agreement.specificity.value < 0.95
        assert all(one.low <= right <= one.high for one in (powered, rates, alone))
        assert abs(powered.value - right) < line.estimate.value - right
    assert line.labelled_clusters > 0
    few, enough = (sentences(replace(line, labelled_clusters=count), labelled=True) for count in (49, 50))
    assert set(few) - set(enough) == {"The labels lie in 49 clusters: these intervals are unreliable."}
    [pair] = found.panel.differences
    assert pair.corrected[0].low <= truth[0] - truth[1] <= pair.corrected[0].high
    assert "rows carry one" in found.panel.labels


def test_agreement_with_rules_stands_apart_and_covers_what_rules_decide():
    folder = run("clever", lambda r: "yes")
    found = judge([folder], judge=Scripted(lenient, name="judge"))
    [line] = found.panel.runs
    assert line.agreement is None
    assert line.corrected == ()
    rows = [row for row in read_rows(folder / "rows.parquet") if row.score.status == "scored"]
    decided = [row for row in rows if row.sample.kind in {"yes/no", "choice"}]
    assert line.rules.n == len(decided)
    text = "".join(str(shown) for shown in render_panel(found.panel))
    assert "UNCORRECTED" in text
    assert json.loads((found.runs[0].path / "judge.json").read_text()) == found.panel.to_json()
    assert "says nothing of open answers" in text


def test_pairs_say_how_often_the_order_decided():
    folders = [run("one", lambda r: "left"), run("two", lambda r: "right")]
    first = judge(folders, judge=Scripted(lambda r: '{"better": "A"}', name="judge"), rubric="pairwise")
    [line] = first.panel.runs
    n = first.runs[0].manifest["n"]
    assert (line.swapped.pairs, line.swapped.flipped, line.swapped.first_place) == (n, n, n)
    assert line.estimate.value == 0.5

    def fair(request):
        return json.dumps({"better": "A" if between(request.text, "Answer A:") == "left" else "B"})

    found = judge(folders, judge=Scripted(fair, name="fair"), rubric="pairwise")
    assert found.panel.runs[0].swapped.flipped == 0
    assert found.panel.runs[0].estimate.value == 1
    assert found.runs[0].manifest["usage"] == medassay.load_run(folders[0]).manifest["usage"]
    again = report([found.runs[0].path])
    assert again.runs[0].estimates == found.runs[0].estimates


OWN = """
from dataclasses import replace
from medassay.judges.rubrics.semantic import RUBRIC as OURS
RUBRIC = replace(OURS, name="ours", template="Q {question} A {answer} G {gold}")
NUMBER = 7
"""


def test_a_rubric_of_ones_own_is_found_again_from_any_folder(tmp_path, monkeypatch):
    folder = run().absolute()
    (tmp_path / "mine.py").write_text(OWN)
    model = Scripted(lambda r: '{"verdict": "correct"}' if "\nQ " in r.text else "", name="judge")
    judged = judge([folder], judge=model, rubric="mine.py:RUBRIC").runs[0]
    assert judged.estimates[0].value == 1
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert report([judged.path]).runs[0].estimates == judged.estimates
    (tmp_path / "mine.py").write_text(OWN.replace("G {gold}", "Gold: {gold}"))
    with pytest.raises(UsageError, match="have changed since"):
        report([judged.path])
    with pytest.raises(UsageError, match="not a Rubric"):
        judge([folder], judge=model, rubric="../mine.py:NUMBER")


class Elsewhere(Scripted):
    destination = "https://api.example.org/v1"


def test_data_that_must_not_leave_is_judged_elsewhere_by_permission_only(monkeypatch):
    folder, found = run(), find_benchmark
    monkeypatch.setattr(
        "medassay.workflows.sitting.find_benchmark", lambda name: replace(found(name), may_leave=False)
    )
    asked = []
    model = Elsewhere(lambda r: asked.append(r) or strict(r), name="far")
    with pytest.raises(NotPermitted, match=r"to api\.example\.org \(judge\)"):
        judge([folder], judge=model)
    assert not asked
    judged = judge([folder], judge=model, permit=["api.example.org"]).runs[0]
    assert asked
    assert judged.manifest["permitted"] == ["api.example.org"]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"rubric": "semantics"}, "did you mean 'semantic'"),
        ({"only": ["essay"]}, "no kind is called 'essay'"),
        ({"rubric": "green-style", "only": ["open"]}, "judges report only"),
        ({"rubric": "green-style"}, "has no answers of the kinds"),
        ({"rubric": "pairwise"}, "name two or more"),
        ({"rubric": "medvlmbench-semantic", "labels": "x.csv"}, "neither right nor wrong"),
    ],
)
def test_what_cannot_be_judged_is_said(options, why):
    with pytest.raises(UsageError, match=why):
        judge([run()], judge=Scripted(strict, name="judge"), **options)


def test_verdicts_are_not_judged_in_turn_and_other_questions_are_no_pair():
    folder = run()
    judged = judge([folder], judge=Scripted(strict, name="judge")).runs[0].path
    with pytest.raises(UsageError, match="holds a judge's verdicts"):
        judge([judged], judge=Scripted(strict, name="judge"))
    other = run("other", benchmark="phantom@vqa:n=24,seed=5")
    with pytest.raises(UsageError, match="same questions"):
        judge([folder, other], judge=Scripted(strict, name="judge"), rubric="pairwise")


SLOW_JUDGE = """
import sys
from pathlib import Path
from medassay.models.fakes import Scripted, Slow
from medassay.workflows.judging import judge
model = Scripted(lambda r: '{"verdict": "correct"}', name="judge", log=Path("calls"))
judge(["model"], judge=Slow(model, 0.02) if sys.argv[1] == "slow" else model, out="judged")
"""


def test_a_killed_judge_goes_on_where_it_was(tmp_path):
    run(say=lambda r: f"no {r.key}")
    script = [sys.executable, "-c", SLOW_JUDGE]
    calls = tmp_path / "calls"
    process = subprocess.Popen([*script, "slow"], cwd=tmp_path)
    while not calls.exists() or len(calls.read_text().splitlines()) < 40:
        assert process.poll() is None
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    before = calls.read_text().splitlines()
    subprocess.run([*script, "fast"], cwd=tmp_path, check=True)
    after = calls.read_text().splitlines()
    lost = len(after) - len(set(after))
    assert len(set(after)) > len(before)
    assert lost <= 10  # answered within the last 50 milliseconds before the kill
    judged = medassay.load_run(tmp_path / "judged")
    assert judged.complete

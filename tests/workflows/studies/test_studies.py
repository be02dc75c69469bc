"""A whole study with scripted models: what is refused, what is counted, what the report says."""

from __future__ import annotations

import importlib
import re

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

import medassay
from medassay.errors import DataError, UsageError
from medassay.models.fakes import Constant
from medassay.statistics.operating.readers import Found
from medassay.workflows import studies
from medassay.workflows.adapting.parts import parts_of
from medassay.workflows.resolve import resolve_benchmark
from medassay.workflows.studies.analysing import analyse
from medassay.workflows.studies.report import report


def test_the_findings_are_those_of_the_locked_rows(looked):
    found = analyse(studies.load(looked))
    index, comparator = found.tests["index"], found.tests["comparator"]
    assert len(index.answers.ids) == 90  # of 100, those of left eyes
    calls = index.called
    known = calls.call >= 0
    assert index.performance.figure("sensitivity").value == (calls.call[calls.truth == 1] == 1).mean()
    assert roc_auc_score(calls.truth[known], calls.prob[known]) >= index.auroc.value  # unread rows rank worst
    assert {p.measure for p in found.compared} == {"auroc", "sensitivity", "specificity"}
    assert comparator.auroc.value < index.auroc.value
    assert found.finding == "shown"
    assert found.sentence.startswith("Shown: auroc not more than 0.05 below the comparator's")
    assert found.deviations == ["95 rows were planned, and the locked part has 90."]
    assert [len(figures) for figures in found.subgroups.values()] == [3, 3]


def test_the_report_holds_plan_flow_looks_and_gaps(sealed):
    text = (sealed / "report.md").read_text("utf-8")
    for sentence in (
        "95 rows were planned, and the locked part has 90",
        "rows of the part, n = 100; not of this study (plan: where), n = 10; index test asked, n = 90",
        "needs the authors",
        "Checklist: STARD 2015",
        "Checklist: TRIPOD-LLM",
        "positive predictive value: at a prevalence of 0.04",
        "look begun",
    ):
        assert sentence in text, sentence
    assert "approv" not in text.lower()  # of regulatory approval it says nothing
    numbers = [
        int(n)
        for n in re.findall(r"called (?:positive|negative), n = (\d+)|indeterminate, n = (\d+)", text)
        for n in n
        if n
    ]
    assert sum(numbers) == 90
    page = (sealed / "report.html").read_text("utf-8")
    assert page.count("<article") >= 2
    assert '<svg viewBox="0 0 720' in page


def test_no_look_without_a_point_no_point_after_a_look_no_look_without_a_reason(place):
    folder = place / "study"
    studies.lock(place / "plan.yaml", out=folder)
    with pytest.raises(UsageError, match="choose the operating point first"):
        studies.look(folder, why="too early")
    with pytest.raises(UsageError, match="was not looked at yet"):
        report(folder)
    first = studies.choose(folder).operating
    assert studies.choose(folder).operating == first
    with pytest.raises(UsageError, match="say why"):
        studies.look(folder, why=" ")
    studies.look(folder, why="the planned analysis")
    with pytest.raises(UsageError, match="can be chosen no more"):
        studies.choose(folder)
    with pytest.raises(UsageError, match="is not empty"):
        studies.lock(place / "plan.yaml", out=folder)


def test_a_second_look_is_possible_and_shown(looked):
    studies.look(looked, why="a reviewer asked", who="B. Second")
    studies.deviate(looked, why="site B sent its scans late", who="B. Second")
    report(looked)
    text = (looked / "report.md").read_text("utf-8")
    assert "The locked part was looked at 2 times; this report is of the first look that ended" in text
    assert "Look 2, after the first: auroc" in text
    assert "B. Second: site B sent its scans late" in text


def test_an_interrupted_look_goes_on_and_is_counted_once(place, monkeypatch):
    folder = place / "study"
    studies.lock(place / "plan.yaml", out=folder)
    studies.choose(folder)
    study_models = importlib.import_module("study_models")

    whole = study_models.blunt._say
    monkeypatch.setattr(study_models.blunt, "_say", lambda _request: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        studies.look(folder, why="the planned analysis")
    assert [e.kind for e in studies.load(folder).entries][-1] == "look begun"
    monkeypatch.setattr(study_models.blunt, "_say", whole)
    study = studies.look(folder, why="again")
    assert [e.kind for e in study.entries] == ["locked", "chosen", "look begun", "look ended"]
    assert study.entries[2].why == "the planned analysis"


def test_another_model_or_other_items_than_were_locked_are_refused(place, monkeypatch):
    folder = place / "study"
    studies.lock(place / "plan.yaml", out=folder)
    study_models = importlib.import_module("study_models")

    monkeypatch.setattr(study_models, "sharp", study_models.scripted("other", 0.7))
    with pytest.raises(UsageError, match="another than the one that was locked"):
        studies.choose(folder)
    monkeypatch.undo()
    monkeypatch.setenv("MEDASSAY_LOCKS", str(place / "locks"))
    monkeypatch.setenv("MEDASSAY_STORE", str(place / "answers.db"))
    monkeypatch.syspath_prepend(place)
    studies.choose(folder)
    benchmark = place / "eyes.py"
    benchmark.write_text(benchmark.read_text("utf-8").replace("number % 5 < 2", "number % 5 < 1"), "utf-8")
    with pytest.raises(DataError, match="is not what was locked"):
        studies.look(folder, why="the planned analysis")


def test_nothing_is_learned_from_a_locked_image(place):
    studies.lock(place / "plan.yaml", out=place / "study")
    benchmark = place / "eyes.py"
    other = place / "others.py"
    text = benchmark.read_text("utf-8").replace('where.split == "test"', 'where.split == "train"')
    other.write_text(text.replace('splits=("test", "validation")', 'splits=("test", "train")'), "utf-8")
    with pytest.raises(DataError, match=r"training would use 90 images of the locked part"):
        parts_of(resolve_benchmark(str(other)), data=None)
    word = {"model": Constant("normal"), "benchmark": str(other), "out": place / "run"}
    with pytest.raises(DataError, match=r"the choice of a wording would use \d+ images of the locked part"):
        medassay.run(**word, prompts=2)
    with pytest.raises(DataError, match=r"the examples of a prompt would use \d+ images of the locked part"):
        medassay.run(**word, solver="few-shot:k=2")
    next((place / "locks").iterdir()).write_text("{", "utf-8")
    with pytest.raises(DataError, match="it may lock what is to be learned from"):
        parts_of(resolve_benchmark(str(other)), data=None)


def test_human_readers_are_locked_with_the_plan_and_compared(place):
    ids = [f"scan-{n}" for n in range(100) if n % 10]
    lines = ["reader,id,rating,call"]
    for reader in ("R1", "R2", "R3"):
        noise = np.random.default_rng(int(reader[1]))
        for name in ids:
            rating = (int(name[5:]) % 5 < 2) + noise.normal()
            lines.append(f"{reader},{name},{rating:.3f},{int(rating > 0.5)}")
    (place / "readers.csv").write_text("\n".join(lines), "utf-8")
    with (place / "plan.yaml").open("a") as file:
        file.write("readers: readers.csv\n")
    folder = place / "study"
    studies.lock(place / "plan.yaml", out=folder)
    studies.choose(folder)
    studies.look(folder, why="the planned analysis")
    found = analyse(studies.load(folder))
    assert found.reader_names == ["R1", "R2", "R3"]
    assert isinstance(found.readers, Found)
    assert found.readers.low < found.readers.value < found.readers.high
    assert found.readers.value == pytest.approx(np.mean(found.readers.values))
    report(folder)
    assert "index test less the mean of 3 readers" in (folder / "report.md").read_text("utf-8")
    (folder / "readers.csv").write_text("changed", "utf-8")
    with pytest.raises(DataError, match=r"readers.csv is not what was locked"):
        studies.load(folder)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("who,id\n", "columns reader and id are needed"),
        ("reader,id,call\nR1,scan-0,1\n", "has no item 'scan-0'"),
        ("reader,id,call\nR1,scan-1,yes\n", ":2: the call 'yes' should be 1, 0 or empty"),
        ("reader,id,rating\nR1,scan-1,high\n", ":2: the rating 'high' should be a number"),
        ("reader,id,call\nR1,scan-1,1\nR1,scan-1,1\n", ":3: R1 read scan-1 twice"),
        ("reader,id,call\nR1,scan-1,1\n", "R1 did not read 89 of 90 items"),
    ],
)
def test_a_mistake_in_the_readers_stops_the_lock_and_names_the_line(place, text, says):
    (place / "readers.csv").write_text(text, "utf-8")
    with (place / "plan.yaml").open("a") as file:
        file.write("readers: readers.csv\n")
    with pytest.raises(DataError, match=re.escape(says)):
        studies.lock(place / "plan.yaml", out=place / "study")
    assert not (place / "study").exists()

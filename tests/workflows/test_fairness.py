"""`fairness` on runs: real metadata with made probabilities, thresholds, refusals, languages, the command."""

import json
import shutil
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from rich.console import Console
from sklearn.metrics import roc_auc_score
from typer.testing import CliRunner

import medassay
from medassay.benchmarks.ham10000 import BENCHMARK, load
from medassay.cli import app
from medassay.errors import UsageError
from medassay.models.fakes import Scripted
from medassay.reporting.fairness import markdown, render
from medassay.rows import write_rows
from medassay.types import STATUSES, Choice, Response, Row, Sample, Score, Target, Where
from medassay.workflows.fairness import fairness
from medassay.workflows.results import Run

PAIR = (Choice(label="healthy"), Choice(label="ill"))


def _run(folder, rows):
    folder.mkdir()
    write_rows(folder / "rows.parquet", rows)
    named = {"name": "ham10000", "version": "1", "variant": None}
    manifest = {"status": "complete", "protocol": {"benchmark": named}, "model": {"name": "made"}}
    return Run(path=folder, benchmark=BENCHMARK, manifest=manifest, estimates=())


def _judged(sample, probs):
    names = [choice.label for choice in sample.choices]
    answer = names[int(np.argmax(probs))]
    right = float(answer == sample.target.texts[0])
    score = Score(status="scored", answer=answer, values={"accuracy": right})
    return Row(sample=sample, response=Response(text="", probs=tuple(map(float, probs))), score=score)


def _two(n=240, *, seed=0, start=0, worse=""):
    """Rows of two classes by sex; for `worse` the probabilities say nothing."""
    rng = np.random.default_rng(seed)
    for i in range(start, start + n):
        ill, sex = bool(rng.integers(2)), "female" if i % 2 else "male"
        p = 1 / (1 + np.exp(-rng.normal() - 1 - 2 * (ill - 0.5) * (sex != worse)))
        sample = Sample(
            id=f"s{i}",
            kind="label",
            question="",
            choices=PAIR,
            target=Target(texts=("ill" if ill else "healthy",)),
            cluster=f"p{i // 2}",
            tags={"sex": sex, "age_group": "60-79" if i % 3 else "40-59"},
        )
        yield _judged(sample, (1 - p, p))


def _found(held, parity=0):
    return {each.name: each for each in held.records[0].parities[parity].quantities}


def test_real_metadata_with_made_probabilities(shared_data, tmp_path):
    name = "ISIC2018_Task3_Test_GroundTruth.csv"
    shutil.copy(shared_data / "ham10000" / name, tmp_path)
    rng, rows = np.random.default_rng(0), []
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "ISIC_0034524.jpg").touch()  # images are not looked at
    for sample in load(Where(root=tmp_path)):
        names = [choice.label for choice in sample.choices]
        odds = rng.normal(0, 1, len(names))
        odds[names.index(sample.target.texts[0])] += 2.0 if sample.tags.get("sex") == "male" else 0.7
        rows.append(_judged(sample, np.exp(odds) / np.exp(odds).sum()))
    run = _run(tmp_path / "run", rows)
    held = fairness([run], by=["sex", "age_group"], positive="Melanoma", intersections=True)
    record = held.records[0]
    assert (record.n, record.n_clusters) == (1512, 1223)
    stated = [row for row in rows if "sex" in row.sample.tags]
    assert sum(group.n for group in record.parities[0].groups) == len(stated)
    ranked = _found(held)["auroc"]
    for contrast in ranked.contrasts:
        mine = [row for row in stated if row.sample.tags["sex"] == contrast.group]
        names = [choice.label for choice in mine[0].sample.choices]
        truth = [row.sample.target.texts[0] == "melanoma" for row in mine]
        prob = [row.response.probs[names.index("melanoma")] for row in mine]
        assert contrast.value == pytest.approx(roc_auc_score(truth, prob))
    assert (ranked.verdict, ranked.worst) == ("differs", "female")
    assert record.parities[2].attribute == "sex & age_group"
    small = [group.name for group in record.parities[2].groups if not group.compared]
    assert all(" & " in name for name in small)


def test_a_threshold_comes_from_other_rows_or_not_at_all(tmp_path):
    run = _run(tmp_path / "test", _two())
    other = _run(tmp_path / "validation", _two(seed=1, start=1000))
    assert fairness([run], by=["sex"]).records[0].threshold is None
    record = fairness([run], by=["sex"], validation=other).records[0]
    assert 0.5 < record.threshold < 1  # the probabilities are too high by construction
    assert "validation" in record.threshold_from
    with pytest.raises(UsageError, match="shares sample s0"):
        fairness([run], by=["sex"], validation=run)
    with pytest.raises(UsageError, match="no probability"):
        fairness([run], by=["sex"], threshold=1.5)


def test_a_stated_threshold_decides_and_judges(tmp_path):
    rows = list(_two())
    found = _found(fairness([_run(tmp_path / "r", rows)], by=["sex"], threshold=0.8))
    for contrast in found["accuracy"].contrasts:
        mine = [row for row in rows if row.sample.tags["sex"] == contrast.group]
        right = [(row.response.probs[1] >= 0.8) == (row.sample.target.texts[0] == "ill") for row in mine]
        assert contrast.value == pytest.approx(np.mean(right))


def _texts(n=200):
    """Yes/no answers by language, each question in two; in "pt" some are refused or cannot be read."""
    rng = np.random.default_rng(0)
    for i in range(n):
        for language in ("en", "pt"):
            lost = rng.random() if language == "pt" else 1.0
            status = STATUSES[2 if lost < 0.2 else 1 if lost < 0.4 else 0]
            gold = "yes" if i % 2 else "no"
            sample = Sample(
                id=f"{i}-{language}",
                kind="yes/no",
                question="?",
                target=Target(texts=(gold,)),
                cluster=f"q{i}",
                tags={"language": language},
            )
            right = bool(rng.random() < 0.8)
            answer = gold if right else {"yes": "no", "no": "yes"}[gold]
            scored = status == "scored"
            yield Row(
                sample=sample,
                response=Response(text=answer),
                score=Score(
                    status=status,
                    answer=answer if scored else None,
                    values={"accuracy": float(right)} if scored else {},
                ),
            )


def test_languages_are_groups_and_refusals_a_quantity(tmp_path):
    held = fairness([_run(tmp_path / "r", _texts())], by=["language"])
    found = _found(held)
    assert {"accuracy", "tpr", "fpr", "unparsed_rate", "refused_rate"} <= set(found)
    assert "auroc" not in found
    assert found["refused_rate"].verdict == "differs"
    assert found["refused_rate"].worst == "pt"
    assert found["tpr"].verdict == "not shown"  # of those that were read, as many are right
    assert found["accuracy"].worst == "pt"
    notes = held.records[0].parities[0].notes
    assert any("200 clusters hold several groups" in note for note in notes)
    assert any("answers not read" in note for note in notes)


def test_failed_rows_are_left_out_and_leave_no_verdict(tmp_path):
    rows = list(_two())
    lost = Row(sample=rows[0].sample, response=Response(error="time-out"), score=Score(status="failed"))
    held = fairness([_run(tmp_path / "r", [lost, *rows[1:]])], by=["sex"])
    assert (held.records[0].n, held.records[0].failed) == (239, 1)
    assert {each.verdict for each in held.records[0].parities[0].quantities} <= {"incomplete", "not compared"}


def test_variants_are_pooled_and_tags_with_commas_are_taken_together(tmp_path):
    rows = list(_two(240))
    other = [
        replace(r, sample=replace(r.sample, id=f"{r.sample.id} again", tags={"sex": "male"})) for r in rows
    ]
    runs = [_run(tmp_path / "a", rows), _run(tmp_path / "b", other)]
    held = medassay.fairness(runs, by=["sex,age_group", "sex"], pool=True)
    (record,) = held.records
    assert (record.n, record.n_clusters) == (480, 120)
    cells, sex = record.parities
    assert cells.attribute == "sex & age_group"
    assert {group.name: group.n for group in sex.groups} == {"female": 120, "male": 360}
    assert sum(group.n for group in cells.groups) == 240
    assert "240 rows do not state it: in no group" in cells.notes


def test_one_file_is_written_by_its_ending(tmp_path):
    runs = [_run(tmp_path / "r", _two(80))]
    fairness(runs, by=["sex"], out=tmp_path / "page.html")
    assert sorted(path.name for path in tmp_path.glob("*.*")) == ["page.html"]
    with pytest.raises(UsageError, match="a file that ends in"):
        fairness(runs, by=["sex"], out=tmp_path / "page.pdf")


def test_an_unknown_tag_or_class_is_named(tmp_path):
    run = _run(tmp_path / "r", _two(40))
    with pytest.raises(UsageError, match="the tags are age_group, sex"):
        fairness([run], by=["race"])
    with pytest.raises(UsageError, match="they are healthy, ill"):
        fairness([run], by=["sex"], positive="tumour")


def test_what_is_printed_fits_80_columns_and_says_what_chance_makes(tmp_path):
    held = fairness([_run(tmp_path / "r", _two(300, worse="female"))], by=["sex"], out=tmp_path / "out")
    console = Console(width=80, record=True, file=StringIO())
    for part in render(held.records):
        console.print(part)
    text = console.export_text()
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text
    assert "by chance" in text
    assert (tmp_path / "out" / "fairness.md").read_text() == markdown(held.records)
    page = (tmp_path / "out" / "fairness.html").read_text()
    assert "by sex: female 150, male 150" in page
    assert page.count("<table") == 2
    plain = json.loads((tmp_path / "out" / "fairness.json").read_text())
    assert plain["runs"][0]["parities"][0]["quantities"][0]["gap"]["expected"] > 0


def test_the_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    medassay.run(model=Scripted(lambda request: "yes", name="yes"), benchmark="phantom@vqa:n=60", out="r")
    done = CliRunner().invoke(app, ["fairness", "r", "--by", "sex", "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["runs"][0]["parities"][0]["attribute"] == "sex"

"""A report over runs: every form of it, what it refuses, published numbers beside ours, in a browser."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from medassay.cli import app
from medassay.errors import UsageError
from medassay.splits.tags import Tag, write_tags
from medassay.workflows.beside import HEAD, published_beside
from medassay.workflows.reports import Added, report, summarise
from medassay.workflows.results import Run
from medassay.workflows.run_parts import by_parts

pytest.importorskip("matplotlib", reason="matplotlib absent")

BROWSER = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def three(made):
    return [made("good", wrong=10), made("near", wrong=11), made("bad", wrong=45)]


@pytest.fixture(scope="module")
def folder(three, tmp_path_factory):
    out = tmp_path_factory.mktemp("report")
    summarise(three, out=out)
    return out


def test_every_form_is_there_and_marks_the_best_by_the_paired_test(folder):
    assert {path.name for path in folder.iterdir()} == {
        "report.html",
        "report.md",
        "report.tex",
        "estimates.csv",
        "figures",
    }
    page, text, tex = ((folder / f"report.{form}").read_text("utf-8") for form in ("html", "md", "tex"))
    assert len(re.findall(r'<b class="best">', page)) == 2  # the best, and one that is not worse
    assert len(re.findall(r"\*\*0\.\d{3}\*\* ", text.split("## Who beats whom")[0])) == 2
    assert tex.count(r"\textbf{0.") == 2
    assert r"\toprule" in tex
    assert "▼" in page
    assert "▼ worse" in text


def test_a_report_made_again_is_the_same_to_the_byte(three, folder, tmp_path):
    summarise(three, out=tmp_path)
    for path in folder.rglob("*.*"):
        assert (tmp_path / path.relative_to(folder)).read_bytes() == path.read_bytes(), path.name


def test_latex_compiles(folder, tmp_path):
    engine = next(filter(None, map(shutil.which, ("tectonic", "pdflatex", "lualatex"))), None)
    if engine is None:
        pytest.skip("no TeX")
    body = (folder / "report.tex").read_text("utf-8")
    document = rf"\documentclass{{article}}\usepackage{{booktabs}}\begin{{document}}{body}\end{{document}}"
    (tmp_path / "paper.tex").write_text(document, "utf-8")
    subprocess.run([engine, "paper.tex"], cwd=tmp_path, check=True, capture_output=True, timeout=200)
    assert (tmp_path / "paper.pdf").stat().st_size > 1000


def test_a_browser_opens_it_without_a_complaint(folder, tmp_path):
    if BROWSER is None:
        pytest.skip("no Chromium")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr"]
    page = (folder / "report.html").resolve().as_uri()
    held = subprocess.run(
        [BROWSER, *flags, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", page],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert "Who beats whom" in held.stdout
    assert "CONSOLE" not in held.stderr


def test_groups_of_people_are_compared_on_request(three, tmp_path):
    printed = CliRunner().invoke(
        app, ["report", *(str(run.path) for run in three), "--by", "organ", "--out", str(tmp_path), "--json"]
    )
    held = json.loads(printed.output)
    assert [run["model"] for run in held["runs"]] == ["good", "near", "bad"]
    assert len(held["comparisons"]) == 3
    assert held["comparisons"][0]["benchmark"] == "Made_up & 100 %, made elsewhere"
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "by organ: chest 45, head 15" in page


def test_parts_by_the_tags_of_a_split_are_a_table_and_a_chart(three, tmp_path):
    ids = [row.sample.id for row in three[0].rows()]
    parts = ["reasoning" if k % 2 else "understanding" for k in range(len(ids))]
    tags = [
        Tag(id=one, part=part, probability=float(part == "reasoning"), source="somebody")
        for one, part in zip(ids, parts, strict=True)
    ]
    write_tags(tmp_path / "tags.csv", tags)
    summarise(three[:1], out=tmp_path, added=Added(tags=[tmp_path / "tags.csv"]))
    (found,) = by_parts([three[0].path], [tmp_path / "tags.csv"])
    with (tmp_path / "figures" / "figures.csv").open(newline="", encoding="utf-8") as file:
        (drawn,) = (row for row in csv.DictReader(file) if row["chart"] == "parts-by-tags")
    assert (float(drawn["at"]), float(drawn["value"])) == (found.hard.no.value, found.hard.yes.value)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert f"{found.hard.gap.value:+.3f}".replace("-", "−") in page
    assert "Parts by somebody." in page


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"by": ["organ"]}, "give --out"),
        ({"radar": True}, "give --out"),
        ({"by": ["nothing"], "out": Path("x")}, "no row of any run"),
    ],
)
def test_what_cannot_be_is_refused(three, asked, said, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=said):
        report([three[0].path], **asked)


def of_a_paper(made, **changes):
    """A run on VQA-RAD as the suite of arXiv 2507.11200 asks for it, made from a run's manifest."""
    run = made("good", wrong=10)
    held = {"name": "vqa-rad", "variant": "hub", "version": 1}
    policy = {**run.manifest["protocol"], "benchmark": held, "solver": "direct", "rules": "how-far-2025"}
    policy |= {"asked": "how-far-2025", "decoding": {}, "selection": {"limit": None}} | changes
    model = {**run.manifest["model"], "card": {"name": "qwen2.5-vl-3b"}}
    rest = {k: v for k, v in run.manifest.items() if k != "predictions"}
    manifest = {**rest, "protocol": policy, "model": model, "status": "complete"}
    return Run(path=run.path, benchmark=run.benchmark, manifest=manifest, estimates=run.estimates)


def test_published_numbers_stand_beside_and_say_whether_the_protocol_is_theirs(made):
    same, other = of_a_paper(made), of_a_paper(made, rules="strict", asked="strict")
    (section,) = published_beside([same, other])
    (table,) = section.tables
    assert tuple(table.head) == HEAD
    first, second = (dict(zip(HEAD, line, strict=True)) for line in table.lines)
    assert (first["model"], first["benchmark"]) == ("Qwen2.5-VL-3B", "VQA-RAD")
    assert first["source"] == "arXiv:2507.11200v2, Table 1"
    assert first["published"] == "0.5458"
    assert first["protocol"] == "as published"
    assert second["protocol"] == "DIFFERS (1)"
    assert "judged by the rules of strict, not how-far-2025" in section.notes[0]


def test_runs_that_no_paper_has_get_no_table(made):
    assert published_beside([made("good", wrong=10)]) == []
    strange = of_a_paper(made)
    manifest = {**strange.manifest, "model": {**strange.manifest["model"], "card": {"name": "demo-vlm"}}}
    assert published_beside([replace(strange, manifest=manifest)]) == []

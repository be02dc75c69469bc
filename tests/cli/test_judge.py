"""`medassay judge` as it is typed, with a shipped checkpoint as the judge: nonsense, but it must run."""

from __future__ import annotations

import csv
import json
import subprocess
import sys

import pytest

FUNCTION = """
def judge(requests):
    return ['{"verdict": "correct"}' if int(r.key, 16) % 4 else '{"verdict": "incorrect"}' for r in requests]


def yes(requests):
    return ["yes"] * len(requests)
"""


@pytest.fixture
def medassay(tmp_path):
    (tmp_path / "mine.py").write_text(FUNCTION)

    def call(*words):
        return subprocess.run(
            [sys.executable, "-m", "medassay", *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    call("run", "-m", "mine.py:yes:id=1", "-b", "phantom@vqa:n=24", "--out", "run")
    return call


def test_draw_label_judge_and_correct(medassay, tmp_path):
    drawn = medassay("judge", "run", "--draw", "60", "--out", "sample.csv")
    assert drawn.returncode == 0, drawn.stderr
    with (tmp_path / "sample.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    with (tmp_path / "labels.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "label"])
        writer.writerows([line["id"], int(line["accepted"] == "yes")] for line in lines)
    held = medassay("judge", "run", "--judge", "mine.py:judge:id=1", "--labels", "labels.csv")
    assert held.returncode == 0, held.stderr
    assert max(map(len, held.stdout.splitlines())) <= 80
    for word in ("uncorrected", "prediction-powered", "Rogan-Gladen", "labels alone", "sensitivity"):
        assert word in held.stdout
    told = medassay("judge", "run", "-j", "mine.py:judge:id=1", "--labels", "labels.csv", "--json")
    found = json.loads(told.stdout)
    assert found["runs"][0]["corrected"][0]["n_labelled"] == len(lines) == 60
    shown = medassay("report", found["folders"][0])
    assert "judge accuracy" in shown.stdout
    assert "judge:semantic.1" in " ".join(shown.stdout.split())


def test_a_shipped_checkpoint_as_a_judge(medassay):
    held = medassay("judge", "run", "--judge", "demo-vlm", "--only", "open")
    assert held.returncode == 0, held.stderr
    assert "UNCORRECTED" in held.stdout
    assert "unread" in held.stdout


def test_rubrics_are_listed_and_shown_with_their_words(medassay):
    assert "medvlmbench-semantic" in medassay("list", "rubrics").stdout
    assert "Answer to be judged:" in medassay("show", "semantic").stdout


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("judge", "run"), "--judge MODEL"),
        (("judge", "run", "--draw", "5"), "--out FILE.csv"),
        (("judge", "nowhere", "-j", "mine.py:judge"), "no run folder"),
        (("judge", "run", "-j", "mine.py:judge", "-r", "sematic"), "did you mean 'semantic'"),
    ],
)
def test_bad_input_is_one_line(medassay, words, why):
    held = medassay(*words)
    assert held.returncode in {2, 3}
    assert why in held.stderr
    assert len(held.stderr.strip().splitlines()) == 1

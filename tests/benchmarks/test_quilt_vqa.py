"""Quilt-VQA in its two shapes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from medassay.benchmarks.quilt_vqa import BENCHMARK, load
from medassay.errors import DataError
from medassay.types import Where


@pytest.mark.parametrize("variant", ["files", "hub"])
def test_a_closed_answer_is_its_yes_or_no(folder, variant):
    samples = list(load(Where(root=folder(f"quilt-vqa@{variant}"))))
    assert [(s.kind, s.target.texts[0]) for s in samples] == [
        ("yes/no", "yes"),
        ("open", "They form nests, and some of them form glands."),
        ("yes/no", "no"),
    ]
    assert [s.id for s in samples] == [f"quilt-vqa-{variant}-{n}" for n in range(3)]
    assert samples[0].cluster == samples[1].cluster != samples[2].cluster


def test_questions_lose_the_placeholder_and_nothing_else_is_shown(folder):
    files, hub = (next(load(Where(root=folder(f"quilt-vqa@{v}")))) for v in ("files", "hub"))
    assert files.question == hub.question == "Is this a benign lesion?"
    assert "narrator" not in BENCHMARK.prompt(hub.case).text
    assert BENCHMARK.prompt(hub.case) == BENCHMARK.prompt(replace(hub.case, kind="open"))


def test_its_data_may_not_leave():
    assert not BENCHMARK.may_leave


def test_a_question_without_an_answer_is_named(folder):
    root = folder("quilt-vqa@files")
    path = root / "quiltvqa_test_w_ans.json"
    path.write_text(json.dumps(json.loads(path.read_text())[:2]))
    with pytest.raises(DataError, match=r"w_ans\.json: no answer to the question 2\. Ask for"):
        list(load(Where(root=root)))


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(
        DataError, match=r"wo_ans\.jsonl and quiltvqa_test_w_ans\.json or \*\.parquet not found"
    ):
        next(load(Where(root=tmp_path)))

"""Kvasir-VQA: types from the template, lists as sets, a split by image."""

from __future__ import annotations

import pytest

from medassay.benchmarks.kvasir_vqa import BENCHMARK, load
from medassay.errors import DataError
from medassay.types import Response, Sample, Where

from .drawing import picture, write_parquet
from .folders.kvasir_vqa import IMAGES, QUESTIONS


def _first(samples: list[Sample]) -> dict[str, Sample]:
    return {s.tags["question_type"]: s for s in samples if s.cluster == samples[0].cluster}


def test_the_types_follow_from_the_questions(folder):
    rows = _first(list(load(Where(root=folder("kvasir-vqa")))))
    assert {name: s.kind for name, s in rows.items()} == {
        "yes/no": "yes/no",
        "yes/no/not relevant": "closed",
        "single choice": "closed",
        "multiple choice": "closed",
        "color": "closed",
        "location": "closed",
        "count": "closed",
    }
    assert rows["yes/no"].target.texts == ("yes",)


def test_the_order_of_a_list_does_not_count(folder):
    rows = _first(list(load(Where(root=folder("kvasir-vqa")))))

    def right(name: str, text: str) -> float:
        return BENCHMARK.scorer(rows[name], Response(text=text)).values["accuracy"]

    assert [right("color", t) for t in ("pink; red; white", "White, red and pink.", "pink; red")] == [1, 1, 0]
    assert [right("location", t) for t in ("center-left; center", "center")] == [1, 0]
    assert [right("count", t) for t in ("0", "zero", "1")] == [1, 1, 0]


def test_the_parts_are_cut_by_image_and_nothing_is_lost_but_rows_without_a_question(folder, caplog):
    root = folder("kvasir-vqa")
    parts = {split: list(load(Where(root=root, split=split))) for split in BENCHMARK.splits}
    clusters = {split: {s.cluster for s in samples} for split, samples in parts.items()}
    assert sum(map(len, clusters.values())) == len(set.union(*clusters.values())) == len(IMAGES)
    assert sum(map(len, parts.values())) == len(IMAGES) * (len(QUESTIONS) - 2)
    assert "rows have no question" in caplog.text


def test_an_answer_that_does_not_fit_is_named(tmp_path):
    row = {"source": "Polyps", "question": "Is there text?", "answer": "some"}
    rows = [{**row, "image": {"bytes": picture(0), "path": None}, "img_id": name} for name in IMAGES]
    write_parquet(tmp_path / "00000.parquet", rows)
    with pytest.raises(DataError, match=r"'Is there text.' asks for yes or no, the answer is 'some'"):
        list(load(Where(root=tmp_path)))


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(DataError, match=r"no \*\.parquet\. Get the dataset from https://huggingface"):
        next(load(Where(root=tmp_path)))

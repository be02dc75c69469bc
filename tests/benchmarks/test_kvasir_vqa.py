"""Kvasir-VQA: types from the template, lists as sets, a split by image."""

from __future__ import annotations

import pytest

from medassay.benchmarks.kvasir_vqa import BENCHMARK, load
from medassay.errors import DataError
from medassay.types import Response, Sample, Where

from .drawing import picture, write_parquet
from .folders.kvasir_vqa import IMAGES, QUESTIONS


def _first(samples: list[Sample]) -> dict[str, Sample]:
    """The questions on the first image, by their first words."""
    return {" ".join(s.question.split()[:4]): s for s in samples if s.cluster == samples[0].cluster}


def test_kinds_and_options_follow_from_the_questions(folder):
    rows = _first(list(load(Where(root=folder("kvasir-vqa")))))
    assert {name: (s.kind, s.target.texts) for name, s in rows.items()} == {
        "Is there text?": ("yes/no", ("yes",)),
        "Have all polyps been": ("label", ("not relevant",)),
        "What type of procedure": ("label", ("colonoscopy",)),
        "Are there any instruments": ("multilabel", ()),
        "What color is the": ("multilabel", ("pink", "red", "white")),
        "Where in the image": ("multilabel", ("center", "center-left")),
        "How many instrumnets are": ("closed", ("0",)),
    }


def test_the_order_of_a_list_does_not_count(folder):
    rows = _first(list(load(Where(root=folder("kvasir-vqa")))))

    def right(name: str, text: str) -> float:
        return BENCHMARK.scorer(rows[name], Response(text=text)).values["accuracy"]

    assert [right("What color is the", t) for t in ("White, red and pink.", "pink; red")] == [1, 0]
    assert [right("Where in the image", t) for t in ("center-left; center", "center")] == [1, 0]
    assert [right("Are there any instruments", t) for t in ("none", "tube")] == [1, 0]
    assert [right("How many instrumnets are", t) for t in ("zero", "1")] == [1, 0]


def test_the_parts_are_cut_by_image_and_nothing_is_lost_but_rows_without_a_question(folder, caplog):
    root = folder("kvasir-vqa")
    parts = {split: list(load(Where(root=root, split=split))) for split in BENCHMARK.splits}
    clusters = {split: {s.cluster for s in samples} for split, samples in parts.items()}
    assert sum(map(len, clusters.values())) == len(set.union(*clusters.values())) == len(IMAGES)
    assert sum(map(len, parts.values())) == len(IMAGES) * (len(QUESTIONS) - 2)
    assert "rows have no question" in caplog.text


@pytest.mark.parametrize(
    ("question", "answer", "message"),
    [
        ("Is there text?", "some", "the answer 'some' to 'Is there text.' is none of its options"),
        ("What color is the polyp?", "red; mauve", "the answer 'red; mauve' to .* is none of its options"),
        ("Who did this?", "me", "'Who did this.' is none of the questions"),
    ],
)
def test_a_row_that_does_not_fit_is_named(tmp_path, question, answer, message):
    row = {"source": "Polyps", "question": question, "answer": answer}
    rows = [{**row, "image": {"bytes": picture(0), "path": None}, "img_id": name} for name in IMAGES]
    write_parquet(tmp_path / "00000.parquet", rows)
    with pytest.raises(DataError, match=rf"kvasir-vqa-cl8k2u1p\d+-1: {message}"):
        list(load(Where(root=tmp_path)))


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(DataError, match=r"no \*\.parquet\. Get the dataset from https://huggingface"):
        next(load(Where(root=tmp_path)))

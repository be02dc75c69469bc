"""GMAI-MMBench: options, tags, clusters of one image, answers that are withheld."""

from __future__ import annotations

import pytest

from medassay.benchmarks.gmai_mmbench import BENCHMARK, load
from medassay.errors import DataError, UsageError
from medassay.types import Where


def _validation(root):
    return list(load(Where(root=root, split="validation")))


def test_empty_options_are_none(folder):
    two, five, four = _validation(folder("gmai-mmbench"))
    assert [len(s.choices) for s in (two, five, four)] == [2, 5, 4]
    assert [s.target.texts for s in (two, five, four)] == [("B",), ("E",), ("A",)]
    assert two.question == "Which cell?\tThis one"
    assert BENCHMARK.prompt(two.case).text.count("\n") == 3


def test_questions_on_one_image_are_one_cluster(folder):
    first, other, again = _validation(folder("gmai-mmbench"))
    assert first.cluster == again.cluster != other.cluster
    assert again.images == first.images


@pytest.mark.parametrize("name", ["clinical VQA task", "clinical vqa task"])
def test_tags_in_either_spelling(folder, name):
    path = folder("gmai-mmbench") / "GMAI-MMBench_VAL.tsv"
    path.write_text(path.read_text("utf-8").replace("clinical VQA task", name), "utf-8")
    assert _validation(path.parent)[0].tags == {
        "modality": "Microscopy",
        "department": "Hematology",
        "clinical_task": "Cell Recognition",
        "granularity": "Box level",
        "category": "cell",
    }


def test_the_name_of_the_other_copy(folder):
    root = folder("gmai-mmbench")
    (root / "GMAI-MMBench_VAL.tsv").rename(root / "GMAI_mm_bench_VAL.tsv")
    assert len(_validation(root)) == 3


def test_what_cannot_be_had_says_so(folder, tmp_path):
    root = folder("gmai-mmbench")
    with pytest.raises(UsageError, match="no split 'test': it has validation"):
        next(load(Where(root=root)))
    assert "keep the answers" in BENCHMARK.absent["test"]
    (root / "GMAI-MMBench_VAL.tsv").unlink()
    with pytest.raises(DataError, match=r"no GMAI-MMBench_VAL\.tsv or GMAI_mm_bench_VAL\.tsv\. Get "):
        _validation(root)

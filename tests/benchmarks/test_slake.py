"""SLAKE in its two languages."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from medassay.benchmarks.slake import BENCHMARK, load
from medassay.contracts import check_benchmark
from medassay.errors import DataError, ImageError, UsageError
from medassay.images import open_image, resolve
from medassay.types import Response, Sample, Where

from .drawing import draw


@pytest.fixture
def real(shared_data: Path, tmp_path: Path) -> Path:
    """The real questions beside one image: the images are not among the shared data."""
    for path in (shared_data / "slake").glob("*.json"):
        (tmp_path / path.name).symlink_to(path)
    draw(tmp_path / "imgs" / "xmlab102" / "source.jpg", 1)
    return tmp_path


def _by_id(root: Path, disjoint: bool = True, **where: Any) -> dict[str, Sample]:
    return {s.id: s for s in load(Where(root=root, **where), disjoint=disjoint)}


@pytest.mark.parametrize("variant", ["en", "zh"])
@pytest.mark.parametrize("split", ["test", "validation"])
def test_contracts_hold_on_the_real_questions(real, variant, split):
    where = Where(root=real, variant=variant, split=split)
    findings = check_benchmark(BENCHMARK, load(where), whole=where)
    # 96 images are not here: each is a failure of its own, and the only one
    assert [f.check for f in findings if not f.ok] == ["images can be read"]


def test_closed_is_not_yes_no(real):
    samples = _by_id(real).values()
    assert Counter(s.tags["answer_type"] for s in samples) == {"open": 645, "closed": 416}
    assert Counter(s.kind for s in samples) == {"open": 645, "yes/no": 355, "closed": 61}
    assert Counter(s.tags["modality"] for s in samples) == {"CT": 472, "X-ray": 361, "MRI": 228}
    assert len({s.cluster for s in samples}) == 96


def test_nothing_chinese_is_read_as_english(real):
    samples = _by_id(real, variant="zh").values()
    assert Counter(s.kind for s in samples) == {"open": 613, "closed": 420}
    for sample in samples:
        assert set(BENCHMARK.scorer(sample, Response(text=sample.target.texts[0])).values) == {"accuracy"}
        assert "Answer" not in BENCHMARK.prompt(sample.case).text


def test_a_chinese_answer_may_repeat_another_verb(folder):
    rows = _by_id(folder("slake@en"), variant="zh")
    contains, abnormal, biggest = (rows[f"slake-zh-{n}"] for n in (5, 6, 7))

    def right(sample: Sample, text: str) -> float:
        return BENCHMARK.scorer(sample, Response(text=text)).values["accuracy"]

    assert [right(contains, t) for t in ("包含", "是的。", "有", "不包含", "没有")] == [1, 1, 1, 0, 0]
    assert [right(abnormal, t) for t in ("不是", "否", "没有", "是", "包含")] == [1, 1, 1, 0, 0]
    assert [right(biggest, t) for t in ("肝脏", "肝脏。", "肺", "是")] == [1, 1, 0, 0]


def test_training_questions_on_test_images_of_either_language_are_left_out(folder, caplog):
    root = folder("slake@en")
    assert [*_by_id(root, split="train")] == ["slake-en-10"]
    assert [*_by_id(root, split="train", variant="zh")] == ["slake-zh-13"]
    assert [*_by_id(root, split="train", disjoint=False)] == ["slake-en-10", "slake-en-12"]
    assert "question 11 has no answer" in caplog.text


def test_the_published_subset_is_the_english_part_as_it_was(folder):
    root = folder("slake@en")
    assert _by_id(root, variant="medvlmbench") == _by_id(root)
    published = _by_id(root, variant="medvlmbench", split="train")
    assert published == _by_id(root, disjoint=False, split="train") != _by_id(root, split="train")


def test_both_names_of_the_validation_file_and_packed_images(folder):
    root = folder("slake@en")
    (root / "validate.json").rename(root / "validation.json")
    shutil.make_archive(str(root / "imgs"), "zip", root, "imgs")
    shutil.rmtree(root / "imgs")
    (sample,) = _by_id(root, split="validation").values()
    assert open_image(sample.images[0]).size == (16, 16)


def test_a_missing_image_is_a_row_that_fails(folder):
    root = folder("slake@en")
    (root / "imgs" / "xmlab2" / "source.jpg").unlink()
    rows = _by_id(root)
    assert len(rows) == 4
    with pytest.raises(ImageError, match="xmlab2"):
        resolve(rows["slake-en-3"].images[0])


def test_what_is_missing_is_named(folder):
    root = folder("slake@en")
    with pytest.raises(UsageError, match="no variant 'de': it has en, zh, medvlmbench"):
        _by_id(root, variant="de")
    (root / "test.json").unlink()
    with pytest.raises(DataError, match=r"no test\.json\. Get the dataset from https://huggingface"):
        _by_id(root)
    with pytest.raises(DataError, match=r"no test\.json"):  # what is left out depends on it
        _by_id(root, split="train")

"""PathVQA, and what it shares with the hub's VQA-RAD."""

from __future__ import annotations

from dataclasses import replace

import pytest

from medassay.benchmarks.pathvqa import BENCHMARK, load
from medassay.errors import DataError, UsageError
from medassay.images import resolve
from medassay.types import Where


def test_rows_are_numbered_over_the_shards_and_clustered_by_content(folder):
    samples = list(load(Where(root=folder("pathvqa@hub"))))
    assert [s.id for s in samples] == ["pathvqa-test-0", "pathvqa-test-1", "pathvqa-test-2"]
    assert [(s.kind, s.target.texts[0]) for s in samples] == [
        ("open", "in the canals of hering"),
        ("yes/no", "yes"),
        ("yes/no", "no"),
    ]
    assert samples[0].cluster == samples[1].cluster != samples[2].cluster
    image = samples[2].images[0]
    assert resolve(replace(image, digest=None)) == image


def test_a_question_is_asked_alike_whatever_its_answer_is(folder):
    sample = next(load(Where(root=folder("pathvqa@hub"))))
    assert BENCHMARK.prompt(sample.case) == BENCHMARK.prompt(replace(sample.case, kind="yes/no"))


def test_the_published_subset_is_the_whole(folder):
    root = folder("pathvqa@hub")
    assert list(load(Where(root=root, variant="medvlmbench"))) == list(load(Where(root=root)))


def test_pickles_are_not_read(tmp_path):
    (tmp_path / "test_qa.pkl").write_bytes(b"cos\nsystem\n(S'touch pwned'\ntR.")
    with pytest.raises(DataError, match=r"\*\.parquet not found for the split 'test'.*path-vqa"):
        next(load(Where(root=tmp_path)))
    with pytest.raises(UsageError, match="no variant 'pickles'"):
        next(load(Where(root=tmp_path, variant="pickles")))

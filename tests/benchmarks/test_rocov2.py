"""ROCOv2 captions from CSV and from Parquet."""

from __future__ import annotations

from collections import Counter

import pytest

from medassay.benchmarks.rocov2 import BENCHMARK, load
from medassay.contracts import check_benchmark
from medassay.errors import DataError, ImageError
from medassay.images import open_image, resolve
from medassay.types import Where


def test_real_sample(shared_data, caplog):
    where = Where(root=shared_data / "rocov2_sample")
    samples = list(load(where, only_present=True))
    assert len(samples) == 24
    assert "76 captions" in caplog.text
    assert sum(Counter(s.tags["modality"] for s in samples).values()) == 24
    assert [f for f in check_benchmark(BENCHMARK, samples) if not f.ok] == []


def test_a_caption_without_its_image_is_a_row_that_fails(shared_data):
    samples = list(load(Where(root=shared_data / "rocov2_sample")))
    assert len(samples) == 100
    with pytest.raises(ImageError, match="No such file"):
        resolve(samples[0].images[0])


def test_captions_images_and_modalities_belong_together(folder):
    first, second = load(Where(root=folder("rocov2")))
    assert first.id == "rocov2-files-ROCOv2_2023_test_000001"
    assert first.target.texts == ('CT of the chest, with "ground glass" on both sides',)
    assert (first.tags, second.tags) == ({"modality": "CT+PET"}, {"modality": "X-ray"})
    assert first.images[0].uri.endswith("test/ROCOv2_2023_test_000001.jpg")


def test_the_layout_of_the_archive(folder):
    root = folder("rocov2")
    (root / "test_images").mkdir()
    (root / "test").rename(root / "test_images" / "test")
    (root / "test_concepts.csv").unlink()
    samples = list(load(Where(root=root)))
    assert [open_image(s.images[0]).size for s in samples] == [(16, 16), (16, 16)]
    assert [s.tags for s in samples] == [{}, {}]


def test_the_hub_shape(folder):
    first, _ = load(Where(root=folder("rocov2@hub")))
    assert first.id == "rocov2-hub-ROCOv2_2023_test_000001"
    assert first.target.texts == ("The caption of ROCOv2_2023_test_000001",)
    assert first.tags == {"modality": "CT"}
    assert open_image(first.images[0]).size == (16, 16)


def test_what_is_missing_is_named(folder):
    root = folder("rocov2")
    with pytest.raises(
        DataError, match=r"_captions\.csv or .*parquet not found for the split 'train'.*zenodo"
    ):
        next(load(Where(root=root, split="train")))
    (root / "test_captions.csv").write_text("ID,Text\n1,a\n")
    with pytest.raises(DataError, match=r"test_captions\.csv: record 0 has no Caption"):
        next(load(Where(root=root)))
    (root / "test_captions.csv").write_bytes(b"ID,Caption\n1,\xff\xfe\n")
    with pytest.raises(DataError, match=r"test_captions\.csv: not readable as CSV"):
        next(load(Where(root=root)))

"""MedMNIST from its .npz files, above all PneumoniaMNIST, of which a real one is at hand."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from medassay.benchmarks.medmnist import BREASTMNIST, CHESTMNIST, DERMAMNIST, RETINAMNIST
from medassay.benchmarks.medmnist import PNEUMONIAMNIST as BENCHMARK
from medassay.contracts import check_benchmark
from medassay.errors import DataError, UsageError
from medassay.images import open_image
from medassay.types import Response, Where

load = BENCHMARK.load


@pytest.mark.parametrize(
    ("split", "normal", "pneumonia"), [("test", 234, 390), ("val", 135, 389)]
)  # the train split of this file is not the official one
def test_real_splits(shared_data, split, normal, pneumonia):
    where = Where(root=shared_data / "pneumoniamnist", split=split)
    samples = list(load(where))
    assert Counter(s.target.texts[0] for s in samples) == {"normal": normal, "pneumonia": pneumonia}
    assert [f for f in check_benchmark(BENCHMARK, samples, whole=where) if not f.ok] == []


def test_a_train_split_that_is_not_the_official_one_shows(shared_data):
    where = Where(root=shared_data / "pneumoniamnist", split="train")
    findings = check_benchmark(BENCHMARK, load(where), whole=where)
    assert [f.detail for f in findings if not f.ok] == ["28/train has 3882 samples, the card says 4708"]


def test_pixels_and_label_are_of_the_same_row(folder):
    root = folder("pneumoniamnist@28")
    arrays = np.load(root / "pneumoniamnist.npz")
    for index, sample in enumerate(load(Where(root=root))):
        pixels = np.asarray(open_image(sample.images[0]))
        assert (pixels == arrays["test_images"][index][..., None]).all()
        assert sample.target.texts == (("normal", "pneumonia")[arrays["test_labels"][index, 0]],)
        assert sample.id == f"pneumoniamnist-28-test-{index}"


def test_the_size_is_the_variant_and_the_largest_comes_first(folder):
    root = folder("pneumoniamnist@28")
    small = dict(np.load(root / "pneumoniamnist.npz"))
    large = {k: v.repeat(8, 1).repeat(8, 2) if v.ndim == 3 else v for k, v in small.items()}
    np.savez(root / "pneumoniamnist_any_name.npz", **large)
    assert open_image(next(load(Where(root=root))).images[0]).size == (224, 224)
    assert open_image(next(load(Where(root=root, variant="28"))).images[0]).size == (28, 28)
    with pytest.raises(DataError, match=r"64 x 64 pixels not found.*zenodo"):
        next(load(Where(root=root, variant="64")))


def _truncate(path):
    path.write_bytes(path.read_bytes()[:500])


def _three_classes(path):
    arrays = dict(np.load(path))
    np.savez(path, **(arrays | {"test_labels": arrays["test_labels"] + 1}))


def _colour(path):
    arrays = dict(np.load(path))
    np.savez(path, **(arrays | {"test_images": np.repeat(arrays["test_images"][..., None], 3, -1)}))


def _other_keys(path):
    np.savez(path, x=np.zeros(3))


def _pickled(path):
    arrays = dict(np.load(path))
    np.savez(path, **(arrays | {"test_labels": np.array([{}], dtype=object)}))


@pytest.mark.parametrize("spoil", [_truncate, _three_classes, _colour, _other_keys, _pickled])
def test_a_wrong_file_is_named(folder, spoil):
    root = folder("pneumoniamnist@28")
    spoil(root / "pneumoniamnist.npz")
    with pytest.raises(DataError, match=r"pneumoniamnist\.npz: .*zenodo\.org"):
        next(load(Where(root=root)))


def test_both_choices_are_described_alike(folder):
    normal, pneumonia = next(load(Where(root=folder("pneumoniamnist@28")))).choices
    assert (normal.label, pneumonia.label) == ("normal", "pneumonia")  # label 1 is the positive class
    assert len(normal.texts) == len(pneumonia.texts)
    assert not set(normal.texts) & set(pneumonia.texts)


def test_the_positive_class_of_breastmnist_is_malignant(folder):
    root = folder("breastmnist@64")
    codes = np.load(root / "breastmnist_64.npz")["test_labels"][:, 0]
    samples = list(BREASTMNIST.load(Where(root=root)))
    assert [s.target.texts[0] for s in samples] == [("malignant", "normal or benign")[c] for c in codes]
    assert [c.label for c in samples[0].choices] == ["normal or benign", "malignant"]  # positive: the second
    published = next(BREASTMNIST.load(Where(root=root), prompts="published")).choices
    assert [c.texts for c in published] == [("a photo of normal, benign",), ("a photo of malignant",)]


def test_published_prompts_are_verbatim_and_apart(folder):
    root = folder("dermamnist@224")
    ours = next(DERMAMNIST.load(Where(root=root)))
    theirs = next(DERMAMNIST.load(Where(root=root, variant="medvlmbench")))
    asked = next(DERMAMNIST.load(Where(root=root), prompts="published"))
    assert (ours.id, theirs.id) == ("dermamnist-224-test-0", "dermamnist-medvlmbench-test-0")
    assert theirs.choices[4].texts == asked.choices[4].texts == ("a photo of melanoma",)
    assert len(ours.choices[4].texts) == 6
    assert ours.images == theirs.images


def test_the_published_variant_is_the_large_file(folder):
    with pytest.raises(DataError, match=r"224 x 224 pixels not found.*zenodo"):
        next(BREASTMNIST.load(Where(root=folder("breastmnist@64"), variant="medvlmbench")))
    with pytest.raises(UsageError, match="no variant 'medvlmbench'"):
        next(RETINAMNIST.load(Where(root=folder("retinamnist@28"), variant="medvlmbench")))


def test_chestmnist_has_all_its_findings(folder):
    none, some, *_ = CHESTMNIST.load(Where(root=folder("chestmnist@28")))
    assert none.target.texts == ()
    assert some.target.texts == ("Atelectasis", "Cardiomegaly", "Effusion")
    assert len(some.choices) == 14


def test_grades_that_contain_one_another_are_told_apart(folder):
    samples = list(RETINAMNIST.load(Where(root=folder("retinamnist@28"))))
    texts = ["There is no diabetic retinopathy.", "severe non-proliferative diabetic retinopathy"]
    for sample, text in zip((samples[0], samples[3]), texts, strict=True):
        assert RETINAMNIST.scorer(sample, Response(text=text)).values == {"accuracy": 1.0}
    assert RETINAMNIST.scorer(samples[4], Response(text=texts[1])).values == {"accuracy": 0.0}

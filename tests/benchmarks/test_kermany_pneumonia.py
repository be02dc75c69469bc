"""Kermany's folders: order, children, stray files, published prompts."""

from __future__ import annotations

import shutil

import pytest

from medassay.benchmarks.kermany_pneumonia import load
from medassay.errors import DataError
from medassay.types import Where


def test_sorted_by_name_without_stray_files(folder):
    samples = list(load(Where(root=folder("kermany-pneumonia@folders"))))
    assert [s.id.removeprefix("kermany-pneumonia-folders-test-") for s in samples] == [
        "IM-0001-0001",
        "NORMAL2-IM-0028-0001-0002",
        "NORMAL2-IM-0028-0001",
        "person1_virus_6",
        "person1_virus_7",
        "person78_bacteria_378",
    ]
    assert [s.cluster for s in samples[1:5]] == ["NORMAL2-IM-0028"] * 2 + ["person1_virus"] * 2
    assert [s.tags for s in samples[2:4]] == [{}, {"cause": "virus"}]


def test_published_prompts_keep_their_stray_blank(folder):
    root = folder("kermany-pneumonia@folders") / "chest_xray"
    sample = next(load(Where(root=root, variant="medvlmbench")))
    assert [c.texts for c in sample.choices] == [
        ("a photo of chest xray with no finding",),
        ("a photo of  chest xray with pneumonia",),
    ]
    assert sample.id == "kermany-pneumonia-medvlmbench-test-IM-0001-0001"


def test_a_folder_without_a_class_is_named(folder):
    root = folder("kermany-pneumonia@folders")
    shutil.rmtree(root / "chest_xray" / "test" / "NORMAL")
    with pytest.raises(DataError, match=r"images in test/NORMAL and test/PNEUMONIA not found.*mendeley"):
        next(load(Where(root=root)))

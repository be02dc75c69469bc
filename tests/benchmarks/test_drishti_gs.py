"""Drishti-GS1: its table as .xlsx and as .csv, both nestings, and the published prompts."""

from __future__ import annotations

import pytest

from medassay.benchmarks.drishti_gs import BENCHMARK, load
from medassay.contracts import check_benchmark
from medassay.errors import DataError
from medassay.types import Where

from .drawing import write_csv
from .folders.drishti_gs import TABLE


@pytest.fixture
def root(folder):
    return folder("drishti-gs@official")


def test_all_together_decide_and_patients_are_the_clusters(root):
    assert [(s.id, s.target.texts[0], s.cluster) for s in load(Where(root=root))] == [
        ("drishti-gs-drishtiGS_001", "normal", "7"),
        ("drishti-gs-drishtiGS_003", "glaucomatous", "7"),
    ]
    assert [s.cluster for s in load(Where(root=root, split="train"))] == ["8"]


def test_a_copy_as_csv_and_one_without_its_header(root):
    expected = [s.target for s in load(Where(root=root))]
    table = root / "Drishti-GS1_files" / "Drishti-GS1_diagnosis.xlsx"
    table.unlink()
    rows = [[str(cell or "") for cell in row[1:]] for row in TABLE[3:] if row]
    write_csv(table.with_suffix(".csv"), rows[0], rows[1:])
    assert [s.target for s in load(Where(root=root))] == expected
    write_csv(table.with_suffix(".csv"), ["image", *"abcdefg", "x"], rows[1:])
    samples = list(load(Where(root=root / "Drishti-GS1_files")))
    assert [s.target for s in samples] == expected
    assert [s.cluster for s in samples] == ["drishtiGS_001", "drishtiGS_003"]


def test_the_published_prompts_are_verbatim(root):
    where = Where(root=root, variant="medvlmbench")
    samples = list(load(where))
    normal, glaucomatous = samples[0].choices
    assert normal.texts == ("a photo of normal retina ",)
    assert glaucomatous.texts == ("a photo of glaucomatous retina",)
    assert [s.target for s in samples] == [s.target for s in load(Where(root=root))]
    assert next(load(Where(root=root), prompts="published")).choices == samples[0].choices
    findings = check_benchmark(BENCHMARK, samples, others=list(load(Where(root=root))))
    assert [f for f in findings if not f.ok] == []


def test_what_is_wrong_is_named(root):
    folder = root / "Drishti-GS1_files" / "Drishti-GS1_files" / "Test" / "Images"
    (folder / "drishtiGS_001.png").rename(folder / "drishtiGS_009.png")
    with pytest.raises(DataError, match=r"diagnosis\.xlsx: the diagnosis of drishtiGS_009\.png is missing"):
        list(load(Where(root=root)))
    for path in folder.iterdir():
        path.unlink()
    with pytest.raises(DataError, match=r"Test/Images: no \.png file"):
        next(load(Where(root=root)))
    (root / "Drishti-GS1_files" / "Drishti-GS1_diagnosis.xlsx").unlink()
    with pytest.raises(DataError, match=r"diagnosis\.xlsx or .*csv not found\. Get Drishti-GS1 from"):
        next(load(Where(root=root)))

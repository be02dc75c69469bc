"""Camelyon17-WILDS: the split by center, patients as text."""

from __future__ import annotations

import csv

import pytest

from medassay.benchmarks.camelyon17_wilds import BENCHMARK, load
from medassay.errors import DataError
from medassay.types import Where

TABLE = "camelyon17_v1.0/metadata.csv"


def test_the_split_is_by_center_whatever_the_column_says(folder):
    root = folder("camelyon17-wilds")
    held = {s: list(load(Where(root=root, split=s))) for s in BENCHMARK.splits}
    centers = {split: {s.tags["center"] for s in samples} for split, samples in held.items()}
    assert centers["test"] == {"2"}
    assert centers["validation"] == {"1"}
    assert centers["train"] == centers["id_validation"] == {"0", "3", "4"}
    assert {split: len(samples) for split, samples in held.items()} == {
        "test": 4,
        "validation": 4,
        "id_validation": 6,
        "train": 6,
    }


def test_patients_keep_their_zeros(folder):
    root = folder("camelyon17-wilds")
    first = next(load(Where(root=root, split="train")))
    assert first.cluster == "004"
    assert first.images[0].uri.endswith("patient_004_node_4/patch_patient_004_node_4_x_3328_y_21792.png")
    rows = list(csv.reader((root / TABLE).read_text().splitlines()))
    for row in rows[1:]:
        row[1] = str(int(row[1]))  # as a table that was read as numbers and written again
    with (root / TABLE).open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    assert next(load(Where(root=root, split="train"))) == first


def test_a_table_that_is_another_is_named(folder):
    root = folder("camelyon17-wilds")
    text = (root / TABLE).read_text()
    (root / TABLE).write_text(text.replace(",21792,1,", ",21792,1.0,", 1))
    with pytest.raises(DataError, match=r"metadata\.csv: patient_004_node_4_x_3360_y_21792 has tumor '1\.0'"):
        list(load(Where(root=root)))
    (root / TABLE).write_text(text.replace("center", "hospital", 1))
    with pytest.raises(DataError, match=r"metadata\.csv: record 0 has no center"):
        list(load(Where(root=root)))
    (root / TABLE).unlink()
    with pytest.raises(DataError, match=r"no metadata\.csv.*wilds\.stanford\.edu"):
        list(load(Where(root=root)))


def test_the_published_prompts_can_be_had(folder):
    sample = next(load(Where(root=folder("camelyon17-wilds")), prompts="published"))
    assert [c.texts for c in sample.choices] == [
        ("a photo of negative tumor",),
        ("a photo of positive tumor",),
    ]

"""PAPILA: both eyes of a person fall together, suspects are left out by default."""

from __future__ import annotations

import sys

import pytest
from tests.benchmarks.drawing import write_sheet
from tests.benchmarks.folders.papila import HEADER

from medassay.benchmarks.papila import load
from medassay.errors import DataError, MissingExtra
from medassay.images import open_image
from medassay.types import Where


@pytest.fixture
def root(folder):
    return folder("papila")


def test_eyes_have_their_own_diagnosis_and_one_cluster(root):
    samples = {s.id: s for s in load(Where(root=root))}
    assert {name: s.target.texts[0] for name, s in samples.items()} == {
        "papila-015-OD": "healthy",
        "papila-021-OD": "glaucoma",
        "papila-015-OS": "glaucoma",
        "papila-021-OS": "glaucoma",
    }
    left = samples["papila-015-OS"]
    assert (left.cluster, samples["papila-015-OD"].cluster) == ("015", "015")
    assert left.tags == {"sex": "female", "age_group": "40-59", "laterality": "left"}
    assert left.images[0].uri.endswith("FundusImages/RET015OS.jpg")
    assert open_image(left.images[0]).size == (16, 16)


def test_people_are_never_parted(root):
    parts = [
        {s.cluster for s in load(Where(root=root, split=split), suspects=True)}
        for split in ("test", "validation", "train")
    ]
    assert parts == [{"015", "021", "024"}, {"007"}, {"002"}]


def test_suspects_are_a_third_class_on_request(root):
    samples = list(load(Where(root=root), suspects=True))
    assert [s.id for s in samples if s.target.texts == ("suspect",)] == ["papila-024-OD", "papila-024-OS"]
    assert [c.label for c in samples[0].choices] == ["healthy", "glaucoma", "suspect"]
    assert "age_group" not in samples[2].tags  # the cell is empty


def test_prompts(root):
    ensemble, published = (
        next(load(Where(root=root), prompts=prompts)).choices for prompts in ("ensemble", "published")
    )
    assert [c.texts for c in published] == [("a photo of benign fundus",), ("a photo of glaucoma fundus",)]
    assert [c.label for c in ensemble] == ["healthy", "glaucoma"]  # the second is positive
    assert len(ensemble[0].texts) == len(ensemble[1].texts) == 9


def test_what_is_wrong_is_named(root, monkeypatch):
    table = root / "ClinicalData" / "patient_data_od.xlsx"
    write_sheet(table, [*HEADER, ("#015", 58, 1, 3)])
    with pytest.raises(DataError, match=r"od\.xlsx: #015 has the diagnosis '3', not 0, 1 or 2"):
        next(load(Where(root=root)))
    write_sheet(table, [(None, "Age", "Gender"), ("#015", 58, 1)])
    with pytest.raises(DataError, match=r"od\.xlsx: no column Diagnosis above #015.*figshare"):
        next(load(Where(root=root)))
    table.write_bytes(table.read_bytes()[:100])
    with pytest.raises(DataError, match=r"od\.xlsx: not a whole Excel file \(File is not a zip file\)"):
        next(load(Where(root=root)))
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingExtra, match=r"medassay\[medical\]"):
        next(load(Where(root=root)))

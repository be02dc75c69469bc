"""CheXpert Plus: studies from rows of images, and a test part by patient."""

from __future__ import annotations

import shutil

import pytest

from medassay.benchmarks.chexpert_plus import BENCHMARK, load
from medassay.errors import DataError
from medassay.images import open_image
from medassay.types import Where


def test_rows_of_one_study_come_together_wherever_they_stand(folder):
    samples = list(load(Where(root=folder("chexpert-plus"), split="validation")))
    assert [s.id for s in samples] == [
        "chexpert-plus-patient00041-study2",
        "chexpert-plus-patient00042-study0",
    ]
    two, one = samples
    names = [image.uri.rpartition("PNG")[2] for image in two.images]
    assert names == [f"/valid/patient00041/study2/{n}.png" for n in ("view1_frontal", "view2_lateral")]
    assert open_image(two.images[1]).size == (16, 16)
    assert two.target.texts == ('Lines, "tubes", 41:\nin place.',)
    assert two.tags == {
        "sex": "female",
        "age_group": "80+",
        "ethnicity": "non-hispanic/non-latino",
        "view": "frontal+lateral",
    }
    assert (len(one.images), one.tags["view"], one.cluster) == (1, "frontal", "patient00042")


def test_test_is_cut_from_train_by_patient(folder):
    root = folder("chexpert-plus")
    parts = {s: list(load(Where(root=root, split=s), section="impression")) for s in BENCHMARK.splits}
    assert len(parts["test"]) + len(parts["train"]) == 40
    assert 1 <= len(parts["test"]) <= 10
    assert all("/train/" in i.uri for s in parts["test"] for i in s.images)


def test_reports_without_findings_are_counted(folder, caplog):
    assert len(list(load(Where(root=folder("chexpert-plus"), split="train")))) < 40
    assert "chexpert-plus: items left out for want of text (findings) or images:" in caplog.text


def test_what_is_missing_is_named(folder):
    root = folder("chexpert-plus")
    shutil.rmtree(root / "PNG")
    with pytest.raises(DataError, match=r"no images in PNG/train/ or PNG/valid/\..*stanfordaimi"):
        list(load(Where(root=root)))
    (root / "PNG" / "valid").mkdir(parents=True)
    (root / "df_chexpert_plus_240401.csv").write_text("path_to_image,split\na,train\n")
    with pytest.raises(DataError, match=r"record 0 has no frontal_lateral, section_findings"):
        list(load(Where(root=root)))
    (root / "df_chexpert_plus_240401.csv").unlink()
    with pytest.raises(DataError, match=r"df_chexpert_plus_240401\.csv not found"):
        list(load(Where(root=root)))

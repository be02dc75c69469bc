"""The ISIC challenges: one diagnosis per row, lesions where a table names them, real images."""

from __future__ import annotations

import shutil

import pytest

from medassay.benchmarks.isic import ISIC_2017, ISIC_2018, ISIC_2019
from medassay.errors import DataError
from medassay.images import open_image
from medassay.types import Where

from .drawing import write_csv


def test_what_is_neither_is_a_nevus(folder):
    samples = list(ISIC_2017.load(Where(root=folder("isic-2017"))))
    assert [s.target.texts[0] for s in samples] == ["melanoma", "seborrheic keratosis", "nevus", "nevus"]
    assert [s.tags for s in samples[2:]] == [{"sex": "female", "age_group": "40-59"}, {}]


def test_real_images_open(shared_data, tmp_path):
    folder = tmp_path / "ISIC-2017_Training_Data"
    shutil.copytree(shared_data / "isic", folder)
    rows = [(f"ISIC_{i:07}", "0.0", "0.0") for i in range(5)]
    header = ("image_id", "melanoma", "seborrheic_keratosis")
    write_csv(tmp_path / "ISIC-2017_Training_Part3_GroundTruth.csv", header, rows)
    samples = ISIC_2017.load(Where(root=tmp_path, split="train"))
    assert {open_image(s.images[0]).size for s in samples} == {(1022, 767)}


def test_lesions_are_clusters_in_training_and_images_in_the_test(folder):
    root = folder("isic-2018")
    train = list(ISIC_2018.load(Where(root=root, split="train")))
    assert [s.cluster for s in train[:3]] == ["HAM_0000000", "HAM_0000000", "HAM_0000001"]
    assert train[0].tags == {"dx_type": "histopathology"}
    test = next(ISIC_2018.load(Where(root=root)))
    assert (test.cluster, test.target.texts) == ("ISIC_0034524", ("melanoma",))


def test_an_empty_lesion_is_not_one_big_cluster(folder):
    train = list(ISIC_2019.load(Where(root=folder("isic-2019"), split="train")))
    assert [s.cluster for s in train[:3]] == ["BCN_0000001", "BCN_0000001", "ISIC_0000002_downsampled"]
    assert train[0].tags == {"sex": "female", "age_group": "40-59", "site": "anterior torso"}


def test_rows_that_the_challenge_did_not_score_stay_and_say_so(folder):
    first, second, *_, last = ISIC_2019.load(Where(root=folder("isic-2019")))
    assert first.tags == {"officially_scored": "no"}
    assert second.tags == {
        "sex": "male",
        "age_group": "80+",
        "site": "head/neck",
        "officially_scored": "yes",
    }
    assert last.target.texts == ("other lesion",)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("ISIC_0034321,1.0,0.0", "ISIC_0034321,1.0,1.0", "ISIC_0034321 has 2 diagnoses instead of one"),
        ("ISIC_0034321,1.0", "ISIC_0034321,0.0", "ISIC_0034321 has 0 diagnoses instead of one"),
        ("ISIC_0034321,1.0", "ISIC_0034321,yes", "ISIC_0034321: could not convert"),
        ("image,MEL", "image,MELANOMA", "record 0 has no MEL"),
    ],
)
def test_a_wrong_table_is_named(folder, old, new, fault):
    root = folder("isic-2019")
    path = root / "ISIC_2019_Test_GroundTruth.csv"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(DataError, match=rf"ISIC_2019_Test_GroundTruth\.csv: {fault}"):
        next(ISIC_2019.load(Where(root=root)))


def test_what_is_missing_is_named(folder):
    root = folder("isic-2018")
    with pytest.raises(DataError, match=r"no ISIC2018_Task3_Validation_GroundTruth\.csv.*isic-archive"):
        next(ISIC_2018.load(Where(root=root, split="validation")))
    shutil.rmtree(root / "ISIC2018_Task3_Test_Input")
    with pytest.raises(DataError, match=r"no images in ISIC2018_Task3_Test_Input/ or images/"):
        next(ISIC_2018.load(Where(root=root)))

"""HAM10000: cuts by lesion, the challenge's test set, and copies that somebody altered."""

from __future__ import annotations

import shutil
from collections import Counter

import pytest

from medassay.benchmarks.ham10000 import BENCHMARK, load
from medassay.contracts import check_benchmark
from medassay.errors import DataError, UsageError
from medassay.images import open_image
from medassay.types import Image, Where

from .drawing import draw

TEST = "ISIC2018_Task3_Test_GroundTruth.csv"


def test_the_real_test_table(shared_data, tmp_path):
    shutil.copy(shared_data / "ham10000" / TEST, tmp_path)
    draw(tmp_path / "ISIC2018_Task3_Test_Input" / "ISIC_0034524.jpg", 0)
    where = Where(root=tmp_path)
    samples = list(load(where))
    assert Counter(s.target.texts[0] for s in samples) == {
        "melanocytic nevus": 909,
        "benign keratosis": 217,
        "melanoma": 171,
        "basal cell carcinoma": 93,
        "dermatofibroma": 44,
        "actinic keratosis": 43,
        "vascular lesion": 35,
    }
    assert len({s.cluster for s in samples}) == 1223
    first, bare = samples[0], next(s for s in samples if s.id == "ham10000-official-ISIC_0035068")
    assert first.tags == {
        "sex": "female",
        "age_group": "40-59",
        "site": "back",
        "dx_type": "follow_up",
        "source": "vidir_molemax",
    }
    assert bare.tags == {"dx_type": "consensus"}
    assert open_image(first.images[0]).size == (16, 16)
    bad = [f.check for f in check_benchmark(BENCHMARK, samples, whole=where) if not f.ok]
    assert bad == ["images can be read"]  # one was drawn, the others are not at hand


def test_no_lesion_is_on_two_sides_of_a_cut(folder):
    root = folder("ham10000@grouped")
    splits = {s: list(load(Where(root=root, split=s, variant="grouped"))) for s in BENCHMARK.splits}
    clusters = [{sample.cluster for sample in samples} for samples in splits.values()]
    assert sum(map(len, clusters)) == len(set.union(*clusters)) == 14
    assert sum(map(len, splits.values())) == 28


def test_bcc_is_malignant(folder):
    root = folder("ham10000@grouped")
    seven: dict[Image, str] = {}
    two: dict[Image, str] = {}
    for split in BENCHMARK.splits:
        for held, variant in ((seven, "grouped"), (two, "malignant")):
            where = Where(root=root, split=split, variant=variant)
            held.update({s.images[0]: s.target.texts[0] for s in load(where)})
    malignant = {seven[image] for image, label in two.items() if label == "malignant"}
    assert malignant == {"melanoma", "basal cell carcinoma", "actinic keratosis"}
    assert two.keys() == seven.keys()
    (options,) = {s.choices for s in load(Where(root=root, variant="malignant"), prompts="published")}
    assert [c.texts for c in options] == [("a photo of a benign lesion",), ("a photo of a malignant lesion",)]


def test_official_and_grouped_are_not_mixed(folder):
    root = folder("ham10000@official")
    assert len(list(load(Where(root=root, split="train")))) == 28
    with pytest.raises(DataError, match="official has no validation part"):
        next(load(Where(root=root, split="validation")))
    with pytest.raises(UsageError, match="no published prompts for melanoma"):
        next(load(Where(root=root), prompts="published"))


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("HE_1,Normal_Img_1,healthy,none,30,male,hand,user_added", "Normal_Img_1 has the class 'healthy'"),
        ("HAM_9,ISIC_0099999.jpg,nv,histo,30,male,hand,x", r"ISIC_0099999\.jpg has an ending"),
        ("HAM_0,ISIC_0024300,nv,histo,40,male,hand,x", "ISIC_0024300 occurs twice"),
    ],
)
def test_altered_copies_are_refused(folder, line, fault):
    root = folder("ham10000@grouped")
    with (root / "HAM10000_metadata").open("a") as file:
        file.write(line + "\n")
    with pytest.raises(DataError, match=f"HAM10000_metadata: {fault}.*an altered copy.*DVN"):
        list(load(Where(root=root)))


def test_what_is_missing_is_named(folder):
    root = folder("ham10000@official")
    (root / "HAM10000_metadata").unlink()
    with pytest.raises(DataError, match=r"HAM10000_metadata or HAM10000_metadata\.csv not found.*doi\.org"):
        next(load(Where(root=root, split="train")))
    (root / TEST).unlink()
    with pytest.raises(DataError, match=r"ISIC2018_Task3_Test_GroundTruth\.csv or HAM10000_metadata.*doi"):
        next(load(Where(root=root)))

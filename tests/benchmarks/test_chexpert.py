"""CheXpert: what uncertain and blank mean, paths, views, and the published variant."""

from __future__ import annotations

import pytest

from medassay.benchmarks.chexpert import BENCHMARK, load
from medassay.contracts import check_benchmark
from medassay.errors import DataError, ImageError, UsageError
from medassay.images import open_image, resolve
from medassay.types import Where


@pytest.fixture
def train(folder):
    return Where(root=folder("chexpert@official"), split="train")


@pytest.mark.parametrize(
    ("options", "present", "unknown"),
    [
        ({}, ("Edema",), ("Cardiomegaly",)),
        ({"uncertain": "zeros"}, ("Edema",), ()),
        ({"uncertain": "ones"}, ("Cardiomegaly", "Edema"), ()),
        ({"labels": "competition", "blank": "ignore"}, ("Edema",), ("Atelectasis", "Cardiomegaly", *"CP")),
    ],
)
def test_uncertain_and_blank(train, options, present, unknown):
    first = next(load(train, **options))
    spelt = {"C": "Consolidation", "P": "Pleural Effusion"}
    assert first.target.texts == present
    assert first.target.unknown == tuple(spelt.get(name, name) for name in unknown)
    assert len(first.choices) == (5 if "labels" in options else 13)
    assert "No Finding" not in {choice.label for choice in first.choices}


def test_the_release_in_a_path_is_not_where_the_file_lies(train):
    for root in (train.root, train.root / "CheXpert-v1.0-small"):
        samples = list(load(Where(root=root, split="validation")))
        assert [open_image(s.images[0]).size for s in samples] == [(16, 16)] * 3
    first = samples[0]
    assert (first.id, first.cluster) == ("chexpert-valid-patient64541-study1-view1_frontal", "patient64541")
    assert first.tags == {"sex": "male", "age_group": "60-79", "view": "AP"}


def test_views(train):
    views = [s.tags["view"] for s in load(train)]
    assert (views, [s.tags["view"] for s in load(train, view="frontal")]) == (
        ["AP", "lateral", "PA"],
        ["AP", "PA"],
    )


def test_test_labels_of_a_study_hold_for_all_its_images(train):
    where = Where(root=train.root)
    samples = list(load(where))
    assert [s.id.removeprefix("chexpert-test-") for s in samples] == [
        "patient64741-study1-view1_frontal",
        "patient64741-study1-view2_lateral",
        "patient64742-study1-view1_frontal",
    ]
    assert [s.target.texts for s in samples] == [("Edema",), ("Edema",), ()]
    (train.root / "CheXpert-v1.0-small/test/patient64742/study1/view1_frontal.jpg").unlink()
    assert len(list(load(where))) == 3
    with pytest.raises(ImageError, match="patient64742"):
        resolve(list(load(where))[2].images[0])


def test_test_labels_per_image(train):
    studies = list(load(Where(root=train.root)))
    text = (train.root / "groundtruth.csv").read_text().replace("Study,", "Path,", 1)
    rows = text.replace("/study1,", "/study1/view1_frontal.jpg,").replace("CheXpert-v1.0/", "")
    (train.root / "test_labels.csv").write_text(rows)
    assert list(load(Where(root=train.root))) == [studies[0], studies[2]]


def test_the_published_variant_asks_for_no_finding_on_the_validation_part(train):
    where = Where(root=train.root, variant="medvlmbench")
    samples = list(load(where))
    assert [s.target.texts[0] for s in samples] == ["diseased", "normal", "normal"]
    assert [c.texts for c in samples[0].choices] == [
        ("a photo of diseased xray",),
        ("a photo of normal xray",),
    ]
    training = list(load(Where(root=train.root, split="train", variant="medvlmbench")))
    assert [s.target.texts[0] for s in training] == ["diseased", "normal", "diseased"]  # -1 and blank
    others = list(load(Where(root=train.root, split="validation")))
    findings = check_benchmark(BENCHMARK, samples, training=training, others=others)
    assert [f for f in findings if not f.ok] == []
    with pytest.raises(UsageError, match=r"medvlmbench has no split 'validation'.*valid\.csv"):
        next(load(Where(root=train.root, split="validation", variant="medvlmbench")))
    with pytest.raises(UsageError, match="takes no options"):
        next(load(where, uncertain="ones"))


def test_what_is_wrong_is_named(train):
    table = train.root / "CheXpert-v1.0-small" / "train.csv"
    table.write_text(table.read_text().replace("-1.0", "2.0"))
    with pytest.raises(DataError, match=r"train\.csv: .*patient00001.* has Cardiomegaly '2\.0'"):
        list(load(train))
    table.write_text("Path,No Finding\n,1.0\n")
    with pytest.raises(DataError, match=r"train\.csv: '' names no patient's image"):
        next(load(Where(root=train.root, split="train", variant="medvlmbench")))
    (train.root / "groundtruth.csv").unlink()
    with pytest.raises(DataError, match=r"test_labels\.csv or groundtruth\.csv not found.*validation"):
        next(load(Where(root=train.root)))
    table.unlink()
    with pytest.raises(DataError, match=r"train\.csv not found\. Get CheXpert from"):
        next(load(train))

"""Going through a benchmark's files before anything is asked of them."""

from __future__ import annotations

import json
import shutil

import pytest

from medassay import lock
from medassay.errors import DataError
from medassay.workflows.preparing import prepare


@pytest.fixture
def held(tmp_path):
    return tmp_path / "medassay.lock"


def test_counts_and_images_of_every_split(shared_data, held):
    done = prepare("vqa-rad", data=shared_data / "vqa_rad", held=held)
    test, train = done.parts
    assert (test.n, test.n_clusters, test.n_images, test.missing) == (451, 203, 203, 0)
    assert (train.n, train.n_images, train.missing) == (3064, 314, 111)  # the training images are not there
    assert not done.ok
    assert "synpic" in done.text()
    entry = lock.prepared(held)["vqa-rad@mevf"]
    assert entry.counts == {"test": 451, "train": 3064}
    assert json.loads(held.read_text("utf-8"))["benchmarks"] == {}


def test_another_count_stops_it_until_it_is_accepted_and_that_is_kept(shared_data, held):
    folder = shared_data / "pneumoniamnist"  # its training part is a reduced one
    with pytest.raises(DataError, match=r"train has 3,882 samples, the card says 4,708.*--accept-counts"):
        prepare("pneumoniamnist", data=folder, held=held)
    assert not held.exists()
    done = prepare("pneumoniamnist", data=folder, accept_counts=True, held=held)
    assert done.accepted == ["train"]
    assert list(lock.prepared(held)["pneumoniamnist@28"].accepted) == ["train"]
    assert prepare("pneumoniamnist", data=folder, held=held).accepted == ["train"]


def test_what_was_accepted_must_stay_what_it_was(shared_data, held, tmp_path):
    root = tmp_path / "rocov2"
    shutil.copytree(shared_data / "rocov2_sample", root)
    prepare("rocov2", data=root, accept_counts=True, held=held)
    captions = root / "sample_test_captions.csv"
    captions.write_text("".join(captions.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
    with pytest.raises(DataError, match="test has 99 samples, the card says 9,927"):
        prepare("rocov2", data=root, held=held)


def test_splits_that_are_not_there_are_named(shared_data, held):
    parts = prepare("rocov2", data=shared_data / "rocov2_sample", accept_counts=True, held=held).parts
    assert [part.n for part in parts] == [100, None, None]
    assert "train_captions" in parts[2].text() or "'train'" in parts[2].text()


def test_nothing_there_is_an_error(tmp_path, held):
    with pytest.raises(DataError, match=r"testset\.json and trainset.json or"):
        prepare("vqa-rad", data=tmp_path, held=held)

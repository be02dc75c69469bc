"""PAD-UFES-20: patients on one side, gaps, images in nested parts."""

from __future__ import annotations

import zipfile

import pytest

from medassay.benchmarks.pad_ufes_20 import BENCHMARK, load
from medassay.errors import DataError
from medassay.images import open_image, resolve
from medassay.types import Where


def test_a_patient_is_on_one_side(folder):
    root = folder("pad-ufes-20")
    held = [list(load(Where(root=root, split=split))) for split in BENCHMARK.splits]
    clusters = [{s.cluster for s in samples} for samples in held]
    assert sum(map(len, clusters)) == len(set.union(*clusters)) == 20
    assert sum(map(len, held)) == 40


def test_what_a_patient_did_not_say_is_no_tag(folder):
    samples = [s for split in BENCHMARK.splits for s in load(Where(root=folder("pad-ufes-20"), split=split))]
    by_id = {s.id: s for s in samples}
    assert by_id["pad-ufes-20-PAT_0_100_0"].tags == {"age_group": "0-17", "site": "arm", "biopsied": "no"}
    assert by_id["pad-ufes-20-PAT_0_101_1"].tags == {
        "sex": "female",
        "age_group": "0-17",
        "skin_type": "III",
        "site": "arm",
        "biopsied": "yes",
    }
    assert open_image(by_id["pad-ufes-20-PAT_0_100_0"].images[0]).size == (16, 16)


def test_images_may_stay_packed(folder):
    root = folder("pad-ufes-20")
    before = {s.id: resolve(s.images[0]).digest for s in load(Where(root=root))}
    for part in root.glob("imgs_part_*"):
        with zipfile.ZipFile(root / f"{part.name}.zip", "w") as packed:
            for path in part.rglob("*.png"):
                packed.write(path, path.relative_to(root))
                path.unlink()
    samples = list(load(Where(root=root)))
    assert {s.id: resolve(s.images[0]).digest for s in samples} == before
    assert all(s.images[0].uri.startswith("zip:") for s in samples)


def test_an_unknown_diagnosis_is_named(folder):
    root = folder("pad-ufes-20")
    path = root / "metadata.csv"
    path.write_text(path.read_text().replace(",BCC,", ",BOD,", 1))
    with pytest.raises(DataError, match=r"metadata\.csv: PAT_0_100_0\.png has the diagnosis 'BOD'.*mendeley"):
        list(load(Where(root=root)))
    path.unlink()
    with pytest.raises(DataError, match=r"no metadata\.csv.*mendeley"):
        list(load(Where(root=root)))

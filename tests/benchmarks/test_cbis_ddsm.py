"""CBIS-DDSM: one label per mammogram from both tables, and patients in one part only."""

from __future__ import annotations

import pytest

from medassay.benchmarks.cbis_ddsm import BENCHMARK, load
from medassay.contracts import check_benchmark
from medassay.errors import DataError, ImageError
from medassay.images import open_image, resolve
from medassay.types import Where


@pytest.fixture
def root(folder):
    return folder("cbis-ddsm@disjoint")


def test_a_mammogram_is_malignant_if_anything_in_it_is(root):
    samples = {s.id.removeprefix("cbis-ddsm-"): s for s in load(Where(root=root))}
    assert {name: s.target.texts[0] for name, s in samples.items()} == {
        "P_00016-LEFT-CC": "malignant",
        "P_00017-LEFT-CC": "malignant",  # two masses
        "P_00020-RIGHT-MLO": "malignant",  # the mass is benign, a calcification of the training part is not
        "P_00038-LEFT-CC": "benign",
    }
    assert samples["P_00017-LEFT-CC"].tags == {
        "abnormality": "mass",
        "laterality": "left",
        "view": "CC",
        "breast_density": "2",
        "subtlety": "4",
    }
    both = samples["P_00020-RIGHT-MLO"].tags
    assert (both["abnormality"], "breast_density" in both) == ("calcification+mass", False)  # 0 is no density
    assert samples["P_00038-LEFT-CC"].tags["breast_density"] == "2"  # "breast density" in this table


def test_no_patient_of_the_test_part_is_trained_on(root):
    assert [s.id for s in load(Where(root=root, split="train"))] == ["cbis-ddsm-P_00001-LEFT-MLO"]


def test_the_official_split_shares_patients_and_judges_by_one_table(root):
    test, train = (
        list(load(Where(root=root, split=split, variant="official"))) for split in ("test", "train")
    )
    labels = {s.id.removeprefix("cbis-ddsm-official-"): s.target.texts[0] for s in (*test, *train)}
    assert labels["Mass-Test_P_00020_RIGHT_MLO"] == "benign"
    assert labels["Calc-Training_P_00020_RIGHT_MLO"] == "malignant"
    assert {s.cluster for s in test} & {s.cluster for s in train} == {"P_00020", "P_00038"}
    findings = check_benchmark(BENCHMARK, test, training=train, others=list(load(Where(root=root))))
    assert [f for f in findings if not f.ok] == []


def test_the_full_mammogram_is_found_whatever_it_is_called(root):
    first = next(load(Where(root=root)))
    assert first.images[0].uri.endswith("full mammogram images-63992/1-1.dcm")
    assert open_image(first.images[0]).size == (16, 16)
    for path in (root / "CBIS-DDSM" / "Mass-Test_P_00016_LEFT_CC").rglob("*.dcm"):
        path.unlink()
    with pytest.raises(ImageError, match=r"Mass-Test_P_00016_LEFT_CC/1\.3\.6/1\.3\.7/000000\.dcm"):
        resolve(next(load(Where(root=root))).images[0])


def test_what_is_wrong_is_named(root):
    table = root / "calc_case_description_test_set.csv"
    table.write_text(table.read_text().replace("BENIGN", "UNPROVEN"))
    with pytest.raises(DataError, match=r"calc_.*test_set\.csv: Calc-Test_P_00038.* 'UNPROVEN'"):
        next(load(Where(root=root)))
    table.unlink()
    with pytest.raises(DataError, match=r"test_set\.csv: no such file; all four tables.*cancerimaging"):
        next(load(Where(root=root)))

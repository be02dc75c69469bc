"""VinDr-Mammo: the assessment of a breast on each of its views, the split of the table."""

from __future__ import annotations

import pytest

from medassay.benchmarks.vindr_mammo import BENCHMARK, DENSITY
from medassay.errors import DataError
from medassay.images import open_image
from medassay.types import Where


@pytest.fixture
def root(folder):
    return folder("vindr-mammo")


def test_each_view_carries_the_assessment_of_its_breast(root):
    birads, densities = (list(held.load(Where(root=root))) for held in (BENCHMARK, DENSITY))
    assert [s.target.texts[0] for s in birads] == ["BI-RADS 2", "BI-RADS 2", "BI-RADS 5"]
    assert [s.target.texts[0] for s in densities] == ["density B", "density B", "density D"]
    assert [s.images for s in birads] == [s.images for s in densities]
    assert birads[2].tags == {"view": "MLO", "laterality": "right", "breast_density": "D"}
    assert {s.cluster for s in birads} == {"48c0"}
    assert densities[2].tags == {"view": "MLO", "laterality": "right"}  # a tag must not give the target away


def test_training_is_the_tables_own_word(root):
    (only,) = BENCHMARK.load(Where(root=root, split="train"))
    assert (only.id, only.target.texts) == ("vindr-mammo-b8d2-d8fa", ("BI-RADS 4",))
    assert only.images[0].uri.endswith("images/b8d2/d8fa.dicom")
    assert open_image(only.images[0]).size == (16, 16)


def test_what_is_wrong_is_named(root):
    table = root / "breast-level_annotations.csv"
    table.write_text(table.read_text().replace("BI-RADS 5", "BI-RADS 6"))
    with pytest.raises(DataError, match=r"annotations\.csv: 48c0/8e90 has the breast_birads 'BI-RADS 6'"):
        list(BENCHMARK.load(Where(root=root)))
    table.unlink()
    with pytest.raises(DataError, match=r"annotations\.csv: no such file.*physionet"):
        next(BENCHMARK.load(Where(root=root)))

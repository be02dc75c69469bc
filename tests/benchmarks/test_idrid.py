"""IDRiD: ids that carry the part, columns as the files write them, grades by their names."""

from __future__ import annotations

from collections import Counter

import pytest

from medassay.benchmarks.idrid import BENCHMARK, EDEMA
from medassay.contracts import check_benchmark
from medassay.errors import DataError, ImageError
from medassay.images import open_image, resolve
from medassay.types import Where


@pytest.mark.parametrize(
    ("held", "split", "grades"),
    [
        (BENCHMARK, "test", [34, 5, 32, 19, 13]),
        (BENCHMARK, "train", [134, 20, 136, 74, 49]),
        (EDEMA, "test", [45, 10, 48]),
        (EDEMA, "train", [177, 41, 195]),
    ],
)
def test_real_labels(shared_data, tmp_path, held, split, grades):
    where = Where(root=_with_training_images(shared_data, tmp_path), split=split)
    samples = list(held.load(where))
    count = Counter(s.target.texts[0] for s in samples)
    assert [count[choice.label] for choice in samples[0].choices] == grades
    others = list(held.load(Where(root=where.root, split={"test": "train", "train": "test"}[split])))
    findings = check_benchmark(held, samples, training=others, whole=where)
    assert [f.check for f in findings if not f.ok] == ["images can be read"]  # 15 of them are here


def _with_training_images(shared_data, tmp_path):
    """The real tables and test images, and a training folder that is not empty."""
    for part in ("1. Original Images/b. Testing Set", "2. Groundtruths"):
        (tmp_path / part).parent.mkdir(exist_ok=True)
        (tmp_path / part).symlink_to(shared_data / "idrid" / "B. Disease Grading" / part)
    train = tmp_path / "1. Original Images" / "a. Training Set"
    train.mkdir()
    (train / "other.jpg").touch()
    return tmp_path


def test_real_images(shared_data):
    samples = {s.id: s for s in BENCHMARK.load(Where(root=shared_data / "idrid"))}
    first = samples["idrid-test-IDRiD_001"]
    assert first.target.texts == ("proliferative diabetic retinopathy",)  # severe in the training part
    assert open_image(first.images[0]).size == (4288, 2848)
    with pytest.raises(ImageError, match=r"IDRiD_004\.jpg"):
        resolve(samples["idrid-test-IDRiD_004"].images[0])


def test_a_name_in_both_parts_is_two_samples(folder):
    root = folder("idrid")
    test, train = (next(BENCHMARK.load(Where(root=root, split=split))) for split in ("test", "train"))
    assert (test.id, train.id) == ("idrid-test-IDRiD_001", "idrid-train-IDRiD_001")
    assert (test.cluster, test.target) != (train.cluster, train.target)
    assert resolve(test.images[0]).digest != resolve(train.images[0]).digest


def test_a_column_is_found_with_and_without_its_blank(folder):
    root = folder("idrid-edema")
    first = next(EDEMA.load(Where(root=root, split="train")))
    assert first.target.texts == ("hard exudates at the macula",)
    (table,) = root.rglob("a. *.csv")
    table.write_text(table.read_text().replace("edema ,", "edema,"))
    assert next(EDEMA.load(Where(root=root, split="train"))) == first


def test_a_grade_that_does_not_exist_is_named(folder):
    root = folder("idrid")
    (table,) = root.rglob("b. *.csv")
    table.write_text(table.read_text().replace("IDRiD_001,4", "IDRiD_001,5"))
    with pytest.raises(DataError, match=r"Testing Labels\.csv: IDRiD_001 has .* '5', not 0 to 4.*ieee"):
        list(BENCHMARK.load(Where(root=root)))
    table.unlink()
    with pytest.raises(DataError, match=r"Testing Labels\.csv: .*No such file"):
        list(BENCHMARK.load(Where(root=root)))

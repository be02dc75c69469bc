"""ChestX-ray14: the real label and box files, the official split, names with commas."""

from __future__ import annotations

import gzip
from collections import Counter

import pytest

from medassay.benchmarks.chestxray14 import BENCHMARK, BOXES
from medassay.contracts import check_benchmark
from medassay.errors import DataError
from medassay.images import open_image
from medassay.types import Box, Where


@pytest.fixture(scope="module")
def real(shared_data):
    """All 112,120 rows, cut by patient."""
    root = shared_data / "chestxray14"
    return {split: list(BENCHMARK.load(Where(root=root, split=split, variant="grouped"))) for split in SPLITS}


SPLITS = ("test", "train")


def test_real_labels(real):
    samples = [s for split in SPLITS for s in real[split]]
    labels = Counter(label for s in samples for label in s.target.texts)
    assert len(samples) == 112_120
    assert len({s.cluster for s in samples}) == 30_805
    assert len(labels) == 14
    assert (labels["Infiltration"], labels["Pleural Thickening"], labels["Hernia"]) == (19_894, 3_385, 227)
    assert sum(not s.target.texts for s in samples) == 60_361  # No Finding
    assert Counter(s.tags["view"] for s in samples) == {"PA": 67_310, "AP": 44_810}
    assert all({"sex", "age_group"} <= set(s.tags) for s in samples)


def test_real_cut_by_patient(real):
    assert {split: len(real[split]) for split in SPLITS} == {
        split: BENCHMARK.counts[f"grouped/{split}"] for split in SPLITS
    }
    assert not {s.cluster for s in real["test"]} & {s.cluster for s in real["train"]}


def test_real_rows_and_images(shared_data, real):
    samples = {s.id: s for split in SPLITS for s in real[split]}
    first, normal = (samples[f"chestxray14-{name}"] for name in ("00000001_000", "00027426_000"))
    assert (first.target.texts, first.cluster) == (("Cardiomegaly",), "1")
    assert first.tags == {"sex": "male", "age_group": "40-59", "view": "PA"}
    assert (normal.target.texts, open_image(normal.images[0]).size) == ((), (512, 512))
    assert [f for f in check_benchmark(BENCHMARK, [first, normal]) if not f.ok] == []


def test_real_boxes(shared_data, real):
    where = Where(root=shared_data / "chestxray14")
    samples = list(BOXES.load(where))
    patients = {s.images[0].uri: s.cluster for split in SPLITS for s in real[split]}
    assert {s.cluster for s in samples} == {patients[s.images[0].uri] for s in samples}
    assert (len({s.images for s in samples}), len({s.cluster for s in samples})) == (880, 726)
    assert Counter(s.tags["finding"] for s in samples)["Infiltration"] == 123
    assert all(0 <= b.x0 < b.x1 <= 1024 and 0 <= b.y0 < b.y1 <= 1024 for s in samples for b in s.target.boxes)
    findings = check_benchmark(BOXES, samples, whole=where)
    assert [f.check for f in findings if not f.ok] == ["images can be read"]  # two of them are here


def test_no_finding_is_the_empty_set_and_images_are_found_in_all_folders(folder):
    root = folder("chestxray14@official")
    samples = [s for split in SPLITS for s in BENCHMARK.load(Where(root=root, split=split))]
    assert [s.target.texts for s in samples] == [
        ("Cardiomegaly",),
        ("Cardiomegaly", "Emphysema"),
        (),
        ("Pleural Thickening", "Infiltration"),
    ]
    assert [s.tags["age_group"] for s in samples] == ["40-59", "40-59", "80+", "0-17"]
    assert [open_image(s.images[0]).size for s in samples] == [(16, 16)] * 4
    assert "No Finding" not in {c.label for c in samples[0].choices}


def test_no_other_cut_stands_in_for_the_official_split(folder):
    root = folder("chestxray14@official")
    (root / "test_list.txt").unlink()
    with pytest.raises(DataError, match=r"test_list\.txt: the official split needs.*nih.*@grouped"):
        next(BENCHMARK.load(Where(root=root)))
    cut = [list(BENCHMARK.load(Where(root=root, split=s, variant="grouped"))) for s in SPLITS]
    assert sum(map(len, cut)) == 4
    assert not {s.cluster for s in cut[0]} & {s.cluster for s in cut[1]}


def test_width_and_height_become_corners_and_infiltrate_infiltration(folder):
    first, _ = BOXES.load(Where(root=folder("chestxray14-boxes")))
    assert first.tags == {"finding": "Infiltration"}
    (box,) = first.target.boxes
    assert box == Box(x0=225.08, y0=547.02, x1=225.08 + 86.78, y1=547.02 + 79.19, label="Infiltration")


def test_what_is_wrong_is_named(folder):
    root = folder("chestxray14@official")
    table = root / "Data_Entry_2017_v2020.csv"
    text = table.read_text()
    table.write_text(text.replace("|Emphysema", "|Emphysemas"))
    with pytest.raises(DataError, match=r"v2020\.csv: 00000001_001\.png has the label 'Emphysemas'"):
        list(BENCHMARK.load(Where(root=root)))
    packed = gzip.compress(text.encode())
    (root / "Data_Entry_2017_v2020.csv.gz").write_bytes(packed[: len(packed) // 2])
    table.rename(root / "labels.csv")
    with pytest.raises(DataError, match=r"v2020\.csv\.gz: not readable as CSV .*get the file again"):
        list(BENCHMARK.load(Where(root=root)))
    (root / "Data_Entry_2017_v2020.csv.gz").unlink()
    with pytest.raises(DataError, match=r"Data_Entry_2017_v2020\.csv or .* not found.*nihcc"):
        next(BENCHMARK.load(Where(root=root)))
    boxes = folder("chestxray14-boxes")
    (boxes / "BBox_List_2017.csv").write_text((boxes / "BBox_List_2017.csv").read_text().replace("10.0", "x"))
    with pytest.raises(DataError, match=r"2017\.csv: the box of 00000001_000\.png is not four numbers"):
        list(BOXES.load(Where(root=boxes)))

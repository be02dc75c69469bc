"""VQA-RAD in its three shapes."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from medassay.benchmarks.vqa_rad import BENCHMARK, load
from medassay.contracts import check_benchmark
from medassay.errors import DataError, ImageError, UsageError
from medassay.images import open_image, resolve
from medassay.types import Sample, Where


@pytest.fixture
def real(shared_data: Path) -> Path:
    return shared_data / "vqa_rad"


def _by_id(root: Path, **where: Any) -> dict[str, Sample]:
    return {s.id: s for s in load(Where(root=root, **where))}


@pytest.mark.parametrize("variant", ["mevf", "osf"])
def test_real_test_split(real, variant):
    samples = list(load(Where(root=real, variant=variant)))
    assert len(samples) == len({s.id for s in samples}) == 451
    assert len({s.cluster for s in samples}) == 203
    assert Counter(s.tags["answer_type"] for s in samples) == {"closed": 272, "open": 179}
    assert Counter(s.kind for s in samples) == {"yes/no": 251, "closed": 21, "open": 179}
    assert Counter(s.tags["phrase_type"] for s in samples) == {"freeform": 308, "para": 143}
    assert Counter(s.tags["organ"] for s in samples) == {"chest": 174, "abdomen": 158, "head": 119}


def test_real_rows_as_they_are_in_the_file(real):
    sample = _by_id(real)["vqa-rad-mevf-11"]
    assert (sample.question, sample.target.texts) == ("Is there evidence of an aortic aneurysm?", ("yes",))
    assert (sample.kind, sample.cluster) == ("yes/no", "synpic42202.jpg")
    assert open_image(sample.images[0]).mode == "RGB"
    train = _by_id(real, split="train")
    assert "CLOSED " in (real / "trainset.json").read_text()
    assert {s.tags["answer_type"] for s in train.values()} == {"open", "closed"}
    assert all(s.target.texts[0] for s in train.values())  # ten of them are integers in the file
    assert not {"PRSE", "ATRIB", "Other"} & {s.tags["question_type"] for s in train.values()}


@pytest.mark.parametrize("variant", ["mevf", "osf"])
def test_contracts_hold_on_the_real_files(real, variant):
    where = Where(root=real, variant=None if variant == "mevf" else variant)
    training = load(replace(where, split="train"))
    others = load(Where(root=real, variant="osf" if variant == "mevf" else "mevf"))
    findings = check_benchmark(BENCHMARK, load(where), training=training, others=others, whole=where)
    assert [f for f in findings if not f.ok] == []


def test_the_first_variant_that_is_there_is_taken(folder):
    mevf, osf, hub = (folder(f"vqa-rad@{v}") for v in ("mevf", "osf", "hub"))
    shutil.copytree(hub / "data", mevf / "data")
    shutil.copytree(hub / "data", osf / "data")
    assert {i.split("-")[2] for i in _by_id(mevf)} == {"mevf"}
    assert {i.split("-")[2] for i in _by_id(osf)} == {"osf"}
    assert {i.split("-")[2] for i in _by_id(hub)} == {"hub"}
    assert {i.split("-")[2] for i in _by_id(mevf, variant="osf")} == {"osf"}
    assert {i.split("-")[2] for i in _by_id(mevf, variant="hub")} == {"hub"}
    with pytest.raises(DataError, match="VQA_RAD Dataset Public"):
        _by_id(hub, variant="osf")


def test_rows_are_read_as_the_dataset_means_them(folder):
    rows = _by_id(folder("vqa-rad"))
    kinds = {i.removeprefix("vqa-rad-mevf-"): s.kind for i, s in rows.items()}
    assert kinds == {"1": "yes/no", "2": "yes/no", "3": "closed", "4": "open", "5": "open"}
    assert rows["vqa-rad-mevf-1"].target.texts == ("yes",)
    assert rows["vqa-rad-mevf-4"].target.texts == ("4",)
    assert rows["vqa-rad-mevf-2"].tags["question_type"] == "PRES"
    assert rows["vqa-rad-mevf-3"].tags["question_type"] == "POS"
    assert rows["vqa-rad-mevf-3"].tags["question_types"] == "ABN+POS"


def test_the_hub_has_rows_for_ids_and_content_for_clusters(folder):
    samples = list(load(Where(root=folder("vqa-rad@hub"))))
    assert [s.id for s in samples] == [f"vqa-rad-hub-test-{i}" for i in range(5)]
    assert [s.kind for s in samples] == ["yes/no", "yes/no", "open", "open", "open"]
    assert len({s.cluster for s in samples}) == 3
    image = samples[2].images[0]
    assert resolve(replace(image, digest=None)) == image  # the uri leads to the row whose digest is stated
    assert not samples[0].tags


@pytest.mark.parametrize("variant", ["mevf", "osf"])
def test_other_gold_answers_change_no_prompt(folder, variant):
    """The kind follows the answer where the dataset leaves no other way; the words must not."""
    root = folder(f"vqa-rad@{variant}")
    asked = {i: BENCHMARK.prompt(s.case) for i, s in _by_id(root).items()}
    path = root / ("testset.json" if variant == "mevf" else "VQA_RAD Dataset Public.json")
    rows = json.loads(path.read_text("utf-8"))
    for row, answer in zip(rows, ["left", "Yes", "no", "yes", "CT", "3"], strict=False):
        row["answer"] = answer
    path.write_text(json.dumps(rows), "utf-8")
    scrambled = _by_id(root)
    assert [s.kind for s in scrambled.values()][:3] == ["closed", "yes/no", "yes/no"]
    assert {i: BENCHMARK.prompt(s.case) for i, s in scrambled.items()} == asked


def test_the_published_subset_is_the_hub(folder):
    root = folder("vqa-rad@hub")
    assert _by_id(root, variant="medvlmbench") == _by_id(root)


def test_the_hub_asks_open_and_yes_no_in_the_same_words(folder):
    sample = next(load(Where(root=folder("vqa-rad@hub"))))
    asked = {kind: BENCHMARK.prompt(replace(sample.case, kind=kind)) for kind in ("yes/no", "open")}
    assert asked["yes/no"] == asked["open"]


def test_what_is_missing_is_named_with_where_to_get_it(folder, tmp_path):
    root = folder("vqa-rad")
    with pytest.raises(DataError, match=r"no such folder.*osf\.io/89kps.*--data vqa-rad=DIR"):
        _by_id(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"testset\.json.*Public\.json.*parquet.*osf\.io/89kps"):
        _by_id(tmp_path / "empty")
    for path in (root / "images").iterdir():
        path.unlink()
    with pytest.raises(DataError, match=r"no images in images/.*osf\.io/89kps"):
        _by_id(root)
    with pytest.raises(UsageError, match="no split 'validation': it has test, train"):
        _by_id(root, split="validation")
    with pytest.raises(UsageError, match="no variant 'slake'"):
        _by_id(root, variant="slake")


def test_one_missing_image_is_one_image_error(folder):
    root = folder("vqa-rad")
    (root / "images" / "synpic3.jpg").unlink()
    samples = _by_id(root)
    assert len(samples) == 5
    with pytest.raises(ImageError, match=r"synpic3\.jpg"):
        resolve(samples["vqa-rad-mevf-5"].images[0])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[{"qid": 1', "not readable as JSON"),
        ("{}", "a list of records is expected"),
        ('[{"qid": 1}]', "record 0 has no image_name"),
        ("[3]", "record 0 has no qid"),
    ],
)
def test_a_damaged_json_is_named(folder, content, message):
    root = folder("vqa-rad")
    (root / "testset.json").write_text(content)
    with pytest.raises(DataError, match=rf"testset\.json: {message}"):
        _by_id(root)


def test_a_truncated_parquet_is_named(folder):
    root = folder("vqa-rad@hub")
    path = next(root.rglob("*.parquet"))
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DataError, match=r"test-00000-of-00001\.parquet: not a whole Parquet file"):
        _by_id(root)


def test_a_parquet_of_another_dataset_is_named(folder):
    with pytest.raises(DataError, match=r"no column answer, question; is it the right dataset"):
        _by_id(folder("rocov2@hub"))

"""Audits of benchmarks as they lie in folders, and of the real ones."""

import json
import shutil
from typing import Any

import numpy as np
import pytest

from medassay.errors import DataError, UsageError
from medassay.workflows.auditing import across, audit


def by_check(held):
    return {finding.check: finding for finding in held.findings}


@pytest.fixture
def medmnist(tmp_path):
    """PneumoniaMNIST whose last training image is its first test image."""
    draw = np.random.default_rng(0)
    arrays: dict[str, Any] = {}
    for split, n in (("train", 6), ("val", 3), ("test", 5)):
        arrays[f"{split}_images"] = draw.integers(0, 256, (n, 28, 28), dtype=np.uint8)
        arrays[f"{split}_labels"] = (np.arange(n, dtype=np.uint8) % 2)[:, None]
    arrays["train_images"][5] = arrays["test_images"][0]
    np.savez(tmp_path / "pneumoniamnist.npz", **arrays)
    return tmp_path


def test_an_audit_counts_parts_and_finds_the_shared_image(medmnist):
    held = audit("pneumoniamnist", data=medmnist)
    assert [(size.part, size.samples, size.opened) for size in held.sizes] == [
        ("test", 5, 5),
        ("val", 3, 3),
        ("train", 6, 6),
    ]
    found = by_check(held)["exact image: test in train"]
    assert (found.count, found.total, found.severity) == (1, 5, "problem")
    assert held.text().startswith("pneumoniamnist")
    assert json.loads(json.dumps(held.to_json()))["counts"] == dict(held.counts)


def test_splits_that_do_not_lie_there_are_named(medmnist):
    with np.load(medmnist / "pneumoniamnist.npz") as arrays:
        kept = {name: array for name, array in arrays.items() if not name.startswith("train")}
    np.savez(medmnist / "pneumoniamnist.npz", **kept)
    held = audit("pneumoniamnist", data=medmnist)
    assert [subject for subject, _ in held.left_out] == ["train"]
    assert "left     train:" in held.text()


def test_nothing_to_look_at_is_an_error(tmp_path):
    with pytest.raises(DataError, match="pneumoniamnist"):
        audit("pneumoniamnist", data=tmp_path)


def test_the_page_shows_the_samples(medmnist, tmp_path):
    out = tmp_path / "page" / "audit.html"
    audit("pneumoniamnist", data=medmnist, out=out)
    page = out.read_text("utf-8")
    assert "data:image/png;base64," in page
    assert "pneumoniamnist-28-test-0" in page


def test_across_wants_a_name_for_each_folder(medmnist):
    with pytest.raises(UsageError, match="name the benchmarks"):
        across([])
    for data in (str(medmnist), f"vqa-rad={medmnist}"):
        with pytest.raises(UsageError, match="NAME=DIR for each"):
            across(["pneumoniamnist", "rocov2"], data=[data])


def test_across_finds_what_a_model_was_trained_on_and_names_what_is_not_there(medmnist, tmp_path):
    (tmp_path / "empty").mkdir()
    held = across(
        ["pneumoniamnist", "phantom:n=3", "rocov2"],
        data=[f"pneumoniamnist={medmnist}", f"rocov2={tmp_path / 'empty'}"],
        models=["demo-vlm"],
    )
    table = by_check(held)["models' training sets"].table
    assert table.rows == (("demo-vlm", "phantom:n=3", "its card names it as a training set"),)
    assert {subject.partition("/")[0] for subject, _ in held.left_out} == {"rocov2"}


@pytest.mark.parametrize(
    ("variant", "items", "clusters"), [("osf", (446, 451), (202, 203)), ("mevf", (451, 451), (203, 203))]
)
def test_the_known_overlap_of_vqa_rad(shared_data, variant, items, clusters):
    held = by_check(audit(f"vqa-rad@{variant}", data=shared_data / "vqa_rad"))
    for check, what in (("cluster", "belong to them"), ("exact image", "use them")):
        found = held[f"{check}: test in train"]
        assert (found.count, found.total, found.severity) == (*clusters, "problem")
        assert f"{items[0]} of {items[1]}" in found.sentence
        assert found.sentence.endswith(f"of its samples {what}.")
    assert held["near-duplicate image: test in train"].count == 0
    assert held["yes and no: test"].total == 251  # the closed questions that are yes/no
    assert held["images: train"].count == 111  # the folder has the test images alone
    contrary = {"osf": (0, ""), "mevf": (24, "for 6 of them it is not a matter of words")}[variant]
    found = held["contradicting answers: train"]
    assert found.count == contrary[0]
    assert contrary[1] in found.sentence


def test_pneumoniamnist_has_images_twice(shared_data):
    held = by_check(audit("pneumoniamnist", data=shared_data / "pneumoniamnist"))
    assert held["repeated question: test"].count == 3
    assert held["exact image: test in train"].count == 0
    assert held["exact image: val in train"].count == 8  # of the reduced training part that lies there


def test_slake_across_its_languages(shared_data, tmp_path):
    """Without images: what is asked in English about images that stand in a Chinese part, by their names."""
    for name in ("test.json", "validate.json"):
        shutil.copy(shared_data / "slake" / name, tmp_path / name)
    (tmp_path / "imgs").mkdir()
    (tmp_path / "imgs" / "none").touch()
    held = across(["slake@en", "slake@zh"], data=[f"slake={tmp_path}"])
    found = {check: finding.count for check, finding in by_check(held).items() if "cluster" in check}
    chinese: dict[str, set[str]] = {"test": set(), "validation": set()}
    english: set[str] = set()
    for split, file in (("test", "test.json"), ("validation", "validate.json")):
        for row in json.loads((tmp_path / file).read_text("utf-8")):
            if row["q_lang"] == "zh":
                chinese[split].add(row["img_name"])
            elif split == "test":
                english.add(row["img_name"])
    assert found["cluster: slake@en/test in slake@zh/test"] == len(english & chinese["test"])
    assert found["cluster: slake@en/test in slake@zh/validation"] == len(english & chinese["validation"]) > 0


def test_vqa_med_recurs_in_vqa_rad_by_the_names_of_files(shared_data, tmp_path):
    """Of VQA-Med 2019 only the questions lie here, and 4 of its 500 images have names that are known."""
    shutil.copytree(shared_data / "vqa_med_2019", tmp_path, dirs_exist_ok=True)
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "none").touch()
    data = [f"vqa-med-2019={tmp_path}", f"vqa-rad={shared_data / 'vqa_rad'}"]
    held = by_check(across(["vqa-med-2019", "vqa-rad@mevf"], data=data))
    found = held["file name: vqa-med-2019/test in vqa-rad@mevf/train"]
    assert (found.count, found.total, found.severity) == (4, 500, "warning")
    assert held["images: vqa-med-2019/test"].count == 500  # and that nothing else is known is said


def test_the_key_of_medxpertqa_leans_to_no_letter(shared_data, tmp_path):
    shutil.copy(shared_data / "medxpertqa" / "medxpertqa_mm_input.jsonl", tmp_path)
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "none").touch()
    found = by_check(audit("medxpertqa-mm", data=tmp_path))["key balance: test"]
    assert [row[:2] for row in found.table.rows] == [
        ("A", "399"),
        ("B", "408"),
        ("C", "383"),
        ("D", "386"),
        ("E", "424"),
    ]
    assert "chi-square 2.8, 4 degrees of freedom, p = 0.589" in found.sentence

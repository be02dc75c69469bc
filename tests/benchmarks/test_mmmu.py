"""MMMU and MMMU-Pro: options, placeholders, withheld answers, subjects."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from medassay.benchmarks import mmmu, mmmu_pro
from medassay.benchmarks.mmmu_rows import SUBJECTS, listed
from medassay.errors import DataError
from medassay.images import open_image, read_bytes
from medassay.types import Image, Where

from .drawing import picture, write_parquet
from .folders.mmmu import row

ONE = "validation-00000-of-00001.parquet"


def _validation(root):
    return {s.id: s for s in mmmu.load(Where(root=root, split="validation"))}


def test_five_subjects_and_two_kinds(folder):
    samples = _validation(folder("mmmu"))
    assert Counter(s.tags["subject"] for s in samples.values()) == {
        **dict.fromkeys(SUBJECTS, 1),
        "Pharmacy": 4,
    }
    assert Counter(s.kind for s in samples.values()) == {"choice": 6, "open": 2}
    first = samples["mmmu-validation_Clinical_Medicine_1"]
    assert ([c.label for c in first.choices], first.target.texts) == (["It's one", "2, two"], ("B",))
    assert (first.question, first.cluster) == (
        "What is shown in <image 1>?",
        "validation_Clinical_Medicine_1",
    )
    assert first.tags["image_type"] == "Plots and Charts+Tables"
    assert first.tags["subfield"] == "Epidemiology"


def test_open_answers_are_one_or_several(folder):
    samples = _validation(folder("mmmu"))
    assert samples["mmmu-validation_Pharmacy_3"].target.texts == ("Catalase",)
    assert samples["mmmu-validation_Pharmacy_4"].target.texts == ("24", "twenty-four")


def test_all_images_stand_where_the_text_first_names_them(folder):
    sample = _validation(folder("mmmu"))["mmmu-validation_Pharmacy_2"]
    (message,) = mmmu.BENCHMARK.prompt(sample.case).messages
    shown = [part for part in message.parts if isinstance(part, Image)]
    assert [read_bytes(i) for i in shown] == [picture(n) for n in (1, 3, 2)]
    assert [read_bytes(i) for i in sample.images] == [picture(n) for n in (1, 2, 3)]
    text = "".join(part for part in message.parts if isinstance(part, str))
    assert "with <image 1>.\nA. <image 3>\nB. <image 2>\nC. none of <image 2>\n" in text


def test_numbers_that_leave_one_out_still_name_their_image(folder):
    sample = next(mmmu_pro.load(Where(root=folder("mmmu-pro@standard-10"))))
    assert [c.label for c in sample.choices][:3] == ["<image 3>", "<image 1>", "<image 2>"]
    assert read_bytes(sample.images[2]) == picture(4)
    assert (len(sample.choices), sample.target.texts) == (10, ("J",))


def test_other_subjects_of_mmmu_pro_are_left_out(folder):
    ids = [s.id for s in mmmu_pro.load(Where(root=folder("mmmu-pro@standard-4")))]
    assert ids == ["mmmu-pro-standard-4-test_Pharmacy_89", "mmmu-pro-standard-4-validation_Public_Health_7"]


def test_what_is_asked_in_the_picture_is_not_asked_in_words(folder):
    sample = next(mmmu_pro.load(Where(root=folder("mmmu-pro@vision"))))
    request = mmmu_pro.BENCHMARK.prompt(sample.case)
    assert request.text == mmmu_pro.ON_THE_PICTURE
    assert (request.images, request.choices) == (sample.images, sample.choices)
    assert sample.choices[0].label == "<image 4>"


@pytest.mark.parametrize("answer", ["?", "", None])
def test_the_answers_of_the_test_split_are_withheld(folder, answer):
    root = folder("mmmu")
    held = {**row("test_1", "What is <image 1>?", "['a', 'b']", "?", 1), "answer": answer}
    write_parquet(root / SUBJECTS[0] / "test-00000-of-00001.parquet", [held])
    with pytest.raises(DataError, match=r"row test_1: MMMU withholds the answers.*--split validation"):
        next(mmmu.load(Where(root=root, split="test")))


def test_a_missing_subject_is_named(folder):
    root = folder("mmmu")
    (root / "Pharmacy" / ONE).unlink()
    with pytest.raises(DataError, match=r"no Pharmacy/validation-\*\.parquet\. Get the folders Basic_"):
        next(mmmu.load(Where(root=root, split="validation")))
    with pytest.raises(DataError, match=r"standard \(4 options\)/\*\.parquet not found"):
        next(mmmu_pro.load(Where(root=root, variant="standard-4")))


@pytest.mark.parametrize(
    ("question", "options", "answer", "message"),
    [
        ("What?", "['a', 'b'", "A", "row x: .*is not the string of a list"),
        ("What?", "'a'", "A", "row x: .* is not a list"),
        ("What?", "['a', 'b']", "C", "row x: the answer 'C' is none of its options A, B"),
        ("What is <image 2>?", "['a', 'b']", "A", "row x: <image 2> is named and the row has no image_2"),
        ("What?", "['a', '<image 5>']", "A", "row x: <image 5> is named and the row has no image_5"),
    ],
)
def test_what_is_wrong_with_a_row_is_named(folder, question, options, answer, message):
    root = folder("mmmu")
    write_parquet(root / SUBJECTS[0] / ONE, [row("x", question, options, answer, 1)])
    with pytest.raises(DataError, match=message):
        list(mmmu.load(Where(root=root, split="validation")))


def test_options_as_a_list_are_taken_too():
    assert listed(["a", 2], "") == ["a", "2"]


def test_real_items(shared_data, tmp_path):
    """The four items of MMMU-Pro's own tool, put into the columns of the hub."""
    source = shared_data / "mmmu" / "mmmu_pro_images"
    items = [json.loads(line) for line in (source / "data.jsonl").read_text("utf-8").splitlines()]
    rows = []
    for item in items:
        name = item["image_1"].rpartition("/")[2].rpartition("_")[0]
        held = row(name, item["question"], str(item["options"]), item["answer"])
        image = {"bytes": (source / item["image_1"]).read_bytes(), "path": None}
        rows.append({**held, "image_1": image, "subject": "Clinical_Medicine"})
    write_parquet(tmp_path / "standard (10 options)" / "test-0.parquet", rows)
    samples = list(mmmu_pro.load(Where(root=tmp_path)))
    assert [s.target.texts for s in samples] == [("A",), ("E",), ("D",), ("H",)]
    assert {len(s.choices) for s in samples} == {10}
    assert samples[0].id == "mmmu-pro-standard-10-test_Clinical_Medicine_69"
    (message,) = mmmu_pro.BENCHMARK.prompt(samples[3].case).messages
    assert message.parts[0] == "Based on <image 1>"
    assert message.parts[1] == samples[3].images[0]
    assert min(open_image(s.images[0]).width for s in samples) > 300

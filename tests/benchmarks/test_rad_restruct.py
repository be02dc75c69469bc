"""Rad-ReStruct: hierarchical questions without the answers above them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from medassay.benchmarks.rad_restruct import BENCHMARK, Context, load
from medassay.contracts import check_benchmark
from medassay.errors import DataError
from medassay.types import Response, Sample, Where

from .drawing import draw


@pytest.fixture
def real(shared_data: Path, tmp_path: Path) -> Path:
    """20 real reports beside one image: the images are not among the shared data."""
    for name in ("test_qa_pairs", "id_to_img_mapping_frontal_reports.json"):
        (tmp_path / name).symlink_to(shared_data / "radrestruct" / name)
    draw(tmp_path / "images" / "CXR100_IM-0002-1001.png", 1)
    return tmp_path


def _by_id(root: Path, context: Context = "path") -> dict[str, Sample]:
    return {s.id.removeprefix("rad-restruct-"): s for s in load(Where(root=root), context=context)}


def test_real_reports(real):
    samples = list(load(Where(root=real)))
    findings = check_benchmark(BENCHMARK, samples)
    assert [f.check for f in findings if not f.ok] == ["images can be read"]  # but for one they are not here
    assert len(samples) == 955
    assert Counter(s.kind for s in samples) == {"yes/no": 887, "multilabel": 43, "label": 25}
    assert len({s.cluster for s in samples}) == 20


def test_no_answer_stands_above_a_question(folder):
    rows = _by_id(folder("rad-restruct"))
    assert rows["7-2"].question == "Is there pulmonary atelectasis in the lung?"
    assert rows["7-3"].question == (
        "lung > diseases > pulmonary atelectasis > body region\nIn which part of the body?"
    )


def test_the_history_is_an_option(folder):
    rows = _by_id(folder("rad-restruct"), "history")
    assert rows["7-3"].question == (
        "Are there any diseases in the lung? yes\nIs there pulmonary atelectasis in the lung? yes\n"
        "In which part of the body?"
    )


def test_kinds_follow_the_form(folder):
    rows = _by_id(folder("rad-restruct"))
    assert [rows[f"7-{n}"].kind for n in range(7)] == [*["yes/no"] * 3, *["multilabel"] * 2, *["label"] * 2]
    assert [rows[f"7-{n}"].tags["level"] for n in range(4)] == ["1", "1", "2", "3"]
    assert rows["7-5"].target.texts == ("no selection",)
    assert [c.label for c in rows["7-6"].choices] == ["aorta, thoracic"]


def test_no_selection_among_several_is_none(folder):
    sample = _by_id(folder("rad-restruct"))["7-4"]
    assert [c.label for c in sample.choices] == ["focal", "patchy"]
    assert sample.target.texts == ()
    assert BENCHMARK.scorer(sample, Response(text="none")).values == {"accuracy": 1}
    assert BENCHMARK.scorer(sample, Response(text="focal")).values == {"accuracy": 0}


def test_all_images_of_a_report_are_shown(folder):
    rows = _by_id(folder("rad-restruct"))
    assert [len(rows[name].images) for name in ("7-0", "12-0")] == [2, 1]
    assert (rows["7-0"].group, rows["7-0"].cluster) == ("7", "7")


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        (
            [["maybe"], [], {"answer_type": "single_choice", "options": ["yes", "no"], "path": "lung"}],
            r"record 0: \['maybe'\] are not all among \['yes', 'no'\]",
        ),
        ([["yes"]], "record 0: not .question, answers, history, about."),
        ([["yes"], [], {"options": ["yes"]}], "record 0: not .*answer_type"),
    ],
)
def test_a_wrong_record_is_named(folder, rest, message):
    root = folder("rad-restruct")
    (root / "test_qa_pairs" / "12.json").write_text(json.dumps([["Is there?", *rest]]))
    with pytest.raises(DataError, match=message):
        _by_id(root)


def test_what_is_missing_is_named(folder):
    root = folder("rad-restruct")
    (root / "test_qa_pairs" / "99.json").write_text("[]")
    with pytest.raises(DataError, match=r"frontal_reports\.json: no images of the report 99"):
        _by_id(root)
    with pytest.raises(
        DataError,
        match=r"no val_qa_pairs/\*\.json, or no id_to_.*\.json\. Get the dataset from https://github",
    ):
        next(load(Where(root=root, split="validation")))

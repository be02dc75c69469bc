"""VQA-Med 2019: alternatives, optional parts, kinds from the questions."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from medassay.benchmarks.vqa_med_2019 import BENCHMARK, load
from medassay.contracts import check_benchmark
from medassay.errors import DataError
from medassay.types import Response, Sample, Where

from .drawing import draw

TEST = "VQAMed2019_Test_Questions_w_Ref_Answers.txt"


@pytest.fixture
def real(shared_data: Path, tmp_path: Path) -> Path:
    """The real questions beside one image: the images are not among the shared data."""
    (tmp_path / TEST).symlink_to(shared_data / "vqa_med_2019" / TEST)
    draw(tmp_path / "VQAMed2019_Test_Images" / "synpic54082.jpg", 1)
    return tmp_path


def _by_id(root: Path, split: str = "test") -> dict[str, Sample]:
    return {s.id.removeprefix("vqa-med-2019-"): s for s in load(Where(root=root, split=split))}


def test_real_questions(real):
    where = Where(root=real)
    samples = list(load(where))
    findings = check_benchmark(BENCHMARK, samples, whole=where)
    assert [f.check for f in findings if not f.ok] == ["images can be read"]  # but for one they are not here
    assert Counter(s.tags["question_type"] for s in samples) == dict.fromkeys(
        ("modality", "plane", "organ", "abnormality"), 125
    )
    assert Counter(s.kind for s in samples) == {"closed": 322, "open": 114, "yes/no": 64}


def test_alternatives_and_optional_parts_are_right(real):
    rows = _by_id(real)

    def right(name: str, text: str) -> float:
        return BENCHMARK.scorer(rows[name], Response(text=text)).values["accuracy"]

    assert rows["synpic54143-abnormality"].target.texts == (
        "anaplastic oligodendroglioma",
        "multi-cystic complex mass",
        "neoplasm",
    )
    for text in ("septic cerebral emboli", "Angioinvasive aspergillosis with septic cerebral emboli"):
        assert right("synpic35171-abnormality", text) == 1
    assert right("synpic35171-abnormality", "angioinvasive aspergillosis") == 0
    assert [right("synpic14955-modality", t) for t in ("CT w/contrast (IV)", "ct w/contrast", "ct")] == [
        1,
        1,
        0,
    ]
    assert right("synpic12184-organ", "Musculoskeletal") == 1


def test_kinds_come_from_the_category_and_the_question(folder):
    rows = _by_id(folder("vqa-med-2019"))
    assert {name: s.kind for name, s in rows.items()} == {
        "synpic1-modality": "yes/no",
        "synpic2-modality": "closed",  # it names its alternatives
        "synpic3-organ": "closed",
        "synpic4-abnormality": "open",
        "synpic5-abnormality": "yes/no",
        "synpic6-plane": "closed",
        "synpic7-modality": "closed",
    }


def test_training_questions_know_their_category(folder):
    rows = _by_id(folder("vqa-med-2019"), "train")
    assert [(s.tags["question_type"], s.kind, s.cluster) for s in rows.values()] == [
        ("modality", "yes/no", "synpic10"),
        ("plane", "closed", "synpic10"),
        ("organ", "closed", "synpic10"),
        ("abnormality", "open", "synpic10"),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("synpic1|modality|is this a ct scan?|maybe", "'is this a ct scan.' asks for yes or no, .* 'maybe'"),
        ("synpic1|what plane is this?|axial", "line 1 is not 4 texts between bars"),
        ("synpic1|plane|what plane is this?|", "line 1 is not 4 texts between bars"),
    ],
)
def test_a_wrong_line_is_named(folder, line, message):
    root = folder("vqa-med-2019") / "VQAMed2019Test"
    (root / TEST).write_text(line + "\n")
    with pytest.raises(DataError, match=message):
        _by_id(root)


def test_what_is_missing_is_named(folder):
    root = folder("vqa-med-2019") / "VQAMed2019Test"
    (root / TEST).unlink()
    with pytest.raises(DataError, match=r"w_Ref_Answers\.txt: no such file.*zenodo\.org/records/10499039"):
        _by_id(root)

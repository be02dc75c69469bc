"""MedXpertQA in both shapes, and on the authors' files."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from medassay.benchmarks.medxpertqa import MM, TEXT, load_mm, load_text
from medassay.contracts import check_benchmark
from medassay.errors import DataError
from medassay.images import open_image
from medassay.types import Sample, Where

from .drawing import picture


@pytest.fixture(scope="module")
def real(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The authors' questions beside an archive of drawn images under the names of theirs."""
    root = tmp_path_factory.mktemp("medxpertqa")
    for path in (shared_data / "medxpertqa").glob("*.jsonl"):
        (root / path.name).symlink_to(path)
    with zipfile.ZipFile(root / "images.zip", "w") as archive:
        for row in _rows(root / "medxpertqa_mm_input.jsonl"):
            for image in row["images"]:
                archive.writestr(f"images/{image['image_path']}", picture(0))
    return root


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_all_real_questions(real):
    samples = list(load_mm(Where(root=real)))
    assert len(samples) == len({s.id for s in samples}) == 2000
    assert Counter(len(s.images) for s in samples) == {1: 1581, 2: 236, 3: 59, 4: 22, 5: 78, 6: 24}
    assert len({i for s in samples for i in s.images}) == 2852
    assert Counter(s.tags["skill"] for s in samples) == {"reasoning": 1446, "understanding": 554}
    tasks = Counter(s.tags["medical_task"] for s in samples)
    assert tasks == {"Diagnosis": 1199, "Treatment": 448, "Basic Science": 353}
    systems = Counter(s.tags["body_system"] for s in samples)
    assert (len(systems), systems["Skeletal"], systems["Other / NA"]) == (12, 491, 18)
    keys = Counter(s.target.texts for s in samples)
    assert keys == {("E",): 424, ("B",): 408, ("A",): 399, ("D",): 386, ("C",): 383}


@pytest.mark.parametrize(
    ("load", "card", "variant"),
    [(load_mm, MM, "github"), (load_mm, MM, "sampled"), (load_text, TEXT, None)],
)
def test_contracts_hold_on_real_rows(real, load, card, variant):
    where = Where(root=real, variant=variant)
    assert [f for f in check_benchmark(card, load(where), whole=where) if not f.ok] == []


@pytest.mark.parametrize("name", ["medxpertqa_mm_input", "medxpertqa_sampled_text_input"])
def test_every_real_question_is_its_text_without_its_options(real, name):
    load = load_mm if "mm" in name else load_text
    for row, sample in zip(_rows(real / f"{name}.jsonl"), load(Where(root=real)), strict=True):
        listed = " ".join(f"({chr(65 + i)}) {choice.label}" for i, choice in enumerate(sample.choices))
        assert f"{sample.question}\nAnswer Choices: {listed}" == row["question"]
        assert [choice.label for choice in sample.choices] == [o["content"] for o in row["options"]]


def test_options_are_printed_once(folder):
    for sample in load_mm(Where(root=folder("medxpertqa-mm@hub"))):
        assert MM.prompt(sample.case).text.count("Option (with brackets) a") == 1


@pytest.mark.parametrize("name", ["mm", "text"])
def test_both_shapes_hold_the_same_samples(folder, name):
    load = load_mm if name == "mm" else load_text

    def read(variant: str) -> list[Sample]:
        return list(load(Where(root=folder(f"medxpertqa-{name}@{variant}"))))

    seen = [[(s.id, s.question, s.target, s.choices, s.tags) for s in read(v)] for v in ("hub", "github")]
    assert seen[0] == seen[1]


def test_all_images_in_order(folder):
    first, second = load_mm(Where(root=folder("medxpertqa-mm@github")))
    assert [Path(i.uri).name for i in first.images] == ["MM-0-a.jpeg", "MM-0-b.jpeg"]
    assert open_image(second.images[0]).size == (16, 16)
    assert (first.target.texts, first.cluster) == (("B",), "MM-0")


def test_dev_is_read_from_the_hub_shape_alone(folder):
    root = folder("medxpertqa-mm@hub")
    assert [s.id for s in load_mm(Where(root=root, split="dev"))] == ["medxpertqa-dev-MM-0"]
    with pytest.raises(DataError, match=r"MM/dev\.jsonl.*not found for the split 'dev'.*huggingface"):
        list(load_mm(Where(root=folder("medxpertqa-mm@github"), split="dev")))


def test_a_text_without_options_is_the_question(folder):
    path = folder("medxpertqa-text@hub") / "Text" / "test.jsonl"
    _edit(path, question="What is next?")
    assert next(load_text(Where(root=path.parents[1]))).question == "What is next?"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"question": "What is next? Answer Choices: (A) other"}, "row Text-0: the question ends with other"),
        ({"label": "K"}, r"row Text-0: the answer 'K' is none of its options A, B, C"),
        ({"label": ["A", "B"]}, r"row Text-0: the answer 'A, B' is none"),
        ({"options": None}, r"test\.jsonl: record 0 has no options"),
    ],
)
def test_what_is_wrong_is_named(folder, change, message):
    path = folder("medxpertqa-text@hub") / "Text" / "test.jsonl"
    _edit(path, **change)
    with pytest.raises(DataError, match=message):
        list(load_text(Where(root=path.parents[1])))


def _edit(path: Path, **change: object) -> None:
    first, *rest = _rows(path)
    path.write_text("".join(json.dumps(row) + "\n" for row in ({**first, **change}, *rest)))

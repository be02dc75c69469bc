"""MedXpertQA: questions of medical board examinations, with images (MM) and without (Text; Zuo et al., 2025).

The same rows, with the same ids, travel in two shapes:

- `hub`: `MM/test.jsonl`, options {"A": text}, label "A", images ["MM-0-a.jpeg"]; and a `dev` of five;
- `github`: `medxpertqa_mm_input.jsonl`, options [{letter, content}], label ["A"], images [{image_path}];
- `sampled`: the authors' smaller subset, in the shape of `github`.

Every question ends with its options ("Answer Choices: (A) ..."): they are taken off, so that a prompt
prints them once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from medassay.benchmarks.shared.files import choose, images_in, read_jsonl, root_of
from medassay.benchmarks.shared.options import by_letter
from medassay.benchmarks.shared.tags import present
from medassay.errors import DataError
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Benchmark, Measure, Sample, Where

_GET = (
    "Get the dataset from https://huggingface.co/datasets/TsinghuaC3I/MedXpertQA "
    "(questions also at https://github.com/TsinghuaC3I/MedXpertQA)."
)
_MM = {
    "hub": "MM/{split}.jsonl",
    "github": "medxpertqa_mm_input.jsonl",
    "sampled": "medxpertqa_sampled_mm_input.jsonl",
}
_TEXT = {
    "hub": "Text/{split}.jsonl",
    "github": "medxpertqa_text_input.jsonl",
    "sampled": "medxpertqa_sampled_text_input.jsonl",
}
_FIELDS = ("id", "question", "options", "label", "medical_task", "body_system", "question_type")
_MARK = "Answer Choices:"


def load_mm(where: Where) -> Iterator[Sample]:
    """Stream the questions with images, in the shape asked for, else the first that lies in the folder.

    Raises:
        DataError: the folder, the questions or all images are missing, or a row is not what it should be.
        UsageError: no such split or variant.
    """
    path = _questions(MM, _MM, where)
    image = images_in(_root(MM, where), ("images",), ("images.zip",), _GET, needed=where.pictures)
    for row in read_jsonl(path, (*_FIELDS, "images")):
        names = [str(i["image_path"] if isinstance(i, dict) else i) for i in row["images"]]
        yield replace(_sample(path, where.split, row), images=tuple(image(name) for name in names))


def load_text(where: Where) -> Iterator[Sample]:
    """Stream the questions without images, in the shape asked for, else the first that lies in the folder.

    Raises:
        DataError: the folder or the questions are missing, or a row is not what it should be.
        UsageError: no such split or variant.
    """
    path = _questions(TEXT, _TEXT, where)
    for row in read_jsonl(path, _FIELDS):
        yield _sample(path, where.split, row)


def _sample(path: Path, split: str, row: Mapping[str, Any]) -> Sample:
    where = f"{path}: row {row['id']}"
    options = _options(row["options"])
    gold = row["label"] if isinstance(row["label"], list) else [row["label"]]
    choices, target = by_letter(options, ", ".join(gold), where)
    return Sample(
        id=f"medxpertqa-{split}-{row['id']}",
        kind="choice",
        question=_stem(row["question"], options, where),
        target=target,
        choices=choices,
        cluster=row["id"],
        tags=present(
            medical_task=row["medical_task"],
            body_system=row["body_system"],
            skill=row["question_type"].lower(),
        ),
    )


def _options(options: Any) -> Mapping[str, str]:
    held: Mapping[str, str] = (
        options if isinstance(options, dict) else {option["letter"]: option["content"] for option in options}
    )
    return held


def _stem(question: str, options: Mapping[str, str], where: str) -> str:
    """The question without its options, which must be those of the row."""
    stem, mark, tail = question.rpartition(_MARK)
    listed = " ".join(f"({letter}) {text}" for letter, text in options.items())
    if mark and tail.split() != listed.split():
        raise DataError(
            f"{where}: the question ends with other options than the row has; get the file again."
        )
    return (stem if mark else question).strip()


def _root(card: Benchmark, where: Where) -> Path:
    return root_of(where, card.name, _GET, card.splits)


def _detect(card: Benchmark, files: Mapping[str, str], where: Where) -> str:
    root = _root(card, where)
    names = {variant: name.replace("{split}", where.split) for variant, name in files.items()}
    official = where.split == "test"  # the GitHub shape has no other split
    there = {v: (root / name).is_file() and (official or v == "hub") for v, name in names.items()}
    return choose(card.name, where, there, names, _GET)


def _questions(card: Benchmark, files: Mapping[str, str], where: Where) -> Path:
    name = files[_detect(card, files, where)]
    return _root(card, where) / name.replace("{split}", where.split)


def detect_mm(where: Where) -> str:
    """The shape of the questions with images that is asked for, else the first that lies in the folder.

    Raises:
        DataError: it, or any of them, is missing.
        UsageError: no such split or variant.
    """
    return _detect(MM, _MM, where)


def detect_text(where: Where) -> str:
    """The shape of the questions without images that is asked for, else the first that lies in the folder.

    Raises:
        DataError: it, or any of them, is missing.
        UsageError: no such split or variant.
    """
    return _detect(TEXT, _TEXT, where)


MM = Benchmark(
    name="medxpertqa-mm",
    version=1,
    title="MedXpertQA MM",
    task="visual question answering",
    modality="clinical images of all kinds",
    source="hf://TsinghuaC3I/MedXpertQA/MM/*.jsonl|images.zip",
    revision=None,
    licence="MIT",
    access="open",
    citation=(
        "Zuo Y et al. MedXpertQA: Benchmarking expert-level medical reasoning and understanding. "
        "ICML 2025, arXiv:2501.18362."
    ),
    primary="accuracy",
    measures=(Measure(metric="accuracy", by=("skill", "medical_task", "body_system")),),
    load=load_mm,
    prompt=plain,
    scorer=score,
    cluster="item",
    verified="real file",
    kinds=("choice",),
    counts={"hub/test": 2000, "hub/dev": 5, "github/test": 2000, "sampled/test": 199},
    splits=("test", "dev"),
    variants=("hub", "github", "sampled"),
    absent={
        "medvlmbench": (
            "MedVLMBench scores 400 questions, fold 0 of a private five-fold cut of the 2,000, and does not "
            "distribute the file that lists them."
        )
    },
    detect=detect_mm,
    notes=(
        "Five options each; one to six images, all are shown in order; no image serves two questions. The "
        "tag skill is the authors' Reasoning or Understanding. Questions are taken without the options that "
        "end their text. Verified on all 2,000 questions in the GitHub shape, whose images are not there; "
        "the hub shape on its description only."
    ),
)

TEXT = replace(
    MM,
    name="medxpertqa-text",
    title="MedXpertQA Text",
    task="question answering",
    modality="text only",
    source="hf://TsinghuaC3I/MedXpertQA/Text/{split}.jsonl",
    load=load_text,
    counts={"hub/test": 2450, "hub/dev": 5, "github/test": 2450, "sampled/test": 244},
    unverified=("counts:github/test",),
    absent={},
    detect=detect_text,
    notes=(
        "Ten options each, no images: the text companion of medxpertqa-mm. The tag skill is the authors' "
        "Reasoning or Understanding. Questions are taken without the options that end their text. Verified "
        "on the authors' sample of 244 questions; the other shapes on their description only."
    ),
)

"""MMMU-Pro, Health & Medicine: MMMU with more options, or asked inside a picture (Yue et al., 2024).

Parquet as on the hub, one folder for each variant; the five subjects are taken by the column `subject`.

- `standard-10`: `standard (10 options)/`, rows as in MMMU; the options are shuffled, so that the images they
  name need not ascend;
- `standard-4`: `standard (4 options)/`;
- `vision`: `vision/`, a screenshot that holds the question and its options, which no text repeats.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from medassay.benchmarks.mmmu_rows import IMAGES, SUBJECTS, images, numbered, options, tags
from medassay.benchmarks.shared.files import (
    Record,
    choose,
    parquet_files,
    parquet_image,
    read_parquet,
    root_of,
)
from medassay.metrics import score
from medassay.prompts import interleaved
from medassay.types import Benchmark, Case, Choice, Measure, Message, Request, Sample, Where

_GET = "Get the dataset from https://huggingface.co/datasets/MMMU/MMMU_Pro."
_FOLDERS = {"standard-10": "standard (10 options)", "standard-4": "standard (4 options)", "vision": "vision"}
_FIELDS = ("id", "options", "answer", "subject")
_OPTIONAL = (*IMAGES, "img_type", "topic_difficulty")
ON_THE_PICTURE = (  # the authors' own words, mmmu-pro/prompts.yaml, direct
    "Answer with the option letter from the given choices directly. The last line of your response should be "
    "of the following format: 'Answer: $LETTER' (without quotes) where LETTER is one of options."
)


def load(where: Where) -> Iterator[Sample]:
    """Stream the five subjects of the variant that is asked for, else of the first that lies in the folder.

    Raises:
        DataError: the folder or the variant is missing, or a file is damaged.
        UsageError: no such split or variant.
    """
    variant = detect(where)
    fields = (*_FIELDS, "image" if variant == "vision" else "question")
    for path in _files(where, variant):
        for index, record in enumerate(read_parquet(path, fields, optional=_OPTIONAL)):
            if record["subject"] in SUBJECTS:
                yield _sample(path, index, record, variant)


def detect(where: Where) -> str:
    """The variant that is asked for, else the first that lies in the folder.

    Raises:
        DataError: it is not there, or none is.
        UsageError: no such split or variant.
    """
    root_of(where, "mmmu-pro", _GET, BENCHMARK.splits)
    there = {variant: bool(_files(where, variant)) for variant in _FOLDERS}
    wanted = {variant: f"{folder}/*.parquet" for variant, folder in _FOLDERS.items()}
    return choose("mmmu-pro", where, there, wanted, _GET)


def ask(case: Case) -> Request:
    """As `interleaved`; what is asked inside the picture is not asked again in words."""
    if case.question != ON_THE_PICTURE:
        return interleaved(case)
    message = Message(role="user", parts=(*case.images, case.question))
    return Request(messages=(message,), choices=case.choices)


def _files(where: Where, variant: str) -> list[Path]:
    root = root_of(where, "mmmu-pro", _GET, BENCHMARK.splits)
    return parquet_files(root / _FOLDERS[variant], where.split)


def _sample(path: Path, index: int, record: Record, variant: str) -> Sample:
    row = f"{path}: row {record['id']}"
    in_picture = variant == "vision"
    held = {1: parquet_image(path, index, record)} if in_picture else images(path, index, record)
    choices, target = options(record["options"], record["answer"], row)
    if not in_picture:
        choices = tuple(Choice(label=numbered(choice.label, held, row)) for choice in choices)
    return Sample(
        id=f"mmmu-pro-{variant}-{record['id']}",
        kind="choice",
        question=ON_THE_PICTURE if in_picture else numbered(record["question"], held, row).strip(),
        target=target,
        images=tuple(held.values()),
        choices=choices,
        cluster=record["id"],
        tags=tags(record, record["subject"], row),
    )


BENCHMARK = Benchmark(
    name="mmmu-pro",
    version=1,
    title="MMMU-Pro Health & Medicine",
    task="visual question answering",
    modality="examination figures: radiology, microscopy, plots, tables, drawings",
    source="hf://MMMU/MMMU_Pro/*/{split}-*.parquet",
    revision=None,
    licence="Apache-2.0",
    access="open",
    citation=(
        "Yue X et al. MMMU-Pro: A more robust multi-discipline multimodal understanding benchmark. "
        "arXiv:2409.02813 (2024)."
    ),
    primary="accuracy",
    measures=(Measure(metric="accuracy", by=("subject", "difficulty", "image_type")),),
    load=load,
    prompt=ask,
    scorer=score,
    cluster="item",
    verified="reference only",
    kinds=("choice",),
    counts={"standard-10/test": 286, "standard-4/test": 286, "vision/test": 286},
    variants=tuple(_FOLDERS),
    detect=detect,
    notes=(
        "286 of the 1,730 questions: the five subjects of Health & Medicine. Ten options are the rule, not a "
        "promise: in the authors' published answers 204 of the 286 have ten, 48 have five or fewer; two "
        "questions have two options of one text, where the letter decides. Questions come from the "
        "validation and test splits of mmmu. The vision variant is asked in the authors' words, without the "
        "question or its options in text."
    ),
)

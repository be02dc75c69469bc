"""MMMU, Health & Medicine: college examination questions with images, five subjects (Yue et al., 2024).

`<subject>/{dev,validation,test}-*.parquet` as on the hub: id, question, options (the string of a list),
answer, question_type, image_1 ... image_7. `<image n>` stands in the question or in an option.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from medassay.benchmarks.mmmu_rows import IMAGES, SUBJECTS, images, listed, numbered, options, tags
from medassay.benchmarks.shared.files import Record, parquet_files, read_parquet, root_of
from medassay.errors import DataError
from medassay.metrics import score
from medassay.prompts import interleaved
from medassay.types import Benchmark, Choice, Measure, Sample, Target, Where

_GET = f"Get the folders {', '.join(SUBJECTS)} of https://huggingface.co/datasets/MMMU/MMMU."
_FIELDS = ("id", "question", "options", "question_type")
_OPTIONAL = (*IMAGES, "answer", "img_type", "topic_difficulty", "subfield")
_WITHHELD = frozenset({"", "?"})


def load(where: Where) -> Iterator[Sample]:
    """Stream a split of all five subjects.

    Raises:
        DataError: the folder or a subject is missing, a file is damaged, or the answers are withheld (test).
        UsageError: no such split.
    """
    root = root_of(where, "mmmu", _GET, BENCHMARK.splits)
    files = {subject: parquet_files(root / subject, where.split) for subject in SUBJECTS}
    missing = [f"{subject}/{where.split}-*.parquet" for subject, found in files.items() if not found]
    if missing:
        raise DataError(f"{root}: no {', '.join(missing)}. {_GET}")
    for subject, paths in files.items():
        for path in paths:
            for index, record in enumerate(read_parquet(path, _FIELDS, optional=_OPTIONAL)):
                yield _sample(path, index, record, subject)


def _sample(path: Path, index: int, record: Record, subject: str) -> Sample:
    row, answer = f"{path}: row {record['id']}", (record.get("answer") or "").strip()
    if answer in _WITHHELD:
        raise DataError(f"{row}: MMMU withholds the answers of this split; use --split validation.")
    held = images(path, index, record)
    sample = Sample(
        id=f"mmmu-{record['id']}",
        kind="open",
        question=numbered(record["question"], held, row).strip(),
        target=Target(texts=_accepted(answer, row)),
        images=tuple(held.values()),
        cluster=record["id"],
        tags=tags(record, subject, row),
    )
    if record["question_type"] == "open":
        return sample
    choices, target = options(record["options"], answer, row)
    named = tuple(Choice(label=numbered(choice.label, held, row)) for choice in choices)
    return replace(sample, kind="choice", target=target, choices=named)


def _accepted(answer: str, row: str) -> tuple[str, ...]:
    """The answers to an open question; several are the string of a list."""
    return tuple(listed(answer, row)) if answer.startswith("[") else (answer,)


BENCHMARK = Benchmark(
    name="mmmu",
    version=1,
    title="MMMU Health & Medicine",
    task="visual question answering",
    modality="examination figures: radiology, microscopy, plots, tables, drawings",
    source="hf://MMMU/MMMU/" + "|".join(f"{subject}/{{split}}-*.parquet" for subject in SUBJECTS),
    revision=None,
    licence="Apache-2.0",
    access="open",
    citation=(
        "Yue X et al. MMMU: A massive multi-discipline multimodal understanding and reasoning benchmark for "
        "expert AGI. CVPR 2024, arXiv:2311.16502."
    ),
    primary="accuracy",
    measures=(
        Measure(metric="accuracy", by=("kind", "subject", "difficulty", "image_type")),
        Measure(metric="token_f1", where={"kind": "open"}),
        Measure(metric="bleu_1", where={"kind": "open"}),
        Measure(metric="rouge_l", where={"kind": "open"}),
    ),
    load=load,
    prompt=interleaved,
    scorer=score,
    cluster="item",
    verified="reference only",
    kinds=("choice", "open"),
    counts={"validation": 150, "dev": 25, "test": 1752},
    splits=("validation", "dev", "test"),
    kinds_follow="question",
    notes=(
        "The validation split is scored: 145 questions with options and 5 open ones. The answers of the test "
        "split are withheld by the authors; loading it says so, and keys that circulate are not official. "
        "All images are shown, each where the text first names it, in the question or in an option. About "
        "11 points is the smallest paired difference that 145 questions can show."
    ),
)

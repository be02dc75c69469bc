"""MedFrameQA: questions that compare two to five frames of a teaching video (Yu et al., 2025).

Parquet as on the hub: question_id, question, options (a list), correct_answer (a letter), video_id, system,
organ, modality and image_1 ... image_5.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from string import ascii_uppercase

from medassay.benchmarks.shared.files import Record, parquet_image, read_parquet, root_of
from medassay.benchmarks.shared.options import by_letter
from medassay.benchmarks.shared.tags import present
from medassay.errors import DataError
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Benchmark, Measure, Sample, Where

_GET = "Get the Parquet files from https://huggingface.co/datasets/SuhaoYu1020/MedFrameQA."
_FIELDS = ("question_id", "question", "options", "correct_answer", "video_id")
_IMAGES = tuple(f"image_{n}" for n in range(1, 6))
_TAGS = ("system", "organ", "modality")


def load(where: Where) -> Iterator[Sample]:
    """Stream all questions; the dataset has one part, whatever its files are called.

    Raises:
        DataError: the folder or its files are missing or damaged, an answer is no option, or a row has no
            image.
        UsageError: no such split.
    """
    root = root_of(where, "medframeqa", _GET, BENCHMARK.splits)
    files = sorted(root.rglob("*.parquet"))
    if not files:
        raise DataError(f"{root}: no *.parquet. {_GET}")
    for path in files:
        for index, record in enumerate(read_parquet(path, _FIELDS, optional=(*_IMAGES, *_TAGS))):
            yield _sample(path, index, record)


def _sample(path: Path, index: int, record: Record) -> Sample:
    row = f"{path}: row {record['question_id']}"
    options = dict(zip(ascii_uppercase, record["options"], strict=False))
    choices, target = by_letter(options, record["correct_answer"], row)
    shown = [column for column in _IMAGES if record.get(column) is not None]
    if not shown:
        raise DataError(f"{row} has no image in {_IMAGES[0]} to {_IMAGES[-1]}; get the file again.")
    return Sample(
        id=f"medframeqa-{record['question_id']}",
        kind="choice",
        question=record["question"].strip(),
        target=target,
        images=tuple(parquet_image(path, index, record, column) for column in shown),
        choices=choices,
        cluster=record["video_id"],
        tags=present(
            body_system=record.get("system"),
            organ=record.get("organ"),
            modality=record.get("modality"),
            n_images=len(shown),
        ),
    )


BENCHMARK = Benchmark(
    name="medframeqa",
    version=1,
    title="MedFrameQA",
    task="visual question answering",
    modality="frames of medical teaching videos",
    source="hf://SuhaoYu1020/MedFrameQA/*.parquet",
    revision=None,
    licence="CC-BY-4.0",
    access="open",
    citation=(
        "Yu S, Wang H, Wu J et al. MedFrameQA: A multi-image medical VQA benchmark for clinical reasoning. "
        "arXiv:2505.16964 (2025)."
    ),
    primary="accuracy",
    measures=(Measure(metric="accuracy", by=("body_system", "organ", "modality", "n_images")),),
    load=load,
    prompt=plain,
    scorer=score,
    cluster="video",
    verified="reference only",
    kinds=("choice",),
    counts={"test": 2851},
    notes=(
        "2,851 questions on 9,237 frames; several questions come from one video, which is the cluster. All "
        "frames are shown in order. The questions were written by GPT-4o from the videos' narration. "
        "What the hub calls the one part is not confirmed: all Parquet files are read."
    ),
)

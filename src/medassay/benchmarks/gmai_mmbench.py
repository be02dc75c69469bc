"""GMAI-MMBench: questions with up to five options from 284 image sets, by department and task (2024).

One TSV with index, image (base64), question, A-E, answer (a letter) and, in words, category, clinical VQA
task, department, modality and perceptual granularity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from medassay.benchmarks.shared.base64_table import read_base64_table
from medassay.benchmarks.shared.files import root_of
from medassay.benchmarks.shared.options import by_letter
from medassay.benchmarks.shared.tags import present
from medassay.errors import DataError
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Benchmark, Image, Measure, Sample, Where

_GET = "Get GMAI-MMBench_VAL.tsv (9.3 GB) from https://huggingface.co/datasets/VLMEval/GMAI-MMBench."
_NAMES = ("GMAI-MMBench_VAL.tsv", "GMAI_mm_bench_VAL.tsv")
_FIELDS = ("question", "A", "B", "C", "D", "answer")


def load(where: Where) -> Iterator[Sample]:
    """Stream the validation questions.

    Raises:
        DataError: the folder or the table is missing or damaged, or an answer is no option.
        UsageError: no such split.
    """
    root = root_of(where, "gmai-mmbench", _GET, BENCHMARK.splits)
    path = next((root / name for name in _NAMES if (root / name).is_file()), None)
    if path is None:
        raise DataError(f"{root}: no {' or '.join(_NAMES)}. {_GET}")
    for record, images in read_base64_table(path, _FIELDS):
        # copies differ in the case of "clinical VQA task"
        yield _sample(path, {name.lower(): cell for name, cell in record.items()}, images)


def _sample(path: Path, record: Mapping[str, str], images: tuple[Image, ...]) -> Sample:
    row = f"{path}: row {record['index']}"
    options = {letter.upper(): record.get(letter) for letter in "abcde"}
    choices, target = by_letter(options, record["answer"], row)
    return Sample(
        id=f"gmai-mmbench-{record['index']}",
        kind="choice",
        question=record["question"].strip(),
        target=target,
        images=images,
        choices=choices,
        cluster=images[0].digest or record["index"],
        tags=present(
            modality=record.get("modality"),
            department=record.get("department"),
            clinical_task=record.get("clinical vqa task"),
            granularity=record.get("perceptual granularity"),
            category=record.get("category"),
        ),
    )


BENCHMARK = Benchmark(
    name="gmai-mmbench",
    version=1,
    title="GMAI-MMBench",
    task="visual question answering",
    modality="38 modalities",
    source="https://huggingface.co/datasets/VLMEval/GMAI-MMBench/resolve/main/GMAI-MMBench_VAL.tsv",
    revision="md5:254bd581627866f1c499d3d6b4422324",
    licence="Apache-2.0",
    access="open",
    citation=(
        "GMAI-MMBench: A comprehensive multimodal evaluation benchmark towards general medical AI. "
        "NeurIPS 2024 Datasets and Benchmarks, arXiv:2408.03361."
    ),
    primary="accuracy",
    measures=(Measure(metric="accuracy", by=("department", "clinical_task", "granularity", "modality")),),
    load=load,
    prompt=plain,
    scorer=score,
    cluster="image",
    verified="reference only",
    kinds=("choice",),
    splits=("validation",),
    absent={
        "test": (
            "the authors keep the answers of the TEST part and score submissions by e-mail; the validation "
            "part has answers."
        )
    },
    unverified=("modality",),
    notes=(
        "Options A to E, some empty. README and abstract differ in how many sets and modalities there are "
        "(284 or 285, 38 or 39). The checksum is the one that VLMEvalKit checks the table against; the "
        "authors' own copy (OpenGVLab/GMAI-MMBench) asks for contact information. The number of validation "
        "questions is not confirmed. The table has no ids of images: the cluster is the hash of their bytes."
    ),
)

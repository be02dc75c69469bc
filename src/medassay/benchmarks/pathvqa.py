"""PathVQA: questions on figures of pathology textbooks and a library (He et al., 2020).

The hub's Parquet, de-duplicated, with image, question and answer only (`hub_pairs`). The authors' own release
is Python pickles: reading one runs whatever code it holds, so it is not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from medassay.benchmarks.shared.files import choose, parquet_files, root_of
from medassay.benchmarks.shared.hub_pairs import hub_pairs
from medassay.metrics import score
from medassay.prompts import brief
from medassay.types import Benchmark, Measure, Sample, Where

_GET = "Get the dataset from https://huggingface.co/datasets/flaviagiammarino/path-vqa."


def load(where: Where) -> Iterator[Sample]:
    """Stream a split.

    Raises:
        DataError: the folder or its Parquet is missing or damaged.
        UsageError: no such split or variant.
    """
    root = root_of(where, "pathvqa", _GET, BENCHMARK.splits)
    detect(where)
    yield from hub_pairs(root, where.split, "pathvqa")


def detect(where: Where) -> str:
    """The variant that is asked for, else `hub`.

    Raises:
        DataError: there is no Parquet of this split.
        UsageError: no such split or variant.
    """
    root = root_of(where, "pathvqa", _GET, BENCHMARK.splits)
    there = dict.fromkeys(BENCHMARK.variants, bool(parquet_files(root, where.split)))
    return choose("pathvqa", where, there, dict.fromkeys(there, "*.parquet"), _GET)


BENCHMARK = Benchmark(
    name="pathvqa",
    version=1,
    title="PathVQA",
    task="visual question answering",
    modality="pathology (histology, gross)",
    source="hf://flaviagiammarino/path-vqa/data/{split}-*.parquet",
    revision=None,
    licence="MIT as the hub states; images and captions stay with their publishers",
    access="open",
    citation=(
        "He X, Zhang Y, Mou L, Xing E, Xie P. PathVQA: 30000+ questions for medical visual question "
        "answering. arXiv:2003.10286 (2020)."
    ),
    primary="accuracy",
    measures=(
        Measure(metric="accuracy", by=("kind",)),
        Measure(metric="token_f1", where={"kind": "open"}),
        Measure(metric="bleu_1", where={"kind": "open"}),
        Measure(metric="rouge_l", where={"kind": "open"}),
    ),
    load=load,
    prompt=brief,
    scorer=score,
    cluster="image",
    verified="reference only",
    kinds=("yes/no", "open"),
    counts={"test": 6719, "validation": 6259, "train": 19654},
    clusters={"test": 858},
    unverified=("overlap",),
    splits=("test", "validation", "train"),
    variants=("hub", "medvlmbench"),
    absent={
        "pickles": "the authors' {train,val,test}_qa.pkl run code when they are read; the hub holds the same "
        "questions without duplicates (32,632 of 32,799)"
    },
    detect=detect,
    notes=(
        "There are neither ids nor types: samples are numbered by row, clusters are images by their content, "
        "and the kind is yes/no where the answer is (3,362 of the 6,719 test questions, on 858 images). The "
        "splits are said to share no image. The variant medvlmbench is the same questions; MedVLMBench "
        "itself adds 'with yes or no' to exactly those whose gold answer is one. Images may not be passed "
        "on to others."
    ),
)

"""Kvasir-VQA: nineteen questions on endoscopy images of the digestive tract (Gautam et al., 2024).

The hub's Parquet with image, source, question, answer and img_id in one part, which is cut here by image.
The questions are templates: how one begins tells its type and its options, which are those of the paper's
table 2. A list in an answer is parted by semicolons, in no order, and "none" is the empty one.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from medassay.benchmarks.shared.files import Record, parquet_image, read_parquet, root_of
from medassay.benchmarks.shared.hub_pairs import YES_NO
from medassay.benchmarks.shared.splitting import part_of
from medassay.benchmarks.shared.tags import present
from medassay.errors import DataError
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Benchmark, Choice, Image, Kind, Measure, Sample, Target, Where

_GET = "Get the dataset from https://huggingface.co/datasets/SimulaMet-HOST/Kvasir-VQA."
_MISSING = frozenset({"", "none"})


@dataclass(frozen=True, slots=True)
class _Template:
    """What is asked by all questions that begin alike."""

    start: str
    asks: str
    kind: Kind
    options: tuple[str, ...] = ()


_MAYBE = ("yes", "no", "not relevant")
_PARIS = ("paris ip", "paris iia", "paris is")
_SIZES = ("<5mm", "5-10mm", "11-20mm", ">20mm")
_PROCEDURES = ("capsule endoscopy", "colonoscopy", "gastroscopy")
_LANDMARKS = ("ileum", "z-line", "cecum", "pylorus")
_INSTRUMENTS = ("tube", "metal clip", "polyp snare", "injection needle", "biopsy forceps")
_ABNORMAL = (
    "oesophagitis",
    "ulcerative colitis",
    "short-segment barretts",
    "barretts",
    "polyp",
    "hemorrhoids",
)
_COLORS = (
    *("black", "blue", "brown", "flesh", "green", "grey"),
    *("orange", "pink", "purple", "red", "white", "yellow"),
)
_PLACES = (
    *("upper-left", "upper-center", "upper-right"),
    *("center-left", "center", "center-right"),
    *("lower-left", "lower-center", "lower-right"),
)
_TEMPLATES = (
    _Template("is there text", "yes/no", "yes/no"),
    _Template("is there a green/black box", "yes/no", "yes/no"),
    _Template("does this image contain any finding", "yes/no", "yes/no"),
    _Template("have all polyps been removed", "yes/no", "label", _MAYBE),
    _Template("is this finding easy to detect", "yes/no", "label", _MAYBE),
    _Template("what type of procedure", "single choice", "label", _PROCEDURES),
    _Template("what type of polyp", "single choice", "multilabel", _PARIS),  # two polyps have two
    _Template("what is the size of", "single choice", "multilabel", _SIZES),
    _Template("are there any abnormalities", "multiple choice", "multilabel", _ABNORMAL),
    _Template("are there any anatomical", "multiple choice", "multilabel", _LANDMARKS),
    _Template("are there any instruments", "multiple choice", "multilabel", _INSTRUMENTS),
    _Template("what color", "color", "multilabel", _COLORS),
    _Template("where in the image", "location", "multilabel", _PLACES),
    _Template("how many", "count", "closed"),
)


def load(where: Where) -> Iterator[Sample]:
    """Stream a split.

    Raises:
        DataError: the folder or its Parquet is missing or damaged, or a row has a question that is none of
            the templates or an answer that is none of its options.
        UsageError: no such split.
    """
    root = root_of(where, "kvasir-vqa", _GET, BENCHMARK.splits)
    paths = sorted(root.rglob("*.parquet"))
    if not paths:
        raise DataError(f"{root}: no *.parquet. {_GET}")
    asked: Counter[str] = Counter()
    left_out = 0
    for path in paths:
        rows = read_parquet(path, ("image", "source", "answer", "img_id"), optional=("question",))
        for row, record in enumerate(rows):
            name, question = record["img_id"], (record.get("question") or "").strip()
            if part_of(name, salt="kvasir-vqa 1") != where.split:
                continue
            if question.lower() in _MISSING:
                left_out += 1
                continue
            asked[name] += 1
            yield _sample(
                f"kvasir-vqa-{name}-{asked[name]}", question, record, parquet_image(path, row, record)
            )
    if left_out:
        logging.getLogger(__name__).warning("kvasir-vqa: %d rows have no question, left out", left_out)


def _sample(key: str, question: str, record: Record, image: Image) -> Sample:
    template = next((t for t in _TEMPLATES if question.lower().startswith(t.start)), None)
    if template is None:
        raise DataError(f"{key}: {question!r} is none of the questions of Kvasir-VQA. {_GET}")
    answers = tuple(part.strip().lower() for part in record["answer"].split(";"))
    if template.kind == "multilabel" and answers == ("none",):
        answers = ()
    allowed = YES_NO if template.kind == "yes/no" else frozenset(template.options)
    if allowed and not allowed.issuperset(answers):
        raise DataError(
            f"{key}: the answer {record['answer']!r} to {question!r} is none of its options. {_GET}"
        )
    return Sample(
        id=key,
        kind=template.kind,
        question=question,
        target=Target(texts=answers),
        images=(image,),
        choices=tuple(Choice(label=option) for option in template.options),
        cluster=record["img_id"],
        tags=present(question_type=template.asks, source=record["source"]),
    )


BENCHMARK = Benchmark(
    name="kvasir-vqa",
    version=1,
    title="Kvasir-VQA",
    task="visual question answering",
    modality="endoscopy (digestive tract)",
    source="hf://SimulaMet-HOST/Kvasir-VQA/data/*.parquet",
    revision=None,
    licence="CC-BY-NC-4.0",
    access="open",
    citation=(
        "Gautam S, Storås A, Midoglu C, Hicks SA, Thambawita V, Halvorsen P, Riegler MA. Kvasir-VQA: a "
        "text-image pair GI tract dataset. VLM4Bio 2024, doi:10.1145/3689096.3689458."
    ),
    primary="accuracy",
    measures=(
        Measure(metric="accuracy", by=("kind", "question_type", "source")),
        Measure(metric="balanced_accuracy", where={"kind": "yes/no"}),
        Measure(metric="macro_f1", where={"kind": "yes/no"}),
    ),
    load=load,
    prompt=plain,
    scorer=score,
    cluster="image",
    verified="reference only",
    kinds=("yes/no", "label", "multilabel", "closed"),
    splits=("test", "validation", "train"),
    kinds_follow="question",
    notes=(
        "There is no official split of the 58,849 rows on 6,500 images: they are cut by the hash of the "
        "image, 70/10/20, and how many rows each part has is not stated. Several images may come from one "
        "patient, whom the file does not name. 51 rows have no question and are left out. 'Does this "
        "image contain any finding?' is asked of the 2,500 normal images only, which have no other "
        "question: its answer can be known without looking. A list is right if all its members are, and no "
        "other. Not for commercial use; competitions need permission."
    ),
)

"""Kvasir-VQA: nineteen questions on endoscopy images of the digestive tract (Gautam et al., 2024).

The hub's Parquet with image, source, question, answer and img_id in one part, which is cut here by image.
The questions are templates, and the template tells the type: three ask for yes or no, the others for a word,
a count, or a list parted by semicolons, whose order is not the answer's.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from medassay.benchmarks.files import parquet_image, read_parquet, root_of
from medassay.benchmarks.hub_pairs import YES_NO, target_of
from medassay.benchmarks.splitting import part_of
from medassay.benchmarks.tags import present
from medassay.errors import DataError
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Benchmark, Image, Measure, Response, Sample, Score, Where

_GET = "Get the dataset from https://huggingface.co/datasets/SimulaMet-HOST/Kvasir-VQA."
_TYPES = {  # by how a question begins, as the paper's table 2 groups them
    "is there text": "yes/no",
    "is there a green/black box": "yes/no",
    "does this image contain any finding": "yes/no",
    "have all polyps been removed": "yes/no/not relevant",
    "is this finding easy to detect": "yes/no/not relevant",
    "what type of": "single choice",
    "what is the size of": "single choice",
    "are there any": "multiple choice",
    "what color is": "color",
    "where in the image": "location",
    "how many": "count",
}
_LISTS = frozenset({"single choice", "multiple choice", "color", "location"})  # two polyps have two sizes
_MISSING = frozenset({"", "none"})


def load(where: Where) -> Iterator[Sample]:
    """Stream a split.

    Raises:
        DataError: the folder or its Parquet is missing or damaged, or yes or no is asked and the answer is
            neither.
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
                f"kvasir-vqa-{name}-{asked[name]}",
                question,
                record["answer"].strip(),
                record["source"],
                parquet_image(path, row, record),
                name,
            )
    if left_out:
        logging.getLogger(__name__).warning("kvasir-vqa: %d rows have no question, left out", left_out)


def _sample(key: str, question: str, answer: str, source: str, image: Image, name: str) -> Sample:
    asks = next((kind for start, kind in _TYPES.items() if question.lower().startswith(start)), "")
    if asks == "yes/no" and answer.lower() not in YES_NO:
        raise DataError(f"{key}: {question!r} asks for yes or no, the answer is {answer!r}. {_GET}")
    return Sample(
        id=key,
        kind="yes/no" if asks == "yes/no" else "closed",
        question=question,
        target=target_of(answer),
        images=(image,),
        cluster=name,
        tags=present(question_type=asks, source=source),
    )


def _score(sample: Sample, response: Response) -> Score:
    """A list is right if it has the same members, in whatever order."""
    judged = score(sample, response)
    if judged.status != "scored" or sample.tags.get("question_type") not in _LISTS:
        return judged
    right = any(_members(judged.answer or "") == _members(text) for text in sample.target.texts)
    return replace(judged, values={**judged.values, "accuracy": float(right)})


def _members(text: str) -> frozenset[str]:
    parts = re.split(r"[;,]|\band\b", text.lower())
    return frozenset(part for part in (" ".join(p.split()).rstrip(".") for p in parts) if part)


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
        Measure(metric="token_f1", where={"kind": "closed"}, by=("question_type",)),
    ),
    load=load,
    prompt=plain,
    scorer=_score,
    cluster="image",
    verified="reference only",
    kinds=("yes/no", "closed"),
    splits=("test", "validation", "train"),
    kinds_follow="question",
    notes=(
        "There is no official split of the 58,849 rows on 6,500 images: they are cut by the hash of the "
        "image, 70/10/20, and how many rows each part has is not stated. Several images may come from one "
        "patient, whom the file does not name. 51 rows are reported to have no question; such rows are left "
        "out. 'Does this image contain any finding?' is asked of the 2,500 normal images only, which have "
        "no other question: its answer can be known without looking. Lists are compared as sets. Not for "
        "commercial use; competitions need permission."
    ),
)

"""Quilt-VQA: questions that pathologists answer themselves in teaching videos (Seyfioglu et al., 2024).

- `files`: the authors' evaluation, `quiltvqa_test_wo_ans.jsonl` (question_id, image, text) beside
  `quiltvqa_test_w_ans.json` (id, answer, answer_type, yes_no_answer) and `quilt_vqa.zip`: 1,283 questions;
- `hub`: Parquet with image, question, answer and answer_type: one question for each of the 985 images.

Answers are sentences. A closed question asks for yes or no: the files give that word on its own, in the
Parquet it opens the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from medassay.benchmarks.shared.files import (
    Record,
    choose,
    images_in,
    parquet_image,
    read_json,
    read_jsonl,
    read_parquet,
    root_of,
)
from medassay.benchmarks.shared.hub_pairs import kind_of, target_of
from medassay.errors import DataError
from medassay.metrics import score
from medassay.prompts import brief
from medassay.types import UNKNOWN_CLUSTER, Benchmark, Image, Measure, Sample, Where

_GET = "Ask for the dataset on https://huggingface.co/datasets/wisdomik/Quilt_VQA."
_ASKED, _ANSWERED = "quiltvqa_test_wo_ans.jsonl", "quiltvqa_test_w_ans.json"
_WANTED = {"files": f"{_ASKED} and {_ANSWERED}", "hub": "*.parquet"}
_OPENS = re.compile(r"\s*(yes|no)\b", re.IGNORECASE)


def load(where: Where) -> Iterator[Sample]:
    """Stream the questions of the variant that is asked for, else of the first that lies in the folder.

    Raises:
        DataError: the folder, its questions or all of its images are missing, a file is damaged, or a
            question has no answer.
        UsageError: no such split or variant.
    """
    root = root_of(where, "quilt-vqa", _GET, BENCHMARK.splits)
    yield from _files(root, pictures=where.pictures) if detect(where) == "files" else _hub(root)


def detect(where: Where) -> str:
    """The variant that is asked for, else the first that lies in the folder.

    Raises:
        DataError: it is not there, or none is.
        UsageError: no such split or variant.
    """
    root = root_of(where, "quilt-vqa", _GET, BENCHMARK.splits)
    present = {
        "files": (root / _ASKED).is_file() and (root / _ANSWERED).is_file(),
        "hub": any(root.rglob("*.parquet")),
    }
    return choose("quilt-vqa", where, present, _WANTED, _GET)


def _files(root: Path, *, pictures: bool) -> Iterator[Sample]:
    image = images_in(root, ("quilt_vqa/images", "images"), ("quilt_vqa.zip",), _GET, needed=pictures)
    answers = {r["id"]: r for r in read_json(root / _ANSWERED, ("id", "answer", "answer_type"))}
    for asked in read_jsonl(root / _ASKED, ("question_id", "image", "text")):
        key, name = asked["question_id"], asked["image"]
        if key not in answers:
            raise DataError(f"{root / _ANSWERED}: no answer to the question {key!r}. {_GET}")
        record = {**answers[key], "question": asked["text"].replace("<image>", "")}
        yield _sample(f"files-{key}", record, record.get("yes_no_answer") or "", image(name), name)


def _hub(root: Path) -> Iterator[Sample]:
    columns = ("image", "question", "answer", "answer_type")
    number = 0
    for path in sorted(root.rglob("*.parquet")):
        for row, record in enumerate(read_parquet(path, columns)):
            image = parquet_image(path, row, record)
            opens = _OPENS.match(record["answer"])
            short = opens[1] if opens else ""
            yield _sample(f"hub-{number}", record, short, image, image.digest or UNKNOWN_CLUSTER)
            number += 1


def _sample(key: str, record: Record, short: str, image: Image, cluster: str) -> Sample:
    answer_type = record["answer_type"].strip().lower()
    gold = short if answer_type == "closed" and short else record["answer"]
    return Sample(
        id=f"quilt-vqa-{key}",
        kind=kind_of(gold, "closed") if answer_type == "closed" else "open",
        question=record["question"].strip(),
        target=target_of(gold),
        images=(image,),
        cluster=cluster,
        tags={"answer_type": answer_type},
    )


BENCHMARK = Benchmark(
    name="quilt-vqa",
    version=1,
    title="Quilt-VQA",
    task="visual question answering",
    modality="histopathology",
    source="hf://wisdomik/Quilt_VQA/*",
    revision=None,
    licence="CC-BY-NC-ND-3.0",
    access="registration",
    citation=(
        "Seyfioglu MS, Ikezogwo WO, Ghezloo F, Krishna R, Shapiro L. Quilt-LLaVA: visual instruction tuning "
        "by extracting localized narratives from open-source histopathology videos. CVPR 2024."
    ),
    primary="accuracy",
    measures=(
        Measure(metric="accuracy", where={"kind": "yes/no"}),
        Measure(metric="balanced_accuracy", where={"kind": "yes/no"}),
        Measure(metric="token_f1", where={"kind": "open"}),
        Measure(metric="rouge_l", where={"kind": "open"}),
        Measure(metric="bleu_1", where={"kind": "open"}),
    ),
    load=load,
    prompt=brief,
    scorer=score,
    cluster="image",
    verified="reference only",
    kinds=("yes/no", "closed", "open"),
    counts={"files/test": 1283, "hub/test": 985},
    variants=("files", "hub"),
    detect=detect,
    may_leave=False,
    notes=(
        "Its terms forbid to redistribute, publish, copy or pass on the data in any form, and any but "
        "research use: it may not be sent to another's machine. The authors' evaluation has 1,283 questions "
        "(940 open, 343 closed) on 985 images; the Parquet holds 985 of them. Open answers are explanations "
        "(17 words in the median): accuracy has a meaning for closed questions only. Several images come "
        "from one video, which is not named: intervals are optimistic."
    ),
)

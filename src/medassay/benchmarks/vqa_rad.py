"""VQA-RAD: questions that clinicians asked about radiology images (Lau et al., 2018).

The dataset travels in three shapes with different rows, order and numbering, so the shape is part of
a sample's id:

- `mevf`: `testset.json`, `trainset.json` and `images/`, the split most papers use (451 / 3,064);
- `osf`: the authors' `VQA_RAD Dataset Public.json`, where `phrase_type` marks the 451 test rows;
- `hub`: Parquet with image, question and answer only: no ids, no answer type (`hub_pairs`). It is what
  MedVLMBench asks: `medvlmbench` is the same under the same ids.

Open and closed are the dataset's own `answer_type`. 21 of the 272 closed test questions are not
yes/no; which ones shows only in the gold answer (in `hub` that tells open from yes/no, too). The kind
therefore decides how an answer is read and never how the question is put: the prompt is `brief`, with
the same words for all three kinds, and no sample lists choices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from medassay.benchmarks.shared.files import choose, image_folder, parquet_files, read_json, root_of
from medassay.benchmarks.shared.hub_pairs import hub_pairs, kind_of, target_of
from medassay.metrics import score
from medassay.prompts import brief
from medassay.types import Benchmark, Image, Measure, Sample, Where

_GET = "Get the dataset from https://osf.io/89kps/ and unpack it."
_OSF = "VQA_RAD Dataset Public.json"
_WANTED = {
    "mevf": "testset.json and trainset.json",
    "osf": f"{_OSF!r}",
    "hub": "*.parquet",
    "medvlmbench": "*.parquet",
}
_FIELDS = (
    "qid",
    "image_name",
    "image_organ",
    "question",
    "answer",
    "answer_type",
    "question_type",
    "phrase_type",
)
_ORGANS = {"HEAD": "head", "CHEST": "chest", "ABD": "abdomen"}
_TYPOS = {"PRSE": "PRES", "ATRIB": "ATTRIB"}


def load(where: Where) -> Iterator[Sample]:
    """Stream a split of the variant that is asked for, else of the first that lies in the folder.

    Raises:
        DataError: the folder, its questions or all of its images are missing, or a file is damaged.
        UsageError: no such split or variant.
    """
    root = root_of(where, "vqa-rad", _GET, BENCHMARK.splits)
    yield from _READERS[detect(where)](root, where)


def detect(where: Where) -> str:
    """The variant that is asked for, else the first of mevf, osf and hub that lies in the folder.

    Raises:
        DataError: it, or any of them, is missing.
        UsageError: no such split or variant.
    """
    root = root_of(where, "vqa-rad", _GET, BENCHMARK.splits)
    present = {
        "mevf": (root / f"{where.split}set.json").is_file(),
        "osf": (root / _OSF).is_file(),
        "hub": bool(parquet_files(root, where.split)),
        "medvlmbench": bool(parquet_files(root, where.split)),
    }
    return choose("vqa-rad", where, present, _WANTED, _GET)


def _mevf(root: Path, where: Where) -> Iterator[Sample]:
    folder = image_folder(root, ("images", "VQA_RAD Image Folder"), _GET, needed=where.pictures)
    for row in read_json(root / f"{where.split}set.json", _FIELDS):
        yield _sample("mevf", row, folder)


def _osf(root: Path, where: Where) -> Iterator[Sample]:
    folder = image_folder(root, ("VQA_RAD Image Folder", "images"), _GET, needed=where.pictures)
    for row in read_json(root / _OSF, _FIELDS):
        if str(row["phrase_type"]).startswith("test_") == (where.split == "test"):
            yield _sample("osf", row, folder)


def _hub(root: Path, where: Where) -> Iterator[Sample]:
    return hub_pairs(root, where.split, "vqa-rad-hub")


_READERS: Mapping[str, Callable[[Path, Where], Iterator[Sample]]] = {
    "mevf": _mevf,
    "osf": _osf,
    "hub": _hub,
    "medvlmbench": _hub,
}


def _sample(variant: str, record: Mapping[str, Any], folder: Path) -> Sample:
    row = {key: str(record[key]).strip() for key in _FIELDS}  # some answers are integers, "CLOSED " occurs
    answer_type = row["answer_type"].lower()
    asks = [_TYPOS.get(t, t) for t in row["question_type"].upper().split(", ")]
    return Sample(
        id=f"vqa-rad-{variant}-{row['qid']}",
        kind=kind_of(row["answer"], "closed") if answer_type == "closed" else "open",
        question=row["question"],
        target=target_of(row["answer"]),
        images=(Image(uri=str(folder / row["image_name"])),),
        cluster=row["image_name"],
        tags={
            "organ": _ORGANS.get(row["image_organ"], row["image_organ"]),
            "answer_type": answer_type,
            "question_type": asks[0],
            "question_types": "+".join(sorted(asks)),
            "phrase_type": row["phrase_type"].removeprefix("test_"),
        },
    )


BENCHMARK = Benchmark(
    name="vqa-rad",
    version=1,
    title="VQA-RAD",
    task="visual question answering",
    modality="radiology (head, chest, abdomen)",
    source="hf://flaviagiammarino/vqa-rad/data/{split}-*.parquet",
    revision=None,
    licence="CC0-1.0",
    access="open",
    citation=(
        "Lau JJ, Gayen S, Ben Abacha A, Demner-Fushman D. A dataset of clinically generated visual "
        "questions and answers about radiology images. Sci Data 5:180251 (2018)."
    ),
    primary="accuracy",
    measures=(
        Measure(metric="accuracy", by=("kind", "organ", "question_type", "phrase_type")),
        Measure(metric="accuracy", where={"answer_type": "closed"}, by=("organ",)),
        Measure(metric="token_f1", where={"kind": "open"}, by=("organ",)),
        Measure(metric="bleu_1", where={"kind": "open"}),
        Measure(metric="rouge_l", where={"kind": "open"}),
    ),
    load=load,
    prompt=brief,
    scorer=score,
    cluster="image",
    verified="real file",
    kinds=("yes/no", "closed", "open"),
    counts={
        "mevf/test": 451,
        "mevf/train": 3064,
        "osf/test": 451,
        "osf/train": 1797,
        "hub/test": 451,
        "hub/train": 1793,
        "medvlmbench/test": 451,
        "medvlmbench/train": 1793,
    },
    clusters={"mevf/test": 203},
    splits=("test", "train"),
    variants=("mevf", "osf", "hub", "medvlmbench"),
    detect=detect,
    overlap={"mevf": 203, "osf": 202, "hub": None, "medvlmbench": None},
    notes=(
        "Closed and open follow the dataset's own answer_type: 272 closed test questions, 21 of them not "
        "yes/no. The hub's Parquet has neither ids nor an answer type: its samples are numbered by row and "
        "the kind is yes/no where the answer is (251), else open; closed accuracies of the variants differ "
        "in what they count. The hub variant is verified on its description only. By the authors' design "
        "test images recur in training (mevf: all 203; osf: 202 of 203): a model trained on VQA-RAD has "
        "seen them."
    ),
)

"""SLAKE: questions on radiology images in English and Chinese (Liu et al., 2021).

`train.json`, `validate.json` (on the hub `validation.json`), `test.json` and `imgs/xmlabN/source.jpg`, also
packed as `imgs.zip`. The language is the variant; `medvlmbench` is what MedVLMBench asks, the English part.

Open and closed are the dataset's `answer_type`, but closed is not yes/no: 61 of the 416 closed English test
questions have another answer, which only the answer shows. So all are asked in the same words. A Chinese
answer is compared as it is written, in Chinese, whatever its kind.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from medassay.benchmarks.shared.files import Record, choose, images_in, read_json, root_of
from medassay.benchmarks.shared.hub_pairs import kind_of, target_of
from medassay.benchmarks.shared.tags import present
from medassay.errors import DataError
from medassay.metrics import score
from medassay.prompts import brief
from medassay.types import (
    Benchmark,
    Case,
    Measure,
    Message,
    Request,
    Response,
    Sample,
    Score,
    Target,
    Where,
)

_GET = "Get the dataset from https://huggingface.co/datasets/BoKelvin/SLAKE."
_FILES = {
    "test": ("test.json",),
    "validation": ("validation.json", "validate.json"),
    "train": ("train.json",),
}
_FIELDS = (
    "qid",
    "img_name",
    "question",
    "answer",
    "q_lang",
    "location",
    "modality",
    "answer_type",
    "base_type",
    "content_type",
)
_LANGUAGES = {"en": "en", "zh": "zh", "medvlmbench": "en"}  # by variant
_POLAR = (
    frozenset({"是", "是的", "有", "包含", "包括", "可以", "存在"}),
    frozenset({"否", "不是", "没有", "不包含", "不包括", "不可以", "不存在"}),
)
"""Chinese answers that affirm, and that deny: which verb is repeated does not matter."""
_IN_CHINESE = "能用“是”或“否”回答的问题，请只回答“是”或“否”；其他问题请用几个词回答。"  # what `brief` says


def load(where: Where, *, disjoint: bool = True) -> Iterator[Sample]:
    """Stream a split in the language that is asked for, else in English.

    Within a language the splits share no image; across languages they do. `disjoint` leaves out training
    questions on images that are in the test part of either language, so that what was trained on both
    languages can be tested on both; `medvlmbench` keeps them, as it was published.

    Raises:
        DataError: the folder, its questions or all of its images are missing, or a file is damaged.
        UsageError: no such split or variant.
    """
    root = root_of(where, "slake", _GET, BENCHMARK.splits)
    variant = detect(where)
    language = _LANGUAGES[variant]
    image = images_in(root, ("imgs",), ("imgs.zip",), _GET, needed=where.pictures)
    filtered = disjoint and where.split == "train" and variant != "medvlmbench"
    in_test = {record["img_name"] for record in _records(root, "test")} if filtered else frozenset[str]()
    for record in _records(root, where.split):
        if record["q_lang"] != language or record["img_name"] in in_test:
            continue
        if not record["answer"].strip():  # qid 1622 of the training part
            logging.getLogger(__name__).warning("slake: question %s has no answer, left out", record["qid"])
            continue
        yield replace(_sample(record), images=(image(record["img_name"]),))


def detect(where: Where) -> str:
    """The variant that is asked for, else the first of which there are questions.

    Raises:
        DataError: it is not there, or none is, or a file is damaged.
        UsageError: no such split or variant.
    """
    root = root_of(where, "slake", _GET, BENCHMARK.splits)
    there = {record["q_lang"] for record in _records(root, where.split)}
    held = {variant: language in there for variant, language in _LANGUAGES.items()}
    return choose("slake", where, held, {v: f"questions in {lang!r}" for v, lang in _LANGUAGES.items()}, _GET)


def _records(root: Path, split: str) -> Iterator[Record]:
    for path in (root / name for name in _FILES[split]):
        if path.is_file():
            return read_json(path, _FIELDS)
    raise DataError(f"{root}: no {' or '.join(_FILES[split])}. {_GET}")


def _sample(record: Record) -> Sample:
    language, answer_type = record["q_lang"], record["answer_type"].strip().lower()
    answer = record["answer"].strip()
    return Sample(
        id=f"slake-{language}-{record['qid']}",
        kind=kind_of(answer, "closed") if answer_type == "closed" else "open",
        question=record["question"].strip(),
        target=_target(answer),
        cluster=record["img_name"],
        tags=present(
            language=language,
            modality=record["modality"].replace("X-Ray", "X-ray"),
            organ=record["location"].replace("_", " ").lower(),
            question_type=record["content_type"],
            answer_type=answer_type,
            base_type=record["base_type"],
        ),
    )


def _target(answer: str) -> Target:
    alike = next((words for words in _POLAR if answer in words), frozenset())
    return Target(texts=(*target_of(answer).texts, *sorted(alike - {answer})))


def _ask(case: Case) -> Request:
    if case.tags["language"] != "zh":
        return brief(case)
    words = f"{case.question}\n{_IN_CHINESE}"
    return Request(messages=(Message(role="user", parts=(*case.images, words)),))


def _score(sample: Sample, response: Response) -> Score:
    """Chinese by equality alone: what counts words between blanks has no meaning there."""
    if sample.tags["language"] != "zh":
        return score(sample, response)
    judged = score(sample, replace(response, text=response.text.rstrip(" \n。！.!")))
    values = {name: value for name, value in judged.values.items() if name == "accuracy"}
    return replace(judged, values=values)


_IN_ENGLISH = {"kind": "open", "language": "en"}

BENCHMARK = Benchmark(
    name="slake",
    version=1,
    title="SLAKE",
    task="visual question answering",
    modality="radiology (CT, X-ray, MRI)",
    source="hf://BoKelvin/SLAKE/*.json|imgs.zip",
    revision=None,
    licence="CC-BY-4.0",
    access="open",
    citation=(
        "Liu B, Zhan L-M, Xu L, Ma L, Yang Y, Wu X-M. SLAKE: a semantically-labeled knowledge-enhanced "
        "dataset for medical visual question answering. ISBI 2021."
    ),
    primary="accuracy",
    measures=(
        Measure(metric="accuracy", by=("kind", "modality", "organ", "question_type", "base_type")),
        Measure(metric="accuracy", where={"answer_type": "closed"}, by=("modality",)),
        Measure(metric="token_f1", where=_IN_ENGLISH, by=("modality",)),
        Measure(metric="bleu_1", where=_IN_ENGLISH),
        Measure(metric="rouge_l", where=_IN_ENGLISH),
    ),
    load=load,
    prompt=_ask,
    scorer=_score,
    cluster="image",
    verified="real file",
    kinds=("yes/no", "closed", "open"),
    counts={
        "en/test": 1061,
        "en/validation": 1053,
        "en/train": 4164,
        "zh/test": 1033,
        "zh/validation": 1046,
        "zh/train": 4124,
        "medvlmbench/test": 1061,
        "medvlmbench/validation": 1053,
        "medvlmbench/train": 4918,
    },
    clusters={"en/test": 96, "zh/test": 96},
    splits=("test", "validation", "train"),
    variants=("en", "zh", "medvlmbench"),
    detect=detect,
    notes=(
        "Closed is not yes/no: 61 of the 416 closed English test questions are not. Within a language no "
        "image is in two splits, but 72 of the 96 English test images are in the Chinese training part and "
        "70 of the 96 Chinese ones in the English. Training questions on images of either test part are "
        "left out (754 of 4,919 English, 792 of 4,916 Chinese) unless disjoint=false, and so is English "
        "training question 1622, which has no answer. Chinese is asked in Chinese and scored by equality; "
        "any word that affirms or denies is taken for any other. The variant medvlmbench is the whole "
        "English part under the same ids; MedVLMBench itself puts closed questions in two wordings, chosen "
        "by the gold answer. Test and validation were verified on the real questions, the images on their "
        "description."
    ),
)

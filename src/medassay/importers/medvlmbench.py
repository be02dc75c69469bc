"""MedVLMBench: `predictions.json`, with a `results.csv` of one row beside it.

Questions: a list of {image_path, question_type, qs, answer, prediction[, trace]}; image_path is "NA" for sets
of the hub. Captions: the same with `caption` for the gold text, and the answer under `prediciton`. Diagnosis:
an object of lists true_label, pred_label, pred_score, a score that of class 1; there are no ids.
"""

from __future__ import annotations

from typing import Any

from medassay.errors import DataError
from medassay.importers.imported import Answer, Imported
from medassay.importers.source import Record, Source, numbers
from medassay.types import Response

NAME = "medvlmbench"
_LISTS = ("true_label", "pred_label", "pred_score")
_DESCRIPTION = frozenset({"model", "model_name", "task", "dataset", "model_type", "modality", "size"})


def detect(source: Source) -> bool:
    """Whether it is one of the three shapes."""
    held = source.document
    if isinstance(held, dict):
        return all(isinstance(held.get(name), list) for name in _LISTS)
    if not isinstance(held, list) or not held or not isinstance(held[0], dict):
        return False
    return "image_path" in held[0] and bool({"prediction", "prediciton"} & held[0].keys())


def read(source: Source) -> Imported:
    """Read the predictions, and the numbers of results.csv beside them.

    Raises:
        DataError: the lists of a diagnosis differ in length, or a record is no object.
    """
    held = source.document
    answers = _diagnosis(source, held) if isinstance(held, dict) else _written(source, held)
    beside = source.path.with_name("results.csv")
    rows = [row for _, row in Source(beside).table()] if beside.is_file() else []
    row: Record = rows[0] if len(rows) == 1 else {}
    return Imported(
        format=NAME,
        answers=answers,
        sha256=source.sha256,
        model=str(row.get("model_name") or row.get("model") or ""),
        claimed=numbers(row, _DESCRIPTION),
    )


def _written(source: Source, held: list[Any]) -> tuple[Answer, ...]:
    if not all(isinstance(record, dict) for record in held):
        raise DataError(f"{source.path}: a list of objects is expected")
    return tuple(
        Answer(
            id=str(number),
            response=Response(text=str(record.get("prediction", record.get("prediciton")) or "")),
            where=f"{source.path.name}, record {number}",
            question=str(record.get("qs") or ""),
            gold=str(record.get("answer", record.get("caption")) or ""),
            image="" if record["image_path"] in {"NA", None} else str(record["image_path"]),
        )
        for number, record in enumerate(held)
    )


def _diagnosis(source: Source, held: Record) -> tuple[Answer, ...]:
    true, chosen, scores = (list(map(_flat, held[name])) for name in _LISTS)
    if not len(true) == len(chosen) == len(scores):
        raise DataError(f"{source.path}: the lists {', '.join(_LISTS)} differ in length")
    binary = {*true, *chosen} <= {0, 1}  # of more classes, the score of class 1 is not a distribution
    return tuple(
        Answer(
            id=str(number),
            response=Response(probs=(1.0 - float(score), float(score)) if binary else None),
            where=f"{source.path.name}, item {number}",
            gold=str(int(gold)),
            number=int(label),
        )
        for number, (gold, label, score) in enumerate(zip(true, chosen, scores, strict=True))
    )


def _flat(value: Any) -> float:
    """A label that stands alone in a list is the label; a one-hot row is the place of its 1."""
    if isinstance(value, list):
        return float(value[0] if len(value) == 1 else value.index(max(value)))
    return float(value)

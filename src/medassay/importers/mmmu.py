"""MMMU: a dictionary {id: answer}, or lists of what was asked with `response` and after parsing `judge`.

In a dictionary an open answer may be a list of what a parser found. MMMU-Pro writes one object a line.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import Any

from medassay.errors import DataError
from medassay.importers.imported import Answer, Imported
from medassay.importers.source import Record, Source, json_beside, lettered, numbers
from medassay.types import Response

NAME = "mmmu"
_ID = re.compile(r"(?:dev|validation|test)_.+_\d+")
_JUDGED = {"Correct": 1.0, "Wrong": 0.0}


def detect(source: Source) -> bool:
    """Whether its ids are MMMU's, or its records have the fields of MMMU's outputs."""
    if "pred_indexs" in source.first:
        return True
    held = source.document
    if isinstance(held, dict):
        return bool(held) and all(_ID.fullmatch(key) and not isinstance(held[key], dict) for key in held)
    if isinstance(held, list) and held and isinstance(held[0], dict):
        return {"id", "question_type", "response"} <= held[0].keys()
    return False


def read(source: Source) -> Imported:
    """Read the answers; `result.json` beside parsed ones holds the claimed accuracy.

    Raises:
        DataError: a record has no id or no response.
    """
    held, claimed = source.document, dict[str, float]()
    if "pred_indexs" in source.first:
        answers = _listed(source, source.records())
    elif isinstance(held, dict):
        answers = tuple(
            Answer(id=key, response=Response(text=_text(value)), where=f"{source.path.name}, {key}")
            for key, value in held.items()
        )
    else:
        answers = _listed(source, ((f"{source.path.name}, record {n}", r) for n, r in enumerate(held)))
        if any(answer.claimed for answer in answers):
            beside = json_beside(source.path.with_name("result.json"))
            claimed = numbers(beside, frozenset({"num_example"}))
    return Imported(format=NAME, answers=answers, sha256=source.sha256, claimed=claimed)


def _text(value: Any) -> str:
    """What a parser found in an open answer stands one after the other; numbers as they are printed."""
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _listed(source: Source, records: Iterable[tuple[str, Any]]) -> tuple[Answer, ...]:
    answers = []
    for where, record in records:
        if not isinstance(record, dict) or not {"id", "response"} <= record.keys():
            raise DataError(f"{source.path} ({where}): an object with id and response is expected")
        answers.append(_answer(where, record))
    return tuple(answers)


def _answer(where: str, record: Record) -> Answer:
    claimed = dict[str, float]()
    if record.get("judge") in _JUDGED:
        claimed["judge"] = _JUDGED[record["judge"]]
    if isinstance(record.get("if_right"), bool):
        claimed["if_right"] = float(record["if_right"])
    gold = record.get("answer")
    return Answer(
        id=str(record["id"]),
        response=Response(text=str(record["response"] if record["response"] is not None else "")),
        where=where,
        question=str(record.get("question") or ""),
        gold=str((gold[0] if gold else "") if isinstance(gold, list) else gold or ""),
        options=lettered(record.get("index2ans")) or lettered(_options(record.get("options"))),
        claimed=claimed,
    )


def _options(held: Any) -> Any:
    """MMMU-Pro writes its options as a Python list in a text."""
    if not isinstance(held, str):
        return held
    try:
        return ast.literal_eval(held)
    except (ValueError, SyntaxError):
        return None

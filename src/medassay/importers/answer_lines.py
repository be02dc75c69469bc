"""Our own form: one JSON object a line, with `id` and `response`; all else is optional.

`probs` (one number for each option), `question`, `gold`, `image`, `options` ({"A": "..."}) and `error`.
"""

from __future__ import annotations

from medassay.errors import DataError
from medassay.importers.imported import Answer, Imported
from medassay.importers.source import Record, Source, lettered
from medassay.types import Response

NAME = "answers"


def detect(source: Source) -> bool:
    """Whether its first line has an id and a response."""
    return {"id", "response"} <= source.first.keys()


def read(source: Source) -> Imported:
    """Read the lines.

    Raises:
        DataError: a line is malformed or repeats an id; names it.
    """
    met: set[str] = set()
    answers = []
    for where, record in source.records():
        answer = _answer(source, where, record)
        if answer.id in met:
            place = source.path.with_name(where)
            raise DataError(
                f"{place}: the id {answer.id!r} was given before: keep one answer for each sample"
            )
        met.add(answer.id)
        answers.append(answer)
    return Imported(format=NAME, answers=tuple(answers), sha256=source.sha256)


def _answer(source: Source, where: str, record: Record) -> Answer:
    error = record.get("error")
    text = record.get("response", "" if error else None)
    if not isinstance(text, str) or "id" not in record:
        raise DataError(f"{source.path.with_name(where)}: needs an object with id and response (a text)")
    probs = record.get("probs")
    if probs is not None and not (
        isinstance(probs, list) and all(isinstance(p, (int, float)) for p in probs)
    ):
        raise DataError(
            f"{source.path.with_name(where)}: probs should be a list of numbers, one for each option"
        )
    return Answer(
        id=str(record["id"]),
        response=Response(
            text=text,
            probs=tuple(map(float, probs)) if probs else None,
            error=str(error) if error else None,
        ),
        where=where,
        question=str(record.get("question") or ""),
        gold=str(record.get("gold") or ""),
        image=str(record.get("image") or ""),
        options=lettered(record.get("options")),
    )

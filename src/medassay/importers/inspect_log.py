"""Logs of inspect: `.eval` (a .zip with a file for each sample) or JSON (one object with all)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from medassay import codec
from medassay.errors import DataError
from medassay.importers.archives import members
from medassay.importers.imported import Answer, Imported
from medassay.importers.source import Record, Source, lettered
from medassay.types import Response

NAME = "inspect"
_GRADES = {"C": 1.0, "P": 0.5, "I": 0.0, "N": 0.0}  # correct, partial, incorrect, no answer
_SAMPLE = re.compile(r"samples/.+\.json")


def detect(source: Source) -> bool:
    """Whether it is an archive of samples, or an object with an evaluation and its samples."""
    if source.members:
        return (
            any(_SAMPLE.fullmatch(name) for name in source.members) or "_journal/start.json" in source.members
        )
    held = source.document
    return isinstance(held, dict) and {"eval", "samples", "version"} <= held.keys()


def read(source: Source) -> Imported:
    """Read the first epoch of the samples, one after the other, and the metrics of the header.

    Raises:
        DataError: the archive or a sample is damaged.
    """
    answers, later = [], 0
    header: Record = {}
    for name, record in _parts(source):
        if not name:
            header = record
        elif record.get("epoch", 1) == 1:
            answers.append(_answer(f"{source.path.name}, {name}", record))
        else:
            later += 1
    return Imported(
        format=NAME,
        answers=tuple(answers),
        sha256=source.sha256,
        model=str(header.get("eval", {}).get("model", "")),
        claimed=_claimed(header),
        notes=(f"{later} answers of later epochs are left out: the first is read",) if later else (),
    )


def _parts(source: Source) -> Iterator[tuple[str, Record]]:
    """The samples by name, and the header under ""."""
    if not source.members:
        yield "", source.document
        for number, record in enumerate(source.document["samples"] or ()):
            yield f"sample {record.get('id', number)}", record
        return
    wanted = (name for name in source.members if name == "header.json" or _SAMPLE.fullmatch(name))
    for name, content in members(source.path, wanted):
        try:
            record = codec.loads(content)
        except ValueError as error:
            raise DataError(f"{source.path}: {name} is damaged ({error})") from error
        yield "" if name == "header.json" else name, record


def _claimed(header: Record) -> dict[str, float]:
    scores = (header.get("results") or {}).get("scores") or ()
    return {
        f"{score['name']}/{name}": float(metric["value"])
        for score in scores
        for name, metric in score["metrics"].items()
        if isinstance(metric["value"], (int, float)) and "stderr" not in name
    }


def _answer(where: str, record: Record) -> Answer:
    attachments = record.get("attachments") or {}
    asked, pictures = _said(record.get("input", ""), attachments)
    target = record.get("target", "")
    return Answer(
        id=str(record["id"]),
        response=_response(record, attachments),
        where=where,
        question=asked,
        gold=str((target[0] if target else "") if isinstance(target, list) else target),
        image=pictures[0] if len(pictures) == 1 and not pictures[0].startswith(("data:", "http")) else "",
        options=lettered(record.get("choices")),
        claimed={
            name: value
            for name, score in (record.get("scores") or {}).items()
            if (value := _value(score.get("value"))) is not None
        },
    )


def _value(value: Any) -> float | None:
    if isinstance(value, str):
        return _GRADES.get(value)
    return float(value) if isinstance(value, (bool, int, float)) else None


def _response(record: Record, attachments: Mapping[str, str]) -> Response:
    output = record.get("output") or {}
    if record.get("error"):
        return Response(error=f"inspect: {record['error'].get('message', 'the sample failed')}")
    if output.get("error"):
        return Response(error=f"inspect: {output['error']}")
    choices = output.get("choices") or [{}]
    message = choices[0].get("message", {})
    stopped = choices[0].get("stop_reason", "stop")
    content = message.get("content", "")
    text, _ = _said(content, attachments)
    thinking = [p.get("reasoning", "") for p in content if isinstance(p, dict)] if content else []
    return Response(
        text=text or str(output.get("completion", "")),
        thinking="\n".join(filter(None, thinking)),
        finish_reason="length" if stopped in {"max_tokens", "model_length"} else str(stopped),
    )


def _said(held: Any, attachments: Mapping[str, str]) -> tuple[str, list[str]]:
    """The words and the images of a text, of parts of a message, or of the user's messages."""
    if isinstance(held, str):
        return attachments.get(held.removeprefix("attachment://"), held), []
    texts, images = [], []
    for part in held:
        if part.get("role", "user") != "user":
            continue
        if "content" in part:
            text, found = _said(part["content"], attachments)
            texts.append(text)
            images += found
        elif part.get("type") == "text":
            texts.append(_said(part["text"], attachments)[0])
        elif part.get("type") == "image":
            images.append(str(part["image"]))
    return "\n".join(texts), images

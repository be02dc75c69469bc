"""One row with all that is known of it, as JSON has it; the page escapes what others wrote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from medassay import codec
from medassay.text.detections import read_detections
from medassay.types import Box, Row, Sample

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def detail(row: Row) -> dict[str, Any]:
    """Question, options, answer with the part that was read, what is right, and the calls in between.

    Images are counted: what they are, is asked for by the row's place. Nothing names a file.
    """
    sample, response, score = row.sample, row.response, row.score
    taken = {part.strip() for part in (score.answer or "", *(score.answer or "").split(","))}
    return {
        "id": sample.id,
        "kind": sample.kind,
        "question": sample.question,
        "options": [
            {"name": name, "label": label, "gold": name in sample.target.texts, "taken": name in taken}
            for name, label in _named(sample)
        ],
        "gold": _gold(sample),
        "cluster": sample.cluster,
        "tags": dict(sample.tags),
        "images": len(sample.images),
        "boxes": {
            "gold": _boxes(sample.target.boxes),
            "answer": _boxes(_answered(row)) if sample.kind == "box" else [],
        },
        "text": response.text,
        "thinking": response.thinking,
        "error": response.error,
        "finish_reason": response.finish_reason,
        "probs": list(response.probs or ()),
        "seconds": response.seconds,
        "tokens": [response.usage.input_tokens, response.usage.output_tokens],
        "agreement": response.agreement,
        "fallback": response.fallback,
        "trace": [codec.plain(step) for step in response.trace],
        "status": score.status,
        "answer": score.answer,
        "rule": score.rule,
        "span": list(score.span) if score.span else None,
        "flags": list(score.flags),
        "values": dict(score.values),
    }


def _named(sample: Sample) -> list[tuple[str, str]]:
    """The options by letter where they are asked by letter, else by their own label."""
    lettered = sample.kind in {"choice", "multi-choice"} and len(sample.choices) <= len(_LETTERS)
    return [(_LETTERS[i] if lettered else c.label, c.label) for i, c in enumerate(sample.choices)]


def _gold(sample: Sample) -> str:
    target = sample.target
    if target.number is not None:
        return f"{target.number:g} {target.unit}".strip()
    if target.boxes:
        return "; ".join(f"{b.label} [{b.x0:g}, {b.y0:g}, {b.x1:g}, {b.y1:g}]".strip() for b in target.boxes)
    joined = "; " if sample.kind in {"multilabel", "multi-choice"} else " or "
    return joined.join(target.texts) or "(none)"


def _answered(row: Row) -> Sequence[Box]:
    return [held.box for held in read_detections(row.score.answer or "")]


def _boxes(boxes: Sequence[Box]) -> list[dict[str, Any]]:
    return [{"x0": b.x0, "y0": b.y0, "x1": b.x1, "y1": b.y1, "label": b.label} for b in boxes]

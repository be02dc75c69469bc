"""What is right about a sample: in the words of a model, and whether it fits the sample's kind."""

from __future__ import annotations

import math
from collections.abc import Callable
from string import ascii_uppercase

from medassay.types import Kind, Sample


def gold_answer(sample: Sample) -> str:
    """The right answer as a model might write it."""
    target = sample.target
    if sample.kind in {"multi-choice", "multilabel"}:
        return ", ".join(target.texts) or "none"
    if sample.kind == "box":
        return ", ".join(str([b.x0, b.y0, b.x1, b.y1]) for b in target.boxes)
    if sample.kind == "number":
        return f"{target.number!r} {target.unit}".strip()
    return target.texts[0]


def fault(sample: Sample) -> str:
    """What keeps the target from fitting the kind of its sample; empty if nothing does."""
    return _FAULTS.get(sample.kind, _text_target)(sample)


def _text_target(sample: Sample) -> str:
    return "" if sample.target.texts and all(t.strip() for t in sample.target.texts) else "no answer is right"


def _yes_no_target(sample: Sample) -> str:
    return "" if sample.target.texts in {("yes",), ("no",)} else f"{sample.target.texts} is not yes or no"


def _letter_target(sample: Sample) -> str:
    letters = tuple(ascii_uppercase[: len(sample.choices)])
    outside = [t for t in sample.target.texts if t not in letters]
    return _text_target(sample) or (f"{outside} are no letters of its options" if outside else "")


def _label_target(sample: Sample) -> str:
    labels = [c.label for c in sample.choices]
    outside = [t for t in (*sample.target.texts, *sample.target.unknown) if t not in labels]
    outside += set(sample.target.texts) & set(sample.target.unknown)
    missing = "" if sample.kind == "multilabel" else _text_target(sample)
    return missing or (f"{outside} are none of its labels" if outside else "")


def _box_target(sample: Sample) -> str:
    boxes = sample.target.boxes
    return "" if boxes and all(b.x0 < b.x1 and b.y0 < b.y1 for b in boxes) else "no box, or an empty one"


def _number_target(sample: Sample) -> str:
    number = sample.target.number
    return "" if number is not None and math.isfinite(number) else "no number"


_FAULTS: dict[Kind, Callable[[Sample], str]] = {
    "yes/no": _yes_no_target,
    "choice": _letter_target,
    "multi-choice": _letter_target,
    "label": _label_target,
    "multilabel": _label_target,
    "box": _box_target,
    "number": _number_target,
}

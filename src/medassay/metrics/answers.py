"""Judging one answer: read it by its kind, compare it with what is right. No rule depends on the gold answer.

A failed request is failed; a refusal is refused; an empty or unreadable text is unparsed. Probabilities
without a text (an encoder, a ranking) are an answer too: the most probable option.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import ascii_uppercase

from medassay.errors import DataError
from medassay.metrics.boxes import box_iou
from medassay.metrics.overlap import exact_match, rouge_l, token_f1
from medassay.text import (
    Reading,
    form_of,
    normalise,
    read_boxes,
    read_choice,
    read_label,
    read_labels,
    read_letters,
    read_number,
    read_text,
    read_yes_no,
    repetitive,
)
from medassay.types import Case, Kind, Response, Sample, Score

YES_NO = ("yes", "no")
THRESHOLD = 0.5  # a label of a multilabel answer is present from this probability on


@dataclass(frozen=True, slots=True)
class _Judge:
    """How answers of one kind are read, judged, and what their target must have."""

    read: Callable[[Sample, str, str], Reading]  # the sample, the text, the dialect of boxes
    judge: Callable[[Sample, Reading], Mapping[str, float]]
    check: Callable[[Sample], bool]


def flags(response: Response) -> tuple[str, ...]:
    """What stands beside the status: "truncated" at the token limit, "repetitive" where it ran in a loop."""
    truncated = ("truncated",) if response.finish_reason == "length" else ()
    return (*truncated, "repetitive") if repetitive(response.text) else truncated


def score(sample: Sample, response: Response, *, boxes: str = "auto") -> Score:
    """The judgement of one response to one sample.

    `values` by kind: accuracy (choice, multi-choice, yes/no, closed, open, label, multilabel; closed and
    open by exact match in the form "vqa-med", "cjk" where the key is Chinese or Japanese; sets by
    equality), exact_match and token_f1 (closed, open; form "squad"), rouge_l (open, report), box_iou (box),
    absolute_error in the target's unit and relative_error (number; the latter is left out where the target
    is 0).

    Args:
        sample: with its target; of a box in fractions the size of its first image is needed.
        response: what came back.
        boxes: the dialect in which the model writes boxes (`medassay.text.DIALECTS`).

    Raises:
        DataError: the sample's target lacks what its kind needs, or the probabilities do not fit the choices.
    """
    judge = _JUDGES[sample.kind]
    if not judge.check(sample):
        raise DataError(f"sample {sample.id}: its target is not one of kind {sample.kind!r}: mend its loader")
    if response.error is not None:
        return Score(status="failed", rule="error", flags=flags(response))
    ranked = response.probs is not None and not response.text.strip()
    reading = (
        _most_probable(sample, response.probs or ()) if ranked else judge.read(sample, response.text, boxes)
    )
    values = judge.judge(sample, reading) if reading.status == "scored" else {}
    return Score(
        status=reading.status,
        answer=reading.answer,
        rule=reading.rule,
        span=reading.span,
        flags=flags(response),
        values=values,
    )


def classes(sample: Case) -> tuple[str, ...]:
    """What the probabilities of a sample are over, in order: letters for choices, else labels."""
    if sample.kind in {"choice", "multi-choice"}:
        return tuple(ascii_uppercase[: len(sample.choices)])
    labels = tuple(choice.label for choice in sample.choices)
    return tuple(label.lower() for label in labels) or YES_NO if sample.kind == "yes/no" else labels


def _most_probable(sample: Sample, probs: tuple[float, ...]) -> Reading:
    """The most probable class, or the labels from the threshold on; equal maxima decide nothing."""
    names = classes(sample)
    if len(probs) != len(names):
        raise DataError(
            f"sample {sample.id}: {len(probs)} probabilities for {len(names)} choices: give one per choice"
        )
    if any(math.isnan(p) for p in probs):
        return Reading("unparsed", rule="nan")
    if sample.kind in {"multilabel", "multi-choice"}:
        answers = tuple(name for name, p in zip(names, probs, strict=True) if p >= THRESHOLD)
        return Reading("scored", ", ".join(answers), "threshold", answers=answers)
    best = [name for name, p in zip(names, probs, strict=True) if p == max(probs)]
    return Reading("scored", best[0], "argmax") if len(best) == 1 else Reading("unparsed", rule="tie")


def _size(sample: Sample) -> tuple[int, int] | None:
    return sample.images[0].size if sample.images else None


# ---- judging: (sample, what was read) -> values


def _accuracy(sample: Sample, reading: Reading) -> Mapping[str, float]:
    return {"accuracy": exact_match(reading.answer or "", sample.target.texts, "lower")}


def _same_set(sample: Sample, reading: Reading) -> Mapping[str, float]:
    gold = {normalise(text, "lower") for text in sample.target.texts}
    unknown = {normalise(text, "lower") for text in sample.target.unknown}  # may be said or left out
    return {"accuracy": float({normalise(a, "lower") for a in reading.answers} - unknown == gold)}


def _short(sample: Sample, reading: Reading) -> Mapping[str, float]:
    answer, gold = reading.answer or "", sample.target.texts
    return {
        "accuracy": exact_match(answer, gold, form_of(" ".join(gold))),
        "exact_match": exact_match(answer, gold, "squad"),
        "token_f1": token_f1(answer, gold),
    }


def _open(sample: Sample, reading: Reading) -> Mapping[str, float]:
    return {**_short(sample, reading), **_report(sample, reading)}


def _report(sample: Sample, reading: Reading) -> Mapping[str, float]:
    return {"rouge_l": rouge_l(reading.answer or "", sample.target.texts)}


def _box(sample: Sample, reading: Reading) -> Mapping[str, float]:
    return {"box_iou": box_iou(reading.boxes, sample.target.boxes)}


def _number(sample: Sample, reading: Reading) -> Mapping[str, float]:
    gold = sample.target.number
    if gold is None or reading.number is None:
        return {}
    error = abs(reading.number - gold)
    return {"absolute_error": error, **({"relative_error": error / abs(gold)} if gold else {})}


# ---- what a target must have


def _texts(sample: Sample) -> bool:
    return any(text.strip() for text in sample.target.texts)


def _among_classes(sample: Sample) -> bool:
    names = {normalise(name, "lower") for name in classes(sample)}
    return {normalise(text, "lower") for text in sample.target.texts} <= names


def _some_of_classes(sample: Sample) -> bool:
    return _texts(sample) and _among_classes(sample)


_JUDGES: Mapping[Kind, _Judge] = {
    "choice": _Judge(lambda s, text, _: read_choice(text, s.choices), _accuracy, _some_of_classes),
    "multi-choice": _Judge(lambda s, text, _: read_letters(text, s.choices), _same_set, _some_of_classes),
    "yes/no": _Judge(lambda s, text, _: read_yes_no(text, s.question), _accuracy, _some_of_classes),
    "label": _Judge(lambda s, text, _: read_label(text, s.choices), _accuracy, _some_of_classes),
    "multilabel": _Judge(
        lambda s, text, _: read_labels(text, s.choices),
        _same_set,
        lambda s: bool(s.choices) and _among_classes(s),
    ),
    "closed": _Judge(lambda _, text, __: read_text(text), _short, _texts),
    "open": _Judge(lambda _, text, __: read_text(text), _open, _texts),
    "report": _Judge(lambda _, text, __: read_text(text, cues=False), _report, _texts),
    "box": _Judge(
        lambda s, text, dialect: read_boxes(text, size=_size(s), dialect=dialect),
        _box,
        lambda s: bool(s.target.boxes),
    ),
    "number": _Judge(
        lambda s, text, _: read_number(text, s.target.unit), _number, lambda s: s.target.number is not None
    ),
}

"""What a row would have been, had its answer been wrong or right: the bounds that failed rows leave open."""

from __future__ import annotations

from dataclasses import replace
from string import ascii_uppercase

from medassay.types import Metric, Response, Row, Sample, Score

_BEST = {
    "accuracy": 1.0,
    "exact_match": 1.0,
    "token_f1": 1.0,
    "rouge_l": 1.0,
    "box_iou": 1.0,
    "absolute_error": 0.0,
    "relative_error": 0.0,
}
# Beyond every probability, so that a right row ranks above (below) all others, ties included.
_ABOVE, _BELOW = 2.0, -1.0


def wrong(row: Row) -> Row:
    """The row as if nothing readable had been answered: unparsed, which every metric counts as wrong."""
    return replace(row, response=Response(), score=Score(status="unparsed"))


def right(row: Row, metric: Metric) -> Row:
    """The row as if the target itself had been answered, at the top of the range of `metric`."""
    answer = _answer(row.sample)
    best = metric.high if metric.higher_is_better else metric.low
    response = Response(text=answer, probs=_probs(row.sample))
    score = Score(status="scored", answer=answer, rule="target", values={**_BEST, metric.name: best})
    return replace(row, response=response, score=score)


def _answer(sample: Sample) -> str:
    target = sample.target
    match sample.kind:
        case "number":
            return f"{target.number} {target.unit}".strip()
        case "box":
            return ", ".join(str([b.x0, b.y0, b.x1, b.y1]) for b in target.boxes)
        case "multi-choice" | "multilabel":
            return ", ".join(target.texts)
        case _:
            return target.texts[0] if target.texts else ""


def _probs(sample: Sample) -> tuple[float, ...] | None:
    """A ranking in which all that is right stands above all that is wrong."""
    names = [choice.label for choice in sample.choices]
    if sample.kind == "yes/no":
        names = names or ["yes", "no"]
    elif sample.kind in {"choice", "multi-choice"}:
        names = list(ascii_uppercase[: len(names)])
    if not names:
        return None
    gold = {text.casefold() for text in sample.target.texts}
    return tuple(_ABOVE if name.casefold() in gold else _BELOW for name in names)

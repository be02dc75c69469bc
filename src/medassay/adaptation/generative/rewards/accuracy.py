"""A reward for being right."""

from __future__ import annotations

from collections.abc import Mapping

from medassay.adaptation.generative.rewards.completion import Completion
from medassay.types import Sample

_WORTH = ("accuracy", "box_iou", "rouge_l")


def accuracy(_sample: Sample, completion: Completion) -> Mapping[str, float]:
    """What the benchmark's own scorer gives the answer: between 0 and 1.

    Right or wrong where there is such a thing; of a box its IoU, of a report its ROUGE-L, of a number 1 less
    the relative error, at least 0. An answer that cannot be read without guessing, or refuses, gets 0.
    """
    score = completion.score
    if score.status != "scored":
        return {"accuracy": 0.0}
    if "relative_error" in score.values:
        return {"accuracy": max(0.0, 1.0 - score.values["relative_error"])}
    return {"accuracy": next((score.values[name] for name in _WORTH if name in score.values), 0.0)}

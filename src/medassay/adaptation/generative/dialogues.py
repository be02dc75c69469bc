"""Samples as what is asked and what should be said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from medassay.prompts import styled
from medassay.types import UNKNOWN_CLUSTER, Prompt, Request, Sample, Style


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """A request and the answer to learn. `cluster`: the patient, else the sample's own id."""

    id: str
    cluster: str
    request: Request
    answer: str


def dialogues(samples: Iterable[Sample], prompt: Prompt, style: Style) -> tuple[list[Dialogue], list[str]]:
    """What can be taught, and why the rest cannot; requests are those of a run."""
    held, lost = [], []
    for sample in samples:
        answer = answer_of(sample)
        if answer:
            cluster = sample.id if sample.cluster == UNKNOWN_CLUSTER else sample.cluster
            request = styled(prompt(sample.case), style)
            held.append(Dialogue(id=sample.id, cluster=cluster, request=request, answer=answer))
        else:
            lost.append(f"{sample.id}: it has no answer that could be taught")
    return held, lost


def answer_of(sample: Sample) -> str:
    """The words that the scorer of its kind reads as right; "" where nobody knows them.

    Letters for options, the first of several accepted answers, numbers to three digits, boxes as
    [x0, y0, x1, y1] in whole pixels; several letters or labels with commas, and "none" where no label is
    right.
    """
    target = sample.target
    if sample.kind == "box":
        return ", ".join(
            f"[{', '.join(f'{corner:.0f}' for corner in (box.x0, box.y0, box.x1, box.y1))}]"
            for box in target.boxes
        )
    if sample.kind == "number":
        return "" if target.number is None else f"{target.number:.3g}"
    if sample.kind in {"multi-choice", "multilabel"}:
        nothing = "none" if sample.kind == "multilabel" and not target.unknown else ""
        return ", ".join(target.texts) or nothing
    return target.texts[0].strip() if target.texts else ""

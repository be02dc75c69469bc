"""An answer that was sampled, with all that a reward may look at."""

from __future__ import annotations

import re
from dataclasses import dataclass

from medassay.models.chat import split_thinking
from medassay.types import Response, Sample, Score, Scorer

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """One sampled answer, read and judged as the benchmark reads and judges.

    Attributes:
        raw: every word, with the marks of thinking.
        thinking: what was said inside them.
        answer: what was said after them.
        tokens: how many were sampled.
        limit: how many may be sampled.
        score: the benchmark's judgement of the answer.
        concluded: its judgement of the last sentence of the thinking; None where nothing was thought.
    """

    raw: str
    thinking: str
    answer: str
    tokens: int
    limit: int
    score: Score
    concluded: Score | None


def completed(sample: Sample, raw: str, scorer: Scorer, *, tokens: int, limit: int) -> Completion:
    """Take a raw text apart, and judge it."""
    thinking, answer = split_thinking(raw)
    last = next((part for part in reversed(_SENTENCE_END.split(thinking)) if part.strip()), "")
    return Completion(
        raw=raw,
        thinking=thinking,
        answer=answer,
        tokens=tokens,
        limit=limit,
        score=scorer(sample, Response(text=answer, thinking=thinking)),
        concluded=scorer(sample, Response(text=last)) if last else None,
    )

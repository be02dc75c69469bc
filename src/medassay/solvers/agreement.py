"""Whether two answers to one question say the same, by the rules by which the benchmark judges them.

No key is looked at: each answer is read as the benchmark reads it, and of answers in words each is judged
as if the other were the key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from medassay.text import normalise
from medassay.types import Box, Case, Kind, Response, Sample, Score, Scorer, Target

WORDED = frozenset[Kind]({"open", "closed", "report"})
"""The kinds answered in words, which may say the same differently."""

_UNITS = ("", "mm", "mm2", "ml", "deg", "s", "px", "hu")
"""One unit of each dimension: which one was asked for only the key says, so each is tried."""


def read(scorer: Scorer, case: Case, text: str) -> str | None:
    """What the benchmark's scorer reads in an answer; None for what it cannot read, and for a refusal."""
    scores = (scorer(_sample(case, target), Response(text=text)) for target in _any_target(case))
    return next((score.answer for score in scores if score.status == "scored"), None)


def agree(scorer: Scorer, case: Case, first: str, second: str) -> bool:
    """Whether two answers say the same: what is read in both is equal, without regard to case.

    Of answers in words it is enough that the scorer takes each for right where the other is the key, in both
    directions. An answer in which nothing can be read agrees with none.
    """
    one, other = read(scorer, case, first), read(scorer, case, second)
    if one is None or other is None:
        return False
    if normalise(one, "lower") == normalise(other, "lower"):
        return True
    if case.kind == "number":
        return float(one) == float(other)
    return case.kind in WORDED and _right(scorer, case, first, other) and _right(scorer, case, second, one)


def _right(scorer: Scorer, case: Case, text: str, key: str) -> bool:
    score: Score = scorer(_sample(case, Target(texts=(key,))), Response(text=text))
    values: Mapping[str, float] = score.values
    right = values.get("accuracy", min(values.values(), default=0.0))
    return score.status == "scored" and right == 1


def _sample(case: Case, target: Target) -> Sample:
    return Sample(**{f.name: getattr(case, f.name) for f in fields(Case)}, target=target)


def _any_target(case: Case) -> tuple[Target, ...]:
    """Targets that a scorer accepts for the kind: what it reads depends on their unit alone."""
    if case.kind == "number":
        return tuple(Target(number=1.0, unit=unit) for unit in _UNITS)
    if case.kind in {"choice", "multi-choice"}:
        return (Target(texts=("A",)),)
    label = case.choices[0].label if case.choices else "yes"
    return (Target(texts=(label,), boxes=(Box(x0=0, y0=0, x1=1, y1=1),)),)

"""Choices as continuations of a prompt, and their probabilities."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

_TAIL = 48  # characters of the prompt that decide how what follows is cut into tokens


def continuations(tokenizer: Any, prompt: str, answers: Sequence[str]) -> list[list[int]]:
    """The tokens by which a model that was asked `prompt` would say each answer.

    Tokens depend on what stands before: after "Assistant:" a word opens with its space, after a line break
    it does not. So each answer is cut together with the prompt's end, and the prompt's own tokens dropped.

    Raises:
        ValueError: an answer has no tokens.
    """
    tail = prompt[-_TAIL:]
    join = "" if not tail or tail[-1].isspace() else " "
    before = tokenizer.encode(tail, add_special_tokens=False)
    found = []
    for answer in answers:
        whole = tokenizer.encode(tail + join + answer, add_special_tokens=False)
        # Where the answer changes the tokens of what precedes it, it is cut alone.
        joined = whole[: len(before)] == before
        tokens = whole[len(before) :] if joined else tokenizer.encode(answer, add_special_tokens=False)
        if not tokens:
            raise ValueError(f"the choice {answer!r} has no tokens and cannot be ranked")
        found.append(list(tokens))
    return found


def softmax(logits: Sequence[float]) -> tuple[float, ...]:
    """Probabilities that sum to 1, in order."""
    top = max(logits)
    weights = [math.exp(value - top) for value in logits]
    total = sum(weights)
    return tuple(weight / total for weight in weights)

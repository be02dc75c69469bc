"""Choices as continuations of a prompt, and their probabilities."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
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


def probabilities(
    options: Sequence[Sequence[list[int]]],
    first: Any,
    likelihoods: Callable[[Sequence[tuple[int, list[int]]]], list[float]],
    *,
    size: int,
) -> list[tuple[float, ...] | None]:
    """Per row the softmax over the summed log-likelihood of its options; None for a row without options.

    Args:
        options: For every row the tokens of its options.
        first: Log-probabilities of each row's first new token, (rows, vocabulary): all that options of one
            token need.
        likelihoods: Log-likelihoods of (row, tokens) pairs, for longer options.
        size: The most pairs at once.
    """
    sums = [[float(first[i, tokens[0]]) for tokens in row] for i, row in enumerate(options)]
    longer = [(i, j) for i, row in enumerate(options) for j, tokens in enumerate(row) if len(tokens) > 1]
    for start in range(0, len(longer), size):
        places = longer[start : start + size]
        totals = likelihoods([(i, options[i][j]) for i, j in places])
        for (i, j), total in zip(places, totals, strict=True):
            sums[i][j] = total
    return [softmax(row) if row else None for row in sums]


def softmax(logits: Sequence[float]) -> tuple[float, ...]:
    """Probabilities that sum to 1, in order."""
    top = max(logits)
    weights = [math.exp(value - top) for value in logits]
    total = sum(weights)
    return tuple(weight / total for weight in weights)

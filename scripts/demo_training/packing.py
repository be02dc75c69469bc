"""Many questions about one image in one sequence, none of which sees another.

A sequence is the image with what stands before it, then blocks of question and answer. Every block attends
to the image and to itself, and its positions go on from the image: to the model each block is the prompt
that it meets when it is asked alone, at a fraction of the cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

IGNORED = -100


@dataclass(frozen=True, slots=True)
class Block:
    """The tokens of a question and of its answer (with the end token)."""

    question: tuple[int, ...]
    answer: tuple[int, ...]


def pack(prefix: Sequence[int], images: Sequence[Sequence[Block]], pad: int) -> dict[str, Any]:
    """Tensors for a batch with one sequence per image.

    Returns:
        input_ids, position_ids, labels (next token at each place, else -100), weight (each answer's tokens
        share the square root of its length): (B, L); attention_mask: bool (B, 1, L, L).
    """
    import torch

    length = max(len(prefix) + sum(len(b.question) + len(b.answer) for b in blocks) for blocks in images)
    shape = (len(images), length)
    ids, positions = np.full(shape, pad), np.zeros(shape, dtype=np.int64)
    labels, weight = np.full(shape, IGNORED), np.zeros(shape, dtype=np.float32)
    owner = np.full(shape, -1)  # 0: prefix, 1...: block, -1: padding
    for row, blocks in enumerate(images):
        start = len(prefix)
        ids[row, :start], positions[row, :start], owner[row, :start] = prefix, np.arange(start), 0
        for number, block in enumerate(blocks, start=1):
            tokens = block.question + block.answer
            end = start + len(tokens)
            ids[row, start:end], owner[row, start:end] = tokens, number
            positions[row, start:end] = len(prefix) + np.arange(len(tokens))
            first = start + len(block.question) - 1  # the place that predicts the first answer token
            labels[row, first : end - 1] = block.answer
            weight[row, first : end - 1] = len(block.answer) ** -0.5
            start = end
    causal = np.tril(np.ones((length, length), dtype=bool))
    same = (owner[:, :, None] == owner[:, None, :]) | (owner[:, None, :] == 0)
    arrays = {"input_ids": ids, "position_ids": positions, "labels": labels, "weight": weight}
    return {name: torch.from_numpy(array) for name, array in arrays.items()} | {
        "attention_mask": torch.from_numpy(causal & same)[:, None]
    }

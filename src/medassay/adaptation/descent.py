"""Gradient descent on a few arrays over vectors that are already there."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from medassay.adaptation.examples import Examples
from medassay.adaptation.quality import log_loss, mean_auroc
from medassay.adaptation.recipe import Material
from medassay.models.hardware import import_torch
from medassay.types import FloatArray

Decay = Literal["linear", "cosine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long and how fast: epochs, examples in a batch, AdamW's learning rate and how it ends at 0.

    Few examples are few steps: there are more epochs where those would be fewer than `fewest` steps.
    """

    epochs: int
    batch: int
    rate: float
    decay: Decay = "cosine"
    weight_decay: float = 0.0
    fewest: int = 0


@dataclass(frozen=True, slots=True)
class Descent:
    """The arrays after the chosen epoch, and a row for each epoch."""

    arrays: list[FloatArray]
    curve: list[dict[str, float]]
    epoch: int


def descend(
    parameters: Sequence[Any],
    logits: Callable[[Any], Any],
    material: Material,
    pace: Pace,
    *,
    weights: Any = None,
    keep: Literal["best", "last"] = "best",
) -> Descent:
    """Fit tensors to labels: cross-entropy, or a binary one per label where they do not exclude each other.

    Args:
        parameters: float32 tensors that are trained, in place.
        logits: vectors (n, d) to logits (n, labels), through the parameters.
        material: what is fitted, what an epoch is judged on by its log loss, the seed of the order.
        pace: of the descent.
        weights: of the classes, (labels,).
        keep: the arrays of the epoch with the least validation log loss, or of the last.
    """
    torch = import_torch()
    train, validation = material.train, material.validation
    generator = torch.Generator().manual_seed(material.seed)
    vectors, held_out = torch.tensor(train.vectors), torch.tensor(validation.vectors)
    truth = torch.tensor(train.classes if train.exclusive else train.truth)
    for parameter in parameters:
        parameter.requires_grad_()
    optimiser = torch.optim.AdamW(list(parameters), lr=pace.rate, weight_decay=pace.weight_decay)
    in_epoch = math.ceil(len(truth) / pace.batch)
    epochs = max(pace.epochs, math.ceil(pace.fewest / in_epoch))
    steps = epochs * in_epoch
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _left(step / steps, pace.decay))
    curve: list[dict[str, float]] = []
    kept: list[FloatArray] = []
    chosen = 0
    for epoch in range(1, epochs + 1):
        total = 0.0
        for places in torch.randperm(len(truth), generator=generator).split(pace.batch):
            loss = loss_of(logits(vectors[places]), truth[places], weights)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += float(loss.detach()) * len(places)
        with torch.inference_mode():
            seen = logits(held_out).numpy()
        row = {
            "epoch": epoch,
            "train_loss": total / len(truth),
            "validation_log_loss": log_loss(seen, validation),
            "validation_auroc": mean_auroc(seen, validation),
        }
        curve.append(row)
        best = min(one["validation_log_loss"] for one in curve)
        if keep == "last" or row["validation_log_loss"] <= best:
            kept, chosen = [p.detach().numpy().copy() for p in parameters], epoch
    return Descent(kept, curve, chosen)


def _left(done: float, decay: Decay) -> float:
    return max(0.0, 1 - done) if decay == "linear" else 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def loss_of(logits: Any, truth: Any, weights: Any = None) -> Any:
    """Cross-entropy on indices of right labels, (n,); a binary one on (n, labels) without unknown ones."""
    functional = import_torch().nn.functional
    if truth.ndim == 1:
        return functional.cross_entropy(logits, truth, weight=weights)
    known = ~truth.isnan()
    return functional.binary_cross_entropy_with_logits(logits[known], truth[known])


def class_weights(examples: Examples) -> Any:
    """N / (n_class * classes), (labels,)."""
    counts = np.bincount(examples.classes, minlength=len(examples.labels)).clip(min=1)
    return import_torch().tensor(len(examples.ids) / (counts * len(counts)), dtype=import_torch().float32)

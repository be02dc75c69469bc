"""LoRA on the image encoder: with a linear head (`img-lora-lp`), or on prompts' logits (`clip-img-lora`)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from medassay.adaptation.descent import class_weights, loss_of
from medassay.adaptation.examples import Examples
from medassay.adaptation.low_rank import LowRank, Targets, Tuned
from medassay.adaptation.quality import log_loss, mean_auroc
from medassay.adaptation.recipe import Learned, Material
from medassay.adaptation.texts import prototypes, text_arrays
from medassay.errors import UsageError
from medassay.models.hardware import import_torch
from medassay.models.heads import Head
from medassay.types import FloatArray


def image_lora_probe(  # noqa: PLR0913  the recipe's options, named once
    material: Material,
    *,
    rank: int = 8,
    alpha: int = 32,
    dropout: float = 0.05,
    targets: Targets = "attention",
    epochs: int = 10,
    learning_rate: float = 1e-3,
    batch: int = 32,
    balanced: bool = False,
    last: bool = False,
) -> Learned:
    """Adapters in the image tower and a linear head on its vectors, trained together.

    Args:
        material: what is learned from.
        rank: of the adapters.
        alpha: their scale is alpha / rank.
        dropout: before them, while training.
        targets: query, key and value projections ("attention"), every linear layer of the tower ("linear"),
            or its embeddings too, as published ("linear+embedding").
        epochs: passes over the training part; the one with the least validation log loss is kept.
        learning_rate: of AdamW, with cosine decay.
        batch: images in a step.
        balanced: weigh classes by N / (n_class * classes).
        last: keep the last epoch instead of the best.

    Raises:
        UsageError: an encoder without a known image tower, or samples of several images.
        MissingExtra: torch or peft is not installed.
    """
    torch = import_torch()
    train = material.train
    labels, d = len(train.labels), train.vectors.shape[1]
    # vectors of CLIP are of length 10 or so: the head reads them at unit scale, as the probe does
    mean, scale = train.vectors.mean(axis=0), np.maximum(train.vectors.std(axis=0), 1e-6)
    centre, spread = torch.tensor(mean), torch.tensor(scale)
    weight, bias = torch.zeros((labels, d)), torch.zeros(labels)
    tuned = _tuned(material, LowRank(rank=rank, alpha=alpha, dropout=dropout, targets=targets))
    ended = _train(
        material,
        tuned,
        [weight, bias],
        lambda z: (z - centre) / spread @ weight.T + bias,
        _Pace(epochs=epochs, rate=learning_rate, batch=batch, balanced=balanced, last=last),
    )
    arrays = {"mean": mean, "scale": scale, "weight": ended.head[0], "bias": ended.head[1]}
    head = Head(form="linear", labels=train.labels, exclusive=train.exclusive, arrays=arrays)
    return _learned(tuned, head, ended, extra=weight.numel() + bias.numel())


def image_lora_prompts(  # noqa: PLR0913  the recipe's options, named once
    material: Material,
    *,
    rank: int = 8,
    alpha: int = 32,
    dropout: float = 0.05,
    targets: Targets = "attention",
    epochs: int = 10,
    learning_rate: float = 1e-4,
    batch: int = 32,
    balanced: bool = False,
    last: bool = False,
) -> Learned:
    """Adapters in the image tower, trained on the logits of the labels' texts; the text tower is frozen.

    The texts' vectors are computed once and averaged before the loss; scale and bias stay the encoder's. What
    comes out still is a zero-shot model. Options as in `img-lora-lp`.

    Raises:
        UsageError: an encoder without texts or without a known image tower, or samples of several images.
        MissingExtra: torch or peft is not installed.
    """
    torch = import_torch()
    texts = text_arrays(material.encoder.encoder, material.train)
    fixed = {name: torch.tensor(array) for name, array in texts.items()}
    tuned = _tuned(material, LowRank(rank=rank, alpha=alpha, dropout=dropout, targets=targets))
    ended = _train(
        material,
        tuned,
        [],
        lambda z: (
            fixed["logit_scale"] * torch.nn.functional.normalize(z, dim=-1) @ fixed["texts"].T + fixed["bias"]
        ),
        _Pace(epochs=epochs, rate=learning_rate, batch=batch, balanced=balanced, last=last),
    )
    return _learned(tuned, prototypes(material.train, texts), ended, extra=0)


def medvlmbench_lora(
    material: Material, *, epochs: int = 50, learning_rate: float = 5e-5, batch: int = 8
) -> Learned:
    """`img-lora-lp` with the settings that MedVLMBench publishes, and with gradients, which its code lacks.

    Rank 8, alpha 32, dropout 0.05 on every linear layer and embedding of the image tower; AdamW 5e-5, 50
    epochs, batches of 8, classes weighted, the last epoch kept. The published code ran the tower without
    gradients, so that its adapters never learned. The head here reads standardised vectors and the rate
    falls as a cosine, which is not as published.

    Raises:
        UsageError: as `img-lora-lp`.
    """
    return image_lora_probe(
        material,
        targets="linear+embedding",
        epochs=epochs,
        learning_rate=learning_rate,
        batch=batch,
        balanced=True,
        last=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pace:
    epochs: int
    rate: float
    batch: int
    balanced: bool
    last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    head: list[FloatArray]
    curve: list[dict[str, float]]
    epoch: int


def _tuned(material: Material, settings: LowRank) -> Tuned:
    if any(len(images) != 1 for part in (material.train, material.validation) for images in part.images):
        raise UsageError("LoRA on the image encoder learns from samples of one image each")
    torch = import_torch()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(material.seed)  # A is drawn; B begins at 0
        return Tuned(material.encoder.encoder, settings, source=material.source, revision=material.revision)


def _train(
    material: Material, tuned: Tuned, head: list[Any], logits: Callable[[Any], Any], pace: _Pace
) -> _Ended:
    torch = import_torch()
    train, validation = material.train, material.validation
    truth = torch.tensor(train.classes if train.exclusive else train.truth)
    weights = class_weights(train) if pace.balanced and train.exclusive else None
    for tensor in head:
        tensor.requires_grad_()
    optimiser = torch.optim.AdamW([*tuned.parameters, *head], lr=pace.rate, weight_decay=0.0)
    steps = pace.epochs * math.ceil(len(truth) / pace.batch)
    decay = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    order = torch.Generator().manual_seed(material.seed)
    curve: list[dict[str, float]] = []
    kept: tuple[dict[str, Any], list[FloatArray], int] = ({}, [], 0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(material.seed)  # of dropout
        for epoch in range(1, pace.epochs + 1):
            tuned.model.train()
            total = 0.0
            for places in torch.randperm(len(truth), generator=order).split(pace.batch):
                images = [train.images[int(place)][0] for place in places]
                loss = loss_of(logits(tuned.vectors(images).float()), truth[places], weights)
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                decay.step()
                total += float(loss.detach()) * len(places)
            tuned.model.eval()
            seen = _seen(torch, tuned, validation, logits, pace.batch)
            curve.append(
                {
                    "epoch": epoch,
                    "train_loss": total / len(truth),
                    "validation_log_loss": log_loss(seen, validation),
                    "validation_auroc": mean_auroc(seen, validation),
                }
            )
            losses = [row["validation_log_loss"] for row in curve]
            if pace.last or losses[-1] == min(losses):
                kept = (tuned.state(), [one.detach().numpy().copy() for one in head], epoch)
    tuned.restore(kept[0])
    return _Ended(head=kept[1], curve=curve, epoch=kept[2])


def _seen(torch: Any, tuned: Tuned, part: Examples, logits: Callable[[Any], Any], batch: int) -> FloatArray:
    """The logits of a part, (n, labels)."""
    with torch.inference_mode():
        found = [
            logits(tuned.vectors([images[0] for images in part.images[i : i + batch]]).float()).cpu().numpy()
            for i in range(0, len(part.images), batch)
        ]
    return np.concatenate(found)


def _learned(tuned: Tuned, head: Head, ended: _Ended, *, extra: int) -> Learned:
    return Learned(
        head=head,
        trained=sum(p.numel() for p in tuned.parameters) + extra,
        settings={"epoch": ended.epoch, "adapted_layers": len(tuned.names), **ended.curve[ended.epoch - 1]},
        curve=ended.curve,
        adapter=tuned.save,
    )

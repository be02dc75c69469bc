"""CLIP-Adapter (Gao et al. 2021, arXiv 2110.04544): a bottleneck on image vectors, beside the texts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from medassay.adaptation.descent import Pace, descend
from medassay.adaptation.recipe import Learned, Material
from medassay.adaptation.texts import text_arrays
from medassay.models.hardware import import_torch
from medassay.models.heads import Head

_FEWEST = 500  # steps


def clip_adapter(
    material: Material,
    *,
    ratio: float = 0.2,
    reduction: int = 4,
    epochs: int = 50,
    learning_rate: float = 1e-3,
    batch: int = 32,
) -> Learned:
    """A bottleneck of two layers on unit image vectors, mixed with them by `ratio`; texts stay as they are.

    Trained by AdamW with cosine decay; the epoch with the least validation log loss is kept. Ratio and
    reduction are the paper's; its rates for natural images are not taken over.

    Args:
        material: what is learned from.
        ratio: the share of the adapted vector, 0 to 1.
        reduction: by how much the bottleneck is narrower than the vector.
        epochs: passes over the training part; more where that is fewer than 500 steps.
        learning_rate: of AdamW.
        batch: examples in a step.

    Raises:
        UsageError: an encoder without texts.
    """
    torch = import_torch()
    train = material.train
    texts = text_arrays(material.encoder.encoder, train)
    fixed = {name: torch.tensor(array) for name, array in texts.items()}
    d = train.vectors.shape[1]
    begin = torch.Generator().manual_seed(material.seed)
    down, up = (
        torch.randn(shape, generator=begin)
        * math.sqrt(2 / shape[1])  # He et al. 2015, for what a ReLU follows
        for shape in ((max(1, d // reduction), d), (d, max(1, d // reduction)))
    )

    def logits(z: Any) -> Any:
        u = torch.nn.functional.normalize(z, dim=-1)
        adapted = torch.relu(torch.relu(u @ down.T) @ up.T)
        mixed = torch.nn.functional.normalize(ratio * adapted + (1 - ratio) * u, dim=-1)
        return fixed["logit_scale"] * mixed @ fixed["texts"].T + fixed["bias"]

    pace = Pace(epochs=epochs, batch=batch, rate=learning_rate, fewest=_FEWEST)
    ended = descend((down, up), logits, material, pace)
    arrays = {**texts, "down": ended.arrays[0], "up": ended.arrays[1]}
    arrays["ratio"] = np.asarray(ratio, np.float32)
    return Learned(
        head=Head(form="residual", labels=train.labels, exclusive=train.exclusive, arrays=arrays),
        trained=down.numel() + up.numel(),
        settings={"ratio": ratio, "reduction": reduction, "epoch": ended.epoch},
        curve=ended.curve,
    )

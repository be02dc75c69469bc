"""The linear probe as MedVLMBench trains it (`linear-probe@medvlmbench`)."""

from __future__ import annotations

import numpy as np

from medassay.adaptation.descent import Pace, class_weights, descend
from medassay.adaptation.recipe import Learned, Material
from medassay.errors import UsageError
from medassay.models.hardware import import_torch
from medassay.models.heads import Head


def medvlmbench_probe(
    material: Material, *, epochs: int = 50, learning_rate: float = 5e-5, batch: int = 8
) -> Learned:
    """A linear layer by AdamW on projected, not normalised vectors, as ubc-tea/MedVLMBench trains it.

    Learning rate 5e-5 with linear decay to 0, no weight decay, batches of 8, cross-entropy weighted by
    N / (n_class * classes), 50 epochs, the last one kept. It differs in one way: the published code looks at
    the test set every ten epochs and keeps no validation part; here validation is measured after each epoch
    and decides nothing.

    Raises:
        UsageError: labels that do not exclude each other, for which nothing is published.
    """
    torch = import_torch()
    train = material.train
    if not train.exclusive:
        raise UsageError("linear-probe@medvlmbench is published for labels that exclude each other only")
    labels, d = len(train.labels), train.vectors.shape[1]
    begin = torch.Generator().manual_seed(material.seed)
    weight, bias = (  # as torch begins a linear layer, by a generator of our own
        (torch.rand(shape, generator=begin) * 2 - 1) * d**-0.5 for shape in ((labels, d), (labels,))
    )
    ended = descend(
        (weight, bias),
        lambda z: z @ weight.T + bias,
        material,
        Pace(epochs=epochs, batch=batch, rate=learning_rate, decay="linear"),
        weights=class_weights(train),
        keep="last",
    )
    arrays = {
        "mean": np.zeros(d, np.float32),
        "scale": np.ones(d, np.float32),
        "weight": ended.arrays[0],
        "bias": ended.arrays[1],
    }
    return Learned(
        head=Head(form="linear", labels=train.labels, exclusive=True, arrays=arrays),
        trained=weight.numel() + bias.numel(),
        settings={"epochs": epochs, "learning_rate": learning_rate, "batch": batch},
        curve=ended.curve,
    )

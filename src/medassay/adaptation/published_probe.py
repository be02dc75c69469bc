"""The linear probe as MedVLMBench trains it (`linear-probe@medvlmbench`)."""

from __future__ import annotations

import numpy as np

from medassay.adaptation.quality import log_loss, mean_auroc
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
    train, validation = material.train, material.validation
    if not train.exclusive:
        raise UsageError("linear-probe@medvlmbench is published for labels that exclude each other only")
    generator = torch.Generator().manual_seed(material.seed)
    features, right = torch.tensor(train.vectors), torch.tensor(train.classes)
    counts = torch.bincount(right, minlength=len(train.labels)).clamp(min=1)
    loss = torch.nn.CrossEntropyLoss(weight=len(right) / (counts * len(counts)))
    bound = features.shape[1] ** -0.5  # as torch begins a linear layer, by a generator of our own
    weight = (torch.rand((len(train.labels), features.shape[1]), generator=generator) * 2 - 1) * bound
    bias = (torch.rand(len(train.labels), generator=generator) * 2 - 1) * bound
    weight.requires_grad_(), bias.requires_grad_()
    optimiser = torch.optim.AdamW([weight, bias], lr=learning_rate, weight_decay=0.0)
    steps = epochs * -(-len(right) // batch)
    decay = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: max(0.0, 1 - step / steps))
    curve = []
    for epoch in range(1, epochs + 1):
        total = 0.0
        for places in torch.randperm(len(right), generator=generator).split(batch):
            value = loss(features[places] @ weight.T + bias, right[places])
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            decay.step()
            total += float(value.detach()) * len(places)
        logits = validation.vectors @ weight.detach().numpy().T + bias.detach().numpy()
        curve.append(
            {
                "epoch": epoch,
                "train_loss": total / len(right),
                "validation_log_loss": log_loss(logits, validation),
                "validation_auroc": mean_auroc(logits, validation),
            }
        )
    d = features.shape[1]
    return Learned(
        head=Head(
            form="linear",
            labels=train.labels,
            exclusive=True,
            arrays={
                "mean": np.zeros(d, np.float32),
                "scale": np.ones(d, np.float32),
                "weight": weight.detach().numpy(),
                "bias": bias.detach().numpy(),
            },
        ),
        trained=weight.numel() + bias.numel(),
        settings={"epochs": epochs, "learning_rate": learning_rate, "batch": batch, **curve[-1]},
        curve=curve,
    )
